"""The rules of patrols: what a plan may ask, when a sign-in counts, and what a form has to say. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from comms.domain.ids import DepartmentId, IncidentId, ItemId, JurisdictionId, QuestionId
from comms.domain.incident import Incident
from comms.domain.item_book import ItemBook
from comms.domain.jurisdiction import contains
from comms.domain.order import Place
from comms.domain.patrol import (
    FAR_M,
    LOWEST_LEVEL,
    NO,
    YES,
    Answer,
    AnswerKind,
    PatrolPlan,
    Question,
    Visit,
    VisitMark,
    answer_fault,
    is_finding,
)
from comms.domain.patrol_period import second_of_day
from comms.domain.position import distance_m

LATE_S = 900.0
"""A sign-in that arrives later than this after it was made is marked."""
OLDEST_S = 3 * 86_400.0
"""A sign-in from further back is not believed."""
OPEN_S = 12 * 3600.0
"""A visit that is not finished by then never will be."""
_STRICT = frozenset({VisitMark.FAR, VisitMark.NO_POSITION, VisitMark.OUT_OF_HOURS})


class PlanFault(StrEnum):
    NOT_ON_LIST = "not_on_list"
    """A question's item is not in force there."""
    UNKNOWN_QUESTION = "unknown_question"
    BAD_QUESTION = "bad_question"
    BAD_LEVEL = "bad_level"


def is_item_in_force(book: ItemBook, item_id: ItemId, where: JurisdictionId, *, at: float) -> bool:
    """不入清单不作业: an item that is in force at `at` for those who work there."""
    state = book.states.get(item_id)
    version = state.version_at(at) if state is not None else None
    return version is not None and contains(version.item.jurisdiction_id, where)


def question_fault(question: Question, book: ItemBook, *, at: float) -> PlanFault | None:
    items = {question.item_id, *((question.finding.item_id,) if question.finding is not None else ())} - {None}
    where = question.jurisdiction_id
    if not all(item_id is not None and is_item_in_force(book, item_id, where, at=at) for item_id in items):
        return PlanFault.NOT_ON_LIST
    if question.kind is AnswerKind.CHOICE and len({choice for choice in question.choices if choice.strip()}) < 2:
        return PlanFault.BAD_QUESTION
    return None if _can_be_found(question) else PlanFault.BAD_QUESTION


def _can_be_found(question: Question) -> bool:
    """A finding is one of the answers that can be given."""
    finding = question.finding
    if finding is None:
        return True
    match question.kind:
        case AnswerKind.YES_NO:
            possible: Iterable[str] = (YES, NO)
        case AnswerKind.CHOICE:
            possible = question.choices
        case AnswerKind.NUMBER:
            return finding.below is not None or finding.above is not None
        case _:
            return False
    return bool(finding.answers) and set(finding.answers) <= set(possible)


def plan_fault(
    plan: PatrolPlan, questions: Mapping[QuestionId, Question], book: ItemBook, *, at: float
) -> PlanFault | None:
    if not all(1 <= level <= LOWEST_LEVEL for level in (*plan.by_level, *plan.selection.levels)):
        return PlanFault.BAD_LEVEL
    for question_id in plan.question_ids:
        question = questions.get(question_id)
        if question is None or not contains(question.jurisdiction_id, plan.jurisdiction_id):
            return PlanFault.UNKNOWN_QUESTION
        if not is_item_in_force(book, question.item_id, plan.jurisdiction_id, at=at):
            return PlanFault.NOT_ON_LIST
    return None


def marks_of(
    plans: Sequence[PatrolPlan], place: Place, here: Place | None, *, begun_at: float, now: float, is_typed: bool
) -> tuple[float | None, tuple[VisitMark, ...]]:
    """How far from the place in metres, and what is to be known of this sign-in."""
    marks: list[VisitMark] = []
    away_m = None
    if here is None:
        marks.append(VisitMark.NO_POSITION)
    else:
        away_m = round(distance_m(lat_a=place.lat, lon_a=place.lon, lat_b=here.lat, lon_b=here.lon), 1)
        if away_m > FAR_M:
            marks.append(VisitMark.FAR)
    second = second_of_day(begun_at)
    if any(plan.window is not None and not plan.window.holds(second) for plan in plans):
        marks.append(VisitMark.OUT_OF_HOURS)
    if is_typed:
        marks.append(VisitMark.TYPED)
    if now - begun_at > LATE_S:
        marks.append(VisitMark.TOLD_LATE)
    return away_m, tuple(marks)


def strict_fault(plans: Iterable[PatrolPlan], marks: Iterable[VisitMark]) -> VisitMark | None:
    """What a strict plan does not let pass, or None."""
    broken = [mark for mark in marks if mark in _STRICT]
    return broken[0] if broken and any(plan.is_strict for plan in plans) else None


def still_asked(
    questions: Iterable[Question], answered_at: Mapping[QuestionId, float], *, at: float
) -> tuple[QuestionId, ...]:
    """Those whose last answer, if there is one, does not hold any more."""
    return tuple(
        question.id
        for question in questions
        if question.id not in answered_at or at >= valid_until(question, answered_at[question.id])
    )


def valid_until(question: Question, answered_at: float) -> float:
    return answered_at + question.valid_days * 86_400.0


def form_fault(visit: Visit, questions: Mapping[QuestionId, Question], answers: Sequence[Answer]) -> QuestionId | None:
    """The first question that is not answered as it has to be, or an answer to what this visit does not ask."""
    given = {answer.question_id: answer for answer in answers}
    strangers = [answer.question_id for answer in answers if answer.question_id not in visit.question_ids]
    if strangers or len(given) != len(answers):
        return strangers[0] if strangers else answers[-1].question_id
    for question_id in visit.question_ids:
        question = questions[question_id]
        answer = given.get(question_id, Answer(question_id=question_id))
        if answer_fault(question, answer) is not None:
            return question_id
    return None


def incidents_of(
    visit: Visit, questions: Mapping[QuestionId, Question], answers: Iterable[Answer], *, occurred_at: float
) -> list[Incident]:
    """What was found, each with its item and the visit. Ids follow from the visit: told twice it is the same."""
    found: list[Incident] = []
    for answer in answers:
        question = questions[answer.question_id]
        if question.finding is None or not is_finding(question, answer):
            continue
        found.append(
            Incident(
                id=IncidentId(f"{visit.id}.{len(found) + 1}"),
                kind=question.finding.incident_kind,
                place=visit.place,
                jurisdiction_id=visit.jurisdiction_id,
                priority=question.finding.priority,
                text=_said(question, answer),
                photos=answer.photos,
                occurred_at=occurred_at,
                item_id=question.finding.item_id or question.item_id,
                visit_id=visit.id,
            )
        )
    return found


def _said(question: Question, answer: Answer) -> str:
    is_closed = question.kind is AnswerKind.YES_NO
    value = {YES: "是", NO: "否"}[answer.value] if is_closed else answer.value
    return f"{question.words}：{value}{question.unit}"


def may_read(question: Question, department_id: DepartmentId | None) -> bool:
    """An officer of a department reads what is asked for it; the duty desk, which is of none, reads all."""
    return department_id is None or department_id in question.departments
