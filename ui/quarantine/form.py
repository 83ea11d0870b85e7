"""The fields an officer corrects. What is wrong stands beneath its own field, and what was typed is never lost."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from comms.domain.order import OrderPriority, Place
from comms.domain.quarantine import Correction, Part, part_of
from comms.domain.work_order import MOST_ADDRESS, MOST_KIND, MOST_SOURCE_ID, MOST_TEXT
from comms.domain.work_order_book import Quarantined
from ui.quarantine.words import read_moment, written_moment
from ui.text import Texts
from ui.widgets.choices import Choices
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.row import row_of

MARKED = (Part.KIND, Part.PLACE, Part.PRIORITY, Part.TIME, Part.TEXT)
_CAPTIONS = ("kind", "place", "grid_code", "address", "priority", "time", "text")


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in the fields."""

    kind: str = ""
    place: Place | None = None
    grid_code: str = ""
    address: str = ""
    priority: OrderPriority = OrderPriority.NORMAL
    time: str = ""
    text: str = ""


def said_by(held: Quarantined) -> Said:
    """As the source said it. A kind that is not known is left to be chosen: its word is no kind here."""
    order = held.order
    is_kind_wrong = any(part_of(fault) is Part.KIND for fault in held.faults)
    return Said(
        kind="" if is_kind_wrong else order.kind,
        grid_code=order.grid_code,
        address=order.address,
        priority=order.priority,
        time=written_moment(order.occurred_at),
        text=order.text,
    )


def correction_of(said: Said, first: Said, held: Quarantined) -> Correction:
    """What the officer says other than the source did. Raises ValueError when the time cannot be read."""
    is_priority_wrong = any(part_of(fault) is Part.PRIORITY for fault in held.faults)
    return Correction(
        kind=_other(said.kind, first.kind),
        place=_worded(said.place, said.address, first.address),
        grid_code=_other(said.grid_code, first.grid_code),
        address=_other(said.address, first.address),
        priority=said.priority if is_priority_wrong or said.priority is not first.priority else None,
        text=_other(said.text, first.text),
        occurred_at=read_moment(said.time) if said.time != first.time else None,
    )


def _worded(place: Place | None, address: str, first_address: str) -> Place | None:
    """A place picked on the map has the words of the address where there is one."""
    if place is None or not (address or first_address):
        return place
    return Place(lat=place.lat, lon=place.lon, text=address or first_address)


def _other(words: str, first: str) -> str | None:
    return words if words and words != first else None


