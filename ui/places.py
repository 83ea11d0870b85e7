"""Questions about a place, each answered in a sheet over the map's right edge, one at a time."""

from PySide6.QtCore import QObject, Qt

from comms.domain.ids import IncidentId, UnitId
from comms.domain.order import Place, UnitsTarget
from console.actions.terrain import Terrain
from console.store.notices import AreaLoaded, Notice
from console.store.store import Store
from ui.acting import Acting
from ui.background import Background
from ui.controls import Controls
from ui.desk import Actions
from ui.frame import Parts
from ui.ground_names import GroundNames
from ui.incident_desk import IncidentDesk
from ui.map.incident_overlay import INCIDENT_KIND
from ui.map.near_overlay import NEAR_KIND, NearOverlay, NearWay
from ui.order_controls import Beginning
from ui.panels.near_sheet import NearSheet
from ui.panels.report_sheet import ReportSheet
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.overlay import Overlay


class Places(QObject):
    """Owns the sheets and what they draw; makes the terrain ready whenever another area arrives."""

    def __init__(
        self,
        parts: Parts,
        *,
        store: Store,
        actions: Actions,
        controls: Controls,
        acting: Acting,
        look: Look,
        text: Texts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._map = desk_map = parts.map
        self._composer = parts.composer
        self._finder = parts.palette.finder
        self._store = store
        self._controls = controls
        self._nearby = actions.dispatch.nearby
        self.background = Background(self)
        self.near = NearSheet(
            desk_map, store=store, nearby=self._nearby, selection=controls.selection, look=look, text=text
        )
        self._near_overlay = NearOverlay()
        desk_map.drawing.overlays.add(self._near_overlay)
        desk_map.overlayPicked.connect(self._overlay_picked)
        self.near.waysChanged.connect(self._show_ways)
        self.near.callWanted.connect(controls.call_unit)
        self.near.orderWanted.connect(self._order)
        self.near.groupWanted.connect(self._call_group)
        self.report = ReportSheet(desk_map, incidents=actions.incidents, acting=acting, look=look, text=text)
        self.incidents = IncidentDesk(
            desk_map, self, store=store, actions=actions, controls=controls, acting=acting, text=text
        )
        parts.composer.issued.connect(self.incidents.link, Qt.ConnectionType.QueuedConnection)
        follow(self, store, self._notice)
        self._make_ready()

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        return (self.near, self.report)

    def stop(self) -> None:
        self.background.stop()

    # --- questions --------------------------------------------------------------------------------------

    def place(self) -> Place:
        """The place last pointed at, else the middle of the map."""
        chosen = self._controls.selection.place
        if chosen is not None:
            return chosen
        view = self._map.view
        lat, lon = view.place_at(view.width / 2, view.height / 2)
        return Place(lat=lat, lon=lon)

    def ask(self, question: str) -> None:
        """About the place last pointed at: `near`, `report`."""
        {"near": self.ask_near, "report": self.ask_report}[question]()

    def ask_near(self, place: Place | None = None) -> None:
        self._open(self.near)
        self.near.ask(place or self.place())

    def ask_report(self, place: Place | None = None) -> None:
        self._open(self.report)
        self.report.ask(place or self.place())

    def _open(self, sheet: Overlay) -> None:
        for other in (*self.sheets, self._composer):
            if other is not sheet and other.isVisible():
                other.dismiss()

    def _order(self, unit_ids: tuple[UnitId, ...], place: Place) -> None:
        self._controls.orders.compose(Beginning(target=UnitsTarget(unit_ids), place=place))

    def _call_group(self, unit_ids: tuple[UnitId, ...]) -> None:
        self._controls.area_calls.call(UnitsTarget(unit_ids))

    # --- the map ----------------------------------------------------------------------------------------

    def _show_ways(self, ways: tuple[NearWay, ...]) -> None:
        self._near_overlay.show(ways)
        self._map.schedule()

    def _overlay_picked(self, kind: str, thing_id: str) -> None:
        if kind == NEAR_KIND:
            self._controls.selection.set_units((UnitId(thing_id),))
        elif kind == INCIDENT_KIND:
            self.incidents.offer(IncidentId(thing_id))

    # --- the terrain ------------------------------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, AreaLoaded):
            self._make_ready()

    def _make_ready(self) -> None:
        area = self._store.area
        if area is not None:
            self.background.start(lambda: GroundNames(area), self._take_names)
            self.background.start(lambda: Terrain(area), self._take)

    def _take_names(self, names: GroundNames) -> None:
        if names.area is self._store.area:
            self._finder.ground = names

    def _take(self, terrain: Terrain) -> None:
        if terrain.area is self._store.area:
            self._nearby.terrain = terrain
