"""Who did what: each person's figures, and the lines of the score that were his doing."""

from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from comms.domain.score_person import PersonScore
from comms.domain.score_words import number
from console.drill.review import Review
from ui.review.grid import Grid, GridRow
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.score_page import LINE_WIDTHS, LineView, line_heads, line_row
from ui.widgets.labels import label

_FIGURES = ("own_points", "noted", "orders", "alarms", "answered", "missed", "notes", "bursts", "talk", "longest")


class PeoplePage(ReviewPage):
    """The team's score is one; a person's points are his share of those expectations that he had a part in."""

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look = place.look
        self._hint = label(tone="dim", wraps=True, parent=self)
        self.table = Grid("review_people", look, self)
        self._part_head = label(tone="head", parent=self)
        self.lines = Grid("review_person_lines", look, self)
        self.explained = LineView(place, self)
        split = QSplitter(self)
        split.addWidget(self.lines)
        split.addWidget(self.explained)
        split.setSizes([look.px(760), look.px(520)])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self._hint)
        column.addWidget(self.table, 2)
        column.addWidget(self._part_head)
        column.addWidget(split, 3)
        self.table.chosen.connect(self._show_person)
        self.lines.chosen.connect(self._explain)
        self.setFocusProxy(self.table)

    def show_run(self, *_: object) -> None:
        run, text = self._place.run, self._place.text
        if run is None:
            return
        self._hint.setText(text("review.people_hint" if run.review.score.people else "review.no_people"))
        heads = (text("aar.head.name"), *(text(f"aar.head.{key}") for key in _FIGURES))
        rows = [_person_row(person) for person in run.review.score.people]
        numbers = range(1, len(heads))
        self.table.show_rows(heads, rows, widths=(0, *(88,) * len(_FIGURES)), numbers=tuple(numbers))
        self._show_person(self.table.key)

    def _show_person(self, key: object) -> None:
        run, text = self._place.run, self._place.text
        if run is None:
            return
        lines = [line for line in run.review.score.lines if key in line.by]
        rows = [line_row(line, at, self._place) for at, line in enumerate(lines)]
        self.lines.show_rows(line_heads(text), rows, widths=LINE_WIDTHS, numbers=(1, 2, 3))
        self._part_head.setText(text("review.had_part", name=_name(key, run.review), count=len(lines)))
        self._explain(self.lines.key)

    def _explain(self, key: object) -> None:
        run = self._place.run
        if run is not None:
            line = next((one for one in run.review.score.lines if one.id == key), None)
            self.explained.show_line(line, run.review)


def _name(key: object, review: Review) -> str:
    return next((person.name for person in review.score.people if person.officer_id == key), "")


def _person_row(person: PersonScore) -> GridRow:
    counts = (
        person.incidents_noted,
        person.orders,
        person.alarms_acknowledged,
        person.calls_answered,
        person.calls_missed,
        person.notes,
        person.bursts,
    )
    values: list[float] = [person.points, *counts, person.talk_s, person.longest_burst_s]
    cells = (number(person.points), *map(str, counts), f"{person.talk_s:.0f} s", f"{person.longest_burst_s:.0f} s")
    tones = {5: "danger"} if person.calls_missed else {}
    return GridRow(person.officer_id, (person.name, *cells), tones=tones, order=dict(enumerate(values, 1)))
