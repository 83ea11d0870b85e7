"""Who takes part in a case: officers by role, departments (采办分离: who finds, who handles, who checks)."""

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


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """It handles cases of its jurisdiction and of what lies below."""

    id: DepartmentId
    name: str
    jurisdiction_id: JurisdictionId


class DepartmentDefined(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="department.defined"):
    department: Department
