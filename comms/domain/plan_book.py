"""The plans of the picture, folded from their events: those that may be started, and those that run or ran."""

from collections.abc import Iterator
from typing import assert_never

import msgspec

from comms.domain.ids import IncidentId, JurisdictionId, OrderId, PartyId, PlanId, PlanRunId, TalkgroupId, UnitId
from comms.domain.plan import Plan, PlanLevel, PlanStep, StepId
from comms.domain.plan_events import (
    PlanEnded,
    PlanEvent,
    PlanPublished,
    PlanRaised,
    PlanStarted,
    PlanStepTaken,
    PlanWithdrawn,
    StepOutcome,
)
from comms.domain.states import Change

NOUN, BOOK_NOUN = "plan", "plan_version"
"""Of a run, and of a plan that may be started."""
KEPT_ENDED = 50
UNSETTLED = frozenset({StepOutcome.OPEN, StepOutcome.REFUSED, StepOutcome.BY_HAND})
"""Somebody has to do something about these, or say why not."""


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Versions count from 1; a plan whose words are changed is another version."""

    plan: Plan
    version: int
    published_at: float


class StepState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`since` is when the step became part of the run, in Unix seconds: its due time counts from there."""

    since: float
    outcome: StepOutcome = StepOutcome.OPEN
    at: float | None = None
    by: PartyId | None = None
    words: str = ""
    code: str = ""
    talkgroup_id: TalkgroupId | None = None
    order_id: OrderId | None = None
    unit_ids: tuple[UnitId, ...] = ()

    @property
    def is_settled(self) -> bool:
        return self.outcome not in UNSETTLED


class PlanRun(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One carrying out. The plan is kept as it was begun."""

    id: PlanRunId
    plan: Plan
    version: int
    incident_id: IncidentId
    jurisdiction_id: JurisdictionId
    level: PlanLevel
    started_by: PartyId
    started_at: float
    steps: dict[StepId, StepState]
    ended_at: float | None = None
    ended_by: PartyId | None = None
    note: str = ""
    is_by_closing: bool = False

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    def parts(self) -> Iterator[tuple[PlanStep, StepState]]:
        """Steps that belong to its level, in the order of the plan."""
        for step in self.plan.steps:
            if step.id in self.steps:
                yield step, self.steps[step.id]

    @property
    def unsettled(self) -> int:
        return sum(not state.is_settled for state in self.steps.values())

    @property
    def talkgroup_ids(self) -> tuple[TalkgroupId, ...]:
        """Ad-hoc talkgroups that it formed, and standing ones it took up."""
        return tuple(state.talkgroup_id for state in self.steps.values() if state.talkgroup_id is not None)

    @property
    def ordered_ids(self) -> frozenset[UnitId]:
        """Units it gave orders to."""
        ordered = (state.unit_ids for state in self.steps.values() if state.order_id is not None)
        return frozenset(unit_id for unit_ids in ordered for unit_id in unit_ids)


def due_at(step: PlanStep, state: StepState) -> float | None:
    """Until when a step is to be settled; None for one that is, or has no such time."""
    if step.due_min is None or state.is_settled:
        return None
    return state.since + step.due_min * 60


class PlanBook(msgspec.Struct, kw_only=True):
    plans: dict[PlanId, PlanVersion] = {}
    runs: dict[PlanRunId, PlanRun] = {}
    versions: dict[PlanId, int] = {}
    """The last of each that was ever published, so that none is counted twice."""

    def apply(self, event: PlanEvent, *, at: float, actor: PartyId) -> tuple[Change, ...]:
        """Raises KeyError for a plan, run or step that is not there."""
        match event:
            case PlanPublished(plan=plan):
                is_new = plan.id not in self.plans
                self.plans[plan.id] = PlanVersion(plan=plan, version=event.version, published_at=at)
                self.versions[plan.id] = event.version
                return (Change(BOOK_NOUN, plan.id, is_new),)
            case PlanWithdrawn():
                del self.plans[event.plan_id]
                return (Change(BOOK_NOUN, event.plan_id),)
            case PlanStarted():
                return self._start(event, at, actor)
            case PlanRaised():
                run = self.runs[event.run_id]
                run.level = event.level
                _add_steps(run, at)
            case PlanStepTaken():
                _take(self.runs[event.run_id].steps[event.step_id], event, at, actor)
            case PlanEnded():
                run = self.runs[event.run_id]
                run.ended_at, run.ended_by = at, actor
                run.note, run.is_by_closing = event.note, event.is_by_closing
                self._forget()
            case _:
                assert_never(event)
        return (Change(NOUN, event.run_id),)

    def _start(self, event: PlanStarted, at: float, actor: PartyId) -> tuple[Change, ...]:
        known = self.plans[event.plan_id]
        run = self.runs[event.run_id] = PlanRun(
            id=event.run_id,
            plan=known.plan,
            version=known.version,
            incident_id=event.incident_id,
            jurisdiction_id=event.jurisdiction_id,
            level=event.level,
            started_by=actor,
            started_at=at,
            steps={},
        )
        _add_steps(run, at)
        return (Change(NOUN, event.run_id, True),)

    def _forget(self) -> None:
        ended = [run_id for run_id, run in self.runs.items() if not run.is_running]
        for run_id in ended[:-KEPT_ENDED]:
            del self.runs[run_id]

    def running(self, incident_id: IncidentId | None = None) -> list[PlanRun]:
        """Those that run, the oldest first; of one incident, or all."""
        return [run for run in self.runs.values() if run.is_running and incident_id in (None, run.incident_id)]


def _add_steps(run: PlanRun, at: float) -> None:
    for step in run.plan.steps_at(run.level):
        run.steps.setdefault(step.id, StepState(since=at))


def _take(state: StepState, event: PlanStepTaken, at: float, actor: PartyId) -> None:
    """What a step led to before (an order, a talkgroup) stays known."""
    state.outcome, state.at, state.by = event.outcome, at, actor
    state.words, state.code = event.words, event.code
    state.talkgroup_id = event.talkgroup_id or state.talkgroup_id
    state.order_id = event.order_id or state.order_id
    state.unit_ids = event.unit_ids or state.unit_ids
