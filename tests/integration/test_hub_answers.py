"""A source is told what became of its work order: signed, in order, until it takes it; CAP and sheets go in too."""

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
from aiohttp import web

from comms.domain.events import Event, IncidentClosed, IncidentLinked
from comms.domain.ids import GATEWAY, IncidentId, OrderId, WeatherId
from comms.domain.incident import IncidentOutcome, Origin
from comms.domain.order import Place
from comms.domain.work_order import SetAside, WorkOrderAnswered
from comms.gateway.settings import Settings
from comms.journal.source_keys import SourceKeys
from comms.link.reconnect import BackOffPlan
from comms.protocol.area import Area, Grid
from comms.protocol.hub_commands import IncidentMerge, MergePart
from comms.protocol.incident_commands import IncidentClose, IncidentReport
from comms.protocol.pushes import Done
from tests.support.gateway import NORTH, NORTH_DUTY, NORTH_GRID, tiny_town
from tests.support.hub import HOTLINE, running_hub, source
from tests.support.terminal import desk, new_id

QUICK = Settings(answer_plan=BackOffPlan(first_s=0.01, limit_s=0.02))
KEY = Origin(source=HOTLINE, source_id="A-1").incident_id
RECORD = {"source_id": "A-1", "kind": "井盖缺失", "lat": 23.0, "lon": 113.7}


@dataclass
class Outside:
    """The source's own server. `statuses` are what it answers, then 204."""

    statuses: list[int] = field(default_factory=list)
    told: list[tuple[str, dict[str, Any], bytes]] = field(default_factory=list)
    port: int = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.told.append((request.headers["X-Wangge-Signature"], json.loads(body), body))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)


