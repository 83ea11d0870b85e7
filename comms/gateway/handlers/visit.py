"""Visits by terminals: what is due, signing in by the code at a door, the form, and why it could not be done."""

from collections.abc import Sequence

import msgspec

from comms.domain.events import Event, IncidentReported
from comms.domain.ids import QuestionId, UnitId, VisitId
from comms.domain.order import Place
from comms.domain.patrol import Due, FailReason, PatrolPlace, PatrolPlan, Question, Visit, VisitMark, VisitRecord
from comms.domain.patrol_codes import is_scanned
from comms.domain.patrol_events import VisitBegun, VisitFailed, VisitFinished
from comms.domain.patrol_rules import (
    OLDEST_S,
    form_fault,
    incidents_of,
    marks_of,
    still_asked,
    strict_fault,
    valid_until,
)
from comms.domain.position import Fix, distance_m, fix_fault
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.patrol_due import UnitDue, due_of_unit
from comms.journal.blobs import VISIT_TYPE
from comms.protocol.errors import RefusalCode
from comms.protocol.patrol_commands import VisitBegin, VisitDue, VisitFail, VisitFinish
from comms.protocol.patrol_pushes import DuePlace, Known, VisitDueList, VisitOpened
from comms.protocol.pushes import Done

MOST_DUE = 200
_STRICT_CODES = {VisitMark.OUT_OF_HOURS: RefusalCode.OUT_OF_HOURS}


async def due(gateway: Gateway, session: Session, command: VisitDue) -> VisitDueList | Refusal:
    unit_id = _unit(session)
    found = due_of_unit(gateway.patrols, unit_id, now=gateway.clock.now())
    here = _believable(gateway, command.here)
    found.sort(key=lambda each: (not each.is_overdue, _away_m(each.place, here), each.deadline_at, each.place.id))
    shown = found[:MOST_DUE]
    answered = await gateway.patrols.answered_at([each.place.id for each in shown])
    now = gateway.clock.now()
    asked: dict[QuestionId, Question] = {}
    places = []
    for each in shown:
        questions = gateway.patrols.questions_of(each.plan_ids, at=now)
        asked.update((question.id, question) for question in questions)
        places.append(_due_place(gateway, each, questions, answered.get(each.place.id, {}), now))
    return VisitDueList(id=command.id, places=tuple(places), questions=tuple(asked.values()), total=len(found))


def _due_place(
    gateway: Gateway, each: UnitDue, questions: Sequence[Question], answered: dict[QuestionId, float], now: float
) -> DuePlace:
    known = _known(questions, answered, now)
    plans = gateway.picture.patrols.plans
    return DuePlace(
        place=each.place,
        plans=tuple(plans[plan_id].plan.name for plan_id in each.plan_ids if plan_id in plans),
        question_ids=tuple(question.id for question in questions),
        deadline_at=each.deadline_at,
        is_overdue=each.is_overdue,
        known=known,
    )


def _known(questions: Sequence[Question], answered: dict[QuestionId, float], at: float) -> tuple[Known, ...]:
    asked = set(still_asked(questions, answered, at=at))
    return tuple(
        Known(
            question_id=question.id,
            answered_at=answered[question.id],
            valid_until=valid_until(question, answered[question.id]),
        )
        for question in questions
        if question.id not in asked
    )


def _away_m(place: PatrolPlace, here: Place | None) -> float:
    return distance_m(lat_a=place.lat, lon_a=place.lon, lat_b=here.lat, lon_b=here.lon) if here is not None else 0.0


# --- signing in -------------------------------------------------------------------------------------------


async def begin(gateway: Gateway, session: Session, command: VisitBegin) -> Done | Refusal:
    place = await gateway.patrols.place_of_code(command.code)
    if place is None:
        return Refusal(RefusalCode.BAD_CODE)
    begun_at = _when(gateway, command.occurred_at)
    found = _visiting(gateway, _unit(session), place, begun_at)
    if isinstance(found, Refusal):
        return found
    dues, plans = found
    questions = gateway.patrols.questions_of([due.plan_id for due in dues], at=begun_at)
    answered = (await gateway.patrols.answered_at([place.id])).get(place.id, {})
    visit = _visit(gateway, session, command, place, dues, plans, still_asked(questions, answered, at=begun_at))
    broken = strict_fault(plans, visit.marks)
    if broken is not None:
        return Refusal(_STRICT_CODES.get(broken, RefusalCode.TOO_FAR))
    open_visits = gateway.picture.patrols.visits
    if visit.id in open_visits:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another's id: one's own would have been answered again
    before = [each for each in open_visits.values() if (each.unit_id, each.place_id) == (visit.unit_id, place.id)]
    events: list[Event] = [VisitBegun(visit=visit)]
    events += (VisitFailed(visit=each, reason=FailReason.UNFINISHED, occurred_at=begun_at) for each in before)
    await gateway.record(session.party, events, command_id=command.id)
    session.send(_opened(visit, questions, answered))
    return Done(id=command.id, subject=visit.id)


