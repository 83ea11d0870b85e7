"""What happens to patrol plans and to visits. Answers are not in events: every desk gets those."""

import msgspec

from comms.domain.ids import BlobId, IncidentId, JurisdictionId, PatrolPlaceId, PatrolPlanId
from comms.domain.patrol import Due, FailReason, PatrolPlan, Question, Rhythm, Visit


class _PatrolEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all about patrols."""


class PatrolQuestionSet(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.question_set"):
    """A new question, or one worded anew."""

    question: Question


class PatrolPlanSet(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.plan_set"):
    """A new plan, or the whole plan as it is now."""

    plan: PatrolPlan


class PatrolPlanEnded(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.plan_ended"):
    plan_id: PatrolPlanId
    reason: str = ""


class PatrolPlacesPublished(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.places_published"):
    """Places beside those of the map, a blob of `comms.protocol.patrol_places`."""

    blob_id: BlobId
    count: int


class PatrolCodeRenewed(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.code_renewed"):
    """The codes printed for a place before are not taken any more."""

    place_id: PatrolPlaceId
    number: int


class PatrolRoundClosed(_PatrolEvent, frozen=True, kw_only=True, tag="patrol.round_closed"):
    """A period of a plan is over. `missed` is by grid; which places they were follows from the visits."""

    plan_id: PatrolPlanId
    rhythm: Rhythm
    period: int
    places: int
    done: int
    excused: int = 0
    missed: dict[JurisdictionId, int] = {}


class VisitBegun(_PatrolEvent, frozen=True, kw_only=True, tag="visit.begun"):
    visit: Visit


class VisitFinished(_PatrolEvent, frozen=True, kw_only=True, tag="visit.finished"):
    """`occurred_at` is when the worker finished, which a lost network delays."""

    visit: Visit
    record: BlobId
    """A VisitRecord in JSON."""
    incident_ids: tuple[IncidentId, ...] = ()
    occurred_at: float


class VisitFailed(_PatrolEvent, frozen=True, kw_only=True, tag="visit.failed"):
    """It could not be done, and stays due."""

    visit: Visit
    reason: FailReason
    note: str = ""
    occurred_at: float


class VisitExcused(_PatrolEvent, frozen=True, kw_only=True, tag="visit.excused"):
    """An officer says that it need not be done in this period."""

    due: Due
    place_id: PatrolPlaceId
    place_name: str
    reason: str


PlanEvent = (
    PatrolQuestionSet | PatrolPlanSet | PatrolPlanEnded | PatrolPlacesPublished | PatrolCodeRenewed | PatrolRoundClosed
)
VisitEvent = VisitBegun | VisitFinished | VisitFailed | VisitExcused
PatrolEvent = PlanEvent | VisitEvent
