"""Tiles there are: an LRU of images, filled by the worker. A `TileSet` of them is what gets drawn."""

from collections import OrderedDict
from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from console.gate import Gate
from console.layers.layer import Layer
from ui.map.layer_data import Shown
from ui.map.names import NamePlan
from ui.map.projection import TILE_PX
from ui.map.tile_key import TileKey
from ui.map.tile_painter import TileStyle
from ui.map.tile_set import TileSet, level_of, overview, tile_keys
from ui.map.tile_worker import Scene, TileWorker, Wanted, WantedNames
from ui.map.view import ZOOM_STEP, View

KEPT_BYTES = 48 * 2**20
"""Images kept: 192 tiles at 4 bytes a pixel, five screens of 1600 by 900; a larger screen keeps four of its own."""
KEPT_SCREENS = 4
REST_MS = 50
"""A level is drawn when the view has stayed on it for so long: a spin of the wheel passes through a dozen, and
drawing them would take the interpreter from the screen."""


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
        self.stand_back = gate.supplier()  # of the worker
        self._handover = _Handover()
        self._worker = TileWorker(
            on_tile=self._handover.drawn.emit,
            on_ground=self._handover.built.emit,
            on_names=self._handover.named.emit,
            stand_back=self.stand_back,
            drawing=gate.drawing,
        )
        self._images: OrderedDict[TileKey, QImage] = OrderedDict()
        self._outgoing: dict[TileKey, QImage] = {}
        self._set: TileSet | None = None
        """Of now; None when something has changed since."""
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
        self._set = None
        self._asked = ()
        self._complete_level = None
        self._tile_bytes = round(4 * (TILE_PX * style.pixel_ratio) ** 2)
        self._worker.send(Scene(self._generation, area, dict(village_names), style, area_layers, shown))

    def want_names(self, planner: NamePlan, view: View) -> None:
        self._worker.send(WantedNames(planner, view))

    def rest(self) -> None:
        """What was asked for is not wanted any more."""
        self._worker.send(Wanted(()))

    def stop(self) -> None:
        """End the worker; drawing again starts it again."""
        self._rest_timer.stop()
        self._worker.stop()
        self._asked = ()

    def want(self, view: View) -> TileSet:
        """What there is for a view; the worker is asked for the rest."""
        level = level_of(view)
        shown = tile_keys(view, level)
        self._kept_bytes = max(KEPT_BYTES, KEPT_SCREENS * len(shown) * self._tile_bytes)
        missing = [key for key in shown if key not in self._images]
        for key in shown:
            if key in self._images:
                self._images.move_to_end(key)
        if not missing and (self._outgoing or self._complete_level != level):
            self._complete_level = level
            self._outgoing = {}
            self._set = None
        self._ask(view, level, missing)
        if self._set is None:
            self._set = TileSet(dict(self._images), self._outgoing, self._complete_level)
        return self._set

    def _ask(self, view: View, level: int, missing: list[TileKey]) -> None:
        """Visible tiles from the centre out, then the overview, then a ring around the view for the next pan."""
        across, down = view.x * 2.0 ** (level * ZOOM_STEP), view.y * 2.0 ** (level * ZOOM_STEP)
        missing.sort(key=lambda key: (key.column + 0.5 - across) ** 2 + (key.row + 0.5 - down) ** 2)
        visible = set(missing)
        missing += [key for key in tile_keys(view, overview(level)) if key not in self._images]
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
        self._set = None
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
