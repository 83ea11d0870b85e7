"""The desk's microphone and loudspeaker: chosen by name, kept through plugging and unplugging.

When the chosen device goes, the system's default takes over; when it comes back, so does the choice."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from comms.media.opus import Pcm
from comms.media.portaudio import AudioDevice, DeviceRefusal, OpenStream, SoundSystem

_LINUX_CARDS = Path("/proc/asound/cards")


class VoiceCleaner(Protocol):
    """Echo cancellation and the like. Blocks of 10 ms."""

    def clean(self, spoken: Pcm) -> Pcm: ...
    def hear(self, played: Pcm) -> None: ...


class DeviceStatus(msgspec.Struct, frozen=True):
    """What one direction uses now."""

    name: str | None = None
    """The device at work; None: the system's default, or nothing (see `refusal`)."""
    is_fallback: bool = False
    """The chosen device is not there, and the default stands in for it."""
    refusal: DeviceRefusal | None = None
    """Why there is no sound in this direction. None: there is, or none is wanted now."""


def linux_cards() -> str:
    """The kernel's list of sound cards: changes when one is plugged in or out, and costs nothing to read. Elsewhere
    always the same, so that only a device that stops is noticed."""
    try:
        return _LINUX_CARDS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


class _Direction:
    """One of the two: which device is wanted, what it does, what is open."""

    def __init__(self, start: Callable[[str | None], OpenStream | DeviceRefusal]) -> None:
        self.chosen: str | None = None
        self.status = DeviceStatus()
        self.is_wanted = False
        self._start = start
        self._stream: OpenStream | None = None

    @property
    def is_broken(self) -> bool:
        return self.is_wanted and (self._stream is None or not self._stream.is_running)

    def open(self) -> None:
        self.close()
        if not self.is_wanted:
            return
        opened = self._start(self.chosen)
        is_fallback = isinstance(opened, DeviceRefusal) and self.chosen is not None
        if is_fallback:
            opened = self._start(None)
        if isinstance(opened, DeviceRefusal):
            self.status = DeviceStatus(refusal=opened)
        else:
            self._stream = opened
            self.status = DeviceStatus(None if is_fallback else self.chosen, is_fallback)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self.status = DeviceStatus()


class Microphone:
    """The PcmSource of a sound card."""

    def __init__(self, card: "SoundCard") -> None:
        self._card = card

    def start(self, on_block: Callable[[Pcm], None]) -> None:
        self._card.start_microphone(on_block)

    def stop(self) -> None:
        self._card.stop_microphone()


class Speaker:
    """The PcmSink of a sound card."""

    def __init__(self, card: "SoundCard") -> None:
        self._card = card

    def start(self, pull: Callable[[int], Pcm]) -> None:
        self._card.start_speaker(pull)

    def stop(self) -> None:
        self._card.stop_speaker()


class SoundCard:
    """Both directions of one desk. All methods belong to one thread; sound itself runs on the system's. Nothing here
    raises for want of a device: `microphone_status` and `speaker_status` say what there is."""

    def __init__(
        self,
        system: SoundSystem,
        *,
        cleaner: VoiceCleaner | None = None,
        on_change: Callable[[], None] | None = None,
        cards: Callable[[], str] = linux_cards,
    ) -> None:
        """`on_change` is called when either status has changed. `cards` gives a text that changes with the hardware."""
        self.microphone = Microphone(self)
        self.speaker = Speaker(self)
        self._system = system
        self._cleaner = cleaner
        self._on_change = on_change
        self._cards = cards
        self._known_cards = cards()
        self._recording = _Direction(self._start_recording)
        self._playing = _Direction(self._start_playing)
        self._on_block: Callable[[Pcm], None] | None = None
        self._pull: Callable[[int], Pcm] | None = None

    @property
    def microphone_status(self) -> DeviceStatus:
        return self._recording.status

    @property
    def speaker_status(self) -> DeviceStatus:
        return self._playing.status

    def devices(self) -> list[AudioDevice] | DeviceRefusal:
        return self._system.devices()

    def choose(self, *, microphone: str | None, speaker: str | None) -> None:
        """By name; None for the system's default. Takes effect at once."""
        for direction, name in ((self._recording, microphone), (self._playing, speaker)):
            if direction.chosen != name:
                direction.chosen = name
                self._reopen(direction)

    def check(self) -> None:
        """Every second or two: notice what was plugged in or out. While nothing changed this costs 10 µs."""
        cards = self._cards()
        directions = (self._recording, self._playing)
        if cards == self._known_cards and not any(d.is_broken and d.status.refusal is None for d in directions):
            return
        self._known_cards = cards
        before = [direction.status for direction in directions]
        for direction in directions:
            direction.close()
        self._system.rescan()
        for direction in directions:
            direction.open()
        self._tell(before)

    def start_microphone(self, on_block: Callable[[Pcm], None]) -> None:
        self._on_block = on_block
        self._want(self._recording, is_wanted=True)

    def stop_microphone(self) -> None:
        self._want(self._recording, is_wanted=False)

    def start_speaker(self, pull: Callable[[int], Pcm]) -> None:
        self._pull = pull
        self._want(self._playing, is_wanted=True)

    def stop_speaker(self) -> None:
        self._want(self._playing, is_wanted=False)

    def _want(self, direction: _Direction, *, is_wanted: bool) -> None:
        direction.is_wanted = is_wanted
        self._reopen(direction)

    def _reopen(self, direction: _Direction) -> None:
        before = [self._recording.status, self._playing.status]
        direction.open()
        self._tell(before)

    def _tell(self, before: list[DeviceStatus]) -> None:
        if self._on_change is not None and before != [self._recording.status, self._playing.status]:
            self._on_change()

    def _start_recording(self, name: str | None) -> OpenStream | DeviceRefusal:
        on_block, cleaner = self._on_block, self._cleaner
        assert on_block is not None, "start_microphone comes first"
        if cleaner is None:
            return self._system.record(name, on_block)
        return self._system.record(name, lambda spoken: on_block(cleaner.clean(spoken)))

    def _start_playing(self, name: str | None) -> OpenStream | DeviceRefusal:
        pull, cleaner = self._pull, self._cleaner
        assert pull is not None, "start_speaker comes first"
        if cleaner is None:
            return self._system.play(name, pull)

        def pull_heard(samples: int) -> Pcm:
            played = pull(samples)
            cleaner.hear(played)
            return played

        return self._system.play(name, pull_heard)
