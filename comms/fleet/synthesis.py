"""Speech of simulated people by eSpeak NG, run as a program of its own: text goes in, a WAV comes out.

It is another licence's (GPL) and may be missing; then nobody speaks words, and the vowels of `speech` are heard.
Debian 12's has Mandarin as a dictionary that turns characters into Pinyin, which only its Pinyin voice reads: `cmn`
says "dao four, letter by letter"."""

import shutil
import struct
import subprocess
from dataclasses import dataclass
from typing import Final

import numpy as np

from comms.fleet.reading import aloud, is_chinese
from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import VoicePacket, VoiceSender

PROGRAM: Final = "espeak-ng"
LONGEST_TEXT = 300
"""Characters; more is cut, as 75 s of talking would be."""
CALM_WPM = {True: 190, False: 165}
"""Chinese, or not: some four and a half characters a second."""
_CHINESE, _ENGLISH = "cmn-latn-pinyin", "en-gb"
_TIMEOUT_S = 20.0
_LOUD_DBFS, _PEAK = -20.0, 0.9
_QUIET = 0.01
"""Of the loudest: what comes before and after is cut off."""
_LEAD_S, _TAIL_S = 0.08, 0.2


@dataclass(frozen=True, slots=True)
class Throat:
    """Whose voice: a variant of the program's, a pitch (0 to 99) and how fast (1.0 is calm)."""

    variant: str
    pitch: int
    pace: float = 1.0


def program() -> str | None:
    """Where it is on this machine, or None."""
    return shutil.which(PROGRAM)


def synthesise(text: str, throat: Throat, *, path: str) -> Pcm | None:
    """48 kHz mono, the same for the same words; some 30 ms of another process for a sentence. None when the program
    fails or says nothing. Blocks."""
    words = aloud(text)[:LONGEST_TEXT]
    chinese = is_chinese(words)
    voice = f"{_CHINESE if chinese else _ENGLISH}+{throat.variant}"
    speed = str(round(CALM_WPM[chinese] * throat.pace))
    command = [path, "-v", voice, "-p", str(throat.pitch), "-s", speed, "-b", "1", "--stdin", "--stdout"]
    try:
        done = subprocess.run(
            command, input=words.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_TIMEOUT_S,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = read_wav(done.stdout) if done.returncode == 0 else None
    return level(at_48_khz(*found)) if found is not None else None


def read_wav(data: bytes) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], int] | None:
    """Samples and rate of 16 bit mono. What is written to a pipe does not know its length, so that is not believed."""
    start = data.find(b"data", 12)
    if not data.startswith(b"RIFF") or start < 36 or data[20:24] != b"\x01\x00\x01\x00":
        return None
    (rate,) = struct.unpack_from("<I", data, 24)
    sound = np.frombuffer(data[start + 8 : len(data) - (len(data) - start) % 2], dtype="<i2").astype(np.float64)
    return (sound, rate) if len(sound) and rate else None


def at_48_khz(
    sound: "np.ndarray[tuple[int], np.dtype[np.float64]]", rate: int
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Band limited, through its spectrum, whose ends are silent."""
    step = rate // int(np.gcd(rate, AUDIO_RATE_HZ))
    padded = np.pad(sound, (0, -len(sound) % step + step))
    count = len(padded) * AUDIO_RATE_HZ // rate
    spectrum = np.fft.rfft(padded)
    return np.asarray(np.fft.irfft(np.pad(spectrum, (0, count // 2 + 1 - len(spectrum))), count)) * (
        AUDIO_RATE_HZ / rate
    )


def level(sound: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Pcm | None:
    """Equally loud whoever speaks, without the silence around it. None when it is all silence."""
    loudest = float(np.abs(sound).max(initial=0.0))
    heard = np.flatnonzero(np.abs(sound) > loudest * _QUIET) if loudest > 0 else np.empty(0)
    if not len(heard):
        return None
    spoken = sound[int(heard[0]) : int(heard[-1]) + 1]
    rms = float(np.sqrt(np.mean(spoken**2)))
    gain = min(10 ** (_LOUD_DBFS / 20) * 32768 / rms, _PEAK * 32767 / loudest)
    around = (round(_LEAD_S * AUDIO_RATE_HZ), round(_TAIL_S * AUDIO_RATE_HZ))
    return np.pad(spoken * gain, around).astype(np.int16)


class Utterance:
    """Something said once, encoded in packets of 20 ms, whatever a floor asks for: drills are small."""

    def __init__(self, pcm: Pcm) -> None:
        self.duration_s = len(pcm) / AUDIO_RATE_HZ
        sender = VoiceSender()
        self._packets = (*sender.feed(pcm), *sender.flush())

    def packet(self, at: int) -> VoicePacket | None:
        """The packet with this number, None after the last."""
        return self._packets[at] if at < len(self._packets) else None
