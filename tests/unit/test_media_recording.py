"""Talk bursts as Ogg/Opus, checked with FFmpeg's reader as well as with our own."""

import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.media.recording import BurstRecorder, OggError, Recording, read_pcm, write_ogg
from comms.media.voice import VoiceSender, level_dbfs
from tests.support.sound import BLOCK, has_tone, sine

FRAME = 960


def packets(seconds: float, *, frame_ms: int = 20) -> list[bytes]:
    sender = VoiceSender(frame_ms=frame_ms)
    return [packet.payload for packet in sender.feed(sine(440, int(seconds * 48_000)))]


def record(payloads: list[bytes], *, start: int = 0, frame: int = FRAME, without: tuple[int, ...] = ()) -> Recording:
    recorder = BurstRecorder()
    for index, payload in enumerate(payloads):
        if index not in without:
            recorder.take(payload, (start + frame * index) & 0xFFFF_FFFF, 0.0)
    recording = recorder.finish()
    assert recording is not None
    return recording


def foreign_samples(ogg: bytes) -> tuple[float, int]:
    """Duration and decoded samples by FFmpeg."""
    container: Any = av.open(io.BytesIO(ogg))
    with container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        return (container.duration or 0) / 1e6, samples


@pytest.mark.parametrize("frame_ms", [20, 40])
def test_a_burst_is_played_by_others_and_by_us(frame_ms: int) -> None:
    recording = record(packets(2.5, frame_ms=frame_ms), frame=48 * frame_ms)
    assert recording.duration_s == pytest.approx(2.5, abs=0.04)
    duration_s, samples = foreign_samples(recording.ogg)
    assert duration_s == pytest.approx(recording.duration_s, abs=0.05)
    pcm = read_pcm(recording.ogg)
    assert abs(len(pcm) - samples) <= FRAME
    assert all(has_tone(pcm[start : start + BLOCK], 440) for start in range(9600, 96_000, BLOCK))


def test_gaps_keep_the_time_and_are_bridged() -> None:
    payloads = packets(2.0)
    recording = record(payloads, start=0xFFFF_FF00, without=(50, 51, 80))
    assert recording.duration_s == pytest.approx(2.0)
    assert len(read_pcm(recording.ogg)) == pytest.approx(96_000, abs=320)
    assert foreign_samples(recording.ogg)[0] == pytest.approx(2.0, abs=0.05)
    assert level_dbfs(read_pcm(recording.ogg)[50 * FRAME : 51 * FRAME]) > -40


@pytest.mark.parametrize(("pause_s", "kept_s"), [(12.0, 12.0), (0.0, 0.0)], ids=["a pause", "a clock that leaps"])
def test_what_is_said_after_a_long_pause_is_heard_where_it_was_said(pause_s: float, kept_s: float) -> None:
    recorder = BurstRecorder()
    for index, payload in enumerate(packets(0.2)):
        is_after = index >= 5
        at = FRAME * index + (12 * 48_000 if is_after else 0)
        recorder.take(payload, at, 0.02 * index + (pause_s if is_after else 0.0))
    recording = recorder.finish()
    assert recording is not None
    assert recording.duration_s == pytest.approx(0.2 + kept_s, abs=0.03)
    assert len(read_pcm(recording.ogg)) == pytest.approx((0.2 + kept_s) * 48_000, abs=1500)


def test_order_of_arrival_does_not_matter_and_repeats_do_not_count() -> None:
    payloads = packets(0.5)
    recorder = BurstRecorder()
    order = [3, 1, 0, 2, *range(4, len(payloads)), 5, 5]
    for index in order:
        recorder.take(payloads[index], FRAME * index, 0.0)
    recorder.take(b"", 0, 0.0)
    recorder.take(payloads[0], 48_000 * 3600, 0.0)
    assert recorder.finish() == record(payloads)


def test_it_begins_when_its_first_sample_came_in_however_packets_were_held_up() -> None:
    payloads = packets(0.2)
    recorder = BurstRecorder()
    for index, held_up_s in ((2, 0.09), (0, 0.2), (1, 0.17), (3, 0.07), (4, 0.0), (5, 0.01)):
        recorder.take(payloads[index], FRAME * index, 100.0 + 0.02 * index + held_up_s)
    recording = recorder.finish()
    assert recording is not None
    assert recording.began_s == pytest.approx(100.0)


def test_overlapping_packets_are_left_out() -> None:
    payloads = packets(0.1)
    recorder = BurstRecorder()
    for timestamp in (0, 480, FRAME):
        recorder.take(payloads[0], timestamp, 0.0)
    recording = recorder.finish()
    assert recording is not None
    assert recording.duration_s == pytest.approx(0.04)


def test_silence_is_no_recording() -> None:
    assert BurstRecorder().finish() is None


@settings(max_examples=25)
@given(st.lists(st.sampled_from([0, 1, 60, 254, 255, 256, 510, 1000]), max_size=300))
def test_packets_of_any_size_are_written_and_read(sizes: list[int]) -> None:
    """Sizes at and around the lacing's 255, and enough of them for several pages."""
    payloads = [bytes((15 << 3,)) + bytes(size) for size in sizes]
    assert len(read_pcm(write_ogg(payloads))) == max(0, FRAME * len(sizes) - 312)


@pytest.mark.parametrize("damage", [lambda o: o[:-3], lambda o: o[:20], lambda o: b"X" + o[1:], lambda o: o[28:]])
def test_damage_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(OggError):
        read_pcm(damage(record(packets(0.2)).ogg))


def test_a_changed_byte_and_no_headers_are_refused() -> None:
    ogg = bytearray(record(packets(0.2)).ogg)
    ogg[-1] ^= 1
    with pytest.raises(OggError, match="checksum"):
        read_pcm(bytes(ogg))
    with pytest.raises(OggError, match="headers"):
        read_pcm(b"")


def test_ten_seconds_are_recorded_whole() -> None:
    recording = record(packets(10.0))
    assert foreign_samples(recording.ogg)[0] == pytest.approx(10.0, abs=0.05)
    assert isinstance(read_pcm(recording.ogg), np.ndarray)
