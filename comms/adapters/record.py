"""One record of a source, whatever its format was, read into a work order by the source's own mapping.

Nothing is raised and nothing is guessed: what cannot be read is a fault beside what could.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any

from comms.adapters.intake import Received
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority
from comms.domain.source import Source, WorkOrderField
from comms.domain.work_order import (
    MOST_ADDRESS,
    MOST_KIND,
    MOST_SOURCE_ID,
    MOST_TEXT,
    Fault,
    FaultCode,
    WorkOrder,
)

Record = Mapping[str, Any]
MOST_DETAIL = 100
"""Characters of what was found wrong that are told."""
_MILLISECONDS_FROM = 1e11
"""As seconds that would be the year 5138."""
_LAST_TIME = 4e9
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PRIORITIES = frozenset(priority.value for priority in OrderPriority)
_F = WorkOrderField


def read_record(
    record: Record,
    source: Source,
    *,
    body: bytes,
    media_type: str = "application/json",
    is_numbered: bool = True,
) -> Received:
    """`body` is the record as it came. A source that has no numbers of its own (`is_numbered` False) gets one that
    follows from what it said, so that the same sent again is the same."""
    reading = _Reading(record, source)
    source_id = reading.word(_F.SOURCE_ID, MOST_SOURCE_ID)
    if not source_id:
        source_id = f"sha256:{hashlib.sha256(body).hexdigest()[:40]}"
        if is_numbered and not reading.has(FaultCode.TOO_LONG):
            reading.fault(FaultCode.NO_SOURCE_ID)
    lat, lon = reading.number(_F.LAT), reading.number(_F.LON)
    if (lat is None) is not (lon is None) and not reading.has(FaultCode.BAD_NUMBER):
        reading.fault(FaultCode.HALF_A_PLACE)
    order = WorkOrder(
        origin=Origin(source=source.id, source_id=source_id),
        kind=reading.kind(),
        text=reading.text(),
        priority=reading.priority(),
        lat=lat,
        lon=lon,
        datum=source.datum,
        grid_code=reading.word(_F.GRID_CODE, MOST_SOURCE_ID),
        address=reading.word(_F.ADDRESS, MOST_ADDRESS),
        occurred_at=reading.time(),
    )
    return Received(order, tuple(reading.faults), body, media_type)


def unreadable(source: Source, *, body: bytes, media_type: str, detail: str) -> Received:
    """A record whose very format is broken: it has a number that follows from its bytes, and waits for an officer."""
    source_id = f"sha256:{hashlib.sha256(body).hexdigest()[:40]}"
    order = WorkOrder(origin=Origin(source=source.id, source_id=source_id), datum=source.datum)
    return Received(order, (Fault(FaultCode.UNREADABLE, clean(detail)[:MOST_DETAIL]),), body, media_type)


def clean(text: str) -> str:
    """Without what neither a screen nor XML can show."""
    return _UNWRITABLE.sub("", text).strip()


class _Reading:
    def __init__(self, record: Record, source: Source) -> None:
        self._record = record
        self._source = source
        self.faults: list[Fault] = []

    def fault(self, code: FaultCode, detail: object = "") -> None:
        self.faults.append(Fault(code, clean(str(detail))[:MOST_DETAIL]))

    def has(self, code: FaultCode) -> bool:
        return any(fault.code is code for fault in self.faults)

    def _found(self, field: WorkOrderField) -> Iterator[Any]:
        for name in self._source.names_of(field):
            value = _look(self._record, name)
            if value is not None and value != "":
                yield value

    def word(self, field: WorkOrderField, most: int) -> str:
        found = next((text for value in self._found(field) if (text := _as_text(value))), "")
        if len(found) > most:
            self.fault(FaultCode.TOO_LONG, field.value)
            return "" if field is _F.SOURCE_ID else found[:most]
        return found

    def text(self) -> str:
        joined = "\n".join(text for value in self._found(_F.TEXT) if (text := _as_text(value)))
        if len(joined) > MOST_TEXT:
            self.fault(FaultCode.TOO_LONG, _F.TEXT.value)
        return joined[:MOST_TEXT]

    def kind(self) -> str:
        written = self.word(_F.KIND, MOST_KIND)
        if not written:
            self.fault(FaultCode.NO_KIND)
            return ""
        if self._source.kinds and written not in self._source.kinds:
            self.fault(FaultCode.UNKNOWN_KIND, written)
        return self._source.kinds.get(written, written)

    def priority(self) -> OrderPriority:
        written = self.word(_F.PRIORITY, MOST_KIND)
        if not written:
            return OrderPriority.NORMAL
        if written in self._source.priorities:
            return self._source.priorities[written]
        if written in _PRIORITIES:
            return OrderPriority(written)
        self.fault(FaultCode.UNKNOWN_PRIORITY, written)
        return OrderPriority.NORMAL

    def number(self, field: WorkOrderField) -> float | None:
        value = next(self._found(field), None)
        if value is None:
            return None
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        except (ValueError, OverflowError):
            number = None
        if number is None or not isfinite(number):
            self.fault(FaultCode.BAD_NUMBER, f"{field.value}: {value}")
            return None
        return number

    def time(self) -> float | None:
        value = next(self._found(_F.OCCURRED_AT), None)
        if value is None:
            return None
        at = read_time(value, self._source.utc_offset_h)
        if at is None:
            self.fault(FaultCode.BAD_TIME, value)
            return None
        return at


def _look(record: Record, name: str) -> Any:
    """By the name as it is, else as a way into what is nested: `case.places.0.lat`."""
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part[:6]) < len(value):
            value = value[int(part[:6])]
        else:
            return None
    return value


def _as_text(value: Any) -> str:
    """Words and numbers; of anything else no sense can be made."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # a number that went through a spreadsheet
    return clean(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def read_time(value: Any, utc_offset_h: float) -> float | None:
    """Unix seconds; None when there is none, or none that can be."""
    at = _time(value, utc_offset_h)
    return at if at is not None and 0 < at < _LAST_TIME else None


def _time(value: Any, utc_offset_h: float) -> float | None:
    if isinstance(value, datetime):
        at = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) / 1000 if value > _MILLISECONDS_FROM else float(value)
    else:
        try:
            at = datetime.fromisoformat(str(value).strip().replace("/", "-"))
        except ValueError:
            return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone(timedelta(hours=utc_offset_h)))
    try:
        return at.astimezone(UTC).timestamp()
    except (OverflowError, ValueError):
        return None
