"""A peer that speaks Open311 GeoReport v2, asked for its requests: page after page, each read piece by piece."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import aiohttp
import msgspec

from comms.adapters.intake import Received
from comms.adapters.record import clean, read_record, read_time, unreadable
from comms.domain.source import Source, WorkOrderField
from comms.domain.work_order import MOST_TEXT
from comms.journal.source_polls import Poll

PAGE = 200
MOST_PAGE_BYTES = 8_000_000
MOST_RECORD_BYTES = 256_000
_TIMEOUT_S = 30.0
_CHUNK = 65_536
_F = WorkOrderField
_FIELDS: dict[WorkOrderField, tuple[str, ...]] = {
    _F.SOURCE_ID: ("service_request_id",),
    _F.TEXT: ("description", "media_url"),
    _F.PRIORITY: ("priority",),
    _F.LAT: ("lat",),
    _F.LON: ("long",),
    _F.GRID_CODE: ("address_id",),
    _F.ADDRESS: ("address",),
    _F.OCCURRED_AT: ("requested_datetime",),
}
_decoder = json.JSONDecoder()
Version = tuple[str, float | None, bool]
"""A request's number, when it changed last, whether it is closed."""


class Trouble(StrEnum):
    """Why a peer could not be read."""

    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    """It does not take our key."""
    BUSY = "busy"
    BROKEN = "broken"
    """What it answers is no GeoReport, or its server fails."""
    TOO_LARGE = "too_large"


class PeerError(Exception):
    """`retry_after_s` is what the peer asked for."""

    def __init__(self, trouble: Trouble, *, retry_after_s: float = 0.0) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Polled:
    """One request as the peer tells it now. `updated_at` is the peer's own time."""

    received: Received
    is_closed: bool = False
    note: str = ""
    updated_at: float | None = None

    @property
    def version(self) -> Version:
        return (self.received.order.origin.source_id, self.updated_at, self.is_closed)


class Peer:
    """One connection pool for one source; `close` it."""

    def __init__(self, poll: Poll) -> None:
        """Raises OSError when the file of certificates cannot be used."""
        self._poll = poll
        self._tls = ssl.create_default_context(cafile=poll.ca_file or None)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))

    async def page(self, number: int, *, since: float | None) -> bytes:
        """The body of one page, counted from 1. Follows no redirection: a key goes where the administrator said.
        Raises PeerError."""
        headers = {"Accept": "application/json"}
        if self._poll.api_key and not self._poll.is_key_in_query:
            headers["X-Api-Key"] = self._poll.api_key
        address = f"{self._poll.url.rstrip('/')}/requests.json"
        try:
            async with self._session.get(
                address, params=self._query(number, since), headers=headers, allow_redirects=False, ssl=self._tls
            ) as response:
                return await _body(response)
        except aiohttp.ClientConnectorCertificateError:
            raise PeerError(Trouble.CERTIFICATE) from None
        except aiohttp.ClientConnectorSSLError:
            raise PeerError(Trouble.CERTIFICATE) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise PeerError(Trouble.UNREACHABLE) from None

    def _query(self, number: int, since: float | None) -> dict[str, str]:
        query = {"page": str(number), "page_size": str(PAGE)}
        if self._poll.jurisdiction_id:
            query["jurisdiction_id"] = self._poll.jurisdiction_id
        if self._poll.api_key and self._poll.is_key_in_query:
            query["api_key"] = self._poll.api_key
        if since is not None:
            query[self._poll.since_parameter] = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return query

    async def close(self) -> None:
        await self._session.close()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    match response.status:
        case 200:
            pass
        case 401 | 403:
            raise PeerError(Trouble.REFUSED)
        case 429 | 503:
            raise PeerError(Trouble.BUSY, retry_after_s=_seconds(response.headers.get("Retry-After", "")))
        case _:
            raise PeerError(Trouble.BROKEN)
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > MOST_PAGE_BYTES:
            raise PeerError(Trouble.TOO_LARGE)
    return bytes(body)


def _seconds(words: str) -> float:
    return min(3600.0, float(words)) if words.isascii() and words.isdigit() else 0.0


def read_page(body: bytes, source: Source) -> list[Polled]:
    """Every request of a page; what is wrong with one is its own fault. One at a time, between which the interpreter
    goes round: call it on a thread. Raises PeerError when it is no list of requests."""
    named = msgspec.structs.replace(source, fields={**_fields(source), **source.fields})
    return [_polled(record, named, written) for record, written in _records(body)]


def _fields(source: Source) -> dict[WorkOrderField, tuple[str, ...]]:
    """With kinds set up the peer's codes count, else what it calls them."""
    kind = ("service_code",) if source.kinds else ("service_name", "service_code")
    return {**_FIELDS, _F.KIND: kind}


def _records(body: bytes) -> Iterator[tuple[Any, bytes]]:
    try:
        text = body.decode("utf-8-sig")
        at = _next(text, 0)
        if text[at : at + 1] != "[":
            raise ValueError("not a list")
        at = _next(text, at + 1)
        while text[at : at + 1] != "]":
            record, end = _decoder.raw_decode(text, at)
            yield record, text[at:end].encode("utf-8", "replace")
            at = _next(text, end)
            if text[at : at + 1] == ",":
                at = _next(text, at + 1)
                if text[at : at + 1] == "]":
                    raise ValueError("a comma too many")
            elif text[at : at + 1] != "]":
                raise ValueError("not a list")
    except (ValueError, RecursionError):
        raise PeerError(Trouble.BROKEN) from None


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _polled(record: Any, source: Source, written: bytes) -> Polled:
    if not isinstance(record, dict):
        return Polled(unreadable(source, body=written, media_type="application/json", detail="not an object"))
    if len(written) > MOST_RECORD_BYTES:
        return Polled(unreadable(source, body=written, media_type="application/json", detail="too large"))
    return Polled(
        read_record(record, source, body=written),
        is_closed=str(record.get("status", "")).strip().lower() == "closed",
        note=clean(str(record.get("status_notes") or ""))[:MOST_TEXT],
        updated_at=read_time(record.get("updated_datetime"), source.utc_offset_h),
    )
