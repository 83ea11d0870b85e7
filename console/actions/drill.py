"""The drill this desk sits in: how it stands, and what who directs, observes or comes late may do to it."""

from comms.domain.drill_events import Rating
from comms.domain.ids import OfficerId
from comms.domain.inject import InjectId, ObjectiveId, RoleId
from comms.protocol import drill_commands as dc
from comms.protocol.drill_commands import DrillStatus
from comms.protocol.pushes import Refused
from console.actions.requester import NewId, Outcome, Requester, Unsent, UnsentError, ask, outcome
from console.store.store import Store

SPEEDS = (1.0, 2.0, 5.0, 10.0, 60.0)


class Drilling:
    """None of this is sent again by itself: what was meant for a moment is not wanted in another."""

    def __init__(self, requester: Requester, store: Store, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._new_id = new_id

    async def read(self, *, is_whole: bool = False) -> DrillStatus | Refused | Unsent:
        """How it stands, into the Store. `is_whole`: with the scenario, for whom it is for."""
        try:
            answer = await self._requester.request(dc.DrillStateRead(id=self._new_id(), is_whole=is_whole))
        except UnsentError:
            return Unsent()
        if isinstance(answer, DrillStatus):
            self._store.apply_local(answer)
            return answer
        refusal = outcome(answer)
        return refusal if isinstance(refusal, Refused) else Unsent()

    # --- its clock ------------------------------------------------------------------------------------------

    async def begin(self) -> Outcome:
        return await ask(self._requester, dc.DrillBegin(id=self._new_id()))

    async def pause(self, *, is_frozen: bool = False, reason: str = "") -> Outcome:
        """`is_frozen`: everything stands, and it is talked about."""
        return await ask(self._requester, dc.DrillPause(id=self._new_id(), is_frozen=is_frozen, reason=reason))

    async def resume(self) -> Outcome:
        return await ask(self._requester, dc.DrillResume(id=self._new_id()))

    async def set_speed(self, speed: float) -> Outcome:
        """One of SPEEDS."""
        return await ask(self._requester, dc.DrillSpeed(id=self._new_id(), speed=speed))

    async def jump(self, to_s: float) -> Outcome:
        """To a second of the drill that is to come."""
        return await ask(self._requester, dc.DrillJump(id=self._new_id(), to_s=to_s))

    async def end(self, *, reason: str = "") -> Outcome:
        return await ask(self._requester, dc.DrillEnd(id=self._new_id(), reason=reason))

    # --- its story ------------------------------------------------------------------------------------------

    async def fire(self, inject_id: InjectId) -> Outcome:
        return await ask(self._requester, dc.DrillFire(id=self._new_id(), inject_id=inject_id))

    async def delay(self, inject_id: InjectId, by_s: float) -> Outcome:
        return await ask(self._requester, dc.DrillDelay(id=self._new_id(), inject_id=inject_id, by_s=by_s))

    async def skip(self, inject_id: InjectId, *, reason: str = "") -> Outcome:
        return await ask(self._requester, dc.DrillSkip(id=self._new_id(), inject_id=inject_id, reason=reason))

    # --- who watches it -------------------------------------------------------------------------------------

    async def note(
        self, text: str, *, at_s: float | None = None, objective: ObjectiveId | None = None, is_shown: bool = False
    ) -> Outcome:
        """A bookmark of now or of a second of the drill."""
        command = dc.DrillNote(id=self._new_id(), text=text, at_s=at_s, objective=objective, is_shown=is_shown)
        return await ask(self._requester, command)

    async def rate(
        self, objective: ObjectiveId, rating: Rating, *, words: str = "", officer_id: OfficerId | None = None
    ) -> Outcome:
        """`officer_id` None: the team."""
        command = dc.DrillRate(
            id=self._new_id(), objective=objective, rating=rating, words=words, officer_id=officer_id
        )
        return await ask(self._requester, command)

    async def join(self, role: RoleId) -> Outcome:
        return await ask(self._requester, dc.DrillJoin(id=self._new_id(), role=role))
