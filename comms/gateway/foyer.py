"""Where connections wait before anything is made for them: who comes ahead of the crowd is let in at once, the others
in the order in which they knocked, no faster than the loop manages.

The kernel's queue knows no order but its own, and a handshake takes some 0.7 ms of the one loop that carries voice: an
emergency would wait behind every terminal of a city that came before it. So whoever comes is taken at once, which is
cheap, and waits here until it is its turn.

How long that will be is reckoned by how many really came in of late, not by how many were to: whoever is kept waiting
for longer than he has patience has gone when his turn comes, and what is done for him then is done for nobody. Where
all wait too long nobody gets in at all (seen: 25 s without a single one, a core busy with turning them away)."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

TICK_S = 0.01
MOST_A_TURN = 32
"""Some 30 ms of handshakes and signing in, after which voice and commands get their turn."""
LONGEST_S = 4.0
"""Who would wait for longer is told when to come again, one after the other: a web terminal gives up after 6."""
FARTHEST_S = 30.0
GRACE_S = 1.0
"""Who was to come in by now and could not is told when to come again, while he still listens."""
OF_LATE_S = 2.0
LEAST_RATE = 10.0
"""A loop that stood still for a moment is not one that never lets in anybody."""


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
        self._waiting: dict[Guest, float] = {}
        """Since when, in the order in which they knocked."""
        self._crowded_since = 0.0
        self._came_in: deque[float] = deque()
        """When, of those who waited; of the last seconds only."""
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
        elif len(self._waiting) >= self._manages() * LONGEST_S:
            guest.turn_away(self._later())
        else:
            now = self._now()
            if not self._waiting:
                self._crowded_since = now
            self._waiting[guest] = now
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
        self._next_at = min(max(self._next_at, now + LONGEST_S) + 1.0 / self._manages(), now + FARTHEST_S)
        return self._next_at - now

    def _manages(self) -> float:
        """How many may come in a second, as far as that many did while somebody waited."""
        pace, now = self._pace(), self._now()
        while self._came_in and self._came_in[0] < now - OF_LATE_S:
            self._came_in.popleft()
        since_s = min(OF_LATE_S, now - self._crowded_since)
        if not self._waiting or since_s < OF_LATE_S / 2:
            return pace
        return min(pace, max(LEAST_RATE, len(self._came_in) / since_s))

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
        now = self._now()
        while self._waiting:
            guest, since = next(iter(self._waiting.items()))
            is_too_late = now - since > LONGEST_S + GRACE_S
            if not is_too_late and not self._has_room():
                break
            del self._waiting[guest]
            if is_too_late:
                guest.turn_away(self._later())
                continue
            self._came_in.append(now)
            self._let_in(guest)
        if self._waiting:
            self._wait()
