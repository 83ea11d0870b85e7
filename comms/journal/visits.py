"""What visits left behind, as tables: which are done, what was answered. They follow from the journal's events and the
records those name, and are caught up with both at a start and after each visit; so a crash between loses nothing."""

import secrets as random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from comms.domain.events import Recorded
from comms.domain.ids import BlobId, PatrolPlaceId, PatrolPlanId, QuestionId, UnitId, VisitId
from comms.domain.patrol import Due, FailReason, Rhythm, Visit, VisitMark, VisitRecord
from comms.domain.patrol_events import VisitExcused, VisitFailed, VisitFinished
from comms.journal import chain
from comms.journal.tables import events, facts, secrets, visit_heads, visits, visits_due
from comms.protocol.patrol_pushes import Fact, VisitOutcome

DONE, EXCUSED, FAILED = "done", "excused", "failed"
_KINDS = ("visit.finished", "visit.failed", "visit.excused")
_PORTION = 2_000
_FAR_BEHIND = 10_000
"""Other events looked through in vain; a start does not do so twice."""
_IN_ONE_QUERY = 500
ReadRecord = Callable[[BlobId], bytes | None]
_record_decoder = msgspec.json.Decoder(VisitRecord)


def catch_up(connection: Connection, read_record: ReadRecord) -> bool:
    """Enter the events since the last time, at most so many; whether there are more. `read_record` reads a blob."""
    head = connection.execute(select(visit_heads.c.seq)).scalar() or 0
    newest = connection.execute(select(func.max(events.c.seq))).scalar() or 0
    query = select(events).where(events.c.seq > head, events.c.kind.in_(_KINDS)).order_by(events.c.seq).limit(_PORTION)
    found = [chain.from_row(row) for row in connection.execute(query)]
    for recorded in found:
        _enter(connection, recorded, read_record)
    has_more = len(found) == _PORTION
    if found or newest - head > _FAR_BEHIND:
        connection.execute(delete(visit_heads))
        connection.execute(insert(visit_heads), [{"seq": found[-1].seq if has_more else newest}])
    return has_more


def _enter(connection: Connection, recorded: Recorded, read_record: ReadRecord) -> None:
    match recorded.event:
        case VisitFinished(visit=visit, record=record, occurred_at=at):
            data = read_record(record)
            kept = _record_decoder.decode(data) if data is not None else VisitRecord(visit_id=visit.id, answers=())
            _keep_visit(connection, visit, at, "", kept.note)
            _keep_due(connection, visit.due, visit.place_id, DONE, "", at)
            rows = [
                {
                    "visit_id": visit.id,
                    "question_id": answer.question_id,
                    "place_id": visit.place_id,
                    "unit_id": visit.unit_id,
                    "at": at,
                    "value": answer.value,
                    "photos": " ".join(answer.photos),
                }
                for answer in kept.answers
            ]
            _keep(connection, facts, rows)
        case VisitFailed(visit=visit, reason=reason, note=note, occurred_at=at):
            _keep_visit(connection, visit, at, reason.value, note)
            _keep_due(connection, visit.due, visit.place_id, FAILED, reason.value, at)
        case VisitExcused(due=due, place_id=place_id, reason=excuse):
            _keep_due(connection, (due,), place_id, EXCUSED, excuse, recorded.at)
        case _:
            raise AssertionError(recorded.event)


def _keep_visit(connection: Connection, visit: Visit, at: float, reason: str, note: str) -> None:
    row = {
        "visit_id": visit.id,
        "place_id": visit.place_id,
        "unit_id": visit.unit_id,
        "at": at,
        "reason": reason,
        "note": note,
        "marks": " ".join(mark.value for mark in visit.marks),
        "distance_m": visit.distance_m,
    }
    _keep(connection, visits, [row])


def _keep_due(
    connection: Connection, dues: Iterable[Due], place_id: PatrolPlaceId, outcome: str, reason: str, at: float
) -> None:
    rows = [
        {
            "plan_id": due.plan_id,
            "rhythm": due.rhythm.value,
            "period": due.period,
            "place_id": place_id,
            "outcome": outcome,
            "reason": reason,
            "at": at,
        }
        for due in dues
    ]
    _keep(connection, visits_due, rows)


