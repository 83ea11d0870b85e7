"""Who may take which step of a case now, and why not. Pure; the gateway enforces it, a panel asks it."""

from collections.abc import Iterator
from enum import StrEnum

from comms.domain.case import (
    CHECKING,
    HANDLING,
    REASON_NEEDED,
    REQUESTS,
    WAYS,
    CaseMoved,
    CaseState,
    CaseStep,
    stage_after,
)
from comms.domain.ids import PartyId, officer_party
from comms.domain.jurisdiction import contains
from comms.domain.officer import OfficerRole, held
from comms.domain.states import OfficerState


class CaseFault(StrEnum):
    OUT_OF_JURISDICTION = "out_of_jurisdiction"
    WRONG_STAGE = "wrong_stage"
    WRONG_ROLE = "wrong_role"
    OTHER_DEPARTMENT = "other_department"
    SAME_PERSON = "same_person"
    """Finder, handler and checker of one case are three people, and who asks does not decide."""
    ALREADY_ASKED = "already_asked"
    NOTHING_ASKED = "nothing_asked"
    DEADLINE_PASSED = "deadline_passed"
    """More time is asked for before the time is up."""
    ALREADY_APPEALED = "already_appealed"
    REASON_MISSING = "reason_missing"
    DEPARTMENT_MISSING = "department_missing"
    RATING_MISSING = "rating_missing"
    BAD_UNTIL = "bad_until"
    """More time ends later than the time there is; a suspension ends in the future."""


def steps_allowed(case: CaseState, officer: OfficerState, *, now: float) -> tuple[CaseStep, ...]:
    """What an officer may do with a case now, in the order of the procedure. `now` is the gateway's, Unix seconds."""
    return tuple(step for step in CaseStep if step_fault(case, officer, step, now=now) is None)


def step_fault(case: CaseState, officer: OfficerState, step: CaseStep, *, now: float) -> CaseFault | None:
    """Why an officer may not take a step now, whatever he writes into it; None when he may."""
    return next(_faults(case, officer, step, now), None)


def _faults(case: CaseState, officer: OfficerState, step: CaseStep, now: float) -> Iterator[CaseFault]:
    way = WAYS[step].get(case.stage)
    role = _role(case, step)
    if not contains(officer.jurisdiction_id, case.jurisdiction_id):
        yield CaseFault.OUT_OF_JURISDICTION
    if way is None or stage_after(case, step) is None:
        yield CaseFault.WRONG_STAGE
    if role is None or not has_role(officer, role):
        yield CaseFault.WRONG_ROLE
    if role is OfficerRole.HANDLER and not answers_for(officer, case):
        yield CaseFault.OTHER_DEPARTMENT
    if officer_party(officer.id) in others_of(case, step):
        yield CaseFault.SAME_PERSON
    yield from _request_faults(case, step, now)
    yield from _appeal_faults(case, step)
    if step is CaseStep.VERIFY and case.check is not None:
        yield CaseFault.ALREADY_ASKED


def _role(case: CaseState, step: CaseStep) -> OfficerRole | None:
    if step is CaseStep.DENY_APPEAL and case.appeal is not None and case.appeal.passed_by is None:
        return OfficerRole.CHECKER  # the first review may end it
    way = WAYS[step].get(case.stage)
    return way.role if way is not None else None


def has_role(officer: OfficerState, role: OfficerRole) -> bool:
    """An officer without roles written down has all those of cases."""
    return role in held(officer.roles)


def answers_for(officer: OfficerState, case: CaseState) -> bool:
    """He is of the department the case is with; one without roles and department stands in for any."""
    if officer.department_id is None:
        return not officer.roles
    return officer.department_id == case.department_id


def others_of(case: CaseState, step: CaseStep) -> frozenset[PartyId]:
    """Who may not take this step because of another part he had in the case."""
    if step in HANDLING:
        return case.who_did(CHECKING) | {case.found_by}
    if step is CaseStep.RATE:
        return case.who_did(HANDLING)
    if step in CHECKING:
        return case.who_did(HANDLING) | {case.found_by}
    if step in (CaseStep.EXTEND, CaseStep.SUSPEND, CaseStep.DECLINE):
        return frozenset({case.request.asked_by}) if case.request is not None else frozenset()
    if step in (CaseStep.PASS_APPEAL, CaseStep.GRANT_APPEAL, CaseStep.DENY_APPEAL) and case.appeal is not None:
        judged = case.who_did(CHECKING) | {case.appeal.asked_by}
        return judged | {case.appeal.passed_by} if case.appeal.passed_by is not None else judged
    return frozenset()


def _request_faults(case: CaseState, step: CaseStep, now: float) -> Iterator[CaseFault]:
    if step in REQUESTS:
        if case.request is not None:
            yield CaseFault.ALREADY_ASKED
        if step is CaseStep.ASK_EXTENSION and case.clock is None:
            yield CaseFault.WRONG_STAGE
        if case.clock is not None and now > case.clock.due_at:
            yield CaseFault.DEADLINE_PASSED
    wanted = _ANSWERS.get(step)
    if wanted is not None and (case.request is None or case.request.step not in wanted):
        yield CaseFault.NOTHING_ASKED


_ANSWERS = {
    CaseStep.EXTEND: frozenset({CaseStep.ASK_EXTENSION}),
    CaseStep.SUSPEND: frozenset({CaseStep.ASK_SUSPENSION}),
    CaseStep.DECLINE: REQUESTS,
}


def _appeal_faults(case: CaseState, step: CaseStep) -> Iterator[CaseFault]:
    appeal = case.appeal
    if step is CaseStep.APPEAL:
        if appeal is not None:
            yield CaseFault.ALREADY_APPEALED
        if case.department_id is None:
            yield CaseFault.WRONG_STAGE
        return
    if step not in (CaseStep.PASS_APPEAL, CaseStep.GRANT_APPEAL, CaseStep.DENY_APPEAL):
        return
    if appeal is None or appeal.is_granted is not None:
        yield CaseFault.NOTHING_ASKED
    elif step is CaseStep.PASS_APPEAL and appeal.passed_by is not None:
        yield CaseFault.ALREADY_ASKED
    elif step is CaseStep.GRANT_APPEAL and appeal.passed_by is None:
        yield CaseFault.NOTHING_ASKED


def field_fault(case: CaseState, move: CaseMoved, *, now: float) -> CaseFault | None:
    """What a step lacks that says enough by itself, or None."""
    step = move.step
    if step in REASON_NEEDED and not move.opinion.strip():
        return CaseFault.REASON_MISSING
    if step is CaseStep.DISPATCH and move.department_id is None:
        return CaseFault.DEPARTMENT_MISSING
    if step is CaseStep.RATE and move.is_satisfied is None:
        return CaseFault.RATING_MISSING
    if step in REQUESTS:
        least = case.clock.due_at if step is CaseStep.ASK_EXTENSION and case.clock is not None else now
        if move.until_at is None or not least < move.until_at <= now + LONGEST_S:
            return CaseFault.BAD_UNTIL
    return None


LONGEST_S = 366 * 86_400.0
"""No deadline or suspension reaches further than a year from now."""
