"""Where connections wait before anything is made for them: who comes ahead of the crowd is let in at once, the others
in the order in which they knocked, no faster than the loop manages.

The kernel's queue knows no order but its own, and a handshake takes some 0.7 ms of the one loop that carries voice: an
emergency would wait behind every terminal of a city that came before it. So whoever comes is taken at once, which is
cheap, and waits here until it is its turn."""

import asyncio
from collections.abc import Callable
from typing import Protocol

TICK_S = 0.01
MOST_A_TURN = 32
"""Some 30 ms of handshakes and signing in, after which voice and commands get their turn."""
LONGEST_S = 5.0
"""Who would wait for longer is told when to come again, one after the other: a web terminal gives up after 6."""
FARTHEST_S = 30.0


class Guest(Protocol):
    """One connection outside."""

    def come_in(self) -> None: ...
    def turn_away(self, for_s: float) -> None: ...
    def hang_up(self) -> None: ...


class Foyer:
    """On the loop it is used on. `pace` gives how many may be let in a second; it is asked while somebody waits.
    `now` is monotonic seconds."""

    def __init__(self, *, pace: Callable[[], float], now: Callable[[], float]) -> None:
        self.turned_away = 0
        """Since the start."""
        self.let_ahead = 0
        self._pace = pace
        self._now = now
        self._outside: set[Guest] = set()
        self._waiting: dict[Guest, None] = {}
        self._left = float(MOST_A_TURN)
        self._at = self._next_at = now()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def arrive(self, guest: Guest) -> None:
        """It has not said anything yet."""
        self._outside.add(guest)

    def knock(self, guest: Guest, *, is_ahead: bool) -> None:
        """One of the guest's two ways follows, unless it leaves before."""
        if is_ahead:
            self.let_ahead += 1
            self._let_in(guest)
        elif not self._waiting and self._has_room():
            self._let_in(guest)
        elif len(self._waiting) >= self._pace() * LONGEST_S:
            guest.turn_away(self._later())
        else:
            self._waiting[guest] = None
            self._wait()

    def leave(self, guest: Guest) -> None:
        """Its connection is gone."""
        self._outside.discard(guest)
        self._waiting.pop(guest, None)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()
        for guest in tuple(self._outside):
            guest.hang_up()

    def _let_in(self, guest: Guest) -> None:
        self._outside.discard(guest)
        guest.come_in()

    def _later(self) -> float:
        """When those are let in who wait now and who were turned away before."""
        now = self._now()
        self.turned_away += 1
        self._next_at = min(max(self._next_at, now + LONGEST_S) + 1.0 / self._pace(), now + FARTHEST_S)
        return self._next_at - now

    def _has_room(self) -> bool:
        now = self._now()
        self._left = min(float(MOST_A_TURN), self._left + max(0.0, now - self._at) * self._pace())
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._turn)

    def _turn(self) -> None:
        self._timer = None
        while self._waiting and self._has_room():
            guest = next(iter(self._waiting))
            del self._waiting[guest]
            self._let_in(guest)
        if self._waiting:
            self._wait()
