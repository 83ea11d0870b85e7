"""The desk's ears and mouth: a sound card watched for plugging and unplugging, or none at all. Comms thread only."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np

from comms.media.devices import DeviceStatus, SoundCard, VoiceCleaner
from comms.media.opus import Pcm
from comms.media.pcm import PacedSink, PacedSource, PcmSink, PcmSource
from comms.media.portaudio import AudioDevice, DeviceRefusal, SoundSystem
from comms.media.voice import SILENCE_DBFS, level_dbfs
from console.media.sound import SoundReport

CHECK_INTERVAL_S = 1.5
"""How often the devices are looked at; 0.1 ms each time."""
LEVEL_INTERVAL_S = 0.1
QUIETEST_DBFS = -60.0


class Audio(Protocol):
    """Microphone and loudspeaker."""

    @property
    def source(self) -> PcmSource: ...
    @property
    def sink(self) -> PcmSink: ...
    def microphones(self) -> tuple[str, ...]:
        """By the system's names; may be asked on any thread."""
        ...

    def speakers(self) -> tuple[str, ...]: ...
    def choose(self, *, microphone: str, speaker: str) -> None:
        """By the system's names; empty means its default."""
        ...

    async def watch(self, report: SoundReport, on_microphone: Callable[[bool], None]) -> None:
        """Until cancelled: tell what changes, and whether there is a microphone."""
        ...


def level_of(dbfs: float) -> float:
    """A meter's reading, 0 to 1."""
    return min(1.0, max(0.0, 1.0 - dbfs / QUIETEST_DBFS))


class MeteredSource:
    """A source that knows how loud it is."""

    def __init__(self, source: PcmSource) -> None:
        self._source = source
        self.dbfs = SILENCE_DBFS

    def start(self, on_block: Callable[[Pcm], None]) -> None:
        def measure(block: Pcm) -> None:
            self.dbfs = level_dbfs(block)
            on_block(block)

        self._source.start(measure)

    def stop(self) -> None:
        self._source.stop()
        self.dbfs = SILENCE_DBFS


class MeteredSink:
    """A sink that knows how loud it is."""

    def __init__(self, sink: PcmSink) -> None:
        self._sink = sink
        self.dbfs = SILENCE_DBFS

    def start(self, pull: Callable[[int], Pcm]) -> None:
        def measure(count: int) -> Pcm:
            block = pull(count)
            self.dbfs = level_dbfs(block)
            return block

        self._sink.start(measure)

    def stop(self) -> None:
        self._sink.stop()
        self.dbfs = SILENCE_DBFS


class CardAudio:
    """A real sound card. A device that goes is replaced by the system's default; without any, talking is denied."""

    def __init__(
        self, system: SoundSystem, *, cleaner: VoiceCleaner | None = None, microphone: str = "", speaker: str = ""
    ) -> None:
        self._card = SoundCard(system, cleaner=cleaner)
        self.source = MeteredSource(self._card.microphone)
        self.sink = MeteredSink(self._card.speaker)
        self._known: tuple[AudioDevice, ...] = ()
        self.choose(microphone=microphone, speaker=speaker)
        self._learn()

    def choose(self, *, microphone: str, speaker: str) -> None:
        self._card.choose(microphone=microphone or None, speaker=speaker or None)

    def microphones(self) -> tuple[str, ...]:
        return tuple(device.name for device in self._known if device.can_record)

    def speakers(self) -> tuple[str, ...]:
        return tuple(device.name for device in self._known if device.can_play)

    def _learn(self) -> None:
        """What there is now, for whoever asks on another thread."""
        devices = self._card.devices()
        self._known = () if isinstance(devices, DeviceRefusal) else tuple(devices)

    async def watch(self, report: SoundReport, on_microphone: Callable[[bool], None]) -> None:
        turns = round(CHECK_INTERVAL_S / LEVEL_INTERVAL_S)
        while True:
            self._card.check()
            self._learn()
            microphone, speaker = self._card.microphone_status, self._card.speaker_status
            report.devices(
                microphone=microphone.name or "",
                speaker=speaker.name or "",
                microphone_fault=_fault(microphone),
                speaker_fault=_fault(speaker),
            )
            on_microphone(microphone.refusal is None)
            for _ in range(turns):
                report.levels(microphone=level_of(self.source.dbfs), speaker=level_of(self.sink.dbfs))
                await asyncio.sleep(LEVEL_INTERVAL_S)


class PacedAudio:
    """No sound card: `produce` is what is spoken, `consume` gets what would be heard. For rehearsals and tests."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        produce: Callable[[int], Pcm] | None = None,
        consume: Callable[[Pcm], None] | None = None,
    ) -> None:
        self.source = MeteredSource(PacedSource(produce or _silence, clock=clock))
        self.sink = MeteredSink(PacedSink(consume, clock=clock))

    def microphones(self) -> tuple[str, ...]:
        return ()

    def speakers(self) -> tuple[str, ...]:
        return ()

    def choose(self, *, microphone: str, speaker: str) -> None:
        """There is nothing to choose from."""

    async def watch(self, report: SoundReport, on_microphone: Callable[[bool], None]) -> None:
        while True:
            report.levels(microphone=level_of(self.source.dbfs), speaker=level_of(self.sink.dbfs))
            await asyncio.sleep(LEVEL_INTERVAL_S)


def _silence(count: int) -> Pcm:
    return np.zeros(count, np.int16)


def _fault(status: DeviceStatus) -> str:
    return status.refusal.value if status.refusal is not None else ""
