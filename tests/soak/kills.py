"""A site of real processes on which somebody is killed again and again, at moments drawn from a seed.

A gateway, two fleets with voice, and a desk without a window; orders, notes, incidents, cases, calls and bursts go on
all the while. An observer, in this process, is at the gateway like any other desk and sees what desks see.
"""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from comms.domain.events import CallAnswered, TalkEnded, TalkStarted
from comms.domain.ids import BurstId, PartyId
from comms.domain.picture import Picture
from comms.protocol.pushes import EventPush, PictureSnapshot, Welcome
from tests.soak.crew import PATIENCE_S, Crew, Fleet, stopwatch
from tests.soak.ledger import Judgement, judge
from tests.support.gateway import ADMIN, Site, prepare_site, tiny_town
from tests.support.nursery import Nursery
from tests.support.terminal import ConnectionEnded, Peer, peer

FLEETS = ("a", "b")
UNITS_OF_A_FLEET = 3
IMPORTED = (
    "comms.fleet.fleet",
    "comms.fleet.duty",
    "comms.fleet.options",
    "comms.fleet.replay",
    "comms.fleet.town",
    "tests.support.desk",
)
MOMENT_S = 0.3
"""Who is to be killed is killed within so much of everybody being at work again."""
FLOOR_TARGET_S = 4.0
KILLS_OF_A_SITE = 100
SHARES = {"gateway": 0.36, "desk": 0.27, "fleet": 0.33, "frozen": 0.04}
"""Who is struck. Frozen is a fleet that stands still with its connections open, as a machine does that hangs."""


@dataclass(slots=True)
class Tally:
    """What all sites together came to."""

    kills: Counter[str] = field(default_factory=Counter)
    floor_s: list[float] = field(default_factory=list)
    """From a talker's death to the floor's being free, at a desk that looks on."""
    silent_floor_s: list[float] = field(default_factory=list)
    """Of those that only fell silent."""
    back_s: list[float] = field(default_factory=list)
    """From a gateway's death until a desk has the picture again."""
    judgements: list[Judgement] = field(default_factory=list)
    under_way: int = 0
    """Commands that had no answer when somebody was struck, of all kills together."""
    sent_again: int = 0
    """By a desk that came after a killed one; what a desk's own link sends again is not counted."""
    bursts: int = 0
    calls: int = 0

    @property
    def wrong(self) -> list[str]:
        return [what for judgement in self.judgements for what in judgement.wrong]


