"""What is heard of a replay: at its own pace where the picture is, at twice its pace in its own pitch."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from comms.domain.ids import BlobId
from comms.journal.replay.replay import Replay, open_replay
from comms.media.rtp import AUDIO_RATE_HZ
from console.media.speaker import Speaker
from console.replay.double import doubled
from console.replay.ear import ReplayEar
from console.replay.playback import ReplayPlayback
from console.replay.played_clock import PlayedClock
from console.replay.player import Player
from console.replay.recordings import Recordings
from console.store.store import Store
from tests.support.replay import CLICK_S, write_day
from tests.support.sound import peak_hz, sine

BLOCK = 480


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_day(tmp_path_factory.mktemp("day"))


@pytest.fixture
def replay(data: Path) -> Iterator[Replay]:
    found = open_replay(data)
    assert isinstance(found, Replay)
    found.reached(2**62).result()
    yield found
    found.close()


class Silent:
    """A loudspeaker nobody listens to: it is pulled by hand."""

    def start(self, pull: object) -> None: ...
    def stop(self) -> None: ...


class Officer:
    """Listens: each 10 ms of his time a block is pulled, every 100 ms the replay goes on."""

    def __init__(self, replay: Replay) -> None:
        self.seconds = 100.0
        clock = PlayedClock()
        self.player = Player(replay, Store(now=clock.now), clock, monotonic=lambda: self.seconds)
        self.recordings = Recordings(replay, told=lambda: None)
        self.speaker = Speaker(Silent())
        self.ear = ReplayEar(self.player, self.recordings, self.speaker, monotonic=lambda: self.seconds)
        self.player.changed.append(self.ear.follow)

    async def ready(self, blob_id: BlobId, *, is_doubled: bool = False) -> None:
        async with asyncio.timeout(20.0):
            while self.recordings.samples(blob_id, is_doubled=is_doubled) is None:
                await asyncio.sleep(0.005)

    async def listen(self, seconds: float) -> tuple[list[float], np.ndarray]:
        """The replay's moment at the beginning of each block, and what was heard."""
        moments, heard = [], []
        for number in range(round(seconds * 100)):
            if number % 10 == 0:
                await self.player.step()
            moments.append(self.player.at + (self.seconds - self.player.stepped_s) * self.player.speed)
            heard.append(self.speaker.pull(BLOCK))
            self.seconds += BLOCK / AUDIO_RATE_HZ
        return moments, np.concatenate(heard)


async def test_a_click_is_heard_at_its_moment_after_any_seek(replay: Replay) -> None:
    """Acceptance: within 40 ms at ×1, after 10 random seeks, out of the loudspeaker itself."""
    officer, roll = Officer(replay), random.Random(6)
    bursts = [burst for burst in replay.bursts if burst.blob_id is not None]
    lonely = [
        one
        for one in bursts
        if not any(other is not one and abs(other.sound_from_at - one.sound_from_at) < 6.0 for other in bursts)
    ]
    assert lonely[0].blob_id is not None
    await officer.ready(lonely[0].blob_id)
    officer.player.play()
    for burst in roll.sample(lonely, 10):
        await officer.player.seek(burst.sound_from_at + roll.uniform(-0.5, CLICK_S - 0.2))
        moments, heard = await officer.listen(2.0)
        first = int(np.argmax(np.abs(heard.astype(np.int32))))
        clicked_at = moments[first // BLOCK] + first % BLOCK / AUDIO_RATE_HZ
        assert abs(clicked_at - (burst.sound_from_at + CLICK_S)) < 0.04
    officer.recordings.close()


async def test_lanes_are_muted_and_at_other_speeds_it_is_silent(replay: Replay) -> None:
    officer = Officer(replay)
    burst = next(burst for burst in replay.bursts if burst.blob_id is not None)
    assert burst.blob_id is not None
    await officer.ready(burst.blob_id)
    await officer.ready(burst.blob_id, is_doubled=True)
    for speed, muted, is_held, is_loud in (
        (1.0, frozenset(), False, True),
        (1.0, frozenset({one.talkgroup_id for one in replay.bursts}), False, False),
        (1.0, frozenset(), True, False),
        (2.0, frozenset(), False, True),
        (5.0, frozenset(), False, False),
    ):
        officer.ear.muted, officer.ear.is_held = muted, is_held
        officer.player.set_speed(speed)
        await officer.player.seek(burst.sound_from_at + 0.8)
        officer.player.play()
        _, heard = await officer.listen(0.5)
        assert bool(np.abs(heard.astype(np.int32)).max() > 3000) is is_loud
        officer.player.pause()
        _, after = await officer.listen(0.1)
        assert not after.any()
    officer.recordings.close()


async def test_a_line_of_the_log_is_played_once_it_is_decoded(replay: Replay) -> None:
    officer = Officer(replay)
    blob_id = next(burst.blob_id for burst in replay.bursts if burst.blob_id is not None)
    playback = ReplayPlayback(officer.recordings, officer.speaker)
    playback.play(blob_id)
    await officer.ready(blob_id)
    playback.follow()
    heard = np.concatenate([officer.speaker.pull(BLOCK) for _ in range(150)])
    assert np.abs(heard.astype(np.int32)).max() > 3000
    playback.stop()
    assert not officer.speaker.pull(BLOCK).any()
    peaks = None
    async with asyncio.timeout(20.0):
        while (peaks := officer.recordings.peaks(blob_id)) is None:
            await asyncio.sleep(0.005)
    assert int(np.argmax(peaks)) == round(CLICK_S * 25)
    lost = BlobId("0" * 64)
    await officer.ready(lost)
    samples = officer.recordings.samples(lost)
    assert samples is not None
    assert len(samples) == 0
    officer.recordings.close()


@pytest.mark.parametrize("frequency_hz", [110.0, 440.0, 1_000.0])
def test_twice_as_fast_has_the_same_pitch_and_half_the_time(frequency_hz: float) -> None:
    sound = sine(frequency_hz, 2 * AUDIO_RATE_HZ)
    fast = doubled(sound)
    assert len(fast) == AUDIO_RATE_HZ
    assert peak_hz(fast[4800:-4800]) == pytest.approx(frequency_hz, rel=0.01)
    blocks = fast[2400:-2400][: 88 * BLOCK].reshape(-1, BLOCK)
    assert np.abs(blocks.astype(np.int32)).max(axis=1).min() > 5_000, "no gap"


def test_twice_as_fast_keeps_what_was_said_in_order_and_silence_silent() -> None:
    parts = [sine(300, 24_000), np.zeros(24_000, np.int16), sine(900, 24_000)]
    fast = doubled(np.concatenate(parts))
    thirds = np.array_split(fast, 3)
    assert peak_hz(thirds[0][1200:-1200]) == pytest.approx(300, rel=0.02)
    assert np.abs(thirds[1][2400:-2400].astype(np.int32)).max() < 50
    assert peak_hz(thirds[2][1200:-1200]) == pytest.approx(900, rel=0.02)
    assert len(doubled(sine(440, 1000))) == 500
