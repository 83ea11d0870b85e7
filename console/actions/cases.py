"""Cases: one step after the other. What may be done now, `comms.domain.case_rules.steps_allowed` says."""

from comms.domain.case import CaseStep
from comms.domain.ids import BlobId, DepartmentId, IncidentId, ItemId, UnitId
from comms.domain.incident import IncidentOutcome
from comms.domain.time_limit import TimeLimit
from comms.domain.work_calendar import CalendarYear
from comms.protocol.case_commands import CalendarRead, CaseMove
from comms.protocol.pushes import CalendarYears, Refused
from console.actions.requester import NewId, Outcome, Requester, Unsent, UnsentError, ask_durably, outcome


class Cases:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def calendar(self) -> tuple[CalendarYear, ...] | Refused | Unsent:
        """The gateway's working calendar."""
        try:
            answer = await self._requester.request(CalendarRead(id=self._new_id()))
        except UnsentError:
            return Unsent()
        if isinstance(answer, CalendarYears):
            return answer.years
        refusal = outcome(answer)
        return refusal if isinstance(refusal, Refused) else ()

    async def move(
        self,
        incident_id: IncidentId,
        step: CaseStep,
        *,
        opinion: str = "",
        department_id: DepartmentId | None = None,
        item_id: ItemId | None = None,
        limit: TimeLimit | None = None,
        until_at: float | None = None,
        unit_id: UnitId | None = None,
        photos: tuple[BlobId, ...] = (),
        ticked: tuple[str, ...] = (),
        outcome: IncidentOutcome | None = None,
        is_satisfied: bool | None = None,
    ) -> Outcome:
        """`done.subject` is the incident's id."""
        command = CaseMove(
            id=self._new_id(),
            incident_id=incident_id,
            step=step,
            opinion=opinion,
            department_id=department_id,
            item_id=item_id,
            limit=limit,
            until_at=until_at,
            unit_id=unit_id,
            photos=photos,
            ticked=ticked,
            outcome=outcome,
            is_satisfied=is_satisfied,
        )
        return await ask_durably(self._requester, command)
