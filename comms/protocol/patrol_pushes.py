"""What the gateway says about patrols. Answers given at a place go only to those whose department may read them."""

import msgspec

from comms.domain.ids import BlobId, JurisdictionId, PatrolPlanId, QuestionId, UnitId, VisitId
from comms.domain.patrol import FailReason, PatrolPlace, Question, Visit, VisitMark
from comms.protocol.patrol_commands import DueShown
from comms.protocol.push_shape import AnyPush, AnyReply


class DoorCode(msgspec.Struct, frozen=True, kw_only=True):
    """`scanned` goes into the picture, `typed` stands below it."""

    place: PatrolPlace
    scanned: str
    typed: str


class PatrolCodeList(AnyReply, frozen=True, kw_only=True, tag="patrol.code_list"):
    """`next` is the `first` of the following page."""

    codes: tuple[DoorCode, ...]
    next: int | None = None


class DueRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visit of one plan. `reason` and `tried_at` are of a worker who could not do it."""

    plan_id: PatrolPlanId
    place: PatrolPlace
    state: DueShown
    deadline_at: float
    unit_id: UnitId | None = None
    """Whose visit it is; nobody's where nobody has the skill."""
    reason: FailReason | None = None
    tried_at: float | None = None


class PatrolDuePage(AnyReply, frozen=True, kw_only=True, tag="patrol.due_page"):
    """`total` counts all pages; `next` is the `first` of the following one."""

    rows: tuple[DueRow, ...]
    total: int
    next: int | None = None


class GridTally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Overdue ones are among the due. `missed` is of the last period."""

    jurisdiction_id: JurisdictionId
    due: int = 0
    overdue: int = 0
    done: int = 0
    excused: int = 0
    missed: int = 0


class PatrolTallyList(AnyReply, frozen=True, kw_only=True, tag="patrol.tally_list"):
    """Grids in which something is or was asked."""

    tallies: tuple[GridTally, ...]


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer: what, when, by whom, on which visit."""

    question_id: QuestionId
    value: str
    at: float
    unit_id: UnitId
    visit_id: VisitId
    photos: tuple[BlobId, ...] = ()


class VisitOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visit that is over; `reason` when it could not be done. `facts` are those this officer may read."""

    visit_id: VisitId
    at: float
    unit_id: UnitId
    reason: FailReason | None = None
    note: str = ""
    marks: tuple[VisitMark, ...] = ()
    distance_m: float | None = None
    facts: tuple[Fact, ...] = ()


class PatrolPlacePage(AnyReply, frozen=True, kw_only=True, tag="patrol.place_page"):
    """`facts` are the newest answer to each question. `next_before_at` is the `before_at` of the following page."""

    place: PatrolPlace
    code_number: int = 0
    facts: tuple[Fact, ...] = ()
    visits: tuple[VisitOutcome, ...] = ()
    next_before_at: float | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has answered it lately: not asked again until `valid_until` (Unix seconds)."""

    question_id: QuestionId
    answered_at: float
    valid_until: float


class DuePlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place this unit has to visit, with all a phone needs to do it without a network."""

    place: PatrolPlace
    plans: tuple[str, ...]
    """Their names."""
    question_ids: tuple[QuestionId, ...]
    deadline_at: float
    is_overdue: bool = False
    known: tuple[Known, ...] = ()


class VisitDueList(AnyReply, frozen=True, kw_only=True, tag="visit.due_list"):
    """At most 200 places; `total` counts all. `questions` are those of all places, each once."""

    places: tuple[DuePlace, ...]
    questions: tuple[Question, ...] = ()
    total: int = 0


class VisitOpened(AnyPush, frozen=True, kw_only=True, tag="visit.opened"):
    """A visit of this unit is open: after visit.begin, and at each sign-in until it is finished. `questions` are what
    is asked; `known` has what another visit answered already, with the words of those questions in `known_words`."""

    visit: Visit
    questions: tuple[Question, ...]
    known: tuple[Known, ...] = ()
    known_words: dict[QuestionId, str] = {}


PatrolPush = PatrolCodeList | PatrolDuePage | PatrolTallyList | PatrolPlacePage | VisitDueList | VisitOpened
