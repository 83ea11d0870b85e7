"""The map as a picture that follows the store: a view, frames at a bounded rate, a status line. No mouse, no keys."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from comms.domain.ids import UnitId
from console.store.notices import Notice, PositionsMoved
from console.store.store import Store
from ui.map.drawing import Drawing, MapLayers, Shown
from ui.map.ground import Ground
from ui.map.live_picture import Effect, LivePicture
from ui.map.names import NamePlan, NamesPlan
from ui.map.navigation import UNIT_ZOOM, Navigator
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.pulse import Pulse
from ui.map.status_line import BAR_MOST_PX, StatusLine, round_length
from ui.map.view import View
from ui.text import Texts
from ui.watch import follow
from ui.words import distance

FIRST_VIEW = (35.0, 105.0, 4.0)
"""Latitude, longitude and zoom before anything is known: China."""


class MapCanvas(QWidget):
    """`text` is asked for words at every frame, so a language switch shows with the next."""

    followChanged = Signal(object)
    """The unit id the map stays on, or None."""

    def __init__(
        self, store: Store, text: Texts, palette: MapPalette, *, scale: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 240)
        self._store = store
        self._text = text
        self._live = LivePicture(store, text)
        self._navigator = Navigator(self._live.columns)
        self._drawing = Drawing(self._live, self, palette, scale=scale)
        self._status_line = StatusLine(palette, scale, self)
        x, y = world_of(lat=FIRST_VIEW[0], lon=FIRST_VIEW[1])
        self._view = View(x, y, FIRST_VIEW[2], 1, 1)
        self._base_words = ""
        self._is_home = True  # the officer has not moved the map: it fits itself to the area
        self._followed: UnitId | None = None
        self._pulse = Pulse(self)
        self._pulse.due.connect(self._begin_frame)
        self._pulse.aged.connect(self._refresh)
        self._drawing.tiles.arrived.connect(self.schedule)
        self._drawing.units.backdrop.arrived.connect(self.schedule)
        self._drawing.tiles.ground_built.connect(self._take_ground)
        self._drawing.tiles.named.connect(self._take_names)
        text.changed.connect(self.retell)
        follow(self, store, self._notice)
        self.retell()

    # --- the view ---------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        return self._view

    def show_view(self, view: View) -> None:
        """Moves the map on the officer's behalf: it no longer fits itself to the area."""
        self._is_home = False
        self._set_view(view)

    def centre_on(self, lat: float, lon: float, zoom: float | None = None) -> None:
        """`zoom` None keeps the present one."""
        self.show_view(self._navigator.on_place(self._view, *world_of(lat=lat, lon=lon), zoom))

    def centre_on_unit(self, unit_id: UnitId) -> bool:
        """Comes close enough to tell units apart. False when the unit's position is not known."""
        view = self._navigator.on_unit(self._view, unit_id, max(self._view.zoom, UNIT_ZOOM))
        if view is not None:
            self.show_view(view)
        return view is not None

    def fit_area(self) -> None:
        """The whole area; without one, all units; without any, the view stays."""
        self._is_home = True
        self._set_view(self._navigator.on_area(self._view, self._store.area) or self._view)

    def fit_units(self, unit_ids: Iterable[UnitId]) -> None:
        self.show_view(self._navigator.on_units(self._view, list(unit_ids)) or self._view)

    def follow(self, unit_id: UnitId | None) -> None:
        """Keep a unit in the middle until the officer moves the map, or None is given."""
        if unit_id != self._followed:
            self._followed = unit_id
            self.followChanged.emit(unit_id)
        if unit_id is not None:
            self.centre_on_unit(unit_id)
        self._refresh()

    @property
    def followed(self) -> UnitId | None:
        return self._followed

    def _set_view(self, view: View) -> None:
        self._view = view
        self._tell_scale()
        self._refresh()

    def set_palette(self, palette: MapPalette) -> None:
        self._drawing.restyle(palette=palette)
        self._status_line.restyle(palette, self._drawing.scale)
        self._refresh()

    def set_scale(self, scale: float) -> None:
        """Size of symbols and letters: 1 is for a desk, more for a wall."""
        self._drawing.restyle(scale=scale)
        self._status_line.restyle(self._drawing.palette, scale)
        self._lay_out()

    def set_layers(self, layers: MapLayers) -> None:
        self._drawing.restyle(layers=layers)
        self._refresh()

    def say_base(self, words: str) -> None:
        """Whose the base map is, for the status line; empty without one."""
        self._base_words = words
        self.retell()

    def retell(self) -> None:
        """Say everything again, in the language of now."""
        area = self._store.area
        self.setAccessibleName(self._text("map.name"))
        ground = self._text("map.no_area") if area is None else self._text("map.attribution", area=area.name)
        self._status_line.say_source(ground, self._base_words)
        self._tell_scale()
        self._refresh()

    def _tell_scale(self) -> None:
        length_m, length_px = round_length(self._view.metres_per_px, BAR_MOST_PX * self._drawing.scale)
        self._status_line.say_scale(length_px, distance(length_m, self._text))

    @property
    def is_settled(self) -> bool:
        """Every tile of the view is drawn; for pictures and figures."""
        drawing = self._drawing
        return drawing.units.frame is not None and drawing.is_settled_on(self._store.area)

    @property
    def drawing(self) -> Drawing:
        """The layers, and what was on them in the last frame."""
        return self._drawing

    @property
    def status_line(self) -> StatusLine:
        return self._status_line

    # --- frames -------------------------------------------------------------------------------------------

    def shown(self) -> Shown:
        """What lies on top of the live picture in the next frame."""
        followed = self._followed
        return Shown(
            emphasis=self._live.emphasis(selected=(), hovered=followed, is_beat=self._pulse.is_beat),
            north=self._text("map.north"),
        )

    def schedule(self) -> None:
        """A frame soon: at once when the last is old enough, else when it will be."""
        self._pulse.schedule()

    def _refresh(self) -> None:
        """The map without the strip below it, which repaints itself when its words change."""
        self.update(0, 0, self._view.width, self._view.height)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._followed is None:
            self._pulse.painted()
        painter = QPainter(self)
        self._drawing.paint(painter, self._view, self.shown(), self.devicePixelRatioF())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._drawing.stop()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        below = self._status_line.height()
        self._status_line.setGeometry(0, self.height() - below, self.width(), below)
        self._view = self._view.resized(self.width(), self.height() - below)
        if self._is_home:
            self.fit_area()
        self._tell_scale()
        self._refresh()

    def _begin_frame(self) -> None:
        if self._followed is not None:
            self._set_view(self._navigator.on_unit(self._view, self._followed) or self._view)
        self._refresh()

    def _notice(self, notice: Notice) -> None:
        effect = self._live.apply(notice)
        if Effect.AREA in effect:
            self._drawing.set_area()
            self._is_home = True
        if Effect.NAMES in effect:
            self._drawing.forget_names()
        is_lost = self._is_home and self._store.area is None and isinstance(notice, PositionsMoved)
        if Effect.AREA in effect or is_lost:
            self.fit_area()
            self._is_home = self._store.area is not None
            self.retell()
        if Effect.REPAINT in effect:
            self._pulse.set_beating(self._live.has_emergency)
            self.schedule()

    def _take_names(self, planner: NamePlan, plan: NamesPlan) -> None:
        self._drawing.naming.take(planner, plan)
        self.schedule()

    def _take_ground(self, ground: Ground) -> None:
        self._drawing.set_ground(ground)
        self._refresh()
