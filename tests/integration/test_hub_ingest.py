"""Work orders over the real HTTP port: exactly once, placed, quarantined, released, and nobody else's business."""

from pathlib import Path
from typing import Any

import msgspec

from comms.domain.datum import Datum, convert
from comms.domain.events import IncidentReported
from comms.domain.ids import IncidentId, JurisdictionId
from comms.domain.incident import IncidentOutcome, Origin
from comms.domain.order import OrderPriority, Place
from comms.domain.source import WorkOrderField
from comms.domain.work_order import WorkOrderQuarantined
from comms.protocol.area import Area, Grid, KeyPlace, TownFile
from comms.protocol.commands import BlobGet
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.fault_words import fault_sentence
from comms.protocol.incident_commands import IncidentClose
from comms.protocol.pushes import BlobContent, Done, Refused
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease
from tests.support.gateway import NORTH, NORTH_DUTY, SOUTH, SOUTH_DUTY, tiny_town
from tests.support.hub import HOTLINE, OTHER, running_hub, source
from tests.support.terminal import desk, new_id

GRID = JurisdictionId(f"{NORTH}/v09/g009")
SOUTH_GRID = JurisdictionId(f"{SOUTH}/v01/g001")
RING = ((22.99, 113.69), (22.99, 113.71), (23.01, 113.71), (23.01, 113.69))
SOUTH_RING = ((22.95, 113.69), (22.95, 113.71), (22.97, 113.71), (22.97, 113.69))


def town() -> TownFile:
    base = tiny_town()
    grids = (
        Grid(jurisdiction_id=GRID, name="第9网格", rings=(RING,)),
        Grid(jurisdiction_id=SOUTH_GRID, name="南一网格", rings=(SOUTH_RING,)),
    )
    places = (KeyPlace(id="p1", name="莲塘幼儿园", category="学校", lat=23.001, lon=113.701),)
    area = Area(name="x", bounds=base.area.bounds, grids=grids, places=places)
    return msgspec.structs.replace(base, area=area)


def record(number: str = "HX-1", **more: Any) -> dict[str, Any]:
    return {"source_id": number, "kind": "井盖缺失", "text": "人行道中间", "lat": 23.0, "lon": 113.7} | more


def incident_id(number: str) -> IncidentId:
    return Origin(source=HOTLINE, source_id=number).incident_id


async def test_the_same_is_the_same_and_a_change_changes_it(tmp_path: Path) -> None:
    async with (
        running_hub(tmp_path, town=town()) as hub,
        hub.sender() as sender,
        desk(hub.site, NORTH_DUTY) as officer,
    ):
        await officer.subscribe()
        assert hub.site.gateway is not None
        picture = hub.site.gateway.picture
        status, answer = await sender.send(record())
        assert (status, answer["outcome"], answer["incident_id"]) == (201, "accepted", incident_id("HX-1"))
        event = await officer.event(IncidentReported)
        assert event.incident.jurisdiction_id == GRID
        assert event.incident.origin == Origin(source=HOTLINE, source_id="HX-1")
        assert (await sender.send(record()))[1] == answer | {"outcome": "known"}
        status, changed = await sender.send(record(text="井盖已碎", priority="critical"))
        assert (status, changed["outcome"]) == (200, "updated")
        state = picture.incidents.states[incident_id("HX-1")]
        assert (state.incident.text, state.incident.priority) == ("井盖已碎", OrderPriority.CRITICAL)
        close = IncidentClose(id=new_id(), incident_id=incident_id("HX-1"), outcome=IncidentOutcome.HANDLED)
        await officer.ask_for(close, Done)
        assert (await sender.send(record(text="又碎了")))[1]["outcome"] == "closed"
        picture.incidents.states.pop(incident_id("HX-1"))  # as when it was closed long ago
        assert (await sender.send(record()))[1]["outcome"] == "closed"
        status, stands = await sender.ask("GET", "/v1/work-orders/HX-1")
        assert (status, stands["status"]) == (200, "closed")
        assert (await sender.ask("GET", "/v1/work-orders/HX-2"))[0] == 404


