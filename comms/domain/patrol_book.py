"""Patrols in the picture: plans, questions and the visits under way. What is due follows from plans and places, what
was answered is in the journal's tables: neither is kept here, so that 120,000 places cost a desk nothing."""

from typing import assert_never

import msgspec

from comms.domain import patrol_events as ev
from comms.domain.ids import BlobId, PatrolPlaceId, PatrolPlanId, QuestionId, VisitId
from comms.domain.patrol import PatrolPlan, Question, Rhythm, Visit
from comms.domain.states import Change

PLAN, QUESTION, PLACES, VISIT = "patrol_plan", "patrol_question", "patrol_places", "visit"
KEPT_ROUNDS = 12
"""Closed rounds of a plan, kept to look back at."""


class PlanState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`since_at` is when the plan was made, Unix seconds: what was over by then was never due."""

    plan: PatrolPlan
    since_at: float
    closed: dict[Rhythm, int] = {}
    """The last period of each rhythm that was closed."""
    rounds: tuple[ev.PatrolRoundClosed, ...] = ()
    """The newest last."""


class PatrolBook(msgspec.Struct, kw_only=True):
    questions: dict[QuestionId, Question] = {}
    plans: dict[PatrolPlanId, PlanState] = {}
    visits: dict[VisitId, Visit] = {}
    """Begun and not finished."""
    places_blob_id: BlobId | None = None
    code_numbers: dict[PatrolPlaceId, int] = {}
    """Of places whose codes were renewed; the others have number 0."""

    def apply(self, event: ev.PatrolEvent, *, at: float) -> tuple[Change, ...]:
        """Raises KeyError for a plan that is not there."""
        if isinstance(event, ev.VisitEvent):
            return self._visit(event)
        match event:
            case ev.PatrolQuestionSet(question=question):
                is_new = question.id not in self.questions
                self.questions[question.id] = question
                return (Change(QUESTION, question.id, is_new),)
            case ev.PatrolPlanSet(plan=plan):
                known = self.plans.get(plan.id)
                if known is None:
                    self.plans[plan.id] = PlanState(plan=plan, since_at=at)
                else:
                    known.plan = plan
                return (Change(PLAN, plan.id, known is None),)
            case ev.PatrolPlanEnded():
                del self.plans[event.plan_id]
                return (Change(PLAN, event.plan_id),)
            case ev.PatrolPlacesPublished():
                self.places_blob_id = event.blob_id
                return (Change(PLACES, event.blob_id),)
            case ev.PatrolCodeRenewed():
                self.code_numbers[event.place_id] = event.number
                return (Change(PLACES, event.place_id),)
            case ev.PatrolRoundClosed():
                state = self.plans[event.plan_id]
                state.closed[event.rhythm] = event.period
                state.rounds = (*state.rounds, event)[-KEPT_ROUNDS:]
                return (Change(PLAN, event.plan_id),)
            case _:
                assert_never(event)

    def _visit(self, event: ev.VisitEvent) -> tuple[Change, ...]:
        match event:
            case ev.VisitBegun(visit=visit):
                self.visits[visit.id] = visit
                return (Change(VISIT, visit.id, True),)
            case ev.VisitFinished(visit=visit) | ev.VisitFailed(visit=visit):
                self.visits.pop(visit.id, None)
                return (Change(VISIT, visit.id),)
            case ev.VisitExcused():
                return (Change(VISIT, event.place_id),)
            case _:
                assert_never(event)

    def questions_of(self, plan_ids: tuple[PatrolPlanId, ...]) -> list[Question]:
        """Each once, in the order of the plans."""
        asked: dict[QuestionId, Question] = {}
        for plan_id in plan_ids:
            state = self.plans.get(plan_id)
            for question_id in state.plan.question_ids if state is not None else ():
                if question_id in self.questions:
                    asked[question_id] = self.questions[question_id]
        return list(asked.values())
