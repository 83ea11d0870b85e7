"""Two desks that act on one thing: the first is heard, the second is told in a sentence and sees what became of it."""

from pathlib import Path

from comms.domain.case import CaseStep
from comms.domain.events import IncidentClosed
from comms.domain.ids import IncidentId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.order import AssignmentState, Place, UnitsTarget
from comms.protocol.case_commands import CaseMove
from comms.protocol.commands import OrderAdvance, OrderIssue
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.incident_commands import IncidentClose, IncidentReport
from comms.protocol.pushes import Done, Refused
from tests.support.gateway import ADMIN, NORTH_DUTY, U1, running_gateway
from tests.support.terminal import desk, new_id, terminal


async def test_the_second_desk_is_refused_in_a_plain_sentence(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as one,
        desk(site, ADMIN) as other,
        terminal(site, U1),
    ):
        for made in (one, other):
            await made.subscribe()
        report = IncidentReport(id=new_id(), incident_kind="井盖缺失", place=Place(lat=23.0, lon=113.7))
        await one.ask_for(report, Done)
        incident_id = IncidentId(report.id)
        close = (IncidentClose(id=new_id(), incident_id=incident_id, outcome=IncidentOutcome.HANDLED) for _ in range(2))
        await one.ask_for(next(close), Done)
        refused = await other.ask_for(next(close), Refused)
        assert refused.text == sentence(refused.code, Locale.EN)
        assert (await other.event(IncidentClosed)).incident_id == incident_id
        moved = await other.ask_for(CaseMove(id=new_id(), incident_id=incident_id, step=CaseStep.REGISTER), Refused)
        assert moved.code is not RefusalCode.INTERNAL
        order = OrderIssue(id=new_id(), title="x", target=UnitsTarget((U1,)))
        await one.ask_for(order, Done)
        ends = [
            OrderAdvance(
                id=new_id(), order_id=OrderId(order.id), state=AssignmentState.CANCELLED, unit_id=U1, reason="撤销"
            )
            for _ in range(2)
        ]
        await one.ask_for(ends[0], Done)
        assert (await other.ask_for(ends[1], Refused)).text
        assert sum(isinstance(event, IncidentClosed) for event in one.events) == 1
