"""PortAudio by `sounddevice`, behind values instead of exceptions: a desk without sound is still a desk."""

from collections.abc import Callable
from enum import StrEnum
from types import ModuleType
from typing import Any, Protocol

import msgspec

from comms.media.opus import Pcm
from comms.media.pcm import BLOCK_SAMPLES
from comms.media.rtp import AUDIO_RATE_HZ


class DeviceRefusal(StrEnum):
    NO_LIBRARY = "no_library"
    """PortAudio is not installed."""
    NO_DEVICE = "no_device"
    CANNOT_OPEN = "cannot_open"
    """It is there, but in use elsewhere or not able to do 48 kHz."""


class AudioDevice(msgspec.Struct, frozen=True):
    name: str
    can_record: bool
    can_play: bool
    is_default_microphone: bool = False
    is_default_speaker: bool = False


class OpenStream(Protocol):
    """A device at work."""

    @property
    def is_running(self) -> bool:
        """False once the device has gone."""
        ...

    def close(self) -> None: ...


class SoundSystem(Protocol):
    """What comms.media.devices needs of the machine. `name` None is the system's default."""

    def devices(self) -> list[AudioDevice] | DeviceRefusal: ...
    def record(self, name: str | None, on_block: Callable[[Pcm], None]) -> OpenStream | DeviceRefusal: ...
    def play(self, name: str | None, pull: Callable[[int], Pcm]) -> OpenStream | DeviceRefusal: ...

    def rescan(self) -> None:
        """See devices plugged in since. All streams must be closed before."""
        ...


def load_sounddevice() -> ModuleType | None:
    """None where PortAudio is missing: the import itself looks for the library."""
    try:
        import sounddevice
    except (ImportError, OSError):
        return None
    module: ModuleType = sounddevice
    return module


class _Stream:
    def __init__(self, stream: Any, errors: tuple[type[Exception], ...]) -> None:
        self._stream = stream
        self._errors = errors

    @property
    def is_running(self) -> bool:
        try:
            return bool(self._stream.active)
        except self._errors:
            return False

    def close(self) -> None:
        try:
            self._stream.close(ignore_errors=True)
        except self._errors:
            pass  # it went before us


class PortAudio:
    """The SoundSystem of real machines."""

    def __init__(self, load: Callable[[], Any] = load_sounddevice) -> None:
        self._library = load()
        own = (self._library.PortAudioError,) if self._library is not None else ()
        self._errors: tuple[type[Exception], ...] = (*own, ValueError, OSError)

    def devices(self) -> list[AudioDevice] | DeviceRefusal:
        if self._library is None:
            return DeviceRefusal.NO_LIBRARY
        try:
            found = list(self._library.query_devices())
            microphone, speaker = self._library.default.device
        except self._errors:
            return DeviceRefusal.NO_DEVICE
        devices = [
            AudioDevice(
                name=device["name"],
                can_record=device["max_input_channels"] > 0,
                can_play=device["max_output_channels"] > 0,
                is_default_microphone=index == microphone,
                is_default_speaker=index == speaker,
            )
            for index, device in enumerate(found)
        ]
        return devices or DeviceRefusal.NO_DEVICE

    def record(self, name: str | None, on_block: Callable[[Pcm], None]) -> OpenStream | DeviceRefusal:
        def on_input(data: Any, _frames: int, _time: object, _status: object) -> None:
            on_block(data[:, 0].copy())

        return self._open("InputStream", name, on_input)

    def play(self, name: str | None, pull: Callable[[int], Pcm]) -> OpenStream | DeviceRefusal:
        def on_output(data: Any, frames: int, _time: object, _status: object) -> None:
            data[:, 0] = pull(frames)

        return self._open("OutputStream", name, on_output)

    def _open(self, kind: str, name: str | None, callback: Callable[..., None]) -> OpenStream | DeviceRefusal:
        if self._library is None:
            return DeviceRefusal.NO_LIBRARY
        is_input = kind == "InputStream"
        index = self._index(name, is_input=is_input)
        if index is None:
            return DeviceRefusal.NO_DEVICE
        try:
            stream = getattr(self._library, kind)(
                samplerate=AUDIO_RATE_HZ,
                blocksize=BLOCK_SAMPLES,
                device=index,
                channels=1,
                dtype="int16",
                latency="low",
                callback=callback,
            )
            stream.start()
        except self._errors:
            return DeviceRefusal.CANNOT_OPEN
        return _Stream(stream, self._errors)

    def _index(self, name: str | None, *, is_input: bool) -> int | None:
        devices = self.devices()
        if isinstance(devices, DeviceRefusal):
            return None
        for index, device in enumerate(devices):
            fits = device.can_record if is_input else device.can_play
            is_default = device.is_default_microphone if is_input else device.is_default_speaker
            if fits and (is_default if name is None else device.name == name):
                return index
        return None

    def rescan(self) -> None:
        if self._library is None:
            return
        try:
            # PortAudio looks for devices only when it starts.
            self._library._terminate()
            self._library._initialize()
        except self._errors:
            pass  # `devices` will tell
