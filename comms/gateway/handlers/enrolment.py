"""Enrolment codes for terminals, by the administration's desks."""

from comms.domain.account_events import EnrolmentIssued
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import EnrolmentIssue
from comms.protocol.pushes import EnrolmentCode


async def issue(gateway: Gateway, session: Session, command: EnrolmentIssue) -> EnrolmentCode:
    [(_, code)] = await gateway.accounts.issue_codes([command.unit_id], valid_s=command.valid_s)
    expires_at = gateway.footing.real_now() + command.valid_s
    gateway.record_soon(session.party, [EnrolmentIssued(unit_id=command.unit_id, expires_at=expires_at)])
    return EnrolmentCode(id=command.id, code=code, expires_at=expires_at, path=f"/terminal/#code={code}")
