"""Enrolment codes for terminals, by the administration's desks."""

from comms.domain.jurisdiction import contains
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import EnrolmentIssue
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import EnrolmentCode


async def issue(gateway: Gateway, session: Session, command: EnrolmentIssue) -> EnrolmentCode | Refusal:
    picture = gateway.picture
    if any(
        node != session.jurisdiction_id and contains(node, session.jurisdiction_id) for node in picture.jurisdictions
    ):
        return Refusal(RefusalCode.NOT_ALLOWED)
    unit = picture.units.get(command.unit_id)
    if unit is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if not contains(session.jurisdiction_id, unit.unit.jurisdiction_id):
        return Refusal(RefusalCode.OUT_OF_JURISDICTION)
    [(_, code)] = await gateway.accounts.issue_codes([command.unit_id], valid_s=command.valid_s)
    return EnrolmentCode(
        id=command.id, code=code, expires_at=gateway.clock.now() + command.valid_s, path=f"/terminal/#code={code}"
    )
