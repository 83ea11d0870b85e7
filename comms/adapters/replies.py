"""What the HTTP port answers. The OpenAPI document is made from these very types."""

from datetime import UTC, datetime

import msgspec

from comms.adapters.intake import Outcome, Status, Taken
from comms.domain.work_order import FaultCode
from comms.protocol.errors import Locale
from comms.protocol.fault_words import fault_sentence


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a record waits in quarantine."""

    code: FaultCode
    detail: str = ""
    text: str


class TakenReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one record. The same record sent again gets the same `incident_id`."""

    source_id: str
    incident_id: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


class BatchReply(msgspec.Struct, frozen=True, kw_only=True):
    """One entry for each record, in their order."""

    results: tuple[TakenReply, ...]
    accepted: int
    quarantined: int


class StatusReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a work order stands. Times are RFC 3339 in UTC."""

    source_id: str
    incident_id: str
    status: str
    kind: str = ""
    reported_at: str = ""
    closed_at: str = ""
    outcome: str = ""
    note: str = ""


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    text: str


def taken_reply(taken: Taken, locale: Locale) -> TakenReply:
    reasons = tuple(
        Reason(code=fault.code, detail=fault.detail, text=fault_sentence(fault, locale)) for fault in taken.faults
    )
    return TakenReply(source_id=taken.source_id, incident_id=taken.incident_id, outcome=taken.outcome, reasons=reasons)


def batch_reply(results: list[Taken], locale: Locale) -> BatchReply:
    return BatchReply(
        results=tuple(taken_reply(taken, locale) for taken in results),
        accepted=sum(taken.outcome is not Outcome.QUARANTINED for taken in results),
        quarantined=sum(taken.outcome is Outcome.QUARANTINED for taken in results),
    )


def status_reply(status: Status) -> StatusReply:
    return StatusReply(
        source_id=status.source_id,
        incident_id=status.incident_id,
        status=status.standing.value,
        kind=status.incident.kind if status.incident is not None else "",
        reported_at=written_time(status.reported_at),
        closed_at=written_time(status.closed_at),
        outcome=status.outcome,
        note=status.note,
    )


def written_time(at: float | None) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""