def _keep(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """The last word on each."""
    if rows:
        connection.execute(sqlite_insert(table).prefix_with("OR REPLACE"), rows)


# --- reading ------------------------------------------------------------------------------------------------


def settled(
    connection: Connection, plan_id: PatrolPlanId, rhythm: Rhythm, period: int
) -> tuple[list[PatrolPlaceId], list[PatrolPlaceId]]:
    """Places done, and places excused, in a period of a plan."""
    query = select(visits_due.c.place_id, visits_due.c.outcome).where(*_of(plan_id, rhythm, period))
    done: list[PatrolPlaceId] = []
    excused: list[PatrolPlaceId] = []
    for place_id, outcome in connection.execute(query):
        if outcome in (DONE, EXCUSED):
            (done if outcome == DONE else excused).append(PatrolPlaceId(place_id))
    return done, excused


def tried(
    connection: Connection, plan_id: PatrolPlanId, rhythm: Rhythm, period: int
) -> dict[PatrolPlaceId, tuple[FailReason, float]]:
    """Why, and when, places could not be visited in a period of a plan."""
    query = select(visits_due.c.place_id, visits_due.c.reason, visits_due.c.at).where(
        *_of(plan_id, rhythm, period), visits_due.c.outcome == FAILED
    )
    return {PatrolPlaceId(place_id): (FailReason(why), at) for place_id, why, at in connection.execute(query)}


def _of(plan_id: PatrolPlanId, rhythm: Rhythm, period: int) -> tuple[Any, Any, Any]:
    own = visits_due.c
    return own.plan_id == plan_id, own.rhythm == rhythm.value, own.period == period


def answered_at(
    connection: Connection, place_ids: Iterable[PatrolPlaceId]
) -> dict[PatrolPlaceId, dict[QuestionId, float]]:
    """When each question was last answered at each of these places."""
    found: dict[PatrolPlaceId, dict[QuestionId, float]] = {}
    wanted = list(place_ids)
    for at in range(0, len(wanted), _IN_ONE_QUERY):
        query = select(facts.c.place_id, facts.c.question_id, facts.c.at).where(
            facts.c.place_id.in_(wanted[at : at + _IN_ONE_QUERY])
        )
        for place_id, question_id, when in connection.execute(query):
            of_place = found.setdefault(PatrolPlaceId(place_id), {})
            question = QuestionId(question_id)
            of_place[question] = max(of_place.get(question, when), when)
    return found


def newest_facts(
    connection: Connection, place_id: PatrolPlaceId, may_read: Callable[[QuestionId], bool]
) -> tuple[Fact, ...]:
    """The newest answer to each question."""
    query = select(facts).where(facts.c.place_id == place_id).order_by(facts.c.at)
    newest = {row.question_id: _fact(row) for row in connection.execute(query)}
    return tuple(fact for fact in newest.values() if may_read(fact.question_id))


def history(
    connection: Connection,
    place_id: PatrolPlaceId,
    *,
    before_at: float | None,
    limit: int,
    may_read: Callable[[QuestionId], bool],
) -> tuple[VisitOutcome, ...]:
    """Visits that are over, newest first."""
    query = select(visits).where(visits.c.place_id == place_id).order_by(visits.c.at.desc()).limit(limit)
    if before_at is not None:
        query = query.where(visits.c.at < before_at)
    rows = list(connection.execute(query))
    said: dict[str, list[Fact]] = {}
    for row in connection.execute(select(facts).where(facts.c.visit_id.in_([row.visit_id for row in rows]))):
        if may_read(QuestionId(row.question_id)):
            said.setdefault(row.visit_id, []).append(_fact(row))
    return tuple(
        VisitOutcome(
            visit_id=VisitId(row.visit_id),
            at=row.at,
            unit_id=UnitId(row.unit_id),
            reason=FailReason(row.reason) if row.reason else None,
            note=row.note,
            marks=tuple(VisitMark(mark) for mark in row.marks.split()),
            distance_m=row.distance_m,
            facts=tuple(said.get(row.visit_id, ())),
        )
        for row in rows
    )


def _fact(row: Any) -> Fact:
    return Fact(
        question_id=QuestionId(row.question_id),
        value=row.value,
        at=row.at,
        unit_id=UnitId(row.unit_id),
        visit_id=VisitId(row.visit_id),
        photos=tuple(BlobId(photo) for photo in row.photos.split()),
    )


def secret(connection: Connection, name: str, size: int) -> bytes:
    """The one of this name, made when it is first asked for."""
    kept = connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
    if kept is None:
        kept = random.token_bytes(size)
        connection.execute(insert(secrets), [{"name": name, "value": kept}])
    return bytes(kept)
