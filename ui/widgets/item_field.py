"""The item an order is for: shown on one line, typed over to choose another, with what fits below it."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from comms.domain.item import Item
from ui.item.choice import ItemChoice
from ui.item.words import evidence_words, item_line, limit_words
from ui.text import Texts

SHOWN = 9
"""Lines of the list that are seen at once."""


class ItemField(QLineEdit):
    """`changed` says that another item is chosen. While the officer has not chosen one by hand, `suggest` does."""

    changed = Signal()
    sendWanted = Signal()

    def __init__(self, choice: ItemChoice, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._sheet = parent
        self.setObjectName("composer_item")
        self._choice = choice
        self._text = text
        self._item: Item | None = None
        self._is_own = False
        self._found: list[Item] = []
        self.list = QListWidget(parent)
        """What fits, over whatever lies below the field; the keyboard stays in the field."""
        self.list.setObjectName("item_list")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.hide()
        self.list.itemClicked.connect(self._clicked)
        self.textEdited.connect(self._offer)

    @property
    def item(self) -> Item | None:
        return self._item

    @property
    def is_suggested(self) -> bool:
        """Nobody has chosen it yet."""
        return self._item is not None and not self._is_own

    def suggest(self, words: str) -> None:
        """What an order in these words would be for; a choice made by hand stays."""
        if not self._is_own and not self.hasFocus():
            self._take(self._choice.suggest(words))

    def empty(self) -> None:
        self._is_own = False
        self._take(None)

    def choose(self, item: Item) -> None:
        self._is_own = True
        self.list.hide()
        self._take(item)

    def _take(self, item: Item | None) -> None:
        is_other = item is not self._item
        self._item = item
        self.say()
        if is_other:
            self.changed.emit()

    def say(self) -> None:
        """The line and the whole of it, in the language of now."""
        text, item = self._text, self._item
        self.setPlaceholderText(text("item.field_hint"))
        self.setAccessibleName(text("composer.item"))
        self.setText(item_line(item, text) if item is not None else "")
        self.setCursorPosition(0)
        self.setToolTip("" if item is None else text(
            "item.tip", name=item.name, when=item.terms.opens_when, done=item.terms.closes_when,
            limit=limit_words(item.terms.limit, text), evidence=evidence_words(item.terms.evidence, text),
        ))  # fmt: skip

    # --- choosing -----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Esc puts the list away before anything else."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() is QEvent.Type.ShortcutOverride and self.list.isVisible():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go through the list, Enter takes the line marked, Ctrl+Enter sends with it."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.list.isVisible():
                    self.choose(self._found[self.list.currentRow()])
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self.sendWanted.emit()
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Escape if self.list.isVisible():
                self.list.hide()
                self.say()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed and not chosen is no item."""
        super().focusOutEvent(event)
        self.list.hide()
        self.say()

    def hideEvent(self, event: QHideEvent) -> None:
        self.list.hide()
        super().hideEvent(event)

    def _step(self, places: int) -> None:
        if self.list.isVisible():
            self.list.setCurrentRow(min(max(0, self.list.currentRow() + places), len(self._found) - 1))
        else:
            self._offer("")

    def _offer(self, words: str) -> None:
        self._found = self._choice.find(words)
        self.list.clear()
        self.list.addItems([item_line(item, self._text) for item in self._found])
        self.list.setVisible(bool(self._found))
        if self._found:
            self.list.setCurrentRow(0)
            self._lay_out()

    def _lay_out(self) -> None:
        """Under the field, as wide as the sheet."""
        sheet = self._sheet
        top = self.mapTo(sheet, QPoint(0, self.height())).y() + 2
        rows = min(SHOWN, len(self._found))
        height = rows * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth() + 2
        self.list.setGeometry(8, top, sheet.width() - 16, min(height, sheet.height() - top))
        self.list.raise_()

    def _clicked(self, line: QListWidgetItem) -> None:
        self.choose(self._found[self.list.row(line)])
