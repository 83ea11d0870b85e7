"""Open311 GeoReport v2 over HTTP: service list, POST of requests, GET of one's own."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import msgspec
from aiohttp import web

from comms.adapters import open311
from comms.adapters.http import FORM, INTAKE, JSON, error, form_fields, json_of, locale_of, source_of, too_many
from comms.adapters.intake import Listing, Outcome, Status
from comms.adapters.record import read_time, unreadable
from comms.adapters.work_order_routes import MOST_RECORD_BYTES, UNPROCESSABLE
from comms.domain.ids import IncidentId
from comms.domain.source import Source
from comms.protocol.fault_words import fault_sentence

MOST_LISTED = 1000
MOST_ASKED = 50


async def list_services(request: web.Request) -> web.Response:
    return _written(request, open311.services(source_of(request)), root="services", each="service")


async def post(request: web.Request) -> web.Response:
    """As a form, as GeoReport has it, or as JSON."""
    body, source, locale = await request.read(), source_of(request), locale_of(request)
    if request.content_type not in (FORM, JSON):
        return _problem(request, 415, "not a form or JSON")
    if len(body) > MOST_RECORD_BYTES:
        return error(413, "too_large", locale)
    wait = too_many(request)
    if wait is not None:
        return wait
    fields = _fields(request.content_type, body)
    kept = _without_key(body, fields)
    if isinstance(fields, str):
        received = unreadable(source, body=kept, media_type=request.content_type, detail=fields)
    else:
        received = open311.read_request(fields, source, body=kept, media_type=JSON)
    taken = await request.app[INTAKE].take(source, received)
    if taken.outcome is Outcome.QUARANTINED:
        reasons = [fault_sentence(fault, locale) for fault in taken.faults]
        return _problem(request, UNPROCESSABLE, *reasons)
    posted = open311.PostedRequest(service_request_id=taken.incident_id, service_notice=taken.outcome.value)
    status = 201 if taken.outcome is Outcome.ACCEPTED else 200
    return _written(request, [posted], root="service_requests", each="request", status=status)


async def get(request: web.Request) -> web.Response:
    wait = too_many(request)
    if wait is not None:
        return wait
    source = source_of(request)
    found = request.app[INTAKE].find(source, (IncidentId(request.match_info["service_request_id"]),))
    if not found:
        return _problem(request, 404, "service_request_id was not found")
    return _requests(request, found, source)


async def list_requests(request: web.Request) -> web.Response:
    """The source's own, the newest first; by their ids, or by status, service and time, in pages."""
    wait = too_many(request, records=20)
    if wait is not None:
        return wait
    source, intake, query = source_of(request), request.app[INTAKE], request.query
    ids = query.get("service_request_id", "")
    if ids:
        wanted = tuple(IncidentId(one) for one in ids.split(",", MOST_ASKED)[:MOST_ASKED])
        return _requests(request, intake.find(source, wanted), source)
    try:
        listing = read_listing(query, source)
    except ValueError as problem:
        return _problem(request, 400, str(problem))
    return _requests(request, intake.newest(source, listing), source)


def read_listing(query: Mapping[str, str], source: Source) -> Listing:
    """What GeoReport v2 asks by, and the extensions that most have: pages, and when something changed. Raises
    ValueError, which says what is wrong."""
    size = _number(query, "page_size", MOST_LISTED)
    statuses = _listed(query.get("status", ""))
    return Listing(
        limit=min(size, MOST_LISTED),
        skip=(_number(query, "page", 1) - 1) * min(size, MOST_LISTED),
        reported_from=_moment(query, "start_date", -inf),
        reported_until=_moment(query, "end_date", inf),
        changed_from=_moment(query, "updated_after", -inf),
        changed_until=_moment(query, "updated_before", inf),
        is_open=None if len(statuses) != 1 else "open" in statuses,
        kinds=frozenset(source.kinds.get(code, code) for code in _listed(query.get("service_code", ""))),
    )


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    words = query.get(name, "")
    if not words:
        return otherwise
    if not (words.isascii() and words.isdigit() and int(words[:7]) >= 1 and len(words) < 8):
        raise ValueError(f"{name} is a number from 1")
    return int(words)


def _moment(query: Mapping[str, str], name: str, otherwise: float) -> float:
    words = query.get(name, "")
    at = read_time(words.replace(" ", "+"), 0.0)  # a plus sign in an address line is a space
    if words and at is None:
        raise ValueError(f"{name} is a time such as 2026-01-01T00:00:00Z")
    return otherwise if at is None else at


def _listed(words: str) -> frozenset[str]:
    return frozenset(word for word in words.split(",") if word)


def _fields(content_type: str, body: bytes) -> dict[str, Any] | str:
    """What was sent by name, or why that cannot be read."""
    if content_type == FORM:
        return dict(form_fields(body)) or "no fields"
    try:
        found = json_of(body)
    except ValueError as problem:
        return str(problem)
    return found if isinstance(found, dict) else "not an object"


def _without_key(body: bytes, fields: dict[str, Any] | str) -> bytes:
    """A key is not kept with what it sent, and a number made from the content does not follow from the key."""
    if isinstance(fields, str):
        return body
    return msgspec.json.encode({str(key): str(value) for key, value in fields.items() if key != "api_key"})


def _requests(request: web.Request, found: Sequence[Status], source: Source) -> web.Response:
    shown = [open311.service_request(status, source) for status in found]
    return _written(request, shown, root="service_requests", each="request")


def _problem(request: web.Request, status: int, *descriptions: str) -> web.Response:
    problems = [open311.Problem(code=status, description=description) for description in descriptions]
    return _written(request, problems, root="errors", each="error", status=status)


def _written(
    request: web.Request, things: Sequence[msgspec.Struct], *, root: str, each: str, status: int = 200
) -> web.Response:
    if request.match_info.get("format") == "xml":
        body = open311.to_xml(things, root=root, each=each)
        return web.Response(body=body, status=status, content_type="application/xml", charset="utf-8")
    return web.Response(body=open311.to_json(things), status=status, content_type=JSON)


_FORMAT = r"{format:json|xml}"
ROUTES = (
    web.get(f"/open311/v2/services.{_FORMAT}", list_services),
    web.post(f"/open311/v2/requests.{_FORMAT}", post),
    web.get(f"/open311/v2/requests.{_FORMAT}", list_requests),
    web.get(rf"/open311/v2/requests/{{service_request_id:[0-9a-z]+}}.{_FORMAT}", get),
)
