"""What a correction heals, what stays wrong and at which field, and which work orders have the same wrong with them."""

import pytest

from comms.domain.datum import Datum
from comms.domain.ids import SourceId
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority, Place
from comms.domain.quarantine import Correction, Part, alike, can_heal_together, corrected, faults_left, part_of
from comms.domain.work_order import Fault, FaultCode, WorkOrder

HERE = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")
ORDER = WorkOrder(
    origin=Origin(source=SourceId("12345"), source_id="HX-1"),
    kind="0102",
    lat=1.0,
    lon=2.0,
    datum=Datum.GCJ02,
    grid_code="g9",
    address="广场",
)


@pytest.mark.parametrize(
    ("fault", "part", "healing"),
    [
        (Fault(FaultCode.UNREADABLE), Part.FORMAT, Correction(kind="井盖缺失", grid_code="g1")),
        (Fault(FaultCode.UNKNOWN_KIND, "0102"), Part.KIND, Correction(kind="井盖缺失")),
        (Fault(FaultCode.NO_PLACE), Part.PLACE, Correction(place=HERE)),
        (Fault(FaultCode.PLACE_OUTSIDE), Part.PLACE, Correction(address="莲塘路")),
        (Fault(FaultCode.UNKNOWN_PRIORITY, "A"), Part.PRIORITY, Correction(priority=OrderPriority.URGENT)),
        (Fault(FaultCode.TOO_LONG, "text"), Part.TEXT, Correction(text="井盖")),
        (Fault(FaultCode.TOO_LONG, "address"), Part.PLACE, Correction(grid_code="g1")),
        (Fault(FaultCode.TOO_LONG, "kind"), Part.KIND, Correction(kind="井盖缺失")),
        (Fault(FaultCode.TOO_LONG, "source_id"), Part.NUMBER, Correction()),
        (Fault(FaultCode.NO_SOURCE_ID), Part.NUMBER, Correction()),
        (Fault(FaultCode.BAD_TIME, "soon"), Part.TIME, Correction()),
    ],
    ids=lambda value: value.code.value if isinstance(value, Fault) else "",
)
def test_a_fault_has_a_field_and_is_healed_there(fault: Fault, part: Part, healing: Correction) -> None:
    assert part_of(fault) is part
    assert faults_left((fault,), healing) == ()
    is_seen = part in (Part.NUMBER, Part.TIME)
    assert faults_left((fault,), Correction()) == (() if is_seen else (fault,))
    if part is Part.FORMAT:
        assert faults_left((fault,), Correction(kind="井盖缺失")) == (fault,)


def test_what_the_officer_says_counts_and_the_rest_stays_as_it_was() -> None:
    said = Correction(kind="井盖缺失", priority=OrderPriority.URGENT, text="已碎", occurred_at=5.0)
    found = corrected(ORDER, (), said)
    assert (found.kind, found.priority, found.text, found.occurred_at) == (
        "井盖缺失",
        OrderPriority.URGENT,
        "已碎",
        5.0,
    )
    assert (found.lat, found.lon, found.grid_code, found.address) == (1.0, 2.0, "g9", "广场")
    assert corrected(ORDER, (), Correction()) == ORDER


def test_a_place_by_pick_by_grid_or_by_words() -> None:
    picked = corrected(ORDER, (), Correction(place=HERE, grid_code="g1"))
    assert (picked.lat, picked.lon, picked.datum, picked.grid_code) == (23.0, 113.7, Datum.WGS84, "")
    assert picked.address == HERE.text
    nowhere = corrected(ORDER, (), Correction(place=Place(lat=float("nan"), lon=113.7)))
    assert (nowhere.lat, nowhere.lon, nowhere.address) == (None, None, "广场")
    coded = corrected(ORDER, (), Correction(grid_code="g1"))
    assert (coded.lat, coded.lon, coded.grid_code) == (None, None, "g1")
    wrong = (Fault(FaultCode.PLACE_OUTSIDE),)
    named = corrected(ORDER, wrong, Correction(address="莲塘路"))
    assert (named.lat, named.lon, named.grid_code, named.address) == (None, None, "", "莲塘路")
    words_only = corrected(ORDER, (), Correction(address="莲塘路"))
    assert (words_only.lat, words_only.address) == (1.0, "莲塘路")


def test_the_same_fault_of_the_same_source_is_alike() -> None:
    kind, other = Fault(FaultCode.UNKNOWN_KIND, "0102"), Fault(FaultCode.UNKNOWN_KIND, "0103")
    place, elsewhere = Fault(FaultCode.PLACE_OUTSIDE, "1, 2"), Fault(FaultCode.PLACE_OUTSIDE, "3, 4")
    assert alike("a", (kind, place)) == alike("a", (elsewhere, kind))
    assert alike("a", (kind,)) != alike("a", (other,))
    assert alike("a", (kind,)) != alike("b", (kind,))
    assert can_heal_together((kind, Fault(FaultCode.BAD_TIME, "soon")))
    assert not can_heal_together((kind, place))
