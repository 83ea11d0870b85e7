"""Who may merge what into what, and take it out again. Pure; the gateway enforces it, a panel asks it."""

from collections.abc import Iterator
from enum import StrEnum

from comms.domain.case import CaseStage
from comms.domain.case_rules import has_role
from comms.domain.incident import IncidentState
from comms.domain.jurisdiction import contains
from comms.domain.officer import OfficerRole
from comms.domain.picture import Picture
from comms.domain.states import OfficerState

WHOSE = {
    CaseStage.REPORTED: OfficerRole.ACCEPTOR,
    CaseStage.REGISTERED: OfficerRole.ACCEPTOR,
    CaseStage.DISPATCHED: OfficerRole.DISPATCHER,
}
"""Stages in which an incident may be merged or taken out, and by whom: as long as no department has begun."""


class MergeFault(StrEnum):
    ITSELF = "itself"
    OUT_OF_JURISDICTION = "out_of_jurisdiction"
    CLOSED = "closed"
    MERGED = "merged"
    """It is carried by another already; a carrier that is carried would make a circle, or a chain."""
    MERGES_OTHERS = "merges_others"
    UNDER_WAY = "under_way"
    """A department has begun with its case."""
    NOT_MERGED = "not_merged"
    WRONG_ROLE = "wrong_role"


def merge_fault(
    main: IncidentState, other: IncidentState, picture: Picture, officer: OfficerState
) -> MergeFault | None:
    """Why `other` may not be merged into `main` by this officer now, or None when it may."""
    return next(_merge_faults(main, other, picture, officer), None)


def unmerge_fault(state: IncidentState, picture: Picture, officer: OfficerState) -> MergeFault | None:
    """Why it may not be taken out again, or None when it may."""
    if not contains(officer.jurisdiction_id, state.incident.jurisdiction_id):
        return MergeFault.OUT_OF_JURISDICTION
    if not state.is_open:
        return MergeFault.CLOSED
    if state.merge is None:
        return MergeFault.NOT_MERGED
    return next(_stage_faults(state, picture, officer), None)


def _merge_faults(
    main: IncidentState, other: IncidentState, picture: Picture, officer: OfficerState
) -> Iterator[MergeFault]:
    if main.incident.id == other.incident.id:
        yield MergeFault.ITSELF
    for state in (main, other):
        if not contains(officer.jurisdiction_id, state.incident.jurisdiction_id):
            yield MergeFault.OUT_OF_JURISDICTION
        if not state.is_open:
            yield MergeFault.CLOSED
        if state.merge is not None:
            yield MergeFault.MERGED
    if other.merged_ids:
        yield MergeFault.MERGES_OTHERS
    yield from _stage_faults(other, picture, officer)


def _stage_faults(state: IncidentState, picture: Picture, officer: OfficerState) -> Iterator[MergeFault]:
    role = WHOSE.get(picture.cases.of(state).stage)
    if role is None:
        yield MergeFault.UNDER_WAY
    elif not has_role(officer, role):
        yield MergeFault.WRONG_ROLE
