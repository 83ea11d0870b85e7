"""A drill watched while it runs: what its picture was at random seconds, and whether a replay shows the same."""

import asyncio
import random
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from comms.domain.ids import UnitId
from comms.domain.scenario import Scenario
from comms.drill.director import Director
from comms.drill.headless import run_headless, staged, trainee_of
from comms.drill.site import DrillSite, drill_site
from comms.drill.trainee import Rules
from comms.journal.replay.replay import Replay, open_replay
from comms.protocol.area import TownFile


@dataclass(frozen=True, slots=True)
class Moment:
    """`picture` as JSON, which shares nothing with it; `places` by unit: when, latitude, longitude."""

    at: float
    picture: bytes
    places: dict[UnitId, tuple[float, float, float]]


@dataclass
class Witness:
    moments: list[Moment] = field(default_factory=list)

    def look(self, site: DrillSite) -> None:
        columns, ids = site.gateway.positions.columns, site.gateway.positions.unit_ids
        rows = zip(columns.at.tolist(), columns.lat.tolist(), columns.lon.tolist(), strict=True)
        picture = msgspec.json.encode(site.gateway.journal.durable)
        self.moments.append(Moment(site.clock.now(), picture, dict(zip(ids, rows, strict=False))))


def watched(scenario: Scenario, town: TownFile, data: Path, *, moments: int, seed: int) -> list[Moment]:
    """Played headless to its end with a scripted trainee, and looked at at so many random seconds."""
    wanted, foreseen = staged(scenario, town, data, seed=seed, is_headless=True)
    witness = Witness()

    async def play() -> None:
        async with drill_site(wanted) as site:
            director = Director(site, foreseen, drill_id=wanted.run, ends_by_itself=True)
            trainee = trainee_of(site, Rules(units=3))
            sitting = asyncio.get_running_loop().create_task(trainee.run())
            try:
                await trainee.is_seated.wait()
                roll = random.Random(seed)
                for _ in range(moments):
                    at_s = site.zero_s + roll.uniform(0.0, scenario.length_s - 1.0)
                    site.clock.call_at(at_s, partial(witness.look, site))
                site.clock.set_speed(60.0)
                await director.begin(director.trainer)
                await director.ended.wait()
            finally:
                await trainee.close()
                await sitting
                await director.close()

    run_headless(play)
    return witness.moments


def differences(data: Path, moments: list[Moment]) -> list[str]:
    """What a replay shows otherwise than it was, moment by moment, in words."""
    replay = open_replay(data)
    assert isinstance(replay, Replay), replay
    with replay:
        replay.reached(replay.end_seq()).result()
        found = [words for moment in moments for words in replay.submit(partial(_compare, replay, moment)).result()]
        return found + [str(flaw) for flaw in replay.flaws]


def _compare(replay: Replay, moment: Moment) -> list[str]:
    again: Any = msgspec.json.decode(msgspec.json.encode(replay.picture_at(replay.index.seq_at(moment.at))))
    live: Any = msgspec.json.decode(moment.picture)
    parts = [key for key in live.keys() | again.keys() if live.get(key) != again.get(key)]
    found = [f"{moment.at}: {part} is another" for part in sorted(parts)]
    seen = replay.seen_at(moment.at)
    rows = np.flatnonzero(seen.rows >= 0)
    places = {seen.hour.unit_ids[unit]: seen.hour.rows[seen.rows[unit]] for unit in rows.tolist()}
    for unit_id, (at, lat, lon) in moment.places.items():
        if not live["units"][unit_id].get("is_online", False):
            continue  # what it stored it told when it came back: a replay knows where it was, nobody did then
        reading = places.get(unit_id)
        if reading is None or abs(reading["at"] / 10 - at) > 0.06:
            found.append(f"{moment.at}: {unit_id} was heard of at {at}")
        elif max(abs(reading["lat"] / 1e7 - lat), abs(reading["lon"] / 1e7 - lon)) > 1e-6:
            found.append(f"{moment.at}: {unit_id} was elsewhere")
    return found
