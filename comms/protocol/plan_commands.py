"""Commands about plans (desks). All are durable."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import IncidentId, PlanId, PlanRunId, UnitId
from comms.domain.plan import MOST_STEPS, PlanLevel
from comms.protocol.command_shape import AnyCommand

_StepId = Annotated[str, Meta(min_length=1, max_length=40)]
Choices = Annotated[dict[_StepId, Annotated[tuple[UnitId, ...], Meta(max_length=100)]], Meta(max_length=MOST_STEPS)]
"""By step, the units the officer saw named: they come first where they can still be sent."""
_Words = Annotated[str, Meta(max_length=1000)]


class PlanStart(AnyCommand, frozen=True, kw_only=True, tag="plan.start"):
    """Carry out a plan for an incident: all that the gateway can do at once, in one step. `done.subject` is the run's
    id, which is this command's id."""

    incident_id: IncidentId
    plan_id: PlanId
    level: PlanLevel
    choices: Choices = {}


class PlanRaise(AnyCommand, frozen=True, kw_only=True, tag="plan.raise"):
    """To a graver level: its further steps are carried out."""

    run_id: PlanRunId
    level: PlanLevel
    choices: Choices = {}


class PlanTick(AnyCommand, frozen=True, kw_only=True, tag="plan.tick"):
    """A step is done; also told by a desk of what it did itself."""

    run_id: PlanRunId
    step_id: _StepId
    words: _Words = ""


class PlanSkip(AnyCommand, frozen=True, kw_only=True, tag="plan.skip"):
    run_id: PlanRunId
    step_id: _StepId
    reason: _Words


class PlanEnd(AnyCommand, frozen=True, kw_only=True, tag="plan.end"):
    """With steps nobody settled, a note says why."""

    run_id: PlanRunId
    note: _Words = ""


PlanCommand = PlanStart | PlanRaise | PlanTick | PlanSkip | PlanEnd
PLAN_COMMANDS = (PlanStart, PlanRaise, PlanTick, PlanSkip, PlanEnd)
