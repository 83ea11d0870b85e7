"""The one thread that draws tiles, so that the screen never waits for a street."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import assert_never

from PySide6.QtGui import QImage

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from console.gate import Drawing
from console.layers.area import AreaFeatures, area_layers
from console.layers.layer import AreaSource, Layer
from ui.map.ground import Ground
from ui.map.ground_build import build_ground
from ui.map.layer_data import LayerPoints, LayerShapes, Shown, by_order, made_ready
from ui.map.names import NamePlan, NamesPlan
from ui.map.tile_key import TileKey
from ui.map.tile_painter import TilePainter, TileStyle
from ui.map.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is drawn from now on, until the next scene; results carry its generation."""

    generation: int
    area: Area | None
    village_names: Mapping[JurisdictionId, str]
    style: TileStyle
    area_layers: tuple[Layer, ...] | None = None
    """Layers that are on and come from the area; None means one for each of its categories."""
    shown: tuple[Shown, ...] = ()
    """Layers that are on and have features of their own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Tiles the view misses, the most wanted first; replaces every earlier wish."""

    keys: tuple[TileKey, ...]


@dataclass(frozen=True, slots=True)
class WantedNames:
    """The names of a view, chosen by a planner that only this thread uses; replaces every earlier wish."""

    planner: NamePlan
    view: View


@dataclass(frozen=True, slots=True)
class _Stop:
    """The thread ends."""


class TileWorker:
    """Draws what it is sent. The callbacks run on its thread: they may only hand over (a queued signal does).
    `stand_back` is for this thread alone, `drawing` says when it is at work; see `console.gate`."""

    def __init__(
        self,
        *,
        on_tile: Callable[[int, TileKey, QImage], None],
        on_ground: Callable[[Ground], None],
        on_names: Callable[[NamePlan, NamesPlan], None],
        stand_back: Callable[[], None],
        drawing: Drawing,
    ) -> None:
        self._on_tile = on_tile
        self._on_ground = on_ground
        self._on_names = on_names
        self._stand_back = stand_back
        self._drawing = drawing
        self._wanted_names: WantedNames | None = None
        self._inbox: SimpleQueue[Scene | Wanted | WantedNames | _Stop] = SimpleQueue()
        self._thread: threading.Thread | None = None
        # Below: touched by the thread alone.
        self._area: Area | None = None
        self._ground = Ground()
        self._area_features: AreaFeatures | None = None
        self._ready: dict[Layer, LayerPoints | LayerShapes] = {}
        self._painter: TilePainter | None = None
        self._generation = 0
        self._keys: tuple[TileKey, ...] = ()

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def send(self, message: Scene | Wanted | WantedNames) -> None:
        """Starts the thread when it does not run."""
        self._inbox.put(message)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="map-tiles", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Returns when the tile in hand is done, some tens of milliseconds at most."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._inbox.put(_Stop())
            thread.join()

    def _run(self) -> None:
        while True:
            message = self._next()
            match message:
                case None:
                    with self._drawing:
                        self._draw_one()
                case Scene():
                    with self._drawing:
                        self._set_scene(message)
                case Wanted():
                    self._keys = message.keys
                case WantedNames():
                    self._wanted_names = message
                case _Stop():
                    return
                case _:
                    assert_never(message)

    def _next(self) -> Scene | Wanted | WantedNames | _Stop | None:
        """The next message, or None when there is none and tiles wait to be drawn."""
        try:
            return self._inbox.get(block=not self._has_work())
        except Empty:
            return None

    def _has_work(self) -> bool:
        return self._wanted_names is not None or (bool(self._keys) and self._painter is not None)

    def _set_scene(self, scene: Scene) -> None:
        is_new_area = scene.area is not self._area
        if is_new_area:
            self._area = scene.area
            self._ready.clear()
            self._ground = (
                Ground() if scene.area is None else build_ground(scene.area, scene.village_names, self._stand_back)
            )
            self._area_features = None if scene.area is None else AreaFeatures(scene.area, self._stand_back)
        layers = self._layers_of(scene)
        if is_new_area or layers != self._ground.layers:
            self._ground = replace(self._ground, layers=layers)
            self._on_ground(self._ground)
        self._painter = TilePainter(self._ground, scene.style, self._stand_back)
        self._generation = scene.generation
        self._keys = ()

    def _layers_of(self, scene: Scene) -> tuple[LayerPoints | LayerShapes, ...]:
        """Made ready once, kept while the area stays: switching one off and on again costs nothing."""
        wanted = list(scene.shown)
        if scene.area is not None and self._area_features is not None:
            layers = area_layers(scene.area) if scene.area_layers is None else scene.area_layers
            for layer in layers:
                if layer not in self._ready and isinstance(layer.source, AreaSource):
                    self._ready[layer] = made_ready(
                        Shown(layer, self._area_features.of(layer.source)), self._stand_back
                    )
            ready = [self._ready[layer] for layer in layers]
        else:
            ready = []
        for shown in wanted:
            kept = self._ready.get(shown.layer)
            if kept is None or kept.features is not shown.features:
                self._ready[shown.layer] = made_ready(shown, self._stand_back)
            ready.append(self._ready[shown.layer])
        return by_order(ready)

    def _draw_one(self) -> None:
        self._stand_back()
        wanted, self._wanted_names = self._wanted_names, None
        if wanted is not None:
            self._on_names(wanted.planner, wanted.planner.plan(wanted.view))
        elif self._painter is not None:
            key, *rest = self._keys
            self._keys = tuple(rest)
            self._on_tile(self._generation, key, self._painter.draw(key))
