"""The map as a picture that follows the store: a view, frames at a bounded rate, a status line. No mouse, no keys."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from comms.domain.ids import UnitId
from console.store.notices import Notice, PositionsMoved
from console.store.store import Store
from ui.map.ground import Ground
from ui.map.live_picture import Effect, LivePicture
from ui.map.palette import MapPalette
from ui.map.projection import Floats, place_of, world_of
from ui.map.screen import MapLayers, MapScreen, Shown
from ui.map.status_line import BAR_MOST_PX, StatusLine, round_length
from ui.map.unit_columns import Rows
from ui.map.view import View, rested
from ui.text import Texts
from ui.watch import follow
from ui.words import distance

FRAME_MS = 33
"""At most 30 frames a second, however fast positions come."""
AGEING_MS = 5_000
"""Without news the map is painted so often, for positions grow old by themselves."""
BEAT_MS = 500
UNIT_ZOOM = 16.5
"""As close as the map comes when it is asked for a unit."""
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
        self._screen = MapScreen(self._live, self, palette, scale=scale)
        self._status_line = StatusLine(palette, scale, self)
        x, y = world_of(lat=FIRST_VIEW[0], lon=FIRST_VIEW[1])
        self._view = View(x, y, FIRST_VIEW[2], 1, 1)
        self._is_home = True
        """The officer has not moved the map: it fits itself to the area."""
        self._followed: UnitId | None = None
        self._since_frame = QElapsedTimer()
        self._since_frame.start()
        self._frame_timer, self._ageing_timer, self._beat_timer = (QTimer(self) for _ in range(3))
        self._frame_timer.setSingleShot(True)
        self._frame_timer.timeout.connect(self._begin_frame)
        self._ageing_timer.timeout.connect(self.update)
        self._ageing_timer.start(AGEING_MS)
        self._beat_timer.timeout.connect(self._beat)
        self._is_beat = False
        self._screen.tiles.arrived.connect(self.schedule)
        self._screen.tiles.ground_built.connect(self._take_ground)
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
        view = self._view.centred(*world_of(lat=lat, lon=lon))
        if zoom is not None:
            view = view.zoomed(rested(zoom), view.width / 2, view.height / 2)
        self.show_view(view)

    def centre_on_unit(self, unit_id: UnitId) -> bool:
        """Comes close enough to tell units apart. False when the unit's position is not known."""
        row = self._live.columns.row_of(unit_id)
        if row is None:
            return False
        lat, lon = place_of(float(self._live.columns.x[row]), float(self._live.columns.y[row]))
        self.centre_on(lat, lon, max(self._view.zoom, UNIT_ZOOM))
        return True

    def fit_area(self) -> None:
        """The whole area; without one, all units; without any, the view stays."""
        self._is_home = True
        area = self._store.area
        if area is not None:
            south, west, north, east = area.bounds
            self._set_view(self._view.fitted(south=south, west=west, north=north, east=east))
        else:
            self._fit_rows(np.arange(len(self._live.columns)))

    def fit_units(self, unit_ids: Iterable[UnitId]) -> None:
        rows = [row for row in map(self._live.columns.row_of, unit_ids) if row is not None]
        self._is_home = False
        self._fit_rows(np.array(rows, np.intp))

    def _fit_rows(self, rows: Rows) -> None:
        x, y = self._live.columns.x[rows], self._live.columns.y[rows]
        x, y = x[~np.isnan(x)], y[~np.isnan(x)]
        if len(x):
            north, west = place_of(float(x.min()), float(y.min()))
            south, east = place_of(float(x.max()), float(y.max()))
            fitted = self._view.fitted(south=south, west=west, north=north, east=east, margin_px=60)
            if fitted.zoom > UNIT_ZOOM:
                fitted = fitted.zoomed(UNIT_ZOOM, fitted.width / 2, fitted.height / 2)
            self._set_view(fitted)

    def follow(self, unit_id: UnitId | None) -> None:
        """Keep a unit in the middle until the officer moves the map, or None is given."""
        if unit_id != self._followed:
            self._followed = unit_id
            self.followChanged.emit(unit_id)
        if unit_id is not None:
            self.centre_on_unit(unit_id)
        self.update()

    @property
    def followed(self) -> UnitId | None:
        return self._followed

    def _set_view(self, view: View) -> None:
        self._view = view
        self._tell_scale()
        self.update()

    # --- looks --------------------------------------------------------------------------------------------

    def set_palette(self, palette: MapPalette) -> None:
        self._screen.restyle(palette=palette)
        self._status_line.restyle(palette, self._screen.scale)
        self.update()

    def set_scale(self, scale: float) -> None:
        """Size of symbols and letters: 1 is for a desk, more for a wall."""
        self._screen.restyle(scale=scale)
        self._status_line.restyle(self._screen.palette, scale)
        self._lay_out()

    def set_layers(self, layers: MapLayers) -> None:
        self._screen.restyle(layers=layers)
        self.update()

    @property
    def layers(self) -> MapLayers:
        return self._screen.layers

    def retell(self) -> None:
        """Say everything again, in the language of now."""
        area = self._store.area
        self.setAccessibleName(self._text("map.name"))
        self._status_line.say_source(
            self._text("map.no_area") if area is None else self._text("map.attribution", area=area.name)
        )
        self._tell_scale()
        self.update()

    def _tell_scale(self) -> None:
        length_m, length_px = round_length(self._view.metres_per_px, BAR_MOST_PX * self._screen.scale)
        self._status_line.say_scale(length_px, distance(length_m, self._text))

    @property
    def is_settled(self) -> bool:
        """Every tile of the view is drawn; for pictures and figures."""
        return self._screen.tiles.is_complete and self._screen.is_ground_of(self._store.area)

    def world_columns(self) -> tuple[Floats, Floats]:
        """World x and y of every unit, by row."""
        return self._live.columns.x, self._live.columns.y

    # --- frames -------------------------------------------------------------------------------------------

    def shown(self) -> Shown:
        """What lies on top of the live picture in the next frame."""
        followed = self._followed
        return Shown(
            emphasis=self._live.emphasis(selected=(), hovered=followed, is_beat=self._is_beat),
            north=self._text("map.north"),
        )

    def schedule(self) -> None:
        """A frame soon: at once when the last is old enough, else when it will be."""
        if not self._frame_timer.isActive():
            self._frame_timer.start(max(0, FRAME_MS - self._since_frame.elapsed()))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._since_frame.restart()
        painter = QPainter(self)
        self._screen.paint(painter, self._view, self.shown(), self.devicePixelRatioF())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._screen.stop()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        below = self._status_line.height()
        self._status_line.setGeometry(0, self.height() - below, self.width(), below)
        self._view = self._view.resized(self.width(), self.height() - below)
        if self._is_home:
            self.fit_area()
        self._tell_scale()
        self.update()

    def _begin_frame(self) -> None:
        row = self._live.columns.row_of(self._followed) if self._followed is not None else None
        if row is not None:
            columns = self._live.columns
            self._set_view(self._view.centred(float(columns.x[row]), float(columns.y[row])))
        if self._live.has_emergency != self._beat_timer.isActive():
            if self._live.has_emergency:
                self._beat_timer.start(BEAT_MS)
            else:
                self._beat_timer.stop()
        self.update()

    def _beat(self) -> None:
        self._is_beat = not self._is_beat
        self.update()

    def _notice(self, notice: Notice) -> None:
        effect = self._live.apply(notice)
        if Effect.AREA in effect:
            self._screen.set_area()
            self._is_home = True
        if Effect.NAMES in effect:
            self._screen.forget_names()
        is_lost = self._is_home and self._store.area is None and isinstance(notice, PositionsMoved)
        if Effect.AREA in effect or is_lost:
            self.fit_area()
            self._is_home = self._store.area is not None
            self.retell()
        if Effect.REPAINT in effect:
            self.schedule()

    def _take_ground(self, ground: Ground) -> None:
        self._screen.set_ground(ground)
        self.update()
