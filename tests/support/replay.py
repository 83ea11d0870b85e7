"""A journal with recordings, and a desk that looks at it: everything but the officer's clock is as it is for real."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import numpy as np

from comms.domain import events as ev
from comms.journal.blobs import Blobs
from comms.journal.replay.export import Export
from comms.journal.replay.replay import Replay, open_replay
from comms.link.clock import Timer
from comms.media.opus import Pcm
from comms.media.recording import BurstRecorder, Recording
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import VoiceSender
from comms.protocol.errors import Locale
from console.media.audio import PacedAudio
from console.replay_app import Folders, ReplayApp
from console.settings import Settings
from tests.support.day import recorded_day, write_journal, write_tracks
from tests.support.sound import sine

UNITS, SECONDS = 6, 5_400.0
DAY = recorded_day(units=UNITS, seconds=SECONDS, events=400)
LOOK_S = 0.005
CLICK_S = 1.0
"""After its beginning every recording has a click: 20 ms of 1 kHz."""


def recorded(sound: Pcm) -> Recording:
    """As the gateway keeps it."""
    recorder = BurstRecorder()
    for number, packet in enumerate(VoiceSender().feed(sound)):
        recorder.take(packet.payload, 960 * number, 0.02 * (number + 1))
    made = recorder.finish()
    assert made is not None
    return made


def click(seconds: float) -> Pcm:
    sound = np.zeros(round(seconds * AUDIO_RATE_HZ), np.int16)
    begin = round(CLICK_S * AUDIO_RATE_HZ)
    sound[begin : begin + 960] = sine(1000, 960)
    return sound


def write_day(folder: Path, day: Iterable[ev.Recorded] = DAY) -> Path:
    """A data directory. All recordings are one: four seconds with a click."""
    voice = recorded(click(4.0))
    blobs = Blobs(folder / "blobs")
    blob_id = blobs.put_now(voice.ogg, "audio/ogg")
    blobs.close()

    def told(one: ev.Recorded) -> ev.Recorded:
        if not isinstance(one.event, ev.RecordingSaved):
            return one
        event = msgspec.structs.replace(one.event, blob_id=blob_id, duration_s=voice.duration_s)
        return msgspec.structs.replace(one, event=event)

    write_journal(folder, [told(one) for one in day])
    write_tracks(folder, units=UNITS, hours=2, interval_s=60.0)
    return folder


def export(data: Path, path: Path, *, from_at: float, to_at: float) -> Path:
    replay = open_replay(data)
    assert isinstance(replay, Replay)
    replay.reached(2**62).result()
    made = Export(replay, from_at=from_at, to_at=to_at, made_at=1.0)
    replay.submit(lambda: made.write(path)).result()
    replay.close()
    return path


class HandClock:
    """The officer's time passes when told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> float:
        return 1_800_000_000.0 + self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer:
        raise NotImplementedError("nobody rings here")


class Looking:
    """A desk over a journal, and what it said."""

    def __init__(self, path: Path, folder: Path, *, locale: Locale = Locale.ZH_CN, ghost: Path | None = None) -> None:
        self.clock = HandClock()
        self.app = ReplayApp(
            path,
            clock=self.clock,
            make_audio=lambda: PacedAudio(clock=self.clock.monotonic),
            settings=Settings(locale=locale),
            folders=Folders(folder / "cache", folder / "notes"),
            settings_path=folder / "settings.json",
            ghost=ghost,
        )
        self.said: list[str] = []
        self.app.window.acting.said.connect(lambda tone, words, detail: self.said.append(words))

    async def until(self, claim: Callable[[], bool]) -> None:
        """Looked at between whatever else the loop does."""
        async with asyncio.timeout(40.0):
            while not claim():
                await asyncio.sleep(LOOK_S)

    async def pass_time(self, seconds: float) -> None:
        """In steps of a tenth."""
        for _ in range(round(seconds * 10)):
            self.clock.seconds += 0.1
            await self.app.player.step()
            await self.until(lambda: not self.app.player.seeking)  # the replay's own steps may have begun it


@asynccontextmanager
async def looking(
    path: Path, folder: Path, *, at: float | None = None, locale: Locale = Locale.ZH_CN, ghost: Path | None = None
) -> AsyncIterator[Looking]:
    made = Looking(path, folder, locale=locale, ghost=ghost)
    made.app.window.resize(1366, 768)
    made.app.window.show()
    made.app.begin(at)
    try:
        await made.until(lambda: made.app.store.is_in_sync and made.app.replay.made.is_checked)
        yield made
    finally:
        await made.app.close()
