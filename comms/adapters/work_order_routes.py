"""The generic webhook: JSON records, read by the source's own mapping."""

import asyncio
import json
from typing import Any

from aiohttp import web

from comms.adapters.http import INTAKE, JSON, answer, error, json_of, locale_of, source_of, too_many
from comms.adapters.intake import Outcome, Received, Taken
from comms.adapters.record import read_record, unreadable
from comms.adapters.replies import batch_reply, status_reply, taken_reply
from comms.domain.source import Source

MOST_RECORDS = 200
"""In one body; they share one sync of the disk."""
MOST_RECORD_BYTES = 256_000
UNPROCESSABLE = 422


async def post(request: web.Request) -> web.Response:
    """One record, or a list of them. 422: it waits in quarantine for an officer, and need not be sent again."""
    body, locale, source = await request.read(), locale_of(request), source_of(request)
    if request.content_type != JSON:
        return error(415, "wrong_media_type", locale)
    records = _records(body, source)
    if isinstance(records, str):
        return error(413, records, locale)
    wait = too_many(request, records=max(1, len(records)))
    if wait is not None:
        return wait
    taken = await asyncio.gather(*(request.app[INTAKE].take(source, received) for received in records))
    if not _is_list(body):
        return answer(taken_reply(taken[0], locale), status=status_for(taken[0]))
    is_lost = bool(taken) and all(one.outcome is Outcome.QUARANTINED for one in taken)
    return answer(batch_reply(list(taken), locale), status=UNPROCESSABLE if is_lost else 200)


def status_for(taken: Taken) -> int:
    """201: new; 422: in quarantine; 200: known before, changed, or settled."""
    match taken.outcome:
        case Outcome.ACCEPTED | Outcome.ALERTED:
            return 201
        case Outcome.QUARANTINED:
            return UNPROCESSABLE
        case _:
            return 200


async def get(request: web.Request) -> web.Response:
    """Where one of the source's own work orders stands."""
    wait = too_many(request)
    if wait is not None:
        return wait
    status = await request.app[INTAKE].status_of(source_of(request), request.match_info["source_id"])
    return error(404, "not_found", locale_of(request)) if status is None else answer(status_reply(status))


def _is_list(body: bytes) -> bool:
    return body.lstrip(b" \t\r\n").startswith(b"[")


def _records(body: bytes, source: Source) -> list[Received] | str:
    """Or what is too much of it."""
    try:
        found = json_of(body)
    except ValueError as problem:
        return "too_large" if len(body) > MOST_RECORD_BYTES else [_broken(source, body, str(problem))]
    if not isinstance(found, list):
        return "too_large" if len(body) > MOST_RECORD_BYTES else [_read(found, source, body)]
    if len(found) > MOST_RECORDS:
        return "too_many_records"
    parts = [json.dumps(one, sort_keys=True).encode() for one in found]
    if any(len(part) > MOST_RECORD_BYTES for part in parts):
        return "too_large"
    return [_read(one, source, part) for one, part in zip(found, parts, strict=True)]


def _read(record: Any, source: Source, body: bytes) -> Received:
    if not isinstance(record, dict):
        return _broken(source, body, "not an object")
    return read_record(record, source, body=body)


def _broken(source: Source, body: bytes, detail: str) -> Received:
    return unreadable(source, body=body, media_type=JSON, detail=detail)


ROUTES = (web.post("/v1/work-orders", post), web.get("/v1/work-orders/{source_id}", get))
