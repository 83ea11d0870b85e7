"""Where terminals sign in: admission by what this gateway's loop manages, which is looked at while somebody asks."""

import asyncio
from collections.abc import Callable

from comms.domain.ids import UnitId
from comms.gateway.admission import Admission, AdmissionPlan

LOOK_S = 0.05
RESTS_AFTER_S = 2.0
"""Nobody asked for so long: nothing is looked at until somebody does."""


class Turnstile:
    """On the loop it is made on. `now` is monotonic seconds."""

    def __init__(self, plan: AdmissionPlan | None = None, *, now: Callable[[], float]) -> None:
        self._now = now
        self.admission = Admission(plan, now=now())
        self._asked_at = 0.0
        self._look: asyncio.TimerHandle | None = None

    def ask(self, unit_id: UnitId, *, is_emergency: bool) -> float | None:
        """None when the unit's terminal may come in, else in how many seconds it is to come again."""
        return self.admission.ask(unit_id, now=self._begin_to_look(), is_emergency=is_emergency)

    def pace(self) -> float:
        """How many may be let in a second; whoever asks has somebody waiting before the door."""
        self._begin_to_look()
        self.admission.is_crowded = True
        return self.admission.rate

    def _begin_to_look(self) -> float:
        self._asked_at = now = self._now()
        if self._look is None:
            self._look_again()
        return now

    def close(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _look_again(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + LOOK_S
        self._look = loop.call_at(due_s, self._looked, due_s)

    def _looked(self, due_s: float) -> None:
        self._look = None
        self.admission.looked(max(0.0, asyncio.get_running_loop().time() - due_s))
        if self._now() - self._asked_at < RESTS_AFTER_S:
            self._look_again()
