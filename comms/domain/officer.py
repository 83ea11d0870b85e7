"""What officers may be: their parts in a case (采办分离: who finds, who handles, who checks), and the three that
administer (三员分立 of GB/T 22239-2019, 8.1.4.2). And the departments that handle cases."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from comms.domain.ids import DepartmentId, JurisdictionId


class OfficerRole(StrEnum):
    ACCEPTOR = "acceptor"
    """受理: registers or voids what was reported."""
    DISPATCHER = "dispatcher"
    """派遣: sends a case to the department that has to deal with it."""
    HANDLER = "handler"
    """处置: answers for a department."""
    CHECKER = "checker"
    """核查: closes, or sends back to be done again."""
    SUPERVISOR = "supervisor"
    """督办: approves what changes a deadline, closes by force."""
    SYSTEM = "system"
    """系统管理员: keeps accounts and terminals, and how the system is set up."""
    SECURITY = "security"
    """安全管理员: keeps who may do what, sessions, and what is revoked."""
    AUDIT = "audit"
    """审计管理员: reads the log."""


ADMINISTRATION = frozenset({OfficerRole.SYSTEM, OfficerRole.SECURITY, OfficerRole.AUDIT})
CASE_ROLES = frozenset(OfficerRole) - ADMINISTRATION


class RoleFault(StrEnum):
    TWO_OF_THREE = "two_of_three"
    """System, security and audit officer are three people: each is checked by the others."""
    COMMANDS_TOO = "commands_too"
    """Who administers commands nobody."""


def roles_fault(roles: Iterable[OfficerRole]) -> RoleFault | None:
    """Why nobody may be all of these at once, or None when one may."""
    wanted = frozenset(roles)
    if len(wanted & ADMINISTRATION) > 1:
        return RoleFault.TWO_OF_THREE
    return RoleFault.COMMANDS_TOO if wanted & ADMINISTRATION and wanted & CASE_ROLES else None


def held(roles: Iterable[OfficerRole]) -> frozenset[OfficerRole]:
    """What an officer with these written down is: with none, all that belong to cases, and never one that administers.
    Roles that break the split are none, so that a record from elsewhere opens nothing."""
    wanted = frozenset(roles)
    if roles_fault(wanted) is not None:
        return frozenset()
    return wanted or CASE_ROLES


def commands(roles: Iterable[OfficerRole]) -> bool:
    """Whether who has these takes part in what goes on; who only administers does not."""
    return bool(held(roles) & CASE_ROLES)


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """It handles cases of its jurisdiction and of what lies below."""

    id: DepartmentId
    name: str
    jurisdiction_id: JurisdictionId


class DepartmentDefined(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="department.defined"):
    department: Department