async def test_a_place_by_its_datum_its_grid_or_its_name(tmp_path: Path) -> None:
    fields: dict[WorkOrderField, tuple[str, ...]] = {
        WorkOrderField.LAT: ("geo.0",),
        WorkOrderField.LON: ("geo.1",),
        WorkOrderField.KIND: ("type",),
    }
    here = source(datum=Datum.GCJ02, fields=fields, kinds={"01": "井盖缺失"}, priorities={"A": OrderPriority.URGENT})
    async with running_hub(tmp_path, here, town=town()) as hub, hub.sender() as sender:
        assert hub.site.gateway is not None
        states = hub.site.gateway.picture.incidents.states
        lat, lon = (float(one) for one in convert(23.0, 113.7, source=Datum.WGS84, target=Datum.GCJ02))
        given = {
            "source_id": 7,
            "type": "01",
            "geo": [lat, str(lon)],
            "priority": "A",
            "occurred_at": "2026-01-01 08:00",
        }
        assert (await sender.send(given))[0] == 201
        incident = states[incident_id("7")].incident
        assert abs(incident.place.lat - 23.0) < 1e-6
        assert abs(incident.place.lon - 113.7) < 1e-6
        assert (incident.kind, incident.priority) == ("井盖缺失", OrderPriority.URGENT)
        assert incident.occurred_at == 1767225600.0
        assert not incident.is_place_approximate
        for number, where in (("8", {"grid_code": "g009"}), ("9", {"address": "北镇莲塘幼儿园门口"})):
            assert (await sender.send({"source_id": number, "type": "01", **where}))[0] == 201
            found = states[incident_id(number)].incident
            assert found.is_place_approximate
            assert found.jurisdiction_id == GRID
        for number, wrong, code in (
            ("a", {"type": "02", "grid_code": "g009"}, "unknown_kind"),
            ("b", {"type": "01", "grid_code": "g001"}, "place_outside"),
            ("c", {"type": "01", "grid_code": "g777"}, "unknown_grid"),
            ("d", {"type": "01", "address": "无名路"}, "unknown_address"),
            ("e", {"type": "01", "geo": [0, 0]}, "place_unreal"),
            ("f", {"type": "01", "geo": [22.96, 113.7]}, "place_outside"),
            ("g", {"type": "01", "geo": [30, 120]}, "place_outside"),
            ("h", {"type": "01", "geo": [23.0]}, "half_a_place"),
            ("i", {"type": "01", "geo": ["x", "y"]}, "bad_number"),
            ("j", {"type": "01", "geo": [lat, lon], "occurred_at": "soon"}, "bad_time"),
            ("k", {"type": "01", "geo": [lat, lon], "occurred_at": 3.9e9}, "bad_time"),
            ("l", {"type": "01", "geo": [lat, lon], "priority": "Z"}, "unknown_priority"),
            ("m", {"type": "01", "geo": [lat, lon], "address": "长" * 201}, "too_long"),
            ("n", {"geo": [lat, lon]}, "no_kind"),
            ("o", {"type": "01"}, "no_place"),
        ):
            status, answer = await sender.send({"source_id": number, **wrong})
            assert (status, answer["outcome"]) == (422, "quarantined"), number
            assert code in {reason["code"] for reason in answer["reasons"]}, number
            assert all(reason["text"] for reason in answer["reasons"])
            assert incident_id(number) not in states


