"""A drill without people: the story, the cast and a scripted trainee, as fast as the machine can, always the same."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from comms.domain.drill_events import ImprovementRaised
from comms.domain.expectation_watch import Standing
from comms.domain.scenario import RoleKind, Scenario
from comms.drill.cast import cast_of, with_hotline
from comms.drill.director import Director
from comms.drill.foreseen import Foreseen
from comms.drill.ids import SeededIds
from comms.drill.loop import HeadlessLoop
from comms.drill.preparing import account_of, root_of
from comms.drill.progress import Progress
from comms.drill.scenario_town import Spots
from comms.drill.site import DrillSite, Wanted, drill_site
from comms.drill.trainee import Rules, Trainee
from comms.journal import history
from comms.journal.database import Database
from comms.protocol.area import TownFile

_T = TypeVar("_T")
LOCALE = "zh_CN"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a run. `digest` is over all events of the journal, with the drill's time and without any other."""

    digest: str
    events: int
    standings: dict[str, Standing]
    answers: dict[str, int]
    """What the trainee asked and was answered, and how often."""


def run_headless(main: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """On a loop whose time goes on only when nothing is left to do."""
    with asyncio.Runner(loop_factory=HeadlessLoop) as runner:
        return runner.run(main())


def play(
    scenario: Scenario,
    town: TownFile,
    data: Path,
    *,
    seed: int = 7,
    speed: float = 60.0,
    rules: Rules | None = None,
    carried: Iterable[ImprovementRaised] = (),
    **more: Any,
) -> Played:
    """To its end. `town` is unmarked; `more` is said to `Wanted`. Raises what `drill_site` raises, and CastError."""
    wanted, foreseen = staged(scenario, town, data, seed=seed, is_headless=True, **more)
    return play_staged(wanted, foreseen, speed=speed, rules=rules, carried=carried)


def play_staged(
    wanted: Wanted,
    foreseen: Foreseen,
    *,
    speed: float = 60.0,
    rules: Rules | None = None,
    carried: Iterable[ImprovementRaised] = (),
    progress: Progress | None = None,
) -> Played:
    """A headless one to its end."""
    direct = lambda site: Director(  # noqa: E731 - the site comes later
        site, foreseen, drill_id=wanted.run, ends_by_itself=True, carried=carried, progress=progress
    )
    return run_headless(lambda: _play(wanted, direct, speed=speed, rules=rules or Rules()))


def staged(
    scenario: Scenario, town: TownFile, data: Path, *, seed: int, is_headless: bool, **more: Any
) -> tuple[Wanted, Foreseen]:
    """A drill to be run, with its cast chosen."""
    whole = with_hotline(town, root_of(town))
    cast = cast_of(scenario, town, Spots(town.area))
    wanted = Wanted(
        scenario=scenario,
        town=whole,
        data=data,
        seed=seed,
        is_headless=is_headless,
        behaviours=cast.behaviours,
        **more,
    )
    return wanted, Foreseen(scenario, whole, cast, run=wanted.run, locale=LOCALE)


async def _play(wanted: Wanted, direct: Callable[[DrillSite], Director], *, speed: float, rules: Rules) -> Played:
    async with drill_site(wanted) as site:
        director = direct(site)
        trainee = trainee_of(site, rules)
        sitting = asyncio.get_running_loop().create_task(trainee.run(), name="trainee")
        try:
            await trainee.is_seated.wait()
            site.clock.set_speed(speed)
            await director.begin(director.trainer)
            await director.ended.wait()
            seq = site.gateway.journal.durable.seq
        finally:
            await trainee.close()
            await sitting
            await director.close()
        standings = director.story.watch.standings
    return Played(digest_of(wanted.data, up_to=seq), seq, standings, dict(sorted(trainee.counts.items())))


def trainee_of(site: DrillSite, rules: Rules) -> Trainee:
    """A scripted one in the first trainee's seat."""
    role = next(role for role in site.scenario.roles if role.kind is RoleKind.TRAINEE)
    return Trainee(
        site.url,
        name=account_of(role),
        password=site.wanted.password,
        rules=rules,
        clock=site.clock,
        new_id=SeededIds(site.wanted.run, "t"),
        socket_path=site.socket_path,
    )


def digest_of(data: Path, *, up_to: int) -> str:
    """SHA-256 over the events of a journal that is not open, up to a `seq`: who, what and when by the drill's clock."""
    database = Database(data)
    try:
        digest = hashlib.sha256()
        seq = 0
        while seq < up_to:
            page = database.read_now(partial(history.page, before_seq=seq + _PAGE + 1, limit=_PAGE))
            for recorded in (item for item in page if seq < item.seq <= up_to):
                digest.update(msgspec.json.encode(recorded))
            seq += _PAGE
        return digest.hexdigest()
    finally:
        database.close()
