"""Sources that are asked: a second gateway's own Open311 port, and a server that fails in every way a peer can."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web

from comms.domain.events import Event, FaultNoted, IncidentClosed, IncidentReported, Recorded
from comms.domain.ids import GATEWAY, IncidentId, SourceId
from comms.domain.incident import IncidentOutcome, Origin
from comms.domain.source import SourceDefined
from comms.gateway.clock import SystemClock
from comms.gateway.gateway import Gateway
from comms.gateway.polls import OVERLAP_S
from comms.gateway.running import open_storage, running
from comms.gateway.settings import Settings
from comms.gateway.tls import FOLDER, local_context
from comms.journal.source_polls import SINCE, Poll, SourcePolls
from comms.link.reconnect import BackOffPlan
from tests.support.gateway import cheap_hasher, prepare_site
from tests.support.hub import HOST, HOTLINE, running_hub, source

QUICK = Settings(poll_plan=BackOffPlan(first_s=0.001, limit_s=0.002))
PEER = SourceId("peer")
RECORD = {"source_id": "A-1", "kind": "井盖缺失", "lat": 23.0, "lon": 113.7}
_T = TypeVar("_T")


class Watch:
    """What the asking gateway records from now on."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.picture = gateway, gateway.picture
        self.events: list[Event] = []
        self._news = asyncio.Event()
        gateway.journal.on.recorded.append(self._take)

    def _take(self, recorded: Iterable[Recorded]) -> None:
        self.events += [item.event for item in recorded]
        self._news.set()

    async def until(self, claim: Callable[[], bool]) -> None:
        while not claim():
            await asyncio.wait_for(self._news.wait(), 60)
            self._news.clear()

    def all(self, kind: type[_T]) -> list[_T]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def polling(folder: Path, poll: Poll) -> AsyncIterator[Watch]:
    """A gateway that asks. The same folder again is the same gateway."""
    data = folder / "asking"
    if not data.exists():
        await prepare_site(data)
        async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
            await storage.journal.record(GATEWAY, [SourceDefined(source=source(PEER, is_polled=True))])
            await SourcePolls(storage.journal).set(PEER, poll)
    async with running(data, host=HOST, port=0, settings=QUICK, hasher=cheap_hasher()) as found:
        yield Watch(found.gateway)


def here(number: str) -> IncidentId:
    return Origin(source=PEER, source_id=number).incident_id


