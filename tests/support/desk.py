"""A desk without a window at a real gateway: session, store, actions and voice on one loop; workers in the field."""

import asyncio
import itertools
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from argon2 import PasswordHasher

from comms.domain.ids import CommandId, TalkgroupId, UnitId
from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.gateway.clock import SystemClock
from comms.gateway.running import Running, open_storage, running
from comms.gateway.settings import Settings
from comms.gateway.town import load_town
from comms.link.client import LinkTiming
from comms.link.clock import WallClock
from comms.link.inbox import Inbox
from comms.link.reconnect import BackOffPlan
from comms.link.state import LinkPhase
from comms.media.opus import Pcm
from comms.media.pcm import PacedSink, PacedSource
from comms.media.picture import VideoPicture
from comms.protocol.errors import Locale
from console.actions.area_call import AreaCalls
from console.actions.dispatch import Dispatch
from console.actions.duty import Duty
from console.actions.video import Video
from console.actions.voice import Voice
from console.media.frames import FrameBoard
from console.media.gate import MicrophoneGate
from console.media.path import MediaPath
from console.media.peers import PeerMaker
from console.media.sound import SoundReport
from console.media.sounds import Sounds
from console.media.speaker import Speaker
from console.media.tones import synthesise_all
from console.rehearsal_unit import FieldUnit
from console.session.credentials import Credentials
from console.session.desk import DeskSession, VoiceParts
from console.store.store import Arrival, Store
from tests.support.town import sample_town

TIMEOUT_S = 40.0
QUICK = LinkTiming(
    back_off=BackOffPlan(first_s=0.05, limit_s=0.2),
    connect_timeout_s=TIMEOUT_S,
    sign_in_timeout_s=TIMEOUT_S,
    silence_limit_s=TIMEOUT_S,
)
"""Comes back soon, and gives up late: a gateway in the same process may be kept waiting by the machine."""
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_numbers = itertools.count(1)


def new_id() -> CommandId:
    return CommandId(f"test-{next(_numbers)}")


@dataclass(eq=False)
class Site:
    """A data directory that can be served, stopped and served again on the same port."""

    data: Path
    codes: dict[UnitId, str]
    port: int

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    @asynccontextmanager
    async def serving(self, settings: Settings | None = None) -> AsyncIterator[Running]:
        async with running(self.data, host="127.0.0.1", port=self.port, settings=settings, hasher=CHEAP_HASHER) as site:
            yield site


