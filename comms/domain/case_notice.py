"""What a case's own clock brings about: warned, reminded (催办), escalated (督办), resumed. Pure."""

from typing import NamedTuple

from comms.domain.case import NOTICES, WITH_DEPARTMENT, CaseLine, CaseStage, CaseState, CaseStep
from comms.domain.ids import GATEWAY, PartyId, officer_party
from comms.domain.jurisdiction import contains
from comms.domain.officer import OfficerRole
from comms.domain.picture import Picture


def due_steps(case: CaseState, *, now: float) -> tuple[CaseStep, ...]:
    """What falls to the gateway now. A warning that the deadline has overtaken is not given any more."""
    return tuple(step for step, at in _planned(case, now) if now >= at)


def next_due_at(case: CaseState, *, now: float) -> float | None:
    """When to look again, or None when nothing will fall due by itself."""
    return min((at for _, at in _planned(case, now)), default=None)


def _planned(case: CaseState, now: float) -> list[tuple[CaseStep, float]]:
    if case.stage is CaseStage.SUSPENDED:
        return [(CaseStep.RESUME, case.resumes_at)] if case.resumes_at is not None else []
    clock = case.clock
    if clock is None or clock.running_since is None or case.stage not in WITH_DEPARTMENT:
        return []
    planned = [(CaseStep.REMIND, clock.due_at), (CaseStep.ESCALATE, clock.escalate_at)]
    if now < clock.due_at and CaseStep.REMIND not in case.noticed:
        planned.insert(0, (CaseStep.WARN, clock.warn_at))
    return [(step, at) for step, at in planned if step not in case.noticed]


def told(picture: Picture, case: CaseState, step: CaseStep) -> tuple[PartyId, ...]:
    """Who is told: the department's handlers, and the supervisors above when it is escalated. By name, so only who has
    the role written down."""
    found = handlers(picture, case)
    if step is CaseStep.ESCALATE:
        found += tuple(
            officer_party(officer.id)
            for officer in picture.officers.values()
            if OfficerRole.SUPERVISOR in officer.roles and contains(officer.jurisdiction_id, case.jurisdiction_id)
        )
    return tuple(dict.fromkeys(found))


def handlers(picture: Picture, case: CaseState) -> tuple[PartyId, ...]:
    if case.department_id is None:
        return ()
    return tuple(
        officer_party(officer.id)
        for officer in picture.officers.values()
        if OfficerRole.HANDLER in officer.roles and officer.department_id == case.department_id
    )


class Press(NamedTuple):
    """What presses a department now."""

    line: CaseLine
    """The newest of the gravest notices: who gave it, whom it names, and when."""
    notices: int
    """How many stand, this one with them."""


_BEGINS_ANEW = frozenset({CaseStep.DISPATCH, CaseStep.EXTEND, CaseStep.RESUME, CaseStep.REWORK})
"""What officers said before one of these was about another deadline. The gateway's own are kept by the case itself."""
_GRAVITY = {CaseStep.WARN: 0, CaseStep.REMIND: 1, CaseStep.ESCALATE: 2}


def pressing(case: CaseState) -> Press | None:
    """None when nobody was told anything, or the department has nothing to do with it now: its clock stands still."""
    is_stopped = case.clock is not None and case.clock.running_since is None
    if case.stage not in WITH_DEPARTMENT or is_stopped:
        return None
    found: list[CaseLine] = []
    left, is_of_this_time = set(case.noticed), True
    for line in reversed(case.flow):
        step = line.move.step
        is_of_this_time = is_of_this_time and step not in _BEGINS_ANEW
        if line.actor == GATEWAY and step in left:
            left.remove(step)
            found.append(line)
        elif line.actor != GATEWAY and step in NOTICES and is_of_this_time:
            found.append(line)
    if not found:
        return None
    return Press(max(found, key=lambda line: (_GRAVITY[line.move.step], line.at)), len(found))
