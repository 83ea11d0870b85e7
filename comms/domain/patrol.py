"""Patrols (巡查): which places are visited how often, what is asked there, and how a visit stands.

一采多用: a question belongs to one or more departments, and a plan only names questions. So an answer given on one
visit is every department's, and what was answered a short while ago is not asked again by another plan.
"""

from enum import StrEnum
from math import isfinite
from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.ids import (
    BlobId,
    DepartmentId,
    ItemId,
    JurisdictionId,
    PatrolPlaceId,
    PatrolPlanId,
    QuestionId,
    UnitId,
    VisitId,
)
from comms.domain.order import OrderPriority, Place
from comms.domain.time_limit import TimeLimit

_Word = Annotated[str, Meta(max_length=60)]
_Line = Annotated[str, Meta(max_length=200)]
LOWEST_LEVEL = 4
"""Risk classes go from 1, the highest, to this."""
MOST_PLACES_NAMED = 2_000
"""In a plan that lists its places one by one."""
MOST_QUESTIONS = 40
"""On one form."""
MOST_PHOTOS = 6
FAR_M = 150.0
"""A sign-in further from the place than this is marked."""
YES, NO = "yes", "no"


class Rhythm(StrEnum):
    """How often. A period is a day, a week from Monday, a month or a quarter of China Standard Time."""

    DAILY = "daily"
    WORK_DAY = "work_day"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class AnswerKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """隐患: which answers are reported as an incident. Of a number: `below` or `above` this."""

    incident_kind: Annotated[str, Meta(min_length=1, max_length=60)]
    answers: Annotated[tuple[_Word, ...], Meta(max_length=20)] = ()
    below: float | None = None
    above: float | None = None
    item_id: ItemId | None = None
    """The item it is handled under; None: the question's own."""
    priority: OrderPriority = OrderPriority.NORMAL


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`unit` is the word behind a number (人, ℃). Answered once, it is not asked again for `valid_days`."""

    id: QuestionId
    words: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: AnswerKind
    item_id: ItemId
    """The item of the item list that allows asking it."""
    jurisdiction_id: JurisdictionId
    """Whose question it is; plans there and below may ask it."""
    departments: Annotated[tuple[DepartmentId, ...], Meta(min_length=1, max_length=12)]
    choices: Annotated[tuple[_Word, ...], Meta(max_length=20)] = ()
    unit: _Word = ""
    valid_days: Annotated[float, Meta(ge=0, le=366)] = 0.0
    is_needed: bool = True
    finding: Finding | None = None


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which places: in the plan's jurisdiction, of these categories and levels (none given: any), or those named."""

    categories: Annotated[tuple[_Word, ...], Meta(max_length=40)] = ()
    levels: Annotated[tuple[int, ...], Meta(max_length=LOWEST_LEVEL)] = ()
    place_ids: Annotated[tuple[PatrolPlaceId, ...], Meta(max_length=MOST_PLACES_NAMED)] = ()


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the day, seconds since midnight in China Standard Time; over midnight when it ends before it begins."""

    from_s: Annotated[int, Meta(ge=0, lt=86_400)]
    until_s: Annotated[int, Meta(ge=0, le=86_400)]

    def holds(self, second_of_day: float) -> bool:
        if self.from_s <= self.until_s:
            return self.from_s <= second_of_day <= self.until_s
        return second_of_day >= self.from_s or second_of_day <= self.until_s


class PatrolPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In each period every place of the selection is visited once, by a unit with the skill, within the limit from the
    period's beginning (working time by the calendar; None: until it ends)."""

    id: PatrolPlanId
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    jurisdiction_id: JurisdictionId
    question_ids: Annotated[tuple[QuestionId, ...], Meta(min_length=1, max_length=MOST_QUESTIONS)]
    selection: Selection = Selection()
    rhythm: Rhythm = Rhythm.MONTHLY
    by_level: Annotated[dict[int, Rhythm], Meta(max_length=LOWEST_LEVEL)] = {}
    """Another rhythm for places of a risk class."""
    limit: TimeLimit | None = None
    skill: _Word = ""
    window: Window | None = None
    is_strict: bool = False
    """What is otherwise only marked (far away, no position, outside the hours) is refused."""

    def rhythm_at(self, level: int) -> Rhythm:
        return self.by_level.get(level, self.rhythm)

    @property
    def rhythms(self) -> frozenset[Rhythm]:
        return frozenset((self.rhythm, *self.by_level.values()))


class PatrolPlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where one goes. `jurisdiction_id` is the grid it lies in, empty where there is none."""

    id: PatrolPlaceId
    name: str
    category: str
    lat: float
    lon: float
    address: str = ""
    level: int = LOWEST_LEVEL
    jurisdiction_id: JurisdictionId = JurisdictionId("")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One plan's visit in one period."""

    plan_id: PatrolPlanId
    rhythm: Rhythm
    period: int


class VisitMark(StrEnum):
    """What an officer should know of a sign-in."""

    FAR = "far"
    NO_POSITION = "no_position"
    OUT_OF_HOURS = "out_of_hours"
    TYPED = "typed"
    """The short code was typed, not scanned."""
    TOLD_LATE = "told_late"
    """It came more than a quarter of an hour after it happened: there was no network."""


class Visit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sign-in at a place, for every plan that was due there. Times are Unix seconds."""

    id: VisitId
    place_id: PatrolPlaceId
    place_name: str
    unit_id: UnitId
    jurisdiction_id: JurisdictionId
    due: tuple[Due, ...]
    question_ids: tuple[QuestionId, ...]
    """What is asked; the rest was answered before and still holds."""
    begun_at: float
    place: Place
    """Of the place, for the map."""
    distance_m: float | None = None
    marks: tuple[VisitMark, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`yes` or `no`, a choice's word, a decimal number, or words; photos where they are asked for or help."""

    question_id: QuestionId
    value: Annotated[str, Meta(max_length=500)] = ""
    photos: Annotated[tuple[BlobId, ...], Meta(max_length=MOST_PHOTOS)] = ()


class VisitRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered: kept as a blob that the event names by its digest, because not every desk may read it."""

    visit_id: VisitId
    answers: tuple[Answer, ...]
    note: _Line = ""


class FailReason(StrEnum):
    """Why a worker could not do a visit."""

    LOCKED = "locked"
    TURNED_AWAY = "turned_away"
    MOVED = "moved"
    UNSAFE = "unsafe"
    UNFINISHED = "unfinished"
    """Begun and never finished; said by the gateway."""
    OTHER = "other"


class AnswerFault(StrEnum):
    NOT_ASKED = "not_asked"
    MISSING = "missing"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"


def answer_fault(question: Question, answer: Answer) -> AnswerFault | None:
    """What is wrong with one answer, or None; nothing said is an answer to what need not be answered."""
    if question.kind is AnswerKind.PHOTO:
        return None if answer.photos or not question.is_needed else AnswerFault.MISSING
    if not answer.value.strip():
        return AnswerFault.MISSING if question.is_needed else None
    match question.kind:
        case AnswerKind.YES_NO if answer.value not in (YES, NO):
            return AnswerFault.NOT_A_CHOICE
        case AnswerKind.CHOICE if answer.value not in question.choices:
            return AnswerFault.NOT_A_CHOICE
        case AnswerKind.NUMBER if number_of(answer.value) is None:
            return AnswerFault.NOT_A_NUMBER
        case _:
            return None


def number_of(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None


def is_finding(question: Question, answer: Answer) -> bool:
    """Whether this answer is to be reported as an incident."""
    finding = question.finding
    if finding is None:
        return False
    if question.kind is AnswerKind.NUMBER:
        number = number_of(answer.value)
        if number is None:
            return False
        return (finding.below is not None and number < finding.below) or (
            finding.above is not None and number > finding.above
        )
    return answer.value in finding.answers
