"""Commands about patrols: plans and what stands where (desks), visits (terminals). Changes and visits are durable."""

from enum import StrEnum
from typing import Annotated, get_args

from msgspec import Meta

from comms.domain.ids import JurisdictionId, PatrolPlaceId, PatrolPlanId, UnitId, VisitId
from comms.domain.order import Place
from comms.domain.patrol import MOST_QUESTIONS, Answer, FailReason, PatrolPlan, Question
from comms.protocol.command_shape import AnyCommand

_Reason = Annotated[str, Meta(max_length=1000)]
_First = Annotated[int, Meta(ge=0)]
MOST_CODES = 500
"""Of one answer: a printed sheet has twelve to a page."""


class DueShown(StrEnum):
    """Which visits of the present period, or of the one before."""

    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    EXCUSED = "excused"
    MISSED = "missed"
    """Of the last period, those never done."""


class PatrolQuestionSet(AnyCommand, frozen=True, kw_only=True, tag="patrol.question_set"):
    """A question to ask in plans; with an empty id a new one, which gets this command's id. `done.subject` is its id.
    Refused with `not_on_list` unless its items are in force there."""

    question: Question


class PatrolPlanSet(AnyCommand, frozen=True, kw_only=True, tag="patrol.plan_set"):
    """A plan, whole; with an empty id a new one, which gets this command's id. `done.subject` is its id."""

    plan: PatrolPlan


class PatrolPlanEnd(AnyCommand, frozen=True, kw_only=True, tag="patrol.plan_end"):
    """Nothing is due by it any more; what was done stays."""

    plan_id: PatrolPlanId
    reason: _Reason


class PatrolExcuse(AnyCommand, frozen=True, kw_only=True, tag="patrol.excuse"):
    """A visit need not be done in the present period."""

    plan_id: PatrolPlanId
    place_id: PatrolPlaceId
    reason: _Reason


class PatrolCodeRenew(AnyCommand, frozen=True, kw_only=True, tag="patrol.code_renew"):
    """The code at a place was copied or lost: what was printed before is refused from now on."""

    place_id: PatrolPlaceId


class PatrolCodes(AnyCommand, frozen=True, kw_only=True, tag="patrol.codes"):
    """What is printed for places: those named, or all of a jurisdiction that a plan visits. In pages of `first`."""

    jurisdiction_id: JurisdictionId
    place_ids: Annotated[tuple[PatrolPlaceId, ...], Meta(max_length=MOST_CODES)] = ()
    first: _First = 0


class PatrolDue(AnyCommand, frozen=True, kw_only=True, tag="patrol.due"):
    """Visits as they stand, page by page; answered by patrol.due_page."""

    jurisdiction_id: JurisdictionId
    shown: DueShown = DueShown.DUE
    plan_id: PatrolPlanId | None = None
    unit_id: UnitId | None = None
    first: _First = 0


class PatrolTallies(AnyCommand, frozen=True, kw_only=True, tag="patrol.tallies"):
    """Counts by grid, of one plan or of all; answered by patrol.tally_list."""

    jurisdiction_id: JurisdictionId
    plan_id: PatrolPlanId | None = None


class PatrolPlaceRead(AnyCommand, frozen=True, kw_only=True, tag="patrol.place"):
    """What is known of a place, as far as this officer's department may read it, and its visits, newest first, those
    before `before_at`. Answered by patrol.place_page."""

    place_id: PatrolPlaceId
    before_at: float | None = None


class VisitDue(AnyCommand, frozen=True, kw_only=True, tag="visit.due"):
    """What this unit has to visit, the overdue and the nearest to `here` first; answered by visit.due_list."""

    here: Place | None = None


class VisitBegin(AnyCommand, frozen=True, kw_only=True, tag="visit.begin"):
    """Sign in at a place by the code at its door, scanned or typed. The visit's id is this command's id; visit.opened
    follows with what is asked. `occurred_at` is when it was scanned, which a lost network delays. Durable."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
    here: Place | None = None
    occurred_at: float | None = None


class VisitFinish(AnyCommand, frozen=True, kw_only=True, tag="visit.finish"):
    """The form, filled in. Photos are stored by blob.put before. Durable."""

    visit_id: VisitId
    answers: Annotated[tuple[Answer, ...], Meta(max_length=MOST_QUESTIONS)] = ()
    note: Annotated[str, Meta(max_length=200)] = ""
    occurred_at: float | None = None


class VisitFail(AnyCommand, frozen=True, kw_only=True, tag="visit.fail"):
    """It could not be done: nobody there, turned away … It stays due. Durable."""

    visit_id: VisitId
    reason: FailReason
    note: Annotated[str, Meta(max_length=200)] = ""
    occurred_at: float | None = None


PatrolChange = PatrolQuestionSet | PatrolPlanSet | PatrolPlanEnd | PatrolExcuse | PatrolCodeRenew
PatrolRead = PatrolCodes | PatrolDue | PatrolTallies | PatrolPlaceRead
VisitChange = VisitBegin | VisitFinish | VisitFail
PatrolCommand = PatrolChange | PatrolRead | VisitDue | VisitChange
PATROL_CHANGES: tuple[type, ...] = get_args(PatrolChange)
PATROL_READS: tuple[type, ...] = get_args(PatrolRead)
VISIT_CHANGES: tuple[type, ...] = get_args(VisitChange)
