"""The drill's time: injects with what was expected, and everything that happened, line by line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from console.drill.entry import EntryKind
from ui.drill.aar import clock_of, entry_words
from ui.review.beat_view import BeatView
from ui.review.grid import Grid, GridRow
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.words import second_words
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.row import row_of

_ALL = "all"
_KINDS = (_ALL, *(kind.value for kind in EntryKind))


class TimeLinePage(ReviewPage):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look = place.look
        self.beats = BeatView(look, place.text, self)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.beats)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.kinds = Choices(_KINDS, "review_kind", place.text, self)
        self.second = label(tone="dim", parent=self)
        self.table = Grid("review_entries", look, self)
        lower = QWidget(self)
        inner = QVBoxLayout(lower)
        inner.setContentsMargins(0, 6, 0, 0)
        inner.addLayout(row_of(self.kinds, None, self.second))
        inner.addWidget(self.table, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(area)
        split.addWidget(lower)
        split.setChildrenCollapsible(False)
        split.setSizes([look.px(330), look.px(260)])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(split)
        self.kinds.changed.connect(self._show_entries)
        self.beats.picked.connect(self.show_second)
        self.table.clicked.connect(self._pick)
        self.table.activated.connect(self._pick)
        self.setFocusProxy(self.beats)

    def show_run(self, *_: object) -> None:
        self.kinds.retranslate()
        run = self._place.run
        if run is not None:
            review = run.review
            self.beats.show_beats(review.beats, review.score.ended_at - review.starts_at)
            self._show_entries()

    def _show_entries(self, *_: object) -> None:
        run, text, chosen = self._place.run, self._place.text, self.kinds.chosen
        if run is None:
            return
        rows = [
            GridRow(
                (at, entry.at_s),
                (
                    clock_of(entry.at_s),
                    text(f"aar.kind.{entry.kind.value}"),
                    entry.by,
                    entry_words(entry, text),
                    f"#{entry.seq}",
                ),
                tones={1: "danger"} if entry.kind is EntryKind.MISSED else {},
                order={0: entry.at_s, 4: entry.seq},
            )
            for at, entry in enumerate(run.review.entries)
            if chosen in (_ALL, entry.kind.value)
        ]
        heads = tuple(text(f"aar.head.{key}") for key in ("time", "what", "by", "words", "event"))
        self.table.show_rows(heads, rows, widths=(70, 90, 150, 0, 80), numbers=(4,))
        left_out = run.review.left_out
        self.second.setText(text("aar.left_out", count=left_out) if left_out else "")

    def _pick(self, *_: object) -> None:
        key = self.table.key
        if isinstance(key, tuple):
            self.show_second(float(key[1]))

    def show_second(self, at_s: float) -> None:
        """Say which second it is, and let it be replayed."""
        run = self._place.run
        if run is not None:
            self.second.setText(second_words(at_s, run.review.starts_at, self._place.text))
            self._place.show_moment(run.review.starts_at + at_s)
