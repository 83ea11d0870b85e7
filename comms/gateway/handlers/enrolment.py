"""Enrolment codes for terminals, by the administration's desks."""

from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import EnrolmentIssue
from comms.protocol.pushes import EnrolmentCode


async def issue(gateway: Gateway, session: Session, command: EnrolmentIssue) -> EnrolmentCode:
    [(_, code)] = await gateway.accounts.issue_codes([command.unit_id], valid_s=command.valid_s)
    return EnrolmentCode(
        id=command.id, code=code, expires_at=gateway.clock.now() + command.valid_s, path=f"/terminal/#code={code}"
    )
