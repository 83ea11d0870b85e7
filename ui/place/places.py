"""Questions about a place, each answered in a sheet over the map's right edge, one at a time."""

from functools import cached_property, partial
from typing import TypeVar

from PySide6.QtCore import QObject

from comms.domain.ids import IncidentId, UnitId
from comms.domain.order import Place, UnitsTarget
from console.actions.terrain import Terrain
from console.around.around import Around
from console.around.outline import Shape
from console.around.surroundings import Surroundings
from console.store.notices import AreaLoaded, Notice
from ui.frame import Parts
from ui.hub.incident_desk import IncidentDesk
from ui.map.around_overlay import AroundOverlay
from ui.map.incident_overlay import INCIDENT_KIND
from ui.map.near_overlay import NEAR_KIND, NearOverlay, NearWay
from ui.order.controls import Beginning
from ui.panels.around_sheet import AroundSheet
from ui.panels.near_sheet import NearSheet
from ui.panels.report_sheet import ReportSheet
from ui.panels.rules_sheet import RulesSheet
from ui.panels.targets import place_words
from ui.place.around_words import Row
from ui.search.happening_names import HappeningNames
from ui.search.names_ready import NamesReady
from ui.watch import follow
from ui.widgets.overlay import Overlay
from ui.words import distance
from ui.workplace import Workplace

AnySheet = TypeVar("AnySheet", bound=Overlay)


class Places(QObject):
    """Owns the sheets and what they draw; makes the terrain ready whenever another area arrives."""

    def __init__(
        self,
        parts: Parts,
        place: Workplace,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._map = parts.map
        self._composer = parts.composer
        self._place = place
        self._store, self._controls, self._text = place.store, place.controls, place.text
        self._nearby = place.actions.dispatch.nearby
        self._background = place.background
        self._sheets: list[Overlay] = []
        finder = parts.sheets.finder
        finder.happenings = HappeningNames(self._store, self._background, self)
        for names in (finder.happenings, NamesReady(self._store, finder, self._background, self)):
            names.ready.connect(parts.sheets.refresh)
        self._near_overlay = NearOverlay()
        self._around = Around(self._store)
        self._around_overlay = AroundOverlay()
        self.incidents = IncidentDesk(self._map, self, store=self._store, controls=self._controls, text=self._text)
        self._map.drawing.overlays.add(self._near_overlay)
        self._map.drawing.overlays.add(self._around_overlay)
        self._map.overlayPicked.connect(self._overlay_picked)
        self._map.pointed.address = self.address
        follow(self, self._store, self._notice)
        self._make_ready()

    # --- the sheets, each made when it is first asked for -----------------------------------------------

    @cached_property
    def near(self) -> NearSheet:
        place, controls = self._place, self._controls
        sheet = NearSheet(
            self._map,
            store=place.store,
            nearby=self._nearby,
            selection=controls.selection,
            look=place.look,
            text=place.text,
        )
        sheet.waysChanged.connect(self._show_ways)
        sheet.callWanted.connect(controls.call_unit)
        sheet.orderWanted.connect(self._order)
        sheet.groupWanted.connect(self._call_group)
        return self._ready(sheet)

    @cached_property
    def around(self) -> AroundSheet:
        place = self._place
        sheet = AroundSheet(self._map, store=place.store, around=self._around, look=place.look, text=place.text)
        sheet.shapeChanged.connect(self._show_shape)
        sheet.rowPicked.connect(self._go_to_row)
        sheet.callWanted.connect(self._controls.area_calls.call)
        return self._ready(sheet)

    @cached_property
    def rules(self) -> RulesSheet:
        place, controls = self._place, self._controls.fences
        return self._ready(
            RulesSheet(self._map, store=place.store, controls=controls, look=place.look, text=place.text)
        )

    @cached_property
    def report(self) -> ReportSheet:
        place, incidents = self._place, self._place.actions.incidents
        return self._ready(
            ReportSheet(self._map, incidents=incidents, acting=place.acting, look=place.look, text=place.text)
        )

    def _ready(self, sheet: AnySheet) -> AnySheet:
        self._place.look.space(sheet)
        self._sheets.append(sheet)
        return sheet

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        """Those that there are."""
        return tuple(self._sheets)

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
            if "around" in vars(self):
                self.around.take_ground()
            self._controls.hub.sights.take(surroundings)
            self._background.start(partial(Terrain, area, grids, self._background.stand_back), self._take)

    def _take(self, terrain: Terrain) -> None:
        if terrain.area is self._store.area:
            self._nearby.terrain = terrain
