"""The cases of the picture, folded from their moves."""

import msgspec

from comms.domain.case import (
    NOTICES,
    REQUESTS,
    Appeal,
    CaseCheck,
    CaseLine,
    CaseMoved,
    CaseRequest,
    CaseStage,
    CaseState,
    CaseStep,
)
from comms.domain.case_attachments import AttachmentBook
from comms.domain.case_clock import CaseClock
from comms.domain.events import Event
from comms.domain.ids import GATEWAY, IncidentId, OrderId
from comms.domain.incident import IncidentOutcome, IncidentState
from comms.domain.states import Change, OrderState

NOUN = "case"
_STAGE_OF = {
    IncidentOutcome.HANDLED: CaseStage.CLOSED,
    IncidentOutcome.PASSED_ON: CaseStage.CLOSED,
    IncidentOutcome.DUPLICATE: CaseStage.VOID,
    IncidentOutcome.FALSE_REPORT: CaseStage.VOID,
}
"""How an incident reads that was closed on the spot, without a procedure."""


class CaseBook(msgspec.Struct, kw_only=True):
    """Only cases that somebody moved are kept; of any other, `of` says what follows from its incident."""

    states: dict[IncidentId, CaseState] = {}
    attachments: AttachmentBook = msgspec.field(default_factory=AttachmentBook)

    def of(self, incident: IncidentState) -> CaseState:
        return self.states.get(incident.incident.id) or _untouched(incident)

    def apply(self, move: CaseMoved, *, incident: IncidentState, line: CaseLine) -> tuple[Change, ...]:
        state = self.states.get(move.incident_id)
        is_new = state is None
        if state is None:
            state = self.states[move.incident_id] = _untouched(incident)
        follow(state, line)
        return (Change(NOUN, move.incident_id, is_new),)

    def attach(
        self,
        event: Event,
        *,
        at: float,
        incidents: dict[IncidentId, IncidentState],
        orders: dict[OrderId, OrderState],
    ) -> tuple[Change, ...]:
        """What an event of another noun leaves with the cases it belongs to."""
        attached = self.attachments.follow(event, at=at, incidents=incidents, orders=orders)
        return tuple(Change(NOUN, incident_id) for incident_id in attached)

    def forget(self, incident_id: IncidentId) -> None:
        self.states.pop(incident_id, None)
        self.attachments.forget(incident_id)


def _untouched(incident: IncidentState) -> CaseState:
    return CaseState(
        incident_id=incident.incident.id,
        found_by=incident.reported_by,
        jurisdiction_id=incident.incident.jurisdiction_id,
        stage=_STAGE_OF[incident.outcome] if incident.outcome is not None else CaseStage.REPORTED,
        stage_since=incident.closed_at or incident.reported_at,
    )


def follow(state: CaseState, line: CaseLine) -> None:
    """Fold one line into a case."""
    move = line.move
    state.flow.append(_without_clock(line))
    if move.stage is not state.stage:
        _enter(state, line)
    if move.department_id is not None:
        state.department_id = move.department_id
    if move.item_id is not None:
        state.item_id = move.item_id
    if move.clock is not None:
        _set_clock(state, move.clock)
    _note(state, line)


def _without_clock(line: CaseLine) -> CaseLine:
    """How the clock stood after each step is in the journal; of 20,000 cases a desk needs it as it stands now."""
    if line.move.clock is None:
        return line
    return msgspec.structs.replace(line, move=msgspec.structs.replace(line.move, clock=None))


def _set_clock(state: CaseState, clock: CaseClock) -> None:
    if state.clock is None or clock.due_at != state.clock.due_at:
        state.noticed = ()
    state.clock = clock


def _note(state: CaseState, line: CaseLine) -> None:
    """What a step leaves behind beside the stage."""
    move = line.move
    if move.step is CaseStep.REGISTER:
        state.registered_by = line.actor
        state.registered_at = state.registered_at if state.registered_at is not None else line.at
    elif move.step in NOTICES and line.actor == GATEWAY:
        state.noticed = (*state.noticed, move.step)
    elif move.step in (CaseStep.VERIFY, CaseStep.VERIFIED):
        state.check = _asked(line)
    elif move.step in REQUESTS:
        state.request = _requested(line)
    elif move.step in (CaseStep.EXTEND, CaseStep.DECLINE):
        state.request = None
    elif move.step in _APPEALS:
        state.appeal = _appealed(state.appeal, line)


_APPEALS = frozenset({CaseStep.APPEAL, CaseStep.PASS_APPEAL, CaseStep.GRANT_APPEAL, CaseStep.DENY_APPEAL})


def _enter(state: CaseState, line: CaseLine) -> None:
    """Another stage: what was asked for in the last one is settled by it."""
    is_suspended = line.move.stage is CaseStage.SUSPENDED
    state.resumes_to = state.stage if is_suspended else None
    state.resumes_at = line.move.until_at if is_suspended else None
    state.check = state.request = None
    if line.move.stage in (CaseStage.REGISTERED, CaseStage.REPORTED):
        state.department_id = None
    state.stage, state.stage_since = line.move.stage, line.at


def _asked(line: CaseLine) -> CaseCheck | None:
    move = line.move
    if move.step is CaseStep.VERIFIED or move.order_id is None:
        return None
    return CaseCheck(order_id=move.order_id, unit=move.to[0], asked_by=line.actor, asked_at=line.at)


def _requested(line: CaseLine) -> CaseRequest | None:
    move = line.move
    if move.until_at is None:
        return None
    return CaseRequest(
        step=move.step, asked_by=line.actor, asked_at=line.at, until_at=move.until_at, reason=move.opinion
    )


def _appealed(appeal: Appeal | None, line: CaseLine) -> Appeal | None:
    move = line.move
    if move.step is CaseStep.APPEAL:
        return Appeal(asked_by=line.actor, asked_at=line.at, reason=move.opinion)
    if appeal is None:
        return None
    if move.step is CaseStep.PASS_APPEAL:
        return msgspec.structs.replace(appeal, passed_by=line.actor)
    return msgspec.structs.replace(appeal, is_granted=move.step is CaseStep.GRANT_APPEAL)
