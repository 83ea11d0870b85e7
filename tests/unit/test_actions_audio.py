"""The desk's sound: devices that come and go, levels, and the media path that is set up again when it breaks."""

import asyncio
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from comms.domain.ids import CommandId
from comms.media.opus import Pcm
from comms.media.portaudio import AudioDevice, DeviceRefusal, OpenStream
from comms.protocol.commands import Command, MediaOffer, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import IceServer, MediaAnswer, Push, Refused, TokenGranted
from console.actions.requester import UnsentError
from console.media import audio as audio_module
from console.media import path as path_module
from console.media.audio import CardAudio, PacedAudio, level_of
from console.media.gate import MicrophoneGate
from console.media.path import LOST, UNFIT, MediaPath
from console.media.sound import SoundReport
from console.session import renewal
from console.session.credentials import Credentials
from console.session.renewal import keep_renewed
from console.store.link import MediaReport, RenewalReport
from tests.unit.test_actions_session import NOW, Wall, welcome

LOUD: Pcm = np.full(480, 16_000, np.int16)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_module, "LEVEL_INTERVAL_S", 0.001)
    monkeypatch.setattr(audio_module, "CHECK_INTERVAL_S", 0.002)
    monkeypatch.setattr(path_module, "RETRY_S", 0.001)
    monkeypatch.setattr(renewal, "RETRY_S", 0.001)


class Stream:
    is_running = True

    def close(self) -> None:
        self.is_running = False


class Machine:
    """A sound system with what is plugged in now."""

    def __init__(self) -> None:
        self.there = [AudioDevice("headset", True, True), AudioDevice("screen", False, True)]
        self.on_block: Callable[[Pcm], None] | None = None
        self.pull: Callable[[int], Pcm] | None = None
        self.streams: list[Stream] = []

    def devices(self) -> list[AudioDevice] | DeviceRefusal:
        return self.there or DeviceRefusal.NO_DEVICE

    def record(self, name: str | None, on_block: Callable[[Pcm], None]) -> OpenStream | DeviceRefusal:
        self.on_block = on_block
        return self._open()

    def play(self, name: str | None, pull: Callable[[int], Pcm]) -> OpenStream | DeviceRefusal:
        self.pull = pull
        return self._open()

    def _open(self) -> OpenStream | DeviceRefusal:
        if not self.there:
            return DeviceRefusal.NO_DEVICE
        self.streams.append(Stream())
        return self.streams[-1]

    def unplug(self) -> None:
        self.there = []
        for stream in self.streams:
            stream.is_running = False

    def rescan(self) -> None:
        """Nothing is cached here."""


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not claim():
            await asyncio.sleep(0)


async def test_a_card_is_watched_and_its_loss_told() -> None:
    machine, said = Machine(), list[MediaReport]()
    card = CardAudio(machine, microphone="headset", speaker="screen")
    assert (card.microphones(), card.speakers()) == (("headset",), ("headset", "screen"))
    heard: list[Pcm] = []
    card.source.start(heard.append)
    card.sink.start(lambda count: LOUD[:count])
    microphone: list[bool] = []
    watching = asyncio.create_task(card.watch(SoundReport(said.append), microphone.append))
    await until(lambda: bool(microphone))
    assert microphone[-1]
    assert machine.on_block is not None
    assert machine.pull is not None
    machine.on_block(LOUD)
    machine.pull(480)
    assert len(heard) == 1
    await until(lambda: bool(said) and said[-1].microphone_level > 0.5 and said[-1].speaker_level > 0.5)
    assert (said[-1].microphone, said[-1].speaker) == ("headset", "screen")
    machine.unplug()
    await until(lambda: not microphone[-1])
    await until(lambda: said[-1].microphone_fault == DeviceRefusal.NO_DEVICE)
    assert card.microphones() == ()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    card.choose(microphone="", speaker="")
    card.source.stop()
    card.sink.stop()


def test_a_level_is_between_nothing_and_all() -> None:
    assert [level_of(dbfs) for dbfs in (-96.0, -60.0, -30.0, 0.0)] == [0.0, 0.0, 0.5, 1.0]


async def test_without_a_card_something_may_be_played_in() -> None:
    loop = asyncio.get_running_loop()
    heard: list[int] = []
    paced = PacedAudio(
        clock=loop.time, produce=lambda count: LOUD[:count], consume=lambda block: heard.append(len(block))
    )
    said: list[MediaReport] = []
    paced.sink.start(lambda count: LOUD[:count])
    paced.source.start(lambda block: None)
    watching = asyncio.create_task(paced.watch(SoundReport(said.append), lambda is_there: None))
    await until(lambda: bool(said) and said[-1].microphone_level > 0.5 and bool(heard))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    paced.source.stop()
    paced.sink.stop()
    paced.choose(microphone="", speaker="")
    assert (paced.microphones(), paced.speakers()) == ((), ())
    silent = PacedAudio(clock=loop.time)
    blocks: list[Pcm] = []
    silent.source.start(blocks.append)
    await until(lambda: bool(blocks))
    silent.source.stop()
    assert not blocks[0].any()


