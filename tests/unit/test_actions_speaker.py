"""What the officer hears: voices of the path, and the desk's own tones and recordings over them."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from comms.domain.ids import BlobId, CommandId
from comms.media.recording import MEDIA_TYPE, write_ogg
from comms.media.voice import VoiceSender
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import BlobContent, Push, Refused
from console.actions.requester import UnsentError
from console.media.playback import RecordingPlayer
from console.media.sounds import Sounds
from console.media.speaker import TONE_SHARE, Speaker
from console.media.tones import CallTone, synthesise_all

Samples = NDArray[np.int16]


def constant(value: int) -> Callable[[int], Samples]:
    return lambda count: np.full(count, value, np.int16)


class Device:
    """A loudspeaker the test turns by hand."""

    def __init__(self) -> None:
        self.pull: Callable[[int], Samples] | None = None

    def start(self, pull: Callable[[int], Samples]) -> None:
        self.pull = pull

    def stop(self) -> None:
        self.pull = None

    def take(self, count: int) -> list[int]:
        assert self.pull is not None
        return [int(sample) for sample in self.pull(count)]


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def speaker(device: Device) -> Speaker:
    speaker = Speaker(device)
    speaker.open()
    return speaker


def test_voices_come_and_go_with_their_path(device: Device, speaker: Speaker) -> None:
    assert device.take(3) == [0, 0, 0]
    speaker.start(constant(1000))
    assert device.take(2) == [1000, 1000]
    speaker.set_volume(0.5)
    assert device.take(1) == [500]
    speaker.stop()
    assert device.take(1) == [0]
    speaker.close()
    assert device.pull is None


def test_a_tone_sounds_over_the_voices_and_ends(device: Device, speaker: Speaker) -> None:
    speaker.start(constant(1000))
    speaker.play(np.array([100, 200, 300], np.int16))
    kept = int(1000 * TONE_SHARE)
    assert device.take(2) == [kept + 100, kept + 200]
    assert device.take(2) == [kept + 300, kept]
    assert device.take(1) == [1000]


def test_a_repeating_tone_lasts_until_it_is_stopped(device: Device, speaker: Speaker) -> None:
    stop = speaker.play(np.array([1, 2], np.int16), repeats=True)
    assert device.take(5) == [1, 2, 1, 2, 1]
    stop()
    assert device.take(2) == [0, 0]
    speaker.play(np.zeros(0, np.int16), repeats=True)
    assert device.take(1) == [0]


def test_loud_things_together_are_limited(device: Device, speaker: Speaker) -> None:
    for _ in range(2):
        speaker.play(np.array([30_000], np.int16))
    assert device.take(1) == [32_767]


def test_one_repeating_tone_at_a_time(device: Device, speaker: Speaker) -> None:
    tones = synthesise_all()
    sounds = Sounds(speaker, tones)
    sounds.repeat(CallTone.RINGING)
    sounds.repeat(CallTone.RINGBACK)
    assert device.take(500) == tones[CallTone.RINGBACK][:500].tolist()
    sounds.repeat(None)
    sounds.repeat(None)
    assert set(device.take(100)) == {0}
    sounds.play(CallTone.ENDED)
    assert any(device.take(500))


# --- recordings -------------------------------------------------------------------------------------


class Gateway:
    def __init__(self) -> None:
        self.answer: Push | None = None

    async def request(self, command: Command) -> Push:
        if self.answer is None:
            raise UnsentError
        return self.answer

    async def request_durable(self, command: Command) -> Push:
        raise NotImplementedError


def recording() -> bytes:
    wave = (8000 * np.sin(np.arange(48_000) / 20)).astype(np.int16)
    return write_ogg([packet.payload for packet in VoiceSender().feed(wave)])


def content(data: bytes) -> BlobContent:
    return BlobContent(id=CommandId("b"), blob_id=BlobId("b"), media_type=MEDIA_TYPE, data=data)


async def test_a_recording_is_heard_and_can_be_stopped(device: Device, speaker: Speaker) -> None:
    gateway = Gateway()
    player = RecordingPlayer(gateway, speaker, new_id=lambda: CommandId("b"))
    gateway.answer = content(recording())
    await player.play(BlobId("b"))
    assert max(device.take(4800)) > 4000
    player.stop()
    assert set(device.take(4800)) == {0}


@pytest.mark.allow_warnings
async def test_what_cannot_be_played_is_silence(device: Device, speaker: Speaker) -> None:
    gateway = Gateway()
    player = RecordingPlayer(gateway, speaker, new_id=lambda: CommandId("b"))
    for answer in (None, Refused(code=RefusalCode.NOT_FOUND, text=""), content(b"no ogg")):
        gateway.answer = answer
        await player.play(BlobId("b"))
        assert set(device.take(480)) == {0}
