"""What a case was between two of its steps, one row for each: what figures of a year are counted from without reading a
million events. Follows from the events and is written with them; made anew from them where it is missing."""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.case import CaseMoved, CaseStep
from comms.domain.events import IncidentReported, Recorded
from comms.journal import chain
from comms.journal.tables import FOREVER, case_versions, events

KINDS = ("incident.reported", "case.moved")
SETBACKS = frozenset({CaseStep.REWORK, CaseStep.RETURN})
_AT_ONCE = 500
"""Cases asked for in one query, and events read in one step when the rows are made anew."""


class _Version(msgspec.Struct, kw_only=True):
    """A row; the columns are explained where the table is."""

    seq: int
    case_id: str
    began_at: float
    ended_at: float = FOREVER
    step: str = ""
    stage: str = "reported"
    reported_at: float
    registered_at: float | None = None
    kind: str
    source: str
    jurisdiction: str
    collector: str
    department: str = ""
    department_before: str = ""
    handler: str = ""
    item: str = ""
    due_at: float | None = None
    runs: bool = False
    was_late: bool = False
    is_granted: bool = False
    rated_at: float | None = None
    is_satisfied: bool = False


def follow(connection: Connection, recorded: Iterable[Recorded]) -> None:
    """The rows of these events, in the order of the journal."""
    told = [(each, each.event) for each in recorded if isinstance(each.event, IncidentReported | CaseMoved)]
    if not told:
        return
    current = _current(connection, {str(event.incident_id) for _, event in told if isinstance(event, CaseMoved)})
    kept = {version.seq for version in current.values()}
    ended: list[_Version] = []
    begun = [version for each, event in told if (version := _fold(current, each, event, ended)) is not None]
    ends = [{"of": version.case_id, "at": version.ended_at} for version in ended if version.seq in kept]
    if ends:
        newest = (case_versions.c.case_id == bindparam("of"), case_versions.c.ended_at == FOREVER)
        connection.execute(update(case_versions).where(*newest).values(ended_at=bindparam("at")), ends)
    _insert(connection, begun)


def make_anew(connection: Connection) -> None:
    """From all events there are, into an empty table: for a journal that was written before there were such rows."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(events).where(events.c.kind.in_(KINDS)).order_by(events.c.seq)
    )
    current: dict[str, _Version] = {}
    for portion in rows.partitions():
        ended: list[_Version] = []
        for each in map(chain.from_row, portion):
            if isinstance(each.event, IncidentReported | CaseMoved):
                _fold(current, each, each.event, ended)
        _insert(connection, ended)
    _insert(connection, list(current.values()))


def _fold(
    current: dict[str, _Version], recorded: Recorded, event: IncidentReported | CaseMoved, ended: list[_Version]
) -> _Version | None:
    """What begins with this event, if anything; what ends with it is added to those ended."""
    if isinstance(event, IncidentReported):
        current[event.incident.id] = version = _reported(recorded, event)
        return version
    before = current.get(event.incident_id)
    after = _moved(before, recorded, event) if before is not None else None
    if before is None or after is None:
        return None
    before.ended_at = recorded.at
    ended.append(before)
    current[after.case_id] = after
    return after


def _current(connection: Connection, case_ids: set[str]) -> dict[str, _Version]:
    return {
        version.case_id: version for portion in _portions(sorted(case_ids)) for version in _read(connection, portion)
    }


def _portions(case_ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(case_ids), _AT_ONCE):
        yield case_ids[start : start + _AT_ONCE]


def _read(connection: Connection, case_ids: list[str]) -> Iterator[_Version]:
    newest = select(case_versions).where(case_versions.c.case_id.in_(case_ids), case_versions.c.ended_at == FOREVER)
    for row in connection.execute(newest).mappings():
        yield _Version(**row)


def _insert(connection: Connection, versions: list[_Version]) -> None:
    if versions:
        connection.execute(insert(case_versions), [msgspec.structs.asdict(version) for version in versions])


def _reported(recorded: Recorded, event: IncidentReported) -> _Version:
    incident = event.incident
    return _Version(
        seq=recorded.seq,
        case_id=incident.id,
        began_at=recorded.at,
        reported_at=recorded.at,
        kind=incident.kind,
        source=incident.origin.source if incident.origin is not None else incident.source,
        jurisdiction=incident.jurisdiction_id,
        collector=recorded.actor,
    )


def _moved(before: _Version, recorded: Recorded, move: CaseMoved) -> _Version | None:
    """None when the step changes nothing that is counted."""
    same = {"seq": before.seq, "began_at": before.began_at, "step": before.step}
    after = msgspec.structs.replace(before, **_facts(before, recorded, move))
    if move.step not in SETBACKS and msgspec.structs.replace(after, **same) == before:
        return None
    return after


def _facts(before: _Version, recorded: Recorded, move: CaseMoved) -> dict[str, object]:
    facts: dict[str, object] = {
        "seq": recorded.seq,
        "began_at": recorded.at,
        "step": move.step.value,
        "stage": move.stage.value,
        "department": move.department_id or before.department,
        "department_before": before.department if move.step in SETBACKS else "",
        "item": move.item_id or before.item,
        "is_granted": before.is_granted or move.step is CaseStep.GRANT_APPEAL,
    }
    if move.step is CaseStep.REGISTER and before.registered_at is None:
        facts["registered_at"] = recorded.at
    if move.step in (CaseStep.RECEIVE, CaseStep.HAND_BACK):
        facts["handler"] = recorded.actor
    if move.is_satisfied is not None:
        facts |= {"rated_at": recorded.at, "is_satisfied": move.is_satisfied}
    if move.clock is not None:
        clock = move.clock
        facts |= {"due_at": clock.due_at, "runs": clock.running_since is not None, "was_late": clock.is_late}
    return facts