class Observer:
    """A desk in this process that looks on, and comes back after every death of the gateway."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.open: dict[BurstId, PartyId] = {}
        self.freed: dict[BurstId, float] = {}
        self.changed = asyncio.Condition()
        self.picture: Picture | None = None
        self.peer: Peer | None = None
        self._stack = AsyncExitStack()

    async def attend(self, site: Site) -> None:
        """Until it has the picture."""
        while True:
            try:
                self.peer = await self._stack.enter_async_context(peer(site))
                assert isinstance(await self.peer.sign_in_desk(ADMIN), Welcome)
                snapshot = await self.peer.subscribe()
                break
            except (ConnectionEnded, OSError, WebSocketException):
                await self._stack.aclose()
        self.open = {
            group.burst_id: group.talker
            for group in snapshot.picture.talkgroups.values()
            if group.burst_id is not None and group.talker is not None
        }
        self._take(snapshot)

    def _take(self, snapshot: PictureSnapshot) -> None:
        self.picture = snapshot.picture

    async def watch(self) -> None:
        """Until the connection is over."""
        seen = self.peer
        assert seen is not None
        at = 0
        with suppress(ConnectionEnded):
            while True:
                push = await seen.find(lambda push: isinstance(push, EventPush), after=at)
                at = seen.pushes.index(push, at) + 1
                assert isinstance(push, EventPush)
                await self._follow(push)

    async def _follow(self, push: EventPush) -> None:
        async with self.changed:
            match push.recorded.event:
                case TalkStarted(burst_id=burst_id, talker=talker):
                    self.open[burst_id] = talker
                    self._tally.bursts += 1
                case TalkEnded(burst_id=burst_id):
                    self.open.pop(burst_id, None)
                    self.freed[burst_id] = stopwatch()
                case CallAnswered():
                    self._tally.calls += 1
                case _:
                    pass
            self.changed.notify_all()

    async def floor_free(self, bursts: list[BurstId], since_s: float) -> list[float]:
        """How long each took to end."""
        async with self.changed, asyncio.timeout(PATIENCE_S):
            await self.changed.wait_for(lambda: not set(bursts) & set(self.open))
        return [self.freed[burst] - since_s for burst in bursts if burst in self.freed]

    async def picture_now(self) -> Picture:
        """A fresh snapshot."""
        assert self.peer is not None
        return (await self.peer.subscribe()).picture

    async def leave(self) -> None:
        await self._stack.aclose()


# --- one site -------------------------------------------------------------------------------------------------


class Killing:
    """One site's share of the kills."""

    def __init__(self, crew: Crew, dice: random.Random, tally: Tally) -> None:
        self._crew = crew
        self._dice = dice
        self._tally = tally
        self._observer = Observer(tally)
        self._watching: asyncio.Task[None] | None = None

    async def run(self, kills: int, until_s: float) -> None:
        await self._crew.begin()
        await self._attend()
        for _ in range(kills):
            if stopwatch() >= until_s:
                break
            await self._at_work()
            await asyncio.sleep(self._dice.uniform(0.0, MOMENT_S))
            victim = self._dice.choices(tuple(SHARES), tuple(SHARES.values()))[0]
            self._tally.under_way += len(self._crew.ledger.open)
            await self._strike(victim)
            self._tally.kills[victim] += 1
        await self._at_work()
        await self._crew.end()
        seen = await self._observer.picture_now()
        await self._leave()
        code = await self._crew.close()
        judgement = judge(self._crew.site.data, self._crew.ledger, seen)
        if code != 0:
            judgement.wrong.append(f"the gateway ended with {code}")
        self._tally.judgements.append(judgement)
        self._tally.sent_again += sum(times - 1 for times in self._crew.ledger.sent.values())

    async def _at_work(self) -> None:
        """Everybody is there, and an answer has come since."""
        crew = self._crew
        await crew.desk_ready()
        async with asyncio.timeout(PATIENCE_S):
            for fleet in crew.fleets:
                await fleet.ready.wait()
            crew.latest_answer.clear()
            await crew.latest_answer.wait()

    async def _strike(self, victim: str) -> None:
        crew, began_s = self._crew, stopwatch()
        match victim:
            case "gateway":
                await crew.kill_gateway()
                for fleet in crew.fleets:
                    fleet.ready.clear()
                await crew.start_gateway()
                await self._attend()
                self._tally.back_s.append(stopwatch() - began_s)
            case "desk":
                talking = self._bursts_of(frozenset({crew.ledger.actor}))
                began_s = stopwatch()
                await crew.kill_desk()
                self._tally.floor_s += await self._observer.floor_free(talking, began_s)
                await crew.start_desk()
            case _:
                await self._strike_fleet(self._dice.choice(crew.fleets), is_frozen=victim == "frozen")

    async def _strike_fleet(self, fleet: Fleet, *, is_frozen: bool) -> None:
        if is_frozen:
            await self._somebody_talks(fleet)
        talking, began_s = self._bursts_of(fleet.parties), stopwatch()
        if is_frozen:
            self._crew.freeze_fleet(fleet)
            self._tally.silent_floor_s += await self._observer.floor_free(talking, began_s)
            await self._crew.kill_fleet(fleet)
        else:
            await self._crew.kill_fleet(fleet)
            self._tally.floor_s += await self._observer.floor_free(talking, began_s)
        await self._crew.start_fleet(fleet)

    async def _somebody_talks(self, fleet: Fleet) -> None:
        async with self._observer.changed, asyncio.timeout(PATIENCE_S):
            await self._observer.changed.wait_for(lambda: bool(self._bursts_of(fleet.parties)))

    def _bursts_of(self, parties: frozenset[PartyId]) -> list[BurstId]:
        return [burst for burst, talker in self._observer.open.items() if talker in parties]

    async def _attend(self) -> None:
        await self._leave()
        await self._observer.attend(self._crew.site)
        self._watching = asyncio.create_task(self._observer.watch())

    async def _leave(self) -> None:
        """Without cancelling: until Python 3.12 a wait that is just over swallows it."""
        await self._observer.leave()
        if self._watching is not None:
            await asyncio.wait([self._watching])
            self._watching = None


async def kill_again_and_again(folder: Path, *, seed: int, kills: int, seconds: float) -> Tally:
    """Until so many kills, or so many seconds; each site has at most KILLS_OF_A_SITE of them."""
    tally, dice, until_s = Tally(), random.Random(seed), stopwatch() + seconds
    nursery = Nursery(*IMPORTED)
    try:
        number = 0
        while sum(tally.kills.values()) < kills and (not number or stopwatch() < until_s):
            number += 1
            data = folder / f"site-{number}" / "data"
            codes = await prepare_site(data, tiny_town(more_units=UNITS_OF_A_FLEET * len(FLEETS)))
            spare = [unit for unit in codes if unit.startswith("x")]
            fleets = tuple(
                Fleet(name, tuple(spare[at * UNITS_OF_A_FLEET : (at + 1) * UNITS_OF_A_FLEET]))
                for at, name in enumerate(FLEETS)
            )
            crew = Crew(data, codes, fleets, nursery, dice)
            left = kills - sum(tally.kills.values())
            await Killing(crew, dice, tally).run(min(left, KILLS_OF_A_SITE), until_s)
    finally:
        nursery.close()
    return tally
