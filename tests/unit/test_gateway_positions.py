"""The table of last positions: what a desk decodes equals what terminals said."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import OfficerId, PartyId, UnitId
from comms.domain.position import Fix, distance_m
from comms.gateway.context import Session
from comms.gateway.outbox import Outbox
from comms.gateway.positions import _BUSY_BYTES, Positions
from comms.gateway.sessions import SessionTable
from comms.protocol.errors import Locale
from comms.protocol.frames import PositionColumns, decode_positions
from tests.support.gateway import NORTH


@dataclass
class Timers:
    """A clock whose timers are run by hand."""

    due: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> "Timers":
        self.due.append(callback)
        return self

    def cancel(self) -> None:
        self.due.clear()

    def tick(self) -> None:
        due, self.due = self.due, []
        for callback in due:
            callback()


@dataclass
class Sink:
    """The end of an outbox, without a socket."""

    frames: list[bytes] = field(default_factory=list)
    waiting_bytes: int = 0

    def put(self, frame: bytes) -> None:
        self.frames.append(frame)

    def flush(self) -> None:
        pass

    def take(self) -> PositionColumns | None:
        """What the frames since the last call say, the later over the earlier."""
        frames, self.frames = self.frames, []
        assert len(frames) <= 1
        return decode_positions(_payload(frames[0])) if frames else None


def _payload(frame: bytes) -> bytes:
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


@dataclass
class Stage:
    timers: Timers
    sessions: SessionTable
    positions: Positions

    def desk(self, name: str) -> tuple[Session, Sink]:
        session = Session(
            id=name,
            party=PartyId(f"officer:{name}"),
            name=name,
            jurisdiction_id=NORTH,
            locale=Locale.EN,
            unit_id=None,
            officer_id=OfficerId(name),
            send=lambda push: None,
        )
        sink = Sink()
        self.sessions.add(session, cast(Outbox, sink))
        self.positions.subscribe(session)
        return session, sink


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def make_stage() -> Stage:
    timers, sessions = Timers(), SessionTable()
    positions = Positions(clock=timers, sessions=sessions, no_of=lambda unit_id: int(unit_id[1:]), interval_s=0.2)
    positions.start()
    return Stage(timers, sessions, positions)


def unit(no: int) -> UnitId:
    return UnitId(f"u{no}")


fixes = st.builds(
    Fix,
    at=st.floats(min_value=1000.0, max_value=2000.0).map(lambda at: round(at, 1)),
    lat=st.floats(min_value=-90, max_value=90),
    lon=st.floats(min_value=-180, max_value=180),
    accuracy_m=st.none() | st.floats(min_value=0, max_value=1000),
    battery_pct=st.none() | st.integers(0, 100),
)


@given(st.lists(st.lists(st.tuples(st.integers(1, 400), fixes), max_size=8), max_size=6))
def test_a_desk_that_sees_every_frame_knows_every_last_position(turns: list[list[tuple[int, Fix]]]) -> None:
    """And one that joined half-way, and one that was too busy for most frames, know the same."""
    stage = make_stage()
    _, always = stage.desk("always")
    _, busy = stage.desk("busy")
    busy.waiting_bytes = _BUSY_BYTES + 1
    late: Sink | None = None
    newest: dict[int, Fix] = {}
    known: dict[str, dict[int, tuple[float, float]]] = {"always": {}, "busy": {}, "late": {}}

    def look(name: str, sink: Sink) -> None:
        columns = sink.take()
        if columns is not None:
            for no, lat, lon in zip(columns.no, columns.lat, columns.lon, strict=True):
                known[name][int(no)] = (float(lat), float(lon))

    for at, turn in enumerate(turns):
        for no, fix in turn:
            stage.positions.take(unit(no), fix)
            if no not in newest or fix.at >= newest[no].at:
                newest[no] = fix
        if at == len(turns) // 2:
            late = stage.desk("late")[1]
            look("late", late)
        stage.timers.tick()
        look("always", always)
        if late is not None:
            look("late", late)
    busy.waiting_bytes = 0
    stage.timers.tick()
    look("busy", busy)
    expected = {no: (fix.lat, fix.lon) for no, fix in newest.items()}
    for name in known if late is not None else ("always", "busy"):
        assert known[name].keys() == expected.keys()
        for no, place in known[name].items():
            assert place == pytest.approx(expected[no], abs=1e-7)


def test_only_what_changed_is_sent(stage: Stage) -> None:
    _, sink = stage.desk("d")
    stage.positions.take(unit(1), Fix(at=1.0, lat=1.0, lon=2.0))
    stage.positions.take(unit(2), Fix(at=1.0, lat=1.0, lon=2.0))
    stage.timers.tick()
    first = sink.take()
    assert first is not None
    assert list(first.no) == [1, 2]
    stage.timers.tick()
    assert sink.take() is None
    stage.positions.take(unit(2), Fix(at=2.0, lat=1.5, lon=2.0))
    stage.positions.take(unit(1), Fix(at=0.5, lat=9.0, lon=9.0))
    stage.timers.tick()
    second = sink.take()
    assert second is not None
    assert list(second.no) == [2], "an older reading changes nothing"


def test_a_desk_that_joins_a_clock_that_stands_is_told_at_once(stage: Stage) -> None:
    stage.positions.take(unit(1), Fix(at=1.0, lat=1.0, lon=2.0))
    _, sink = stage.desk("d")
    found = sink.take()
    assert found is not None
    assert list(found.no) == [1]
    stage.positions.take(unit(1), Fix(at=2.0, lat=3.0, lon=2.0))
    stage.timers.tick()
    again = sink.take()
    assert again is not None
    assert list(again.lat) == [pytest.approx(3.0, abs=1e-6)], "what comes in the same turn is told as well"


def test_a_desk_that_left_gets_nothing(stage: Stage) -> None:
    session, sink = stage.desk("d")
    stage.positions.take(unit(1), Fix(at=1.0, lat=1.0, lon=2.0))
    stage.positions.unsubscribe(session)
    stage.timers.tick()
    assert sink.take() is None
    gone, other = stage.desk("e")
    other.take()
    stage.sessions.remove(gone)
    stage.timers.tick()
    assert other.take() is None
    stage.positions.close()
    assert not stage.timers.due


def test_columns_grow_and_unknown_values_stay_unknown(stage: Stage) -> None:
    _, sink = stage.desk("d")
    for no in range(1, 700):
        stage.positions.take(unit(no), Fix(at=1.0, lat=no / 10, lon=0.5, speed_mps=1.0, heading_deg=359.0))
    stage.timers.tick()
    columns = sink.take()
    assert columns is not None
    assert len(columns) == len(stage.positions) == 699
    assert np.isnan(columns.accuracy_m).all()
    assert np.isnan(columns.battery_pct).all()
    np.testing.assert_allclose(columns.heading_deg, 359.0, atol=0.01)


@given(
    st.lists(st.tuples(st.floats(-80, 80), st.floats(-179, 179)), min_size=1, max_size=20),
    st.floats(-80, 80),
    st.floats(-179, 179),
    st.floats(1, 2e7),
)
def test_a_circle_holds_whoever_is_near_enough(
    places: list[tuple[float, float]], lat: float, lon: float, radius_m: float
) -> None:
    positions = make_stage().positions
    for no, (unit_lat, unit_lon) in enumerate(places, start=1):
        positions.take(unit(no), Fix(at=1.0, lat=unit_lat, lon=unit_lon))
    far = {
        unit(no): distance_m(lat_a=lat, lon_a=lon, lat_b=unit_lat, lon_b=unit_lon)
        for no, (unit_lat, unit_lon) in enumerate(places, start=1)
    }
    found = positions.within(lat=lat, lon=lon, radius_m=radius_m)
    edge = {unit_id for unit_id, metres in far.items() if abs(metres - radius_m) < 1.0}
    assert set(found) - edge == {unit_id for unit_id, metres in far.items() if metres <= radius_m} - edge
    distances = [far[unit_id] for unit_id in found]
    assert all(near <= next_ + 1.0 for near, next_ in pairwise(distances))


def test_nobody_is_anywhere_yet(stage: Stage) -> None:
    assert stage.positions.within(lat=0, lon=0, radius_m=1e9) == []
