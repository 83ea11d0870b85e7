"""Another team's run beside the one that is replayed, both from their drill's second 0, on the same map."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject

from comms.domain.picture import Picture
from comms.journal.replay.replay import Replay
from console.replay.ghost import NOWHERE, Ghost, GhostPlaces
from console.replay.player import Player
from ui.map.map_widget import MapWidget
from ui.replay.ghost_overlay import GhostOverlay
from ui.text import Texts
from ui.theme import Look

Start = Callable[..., None]
"""`ui.acting.Acting.start`: runs a coroutine and tells its answer."""


class GhostDesk(QObject):
    """Follows the player: one question at a time, and the newest moment is asked for when one was answered."""

    def __init__(
        self, map_widget: MapWidget, player: Player, replay: Replay, *, start: Start, look: Look, text: Texts
    ) -> None:
        """Who made `replay`, the other run, closes it."""
        super().__init__(map_widget)
        self._map, self._player, self._replay, self._start = map_widget, player, replay, start
        self.overlay = GhostOverlay(player.store, look, text)
        self.ghost: Ghost | None = None
        self._asked: float | None = None
        self._is_asking = False
        map_widget.drawing.overlays.add(self.overlay)
        player.changed.append(self.follow)

    def begin(self) -> None:
        """Once the replay is gone through far enough to know when its drill began."""
        self._start(self._last_picture(), self._begun)

    async def _last_picture(self) -> Picture:
        await asyncio.wrap_future(self._replay.reached(self._replay.end_seq()))
        return await asyncio.wrap_future(self._replay.submit(lambda: self._replay.picture_at(self._replay.made.seq)))

    def _begun(self, last: Picture) -> None:
        zero_at = last.drill.state.starts_at if last.drill.state is not None else self._replay.index.start_at
        self.ghost = Ghost(self._replay, own_zero_at=0.0, zero_at=zero_at)
        self.follow()

    def end(self) -> None:
        """Nothing is asked any more."""
        self.ghost, self._asked = None, None

    def follow(self) -> None:
        """The moment may be another."""
        self._asked = self._player.at
        self._ask()

    def _ask(self) -> None:
        ghost, at = self.ghost, self._asked
        if ghost is None or at is None or self._is_asking:
            return
        drill = self._player.store.picture.drill.state
        ghost.own_zero_at = drill.starts_at if drill is not None else self._player.extent[0]
        self._asked, self._is_asking = None, True
        self._start(ghost.places(at), self._answered, failed=self._failed)

    def _answered(self, places: GhostPlaces) -> None:
        self._is_asking = False
        self.overlay.show(places)
        self._map.schedule()
        self._ask()

    def _failed(self) -> None:
        self._is_asking = False
        self.overlay.show(NOWHERE)
