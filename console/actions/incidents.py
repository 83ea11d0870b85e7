"""Incidents: report, close, link the orders given for them, merge and take out again, acknowledge."""

from comms.domain.ids import IncidentId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.merge import Reason
from comms.domain.order import OrderPriority, Place
from comms.protocol.hub_commands import IncidentAcknowledge, IncidentMerge, IncidentUnmerge, MergePart
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from console.actions.requester import NewId, Outcome, Requester, ask_durably


class Incidents:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def report(self, *, kind: str, place: Place, priority: OrderPriority, text: str = "") -> Outcome:
        """`done.subject` is the incident's id."""
        command = IncidentReport(id=self._new_id(), incident_kind=kind, place=place, priority=priority, text=text)
        return await ask_durably(self._requester, command)

    async def close(self, incident_id: IncidentId, outcome: IncidentOutcome, *, note: str = "") -> Outcome:
        command = IncidentClose(id=self._new_id(), incident_id=incident_id, outcome=outcome, note=note)
        return await ask_durably(self._requester, command)

    async def link_order(self, incident_id: IncidentId, order_id: OrderId) -> Outcome:
        command = IncidentLinkOrder(id=self._new_id(), incident_id=incident_id, order_id=order_id)
        return await ask_durably(self._requester, command)

    async def merge(
        self, main_id: IncidentId, parts: dict[IncidentId, tuple[Reason, ...]], *, words: str = ""
    ) -> Outcome:
        """Each of `parts`, with what speaks for it, is carried by the main one from now on: all or none."""
        merged = tuple(MergePart(incident_id=key, reasons=reasons) for key, reasons in parts.items())
        command = IncidentMerge(id=self._new_id(), incident_id=main_id, parts=merged, words=words)
        return await ask_durably(self._requester, command)

    async def unmerge(self, incident_id: IncidentId, *, words: str = "") -> Outcome:
        command = IncidentUnmerge(id=self._new_id(), incident_id=incident_id, words=words)
        return await ask_durably(self._requester, command)

    async def acknowledge(self, incident_id: IncidentId) -> Outcome:
        command = IncidentAcknowledge(id=self._new_id(), incident_id=incident_id)
        return await ask_durably(self._requester, command)
