"""Speech between sound cards and RTP: PCM blocks in and packets out, packets in and PCM blocks out."""

from collections import deque
from collections.abc import Callable
from math import ceil

import msgspec
import numpy as np

from comms.media.jitter import Conceal, JitterBuffer, JitterStats, Play, Recover, Rest
from comms.media.opus import BITRATE_BPS, OpusDecoder, OpusEncoder, Pcm
from comms.media.rtp import AUDIO_RATE_HZ, RtpPacket

SILENCE_DBFS = -96.0
_DECAY_DB_PER_S = 20.0
_FULL_SCALE = 32768.0
_INBOX_PACKETS = 250
_SHORTEST_CUT, _LONGEST_CUT, _CUT_STEP = 120, 480, 8
"""Samples: 2.5 to 10 ms, the range of a voice's pitch."""


class VoicePacket(msgspec.Struct, frozen=True):
    payload: bytes
    samples: int


def level_dbfs(pcm: Pcm) -> float:
    """Loudness of a block: root mean square, 0 is a full-scale square wave, SILENCE_DBFS the floor."""
    if not len(pcm):
        return SILENCE_DBFS
    rms = float(np.sqrt(np.mean(np.square(pcm, dtype=np.float64)))) / _FULL_SCALE
    return max(SILENCE_DBFS, 20 * float(np.log10(rms))) if rms > 0 else SILENCE_DBFS


class LevelMeter:
    """Rises at once, falls 20 dB a second, as meters do."""

    def __init__(self) -> None:
        self.dbfs = SILENCE_DBFS

    def feed(self, pcm: Pcm) -> None:
        fallen = self.dbfs - _DECAY_DB_PER_S * len(pcm) / AUDIO_RATE_HZ
        self.dbfs = max(level_dbfs(pcm), fallen, SILENCE_DBFS)


class VoiceSender:
    """One talk burst at a time: blocks of any size in, whole packets out."""

    def __init__(self, *, frame_ms: int = 20, bitrate_bps: int = BITRATE_BPS) -> None:
        self._encoder = OpusEncoder(frame_ms=frame_ms, bitrate_bps=bitrate_bps)
        self._pending: Pcm = np.zeros(0, dtype=np.int16)

    def feed(self, pcm: Pcm) -> list[VoicePacket]:
        size = self._encoder.samples
        pending = np.concatenate((self._pending, pcm))
        whole = len(pending) // size * size
        self._pending = pending[whole:]
        return [self._packet(pending[start : start + size]) for start in range(0, whole, size)]

    def flush(self) -> list[VoicePacket]:
        """The end of a burst: what is left, filled up with silence, so that no last syllable is cut."""
        left = len(self._pending)
        return self.feed(np.zeros(self._encoder.samples - left, dtype=np.int16)) if left else []

    def _packet(self, pcm: Pcm) -> VoicePacket:
        return VoicePacket(self._encoder.encode(pcm), len(pcm))


class VoiceReceiver:
    """One received stream. `put` may be called on any thread; `pull` and everything else on the playback's alone."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self.meter = LevelMeter()
        self.is_active = False
        """Whether the last block held anything but rest."""
        self._clock = clock
        self._inbox: deque[tuple[RtpPacket, float]] = deque(maxlen=_INBOX_PACKETS)
        self._buffer = JitterBuffer()
        self._decoder = OpusDecoder()
        self._left: Pcm = np.zeros(0, dtype=np.int16)

    @property
    def stats(self) -> JitterStats:
        return self._buffer.stats

    def put(self, packet: RtpPacket) -> None:
        """A packet has arrived just now."""
        self._inbox.append((packet, self._clock()))

    def pull(self, samples: int) -> Pcm:
        """The next so many samples for the loudspeaker; silence when nobody talks."""
        while self._inbox:
            packet, arrived_at = self._inbox.popleft()
            self._buffer.put(packet, arrived_at)
        parts = [self._left]
        ready = len(self._left)
        now = self._clock()
        is_active = ready > 0
        while ready < samples:
            block = self._next_block(now)
            is_active = is_active or block is not None
            if block is None:
                block = self._silence_before(now, samples - ready)
            if block is None:
                break
            parts.append(block)
            ready += len(block)
            now += len(block) / AUDIO_RATE_HZ
        pcm = np.concatenate(parts)
        self.is_active = is_active
        self._left = pcm[samples:]
        if ready < samples:
            pcm = np.concatenate((pcm, np.zeros(samples - ready, dtype=np.int16)))
        pcm = pcm[:samples]
        self.meter.feed(pcm)
        return pcm

    def _silence_before(self, now: float, samples: int) -> Pcm | None:
        """A burst due within so many samples starts among them, not with the next pull: half a block sooner."""
        wait_s = self._buffer.starts_in_s(now)
        wait = samples if wait_s is None else ceil(wait_s * AUDIO_RATE_HZ)
        return np.zeros(wait, dtype=np.int16) if 0 < wait < samples else None

    def _next_block(self, now: float) -> Pcm | None:
        match self._buffer.pull(now):
            case Play(payload, _, is_surplus):
                pcm = self._decoder.decode(payload)
                return shorten(pcm) if is_surplus else pcm
            case Recover(next_payload, samples):
                return self._decoder.recover(next_payload, samples)
            case Conceal(samples):
                return self._decoder.conceal(samples)
            case Rest():
                return None


def shorten(pcm: Pcm) -> Pcm:
    """Take 2.5 to 10 ms out of a block where it hurts least: at the lag at which it resembles itself most."""
    overlap = len(pcm) - _LONGEST_CUT
    if overlap < _SHORTEST_CUT:
        return pcm
    sound = pcm.astype(np.float64)
    head = sound[:overlap]
    lags = range(_SHORTEST_CUT, _LONGEST_CUT + 1, _CUT_STEP)
    likeness = [_likeness(head, sound[lag : lag + overlap]) for lag in lags]
    lag = lags[int(np.argmax(likeness))]
    fade = np.linspace(0.0, 1.0, overlap)
    joined = head * (1 - fade) + sound[lag : lag + overlap] * fade
    return np.concatenate((joined, sound[lag + overlap :])).astype(np.int16)


def _likeness(
    a: np.ndarray[tuple[int], np.dtype[np.float64]], b: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float:
    energy = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / energy if energy > 0 else 0.0
