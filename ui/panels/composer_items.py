"""The item list behind the order sheet: whether one is in force, and which item the words on the sheet suggest."""

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import ItemId
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.item.choice import ItemChoice
from ui.order.controls import Beginning
from ui.panels.composer_form import ComposerForm
from ui.watch import follow


class ComposerItems(QObject):
    applyWanted = Signal(object)
    """An item for this Beginning to be put on the list. The order stays on its sheet until then."""
    _form: ComposerForm

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = ItemChoice(store)
        follow(self, store, self._notice)

    def serve(self, form: ComposerForm) -> None:
        self._form = form
        for words in (form.title, form.details):
            words.textChanged.connect(self.suggest)
        form.item.changed.connect(form.show_item)
        form.buttons["apply"].clicked.connect(self._apply)

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, Reset) or (isinstance(notice, Changed) and notice.noun == "item"):
            self.choice.forget()

    def begin(self) -> None:
        """The sheet opens: dates may have passed since the list was read."""
        self.choice.forget()
        self.choice.count_use()
        self._form.list_items(self.choice.is_listed)

    def suggest(self) -> None:
        """The item that fits the words so far."""
        if self._form.is_listed:
            self._form.item.suggest(f"{self._form.title.text()} {self._form.details.toPlainText()}")

    def _apply(self) -> None:
        form = self._form
        self.applyWanted.emit(Beginning(title=form.title.text().strip(), text=form.details.toPlainText().strip()))

    @property
    def item_id(self) -> ItemId | None:
        item = self._form.item.item if self._form.is_listed else None
        return item.id if item is not None else None