async def test_an_officer_looks_corrects_and_releases_or_discards(tmp_path: Path) -> None:
    async with (
        running_hub(tmp_path, town=town()) as hub,
        hub.sender() as sender,
        desk(hub.site, NORTH_DUTY) as officer,
        desk(hub.site, SOUTH_DUTY) as stranger,
    ):
        await officer.subscribe()
        assert hub.site.gateway is not None
        picture = hub.site.gateway.picture
        wrong = record("Q-1", lat=None, lon=None, kind="")
        status, answer = await sender.send(wrong)
        assert status == 422
        held = await officer.event(WorkOrderQuarantined)
        kept = await officer.ask_for(BlobGet(id=new_id(), blob_id=held.blob_id), BlobContent)
        assert b"Q-1" in kept.data
        assert (await sender.send(wrong))[1] == answer
        assert len(picture.work_orders.quarantine) == 1
        key = incident_id("Q-1")
        release = WorkOrderRelease(id=new_id(), incident_id=key, incident_kind="井盖缺失")
        here = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")
        for peer, command, code in (
            (officer, release, RefusalCode.STILL_FAULTY),
            (stranger, release, RefusalCode.OUT_OF_JURISDICTION),
            (officer, msgspec.structs.replace(release, incident_id=IncidentId("no")), RefusalCode.NOT_FOUND),
            (officer, WorkOrderDiscard(id=new_id(), incident_id=key, reason=" "), RefusalCode.REASON_MISSING),
        ):
            assert (await peer.ask_for(msgspec.structs.replace(command, id=new_id()), Refused)).code is code
        for corrections, faults in (
            ({"place": here, "incident_kind": None}, ["no_kind"]),
            ({}, ["no_place"]),
            ({"grid_code": "g777"}, ["unknown_grid"]),
            ({"place": here, "occurred_at": 3.9e9}, ["bad_time"]),
            ({"place": Place(lat=30.0, lon=120.0)}, ["place_outside"]),
        ):
            refused = await officer.ask_for(msgspec.structs.replace(release, id=new_id(), **corrections), Refused)
            assert [fault.code.value for fault in refused.faults] == faults
            assert all(fault_sentence(fault, Locale.EN) in refused.text for fault in refused.faults)
        good = msgspec.structs.replace(release, id=new_id(), place=here)
        assert (await officer.ask_for(good, Done)).subject == key
        assert (await officer.ask_for(good, Done)).subject == key
        assert picture.incidents.states[key].incident.place == here
        assert not picture.work_orders.quarantine
        assert (await sender.send(wrong))[1]["outcome"] == "known"
        # a faulty change of it waits too, and its source takes it back
        assert (await sender.send(record("Q-1", kind="")))[1]["outcome"] == "quarantined"
        assert (await sender.send(wrong))[1]["outcome"] == "known"
        assert not picture.work_orders.quarantine
        # another is discarded, stays so, and is looked at again when its source corrects it
        bad = record("Q-2", kind="")
        assert (await sender.send(bad))[0] == 422
        key = incident_id("Q-2")
        await officer.ask_for(WorkOrderDiscard(id=new_id(), incident_id=key, reason="重复"), Done)
        assert (await sender.send(bad))[1]["outcome"] == "discarded"
        picture.work_orders.discarded.clear()  # as when that was long ago
        assert (await sender.send(bad))[1]["outcome"] == "discarded"
        assert (await sender.send(record("Q-2")))[1]["outcome"] == "accepted"
        # by the code of a grid, at the time the officer says
        assert (await sender.send(record("Q-4", lat=1.0, occurred_at="soon")))[0] == 422
        coded = WorkOrderRelease(id=new_id(), incident_id=incident_id("Q-4"), grid_code="g009", occurred_at=5.0)
        await officer.ask_for(coded, Done)
        found = picture.incidents.states[incident_id("Q-4")].incident
        assert (found.jurisdiction_id, found.is_place_approximate, found.occurred_at) == (GRID, True, 5.0)
        assert picture.work_orders.settled[incident_id("Q-4")].by == picture.work_orders.settled[key].by
        # what its source corrects by itself leaves quarantine
        assert (await sender.send(record("Q-3", kind="")))[0] == 422
        assert (await sender.send(record("Q-3")))[1]["outcome"] == "accepted"
        assert not picture.work_orders.quarantine


