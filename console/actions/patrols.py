"""Patrols: set questions and plans, excuse visits, read what is due, what is known of a place, and codes at doors."""

from comms.domain.ids import JurisdictionId, PatrolPlaceId, PatrolPlanId, UnitId
from comms.domain.patrol import PatrolPlan, Question
from comms.protocol import patrol_commands as cmd
from comms.protocol.commands import Command
from comms.protocol.patrol_pushes import (
    DoorCode,
    GridTally,
    PatrolCodeList,
    PatrolDuePage,
    PatrolPlacePage,
    PatrolTallyList,
)
from comms.protocol.pushes import Push, Refused
from console.actions.requester import (
    NewId,
    Outcome,
    Requester,
    UnexpectedAnswerError,
    Unsent,
    UnsentError,
    ask_durably,
)

MOST_PRINTED = 5_000
"""Codes in one file; a town prints grid by grid."""


class Patrols:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def set_question(self, question: Question) -> Outcome:
        """With an empty id a new one. `done.subject` is its id."""
        return await ask_durably(self._requester, cmd.PatrolQuestionSet(id=self._new_id(), question=question))

    async def set_plan(self, plan: PatrolPlan) -> Outcome:
        """With an empty id a new one. `done.subject` is its id."""
        return await ask_durably(self._requester, cmd.PatrolPlanSet(id=self._new_id(), plan=plan))

    async def end_plan(self, plan_id: PatrolPlanId, *, reason: str) -> Outcome:
        command = cmd.PatrolPlanEnd(id=self._new_id(), plan_id=plan_id, reason=reason)
        return await ask_durably(self._requester, command)

    async def excuse(self, plan_id: PatrolPlanId, place_id: PatrolPlaceId, *, reason: str) -> Outcome:
        command = cmd.PatrolExcuse(id=self._new_id(), plan_id=plan_id, place_id=place_id, reason=reason)
        return await ask_durably(self._requester, command)

    async def renew_code(self, place_id: PatrolPlaceId) -> Outcome:
        return await ask_durably(self._requester, cmd.PatrolCodeRenew(id=self._new_id(), place_id=place_id))

    async def due(
        self,
        jurisdiction_id: JurisdictionId,
        shown: cmd.DueShown,
        *,
        plan_id: PatrolPlanId | None = None,
        unit_id: UnitId | None = None,
        first: int = 0,
    ) -> PatrolDuePage | Refused | Unsent:
        command = cmd.PatrolDue(
            id=self._new_id(),
            jurisdiction_id=jurisdiction_id,
            shown=shown,
            plan_id=plan_id,
            unit_id=unit_id,
            first=first,
        )
        answer = await self._ask(command)
        return answer if isinstance(answer, PatrolDuePage) else _refused(answer)

    async def tallies(
        self, jurisdiction_id: JurisdictionId, *, plan_id: PatrolPlanId | None = None
    ) -> tuple[GridTally, ...] | Refused | Unsent:
        command = cmd.PatrolTallies(id=self._new_id(), jurisdiction_id=jurisdiction_id, plan_id=plan_id)
        answer = await self._ask(command)
        return answer.tallies if isinstance(answer, PatrolTallyList) else _refused(answer)

    async def place(self, place_id: PatrolPlaceId) -> PatrolPlacePage | Refused | Unsent:
        """What this officer may read of it, and its newest visits."""
        answer = await self._ask(cmd.PatrolPlaceRead(id=self._new_id(), place_id=place_id))
        return answer if isinstance(answer, PatrolPlacePage) else _refused(answer)

    async def codes(
        self, jurisdiction_id: JurisdictionId, place_ids: tuple[PatrolPlaceId, ...] = ()
    ) -> list[DoorCode] | Refused | Unsent:
        """Of these places, or of all in the jurisdiction that plans visit, as many as are printed at once."""
        found: list[DoorCode] = []
        first: int | None = 0
        while first is not None and len(found) < MOST_PRINTED:
            command = cmd.PatrolCodes(
                id=self._new_id(), jurisdiction_id=jurisdiction_id, place_ids=place_ids, first=first
            )
            answer = await self._ask(command)
            if not isinstance(answer, PatrolCodeList):
                return _refused(answer)
            found += answer.codes
            first = answer.next
        return found

    async def _ask(self, command: Command) -> Push | Unsent:
        try:
            return await self._requester.request(command)
        except UnsentError:
            return Unsent()


def _refused(answer: Push | Unsent) -> Refused | Unsent:
    if isinstance(answer, Refused | Unsent):
        return answer
    raise UnexpectedAnswerError(type(answer).__name__)
