"""Sentences of the duty log about plans."""

from comms.domain.ids import PartyId, PlanRunId
from comms.domain.plan_events import (
    PlanEnded,
    PlanEvent,
    PlanPublished,
    PlanRaised,
    PlanStarted,
    PlanStepTaken,
    StepOutcome,
)
from ui.plan.words import plan_name, run_incident, step_title
from ui.sentence import Names, Sentence, Values, Word

_TONES = {StepOutcome.REFUSED: "danger", StepOutcome.BY_HAND: "warn", StepOutcome.SKIPPED: "warn"}


def tell_of_plan(event: PlanEvent, actor: PartyId, names: Names) -> Sentence | None:
    """None for what the site's file changes: that is no part of anybody's duty."""
    match event:
        case PlanStarted(run_id=run_id):
            values = _values(run_id, actor, names)
            kind = names.incident(event.incident_id)
            return Sentence("log.plan_started", "warning", values | {"kind": kind, "level": event.level.value}, "warn")
        case PlanRaised(run_id=run_id):
            values = _values(run_id, actor, names)
            return Sentence("log.plan_raised", "up", values | {"level": event.level.value}, "warn")
        case PlanStepTaken():
            return _step(event, actor, names)
        case PlanEnded(run_id=run_id):
            key = "log.plan_closed" if event.is_by_closing else "log.plan_ended"
            if event.note:
                key = "log.plan_ended_note"
            return Sentence(key, "stop", _values(run_id, actor, names) | {"note": event.note})
        case PlanPublished() | _:
            return None


def _step(event: PlanStepTaken, actor: PartyId, names: Names) -> Sentence:
    run = names.store.picture.plans.runs.get(event.run_id)
    step = run.plan.step(event.step_id) if run is not None else None
    title: str = event.step_id
    if run is not None and step is not None:
        title = step_title(step, run_incident(run, names.store), run.level.value, names.text)
    values = _values(event.run_id, actor, names)
    values |= {"step": title, "outcome": Word(f"plan.outcome.{event.outcome.value}"), "words": event.words}
    key = "log.plan_step_words" if event.words else "log.plan_step"
    return Sentence(key, "check", values, _TONES.get(event.outcome, ""), order_id=event.order_id)


def _values(run_id: PlanRunId, actor: PartyId, names: Names) -> Values:
    run = names.store.picture.plans.runs.get(run_id)
    return {"name": names.party(actor), "plan": plan_name(run.plan.name, names.text) if run is not None else run_id}