async def test_a_key_opens_one_source_and_shows_nothing_of_another(tmp_path: Path) -> None:
    mine, theirs = source(), source(OTHER, jurisdiction_id=SOUTH)
    async with (
        running_hub(tmp_path, mine, theirs, town=town()) as hub,
        hub.sender() as sender,
        hub.sender(OTHER) as other,
    ):
        assert (await sender.send(record("S-1")))[0] == 201
        assert (await other.send(record("S-1")))[1]["reasons"][0]["code"] == "place_outside"
        assert (await other.send(record("S-1", lat=22.96)))[0] == 201
        key = incident_id("S-1")
        for path in (f"/open311/v2/requests/{key}.json", "/v1/work-orders/S-2"):
            assert (await other.ask("GET", path))[0] == 404
        listed = (await other.ask("GET", "/open311/v2/requests.json"))[1]
        assert [one["lat"] for one in listed] == [22.96]
        sent = await sender.ask("GET", f"/open311/v2/requests.json?service_request_id={key},no")
        assert [one["service_request_id"] for one in sent[1]] == [key]
        assert (await sender.ask("GET", "/v1/work-orders/S-1", headers={"Authorization": "Bearer no"}))[0] == 403
        assert (await sender.ask("GET", "/v1/work-orders/S-1", headers={"Authorization": ""}))[0] == 401
        assert (await sender.ask("GET", "/openapi.json", headers={"Authorization": ""}))[0] == 200
        assert (await sender.ask("GET", "/health", headers={"Authorization": ""}))[0] == 200
        assert (await sender.ask("GET", "/nothing"))[0] == 404
        assert (await sender.ask("DELETE", "/v1/work-orders"))[0] == 405
        assert (await sender.ask("POST", "/v1/work-orders", data=b"x", headers={"Content-Type": "text/plain"}))[
            0
        ] == 415
        assert (await sender.send([record()] * 201))[0] == 413
        assert (await sender.send(record(text="x" * 300_000)))[0] == 413
        status, answer = await sender.send([record("B-1"), record("B-2", kind=""), 7])
        assert (status, answer["accepted"], answer["quarantined"]) == (200, 1, 2)
        json_type = {"Content-Type": "application/json"}
        for body in (b"{", b"\xff", b"[" * 100_000, b'"\\ud800"'):
            assert (await sender.ask("POST", "/v1/work-orders", data=body, headers=json_type))[0] == 422


async def test_a_service_request_of_open311_as_form_and_json_and_xml(tmp_path: Path) -> None:
    here = source(kinds={"001": "井盖缺失"})
    async with running_hub(tmp_path, here, town=town()) as hub, hub.sender() as sender:
        form = {
            "service_code": "001",
            "lat": "23.0",
            "long": "113.7",
            "description": "<碎> & 移位",
            "attribute[ROAD]": "人行道",
        }
        with_key = form | {"api_key": sender.key}
        status, posted = await sender.ask(
            "POST", "/open311/v2/requests.json", data=with_key, headers={"Authorization": ""}
        )
        assert status == 201
        key = posted[0]["service_request_id"]
        again = await sender.ask("POST", "/open311/v2/requests.json", json=form)
        assert again == (200, [{"service_request_id": key, "service_notice": "known", "account_id": ""}])
        status, shown = await sender.ask("GET", f"/open311/v2/requests/{key}.xml")
        assert status == 200
        assert b"<service_code>001</service_code>" in shown
        assert "&lt;碎&gt; &amp; 移位".encode() in shown
        status, listed = await sender.ask("GET", "/open311/v2/requests.json?status=open&service_code=001")
        assert [one["service_name"] for one in listed] == ["井盖缺失"]
        assert (await sender.ask("GET", "/open311/v2/requests.json?status=closed"))[1] == []
        # in pages, by when it was reported and changed
        second = form | {"description": "另一处"}
        newest = (await sender.ask("POST", "/open311/v2/requests.json", json=second))[1][0]["service_request_id"]
        for query, found in (
            ("page_size=1", [newest]),
            ("page_size=1&page=2", [key]),
            ("page_size=1&page=3", []),
            ("updated_after=2000-01-01T00:00:00Z&end_date=2090-01-01T00:00:00%2B08:00", [newest, key]),
            ("updated_after=2090-01-01T00:00:00Z", []),
            ("start_date=2090-01-01T00:00:00Z", []),
            ("updated_before=2000-01-01T00:00:00+08:00", []),
            ("status=open,closed", [newest, key]),
            ("service_code=002", []),
        ):
            status, listed = await sender.ask("GET", f"/open311/v2/requests.json?{query}")
            assert (status, [one["service_request_id"] for one in listed]) == (200, found), query
        for query in ("page=0", "page=x", "page_size=-1", "page=99999999", "start_date=soon"):
            assert (await sender.ask("GET", f"/open311/v2/requests.json?{query}"))[0] == 400
        services = (await sender.ask("GET", "/open311/v2/services.json"))[1]
        assert [one["service_code"] for one in services] == ["001"]
        status, problems = await sender.ask("POST", "/open311/v2/requests.json", json={"lat": 23.0})
        assert status == 422
        assert all(one["code"] == 422 for one in problems)
        assert (await sender.ask("POST", "/open311/v2/requests.xml", data=b""))[0] in (415, 422)
        assert (await sender.ask("POST", "/open311/v2/requests.json", json=[1]))[0] == 422
        assert (await sender.ask("GET", "/open311/v2/requests/no.json"))[0] == 404
