"""Events of a span of time. Times follow the order of `seq`, so the beginning is found by halving."""

from math import isfinite
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.domain.events import Recorded
from comms.journal import chain
from comms.journal.tables import events


def span(connection: Connection, *, from_at: float, until_at: float, after_seq: int, limit: int) -> list[Recorded]:
    """From `from_at` until before `until_at` (Unix seconds), oldest first, those after `after_seq`."""
    if not (isfinite(from_at) and isfinite(until_at)):
        return []
    first = max(_first_at(connection, from_at), min(max(after_seq, 0), 2**62) + 1)
    query = select(events).where(events.c.seq >= first, events.c.at < until_at).order_by(events.c.seq).limit(limit)
    return _read(connection, query)


def handover_events(connection: Connection, handover_id: str, *, from_at: float, until_at: float) -> list[Recorded]:
    """What was made and signed of one handover, within this span."""
    first = _first_at(connection, from_at)
    kinds = (events.c.kind > "handover.", events.c.kind < "handover/")
    query = select(events).where(events.c.seq >= first, events.c.at <= until_at, *kinds).order_by(events.c.seq)
    return [one for one in _read(connection, query) if getattr(one.event, "handover_id", None) == handover_id]


def _first_at(connection: Connection, from_at: float) -> int:
    """The `seq` of the first event that is not earlier; one more than the last when all are."""
    low = connection.execute(select(events.c.seq).order_by(events.c.seq).limit(1)).scalar() or 1
    last = connection.execute(select(events.c.seq).order_by(events.c.seq.desc()).limit(1)).scalar() or 0
    high = last + 1
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(select(events.c.at).where(events.c.seq == middle)).scalar_one()
        low, high = (middle + 1, high) if at < from_at else (low, middle)
    return low


def _read(connection: Connection, query: Any) -> list[Recorded]:
    return [chain.from_row(row) for row in connection.execute(query)]
