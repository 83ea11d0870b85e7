"""The map painted once at any resolution, by the same drawing code as on the screen and in slices beside it."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from ui.map.base.base_layer import BaseLayer
from ui.map.density_overlay import DensityOverlay
from ui.map.drawing import Drawing, Shown
from ui.map.ground import Ground
from ui.map.map_canvas import MapCanvas
from ui.map.names import NamePlan, NamesPlan
from ui.map.overlay import is_of_screen
from ui.map.palette import MapPalette
from ui.map.still_picture import StillPicture
from ui.map.tile_set import tile_keys
from ui.map.view import ZOOM_STEP, View
from ui.text import Texts

BASE_MOST_RATIO = 2.0
"""Base maps are pictures already: finer tiles than these have smaller names and take four times as long."""
BASE_WAIT_MS = 15_000
"""After this the picture is made without the tiles of the base map that have not come."""
BAND_PX = 400
"""Device pixels painted at one go: some 20 ms."""
_PAUSE_MS, _SLICE_MS = 30, 12
"""Between two slices, and how long one is that can be cut at will."""
_SETTLING_SHARE = 0.8
"""Of the whole progress."""


class _FineBase:
    """A base map asked for no finer tiles than are good for print."""

    def __init__(self, layer: BaseLayer) -> None:
        self._layer = layer

    def paint(self, painter: QPainter, view: View, pixel_ratio: float) -> None:
        self._layer.paint(painter, view, min(pixel_ratio, BASE_MOST_RATIO))


class MapRender(QObject):
    """`advanced` tells the share that is done, `finished` hands over the picture and whether the base map has gaps.

    What the desk's map shows besides the live picture (overlays, layers, selection) is taken from it at the start."""

    advanced = Signal(float)
    finished = Signal(QImage, bool)

    def __init__(
        self,
        desk_map: MapCanvas,
        view: View,
        palette: MapPalette,
        *,
        pixel_ratio: float,
        scale: float,
        base: BaseLayer | None,
        shown: Shown,
        text: Texts,
        parent: QObject,
    ) -> None:
        """`base` is the render's own and becomes its child: the desk's goes on serving the screen."""
        super().__init__(parent)
        self.view = view
        self._pixel_ratio = pixel_ratio
        self._shown = shown
        self._base = base
        model = desk_map.drawing
        self._area = model.live.store.area
        self._still = StillPicture(model.live, text)
        self.drawing = Drawing(self._still, self, palette, scale=scale, pixel_ratio=pixel_ratio, is_in_steps=True)
        self._take_looks(model)
        if base is not None:
            self._take_base(base)
        self._tiles_wanted = len(tile_keys(view, round(view.zoom / ZOOM_STEP)))
        self._tiles_here = 0
        self._is_asked = self._is_gathered = False
        """The calm picture was asked for with every tile and name in it."""
        self._is_base_due = False
        """Painting the base map again shows more of it."""
        self._symbols: Iterator[None] | None = self.drawing.units.steps()
        """What is to be drawn before anything can be painted."""
        self._image: QImage | None = None
        self._painted_px = 0
        self._waiting = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._advance)
        self._follow_worker()

    def _take_looks(self, model: Drawing) -> None:
        self.drawing.units.opacity = model.units.opacity
        for overlay in model.overlays.held:
            # Every drawing has a density of its own.
            if not isinstance(overlay, DensityOverlay) and not is_of_screen(overlay):
                self.drawing.overlays.add(overlay)
        self.drawing.overlays.hide(model.overlays.hidden)
        self.drawing.restyle(layers=model.layers)

    def _take_base(self, base: BaseLayer) -> None:
        base.setParent(self)
        base.changed.connect(self._expect_base)
        self.drawing.set_base(_FineBase(base))

    def _follow_worker(self) -> None:
        tiles = self.drawing.tiles
        tiles.arrived.connect(self._count_tile)
        tiles.ground_built.connect(self._take_ground)
        tiles.named.connect(self._take_names)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        self._waiting.start()
        self._timer.start()

    def stop(self) -> None:
        """Whatever it has come to; nothing is told any more."""
        self._timer.stop()
        self.drawing.stop()
        if self._base is not None:
            self._base.stop()

    # --- what comes from the worker -----------------------------------------------------------------------

    def _count_tile(self) -> None:
        self._tiles_here += 1

    def _take_ground(self, ground: Ground) -> None:
        self.drawing.set_ground(ground)
        self._is_asked = self._is_gathered = False

    def _expect_base(self) -> None:
        self._is_base_due = True

    def _take_names(self, planner: NamePlan, plan: NamesPlan) -> None:
        self.drawing.naming.take(planner, plan)

    # --- slices ---------------------------------------------------------------------------------------------

    def _draw_symbols(self, steps: Iterator[None]) -> None:
        taken = QElapsedTimer()
        taken.start()
        for _ in steps:
            if taken.hasExpired(_SLICE_MS):
                return
        self._symbols = None

    def _advance(self) -> None:
        if self._symbols is not None:
            self._draw_symbols(self._symbols)
        elif self._image is None:
            self._settle()
        else:
            self._paint_band(self._image)

    def _settle(self) -> None:
        """Asks for what is missing by painting into next to nothing, and waits for it."""
        drawing = self.drawing
        if not drawing.is_ground_of(self._area):
            return
        probe = _blank(16, 16, self._pixel_ratio)
        if not self._is_asked:
            self._is_asked = True
            self._paint(probe, QRectF(0, 0, 1, 1))
        elif self._is_base_due:
            self._is_base_due = False
            self._paint_base(probe)
        share = min(1.0, self._tiles_here / self._tiles_wanted)
        self.advanced.emit(_SETTLING_SHARE * share)
        is_named = drawing.naming.is_complete or not drawing.layers.names
        if share < 1.0 or not is_named:
            return
        if not (self._is_gathered and drawing.units.backdrop.is_complete):
            self._is_gathered = True  # while an older picture is in hand, no other is begun: ask until it is
            self._paint(probe, QRectF(0, 0, 1, 1))
        elif self._is_base_ready or self._waiting.hasExpired(BASE_WAIT_MS):
            width, height = (round(side * self._pixel_ratio) for side in (self.view.width, self.view.height))
            self._image = _blank(width, height, self._pixel_ratio)
            drawing.tiles.rest()  # so that nobody waits for a tile in hand when it is done

    @property
    def _is_base_ready(self) -> bool:
        return self._base is None or (self._base.is_complete and not self._is_base_due)

    def _paint_base(self, image: QImage) -> None:
        painter = QPainter(image)
        if self.drawing.base is not None:
            self.drawing.base.paint(painter, self.view, self._pixel_ratio)
        painter.end()

    def _paint_band(self, image: QImage) -> None:
        self._paint(
            image, QRectF(0, self._painted_px / self._pixel_ratio, self.view.width, BAND_PX / self._pixel_ratio)
        )
        self._painted_px += BAND_PX
        share = min(1.0, self._painted_px / image.height())
        self.advanced.emit(_SETTLING_SHARE + (1 - _SETTLING_SHARE) * share)
        if share == 1.0:
            has_gaps = self._base is not None and not self._base.is_complete
            self.stop()
            self.finished.emit(image, has_gaps)

    def _paint(self, image: QImage, clip: QRectF) -> None:
        painter = QPainter(image)
        painter.setClipRect(clip)
        self.drawing.paint(painter, self.view, self._shown, self._pixel_ratio)
        painter.end()


def still_shown(shown: Shown) -> Shown:
    """Without what belongs to the pointer and to this moment's gesture."""
    emphasis = replace(shown.emphasis, hovered=None, is_beat=True)
    return replace(shown, emphasis=emphasis, card=None, has_crosshair=False, banner="", box=None)


def _blank(width: int, height: int, pixel_ratio: float) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(pixel_ratio)
    image.fill(Qt.GlobalColor.white)
    return image
