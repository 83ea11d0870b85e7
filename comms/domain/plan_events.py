"""What happens to plans: published, started, each step's outcome, raised, ended."""

from enum import StrEnum

import msgspec

from comms.domain.ids import IncidentId, JurisdictionId, OrderId, PlanId, PlanRunId, TalkgroupId, UnitId
from comms.domain.plan import Plan, PlanLevel, StepId


class StepOutcome(StrEnum):
    OPEN = "open"
    """Somebody has yet to see to it."""
    DONE = "done"
    REFUSED = "refused"
    """The gateway could not do it; the code says why. Somebody may do it by hand."""
    BY_HAND = "by_hand"
    """Nothing here can do it: by telephone, on foot."""
    SKIPPED = "skipped"
    """An officer decided against it, and said why."""


class _PlanEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all that happens to plans."""


class PlanPublished(_PlanEvent, frozen=True, kw_only=True, tag="plan.published"):
    """The site's file says it, or says it anew. What runs goes on as it was begun."""

    plan: Plan
    version: int


class PlanWithdrawn(_PlanEvent, frozen=True, kw_only=True, tag="plan.withdrawn"):
    plan_id: PlanId


class PlanStarted(_PlanEvent, frozen=True, kw_only=True, tag="plan.started"):
    run_id: PlanRunId
    plan_id: PlanId
    incident_id: IncidentId
    level: PlanLevel
    jurisdiction_id: JurisdictionId
    """The incident's."""


class PlanRaised(_PlanEvent, frozen=True, kw_only=True, tag="plan.raised"):
    """To a graver level, whose steps are added."""

    run_id: PlanRunId
    level: PlanLevel


class PlanStepTaken(_PlanEvent, frozen=True, kw_only=True, tag="plan.step"):
    """What became of a step. `code` is that of a refusal; `unit_ids` those called or ordered."""

    run_id: PlanRunId
    step_id: StepId
    outcome: StepOutcome
    words: str = ""
    code: str = ""
    talkgroup_id: TalkgroupId | None = None
    order_id: OrderId | None = None
    unit_ids: tuple[UnitId, ...] = ()


class PlanEnded(_PlanEvent, frozen=True, kw_only=True, tag="plan.ended"):
    run_id: PlanRunId
    note: str = ""
    is_by_closing: bool = False
    """Its incident was closed."""


PlanEvent = PlanPublished | PlanWithdrawn | PlanStarted | PlanRaised | PlanStepTaken | PlanEnded
