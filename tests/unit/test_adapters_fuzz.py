"""Whatever is sent in, the readers give back a work order or a fault; XML has no entities here."""

import json
import math
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.adapters import cap, open311
from comms.adapters.cap_words import level_of, weather_kind_of
from comms.adapters.http import form_fields
from comms.adapters.intake import Message, Received, Warned
from comms.adapters.record import read_record
from comms.domain.ids import JurisdictionId, SourceId
from comms.domain.order import OrderPriority
from comms.domain.source import Source, WorkOrderField
from comms.domain.weather import WeatherKind, WeatherLevel
from comms.domain.work_order import FaultCode, SetAside, WorkOrder

SOURCE = Source(id=SourceId("s"), name="s", jurisdiction_id=JurisdictionId("900000"))
NESTED = msgspec.structs.replace(
    SOURCE,
    fields={WorkOrderField.LAT: ("a.0", "a.b"), WorkOrderField.TEXT: ("t", "a.b.c"), WorkOrderField.KIND: ("kind",)},
)
CAP = Path(__file__).parents[3] / "shared" / "data" / "protocol" / "cap"
values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "0"]), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([*WorkOrderField, "long", "service_code", "description", "address_string", "a", "t", "x"])
records = st.dictionaries(names.map(str), values, max_size=10)


def holds(received: Received) -> WorkOrder:
    """What every reader owes: it can be kept, and is within its limits or says why not."""
    order = received.order
    assert msgspec.json.decode(msgspec.json.encode(order), type=WorkOrder) == order
    assert 0 < len(order.origin.source_id) <= 100
    assert order.origin.source == SOURCE.id
    assert all(value is None or math.isfinite(value) for value in (order.lat, order.lon, order.occurred_at))
    assert len(order.kind) <= 60
    assert len(order.text) <= 4000
    assert order.kind or received.faults
    assert not re.search("[\x00-\x08\ud800-\udfff]", order.kind + order.text + order.address)
    return order


@given(records, st.binary(max_size=40))
def test_any_record_is_read_or_has_a_fault(record: dict[str, Any], body: bytes) -> None:
    for source in (SOURCE, NESTED):
        received = read_record(record, source, body=body)
        assert holds(received) == holds(read_record(record, source, body=body))
    holds(open311.read_request(record, SOURCE, body=body, media_type="application/json"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_none_and_no_cap_message(body: bytes) -> None:
    assert all(isinstance(value, str) for value in form_fields(body).values())
    message = cap.read_message(body, SOURCE)
    assert isinstance(message.content, Received)
    assert holds(message.content)
    assert message.content.faults


words = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
    ["Actual", "Exercise", "Alert", "Update", "Cancel", "Severe", "zh-CN", "2026-07-29T08:00:00+08:00", "暴雨红色预警"]
)
points = st.text(alphabet="0123456789., -+einf", max_size=40) | st.just("23.0,113.6 23.0,113.8 23.2,113.8 23.0,113.6")


def element(name: str, text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{escaped}</{name}>"


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["sent", "references", "note"]), words), max_size=3), words, words, st.data())
def test_any_alert_is_read(more: list[tuple[str, str]], status: str, kind: str, data: st.DataObject) -> None:
    inside = [(name, data.draw(words)) for name in ("language", "event", "severity", "onset", "expires", "headline")]
    area = element("polygon", data.draw(points)) + element("circle", data.draw(points)) + element("areaDesc", "x" * 300)
    info = "".join(element(*pair) for pair in inside) + f"<area>{area}</area>"
    head = element("identifier", "i") + element("sender", "s") + element("status", status) + element("msgType", kind)
    body = f"<alert>{head}{''.join(element(*pair) for pair in more)}<info>{info}</info></alert>".encode()
    message = cap.read_message(body, SOURCE)
    received = message.content.received if isinstance(message.content, Warned) else message.content
    holds(received)
    if message.aside is None and not received.faults:
        assert status == "Actual"


def test_entities_are_not_expanded_and_files_not_read() -> None:
    bomb = '<!DOCTYPE alert [<!ENTITY a "aaaaaaa"><!ENTITY b "&a;&a;&a;">]><alert><identifier>&b;</identifier></alert>'
    file = '<!DOCTYPE alert [<!ENTITY f SYSTEM "file:///etc/passwd">]><alert><identifier>&f;</identifier></alert>'
    for body in (bomb, file):
        content = cap.read_message(body.encode(), SOURCE).content
        assert isinstance(content, Received)
        assert [fault.code for fault in content.faults] == [FaultCode.UNREADABLE]
        assert "root:" not in str(content.faults)


ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier><sender>met</sender>
<sent>2026-07-29T08:00:00+08:00</sent><status>{status}</status><msgType>{kind}</msgType><references>{earlier}</references>
<info><language>en</language><event>Flood</event><severity>Minor</severity></info>
<info><language>zh-CN</language><event>{event}</event><severity>Severe</severity><expires>2026-07-30T08:00:00+08:00</expires>
<area><areaDesc>全市</areaDesc><circle>23.0,113.7 5</circle></area></info></alert>"""


def alert(**more: str) -> Message:
    given_ = {"id": "1", "status": "Actual", "kind": "Alert", "earlier": "", "event": "暴雨橙色预警"} | more
    return cap.read_message(ALERT.format(**given_).encode(), SOURCE)


def test_what_a_message_is() -> None:
    warned = alert(kind="Update", earlier="met,0,2026-07-29T07:00:00+08:00 broken")
    assert isinstance(warned.content, Warned)
    assert (warned.content.kind, warned.content.level) == (WeatherKind.RAINSTORM, WeatherLevel.ORANGE)
    assert warned.content.until_at - warned.content.from_at == 86_400
    assert warned.earlier == ("met,0",)
    assert warned.content.area is not None
    assert alert(kind="Cancel").is_cancel
    assert alert(status="Exercise").aside is SetAside.EXERCISE
    assert alert(kind="Ack").aside is SetAside.NOTICE
    fire = alert(event="危化品泄漏")
    assert isinstance(fire.content, Received)
    assert fire.content.order.priority is OrderPriority.URGENT
    assert fire.content.order.lat is not None
    assert abs(fire.content.order.lat - 23.0) < 0.01
    assert level_of("", "Minor") is WeatherLevel.BLUE
    assert weather_kind_of("火灾") is None


@pytest.mark.real_data
@pytest.mark.skipif(not CAP.is_dir(), reason="the shared data is not here")
def test_real_messages_are_read() -> None:
    read = {path.name: cap.read_message(path.read_bytes(), SOURCE) for path in sorted(CAP.glob("*.cap"))}
    assert len(read) >= 10
    for message in read.values():
        holds(message.content.received if isinstance(message.content, Warned) else message.content)
    prefixed = read["zh-CN_invented_prefixed.cap"].content
    assert isinstance(prefixed, Warned)
    assert (prefixed.kind, prefixed.level) == (WeatherKind.TYPHOON, WeatherLevel.RED)
    assert json.dumps(prefixed.text, ensure_ascii=False)
