"""Setting a loop by hand: its beginning, its end, and none."""

from console.replay.player import Player


class LoopHand:
    def __init__(self, player: Player) -> None:
        self._player = player
        self._from_at: float | None = None

    @property
    def shown(self) -> tuple[float | None, float | None]:
        return self._player.loop or (self._from_at, None)

    def press(self, name: str) -> None:
        """`loop_from`, `loop_to` or `loop_clear`, at the moment that is shown."""
        player, loop = self._player, self._player.loop
        match name:
            case "loop_from":
                self._from_at = player.at
                player.set_loop((player.at, loop[1]) if loop is not None else None)
            case "loop_to":
                from_at = self._from_at if self._from_at is not None else player.extent[0]
                player.set_loop((from_at, player.at))
            case _:
                self.take(None)

    def take(self, loop: tuple[float, float] | None) -> None:
        self._from_at = loop[0] if loop is not None else None
        self._player.set_loop(loop)
