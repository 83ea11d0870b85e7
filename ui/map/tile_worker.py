"""The one thread that draws tiles, so that the screen never waits for a street."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import assert_never

from PySide6.QtGui import QImage

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from ui.map.ground import Ground, build_ground
from ui.map.tile_painter import TileKey, TilePainter, TileStyle


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is drawn from now on, until the next scene; results carry its generation."""

    generation: int
    area: Area | None
    village_names: Mapping[JurisdictionId, str]
    style: TileStyle


@dataclass(frozen=True, slots=True)
class Wanted:
    """Tiles the view misses, the most wanted first; replaces every earlier wish."""

    keys: tuple[TileKey, ...]


@dataclass(frozen=True, slots=True)
class _Stop:
    """The thread ends."""


class TileWorker:
    """Draws what it is sent. The callbacks run on its thread: they may only hand over (a queued signal does)."""

    def __init__(
        self,
        *,
        on_tile: Callable[[int, TileKey, QImage], None],
        on_ground: Callable[[Ground], None],
    ) -> None:
        self._on_tile = on_tile
        self._on_ground = on_ground
        self._inbox: SimpleQueue[Scene | Wanted | _Stop] = SimpleQueue()
        self._thread: threading.Thread | None = None
        # Below: touched by the thread alone.
        self._area: Area | None = None
        self._ground = Ground()
        self._painter: TilePainter | None = None
        self._generation = 0
        self._keys: tuple[TileKey, ...] = ()

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def send(self, message: Scene | Wanted) -> None:
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
                    self._draw_one()
                case Scene():
                    self._set_scene(message)
                case Wanted():
                    self._keys = message.keys
                case _Stop():
                    return
                case _:
                    assert_never(message)

    def _next(self) -> Scene | Wanted | _Stop | None:
        """The next message, or None when there is none and tiles wait to be drawn."""
        try:
            return self._inbox.get(block=not self._keys or self._painter is None)
        except Empty:
            return None

    def _set_scene(self, scene: Scene) -> None:
        if scene.area is not self._area:
            self._area = scene.area
            self._ground = Ground() if scene.area is None else build_ground(scene.area, scene.village_names)
            self._on_ground(self._ground)
        self._painter = TilePainter(self._ground, scene.style)
        self._generation = scene.generation
        self._keys = ()

    def _draw_one(self) -> None:
        if self._painter is not None:
            key, *rest = self._keys
            self._keys = tuple(rest)
            self._on_tile(self._generation, key, self._painter.draw(key))