async def make_site(folder: Path, *, units: int = 12) -> Site:
    town = sample_town(units=units)
    clock = SystemClock()
    async with open_storage(folder, clock=clock, hasher=CHEAP_HASHER) as storage:
        await load_town(town, journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
        codes = await storage.accounts.issue_codes([unit.id for unit in town.units], valid_s=3600.0)
    return Site(folder, dict(codes), free_port())


def free_port() -> int:
    """Free for TCP and UDP, and below the range from which the system gives ports to others meanwhile."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


class DirectTalker:
    """The voice action's Talker when everything is on one loop."""

    def __init__(self, session: DeskSession) -> None:
        self._session = session

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        self._session.talker.press(talkgroup_id, is_emergency=is_emergency)

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        self._session.talker.expect(talkgroup_id)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self._session.talker.release(talkgroup_id)

    def mute(self, is_muted: bool) -> None:
        self._session.microphone.mute(is_muted)


class DeskRig:
    """Everything of a desk but Qt."""

    def __init__(
        self,
        url: str,
        *,
        microphone: Callable[[int], Pcm] | None = None,
        tls: ssl.SSLContext | None = None,
        timing: LinkTiming = QUICK,
    ) -> None:
        """`microphone` gives the next so many samples; by default it hums at 300 Hz."""
        clock = WallClock()
        self.store = Store(now=clock.now)
        self.inbox: Inbox[Arrival] = Inbox(wake=self._wake)
        self.board: FrameBoard[VideoPicture] = FrameBoard()
        self.gate = MicrophoneGate()
        self.loudest = 0
        """Of what the officer heard since it was last set to 0."""
        self.speaker = Speaker(PacedSink(self._hear, clock=clock.monotonic))
        self.credentials = Credentials(new_id=new_id, now=clock.now, locale=Locale.EN)
        self.session = DeskSession(
            url,
            credentials=self.credentials,
            inbox=self.inbox,
            clock=clock,
            new_id=new_id,
            voice=VoiceParts(
                gate=self.gate,
                path=MediaPath(
                    make_peer=PeerMaker(
                        clock=clock.monotonic,
                        source=PacedSource(microphone or _hum, clock=clock.monotonic),
                        sink=self.speaker,
                        board=self.board,
                    ),
                    gate=self.gate,
                    report=SoundReport(self.inbox.put),
                    new_id=new_id,
                ),
                sounds=Sounds(self.speaker, synthesise_all()),
                board=self.board,
            ),
            timing=timing,
            ssl=tls,
        )
        self.dispatch = Dispatch(self.session, self.store, new_id=new_id)
        self.duty = Duty(self.session, self.store, new_id=new_id)
        self.video = Video(self.session, new_id=new_id)
        self.voice = Voice(self.session, self.store, DirectTalker(self.session), new_id=new_id)
        self.area_calls = AreaCalls(self.session, self.store, self.voice, new_id=new_id)
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.store.subscribe(lambda notice: self._changed.set())

    @asynccontextmanager
    async def running(self, *, signs_in: bool = True) -> AsyncIterator["DeskRig"]:
        self.speaker.open()
        if signs_in:
            self.credentials.offer(DUTY_OFFICER, SAMPLE_PASSWORD)
        run = asyncio.create_task(self.session.run())
        try:
            if signs_in:
                await self.until(lambda: self.store.is_in_sync)
            yield self
        finally:
            await self.session.close()
            await run
            self.speaker.close()

    async def until(self, claim: Callable[[], bool]) -> None:
        """Until something is so, looked at after every notice; fails after TIMEOUT_S."""
        async with asyncio.timeout(TIMEOUT_S):
            while not claim():
                self._changed.clear()
                await self._changed.wait()

    async def media_up(self) -> None:
        await self.until(lambda: self.store.media.is_up)

    async def board_moved(self, mid: str) -> None:
        """Until another picture is on the board; looked at on every turn of the loudspeaker's clock."""
        shown = self.board.newest(mid)
        number = shown.number if shown is not None else 0
        while self.board.newest(mid, after=number) is None:
            self._changed.clear()
            await self._changed.wait()

    async def hears(self, loudness: int = 500) -> None:
        """Until something that loud came out of the loudspeaker."""
        self.loudest = 0
        async with asyncio.timeout(TIMEOUT_S):
            while self.loudest < loudness:
                self._changed.clear()
                await self._changed.wait()

    @property
    def is_online(self) -> bool:
        return self.store.link.phase is LinkPhase.ONLINE

    def _wake(self) -> None:
        self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        batch = self.inbox.drain()
        for arrival in batch.items:
            self.store.apply(arrival)
        if batch.positions is not None:
            self.store.apply_positions(batch.positions)

    def _hear(self, block: Pcm) -> None:
        self.loudest = max(self.loudest, int(np.abs(block.astype(np.int32)).max(initial=0)))
        self._changed.set()


def _hum(count: int) -> Pcm:
    """A microphone that always hears something."""
    pcm: Pcm = (8000 * np.sin(np.arange(count) * 2 * np.pi * 300 / 48_000)).astype(np.int16)
    return pcm


@asynccontextmanager
async def field_unit(site: Site, unit_id: UnitId) -> AsyncIterator[FieldUnit]:
    """A worker with voice and camera up."""
    unit = FieldUnit(site.url, unit_id, site.codes[unit_id], clock=WallClock(), new_id=new_id)
    try:
        await unit.start(timeout_s=TIMEOUT_S)
        yield unit
    finally:
        await unit.stop()
