"""`replay.takeover`: from a random second of an eight-hour journal with 1,165 units until the drill's gateway listens
and its fleet is signed in; with keyframes of an earlier opening, as the desk that shows the record has them.

Baseline: the same without kept keyframes, where the record is gone through first."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from pathlib import Path

import msgspec

from comms.domain.events import MapPublished, Recorded
from comms.domain.ids import GATEWAY
from comms.drill.loop import HurriedLoop
from comms.drill.site import drill_site
from comms.drill.take_over import TakenOver, Wish, taken_over
from comms.fleet.town import sample_town
from comms.journal.blobs import Blobs
from comms.journal.replay.replay import Replay, open_replay
from comms.protocol.area import MEDIA_TYPE, encode_area
from tests.bench.record import Record, record
from tests.bench.replay_bench import EVENTS, HOURS, UNITS
from tests.support.day import START, recorded_day, write_journal, write_tracks

TAKEN, TAKEN_COLD = 12, 3
TARGET_S = 3.0


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # In a process of its own, so that this one holds nothing of it.
        making = multiprocessing.get_context("spawn").Process(target=_make, args=(place / "data", place / "cache"))
        making.start()
        making.join()
        if making.exitcode:
            raise RuntimeError(f"the day could not be made: {making.exitcode}")
        roll = random.Random(4)
        seconds = [START + roll.uniform(60.0, HOURS * 3600.0) for _ in range(TAKEN)]
        warm = [_taken_s(place, at, place / "cache") for at in seconds]
        cold = [_taken_s(place, at, None) for at in seconds[:TAKEN_COLD]]
    return [
        record(
            "replay.takeover",
            warm,
            unit="s",
            params={"units": UNITS, "hours": HOURS, "events": EVENTS},
            target=TARGET_S,
            baseline="without kept keyframes",
            baseline_values=cold,
        )
    ]


def _make(data: Path, cache: Path) -> None:
    blobs = Blobs(data / "blobs")
    blob_id = blobs.put_now(encode_area(sample_town(units=0).area), MEDIA_TYPE)
    blobs.close()
    day = recorded_day(units=UNITS, seconds=HOURS * 3600.0, events=EVENTS)
    first = Recorded(seq=1, at=day[0].at, actor=GATEWAY, event=MapPublished(blob_id=blob_id))
    write_journal(data, [first, *(msgspec.structs.replace(each, seq=each.seq + 1) for each in day)])
    write_tracks(data, units=UNITS, hours=HOURS)
    replay = open_replay(data, cache=cache)
    if not isinstance(replay, Replay):
        raise RuntimeError(str(replay))
    replay.reached(replay.end_seq()).result()
    replay.close()


def _taken_s(place: Path, at: float, cache: Path | None) -> float:
    with tempfile.TemporaryDirectory(dir=place) as new:
        started_s = time.perf_counter()
        with taken_over(Wish(record=place / "data", at=at, data=Path(new) / "data", cache=cache)) as taken:
            with asyncio.Runner(loop_factory=HurriedLoop) as runner:
                ready_s = runner.run(_signed_in(taken))
            return ready_s - started_s


async def _signed_in(taken: TakenOver) -> float:
    async with drill_site(taken.wanted) as site:
        ready_s = time.perf_counter()
        away = len(taken.wanted.taken.absent_s) if taken.wanted.taken is not None else 0
        stats = site.fleet.stats()
        if stats.signed_in + away < stats.terminals or not site.port:
            raise RuntimeError(f"{stats.signed_in} of {stats.terminals} terminals are signed in, {away} were away")
        return ready_s
