"""Several runs of one scenario: line by line with the best marked, the trend, and this team beside the best one."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from comms.domain.score import Compared, compared
from comms.domain.score_words import number
from console.drill.run import Run
from console.drill.versus import Pair, best_of, best_runs, milestones, pairs_of
from ui.drill.aar import clock_of
from ui.review.asking import ask_folder
from ui.review.ghost_view import GhostView, pair_words
from ui.review.grid import Grid, GridRow
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.trend_view import TrendView
from ui.review.words import run_words, said_here, share_words
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.row import row_of

MOST_RUNS = 6
"""Side by side: the newest, and the best."""


class ComparePage(ReviewPage):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look, text = place.look, place.text
        self._state = ElidedLabel(tone="dim", parent=self)
        self.add = QPushButton(self)
        self.add.setObjectName("review_add_run")
        self.remove = QPushButton(self)
        self.remove.setObjectName("review_remove_run")
        self.runs_table = Grid("review_runs", look, self)
        self.trend = TrendView(look, text, self)
        self.table = Grid("review_compare", look, self)
        self._ghost_head = label(tone="head", parent=self)
        self.ghost = GhostView(look, text, self)
        self.pairs = Grid("review_pairs", look, self)
        self._lay_out()
        self.add.clicked.connect(self._ask_run)
        self.remove.clicked.connect(self._remove_run)
        self.ghost.picked.connect(self.pairs.choose)
        self.pairs.chosen.connect(self._choose_pair)
        self.pairs.entered_row.connect(self._show_moment)
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        look = self._place.look
        upper, lower = QWidget(self), QWidget(self)
        left = QVBoxLayout()
        left.addWidget(self.runs_table, 1)
        left.addWidget(self.trend, 1)
        top = QHBoxLayout(upper)
        top.setContentsMargins(0, 0, 0, 4)
        top.addLayout(left, 2)
        top.addWidget(self.table, 3)
        bottom = QVBoxLayout(lower)
        bottom.setContentsMargins(0, 4, 0, 0)
        bottom.addWidget(self._ghost_head)
        bottom.addWidget(self.ghost)
        bottom.addWidget(self.pairs, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setChildrenCollapsible(False)
        split.setSizes([look.px(320), look.px(270)])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(row_of(self._state, self.add, self.remove))
        column.addWidget(split, 1)

    # --- which runs ---------------------------------------------------------------------------------------

    def runs(self) -> list[Run]:
        """Of the scenario that is reviewed, the oldest first; this one is among them."""
        run = self._place.run
        if run is None:
            return []
        scenario_id = run.review.score.scenario_id
        others = [
            one
            for one in self._place.earlier
            if one.review.score.scenario_id == scenario_id and one.data.resolve() != run.data.resolve()
        ]
        others.sort(key=lambda one: one.order)
        best = best_of(one.review for one in others)
        kept = [one for one in others if one.review is best] + [one for one in others if one.review is not best][
            -MOST_RUNS + 2 :
        ]
        return sorted([*kept, run], key=lambda one: one.order)

    def best_beside(self) -> Run | None:
        """The best of the other runs, if there is any."""
        run = self._place.run
        others = [one for one in self.runs() if run is not None and one.data.resolve() != run.data.resolve()]
        best = best_of(one.review for one in others)
        return next((one for one in others if one.review is best), None)

    def add_run(self, path: Path) -> None:
        place, run = self._place, self._place.run
        if run is None:
            return
        scenario_path = run.scenario_path
        place.work.start(
            place.text("review.reading", name=path.name),
            lambda step: place.reader.read(path, scenario_path, step),
            self._take,
        )

    def _take(self, other: Run) -> None:
        place, run = self._place, self._place.run
        if run is not None and other.review.score.scenario_id != run.review.score.scenario_id:
            place.say("warn", place.text("review.other_scenario"))
            return
        place.earlier = [one for one in place.earlier if one.data != other.data] + [other]
        place.refresh()

    def _ask_run(self) -> None:
        ask_folder(self._place.text("review.tip.open"), self._place.run, self.add_run, self)

    def _remove_run(self) -> None:
        key = self.runs_table.key
        self._place.earlier = [one for one in self._place.earlier if str(one.data) != key]
        self._place.refresh()

    # --- showing ------------------------------------------------------------------------------------------

    def show_run(self, *_: object) -> None:
        text, run, runs = self._place.text, self._place.run, self.runs()
        self.add.setText(text("review.add_run"))
        self.remove.setText(text("review.remove_run"))
        self.add.setEnabled(run is not None)
        self.remove.setEnabled(len(runs) > 1)
        if run is None:
            return
        self._state.setText(text("review.compared" if len(runs) > 1 else "review.alone", count=len(runs)))
        self._show_runs(runs, run)
        self._show_lines(compared(one.review.score for one in runs), runs.index(run), runs)
        points = tuple((run_words(one), one.review.score.share) for one in runs)
        self.trend.show_points(points, current=runs.index(run))
        self._show_ghost(run)

    def _show_runs(self, runs: list[Run], run: Run) -> None:
        text = self._place.text
        best = best_of(one.review for one in runs)
        rows = []
        for at, one in enumerate(runs, 1):
            marks = [text("review.this_run")] if one is run else []
            marks += [text("review.best_run")] if one.review is best else []
            score = one.review.score
            cells = (str(at), run_words(one), share_words(score.share), text("review.and").join(marks))
            rows.append(GridRow(str(one.data), cells, tones={3: "ok"} if one.review is best else {}, order={0: at}))
        heads = ("#", *(text(f"review.head.{key}") for key in ("run", "share", "remark")))
        self.runs_table.show_rows(heads, rows, widths=(32, 0, 70, 110), numbers=(2,))

    def _show_lines(self, lines: tuple[Compared, ...], own: int, runs: list[Run]) -> None:
        text, count = self._place.text, len(runs)
        rows = []
        for at, each in enumerate(lines):
            cells = tuple(_cell(each, run) for run in range(count))
            gap = _gap(each, own)
            tones = {1 + run: "ok" for run in best_runs(each)}
            if gap is not None and gap < 0:
                tones[1 + count] = "danger"
            told = "—" if gap is None else text("review.gap_none") if not gap else f"{gap:+g}"
            rows.append(GridRow(each.id, (said_here(each.title, text), *cells, told), tones=tones, order={0: at}))
        heads = (text("aar.head.line"), *(str(at) for at in range(1, count + 1)), text("review.head.gap"))
        self.table.show_rows(
            heads, rows, widths=(0, *(104 if count <= 4 else 82,) * count, 84), numbers=tuple(range(1, count + 2))
        )

    def _show_ghost(self, run: Run) -> None:
        text = self._place.text
        theirs = self.best_beside()
        pairs: tuple[Pair, ...] = ()
        if theirs is not None:
            pairs = pairs_of(milestones(run.review), milestones(theirs.review))
        self._ghost_head.setText(text("review.ghost" if theirs is not None else "review.no_ghost"))
        self.ghost.show_pairs(pairs, ours=run.name, theirs=theirs.name if theirs is not None else "—")
        heads = (*(text(f"review.head.{key}") for key in ("milestone", "ours", "theirs", "behind")),)
        rows = [self._pair(at, pair) for at, pair in enumerate(pairs)]
        self.pairs.show_rows(heads, rows, widths=(330, 84, 84, 0), numbers=(1, 2))

    def _pair(self, at: int, pair: Pair) -> GridRow:
        text, behind = self._place.text, pair.behind_s
        cells = (
            said_here(pair.words, text),
            "—" if pair.ours_s is None else clock_of(pair.ours_s),
            "—" if pair.theirs_s is None else clock_of(pair.theirs_s),
            pair_words(pair, text),
        )
        is_worse = pair.ours_s is None or (behind is not None and behind > 0.5)
        order: dict[int, float | str] = {0: at, 1: pair.ours_s or 0.0, 2: pair.theirs_s or 0.0, 3: behind or 0.0}
        return GridRow(at, cells, tones={3: "danger" if is_worse else "ok"}, order=order)

    def _choose_pair(self, key: object) -> None:
        if isinstance(key, int):
            self.ghost.choose(key)

    def _show_moment(self, key: object) -> None:
        run = self._place.run
        if run is not None and isinstance(key, int):
            second = self.ghost.pairs[key].ours_s
            if second is not None:
                self._place.show_moment(run.review.starts_at + second)


def _cell(line: Compared, run: int) -> str:
    points, figure = line.points[run], line.figures[run]
    if points is None:
        return "—"
    star = "★ " if run in best_runs(line) else ""
    return star + number(points) + ("" if figure is None else f"  {number(figure)}{line.unit}")


def _gap(line: Compared, own: int) -> float | None:
    """Points behind the best of all."""
    points = line.points[own]
    best = line.points[line.best] if line.best is not None else None
    return None if points is None or best is None else round(points - best, 2)
