"""The score: every line with figure, limit and points, and beside it why, with the events that it rests on."""

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel, QListView, QSplitter, QVBoxLayout, QWidget

from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_words import number
from console.drill.review import Review
from ui.drill.aar import entry_words
from ui.review.grid import Grid, GridRow
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.words import (
    ICONS,
    TONES,
    figure_words,
    points_words,
    said_here,
    second_words,
)
from ui.text import Texts
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.lines import Line, LinesModel, lines_view
from ui.widgets.row import row_of

FILTERS = ("all", "lost", "won", "uncounted")
LINE_WIDTHS = (0, 92, 92, 100, 112)


def line_heads(text: Texts) -> tuple[str, ...]:
    return (*(text(f"aar.head.{key}") for key in ("line", "figure", "limit", "got")), text("review.head.verdict"))


def line_row(line: ScoreLine, at: int, place: ReviewPlace) -> GridRow:
    text, verdict = place.text, line.verdict
    cells = (
        said_here(line.title, text),
        figure_words(line.figure, line),
        figure_words(line.limit, line),
        points_words(line),
        text(f"review.verdict.{verdict.value}"),
    )
    order: dict[int, float | str] = {
        0: at,
        1: -1.0 if line.figure is None else line.figure,
        2: line.limit or 0.0,
        3: line.points - line.of,
        4: verdict.share if verdict is not Verdict.NOT_COUNTED else 2.0,
    }
    return GridRow(line.id, cells, tones={4: TONES[verdict]}, icons={4: ICONS[verdict]}, order=order)


class ScorePage(ReviewPage):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look, text = place.look, place.text
        self.filter = Choices(FILTERS, "review_filter", text, self)
        self._sum = label(tone="dim", parent=self)
        self.table = Grid("review_score", look, self)
        self.explained = LineView(place, self)
        split = QSplitter(self)
        split.addWidget(self.table)
        split.addWidget(self.explained)
        split.setSizes([look.px(760), look.px(520)])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(row_of(self.filter, None, self._sum))
        column.addWidget(split, 1)
        self.filter.changed.connect(self.show_run)
        self.table.chosen.connect(self._explain)
        self.setFocusProxy(self.table)

    def show_run(self, *_: object) -> None:
        self.filter.retranslate()
        run, text = self._place.run, self._place.text
        if run is None:
            return
        lines = run.review.score.lines
        rows = [line_row(line, at, self._place) for at, line in enumerate(lines) if _fits(line, self.filter.chosen)]
        self.table.empty_words = text("review.nothing_shown")
        heads = line_heads(text)
        self.table.show_rows(heads, rows, widths=LINE_WIDTHS, numbers=(1, 2, 3))
        counts = {verdict: sum(line.verdict is verdict for line in lines) for verdict in Verdict}
        told = (f"{text(f'review.verdict.{verdict.value}')} {count}" for verdict, count in counts.items())
        self._sum.setText("   ".join(told))
        self._explain(self.table.key)

    def _explain(self, key: object) -> None:
        run = self._place.run
        line = next((one for one in run.review.score.lines if one.id == key), None) if run is not None else None
        if run is not None:
            self.explained.show_line(line, run.review)


def _fits(line: ScoreLine, chosen: str) -> bool:
    match chosen:
        case "lost":
            return line.of > line.points
        case "won":
            return line.verdict is Verdict.FULL
        case "uncounted":
            return line.verdict is Verdict.NOT_COUNTED
        case _:
            return True


class LineView(QWidget):
    """One line of a score in words. An event of its evidence says which second it is when it is chosen, and shows the
    moment; Enter or a double click replays it."""

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        look = place.look
        self._title = label(tone="title", wraps=True, parent=self)
        self._words = label(wraps=True, parent=self)
        self._figures = label(tone="dim", wraps=True, parent=self)
        self._head = label(tone="head", parent=self)
        self.evidence = LinesModel(self)
        self.list: QListView = lines_view(self.evidence, look, self)
        self.list.setObjectName("review_evidence")
        self.second: QLabel = label(tone="dim", wraps=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        for part in (self._title, self._words, self._figures, self._head):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addWidget(self.second)
        self._review: Review | None = None
        self.list.clicked.connect(self.show_moment)
        self.list.activated.connect(self.show_moment)

    def show_line(self, line: ScoreLine | None, review: Review) -> None:
        self._review = review
        text = self._place.text
        self._title.setText("" if line is None else said_here(line.title, text))
        self._words.setText("" if line is None else said_here(line.sentences, text))
        self._figures.setText("" if line is None else self._figures_of(line, review))
        self._head.setText(text("review.evidence", count=len(line.evidence) if line is not None else 0))
        self.evidence.show_lines(() if line is None else tuple(self._told(seq, review) for seq in line.evidence))
        self.second.setText(text("review.evidence_hint") if line is not None and line.evidence else "")

    def _figures_of(self, line: ScoreLine, review: Review) -> str:
        text = self._place.text
        objective = next((one for one in review.score.objectives if one.id == line.objective), None)
        by = text("review.and").join(review.names.get(f"officer:{one}", one) for one in line.by)
        parts = [
            text("review.line.figures", figure=figure_words(line.figure, line), limit=figure_words(line.limit, line)),
            text("review.line.points", points=points_words(line), weight=number(line.of)),
        ]
        if objective is not None:
            parts.append(text("review.line.objective", words=said_here(objective.words, text)))
        if by:
            parts.append(text("review.line.by", names=by))
        return "\n".join(parts)

    def _told(self, seq: int, review: Review) -> Line:
        entry = review.evidence.get(seq)
        text = self._place.text
        if entry is None:
            return Line(seq, f"#{seq}")
        when = second_words(entry.at_s, review.starts_at, text)
        kind = text(f"aar.kind.{entry.kind.value}")
        detail = "  ·  ".join(part for part in (when, kind, entry.by, f"#{seq}") if part)
        return Line(seq, entry_words(entry, text), detail=detail, icon="clock")

    def show_moment(self, index: QModelIndex) -> None:
        review = self._review
        line = self.evidence.lines[index.row()]
        entry = review.evidence.get(int(str(line.key))) if review is not None else None
        if review is not None and entry is not None:
            self.second.setText(second_words(entry.at_s, review.starts_at, self._place.text))
            self._place.show_moment(review.starts_at + entry.at_s)
