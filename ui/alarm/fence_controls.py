"""What menus, keys and the sheet set off about geofences."""

import msgspec
from PySide6.QtCore import Signal

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceShape, FenceTrigger
from comms.domain.ids import FenceId, JurisdictionId, UnitId
from comms.domain.order import CircleTarget, JurisdictionTarget, Place, UnitsTarget
from comms.protocol.pushes import Done
from console.actions.requester import Outcome
from ui.alarm.base_controls import AlarmingControls
from ui.map.tools import OUTLINING, MapTool

NEW = FenceId("")
FIRST_RADIUS_M = 300.0


class FenceControls(AlarmingControls):
    editing = Signal(object)
    """Open the sheet with this Fence; one without an id is new."""
    drawing = Signal(object)
    """Take up this MapTool on the map."""
    _redrawn: Fence | None = None
    """What the sheet said when it made room for the map."""

    @property
    def picked(self) -> tuple[UnitId, ...]:
        """Units that a fence might be for."""
        return self._selection.unit_ids

    def begin(self, place: Place | None = None) -> None:
        """A circle about a place, for the units picked or for all of the jurisdiction."""
        place = place or self._selection.place
        self._begin(FenceCircle(lat=place.lat, lon=place.lon, radius_m=FIRST_RADIUS_M) if place is not None else None)

    def _begin(self, shape: FenceShape | None) -> None:
        own = self._store.session.jurisdiction_id if self._store.session is not None else JurisdictionId("")
        unit_ids = self.picked
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

    def redraw(self, fence: Fence, tool: MapTool) -> None:
        """The sheet makes room until the new shape is drawn, or given up."""
        self._redrawn = fence
        self.drawing.emit(tool)

    def outlined(self, area: CircleTarget | PolygonTarget) -> None:
        """A circle or outline was drawn on the map: of the fence on the sheet, or of a new one."""
        fence, self._redrawn = self._redrawn, None
        if isinstance(area, CircleTarget):
            shape: FenceShape = FenceCircle(lat=area.lat, lon=area.lon, radius_m=area.radius_m)
        else:
            shape = FencePolygon(ring=area.corners)
        if fence is None:
            self._begin(shape)
        else:
            self.editing.emit(msgspec.structs.replace(fence, shape=shape))

    def take_up(self, tool: MapTool) -> None:
        """The officer has this tool in hand now; one who gave up drawing gets his sheet back as it was."""
        fence = self._redrawn
        if fence is not None and tool not in OUTLINING:
            self._redrawn = None
            self.editing.emit(fence)

    def keep(self, fence: Fence) -> None:
        work = self._alarming.draw(fence) if fence.id == NEW else self._alarming.change(fence)
        self._acting.start(work, self._tell_kept)

    def erase(self, fence_id: FenceId) -> None:
        self._acting.start(self._alarming.erase(fence_id))

    def _tell_kept(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("fence.kept"))
