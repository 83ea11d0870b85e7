"""`replay.takeover`: from the press of the button at a random second of an eight-hour journal with 1,165 units until
the drill's gateway listens and its fleet is signed in; by the program that the replay keeps ready, with the keyframes
that the replay has.

Baseline: the same without kept keyframes and without being told beforehand, where the record is gone through first."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from pathlib import Path

import msgspec

from comms.domain.events import MapPublished, Recorded
from comms.domain.ids import GATEWAY
from comms.fleet.town import sample_town
from comms.journal.blobs import Blobs
from comms.journal.replay.replay import Replay, open_replay
from comms.protocol.area import MEDIA_TYPE, encode_area
from console.drill.host import DrillHost, HostedDrill, HostWish, Past, ScenarioLine
from tests.bench.record import Record, record
from tests.bench.replay_bench import EVENTS, HOURS, UNITS
from tests.support.day import START, recorded_day, write_journal, write_tracks

TAKEN, TAKEN_COLD = 12, 3
LOADED_S = 6.0
"""By then the program that waits is loaded: an officer has looked for the second he wants."""
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
    return asyncio.run(_pressed(place, at, cache))


async def _pressed(place: Path, at: float, cache: Path | None) -> float:
    """From the press of the button in a replay that stands there, and has had a program loaded since it was opened."""
    with tempfile.TemporaryDirectory(dir=place) as new:
        host = DrillHost(place / "settings.json")
        try:
            past = Past(record=place / "data", at=at, cache=cache)
            await host.keep_ready(place / "ready.log")
            if cache is not None:
                await host.stand_at(past)
            await asyncio.sleep(LOADED_S)
            wish = HostWish(scenario=ScenarioLine(path=""), seed=7, folder=Path(new), password="bench-4711", past=past)
            started_s = time.perf_counter()
            drill = await host.start(wish)
            ready_s = time.perf_counter()
            if not isinstance(drill, HostedDrill):
                raise RuntimeError(drill.words)
            return ready_s - started_s
        finally:
            await host.close()
