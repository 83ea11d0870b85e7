"""What an officer does with work orders that could not be taken: correct and release, or discard with a reason."""

from comms.domain.ids import IncidentId
from comms.domain.quarantine import Correction
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease
from console.actions.requester import NewId, Outcome, Requester, ask_durably


class Quarantine:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def release(self, incident_id: IncidentId, correction: Correction) -> Outcome:
        """`done.subject` is the incident's id; `refused.faults` says what is still wrong."""
        command = WorkOrderRelease(
            id=self._new_id(),
            incident_id=incident_id,
            incident_kind=correction.kind,
            place=correction.place,
            priority=correction.priority,
            text=correction.text,
            grid_code=correction.grid_code,
            address=correction.address,
            occurred_at=correction.occurred_at,
        )
        return await ask_durably(self._requester, command)

    async def discard(self, incident_id: IncidentId, *, reason: str) -> Outcome:
        command = WorkOrderDiscard(id=self._new_id(), incident_id=incident_id, reason=reason)
        return await ask_durably(self._requester, command)
