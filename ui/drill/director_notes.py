"""Bookmarks and ratings: what a trainer or an observer wants to come back to, private unless it is to be shown."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.drill_events import Rating
from comms.domain.ids import OfficerId
from comms.protocol.pushes import Done
from console.actions.requester import Outcome
from ui.drill.board import BoardView
from ui.drill.director_words import note_rows
from ui.drill.words import Stage, local, second_words, stage_of
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace


class NotesPart(QWidget):
    """A note is about the second at which its writing began, not at which it was finished."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._store = place.store
        self._text = place.text
        self._begun_s: float | None = None
        self.list = BoardView("drill_notes", (64, 64, 0, 96), place.look, self)
        self.field = QLineEdit(self)
        self.field.setObjectName("drill_note")
        self.field.setMaxLength(1000)
        self.stamp = label(tone="dim", parent=self)
        self.is_shown = QCheckBox(self)
        self.is_shown.setObjectName("drill_note_shown")
        self.keep, self.mark, self.give = QPushButton(self), QPushButton(self), QPushButton(self)
        self.keep.setObjectName("drill_note_keep")
        self.mark.setObjectName("drill_bookmark")
        self.give.setObjectName("drill_rate")
        self.objective, self.whom = QComboBox(self), QComboBox(self)
        self.rating = Choices(tuple(rating.value.lower() for rating in Rating), "drill_rating", self._text, self)
        self.words = QLineEdit(self)
        self.words.setMaxLength(1000)
        self._rating_head = label(tone="head", parent=self)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.list, 1)
        writing = row_of(self.stamp, self.field, self.keep, self.mark)
        writing.setStretch(1, 1)
        column.addLayout(writing)
        column.addWidget(self.is_shown)
        column.addWidget(self._rating_head)
        whom = row_of(self.objective, self.whom)
        whom.setStretch(0, 2)
        whom.setStretch(1, 1)
        column.addLayout(whom)
        column.addWidget(self.rating)
        giving = row_of(self.words, self.give)
        giving.setStretch(0, 1)
        column.addLayout(giving)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._stamp)
        self.field.returnPressed.connect(self.keep_it)
        self.keep.clicked.connect(Triggered(self.keep_it))
        self.mark.clicked.connect(Triggered(self.bookmark))
        self.words.returnPressed.connect(self.rate)
        self.give.clicked.connect(Triggered(self.rate))

    # --- doing ----------------------------------------------------------------------------------------------

    def _stamp(self, words: str) -> None:
        """The second of the first letter; an emptied field begins anew."""
        if not words:
            self._begun_s = None
        elif self._begun_s is None:
            self._begun_s = max(0.0, self._store.drill.second() or 0.0)
        self._read_buttons()

    def keep_it(self) -> None:
        words = self.field.text().strip()
        if words and self.keep.isEnabled():
            self._note(words, self._begun_s)
            self.field.clear()

    def bookmark(self) -> None:
        """Of this moment, without words."""
        if self.mark.isEnabled():
            self._note(self._text("drill.bookmark"), max(0.0, self._store.drill.second() or 0.0))

    def _note(self, words: str, at_s: float | None) -> None:
        drilling = self._place.actions.drilling
        work = drilling.note(words, at_s=at_s, is_shown=self.is_shown.isChecked())
        self._place.acting.start(work)

    def rate(self) -> None:
        objective, whom = self.objective.currentData(), self.whom.currentData()
        if objective is None or not self.give.isEnabled():
            return
        work = self._place.actions.drilling.rate(
            objective,
            Rating(self.rating.chosen.upper()),
            words=self.words.text().strip(),
            officer_id=OfficerId(whom) if whom else None,
        )
        self._place.acting.start(work, self._rated)

    def _rated(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self.words.clear()
            self._place.acting.tell("ok", self._text("drill.rated"))

    # --- showing --------------------------------------------------------------------------------------------

    def read(self) -> None:
        self.list.board.set_rows(note_rows(self._store, self._text))
        self._fill()
        self._read_buttons()

    def _fill(self) -> None:
        """Objectives, and who is trained; what is chosen stays."""
        drill, text = self._store.drill, self._text
        scenario, status = drill.scenario, drill.status
        objectives = [(local(each.words, text), each.id) for each in scenario.objectives] if scenario else []
        trained = [seat for seat in status.seats if seat.kind.value == "trainee"] if status is not None else []
        officers = [(local(seat.name, text), each) for seat in trained for each in seat.officer_ids]
        _offer(self.objective, objectives)
        _offer(self.whom, [(text("drill.team"), ""), *officers])

    def _read_buttons(self) -> None:
        has_begun = stage_of(self._store) is not Stage.READY
        is_staff = self._store.drill.is_staff
        self.stamp.setText(second_words(self._begun_s) if self._begun_s is not None else second_words(None))
        self.keep.setEnabled(is_staff and has_begun and bool(self.field.text().strip()))
        self.mark.setEnabled(is_staff and has_begun)
        self.give.setEnabled(is_staff and has_begun and self.objective.count() > 0)

    def retranslate(self) -> None:
        text = self._text
        columns = ("time", "shown", "note", "who")
        self.list.board.set_heads(tuple(text(f"drill.column.{column}") for column in columns))
        self.field.setPlaceholderText(text("drill.note_here"))
        self.is_shown.setText(text("drill.note_is_shown"))
        self.keep.setText(text("drill.button.note"))
        self.mark.setText(text("drill.button.bookmark"))
        self.mark.setToolTip("B")
        self._rating_head.setText(text("drill.rating"))
        self.rating.retranslate()
        self.words.setPlaceholderText(text("drill.rating_words"))
        self.give.setText(text("drill.button.rate"))
        self.read()


def _offer(box: QComboBox, offered: list[tuple[str, str]]) -> None:
    """Only when it is something else: a list that is open stays."""
    if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] == offered:
        return
    chosen = box.currentData()
    box.clear()
    for words, key in offered:
        box.addItem(words, key)
    box.setCurrentIndex(max(0, box.findData(chosen)))
