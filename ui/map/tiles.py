"""Tiles on the screen: an LRU of images, filled by the worker; what is missing shows a coarser tile, scaled."""

from collections import OrderedDict
from collections.abc import Mapping
from math import floor

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from console.layers.layer import Layer
from console.store.gate import Gate
from ui.map.layer_data import Shown
from ui.map.names import NamePlan
from ui.map.projection import TILE_PX
from ui.map.tile_key import TileKey
from ui.map.tile_painter import TileStyle
from ui.map.tile_worker import Scene, TileWorker, Wanted, WantedNames
from ui.map.view import MIN_ZOOM, ZOOM_STEP, View

KEPT_BYTES = 48 * 2**20
"""Images kept: 192 tiles at 4 bytes a pixel, five screens of 1600 by 900; a larger screen keeps four of its own."""
KEPT_SCREENS = 4
OVERVIEW_LEVELS = 8
"""The coarse level that lies under everything is so many quarter zooms farther out, at least."""
REST_MS = 50
"""A level is drawn when the view has stayed on it for so long: a spin of the wheel passes through a dozen, and
drawing them would take the interpreter from the screen."""
FINEST_UNDERLAY = 8
"""A level finer than the view by more quarter zooms than this would need too many tiles to stand in."""


class _Handover(QObject):
    """Carries results from the worker's thread to the UI's. Nobody's child: it lives as long as the worker may emit,
    also when the map is torn down while a tile is being drawn."""

    drawn = Signal(int, object, QImage)
    built = Signal(object)
    named = Signal(object, object)


