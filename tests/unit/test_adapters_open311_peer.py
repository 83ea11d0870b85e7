"""Pages of an Open311 peer: read one by one, what is wrong with one is its own fault, no bytes stop it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.adapters.open311_peer import MOST_RECORD_BYTES, PeerError, Polled, Trouble, read_page
from comms.domain.order import OrderPriority
from comms.domain.source import WorkOrderField
from comms.domain.work_order import FaultCode
from tests.support.hub import source

WHOLE: dict[str, Any] = {
    "service_request_id": 638344,
    "status": "Closed",
    "status_notes": "Duplicate\u0000 request.",
    "service_name": "Sidewalk and Curb Issues",
    "service_code": "006",
    "description": "curb",
    "address": "8TH AVE and JUDAH ST",
    "address_id": "545483",
    "lat": 37.762221815,
    "long": -122.4651145,
    "media_url": "http://city.test/638344.jpg",
    "requested_datetime": "2010-04-14T06:37:38-08:00",
    "updated_datetime": "2010-04-14T07:37:38-08:00",
}


def read(*records: Any, **more: Any) -> list[Polled]:
    return read_page(json.dumps(records).encode(), source(**more))


def test_a_request_is_read_as_geo_report_has_it() -> None:
    (found,) = read(WHOLE)
    order = found.received.order
    assert (order.origin.source_id, order.kind, order.address) == ("638344", WHOLE["service_name"], WHOLE["address"])
    assert (order.lat, order.lon, order.grid_code) == (WHOLE["lat"], WHOLE["long"], "545483")
    assert order.text == "curb\nhttp://city.test/638344.jpg"
    assert order.occurred_at == 1271255858.0
    assert found.received.faults == ()
    assert json.loads(found.received.body) == WHOLE
    assert (found.is_closed, found.note, found.updated_at) == (True, "Duplicate request.", 1271259458.0)
    assert found.version == ("638344", 1271259458.0, True)


def test_codes_and_fields_are_the_sources_own_where_they_are_set_up() -> None:
    fields = {WorkOrderField.PRIORITY: ("urgency",)}
    more: dict[str, Any] = {"kinds": {"006": "人行道破损"}, "fields": fields, "priorities": {"A": OrderPriority.URGENT}}
    (found,) = read(WHOLE | {"urgency": "A"}, **more)
    assert (found.received.order.kind, found.received.order.priority) == ("人行道破损", OrderPriority.URGENT)
    (unknown,) = read(WHOLE | {"service_code": "007"}, **more)
    assert [fault.code for fault in unknown.received.faults] == [FaultCode.UNKNOWN_KIND]


def test_what_is_wrong_with_one_is_its_own_fault() -> None:
    large = {"service_request_id": "2", "description": "x" * MOST_RECORD_BYTES}
    found = read({"service_request_id": "1"}, 7, None, large, {"description": "no number"}, WHOLE)
    codes = [[fault.code.value for fault in one.received.faults] for one in found]
    assert codes == [["no_kind"], ["unreadable"], ["unreadable"], ["unreadable"], ["no_source_id", "no_kind"], []]
    assert found[1].updated_at is None


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[", b"[1", b"[1 2]", b"[1,]", b"[,]", b"\xff", b"<xml/>", b"[" * 100_000], ids=len
)
def test_what_is_no_list_of_requests_is_said_to_be_broken(body: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        read_page(body, source())
    assert caught.value.trouble is Trouble.BROKEN


def test_white_space_and_a_mark_at_the_beginning_do_no_harm() -> None:
    assert read_page(b"\xef\xbb\xbf [ ]\n", source()) == []
    assert len(read_page(b' [ {"a": 1} , {"b": 2} ] ', source())) == 2


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.sampled_from(["closed", "2026-01-01", "1e999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(WHOLE)), inner, max_size=5),
    max_leaves=10,
)


@given(st.lists(_json, max_size=4))
def test_any_json_is_read_or_set_aside_one_by_one(records: list[Any]) -> None:
    assert len(read(*records)) == len(records)
