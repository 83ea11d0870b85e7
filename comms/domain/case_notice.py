"""What a case's own clock brings about: warned, reminded (催办), escalated (督办), resumed. Pure."""

from comms.domain.case import WITH_DEPARTMENT, CaseStage, CaseState, CaseStep
from comms.domain.ids import PartyId, officer_party
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
