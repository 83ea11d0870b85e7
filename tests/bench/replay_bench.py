"""`replay.*`: eight hours of a town of 1,165 units and 100,000 events, opened and looked at again.

Baseline: folding from the first event. `replay.prepared` is the once-only going through beside everything else, after
which every moment can be had; `replay.memory` is what the process holds more after all of that.
"""

import asyncio
import gc
import multiprocessing
import random
import resource
import tempfile
import time
from pathlib import Path

from comms.domain.picture import Picture
from comms.journal.replay.replay import Replay, open_replay
from console.replay.played_clock import PlayedClock
from console.replay.player import Player
from console.store.store import Store
from tests.bench.record import Record, record
from tests.support.day import START, recorded_day, write_journal, write_tracks

UNITS, HOURS, EVENTS = 1_165, 8, 100_000
SEEKS, FOLDS, OPENINGS = 200, 3, 4
PLAYED_S = 20.0
"""Of the officer's time, at ×60: twenty minutes of the day."""
OPEN_TARGET_S, SEEK_TARGET_MS = 2.0, 200.0
BASELINE = "folding from the start"


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        data, cache = Path(folder) / "data", Path(folder) / "cache"
        # In a process of its own, so that this one holds nothing but the replay.
        making = multiprocessing.get_context("spawn").Process(target=_make, args=(data,))
        making.start()
        making.join()
        if making.exitcode:
            raise RuntimeError(f"the day could not be made: {making.exitcode}")
        return asyncio.run(_measure(data, cache))


def _make(data: Path) -> None:
    write_journal(data, recorded_day(units=UNITS, seconds=HOURS * 3600.0, events=EVENTS))
    write_tracks(data, units=UNITS, hours=HOURS)


async def _measure(data: Path, cache: Path) -> list[Record]:
    before_mb = _memory_mb()
    first = await _open(data, cache)
    started_s = time.perf_counter()
    await first.player.prepare()
    prepared_s = time.perf_counter() - started_s + first.opened_s
    events = len(first.player.replay.index)
    fold_s = _fold_s(first.player.replay, events)
    first.player.replay.close()
    del first
    openings = {"no": await _openings(data, None), "yes": await _openings(data, cache)}
    again = await _open(data, cache)
    await again.player.prepare()
    seeks = await _seek_ms(again.player)
    loads = await _speed(again.player)
    after_mb = _memory_mb()
    again.player.replay.close()
    found = [_open_record(kept, seconds, events, fold_s) for kept, seconds in openings.items()]
    return [*found, *_records(prepared_s, fold_s, seeks, loads), _memory_record(before_mb, after_mb)]


async def _openings(data: Path, cache: Path | None) -> list[float]:
    found = []
    for _ in range(OPENINGS):
        opened = await _open(data, cache)
        found.append(opened.opened_s)
        opened.player.replay.close()
        del opened
    return found


def _open_record(kept: str, seconds: list[float], events: int, fold_s: list[float]) -> Record:
    """`kept`: whether keyframes of an earlier opening are there."""
    return record(
        "replay.open",
        seconds,
        unit="s",
        params={"units": UNITS, "hours": HOURS, "events": events, "kept": kept},
        target=OPEN_TARGET_S,
        baseline=BASELINE,
        baseline_values=fold_s,
    )


def _records(prepared_s: float, fold_s: list[float], seeks: list[float], loads: list[float]) -> list[Record]:
    return [
        record(
            "replay.prepared",
            [prepared_s],
            unit="s",
            params={"once": True},
            baseline=BASELINE,
            baseline_values=fold_s,
        ),
        record(
            "replay.seek",
            seeks,
            unit="ms",
            params={"at": "random"},
            target=SEEK_TARGET_MS,
            baseline=BASELINE,
            baseline_values=[seconds * 1e3 for seconds in fold_s],
        ),
        record(
            "replay.speed",
            loads,
            unit="share",
            params={"speed": 60},
            target=1.0,
            baseline="real time",
            baseline_values=[1.0],
        ),
    ]


def _memory_record(before_mb: float, after_mb: float) -> Record:
    return record(
        "replay.memory",
        [after_mb - before_mb],
        unit="MB",
        params={"process_mb": round(after_mb)},
        baseline="the process before",
        baseline_values=[before_mb],
    )


class _Opened:
    def __init__(self, player: Player, opened_s: float) -> None:
        self.player, self.opened_s = player, opened_s


async def _open(data: Path, cache: Path | None) -> _Opened:
    """Until the first moment is shown, and it could be played."""
    started_s = time.perf_counter()
    replay = open_replay(data, cache=cache)
    if not isinstance(replay, Replay):
        raise RuntimeError(str(replay))
    clock = PlayedClock()
    player = Player(replay, Store(now=clock.now), clock, monotonic=time.perf_counter)
    await player.open()
    return _Opened(player, time.perf_counter() - started_s)


def _fold_s(replay: Replay, events: int) -> list[float]:
    """From the first event to a random moment, as often as it bears."""
    roll, found = random.Random(1), []
    for _ in range(FOLDS):
        until = roll.randrange(events)
        started_s = time.perf_counter()
        picture = Picture()
        while picture.seq < until:
            for recorded in replay.events(picture.seq, min(1000, until - picture.seq)):
                picture.apply(recorded)
        found.append(time.perf_counter() - started_s)
    return found


async def _seek_ms(player: Player) -> list[float]:
    """Until the store has picture, log, floors and positions of the moment."""
    roll, found = random.Random(2), []
    for _ in range(SEEKS):
        at = START + roll.uniform(0.0, HOURS * 3600.0)
        started_s = time.perf_counter()
        await player.seek(at)
        found.append((time.perf_counter() - started_s) * 1e3)
    return found


async def _speed(player: Player) -> list[float]:
    """The share of real time that playing at ×60 computes, tick by tick; it must be sustained, so all must keep up."""
    loads: list[float] = []
    clock_s = 0.0
    player._monotonic = lambda: clock_s
    await player.seek(START + 3500.0)
    player.set_speed(60.0)
    player.play()
    while clock_s < PLAYED_S:
        clock_s += 0.1
        started_s = time.perf_counter()
        await player.step()
        loads.append((time.perf_counter() - started_s) / 0.1)
    return loads


def _memory_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
