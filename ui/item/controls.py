"""What the item list's sheet sets off. Each method is one step; the list changes when the gateway has said so."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import ItemId, JurisdictionId
from comms.domain.item import Item, ItemClass, ItemState, ItemTerms, ItemVersion
from comms.protocol.pushes import Done, Refused
from console.actions.items import Items
from console.actions.requester import Outcome, Unsent
from console.store.store import Store
from ui.acting import Acting
from ui.order.controls import Beginning, Question
from ui.text import Texts


class ItemControls(QObject):
    asking = Signal(object)
    """Ask for a reason: a Question."""
    opening = Signal()
    """Open the sheet."""
    applying = Signal(object)
    """Open the sheet with an application for what this Beginning wants."""
    refused = Signal(str)
    """The sentence of a refusal, for the sheet."""
    done = Signal()

    def __init__(
        self, *, store: Store, items: Items, acting: Acting, text: Texts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._items = items
        self._acting = acting
        self._text = text

    def state(self, item_id: ItemId | None) -> ItemState | None:
        return self._store.picture.items.states.get(item_id) if item_id is not None else None

    @property
    def own(self) -> JurisdictionId:
        session = self._store.session
        return session.jurisdiction_id if session is not None else JurisdictionId("")

    @property
    def list_node(self) -> JurisdictionId:
        """Where an application goes: to the list that binds this officer, else to his own jurisdiction."""
        listed = self._store.picture.items.listed(self._store.server_now())
        above = [node for node in listed if f"{self.own}/".startswith(f"{node}/")]
        return min(above, key=len) if above else self.own

    def open(self) -> None:
        self.opening.emit()

    def apply_for(self, beginning: Beginning) -> None:
        self.applying.emit(beginning)

    def today(self) -> float:
        """Midnight, local."""
        now = datetime.fromtimestamp(self._store.server_now())
        return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    def tomorrow(self) -> float:
        return (datetime.fromtimestamp(self.today()) + timedelta(days=1)).timestamp()

    # --- steps ----------------------------------------------------------------------------------------------

    def apply(self, item_class: ItemClass, terms: ItemTerms, *, item: Item | None, reason: str) -> None:
        where = item.jurisdiction_id if item is not None else self.list_node
        item_id = item.id if item is not None else None
        self._start(self._items.apply(where, item_class, terms, item_id=item_id, reason=reason), "item.told.applied")

    def break_down(self, item_id: ItemId, item_class: ItemClass, parts: tuple[ItemTerms, ...]) -> None:
        self._start(self._items.break_down(item_id, item_class, parts), "item.told.broken_down")

    def approve(self, item_id: ItemId) -> None:
        self._start(self._items.approve(item_id), "item.told.approved")

    def put_in_force(self, item_id: ItemId, from_at: float) -> None:
        self._start(self._items.put_in_force(item_id, from_at=from_at), "item.told.in_force")

    def reject(self, item_id: ItemId) -> None:
        def run(reason: str) -> None:
            self._start(self._items.reject(item_id, reason=reason), "item.told.rejected")

        self._ask("item.ask_reject", item_id, run)

    def retire(self, item_id: ItemId, from_at: float) -> None:
        def run(reason: str) -> None:
            self._start(self._items.retire(item_id, from_at=from_at, reason=reason), "item.told.retired")

        self._ask("item.ask_retire", item_id, run)

    def read_versions(self, item_id: ItemId, show: Callable[[tuple[ItemVersion, ...]], None]) -> None:
        """Of the journal; what comes too late is shown by nobody."""

        def take(answer: tuple[ItemVersion, ...] | Refused | Unsent) -> None:
            if isinstance(answer, tuple):
                show(answer)

        self._acting.start(self._items.versions(item_id), take)

    def _ask(self, key: str, item_id: ItemId, run: Callable[[str], None]) -> None:
        state = self.state(item_id)
        if state is not None:
            self.asking.emit(Question(self._text(key, name=state.item.name), run))

    def _start(self, work: Coroutine[Any, Any, Outcome], key: str) -> None:
        def answered(answer: Outcome) -> None:
            if isinstance(answer, Done):
                self._acting.tell("ok", self._text(key))
                self.done.emit()
            elif isinstance(answer, Refused):
                self.refused.emit(answer.text or self._text.refusal(answer.code))

        self._acting.start(work, answered)
