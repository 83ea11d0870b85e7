"""Where to look at an incident: the nearest cameras and the units that are at it, gone to one after the other."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId, UnitId
from comms.domain.incident import IncidentState
from comms.domain.order import OPEN_STATES, AssignmentState, Place
from comms.domain.position import distance_m
from comms.protocol.area import Camera
from console.around.surroundings import Surroundings
from console.store.store import Store
from ui.selection import Selection

REACH_M = 500.0
"""A camera farther off shows nothing of it."""
CAMERAS = 3


@dataclass(frozen=True, slots=True)
class UnitAt:
    """`metres` from the incident; None while nobody knows where the unit is."""

    unit_id: UnitId
    name: str
    step: AssignmentState
    metres: float | None


class Sights(QObject):
    """`surroundings` is given when the area is ready; until then there are no cameras."""

    centring = Signal(float, float)
    ready = Signal()

    def __init__(self, store: Store, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._selection = selection
        self._surroundings: Surroundings | None = None
        self._near: tuple[IncidentId | None, list[tuple[Camera, float]]] = (None, [])
        self._turn: tuple[IncidentId | None, str, int] = (None, "", 0)

    def take(self, surroundings: Surroundings) -> None:
        self._surroundings, self._near = surroundings, (None, [])
        self.ready.emit()

    def cameras(self, state: IncidentState) -> list[tuple[Camera, float]]:
        """The nearest first, with metres."""
        incident = state.incident
        if self._surroundings is None:
            return []
        if self._near[0] != incident.id:
            place = incident.place
            found = self._surroundings.cameras.nearest(lat=place.lat, lon=place.lon, within_m=REACH_M, count=CAMERAS)
            self._near = (incident.id, found)
        return self._near[1]

    def units(self, state: IncidentState) -> list[UnitAt]:
        """Those who have something to do for it or for what it carries, the nearest first."""
        picture, place = self._store.picture, state.incident.place
        merged = picture.incidents.merged_into(state)
        order_ids = dict.fromkeys(key for one in (state, *merged) for key in one.order_ids)
        found: dict[UnitId, UnitAt] = {}
        for order in (picture.orders[key] for key in order_ids if key in picture.orders):
            for unit_id, step in order.assignments.items():
                if unit_id in picture.units and step in OPEN_STATES:
                    found[unit_id] = UnitAt(unit_id, picture.units[unit_id].unit.name, step, self._away(unit_id, place))
        return sorted(found.values(), key=lambda one: (one.metres is None, one.metres or 0.0))

    def _away(self, unit_id: UnitId, place: Place) -> float | None:
        spot = self._spot(unit_id)
        return distance_m(lat_a=spot[0], lon_a=spot[1], lat_b=place.lat, lon_b=place.lon) if spot is not None else None

    def _spot(self, unit_id: UnitId) -> tuple[float, float] | None:
        positions = self._store.positions
        row = positions.row_of(unit_id)
        is_placed = row is not None and bool(positions.is_placed[row])
        return (float(positions.lat[row]), float(positions.lon[row])) if is_placed else None

    # --- going there ----------------------------------------------------------------------------------

    def next_camera(self, state: IncidentState) -> None:
        """The nearest at first, then the next with every press."""
        cameras = self.cameras(state)
        if cameras:
            camera, _ = cameras[self._next(state, "camera", len(cameras))]
            self._selection.set_place(Place(lat=camera.lat, lon=camera.lon, text=camera.name))
            self.centring.emit(camera.lat, camera.lon)

    def next_unit(self, state: IncidentState) -> None:
        """Picked, too: the next key can call it."""
        units = self.units(state)
        if units:
            unit_id = units[self._next(state, "unit", len(units))].unit_id
            self._selection.set_units((unit_id,))
            spot = self._spot(unit_id)
            if spot is not None:
                self.centring.emit(*spot)

    def _next(self, state: IncidentState, what: str, count: int) -> int:
        incident_id, before, at = self._turn
        is_same = (incident_id, before) == (state.incident.id, what)
        at = (at + 1) % count if is_same else 0
        self._turn = (state.incident.id, what, at)
        return at
