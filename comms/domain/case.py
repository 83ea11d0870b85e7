"""Cases (案件): the official life of an incident, as tables. A case has its incident's id; until somebody moves it, it
is reported, and nothing is kept of it but the incident."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from comms.domain.case_clock import CaseClock
from comms.domain.ids import BlobId, DepartmentId, IncidentId, ItemId, JurisdictionId, OrderId, PartyId
from comms.domain.officer import OfficerRole


class CaseStage(StrEnum):
    REPORTED = "reported"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    """The department says it is done; to be checked."""
    CLOSED = "closed"
    VOID = "void"
    FORCE_CLOSED = "force_closed"
    SUSPENDED = "suspended"


class CaseStep(StrEnum):
    VERIFY = "verify"
    """核查 before registering, 核实 before closing: a collector nearby is asked to look."""
    VERIFIED = "verified"
    """He has answered."""
    REGISTER = "register"
    VOID = "void"
    DISPATCH = "dispatch"
    RECALL = "recall"
    """The dispatcher takes it back before the department has begun."""
    RECEIVE = "receive"
    """The department has begun."""
    RETURN = "return"
    """退回: the department to the dispatcher, the dispatcher to the acceptor."""
    HAND_BACK = "hand_back"
    REWORK = "rework"
    """返工: the check failed."""
    CLOSE = "close"
    FORCE_CLOSE = "force_close"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    ASK_SUSPENSION = "ask_suspension"
    SUSPEND = "suspend"
    DECLINE = "decline"
    """What was asked for is not given."""
    RESUME = "resume"
    WARN = "warn"
    """The deadline is near."""
    REMIND = "remind"
    """催办: by the gateway at the deadline, by an officer when he likes."""
    ESCALATE = "escalate"
    """督办: by the gateway when it stays late, by a supervisor when he likes."""
    APPEAL = "appeal"
    PASS_APPEAL = "pass_appeal"
    """初审: goes on to the supervisor."""
    GRANT_APPEAL = "grant_appeal"
    DENY_APPEAL = "deny_appeal"
    RATE = "rate"
    """回访: whoever reported it says whether he is satisfied; asked again, the last word counts."""


class Way(NamedTuple):
    """Where a step leads (None: to where it was before a suspension), and whose it is (None: the gateway's)."""

    target: CaseStage | None
    role: OfficerRole | None


_S, _P, _R = CaseStage, CaseStep, OfficerRole


def _stay(role: OfficerRole | None, *stages: CaseStage) -> dict[CaseStage, Way]:
    return {stage: Way(stage, role) for stage in stages}


def _go(target: CaseStage | None, role: OfficerRole | None, *stages: CaseStage) -> dict[CaseStage, Way]:
    return {stage: Way(target, role) for stage in stages}


WITH_DEPARTMENT = (_S.DISPATCHED, _S.HANDLING)
"""Stages in which a department has to act, and its clock runs."""
FINAL = frozenset({_S.CLOSED, _S.VOID, _S.FORCE_CLOSED})

WAYS: dict[CaseStep, dict[CaseStage, Way]] = {
    _P.VERIFY: {**_stay(_R.ACCEPTOR, _S.REPORTED), **_stay(_R.CHECKER, _S.HANDLED)},
    _P.VERIFIED: _stay(None, _S.REPORTED, _S.HANDLED),
    _P.REGISTER: _go(_S.REGISTERED, _R.ACCEPTOR, _S.REPORTED),
    _P.VOID: {
        **_go(_S.VOID, _R.ACCEPTOR, _S.REPORTED, _S.REGISTERED),
        **_go(_S.VOID, None, _S.DISPATCHED),  # merged, and closed with the main incident
    },
    _P.DISPATCH: _go(_S.DISPATCHED, _R.DISPATCHER, _S.REGISTERED),
    _P.RECALL: _go(_S.REGISTERED, _R.DISPATCHER, _S.DISPATCHED),
    _P.RECEIVE: _go(_S.HANDLING, _R.HANDLER, _S.DISPATCHED),
    _P.RETURN: {
        **_go(_S.REGISTERED, _R.HANDLER, *WITH_DEPARTMENT),
        **_go(_S.REPORTED, _R.DISPATCHER, _S.REGISTERED),
    },
    _P.HAND_BACK: _go(_S.HANDLED, _R.HANDLER, _S.HANDLING),
    _P.REWORK: _go(_S.HANDLING, _R.CHECKER, _S.HANDLED),
    _P.CLOSE: _go(_S.CLOSED, _R.CHECKER, _S.HANDLED),
    _P.FORCE_CLOSE: _go(_S.FORCE_CLOSED, _R.SUPERVISOR, _S.REGISTERED, *WITH_DEPARTMENT, _S.HANDLED, _S.SUSPENDED),
    _P.ASK_EXTENSION: _stay(_R.HANDLER, *WITH_DEPARTMENT),
    _P.EXTEND: _stay(_R.SUPERVISOR, *WITH_DEPARTMENT),
    _P.ASK_SUSPENSION: _stay(_R.HANDLER, *WITH_DEPARTMENT),
    _P.SUSPEND: _go(_S.SUSPENDED, _R.SUPERVISOR, *WITH_DEPARTMENT),
    _P.DECLINE: _stay(_R.SUPERVISOR, *WITH_DEPARTMENT),
    _P.RESUME: _go(None, _R.DISPATCHER, _S.SUSPENDED),
    _P.WARN: _stay(None, *WITH_DEPARTMENT),
    _P.REMIND: _stay(_R.DISPATCHER, *WITH_DEPARTMENT),
    _P.ESCALATE: _stay(_R.SUPERVISOR, *WITH_DEPARTMENT),
    _P.APPEAL: _stay(_R.HANDLER, _S.CLOSED, _S.FORCE_CLOSED),
    _P.PASS_APPEAL: _stay(_R.CHECKER, _S.CLOSED, _S.FORCE_CLOSED),
    _P.GRANT_APPEAL: _stay(_R.SUPERVISOR, _S.CLOSED, _S.FORCE_CLOSED),
    _P.DENY_APPEAL: _stay(_R.SUPERVISOR, _S.CLOSED, _S.FORCE_CLOSED),
    _P.RATE: _stay(_R.CHECKER, _S.CLOSED, _S.FORCE_CLOSED),
}
"""Every step, from which stages, where to, and by whom."""

REASON_NEEDED = frozenset(
    {
        _P.VOID, _P.RECALL, _P.RETURN, _P.REWORK, _P.FORCE_CLOSE, _P.ASK_EXTENSION, _P.ASK_SUSPENSION, _P.DECLINE,
        _P.APPEAL, _P.DENY_APPEAL,
    }
)  # fmt: skip
GATEWAY_STEPS = frozenset({_P.VERIFIED, _P.WARN, _P.REMIND, _P.ESCALATE, _P.RESUME})
"""What the gateway does by itself, some of it beside officers."""
HANDLING = frozenset({_P.RECEIVE, _P.HAND_BACK})
CHECKING = frozenset({_P.REWORK, _P.CLOSE, _P.FORCE_CLOSE})
"""Who did one of these is the handler, or the checker, of a case: not the same person, and neither is its finder."""
REQUESTS = frozenset({_P.ASK_EXTENSION, _P.ASK_SUSPENSION})
NOTICES = frozenset({_P.WARN, _P.REMIND, _P.ESCALATE})


class CaseMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="case.moved"):
    """One step of a case. `stage` is where it is now, `clock` how its clock stands now when the step touched it."""

    incident_id: IncidentId
    step: CaseStep
    stage: CaseStage
    opinion: str = ""
    department_id: DepartmentId | None = None
    item_id: ItemId | None = None
    to: tuple[PartyId, ...] = ()
    """Who was asked, reminded or told."""
    order_id: OrderId | None = None
    """The order that asks a collector to look, or that answers."""
    until_at: float | None = None
    """The deadline asked for, or when a suspension ends."""
    photos: tuple[BlobId, ...] = ()
    ticked: tuple[str, ...] = ()
    """The item's conditions to open or to close that the officer found fulfilled."""
    clock: CaseClock | None = None
    is_satisfied: bool | None = None
    """What was said when asked; None where nobody was asked."""


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the flow record (流转记录), without the clock, which the state has as it stands now."""

    at: float
    actor: PartyId
    move: CaseMoved


class CaseCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A collector is asked to look and has not answered yet."""

    order_id: OrderId
    unit: PartyId
    asked_by: PartyId
    asked_at: float


class CaseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """More time, or none to count for a while: asked for and not decided yet."""

    step: CaseStep
    asked_by: PartyId
    asked_at: float
    until_at: float
    reason: str


class Appeal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """申诉, once: reviewed, then decided. Granted, it changes no fact, but the case drops out of the figures."""

    asked_by: PartyId
    asked_at: float
    reason: str
    passed_by: PartyId | None = None
    is_granted: bool | None = None


class CaseState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`found_by` and `jurisdiction_id` are the incident's. `flow` only grows."""

    incident_id: IncidentId
    found_by: PartyId
    jurisdiction_id: JurisdictionId
    stage: CaseStage = CaseStage.REPORTED
    stage_since: float
    registered_at: float | None = None
    registered_by: PartyId | None = None
    """谁立案谁负责: the last who registered it."""
    department_id: DepartmentId | None = None
    item_id: ItemId | None = None
    clock: CaseClock | None = None
    noticed: tuple[CaseStep, ...] = ()
    """What the gateway has told of the present deadline."""
    check: CaseCheck | None = None
    request: CaseRequest | None = None
    resumes_to: CaseStage | None = None
    resumes_at: float | None = None
    appeal: Appeal | None = None
    flow: list[CaseLine] = []

    @property
    def is_open(self) -> bool:
        return self.stage not in FINAL

    @property
    def is_registered(self) -> bool:
        """It was registered and has not gone back to the acceptor since: its end is a step of the case."""
        return self.stage is not CaseStage.REPORTED

    def who_did(self, steps: Iterable[CaseStep]) -> frozenset[PartyId]:
        wanted = frozenset(steps)
        return frozenset(line.actor for line in self.flow if line.move.step in wanted)


def stage_after(case: CaseState, step: CaseStep) -> CaseStage | None:
    """Where a step leads from here, or None when the table has no such way."""
    way = WAYS[step].get(case.stage)
    if way is None:
        return None
    return way.target if way.target is not None else case.resumes_to
