"""PositionTable: newest reading of each unit, in columns."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.position import distance_m
from comms.domain.unit import Unit, UnitStatus
from comms.protocol.frames import PositionColumns
from console.store.positions import KEPT_UNKNOWN, STATUS_CODE, STATUS_ORDER, PositionTable


def unit(no: int) -> Unit:
    return Unit(id=UnitId(f"u{no}"), no=no, name=f"unit {no}", jurisdiction_id=JurisdictionId("t"))


def columns(rows: list[tuple[int, float, float, float]]) -> PositionColumns:
    """Rows of (no, at, lat, lon)."""
    count = len(rows)

    def column(index: int, kind: Any) -> Any:
        return np.array([row[index] for row in rows], kind)

    return PositionColumns(
        no=column(0, np.uint32),
        at=column(1, np.float64),
        lat=column(2, np.float64),
        lon=column(3, np.float64),
        accuracy_m=np.full(count, 5, np.float32),
        heading_deg=np.full(count, 90, np.float32),
        speed_mps=np.full(count, 1, np.float32),
        battery_pct=np.full(count, 80, np.float32),
    )


def test_a_unit_has_a_row_before_it_has_a_position() -> None:
    table = PositionTable()
    row = table.define(unit(7))
    assert (row, len(table), table.row_of(UnitId("u7")), table.unit_at(0)) == (0, 1, 0, "u7")
    assert table.no.tolist() == [7]
    assert not table.is_placed.any()
    assert np.isnan(table.accuracy_m[0])


def test_positions_land_in_the_rows_of_their_units() -> None:
    table = PositionTable()
    for no in (30, 10, 20):
        table.define(unit(no))
    moved = table.apply(columns([(10, 100.0, 22.5, 113.5), (30, 100.0, 22.6, 113.6)]))
    assert table.unit_ids(moved) == ["u30", "u10"]
    assert table.lat[:2].tolist() == [22.6, 22.5]
    assert table.lon[1] == 113.5
    assert table.at[1] == 100.0
    assert (table.heading_deg[0], table.speed_mps[0], table.battery_pct[0]) == (90, 1, 80)
    assert table.is_placed.tolist() == [True, True, False]


def test_an_older_reading_does_not_move_a_unit() -> None:
    table = PositionTable()
    table.define(unit(1))
    table.apply(columns([(1, 100.0, 22.5, 113.5)]))
    assert len(table.apply(columns([(1, 99.0, 23.0, 114.0)]))) == 0
    assert table.lat[0] == 22.5
    table.forget_order()
    assert len(table.apply(columns([(1, 50.0, 23.0, 114.0)]))) == 1
    assert table.lat[0] == 23.0


def test_a_reading_waits_for_its_unit() -> None:
    table = PositionTable()
    assert len(table.apply(columns([(5, 100.0, 22.5, 113.5), (6, 100.0, 22.6, 113.6)]))) == 0
    table.apply(columns([(5, 90.0, 1.0, 1.0)]))
    table.define(unit(5))
    assert table.lat.tolist() == [22.5]
    assert len(table.apply(columns([(5, 95.0, 1.0, 1.0)]))) == 0


def test_what_waits_is_bounded() -> None:
    table = PositionTable()
    table.apply(columns([(no, 1.0, 22.0, 113.0) for no in range(KEPT_UNKNOWN + 5)]))
    table.define(unit(0))
    table.define(unit(KEPT_UNKNOWN + 4))
    assert table.is_placed.tolist() == [False, True]


def test_a_unit_defined_again_keeps_its_row_and_may_change_its_number() -> None:
    table = PositionTable()
    table.define(unit(1))
    table.define(unit(2))
    renumbered = Unit(id=UnitId("u1"), no=9, name="", jurisdiction_id=JurisdictionId("t"))
    assert table.define(renumbered) == 0
    assert table.apply(columns([(9, 1.0, 22.0, 113.0)])).tolist() == [0]
    assert len(table.apply(columns([(1, 2.0, 22.0, 113.0)]))) == 0


def test_the_table_grows_and_keeps_what_it_holds() -> None:
    table = PositionTable()
    for no in range(5000):
        table.define(unit(no))
    table.set_status(UnitId("u4999"), UnitStatus.BUSY)
    table.apply(columns([(no, 1.0, 20 + no / 1000, 113.0) for no in range(5000)]))
    assert len(table) == len(table.lat) == 5000
    assert table.status[4999] == STATUS_CODE[UnitStatus.BUSY]
    assert table.lat[4321] == pytest.approx(24.321)
    assert STATUS_ORDER[table.status[4999]] is UnitStatus.BUSY
    table.clear()
    assert len(table) == 0
    assert table.row_of(UnitId("u1")) is None


def test_status_of_an_unknown_unit_is_ignored() -> None:
    table = PositionTable()
    table.set_status(UnitId("nobody"), UnitStatus.BUSY)
    assert len(table) == 0


def test_nearest_is_by_distance_and_only_among_those_allowed() -> None:
    table = PositionTable()
    for no in range(4):
        table.define(unit(no))
    table.apply(columns([(0, 1.0, 22.50, 113.5), (1, 1.0, 22.51, 113.5), (2, 1.0, 22.49, 113.505)]))
    assert table.nearest(lat=22.505, lon=113.5, limit=2).tolist() == [0, 1]
    allowed = np.array([False, True, True, True])
    assert table.nearest(lat=22.505, lon=113.5, limit=5, among=allowed).tolist() == [1, 2]
    assert table.distances_m(lat=22.5, lon=113.5)[1] == pytest.approx(
        distance_m(lat_a=22.5, lon_a=113.5, lat_b=22.51, lon_b=113.5)
    )


readings = st.lists(
    st.tuples(
        st.integers(0, 12), st.integers(0, 50).map(float), st.integers(-9, 9).map(float), st.integers(1, 9).map(float)
    ),
    max_size=5,
    unique_by=lambda row: row[0],
)


@given(st.lists(st.tuples(readings, st.integers(0, 12)), max_size=10))
def test_every_unit_shows_its_newest_reading_whenever_it_was_defined(steps: list[tuple[Any, int]]) -> None:
    table = PositionTable()
    newest: dict[int, tuple[float, float, float]] = {}
    for rows, defined in steps:
        table.apply(columns(rows))
        for no, at, lat, lon in rows:
            if no not in newest or at >= newest[no][0]:
                newest[no] = (at, lat, lon)
        table.define(unit(defined))
    for row in range(len(table)):
        no = int(table.no[row])
        if no in newest:
            assert (table.at[row], table.lat[row], table.lon[row]) == newest[no]
        else:
            assert np.isnan(table.lat[row])


@pytest.mark.parametrize(
    ("every_s", "speed_mps", "stale_s"),
    [(1, 1.0, 20), (5, 1.0, 20), (10, 1.0, 40), (20, 1.0, 60), (40, 1.0, 80), (900, 1.0, 120), (5, 0.0, 60)],
)
def test_a_position_is_stale_by_how_often_its_unit_reports(every_s: float, speed_mps: float, stale_s: float) -> None:
    table = PositionTable()
    table.define(unit(1))
    for count in range(40):
        reading = columns([(1, 1000.0 + every_s * count, 22.5, 113.5)])
        reading.speed_mps[:] = speed_mps
        table.apply(reading)
    assert table.stale_s[0] == pytest.approx(stale_s, rel=0.01)
    last, limit = float(table.at[0]), float(table.stale_s[0])
    assert not table.is_stale(0, last + limit - 0.1)
    assert table.is_stale(0, last + limit + 0.1)
    assert table.staleness(np.array([0]), last + 2 * limit)[0] == pytest.approx(2.0)


def test_one_long_silence_makes_nobody_stale_sooner_and_a_reading_told_twice_says_nothing() -> None:
    table = PositionTable()
    table.define(unit(1))
    assert table.is_stale(0, 0.0)  # nothing was ever heard of it
    at = 1000.0
    for gap_s in (0.0, 0.0, *(5.0,) * 30):
        at += gap_s
        table.apply(columns([(1, at, 22.5, 113.5)]))
    before = float(table.stale_s[0])
    table.apply(columns([(1, at, 22.5, 113.5)]))
    assert float(table.stale_s[0]) == before
    table.apply(columns([(1, at + 600, 22.5, 113.5)]))
    assert float(table.stale_s[0]) > 2 * before
    kept = table.copied()
    for step in range(30):
        table.apply(columns([(1, at + 600 + 5 * (step + 1), 22.5, 113.5)]))
    assert float(table.stale_s[0]) == pytest.approx(before, rel=0.01)
    assert float(kept.stale_s[0]) > 2 * before