# --- the media path -------------------------------------------------------------------------------------


class Peer:
    def __init__(self, on_connected: Callable[[], None], on_lost: Callable[[], None]) -> None:
        self.on_connected, self.on_lost = on_connected, on_lost
        self.said: list[object] = []
        self.offering = asyncio.Event()
        self.offering.set()

    async def offer(self) -> str:
        self.said.append("offer")
        await self.offering.wait()
        self.said.append("offered")
        return "sdp"

    async def accept(self, sdp: str) -> None:
        self.said.append(sdp)

    def start_talking(self, frame_ms: int) -> None:
        self.said.append("talk")

    def stop_talking(self) -> int | None:
        return None

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.said.append("closed")


class Side:
    """A gateway that answers media offers, and what the desk says of it."""

    def __init__(self) -> None:
        self.answer: Push | None = MediaAnswer(id=CommandId("m"), sdp="answer")
        self.peers: list[Peer] = []
        self.said: list[MediaReport] = []
        self.sent: list[Command] = []
        self.path = MediaPath(
            make_peer=self.make, gate=MicrophoneGate(), report=SoundReport(self.said.append),
            new_id=lambda: CommandId("m"),
        )  # fmt: skip
        self.holds_offers = False

    def make(
        self, *, ice_servers: Iterable[IceServer], on_connected: Callable[[], None], on_lost: Callable[[], None]
    ) -> Peer:
        self.peers.append(Peer(on_connected, on_lost))
        if self.holds_offers:
            self.peers[-1].offering.clear()
        return self.peers[-1]

    async def request(self, command: Command) -> Push:
        self.sent.append(command)
        if self.answer is None:
            raise UnsentError
        return self.answer

    async def request_durable(self, command: Command) -> Push:
        raise NotImplementedError


async def test_a_path_that_breaks_is_offered_again() -> None:
    side = Side()
    keeping = asyncio.create_task(side.path.keep(side))
    await until(lambda: bool(side.peers) and "answer" in side.peers[0].said)
    side.peers[0].on_connected()
    assert side.said[-1] == MediaReport(is_up=True)
    side.peers[0].on_lost()
    await until(lambda: len(side.peers) == 2 and "answer" in side.peers[1].said)
    assert side.said[-1].fault == LOST
    side.peers[1].on_connected()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await side.path.settled()
    assert [peer.said[-1] for peer in side.peers] == ["closed", "closed"]
    assert not side.said[-1].is_up
    assert side.sent == [MediaOffer(id=CommandId("m"), sdp="sdp")] * 2


async def test_a_cancelled_offer_is_finished_before_the_peer_is_closed() -> None:
    side = Side()
    side.holds_offers = True
    keeping = asyncio.create_task(side.path.keep(side))
    await until(lambda: bool(side.peers) and "offer" in side.peers[0].said)
    keeping.cancel()
    await asyncio.sleep(0)
    side.peers[0].offering.set()
    await asyncio.gather(keeping, return_exceptions=True)
    await side.path.settled()
    assert side.peers[0].said == ["offer", "offered", "closed"]


@pytest.mark.allow_warnings
async def test_a_gateway_that_will_not_have_our_media_is_not_asked_again() -> None:
    side = Side()
    side.answer = Refused(code=RefusalCode.MEDIA_REFUSED, text="")
    await side.path.keep(side)
    assert side.said[-1].fault == UNFIT
    side.answer = None
    await side.path.keep(side)
    assert [peer.said[-1] for peer in side.peers] == ["closed", "closed"]


# --- the sign-in is prolonged ---------------------------------------------------------------------------


class Authority:
    def __init__(self, credentials: Credentials, *answers: Push) -> None:
        self.credentials = credentials
        self.answers = list(answers)

    async def request(self, command: Command) -> Push:
        assert isinstance(command, TokenRefresh)
        if not self.answers:
            raise UnsentError
        return self.answers.pop(0)

    async def request_durable(self, command: Command) -> Push:
        raise NotImplementedError


async def test_a_token_is_renewed_in_silence_and_a_failure_told() -> None:
    wall = Wall()
    credentials = Credentials(new_id=lambda: CommandId("c"), now=wall, locale=Locale.EN)
    credentials.welcomed(welcome(server_time=NOW, token="t", token_expires_at=NOW + 10, refresh_token="r"))
    granted = TokenGranted(id=CommandId("c"), token="t2", token_expires_at=NOW + 20, refresh_token="r2")
    refused = Refused(code=RefusalCode.TRY_LATER, text="")
    said: list[RenewalReport] = []
    with pytest.raises(UnsentError):
        await keep_renewed(credentials, Authority(credentials, refused, granted), said.append)
    assert said == [RenewalReport(expires_at=NOW + 10, fault="try_later"), RenewalReport(expires_at=NOW + 20)]
    credentials.forget()
    await keep_renewed(credentials, Authority(credentials), said.append)
