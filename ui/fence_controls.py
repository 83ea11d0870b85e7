"""What menus, keys and the sheet set off about geofences."""

from PySide6.QtCore import QObject, Signal

from comms.domain.fence import Fence, FenceCircle, FenceRule, FenceTrigger
from comms.domain.ids import FenceId, JurisdictionId
from comms.domain.order import JurisdictionTarget, Place, UnitsTarget
from comms.protocol.pushes import Done
from console.actions.alarm import Alarming
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.selection import Selection
from ui.text import Texts

NEW = FenceId("")
FIRST_RADIUS_M = 300.0


class FenceControls(QObject):
    editing = Signal(object)
    """Open the sheet with this Fence; one without an id is new."""

    def __init__(
        self,
        *,
        store: Store,
        alarming: Alarming,
        selection: Selection,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._alarming = alarming
        self._selection = selection
        self._acting = acting
        self._text = text

    def begin(self, place: Place | None = None) -> None:
        """A circle about a place, for the units picked or for all of the jurisdiction."""
        place = place or self._selection.place
        own = self._store.session.jurisdiction_id if self._store.session is not None else JurisdictionId("")
        unit_ids = self._selection.unit_ids
        shape = FenceCircle(lat=place.lat, lon=place.lon, radius_m=FIRST_RADIUS_M) if place is not None else None
        trigger, limit = (FenceTrigger.ENTER, None) if shape is not None else (FenceTrigger.OUT_OF_GRID, 5.0)
        self.editing.emit(
            Fence(
                id=NEW,
                name="",
                jurisdiction_id=own,
                shape=shape,
                subject=UnitsTarget(unit_ids) if unit_ids else JurisdictionTarget(own),
                rules=(FenceRule(trigger=trigger, limit=limit),),
            )
        )

    def edit(self, fence_id: FenceId) -> None:
        fence = self._store.picture.fences.get(fence_id)
        if fence is not None:
            self.editing.emit(fence)

    def keep(self, fence: Fence) -> None:
        work = self._alarming.draw(fence) if fence.id == NEW else self._alarming.change(fence)
        self._acting.start(work, self._tell_kept)

    def erase(self, fence_id: FenceId) -> None:
        self._acting.start(self._alarming.erase(fence_id))

    def _tell_kept(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("fence.kept"))
