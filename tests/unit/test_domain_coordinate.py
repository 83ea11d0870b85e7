"""Coordinates written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.coordinate import Coordinate, CoordinateFault, decimal_text, dms_text, parse, parse_angle
from comms.domain.datum import Datum

FUTIAN = Coordinate(lat=22.543847, lon=113.912316)


def test_written_with_the_datum_named() -> None:
    assert decimal_text(FUTIAN) == "22.543847, 113.912316 (WGS-84)"
    assert dms_text(FUTIAN) == "22°32′37.85″N 113°54′44.34″E (WGS-84)"
    assert dms_text(Coordinate(lat=-33.5, lon=-70.25, datum=Datum.GCJ02)) == "33°30′00.00″S 70°15′00.00″W (GCJ-02)"
    assert dms_text(Coordinate(lat=22.999999999, lon=0.0)) == "23°00′00.00″N 0°00′00.00″E (WGS-84)"


@pytest.mark.parametrize(
    "text",
    [
        "22.5, 113.75", "22.5 113.75", " 22.5，113.75 ", "(22.5, 113.75)", "113.75, 22.5", "22.5N 113.75E",
        "N22.5 E113.75", "E113.75,N22.5", "113.75E22.5N", "22°30′N 113°45′E", "22°30'0\"N, 113°45'0\"E", "22.5;E113.75",
        "北纬22度30分 东经113度45分0秒", "东经113°45′ 北纬22°30′", "N22.5, 113.75", "113.75, 22.5N", "+22.5/113.75",
    ],
)  # fmt: skip
def test_read_in_every_usual_form(text: str) -> None:
    assert parse(text) == Coordinate(lat=22.5, lon=113.75)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("22.5, 113.75 (GCJ-02)", Datum.GCJ02), ("gcj02: 22.5,113.75", Datum.GCJ02), ("百度 22.5,113.75", Datum.BD09),
        ("22.5 113.75 WGS84", Datum.WGS84), ("CGCS2000 22.5 113.75", Datum.CGCS2000), ("22.5,113.75", Datum.BD09),
    ],
)  # fmt: skip
def test_a_named_datum_wins_over_the_assumed_one(text: str, datum: Datum) -> None:
    assert parse(text, datum=Datum.BD09) == Coordinate(lat=22.5, lon=113.75, datum=datum)


@pytest.mark.parametrize(
    "text",
    [
        "", "石排镇", "22.5", "22.5, ", "22.5N 23N", "1 2 3", "22°75′N 113°E", "2253", "N22N 113E", "22.5N 113°70′E",
        "22.5, abc",
    ],
)  # fmt: skip
def test_what_is_no_coordinate_is_said_to_be_none(text: str) -> None:
    assert parse(text) is CoordinateFault.NOT_A_COORDINATE


@pytest.mark.parametrize("text", ["95, 200", "22.5, 181", "91N 113E"])
def test_out_of_range(text: str) -> None:
    assert parse(text) is CoordinateFault.OUT_OF_RANGE


def test_infinite_numbers_are_no_angle() -> None:
    assert parse_angle("9" * 400) is None
    assert parse_angle("113°45′") == 113.75
    assert parse_angle("W113.75") == -113.75
    assert parse_angle("−113.75") == -113.75
    assert parse_angle("x") is None


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), datum=st.sampled_from(Datum))
def test_what_was_written_is_read_again(lat: float, lon: float, datum: Datum) -> None:
    place = Coordinate(lat=lat, lon=lon, datum=datum)
    for text, most_off in ((decimal_text(place), 6e-7), (dms_text(place), 2e-6)):
        read = parse(text, datum=Datum.WGS84)
        assert isinstance(read, Coordinate)
        assert read.datum is datum
        assert abs(read.lat - lat) <= most_off
        assert abs(read.lon - lon) <= most_off


@given(st.text("0123456789.,;:°'\"′″NSEWnsew北南东西纬经度分秒-+ wgs84cjbd地😀\t\n", max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(parse(text), Coordinate | CoordinateFault)


def test_the_same_place_in_another_datum() -> None:
    there = FUTIAN.to(Datum.GCJ02)
    assert there.datum is Datum.GCJ02
    assert abs(there.lat - 22.540796131694766) < 1e-9
    back = there.to(Datum.WGS84)
    assert abs(back.lon - FUTIAN.lon) < 1e-9