def _opened(visit: Visit, questions: Sequence[Question], answered: dict[QuestionId, float]) -> VisitOpened:
    """What is asked, and what need not be, with its date."""
    known = _known(questions, answered, visit.begun_at)
    words = {question.id: question.words for question in questions}
    return VisitOpened(
        visit=visit,
        questions=tuple(question for question in questions if question.id in visit.question_ids),
        known=known,
        known_words={each.question_id: words[each.question_id] for each in known},
    )


def _visiting(
    gateway: Gateway, unit_id: UnitId, place: PatrolPlace, begun_at: float
) -> tuple[list[Due], list[PatrolPlan]] | Refusal:
    """What this unit does there, or why nothing."""
    if gateway.clock.now() - begun_at > OLDEST_S:
        return Refusal(RefusalCode.NOTHING_DUE)
    dues = gateway.patrols.due_at(place.id, begun_at)
    if not dues:
        return Refusal(RefusalCode.NOTHING_DUE)
    unit = gateway.picture.units[unit_id].unit
    plans = {each.plan_id: gateway.patrols.rounds[each.plan_id].plan for each in dues}
    own = [each for each in dues if gateway.patrols.may_visit(unit, place, plans[each.plan_id])]
    if not own:
        return Refusal(RefusalCode.NOT_YOUR_PLACE)
    return own, [plans[each.plan_id] for each in own]


def _visit(
    gateway: Gateway,
    session: Session,
    command: VisitBegin,
    place: PatrolPlace,
    dues: list[Due],
    plans: list[PatrolPlan],
    asked: tuple[QuestionId, ...],
) -> Visit:
    begun_at = _when(gateway, command.occurred_at)
    there = Place(lat=place.lat, lon=place.lon, text=place.name)
    away_m, marks = marks_of(
        plans,
        there,
        _believable(gateway, command.here),
        begun_at=begun_at,
        now=gateway.clock.now(),
        is_typed=not is_scanned(command.code),
    )
    return Visit(
        id=VisitId(command.id),
        place_id=place.id,
        place_name=place.name,
        unit_id=_unit(session),
        jurisdiction_id=place.jurisdiction_id,
        due=tuple(dues),
        question_ids=asked,
        begun_at=begun_at,
        place=there,
        distance_m=away_m,
        marks=marks,
    )


# --- the form ------------------------------------------------------------------------------------------------


async def finish(gateway: Gateway, session: Session, command: VisitFinish) -> Done | Refusal:
    visit = _own(gateway, session, command.visit_id)
    if isinstance(visit, Refusal):
        return visit
    questions = gateway.picture.patrols.questions
    if form_fault(visit, questions, command.answers) is not None:
        return Refusal(RefusalCode.BAD_FORM)
    photos = [photo for answer in command.answers for photo in answer.photos]
    if not all(gateway.blobs.has(photo) for photo in photos):
        return Refusal(RefusalCode.NOT_FOUND)
    said = tuple(answer for answer in command.answers if answer.value.strip() or answer.photos)
    record = msgspec.json.encode(VisitRecord(visit_id=visit.id, answers=said, note=command.note))
    blob_id = await gateway.blobs.put(record, VISIT_TYPE)
    if visit.id not in gateway.picture.patrols.visits:
        return Refusal(RefusalCode.ALREADY_DONE)  # finished by another command while this one was kept
    occurred_at = _when(gateway, command.occurred_at, not_before=visit.begun_at)
    incidents = incidents_of(visit, questions, said, occurred_at=occurred_at)
    finished = VisitFinished(
        visit=visit, record=blob_id, incident_ids=tuple(each.id for each in incidents), occurred_at=occurred_at
    )
    events: list[Event] = [finished, *(IncidentReported(incident=incident) for incident in incidents)]
    await gateway.record(session.party, events, command_id=command.id)
    await gateway.patrols.catch_up()
    return Done(id=command.id, subject=visit.id)


async def fail(gateway: Gateway, session: Session, command: VisitFail) -> Done | Refusal:
    visit = _own(gateway, session, command.visit_id)
    if isinstance(visit, Refusal):
        return visit
    occurred_at = _when(gateway, command.occurred_at, not_before=visit.begun_at)
    failed = VisitFailed(visit=visit, reason=command.reason, note=command.note, occurred_at=occurred_at)
    await gateway.record(session.party, [failed], command_id=command.id)
    await gateway.patrols.catch_up()
    return Done(id=command.id, subject=visit.id)


def _own(gateway: Gateway, session: Session, visit_id: VisitId) -> Visit | Refusal:
    visit = gateway.picture.patrols.visits.get(visit_id)
    if visit is None or visit.unit_id != _unit(session):
        return Refusal(RefusalCode.NOT_FOUND)
    return visit


def _unit(session: Session) -> UnitId:
    assert session.unit_id is not None, "a terminal's command"
    return session.unit_id


def _when(gateway: Gateway, occurred_at: float | None, *, not_before: float = 0.0) -> float:
    """What a phone says of when, unless its clock is ahead."""
    now = gateway.clock.now()
    return max(min(occurred_at, now), not_before) if occurred_at is not None else now


def _believable(gateway: Gateway, here: Place | None) -> Place | None:
    now = gateway.clock.now()
    return here if here is not None and fix_fault(Fix(at=now, lat=here.lat, lon=here.lon), now=now) is None else None
