"""Opus with redundancy and concealment, and the path from PCM to packets and back."""

import random
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.media.opus import OpusDecoder, OpusEncoder, Pcm
from comms.media.rtp import RtpPacket
from comms.media.voice import SILENCE_DBFS, LevelMeter, VoiceReceiver, VoiceSender, level_dbfs, shorten
from tests.support.sound import BLOCK, continuity, has_tone, oscillator, peak_hz, sine

FRAME = 960


class Line:
    """A talker and a listener with a bad network in between, in simulated time."""

    def __init__(self, *, loss: float, jitter_s: float, seed: int, frame_ms: int = 20) -> None:
        self.now_s = 0.0
        self.receiver = VoiceReceiver(clock=lambda: self.now_s)
        self.heard: list[Pcm] = []
        self._frame_ms = frame_ms
        self._random = random.Random(seed)
        self._loss, self._jitter_s = loss, jitter_s

    def carry(self, seconds: float, frequency_hz: float = 440.0) -> None:
        sender, tone = VoiceSender(frame_ms=self._frame_ms), oscillator(frequency_hz)
        samples = 48 * self._frame_ms
        arrivals: list[tuple[float, RtpPacket]] = []
        for number in range(int(seconds * 1000 / self._frame_ms)):
            (voice,) = sender.feed(tone(samples))
            packet = RtpPacket(111, number == 0, (65_500 + number) & 0xFFFF, number * samples, 1, voice.payload)
            if self._random.random() >= self._loss:
                late_s = self._random.random() * self._jitter_s
                arrivals.append((number * self._frame_ms / 1000 + late_s, packet))
        arrivals.sort(key=lambda arrival: arrival[0])
        for turn in count():
            turn_s = turn / 100
            while arrivals and arrivals[0][0] <= turn_s:
                self.now_s, packet = arrivals.pop(0)
                self.receiver.put(packet)
            self.now_s = turn_s
            self.heard.append(self.receiver.pull(BLOCK))
            if not arrivals and not self.receiver.is_active:
                return


@pytest.mark.parametrize("frame_ms", [20, 40])
@pytest.mark.parametrize(
    ("loss", "jitter_s", "least"), [(0.0, 0.0, 0.995), (0.0, 0.05, 0.98), (0.05, 0.05, 0.93), (0.1, 0.05, 0.85)]
)
def test_speech_goes_on_through_loss_and_jitter(frame_ms: int, loss: float, jitter_s: float, least: float) -> None:
    line = Line(loss=loss, jitter_s=jitter_s, seed=4, frame_ms=frame_ms)
    line.carry(6.0)
    assert continuity(line.heard, 440) >= least
    assert line.receiver.meter.dbfs < 0


def test_redundancy_says_what_was_lost_and_concealment_continues_it() -> None:
    """A 440 Hz tone changes to 880 Hz in the very packet that is lost: only redundancy can know that."""
    encoder, decoder = OpusEncoder(), OpusDecoder()
    low, high = oscillator(440), oscillator(880)
    packets = [encoder.encode(low(FRAME)) for _ in range(20)] + [encoder.encode(high(FRAME)) for _ in range(10)]
    for packet in packets[:24]:
        decoder.decode(packet)
    recovered = decoder.recover(packets[25], FRAME)
    assert len(recovered) == FRAME
    assert abs(peak_hz(recovered) - 880) <= 50
    decoder.decode(packets[25])
    made_up = decoder.conceal(FRAME)
    assert abs(peak_hz(made_up) - 880) <= 100
    faded = [level_dbfs(decoder.conceal(FRAME)) for _ in range(20)]
    assert faded[-1] < faded[0] - 10


def test_broken_packets_are_concealed() -> None:
    decoder = OpusDecoder()
    assert len(decoder.decode(b"\xff")) == FRAME
    assert len(decoder.recover(b"", FRAME)) == FRAME
    assert len(decoder.conceal(7)) == 7, "not a length Opus knows: silence"


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_any_payload_is_survived(payload: bytes) -> None:
    assert OpusDecoder().decode(payload).dtype == np.int16


def test_the_encoder_takes_whole_frames_only() -> None:
    with pytest.raises(ValueError, match="960"):
        OpusEncoder().encode(sine(440, 959))


@given(st.lists(st.integers(0, 3000), max_size=8))
def test_every_sample_given_is_sent(sizes: list[int]) -> None:
    sender = VoiceSender()
    packets = [packet for size in sizes for packet in sender.feed(np.zeros(size, dtype=np.int16))]
    packets += sender.flush()
    assert sum(packet.samples for packet in packets) == -(-sum(sizes) // FRAME) * FRAME
    assert sender.flush() == []


def test_speech_stays_within_32_kbit_a_second() -> None:
    sender = VoiceSender()
    noise = (np.random.default_rng(1).normal(0, 3000, 48_000)).astype(np.int16)
    octets = sum(len(packet.payload) for packet in sender.feed(noise))
    assert octets * 8 <= 36_000


def test_blocks_of_any_size_come_out_whole() -> None:
    line = Line(loss=0, jitter_s=0, seed=1)
    sizes = [1, 479, 480, 481, 1024]
    assert [len(line.receiver.pull(size)) for size in sizes] == sizes
    assert not line.receiver.is_active
    assert line.receiver.stats.received == 0


def test_levels() -> None:
    assert level_dbfs(np.zeros(0, dtype=np.int16)) == SILENCE_DBFS
    assert level_dbfs(np.zeros(10, dtype=np.int16)) == SILENCE_DBFS
    assert level_dbfs(np.full(480, -32768, dtype=np.int16)) == 0.0
    assert level_dbfs(sine(1000, 4800)) == pytest.approx(20 * np.log10(8000 / 32768 / np.sqrt(2)), abs=0.1)


def test_a_meter_rises_at_once_and_falls_slowly() -> None:
    meter = LevelMeter()
    meter.feed(sine(1000, 480))
    loud = meter.dbfs
    meter.feed(np.zeros(4800, dtype=np.int16))
    assert meter.dbfs == pytest.approx(loud - 2.0)
    for _ in range(60):
        meter.feed(np.zeros(4800, dtype=np.int16))
    assert meter.dbfs == SILENCE_DBFS


def test_shortening_keeps_the_tone() -> None:
    shorter = shorten(sine(440, FRAME))
    assert FRAME - 480 <= len(shorter) <= FRAME - 120
    assert has_tone(shorter[:BLOCK], 440)
    short = sine(440, 500)
    assert shorten(short) is short
    assert len(shorten(np.zeros(FRAME, dtype=np.int16))) < FRAME


def test_a_backlog_is_worked_off() -> None:
    """Half a second of packets at once, then a good network: the delay shrinks by shortening."""
    now_s = 0.0
    receiver = VoiceReceiver(clock=lambda: now_s)
    sender, tone = VoiceSender(), oscillator(440)
    for number in range(400):
        now_s = number / 50
        (voice,) = sender.feed(tone(FRAME))
        packet = RtpPacket(111, number == 0, number, number * FRAME, 1, voice.payload)
        if number == 0:
            held_back: list[RtpPacket] = []
        if number < 25:
            held_back.append(packet)
            continue
        for late in held_back:
            receiver.put(late)
        held_back.clear()
        receiver.put(packet)
        receiver.pull(BLOCK)
        receiver.pull(BLOCK)
    backlog = len(receiver._buffer._held)
    assert backlog <= 25