@asynccontextmanager
async def outside(*statuses: int) -> AsyncIterator[Outside]:
    it = Outside(list(statuses))
    app = web.Application()
    app.router.add_post("/told", it.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.port = runner.addresses[0][1]
    try:
        yield it
    finally:
        await runner.cleanup()


async def test_a_source_is_told_in_order_until_it_takes_it(tmp_path: Path) -> None:
    async with (
        outside(500, 404, 302) as server,
        running_hub(tmp_path, source(is_answered=True), settings=QUICK) as hub,
        hub.sender() as sender,
        desk(hub.site, NORTH_DUTY) as officer,
    ):
        gateway = hub.site.gateway
        assert gateway is not None
        keys = SourceKeys(gateway.journal, now=gateway.clock.now)
        secret = await keys.set_answer_address(HOTLINE, f"http://127.0.0.1:{server.port}/told")
        await officer.subscribe()
        await sender.send(RECORD)
        steps: tuple[tuple[str, list[Event]], ...] = (
            ("accepted", []),
            ("dispatched", [IncidentLinked(incident_id=KEY, order_id=OrderId("o1"))]),
            ("closed", [IncidentClosed(incident_id=KEY, outcome=IncidentOutcome.HANDLED, note="已补盖")]),
        )
        for state, events in steps:
            await gateway.record(GATEWAY, events)
            await officer.event(WorkOrderAnswered, partial(_is_answered, state=state))
        assert [said["status"] for _, said, _ in server.told] == ["accepted"] * 4 + ["dispatched", "closed"]
        assert server.told[-1][1]["note"] == "已补盖"
        for signature, said, body in server.told:
            assert signature == f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
            assert said["source_id"] == "A-1"
        assert not gateway.picture.work_orders.owed


async def test_of_what_is_merged_its_source_hears_the_fate_of_the_main_one(tmp_path: Path) -> None:
    async with (
        outside() as server,
        running_hub(tmp_path, source(is_answered=True), settings=QUICK) as hub,
        hub.sender() as sender,
        desk(hub.site, NORTH_DUTY) as officer,
    ):
        gateway = hub.site.gateway
        assert gateway is not None
        keys = SourceKeys(gateway.journal, now=gateway.clock.now)
        await keys.set_answer_address(HOTLINE, f"http://127.0.0.1:{server.port}/told")
        await officer.subscribe()
        reported = IncidentReport(id=new_id(), incident_kind="井盖缺失", place=Place(lat=23.0, lon=113.7))
        main = IncidentId((await officer.ask_for(reported, Done)).subject or "")
        await sender.send(RECORD)
        merge = IncidentMerge(id=new_id(), incident_id=main, parts=(MergePart(incident_id=KEY),))
        close = IncidentClose(id=new_id(), incident_id=main, outcome=IncidentOutcome.HANDLED, note="已补盖")
        for state, work in (
            ("accepted", officer.ask_for(merge, Done)),
            ("dispatched", gateway.record(GATEWAY, [IncidentLinked(incident_id=main, order_id=OrderId("o1"))])),
            ("closed", officer.ask_for(close, Done)),
        ):
            await work
            await officer.event(WorkOrderAnswered, partial(_is_answered, state=state))
            status, found = await sender.ask("GET", "/v1/work-orders/A-1")
            assert (status, found["status"]) == (200, state)
        said = [(said["status"], said.get("outcome", ""), said.get("note", "")) for _, said, _ in server.told]
        number = main[:8].upper()
        note = f"closed with the main incident {number}: 已补盖"
        assert said == [("accepted", "", ""), ("dispatched", "", ""), ("closed", "handled", note)]


def _is_answered(event: WorkOrderAnswered, *, state: str) -> bool:
    return event.state.value == state


async def test_what_is_owed_outlives_a_source_that_is_down_and_one_without_an_address(tmp_path: Path) -> None:
    async with running_hub(tmp_path, source(is_answered=True), settings=QUICK) as hub, hub.sender() as sender:
        gateway = hub.site.gateway
        assert gateway is not None
        await sender.send(RECORD)
        await SourceKeys(gateway.journal, now=gateway.clock.now).set_answer_address(HOTLINE, "http://127.0.0.1:9/told")
        await sender.send(RECORD | {"source_id": "A-2"})
        await asyncio.gather(*(sender.send(RECORD | {"source_id": f"B-{number}"}) for number in range(20)))
        assert len(gateway.picture.work_orders.owed) == 22


CAP = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier><sender>met</sender>
<sent>2026-01-01T08:00:00+08:00</sent><status>{status}</status><msgType>{kind}</msgType>{more}
<info><event>{event}</event><severity>Severe</severity><expires>{expires}</expires><area><areaDesc>北镇</areaDesc>{area}
</area></info></alert>"""
CIRCLE = "<circle>23.0,113.7 0.5</circle>"
EARLIER = "<references>met,1,2026-01-01T08:00:00+08:00</references>"


async def test_a_cap_message_warns_reports_ends_or_is_set_aside(tmp_path: Path) -> None:
    town = tiny_town()
    ring = ((22.99, 113.69), (22.99, 113.71), (23.01, 113.71), (23.01, 113.69))
    grid = Grid(jurisdiction_id=NORTH_GRID, name="北一格", rings=(ring,))
    area = Area(name="x", bounds=town.area.bounds, grids=(grid,))
    async with (
        running_hub(tmp_path, town=msgspec.structs.replace(town, area=area)) as hub,
        hub.sender() as sender,
    ):
        gateway = hub.site.gateway
        assert gateway is not None
        now = gateway.clock.now()
        later = "2099-01-01T00:00:00+08:00"
        picture = gateway.picture

        async def send(number: str, **more: str) -> tuple[int, Any]:
            values = {"id": number, "status": "Actual", "kind": "Alert", "more": "", "area": CIRCLE, "expires": later}
            body = CAP.format(**(values | {"event": "暴雨红色预警"} | more))
            from_at = f"<onset>{_written(now - 60)}</onset><expires>{_written(now + 3600)}</expires>"
            body = body.replace(f"<expires>{later}</expires>", from_at)
            return await sender.ask(
                "POST", "/cap/v1/alerts", data=body.encode(), headers={"Content-Type": "application/xml"}
            )

        first = WeatherId(Origin(source=HOTLINE, source_id="met,1").incident_id)
        assert (await send("1"))[1]["outcome"] == "alerted"
        assert (await send("1"))[1]["outcome"] == "known"
        assert picture.weather.states[first].alert.jurisdiction_id == NORTH
        assert (await send("2", area="", more=EARLIER, kind="Update"))[1]["outcome"] == "alerted"
        assert not picture.weather.states[first].is_standing(now)
        assert (await send("3", more=EARLIER.replace("met,1", "met,2"), kind="Cancel"))[1]["outcome"] == "ended"
        assert (await send("3", more=EARLIER.replace("met,1", "met,2"), kind="Cancel"))[1]["outcome"] == "ended"
        assert (await send("4", more=EARLIER, kind="Cancel"))[1]["outcome"] == "set_aside"
        assert (await send("5", event="危化品泄漏"))[1]["outcome"] == "accepted"
        update = EARLIER.replace("met,1", "met,5")
        assert (await send("6", event="危化品泄漏升级", more=update, kind="Update"))[1]["outcome"] == "updated"
        count = len(picture.incidents.states), len(picture.weather.states)
        for number, status in (("7", "Exercise"), ("8", "Test"), ("9", "Draft")):
            for _ in range(2):
                assert (await send(number, status=status))[1]["outcome"] == "set_aside"
        assert (await send("10", expires="2026-01-02T00:00:00+08:00"))[1]["outcome"] == "set_aside"
        assert (len(picture.incidents.states), len(picture.weather.states)) == count
        whys = [aside.why for aside in picture.work_orders.aside.values()]
        assert whys == [SetAside.NOTICE, SetAside.EXERCISE, SetAside.TEST, SetAside.DRAFT, SetAside.NOTICE]
        assert (await send("11", status="Real"))[0] == 422


def _written(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).isoformat()


async def test_a_sheet_goes_through_the_same_door(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["source_id", "kind", "lat", "lon", None])
    sheet.append([20260001, "井盖缺失", 23.0, 113.7, "no column"])
    sheet.append([None, None, None, None, None])
    sheet.append([20260002, "", 23.0, 113.7])
    kept = io.BytesIO()
    book.save(kept)
    xlsx = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    plain = {"Content-Type": "text/csv"}
    async with running_hub(tmp_path) as hub, hub.sender() as sender:
        status, answer = await sender.ask("POST", "/v1/sheets", data=kept.getvalue(), headers=xlsx)
        assert (status, answer["accepted"], answer["quarantined"]) == (200, 1, 1)
        assert answer["results"][0]["source_id"] == "20260001"
        written = "source_id,kind,lat,lon\n20260001,井盖缺失,23.0,113.7\n".encode("gb18030")
        status, answer = await sender.ask("POST", "/v1/sheets", data=written, headers=plain)
        assert [one["outcome"] for one in answer["results"]] == ["known"]
        for body, headers in (
            (b"", plain),
            (b"\xff\xff", plain),
            (b'a\n"x', plain),
            (b"PK", xlsx),
            (b"source_id\n" + b"1\n" * 5001, plain),
        ):
            assert (await sender.ask("POST", "/v1/sheets", data=body, headers=headers))[0] == 422
        assert (await sender.ask("POST", "/v1/sheets", data=b"", headers={"Content-Type": "text/html"}))[0] == 415