async def test_a_second_gateway_is_read_followed_and_read_on_after_a_restart(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as hub, hub.sender() as sender:
        assert hub.site.gateway is not None
        posted = [(await sender.send(RECORD | {"source_id": f"A-{number}"}))[1] for number in range(3)]
        ids = [one["incident_id"] for one in posted]
        poll = Poll(f"http://{HOST}:{hub.port}/open311/v2/", api_key=hub.keys[HOTLINE], interval_s=0.01)
        async with polling(tmp_path, poll) as asking:
            picture = asking.picture
            await asking.until(lambda: set(picture.incidents.states) == set(map(here, ids)))
            state = picture.incidents.states[here(ids[0])]
            assert (state.incident.kind, state.incident.place.lat) == ("井盖缺失", 23.0)
            await sender.send(RECORD | {"source_id": "A-0", "text": "井盖已碎"})
            await asking.until(lambda: state.incident.text == "井盖已碎")
            closed = IncidentClosed(incident_id=ids[1], outcome=IncidentOutcome.HANDLED, note="已补盖")
            await hub.site.gateway.record(GATEWAY, [closed])
            await asking.until(lambda: here(ids[1]) in picture.work_orders.closed_there)
            assert "已补盖" in picture.work_orders.closed_there[here(ids[1])].note
            assert picture.incidents.states[here(ids[1])].is_open, "what is done here is decided here"
            polls = SourcePolls(asking.gateway.journal)
            while (kept := await polls.of(PEER)) is None or kept.position is None:
                await asyncio.sleep(0)
        await sender.send(RECORD | {"source_id": "A-9"})
        async with polling(tmp_path, poll) as asking:
            await asking.until(lambda: len(asking.picture.incidents.states) == 4)
            assert list(asking.picture.work_orders.closed_there) == [here(ids[1])]
            assert not asking.picture.work_orders.quarantine
            assert len(asking.all(IncidentReported)) <= 1


Trouble = Callable[[], web.StreamResponse]


@dataclass
class Town:
    """An Open311 server of little worth. `troubles` are what it answers first; a page has two requests at most,
    whatever it is asked for. `moving` is put in front of the others while somebody turns pages."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    moving: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    port: int = 0

    async def answer(self, asked: web.Request) -> web.StreamResponse:
        self.asked.append(dict(asked.query))
        self.keys.append(asked.headers.get("X-Api-Key"))
        if self.troubles:
            return self.troubles.pop(0)()
        if asked.query["page"] == "2" and self.moving:
            self.requests.insert(0, self.moving.pop())
        at = 2 * (int(asked.query["page"]) - 1)
        return web.json_response(self.requests[at : at + 2])


@asynccontextmanager
async def town(*troubles: Trouble, tls: ssl.SSLContext | None = None) -> AsyncIterator[Town]:
    it = Town(troubles=list(troubles))
    app = web.Application()
    app.router.add_get("/v2/requests.json", it.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=tls).start()
    it.port = runner.addresses[0][1]
    try:
        yield it
    finally:
        await runner.cleanup()


def request(number: int, **more: Any) -> dict[str, Any]:
    at = f"2026-01-01T00:00:{number:02d}Z"
    told = {"service_request_id": f"T-{number}", "status": "open", "service_name": "井盖缺失"}
    return {**told, "lat": 23.0, "long": 113.7, "requested_datetime": at, "updated_datetime": at, **more}


async def test_pages_that_move_doubles_faulty_ones_and_what_was_closed_before(tmp_path: Path) -> None:
    async with town() as server:
        server.requests = [request(number) for number in range(9, 0, -1)]
        server.requests[3] = request(6, lat="north")
        server.requests[4] = request(5, status="closed")
        server.requests.insert(2, request(9))
        server.moving = [request(11), request(10)]
        url = f"http://{HOST}:{server.port}/v2"
        poll = Poll(url, jurisdiction_id="city.test", api_key="k", is_key_in_query=True, interval_s=0.01)
        async with polling(tmp_path, poll) as asking:
            picture = asking.picture
            wanted = {here(f"T-{number}") for number in (1, 2, 3, 4, 7, 8, 9, 10, 11)}
            await asking.until(lambda: set(picture.incidents.states) == wanted)
            assert set(picture.work_orders.quarantine) == {here("T-6")}
            server.requests[:] = [request(12), request(6, lat="north", status="closed")]
            await asking.until(lambda: set(picture.work_orders.closed_there) == {here("T-6")})
            await asking.until(lambda: here("T-12") in picture.incidents.states)
            server.requests[:] = [request(6, lat="north", updated_datetime="2026-01-02T00:00:00Z")]
            await asking.until(lambda: not picture.work_orders.closed_there)
            server.requests[:] = [request(13)]
            await asking.until(lambda: here("T-13") in picture.incidents.states)
            assert len(asking.all(IncidentReported)) == len(wanted) + 2
        first, last = server.asked[0], server.asked[-1]
        assert (first["jurisdiction_id"], first["api_key"], first["page_size"]) == ("city.test", "k", "200")
        assert "updated_after" not in first
        assert datetime.fromisoformat(last["updated_after"]).timestamp() >= 1767225600.0 - OVERLAP_S
        assert set(server.keys) == {None}


async def test_officers_are_told_when_a_source_fails_and_when_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.adapters.open311_peer.MOST_PAGE_BYTES", 2000)

    def failing(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Trouble:
        return lambda: web.Response(status=status, body=body, headers=headers)

    troubles = (
        *[failing(500)] * 3,
        failing(401),
        failing(429, headers={"Retry-After": "0"}),
        failing(200, b"<html>"),
        failing(200, b"[" + b" " * 3000 + b"]"),
        failing(302, headers={"Location": "http://elsewhere.test/"}),
    )
    async with town(*troubles) as server:
        server.requests = [request(1)]
        poll = Poll(f"http://{HOST}:{server.port}/v2", api_key="k", interval_s=0.01, since_parameter=SINCE[1])
        async with polling(tmp_path, poll) as asking:
            kinds = ["broken", "refused", "busy", "broken", "too_large", "broken"]
            changes = [(f"source_{kind}/{PEER}", is_over) for kind in kinds for is_over in (False, True)]
            await asking.until(lambda: len(asking.all(FaultNoted)) == len(changes))
            told = asking.all(FaultNoted)
            assert [(event.code, event.is_over) for event in told] == changes
            assert told[0].detail == "peer 热线"
            assert asking.picture.faults == {}
            assert here("T-1") in asking.picture.incidents.states
            server.requests.insert(0, request(2))
            await asking.until(lambda: here("T-2") in asking.picture.incidents.states)
            assert "start_date" in server.asked[-1]
        assert set(server.keys) == {"k"}


async def test_a_peer_is_believed_by_its_certificate_and_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    tls = local_context(tmp_path, hosts=[HOST], now=datetime.now(UTC))
    async with town(tls=tls) as server:
        server.requests = [request(1)]
        poll = Poll(f"https://{HOST}:{server.port}/v2", ca_file=str(tmp_path / FOLDER / "ca.crt"), interval_s=0.01)
        async with polling(tmp_path / "knows", poll) as asking:
            await asking.until(lambda: here("T-1") in asking.picture.incidents.states)
        for name, wrong, code in (
            ("trusts", Poll(poll.url, interval_s=0.01), "source_certificate/peer"),
            ("missing", Poll(poll.url, ca_file=str(tmp_path / "none"), interval_s=0.01), "source_certificate/peer"),
            ("nobody", Poll("http://127.0.0.1:9/v2", interval_s=0.01), "source_unreachable/peer"),
        ):
            async with polling(tmp_path / name, wrong) as asking:
                await asking.until(partial(asking.picture.faults.__contains__, code))
                assert not asking.picture.incidents.states
