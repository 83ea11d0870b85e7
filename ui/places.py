"""Questions about a place, each answered in a sheet over the map's right edge, one at a time."""

from PySide6.QtCore import QObject

from comms.domain.ids import UnitId
from comms.domain.order import Place, UnitsTarget
from console.actions.terrain import Terrain
from console.store.notices import AreaLoaded, Notice
from console.store.store import Store
from ui.background import Background
from ui.controls import Controls
from ui.desk import Actions
from ui.map.map_widget import MapWidget
from ui.map.near_overlay import NEAR_KIND, NearOverlay, NearWay
from ui.order_controls import Beginning
from ui.panels.composer import Composer
from ui.panels.near_sheet import NearSheet
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.overlay import Overlay


class Places(QObject):
    """Owns the sheets and what they draw; makes the terrain ready whenever another area arrives."""

    def __init__(
        self,
        desk_map: MapWidget,
        composer: Composer,
        *,
        store: Store,
        actions: Actions,
        controls: Controls,
        look: Look,
        text: Texts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._composer = composer
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
        follow(self, store, self._notice)
        self._make_ready()

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        return (self.near,)

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

    def ask_near(self, place: Place | None = None) -> None:
        self._open(self.near)
        self.near.ask(place or self.place())

    def _open(self, sheet: Overlay) -> None:
        for other in (*self.sheets, self._composer):
            if other is not sheet and other.isVisible():
                other.dismiss()

    def _order(self, unit_ids: tuple[UnitId, ...], place: Place) -> None:
        self._controls.orders.compose(Beginning(target=UnitsTarget(unit_ids), place=place))

    # --- the map ----------------------------------------------------------------------------------------

    def _show_ways(self, ways: tuple[NearWay, ...]) -> None:
        self._near_overlay.show(ways)
        self._map.schedule()

    def _overlay_picked(self, kind: str, thing_id: str) -> None:
        if kind == NEAR_KIND:
            self._controls.selection.set_units((UnitId(thing_id),))

    # --- the terrain ------------------------------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, AreaLoaded):
            self._make_ready()

    def _make_ready(self) -> None:
        area = self._store.area
        if area is not None:
            self.background.start(lambda: Terrain(area), self._take)

    def _take(self, terrain: Terrain) -> None:
        if terrain.area is self._store.area:
            self._nearby.terrain = terrain
