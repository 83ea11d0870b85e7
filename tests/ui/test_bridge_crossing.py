"""Bridge: from any thread to the Store, in order, one wake-up a batch."""

import asyncio
import gc
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.ids import GATEWAY, JurisdictionId, UnitId
from comms.domain.unit import Unit
from comms.protocol import pushes
from comms.protocol.frames import PositionColumns, encode_positions
from console.store.link import MediaReport
from console.store.notices import LogGrew, MediaChanged, Notice, PositionsMoved
from console.store.store import Store
from ui.bridge import ITEMS_A_TURN, Bridge, Tasks


@pytest.fixture
def store() -> Store:
    return Store(now=lambda: 0.0)


@pytest.fixture
def bridge(store: Store, qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge(store, now_s=lambda: 0.0)
    yield bridge
    bridge.deleteLater()


def note(seq: int) -> pushes.EventPush:
    event = ev.NoteAdded(text=str(seq))
    return pushes.EventPush(recorded=ev.Recorded(seq=seq, at=0.0, actor=GATEWAY, event=event))


def test_what_another_thread_puts_is_applied_here_in_order(bridge: Bridge, store: Store, qtbot: QtBot) -> None:
    count = 3 * ITEMS_A_TURN + 7
    seen: list[tuple[int, bool]] = []
    here = QThread.currentThread()

    def on_notice(notice: Notice) -> None:
        if isinstance(notice, LogGrew):
            seen.append((notice.recorded.seq, QThread.currentThread() is here))

    store.subscribe(on_notice)

    def send() -> None:
        for seq in range(1, count + 1):
            bridge.inbox.put(note(seq))

    sender = threading.Thread(target=send)
    sender.start()
    qtbot.waitUntil(lambda: len(seen) == count)
    sender.join()
    assert seen == [(seq, True) for seq in range(1, count + 1)]


def test_a_burst_wakes_the_interface_once(bridge: Bridge, store: Store, qtbot: QtBot) -> None:
    wakes: list[int] = []
    bridge._woken.connect(lambda: wakes.append(1))
    for seq in range(1, 51):
        bridge.inbox.put(note(seq))
    qtbot.waitUntil(lambda: store.picture.seq == 50)
    assert len(wakes) == 1


def test_a_long_turn_is_given_up_after_one_step_for_keys_and_timers(store: Store, qtbot: QtBot) -> None:
    passed = iter(range(1000))
    bridge = Bridge(store, now_s=lambda: float(next(passed)))
    seen: list[int] = []
    others = QTimer(bridge)
    others.timeout.connect(lambda: seen.append(store.picture.seq))
    others.start(0)
    for seq in range(1, 4):
        bridge.inbox.put(note(seq))
    qtbot.waitUntil(lambda: 3 in seen)
    assert {1, 2} <= set(seen)
    bridge.deleteLater()


def test_nothing_is_applied_before_the_interface_has_its_turn(bridge: Bridge, store: Store, qtbot: QtBot) -> None:
    bridge.inbox.put(note(1))
    assert store.picture.seq == 0
    qtbot.waitUntil(lambda: store.picture.seq == 1)


def test_positions_cross_too(bridge: Bridge, store: Store, qtbot: QtBot) -> None:
    unit = Unit(id=UnitId("u1"), no=1, name="", jurisdiction_id=JurisdictionId("t"))
    event = ev.Recorded(seq=1, at=0.0, actor=GATEWAY, event=ev.UnitDefined(unit=unit))
    bridge.inbox.put(pushes.EventPush(recorded=event))
    qtbot.waitUntil(lambda: store.picture.seq == 1)
    moved: list[Notice] = []
    store.subscribe(moved.append)
    one = np.array([1.0])
    unknown = np.array([np.nan], np.float32)
    columns = PositionColumns(
        no=np.array([1], np.uint32), at=one, lat=one, lon=one,
        accuracy_m=unknown, heading_deg=unknown, speed_mps=unknown, battery_pct=unknown,
    )  # fmt: skip
    bridge.inbox.put_positions(encode_positions(columns))
    qtbot.waitUntil(lambda: bool(moved))
    assert isinstance(moved[0], PositionsMoved)
    assert store.positions.lat.tolist() == [1.0]


def test_a_failing_subscriber_does_not_cost_what_comes_behind(bridge: Bridge, store: Store, qtbot: QtBot) -> None:
    def fail(notice: Notice) -> None:
        if isinstance(notice, MediaChanged):
            raise RuntimeError("a broken panel")

    store.subscribe(fail)
    with qtbot.capture_exceptions() as caught:
        bridge.inbox.put(note(1))
        bridge.inbox.put(MediaReport(is_up=True))
        bridge.inbox.put(note(2))
        qtbot.waitUntil(lambda: store.picture.seq == 2)
    assert [str(error) for _, error, _ in caught] == ["a broken panel"]


async def test_tasks_end_with_their_owner() -> None:
    tasks = Tasks()
    done: list[str] = []

    async def quick() -> None:
        done.append("quick")

    async def endless() -> None:
        await asyncio.Event().wait()

    await tasks.spawn(quick())
    waiting = tasks.spawn(endless())
    await tasks.close()
    assert done == ["quick"]
    assert waiting.cancelled()


async def test_what_the_last_task_spawns_as_it_ends_is_begun_before_it_is_cancelled() -> None:
    tasks = Tasks()
    begun: list[str] = []

    async def inner() -> None:
        begun.append("inner")
        await asyncio.Event().wait()

    async def outer(work: Coroutine[Any, Any, None]) -> None:
        await work

    async def last() -> None:
        tasks.spawn(outer(inner()))

    tasks.spawn(last())
    await tasks.close()
    gc.collect()  # an awaitable that nobody awaited warns here, and a warning fails
    assert begun == ["inner"]
