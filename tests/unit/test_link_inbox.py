"""The inbox: in order, newest positions only, one wake-up a batch, from any thread."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.link.inbox import FRAMES_BEFORE_MERGE, Inbox
from comms.protocol.frames import FrameError, PositionColumns, encode_positions


def frame(rows: dict[int, float]) -> bytes:
    """A position frame: unit number to latitude."""
    count = len(rows)
    unknown = np.full(count, np.nan, np.float32)
    return encode_positions(
        PositionColumns(
            no=np.array(list(rows), np.uint32),
            at=np.full(count, 1000.0),
            lat=np.array(list(rows.values()), np.float64),
            lon=np.full(count, 113.7),
            accuracy_m=unknown,
            heading_deg=unknown,
            speed_mps=unknown,
            battery_pct=unknown,
        )
    )


def rows_of(columns: PositionColumns | None) -> dict[int, float]:
    assert columns is not None
    assert len(set(columns.no.tolist())) == len(columns)
    return dict(zip(columns.no.tolist(), columns.lat.tolist(), strict=True))


def test_items_come_out_in_order_with_one_wake_a_batch() -> None:
    wakes: list[int] = []
    inbox: Inbox[str] = Inbox(wake=lambda: wakes.append(1))
    for word in ("a", "b", "c"):
        inbox.put(word)
    inbox.put_positions(frame({1: 23.0}))
    assert len(wakes) == 1
    batch = inbox.drain()
    assert batch.items == ("a", "b", "c")
    assert batch
    inbox.put("d")
    assert len(wakes) == 2
    assert inbox.drain().items == ("d",)
    assert not inbox.drain()


def test_a_bad_frame_is_not_kept() -> None:
    inbox: Inbox[str] = Inbox(wake=lambda: None)
    with pytest.raises(FrameError):
        inbox.put_positions(b"WGP1 nonsense")
    assert not inbox.drain()


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(st.integers(1, 20), st.integers(-80, 80).map(float), max_size=8), min_size=1, max_size=40)
)
def test_the_newest_row_of_each_unit_survives(frames: list[dict[int, float]]) -> None:
    inbox: Inbox[str] = Inbox(wake=lambda: None)
    expected: dict[int, float] = {}
    for rows in frames:
        inbox.put_positions(frame(rows))
        expected.update(rows)
    assert rows_of(inbox.drain().positions) == expected


def test_a_sleeping_screen_costs_no_memory() -> None:
    inbox: Inbox[str] = Inbox(wake=lambda: None)
    for turn in range(FRAMES_BEFORE_MERGE * 50):
        inbox.put_positions(frame({1: float(turn % 80), 2: 1.0}))
        assert len(inbox._frames) <= FRAMES_BEFORE_MERGE
    assert len(rows_of(inbox.drain().positions)) == 2


def test_nothing_is_lost_between_two_threads() -> None:
    """Every item arrives once and in order, and a wake-up follows every batch that was not drained yet."""
    woken = threading.Semaphore(0)
    inbox: Inbox[int] = Inbox(wake=woken.release)
    count = 20_000

    def produce() -> None:
        for number in range(count):
            inbox.put(number)

    producer = threading.Thread(target=produce)
    producer.start()
    seen: list[int] = []
    wakes = 0
    while len(seen) < count:
        assert woken.acquire(timeout=30)
        wakes += 1
        seen.extend(inbox.drain().items)
    producer.join()
    assert seen == list(range(count))
    assert wakes <= count
