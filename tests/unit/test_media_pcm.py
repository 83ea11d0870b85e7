"""Mixing and pacing."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.media.opus import Pcm
from comms.media.pcm import BLOCK_SAMPLES, Mixer, Pace, PacedSink, PacedSource, tone
from tests.support.sound import oscillator, peak_hz


def steady(value: int) -> Pcm:
    return np.full(10_000, value, dtype=np.int16)


def test_voices_add_up_with_their_gains_and_are_clipped() -> None:
    mixer = Mixer()
    mixer.add("a", lambda samples: steady(1000)[:samples])
    mixer.add("b", lambda samples: steady(200)[:samples])
    assert set(mixer.pull(48)) == {1200}
    mixer.set_gain("a", 0.0)
    mixer.set_gain("b", 2.0)
    assert set(mixer.pull(48)) == {400}
    mixer.set_gain("a", 100.0)
    assert set(mixer.pull(48)) == {32767}


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(1, 200))
def test_clips_follow_each_other_whole(sizes: list[int], step: int) -> None:
    mixer = Mixer()
    clips = [np.arange(1, size + 1, dtype=np.int16) for size in sizes]
    for clip in clips:
        mixer.play(clip)
    total = sum(sizes)
    heard = np.concatenate([mixer.pull(step) for _ in range(total // step + 1)])
    assert np.array_equal(heard[:total], np.concatenate(clips))
    assert not heard[total:].any()


def test_clips_can_be_stopped() -> None:
    mixer = Mixer()
    mixer.play(steady(5))
    mixer.play(steady(6))
    mixer.pull(10)
    mixer.stop_clips()
    assert not mixer.pull(48).any()


def test_tones_are_soft_at_both_ends() -> None:
    beep = tone([440, 880], seconds=0.2, level=0.5)
    assert len(beep) == 9600
    assert abs(int(beep[0])) < 10
    assert abs(int(beep[-1])) < 200
    assert 8000 < np.abs(beep).max() <= 16_384
    assert peak_hz(beep) in (pytest.approx(440, abs=5), pytest.approx(880, abs=5))
    assert not tone([], seconds=0.1).any()


async def test_a_source_and_a_sink_keep_time() -> None:
    """The clock is ahead of the loop, so every turn is overdue and made up for at once."""
    now_s = 0.0

    def clock() -> float:
        nonlocal now_s
        now_s += 0.5
        return now_s

    spoken: list[Pcm] = []
    heard: list[Pcm] = []
    source, sink = PacedSource(oscillator(440), clock=clock), PacedSink(heard.append, clock=clock)
    silent = PacedSink(clock=clock)
    source.start(spoken.append)
    sink.start(lambda samples: np.ones(samples, dtype=np.int16))
    pulled: list[int] = []

    def pull(samples: int) -> Pcm:
        pulled.append(samples)
        return np.zeros(samples, dtype=np.int16)

    silent.start(pull)
    while len(spoken) < 3 or len(heard) < 3 or len(pulled) < 3:
        await asyncio.sleep(0)
    for device in (source, sink, silent):
        device.stop()
        device.stop()
    assert {len(block) for block in spoken + heard} == {BLOCK_SAMPLES}


async def test_a_pace_started_again_runs_once() -> None:
    ticks: list[int] = []
    pace = Pace(clock=lambda: asyncio.get_running_loop().time() + len(ticks))
    pace.start(lambda: ticks.append(1))
    pace.start(lambda: ticks.append(2))
    while len(ticks) < 3:
        await asyncio.sleep(0)
    pace.stop()
    assert set(ticks) == {2}
