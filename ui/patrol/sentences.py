"""Sentences of the duty log about patrol plans and visits."""

from typing import assert_never

from comms.domain.ids import PartyId
from comms.domain.patrol_events import (
    PatrolCodeRenewed,
    PatrolEvent,
    PatrolPlacesPublished,
    PatrolPlanEnded,
    PatrolPlanSet,
    PatrolQuestionSet,
    PatrolRoundClosed,
    VisitBegun,
    VisitEvent,
    VisitExcused,
    VisitFailed,
    VisitFinished,
)
from ui.sentence import Names, Sentence, Values, Word


def tell_of_patrol(event: PatrolEvent, actor: PartyId, names: Names) -> Sentence | None:
    name = names.party(actor)
    if isinstance(event, VisitEvent):
        return _visit(event, name)
    match event:
        case PatrolQuestionSet(question=question):
            return Sentence("log.patrol_question", "note", {"name": name, "words": question.words})
        case PatrolPlanSet(plan=plan):
            return Sentence("log.patrol_plan", "note", {"name": name, "plan": plan.name})
        case PatrolPlanEnded(reason=reason):
            return Sentence("log.patrol_plan_ended", "close", {"name": name, "reason": reason})
        case PatrolPlacesPublished(count=count):
            return Sentence("log.patrol_places", "place", {"count": count})
        case PatrolCodeRenewed():
            return Sentence("log.patrol_code", "note", {"name": name})
        case PatrolRoundClosed(places=places, done=done, missed=missed):
            count = sum(missed.values())
            tone = "warn" if count else ""
            return Sentence("log.patrol_round", "clock", {"places": places, "done": done, "missed": count}, tone)
        case _:
            assert_never(event)


def _visit(event: VisitEvent, name: str) -> Sentence | None:
    match event:
        case VisitBegun():
            return None  # its end is told
        case VisitFinished(visit=visit, incident_ids=incidents):
            values: Values = {"name": name, "place": visit.place_name, "count": len(incidents)}
            return Sentence("log.visit_found" if incidents else "log.visit_finished", "check", values)
        case VisitFailed(visit=visit, reason=reason):
            values = {"name": name, "place": visit.place_name, "reason": Word(f"patrol.fail.{reason.value}")}
            return Sentence("log.visit_failed", "close", values)
        case VisitExcused(place_name=place, reason=excuse):
            return Sentence("log.visit_excused", "note", {"name": name, "place": place, "reason": excuse})
        case _:
            assert_never(event)
