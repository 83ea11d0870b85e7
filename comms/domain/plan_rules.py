"""Who may start, raise and end plans and settle their steps, and why not. Pure; the gateway enforces it."""

from enum import StrEnum

from comms.domain.case_rules import has_role
from comms.domain.ids import IncidentId, PlanId
from comms.domain.incident import IncidentState
from comms.domain.jurisdiction import contains
from comms.domain.officer import OfficerRole
from comms.domain.plan import PlanLevel, StepId
from comms.domain.plan_book import PlanBook, PlanRun
from comms.domain.plan_events import StepOutcome
from comms.domain.states import OfficerState

LEADERS = (OfficerRole.DISPATCHER, OfficerRole.SUPERVISOR)
"""Who sends people out, and who oversees."""


class PlanFault(StrEnum):
    """Named as the refusals are."""

    NOT_FOUND = "not_found"
    OUT_OF_JURISDICTION = "out_of_jurisdiction"
    NOT_ALLOWED = "not_allowed"
    INCIDENT_CLOSED = "incident_closed"
    PLAN_RUNNING = "plan_running"
    WRONG_STATE = "wrong_state"
    ALREADY_DONE = "already_done"
    REASON_MISSING = "reason_missing"


def start_fault(
    book: PlanBook, incident: IncidentState | None, plan_id: PlanId, officer: OfficerState
) -> PlanFault | None:
    if incident is None or plan_id not in book.plans:
        return PlanFault.NOT_FOUND
    if not contains(officer.jurisdiction_id, incident.incident.jurisdiction_id):
        return PlanFault.OUT_OF_JURISDICTION
    if not leads(officer):
        return PlanFault.NOT_ALLOWED
    if not incident.is_open:
        return PlanFault.INCIDENT_CLOSED
    return PlanFault.PLAN_RUNNING if running_of(book, incident.incident.id, plan_id) is not None else None


def running_of(book: PlanBook, incident_id: IncidentId, plan_id: PlanId) -> PlanRun | None:
    """The run of this plan for this incident that is going on."""
    return next((run for run in book.running(incident_id) if run.plan.id == plan_id), None)


def raise_fault(run: PlanRun | None, level: PlanLevel, officer: OfficerState) -> PlanFault | None:
    fault = _run_fault(run, officer)
    if fault is not None or run is None:
        return fault
    if not leads(officer):
        return PlanFault.NOT_ALLOWED
    return PlanFault.ALREADY_DONE if level.rank <= run.level.rank else None


def settle_fault(
    run: PlanRun | None, step_id: StepId, outcome: StepOutcome, words: str, officer: OfficerState
) -> PlanFault | None:
    """Why an officer may not say that a step is done, or skipped."""
    fault = _run_fault(run, officer)
    if fault is not None or run is None:
        return fault
    state = run.steps.get(step_id)
    if state is None:
        return PlanFault.NOT_FOUND
    if state.is_settled:
        return PlanFault.ALREADY_DONE
    is_silent = outcome is StepOutcome.SKIPPED and not words.strip()
    return PlanFault.REASON_MISSING if is_silent else None


def end_fault(run: PlanRun | None, note: str, officer: OfficerState) -> PlanFault | None:
    """A plan with steps nobody settled is ended with a reason."""
    fault = _run_fault(run, officer)
    if fault is not None or run is None:
        return fault
    if not leads(officer):
        return PlanFault.NOT_ALLOWED
    return PlanFault.REASON_MISSING if run.unsettled and not note.strip() else None


def leads(officer: OfficerState) -> bool:
    return any(has_role(officer, role) for role in LEADERS)


def _run_fault(run: PlanRun | None, officer: OfficerState) -> PlanFault | None:
    if run is None:
        return PlanFault.NOT_FOUND
    if not contains(officer.jurisdiction_id, run.jurisdiction_id):
        return PlanFault.OUT_OF_JURISDICTION
    return None if run.is_running else PlanFault.WRONG_STATE
