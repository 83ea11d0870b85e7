"""How many sign-ins a second are let in, so that a crowd that comes back at once does not hold up who is talking.

A bucket of sign-ins fills at a rate that follows what the loop manages: it grows while the loop is on time and the
bucket is used up, and falls by a fifth whenever the loop is late. Who finds it empty is told when to come again. Those
times are handed out one after the other at the bucket's rate, so a crowd comes back as a queue and not as a herd, and
whoever comes at his time may overdraw it, so that he goes before those who come for the first time; who does not come
holds up nobody. Emergencies are never asked to wait.

Pure: times are the caller's monotonic seconds.
"""

from collections import OrderedDict
from dataclasses import dataclass

GOLDEN = 0.618034
"""Multiples of it, without their whole part, lie evenly spread however many there are."""
PROMISE_KEPT_S = 10.0
"""Who does not come within so long after his time is a newcomer again."""
EARLY_S = 0.25
"""A promise holds a little before its time: clocks and timers differ."""


@dataclass(frozen=True, slots=True)
class AdmissionPlan:
    """Rates are sign-ins a second."""

    first_rate: float = 500.0
    least_rate: float = 100.0
    """Below it a city is not back in time to be of use; to send one away before the door costs a fifth of letting him
    in. Of 10,000 on two cores that they share, with 250 emergencies waited for 10 s, with 60 half were not back in
    80 s."""
    most_rate: float = 2_000.0
    burst_s: float = 0.25
    """The bucket holds what comes in so long."""
    late_s: float = 0.12
    """A loop later than this has too much to do; a floor is to be granted within 0.3 s."""
    on_time_s: float = 0.08
    growth: float = 1.1
    cut: float = 0.8
    longest_wait_s: float = 12.0
    """Nobody is sent away for longer: by then the rate may be another."""


class Admission:
    """`ask` for each sign-in, `looked` several times a second with how late the loop was."""

    def __init__(self, plan: AdmissionPlan | None = None, *, now: float) -> None:
        self.plan = plan or AdmissionPlan()
        self.rate = self.plan.first_rate
        self.let_in = 0
        self.put_off = 0
        """Sign-ins since the start that were told to come again."""
        self._left = self._most
        self._at = now
        self._next_promise = now
        self._promised: OrderedDict[str, float] = OrderedDict()
        """By who asked; the time he was told, in the order of those times."""
        self.is_crowded = False
        """Somebody had to wait since the last look."""
        self._spread = 0.0

    @property
    def _most(self) -> float:
        return max(1.0, self.rate * self.plan.burst_s)

    @property
    def waiting(self) -> int:
        """How many were told to come again and have not come yet."""
        return len(self._promised)

    def ask(self, who: str, *, now: float, is_emergency: bool = False) -> float | None:
        """None when he may come in, else in how many seconds he is to come again."""
        self._fill(now)
        promised = self._promised.get(who)
        is_due = promised is not None and promised <= now + EARLY_S
        if is_emergency or self._left >= (1.0 - self._most if is_due else 1.0):
            self._promised.pop(who, None)
            self._left = max(-self._most, self._left - 1.0)  # newcomers make up for what the others overdraw
            self.let_in += 1
            return None
        self.put_off += 1
        self.is_crowded = True
        if promised is not None and not is_due:
            return promised - now  # before his time: it stands
        return self._promise(who, now)

    def looked(self, late_s: float) -> None:
        """How late the loop was just now."""
        plan = self.plan
        if late_s > plan.late_s:
            self.rate = max(plan.least_rate, self.rate * plan.cut)
        elif late_s < plan.on_time_s and (self.is_crowded or self._promised):
            self.rate = min(plan.most_rate, self.rate * plan.growth)
        self.is_crowded = False
        self._left = min(self._left, self._most)

    def _fill(self, now: float) -> None:
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self.rate)
        self._at = max(self._at, now)
        while self._promised and next(iter(self._promised.values())) < now - PROMISE_KEPT_S:
            self._promised.popitem(last=False)

    def _promise(self, who: str, now: float) -> float:
        """The next free time after those that were handed out. Where there is none within the longest wait, he is to
        ask again in its second half, at a time that nobody else was told and that is no promise."""
        at = max(self._next_promise, now + 1.0 / self.rate) + 1.0 / self.rate
        if at > now + self.plan.longest_wait_s:
            self._spread = (self._spread + GOLDEN) % 1.0
            return self.plan.longest_wait_s * (0.5 + 0.5 * self._spread)
        self._next_promise = at
        self._promised.pop(who, None)
        self._promised[who] = at
        return at - now
