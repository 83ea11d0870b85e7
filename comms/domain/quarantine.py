"""What is wrong with a work order that waits in quarantine, field by field, and what an officer's correction heals.

The gateway decides by these rules; a desk marks its fields by the same ones."""

from enum import StrEnum
from math import isfinite

import msgspec

from comms.domain.datum import Datum
from comms.domain.order import OrderPriority, Place
from comms.domain.work_order import Fault, FaultCode, WorkOrder


class Part(StrEnum):
    """The part of a work order that a fault is about."""

    FORMAT = "format"
    """The record as a whole: all there is comes from the officer."""
    NUMBER = "number"
    KIND = "kind"
    PLACE = "place"
    PRIORITY = "priority"
    TEXT = "text"
    TIME = "time"


_PARTS = {
    FaultCode.UNREADABLE: Part.FORMAT,
    FaultCode.NO_SOURCE_ID: Part.NUMBER,
    FaultCode.NO_KIND: Part.KIND,
    FaultCode.UNKNOWN_KIND: Part.KIND,
    FaultCode.UNKNOWN_PRIORITY: Part.PRIORITY,
    FaultCode.BAD_TIME: Part.TIME,
}
"""What is not named here is about the place."""
_LONG_PARTS = {
    "source_id": Part.NUMBER,
    "kind": Part.KIND,
    "text": Part.TEXT,
    "priority": Part.PRIORITY,
    "address": Part.PLACE,
    "grid_code": Part.PLACE,
}
_TOGETHER = frozenset({Part.KIND, Part.PRIORITY, Part.NUMBER, Part.TIME})
"""What one choice can heal for many: the place and the words of each are its own."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer says instead. None: as the source said it. `occurred_at` is Unix seconds, `place` is WGS-84.
    Of place and grid code the place counts; an address alone says where it is when nothing else does."""

    kind: str | None = None
    place: Place | None = None
    grid_code: str | None = None
    address: str | None = None
    priority: OrderPriority | None = None
    text: str | None = None
    occurred_at: float | None = None

    @property
    def has_place(self) -> bool:
        return not (self.place is None and self.grid_code is None and self.address is None)


def part_of(fault: Fault) -> Part:
    if fault.code is FaultCode.TOO_LONG:
        return _LONG_PARTS.get(fault.detail, Part.NUMBER)
    return _PARTS.get(fault.code, Part.PLACE)


def is_about_place(fault: Fault) -> bool:
    return part_of(fault) is Part.PLACE


def faults_left(faults: tuple[Fault, ...], correction: Correction) -> tuple[Fault, ...]:
    """Those that the correction does not heal. A missing number and a bad time are healed by who has looked at them:
    without these it still is what it is."""
    return tuple(fault for fault in faults if not _is_healed(part_of(fault), correction))


def _is_healed(part: Part, correction: Correction) -> bool:
    match part:
        case Part.FORMAT:
            return correction.kind is not None and correction.has_place
        case Part.KIND:
            return correction.kind is not None
        case Part.PLACE:
            return correction.has_place
        case Part.PRIORITY:
            return correction.priority is not None
        case Part.TEXT:
            return correction.text is not None
        case _:
            return True


def corrected(order: WorkOrder, faults: tuple[Fault, ...], correction: Correction) -> WorkOrder:
    """The work order with what the officer says in place of what the source said."""
    order = msgspec.structs.replace(
        order,
        kind=correction.kind if correction.kind is not None else order.kind,
        priority=correction.priority if correction.priority is not None else order.priority,
        text=correction.text if correction.text is not None else order.text,
        occurred_at=correction.occurred_at if correction.occurred_at is not None else order.occurred_at,
        address=correction.address if correction.address is not None else order.address,
    )
    place = correction.place
    if place is not None:
        is_real = isfinite(place.lat) and isfinite(place.lon)
        return msgspec.structs.replace(
            order,
            lat=place.lat if is_real else None,
            lon=place.lon if is_real else None,
            datum=Datum.WGS84,
            address=place.text or order.address,
            grid_code="",
        )
    if correction.grid_code is not None:
        return msgspec.structs.replace(order, lat=None, lon=None, grid_code=correction.grid_code)
    if correction.address is not None and any(map(is_about_place, faults)):
        return msgspec.structs.replace(order, lat=None, lon=None, grid_code="")
    return order


def alike(source_id: str, faults: tuple[Fault, ...]) -> tuple[object, ...]:
    """The same for work orders of one source that have the same wrong with them: for kinds and priorities the same
    word, for anything else the same kind of mistake."""
    said = sorted(
        (fault.code.value, fault.detail if part_of(fault) in (Part.KIND, Part.PRIORITY) else "") for fault in faults
    )
    return (source_id, *said)


def can_heal_together(faults: tuple[Fault, ...]) -> bool:
    """Whether one correction can heal many that have these faults."""
    return all(part_of(fault) in _TOGETHER for fault in faults)
