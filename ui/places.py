"""Questions about a place, each answered in a sheet over the map's right edge, one at a time."""

from functools import partial

from PySide6.QtCore import QObject

from comms.domain.ids import IncidentId, UnitId
from comms.domain.order import Place, UnitsTarget
from console.actions.terrain import Terrain
from console.around.around import Around
from console.around.outline import Shape
from console.around.plan import own_plans
from console.around.surroundings import Surroundings
from console.store.notices import AreaLoaded, Notice
from console.store.store import Store
from ui.acting import Acting
from ui.around_words import Row
from ui.background import Background
from ui.controls import Controls
from ui.desk import Actions
from ui.frame import Parts
from ui.happening_names import HappeningNames
from ui.incident_desk import IncidentDesk
from ui.map.around_overlay import AroundOverlay
from ui.map.incident_overlay import INCIDENT_KIND
from ui.map.near_overlay import NEAR_KIND, NearOverlay, NearWay
from ui.names_ready import NamesReady
from ui.order_controls import Beginning
from ui.panels.around_sheet import AroundSheet
from ui.panels.near_sheet import NearSheet
from ui.panels.report_sheet import ReportSheet
from ui.panels.rules_sheet import RulesSheet
from ui.panels.targets import place_words
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.overlay import Overlay
from ui.words import distance


class Places(QObject):
    """Owns the sheets and what they draw; makes the terrain ready whenever another area arrives."""

    def __init__(
        self,
        parts: Parts,
        background: Background,
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
        self._store, self._controls = store, controls
        self._text = text
        self._nearby = actions.dispatch.nearby
        self._background = background
        finder = parts.palette.finder
        finder.happenings = HappeningNames(store, self._background, self)
        for names in (finder.happenings, NamesReady(store, finder, self._background, self)):
            names.ready.connect(parts.palette.refresh)
        self.near = NearSheet(
            desk_map, store=store, nearby=self._nearby, selection=controls.selection, look=look, text=text
        )
        self._near_overlay = NearOverlay()
        self._around = Around(store, own_plans())
        self.around = AroundSheet(desk_map, store=store, around=self._around, look=look, text=text)
        self._around_overlay = AroundOverlay()
        self.rules = RulesSheet(desk_map, store=store, controls=controls.fences, look=look, text=text)
        self.report = ReportSheet(desk_map, incidents=actions.incidents, acting=acting, look=look, text=text)
        self.incidents = IncidentDesk(desk_map, self, store=store, controls=controls, text=text)
        self._connect()
        follow(self, store, self._notice)
        self._make_ready()

    def _connect(self) -> None:
        desk_map, controls = self._map, self._controls
        desk_map.drawing.overlays.add(self._near_overlay)
        desk_map.drawing.overlays.add(self._around_overlay)
        desk_map.overlayPicked.connect(self._overlay_picked)
        desk_map.pointed.address = self.address
        self.near.waysChanged.connect(self._show_ways)
        self.near.callWanted.connect(controls.call_unit)
        self.near.orderWanted.connect(self._order)
        self.near.groupWanted.connect(self._call_group)
        self.around.shapeChanged.connect(self._show_shape)
        self.around.rowPicked.connect(self._go_to_row)
        self.around.callWanted.connect(controls.area_calls.call)

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        return (self.near, self.around, self.report, self.rules)

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
        """About the place last pointed at: `near`, `around`, `report`; or `hub_near`, `hub_around`: about that of the
        incident picked in the hub; or `rules`: how well those of alarms do."""
        state = self._controls.hub.state if question.startswith("hub_") else None
        place = state.incident.place if state is not None else None
        what = question.removeprefix("hub_")
        asks = {"near": self.ask_near, "around": self.ask_around, "report": self.ask_report, "rules": self.ask_rules}
        asks[what](place)

    def ask_near(self, place: Place | None = None) -> None:
        self._open(self.near)
        self.near.ask(place or self.place())

    def ask_around(self, place: Place | None = None) -> None:
        """About the incident or the drawn shape there, or a circle around the place."""
        place = place or self.place()
        subject = self._around.subject(lat=place.lat, lon=place.lon)
        where, address = place_words(place, self._text), self.address(place.lat, place.lon)
        # A narrow sheet cuts the end: coordinates say least.
        words = (subject.name, where, address) if place.text else (subject.name, address, where)
        self._open(self.around)
        self.around.ask(subject, self._text("around.dot").join(filter(None, words)))

    def address(self, lat: float, lon: float) -> str:
        """The nearest named place or street with its distance; empty where there is none."""
        ground = self._around.surroundings
        found = ground.addresses.at(lat=lat, lon=lon) if ground is not None else None
        if found is None:
            return ""
        return self._text("map.address", name=found.name, distance=distance(found.metres, self._text))

    def ask_report(self, place: Place | None = None) -> None:
        self._open(self.report)
        self.report.ask(place or self.place())

    def ask_rules(self, _place: Place | None = None) -> None:
        self._open(self.rules)
        self.rules.open()

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

    def _show_shape(self, shape: Shape | None) -> None:
        self._around_overlay.shape, self._around_overlay.spot = shape, None
        self._map.schedule()

    def _go_to_row(self, row: Row, spot: tuple[float, float]) -> None:
        """The map goes there, and what the line is about is picked."""
        self._around_overlay.spot = spot
        if row.unit_id is not None:
            self._controls.selection.set_units((row.unit_id,))
        if row.order_id is not None:
            self._controls.selection.set_order(row.order_id)
        self._controls.centring.emit(*spot)

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
            work = partial(Surroundings, area, self._background.stand_back)
            self._background.start(work, self._take_surroundings)

    def _take_surroundings(self, surroundings: Surroundings) -> None:
        area, grids = surroundings.area, surroundings.grids
        if area is self._store.area:
            self._around.surroundings = surroundings
            self.around.take_ground()
            self._background.start(partial(Terrain, area, grids, self._background.stand_back), self._take)

    def _take(self, terrain: Terrain) -> None:
        if terrain.area is self._store.area:
            self._nearby.terrain = terrain