class Tiles(QObject):
    """`ground_built` hands over the ground for names and look-ups; `arrived` says that a repaint shows more."""

    ground_built = Signal(object)
    arrived = Signal()
    named = Signal(object, object)
    """A planner and the plan it made."""

    def __init__(self, parent: QObject, gate: Gate) -> None:
        super().__init__(parent)
        self.gate = gate
        self.stand_back = gate.bystander()  # of the worker
        self._handover = _Handover()
        self._worker = TileWorker(
            on_tile=self._handover.drawn.emit,
            on_ground=self._handover.built.emit,
            on_names=self._handover.named.emit,
            stand_back=self.stand_back,
        )
        self._images: OrderedDict[TileKey, QImage] = OrderedDict()
        self._outgoing: dict[TileKey, QImage] = {}
        self._generation = 0
        self._asked: tuple[TileKey, ...] = ()
        self._asked_level: int | None = None
        self._rest_timer = QTimer(self)
        self._rest_timer.setSingleShot(True)
        self._rest_timer.timeout.connect(self._send_wish)
        self._complete_level: int | None = None
        self._tile_bytes = 4 * TILE_PX * TILE_PX
        self._kept_bytes = KEPT_BYTES
        self._handover.drawn.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._handover.built.connect(self.ground_built, Qt.ConnectionType.QueuedConnection)
        self._handover.named.connect(self.named, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(_Ending(self._worker))

    @property
    def is_complete(self) -> bool:
        """Everything asked for has arrived."""
        return not self._asked

    @property
    def kept(self) -> int:
        return len(self._images)

    def set_scene(
        self,
        *,
        area: Area | None,
        village_names: Mapping[JurisdictionId, str],
        style: TileStyle,
        is_new_area: bool,
        area_layers: tuple[Layer, ...] | None = None,
        shown: tuple[Shown, ...] = (),
    ) -> None:
        """Draw all tiles anew; the old ones stay on the screen until their successors have come."""
        self._generation += 1
        self._outgoing = {} if is_new_area else dict(self._images)
        self._images.clear()
        self._asked = ()
        self._complete_level = None
        self._tile_bytes = round(4 * (TILE_PX * style.pixel_ratio) ** 2)
        self._worker.send(Scene(self._generation, area, dict(village_names), style, area_layers, shown))

    def want_names(self, planner: NamePlan, view: View) -> None:
        self._worker.send(WantedNames(planner, view))

    def stop(self) -> None:
        """End the worker; drawing again starts it again."""
        self._rest_timer.stop()
        self._worker.stop()
        self._asked = ()

    def draw(self, painter: QPainter, view: View, pixel_ratio: float, background: QColor | None) -> None:
        """Paint what there is, and ask the worker for the rest. `background` None leaves gaps as they are."""
        level = round(view.zoom / ZOOM_STEP)
        shown = tile_keys(view, level)
        self._kept_bytes = max(KEPT_BYTES, KEPT_SCREENS * len(shown) * self._tile_bytes)
        missing = [key for key in shown if key not in self._images]
        if missing:
            self._fill_gaps(painter, view, level, missing, pixel_ratio, background)
        else:
            self._complete_level = level
            self._outgoing.clear()
        if view.zoom == level * ZOOM_STEP:
            self._draw_exact(painter, view, shown, pixel_ratio)
        else:
            self._draw_scaled(painter, view, shown, pixel_ratio, self._images)
        self._ask(view, level, missing)

    def _draw_exact(self, painter: QPainter, view: View, keys: list[TileKey], pixel_ratio: float) -> None:
        """On whole device pixels, so that neighbours neither gap nor blur."""
        left, top, side = view.left * pixel_ratio - 0.5, view.top * pixel_ratio - 0.5, TILE_PX * pixel_ratio
        for key in keys:
            image = self._images.get(key)
            if image is not None:
                self._images.move_to_end(key)
                x, y = floor(key.column * side - left), floor(key.row * side - top)
                painter.drawImage(QPointF(x / pixel_ratio, y / pixel_ratio), image)

    def _draw_scaled(
        self,
        painter: QPainter,
        view: View,
        keys: list[TileKey],
        pixel_ratio: float,
        images: Mapping[TileKey, QImage],
    ) -> None:
        for key in keys:
            image = images.get(key)
            if image is not None:
                painter.drawImage(_rect(view, key, pixel_ratio), image, QRectF(image.rect()))

    def _fill_gaps(
        self,
        painter: QPainter,
        view: View,
        level: int,
        missing: list[TileKey],
        pixel_ratio: float,
        background: QColor | None,
    ) -> None:
        """Each missing tile is put together from what can stand in for it, so that nothing is scaled twice."""
        keys, images = self._underlay(view, level)
        parts = [(_rect(view, key, pixel_ratio), images.get(key)) for key in keys]
        for key in missing:
            room = _rect(view, key, pixel_ratio)
            if background is not None and not all(image for where, image in parts if where.intersects(room)):
                painter.fillRect(room, background)
            for where, image in parts:
                shared = where.intersected(room)
                if image is not None and not shared.isEmpty():
                    painter.drawImage(shared, image, _within(where, shared, image))

    def _underlay(self, view: View, level: int) -> tuple[list[TileKey], Mapping[TileKey, QImage]]:
        """The best level that can stand in: one without gaps, else the coarse one that lies under everything."""
        levels: list[tuple[int, Mapping[TileKey, QImage]]] = [(level, self._outgoing)] if self._outgoing else []
        if self._complete_level is not None and self._complete_level <= level + FINEST_UNDERLAY:
            levels.append((self._complete_level, self._images))
        for coarse, images in levels:
            keys = tile_keys(view, coarse)
            if all(key in images for key in keys):
                return keys, images
        return tile_keys(view, _overview(level)), self._images

    def _ask(self, view: View, level: int, missing: list[TileKey]) -> None:
        """Visible tiles from the centre out, then the overview, then a ring around the view for the next pan."""
        across, down = view.x * 2.0 ** (level * ZOOM_STEP), view.y * 2.0 ** (level * ZOOM_STEP)
        missing.sort(key=lambda key: (key.column + 0.5 - across) ** 2 + (key.row + 0.5 - down) ** 2)
        visible = set(missing)
        missing += [key for key in tile_keys(view, _overview(level)) if key not in self._images]
        missing += [key for key in tile_keys(view, level, ring=1) if key not in self._images and key not in visible]
        wanted = tuple(missing)
        is_new, self._asked = bool(set(wanted) - set(self._asked)), wanted
        is_passing = self._asked_level not in (None, level)
        self._asked_level = level
        if is_passing:
            self._rest_timer.start(REST_MS)
        elif is_new and not self._rest_timer.isActive():
            self._send_wish()

    def _send_wish(self) -> None:
        if self._asked:
            self._worker.send(Wanted(self._asked))

    def _take(self, generation: int, key: TileKey, image: QImage) -> None:
        if generation != self._generation:
            return
        self._images[key] = image
        self._asked = tuple(asked for asked in self._asked if asked != key)
        while len(self._images) * self._tile_bytes > self._kept_bytes:
            self._images.popitem(last=False)
        self.arrived.emit()


class _Ending:
    """Stops the worker when the map is destroyed without having been closed; holds nothing of the map."""

    def __init__(self, worker: TileWorker) -> None:
        self._worker = worker

    def __call__(self, *_: object) -> None:
        self._worker.stop()


def tile_keys(view: View, level: int, ring: int = 0) -> list[TileKey]:
    """Tiles of a level that touch the view, with so many rings more around them."""
    side = 2.0 ** -(level * ZOOM_STEP)
    x_min, y_min, x_max, y_max = view.bounds()
    return [
        TileKey(level, column, row)
        for row in range(floor(y_min / side) - ring, floor(y_max / side) + 1 + ring)
        for column in range(floor(x_min / side) - ring, floor(x_max / side) + 1 + ring)
    ]


def _overview(level: int) -> int:
    return max(round(MIN_ZOOM / ZOOM_STEP), (level - OVERVIEW_LEVELS) // OVERVIEW_LEVELS * OVERVIEW_LEVELS)


def _rect(view: View, key: TileKey, pixel_ratio: float) -> QRectF:
    """Where a tile lies on the screen, on whole device pixels so that neighbours neither gap nor blur."""
    side = TILE_PX * 2.0 ** (view.zoom - key.zoom)
    left, right = (floor((column * side - view.left) * pixel_ratio + 0.5) for column in (key.column, key.column + 1))
    top, bottom = (floor((row * side - view.top) * pixel_ratio + 0.5) for row in (key.row, key.row + 1))
    return QRectF(QPointF(left / pixel_ratio, top / pixel_ratio), QPointF(right / pixel_ratio, bottom / pixel_ratio))


def _within(where: QRectF, part: QRectF, image: QImage) -> QRectF:
    """The pixels of an image drawn at `where` that lie on a part of it."""
    across, down = image.width() / where.width(), image.height() / where.height()
    return QRectF(
        (part.x() - where.x()) * across, (part.y() - where.y()) * down, part.width() * across, part.height() * down
    )
