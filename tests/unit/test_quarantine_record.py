"""A record in quarantine is laid out as fields whatever its format, and one that is broken is shown as it is."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ui.quarantine.record import MOST_FIELDS, MOST_RAW, Field, Record, read_record
from ui.quarantine.words import read_moment, written_moment

JSON, XML, FORM = "application/json", "application/xml", "application/x-www-form-urlencoded"


def named(record: Record) -> dict[str, str]:
    return {field.name: field.value for field in record.fields}


def test_json_a_form_and_xml_are_fields() -> None:
    nested = {"case": {"no": "HX-1", "places": [{"lat": 23.5}, None]}, "done": False}
    assert named(read_record(json.dumps(nested).encode(), JSON)) == {
        "case.no": "HX-1",
        "case.places.0.lat": "23.5",
        "case.places.1": "",
        "done": "false",
    }
    assert named(read_record(b"lat=23&description=a%20b&empty=", FORM)) == {
        "lat": "23",
        "description": "a b",
        "empty": "",
    }
    alert = '<alert xmlns="urn:x" id="7"><info><event>暴雨</event></info><note/></alert>'
    assert named(read_record(alert.encode(), XML)) == {"alert.@id": "7", "alert.info.event": "暴雨", "alert.note": ""}


def test_what_is_broken_or_no_record_is_shown_as_it_is() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'
    for data, media_type in ((b'{"a": ', JSON), (b"<a>", XML), (bomb, XML), (b"7", JSON), (b"\xff", JSON), (b"", FORM)):
        record = read_record(data, media_type)
        assert (record.fields, record.raw) == ((), data.decode("utf-8", "replace"))
    assert read_record(b"[" * 100_000, JSON).is_cut
    long = read_record("井".encode() * (MOST_RAW + 1), JSON)
    assert (len(long.raw), long.is_cut) == (MOST_RAW, True)
    many = read_record(json.dumps(list(range(MOST_FIELDS + 1))).encode(), JSON)
    assert (len(many.fields), many.is_cut, many.fields[-1]) == (MOST_FIELDS, True, Field("299", "299"))


@given(st.binary(max_size=200), st.sampled_from((JSON, XML, FORM)))
def test_no_bytes_stop_it(data: bytes, media_type: str) -> None:
    read_record(data, media_type)


def test_a_time_is_read_as_it_is_written() -> None:
    at = read_moment("2026/01/31 08:30")
    assert written_moment(at) == "2026-01-31 08:30"
    assert (read_moment(""), written_moment(None)) == (None, "")
