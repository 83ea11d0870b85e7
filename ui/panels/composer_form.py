"""The fields and buttons of an order: what is on the sheet, without what becomes of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import IncidentId
from comms.domain.order import OrderPriority
from comms.protocol.errors import RefusalCode
from ui.item.choice import ItemChoice
from ui.item.words import limit_words
from ui.order.controls import NEAREST_COUNT, Beginning
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.icons import icon
from ui.widgets.item_field import ItemField
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.row import row_of

DEADLINES_MIN = (0, 10, 30, 60, 120)
"""0 is none, or what the item list says."""
_NO_DEADLINE = str(DEADLINES_MIN[0])
_CAPTIONS = ("item", "priority", "target", "place", "deadline", "photos")
_PICTURES = {
    "close": "close",
    "units": "person",
    "group": "group",
    "grid": "grid",
    "nearest": "nearest",
    "circle": "circle",
    "no_place": "close",
    "place": "check",
    "pick": "pin",
    "no_photos": "close",
    "add_photo": "photo",
}
_FLAT = frozenset({"close", "no_place", "no_photos", "discard"})


class ComposerForm(QWidget):
    """Buttons by name; whoever owns the form connects them."""

    def __init__(self, choice: ItemChoice, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.incident_id = ""
        """What the order is given for."""
        self.also_ids: tuple[IncidentId, ...] = ()
        """And for these as well."""
        self._also = label(tone="warn", wraps=True, parent=self)
        self._head = label(tone="title", parent=self)
        self.title = QLineEdit(self)
        self.title.setMaxLength(200)
        self.details = QPlainTextEdit(self)
        self.details.setTabChangesFocus(True)
        self.item = ItemField(choice, text, self)
        self.priority = Choices(tuple(one.value for one in OrderPriority), "priority", text, self)
        self.deadline = Choices(tuple(str(minutes) for minutes in DEADLINES_MIN), "deadline", text, self)
        self._captions = {key: label(tone="dim", parent=self) for key in _CAPTIONS}
        self.target = ElidedLabel(parent=self)
        self.place = ElidedLabel(parent=self)
        self.photos = ElidedLabel(tone="dim", parent=self)
        self.refusal = label(wraps=True, parent=self)
        self.refusal.setObjectName("refusal")
        self.is_listed = False
        self.buttons = {name: self._button(name) for name in (*_PICTURES, "discard", "apply", "send")}
        self.buttons["send"].setProperty("tone", "primary")
        self._arrange()
        look.changed.connect(self._restyle)
        self._restyle()
        self.hide_refusal()
        self.retranslate()

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"composer_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name in _FLAT:
            button.setProperty("tone", "flat")
        return button

    def _arrange(self) -> None:
        buttons, captions = self.buttons, self._captions
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        column.addLayout(row_of(self._head, None, buttons["close"]))
        column.addWidget(self._also)
        column.addWidget(self.title)
        column.addWidget(self.details, 1)
        column.addLayout(row_of(captions["item"], self.item))
        column.addWidget(captions["priority"])
        column.addWidget(self.priority)
        column.addLayout(row_of(captions["target"], self.target))
        column.addLayout(row_of(buttons["units"], buttons["group"], buttons["grid"]))
        column.addLayout(row_of(buttons["nearest"], buttons["circle"]))
        column.addLayout(row_of(captions["place"], self.place, buttons["no_place"]))
        column.addLayout(row_of(buttons["place"], buttons["pick"]))
        column.addWidget(captions["deadline"])
        column.addWidget(self.deadline)
        column.addLayout(row_of(captions["photos"], self.photos, buttons["no_photos"], buttons["add_photo"]))
        column.addWidget(self.refusal)
        column.addLayout(row_of(buttons["discard"], buttons["apply"], None, buttons["send"]))

    def _restyle(self) -> None:
        theme = self._look.theme
        for name, picture in _PICTURES.items():
            self.buttons[name].setIcon(icon(picture, theme.text_dim, theme.line_strong))
        self.details.setMinimumHeight(self._look.px(48))

    def retranslate(self) -> None:
        """Everything that does not depend on the draft."""
        text = self._text
        self._head.setText(text("composer.head"))
        self._also.setText(text("bulk.one_order", count=1 + len(self.also_ids)))
        self._also.setVisible(bool(self.also_ids))
        for key, caption in self._captions.items():
            caption.setText(text(f"composer.{key}"))
        self.title.setPlaceholderText(text("composer.title_hint"))
        self.title.setAccessibleName(text("composer.title"))
        self.details.setAccessibleName(text("composer.text"))
        self.details.setPlaceholderText(text("composer.text_hint"))
        for name in ("group", "grid", "circle", "place", "pick"):
            self.buttons[name].setText(text(f"composer.use_{name}"))
        self.buttons["nearest"].setText(text("composer.use_nearest", count=NEAREST_COUNT))
        self.buttons["add_photo"].setText(text("composer.add_photo"))
        self.buttons["discard"].setText(text("composer.discard"))
        self.buttons["apply"].setText(text("item.apply"))
        for name in ("close", "no_place", "no_photos"):
            self.buttons[name].setAccessibleName(text("composer.remove"))
            self.buttons[name].setToolTip(text("composer.remove"))
        self.buttons["close"].setToolTip(text("composer.close_tip"))
        self.buttons["send"].setToolTip(text("composer.send_tip"))
        self.priority.retranslate()
        self.deadline.retranslate()
        self.item.say()
        self.show_item()

    def list_items(self, is_listed: bool) -> None:
        """Whether an order needs an item at all."""
        self.is_listed = is_listed
        self.show_item()

    def show_item(self) -> None:
        """Whether the item is only suggested; and the time it allows, unless another is chosen."""
        text, item = self._text, self.item.item if self.is_listed else None
        for part in (self._captions["item"], self.item):
            part.setVisible(self.is_listed)
        self._captions["item"].setText(text("item.suggested" if self.item.is_suggested else "composer.item"))
        limit = item.terms.limit if item is not None else None
        is_free = limit is None
        self._captions["deadline"].setText(
            text("composer.deadline" if is_free else "item.deadline", limit=limit_words(limit, text))
        )
        self.deadline.say(_NO_DEADLINE, text("deadline.0" if is_free else "item.deadline_button"))

    def empty(self) -> None:
        self.incident_id, self.also_ids = "", ()
        self.item.empty()
        self.title.clear()
        self.details.clear()
        self.priority.choose(OrderPriority.NORMAL.value)
        self.deadline.choose(_NO_DEADLINE)
        self.hide_refusal()

    def fill(self, beginning: Beginning) -> None:
        """What is known of the incident the order is for; without one everything stays."""
        if beginning.incident_id is not None:
            self.incident_id, self.also_ids = beginning.incident_id, beginning.also_ids
            self.title.setText(beginning.title)
            self.details.setPlainText(beginning.text)
            if beginning.priority is not None:
                self.priority.choose(beginning.priority.value)

    def show_refusal(self, sentence: str, code: RefusalCode | None = None) -> None:
        """What is not on the item list may be applied for."""
        self.refusal.setText(sentence)
        self.refusal.show()
        self.buttons["apply"].setVisible(code is RefusalCode.NOT_ON_LIST)

    def hide_refusal(self) -> None:
        self.refusal.hide()
        self.buttons["apply"].hide()