class CorrectionForm(QWidget):
    placeWanted = Signal()

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._place: Place | None = None
        self.kind = QComboBox(self)
        self.kind.setEditable(True)
        self.kind.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._where = ElidedLabel(parent=self)
        self.pick_button = self._button("pick", "")
        self.unpick_button = self._button("unpick", "flat")
        self.grid_code, self.address, self.time = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        for field, most in ((self.grid_code, MOST_SOURCE_ID), (self.address, MOST_ADDRESS), (self.time, 25)):
            field.setMaxLength(most)
        self.kind_field.setMaxLength(MOST_KIND)
        self.priority = Choices(tuple(one.value for one in OrderPriority), "priority", text, self)
        self.words = QPlainTextEdit(self)
        self.words.setTabChangesFocus(True)
        self._captions = {name: label(tone="dim", parent=self) for name in _CAPTIONS}
        self._marks = {part: label(tone="danger", wraps=True, parent=self) for part in MARKED}
        self._arrange()
        self.pick_button.clicked.connect(self.placeWanted)
        self.unpick_button.clicked.connect(self._unpick)
        self.retranslate()

    @property
    def kind_field(self) -> QLineEdit:
        field = self.kind.lineEdit()
        assert field is not None  # it is editable
        return field

    def _button(self, name: str, tone: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"quarantine_{name}")
        button.setProperty("tone", tone)
        return button

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        fields: dict[str, QWidget | QLayout] = {
            "kind": self.kind,
            "place": row_of(self._where, self.unpick_button, self.pick_button),
            "grid_code": self.grid_code,
            "address": self.address,
            "priority": self.priority,
            "time": self.time,
            "text": self.words,
        }
        marked = {"kind": Part.KIND, "address": Part.PLACE, "priority": Part.PRIORITY, "time": Part.TIME}
        row = 0
        for name, field in fields.items():
            top = Qt.AlignmentFlag.AlignTop if field is self.words else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(self._captions[name], row, 0, top)
            if isinstance(field, QWidget):
                grid.addWidget(field, row, 1)
            else:
                grid.addLayout(field, row, 1)
            row += 1
            if name in marked:
                grid.addWidget(self._marks[marked[name]], row, 1)
                row += 1
        grid.addWidget(self._marks[Part.TEXT], row, 1)
        grid.setRowStretch(row - 1, 1)

    # --- what stands in the fields --------------------------------------------------------------------

    @property
    def said(self) -> Said:
        return Said(
            kind=self.kind.currentText().strip(),
            place=self._place,
            grid_code=self.grid_code.text().strip(),
            address=self.address.text().strip(),
            priority=OrderPriority(self.priority.chosen),
            time=self.time.text().strip(),
            text=self.words.toPlainText().strip()[:MOST_TEXT],
        )

    def show_said(self, said: Said, kinds: tuple[str, ...]) -> None:
        """`kinds` are offered; another may be typed."""
        self.kind.clear()
        self.kind.addItems(list(kinds))
        self.kind.setCurrentText(said.kind)
        self.grid_code.setText(said.grid_code)
        self.address.setText(said.address)
        self.priority.choose(said.priority.value)
        self.time.setText(said.time)
        self.words.setPlainText(said.text)
        self.take_place(said.place)

    def take_place(self, place: Place | None) -> None:
        self._place = place
        self._tell_place()

    def mark(self, faults: dict[Part, str]) -> None:
        """Which fields are wrong, and why; the others are not."""
        for part, mark in self._marks.items():
            mark.setText(faults.get(part, ""))
            mark.setVisible(part in faults)

    def mark_of(self, part: Part) -> str:
        """What is said to be wrong with a field."""
        return self._marks[part].text()

    def focus_on(self, parts: frozenset[Part]) -> None:
        """The keyboard in the first field that is wrong, else in the first."""
        first: dict[Part, QWidget] = {
            Part.FORMAT: self.kind,
            Part.KIND: self.kind,
            Part.PLACE: self.grid_code,
            Part.PRIORITY: self.priority.first,
            Part.TIME: self.time,
            Part.TEXT: self.words,
        }
        next((field for part, field in first.items() if part in parts), self.kind).setFocus()

    def narrow(self, is_for_many: bool) -> None:
        """For many at once only kind and priority are said: places, times and words are each one's own."""
        own: tuple[QWidget, ...] = (self.pick_button, self.unpick_button, self.grid_code, self.address, self.time)
        for field in (*own, self.words):
            field.setEnabled(not is_for_many)
        self._tell_place()

    def _unpick(self) -> None:
        self.take_place(None)
        self.pick_button.setFocus()

    def _tell_place(self) -> None:
        place, text = self._place, self._text
        if place is None:
            self._where.setText(text("quarantine.not_picked"))
        else:
            at = text("composer.coordinates", lat=f"{place.lat:.5f}", lon=f"{place.lon:.5f}")
            self._where.setText(text("quarantine.picked", at=at, words=place.text) if place.text else at)
        self.unpick_button.setEnabled(place is not None and self.pick_button.isEnabled())

    def retranslate(self) -> None:
        text = self._text
        for name, caption in self._captions.items():
            caption.setText(text(f"quarantine.field.{name}"))
        for name, field in (
            ("kind", self.kind),
            ("grid_code", self.grid_code),
            ("address", self.address),
            ("time", self.time),
            ("text", self.words),
        ):
            field.setAccessibleName(text(f"quarantine.field.{name}"))
        self.kind_field.setPlaceholderText(text("quarantine.hint.kind"))
        self.grid_code.setPlaceholderText(text("quarantine.hint.grid_code"))
        self.time.setPlaceholderText(text("quarantine.hint.time"))
        self.pick_button.setText(text("quarantine.button.pick"))
        self.unpick_button.setText(text("quarantine.button.unpick"))
        self.priority.retranslate()
        self._tell_place()
