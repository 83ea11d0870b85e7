"""Microphones and loudspeakers that come and go. The hardware is simulated; nothing else is."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from comms.media.cleaner import WebRtcCleaner, load_cleaner
from comms.media.devices import DeviceStatus, SoundCard, linux_cards
from comms.media.opus import Pcm
from comms.media.portaudio import AudioDevice, DeviceRefusal, OpenStream, PortAudio, load_sounddevice
from comms.media.voice import level_dbfs

HEADSET = AudioDevice("Headset", can_record=True, can_play=True)
BUILT_IN = AudioDevice("Built-in", True, True, is_default_microphone=True, is_default_speaker=True)


class SimulatedStream:
    def __init__(self, name: str) -> None:
        self.name = name
        self.is_running = True
        self.is_closed = False

    def close(self) -> None:
        self.is_running = False
        self.is_closed = True


class SimulatedMachine:
    """Sound hardware that can be plugged in and out. Like PortAudio it sees changes only after a rescan."""

    def __init__(self, *devices: AudioDevice) -> None:
        self.plugged = list(devices)
        self.seen = list(devices)
        self.streams: list[SimulatedStream] = []
        self.blocks: Callable[[Pcm], None] = lambda _: None
        self.pull: Callable[[int], Pcm] = lambda samples: np.zeros(samples, dtype=np.int16)
        self.rescans = 0

    def cards(self) -> str:
        return " ".join(device.name for device in self.plugged)

    def unplug(self, device: AudioDevice) -> None:
        self.plugged.remove(device)
        for stream in self.streams:
            if stream.name == device.name:
                stream.is_running = False

    def devices(self) -> list[AudioDevice] | DeviceRefusal:
        return self.seen or DeviceRefusal.NO_DEVICE

    def record(self, name: str | None, on_block: Callable[[Pcm], None]) -> OpenStream | DeviceRefusal:
        self.blocks = on_block
        return self._open(name)

    def play(self, name: str | None, pull: Callable[[int], Pcm]) -> OpenStream | DeviceRefusal:
        self.pull = pull
        return self._open(name)

    def _open(self, name: str | None) -> OpenStream | DeviceRefusal:
        for device in self.seen:
            if device in self.plugged and (device.name == name or (name is None and device.is_default_microphone)):
                self.streams.append(SimulatedStream(device.name))
                return self.streams[-1]
        return DeviceRefusal.NO_DEVICE

    def rescan(self) -> None:
        assert not any(stream.is_running for stream in self.streams), "PortAudio would kill them"
        self.rescans += 1
        self.seen = list(self.plugged)

    @property
    def running(self) -> list[str]:
        return [stream.name for stream in self.streams if stream.is_running]


def desk(machine: SimulatedMachine, **options: Any) -> tuple[SoundCard, list[str]]:
    changes: list[str] = []
    card = SoundCard(machine, on_change=lambda: changes.append("changed"), cards=machine.cards, **options)
    card.choose(microphone="Headset", speaker="Headset")
    card.microphone.start(lambda _: None)
    card.speaker.start(lambda samples: np.zeros(samples, dtype=np.int16))
    return card, changes


def test_the_chosen_devices_are_used() -> None:
    machine = SimulatedMachine(BUILT_IN, HEADSET)
    card, changes = desk(machine)
    assert machine.running == ["Headset", "Headset"]
    assert card.microphone_status == card.speaker_status == DeviceStatus("Headset")
    assert changes == ["changed"] * 2
    assert card.devices() == [BUILT_IN, HEADSET]
    card.check()
    assert machine.rescans == 0
    card.choose(microphone=None, speaker="Headset")
    assert machine.running == ["Headset", "Built-in"]
    card.microphone.stop()
    card.speaker.stop()
    assert machine.running == []
    assert card.microphone_status == DeviceStatus()


def test_unplugging_falls_back_and_plugging_in_returns() -> None:
    machine = SimulatedMachine(BUILT_IN, HEADSET)
    card, changes = desk(machine)
    machine.unplug(HEADSET)
    card.check()
    assert machine.running == ["Built-in", "Built-in"]
    assert card.microphone_status == card.speaker_status == DeviceStatus(None, is_fallback=True)
    machine.plugged.append(HEADSET)
    card.check()
    assert machine.running == ["Headset", "Headset"]
    assert card.speaker_status == DeviceStatus("Headset")
    assert changes == ["changed"] * 4
    card.check()
    assert machine.rescans == 2


def test_a_machine_without_sound_says_so_and_comes_alive_when_there_is_some() -> None:
    machine = SimulatedMachine()
    card, _ = desk(machine)
    assert card.devices() is DeviceRefusal.NO_DEVICE
    assert card.microphone_status == DeviceStatus(refusal=DeviceRefusal.NO_DEVICE)
    card.check()
    assert machine.rescans == 0, "nothing has changed"
    machine.plugged.append(BUILT_IN)
    card.check()
    assert machine.running == ["Built-in", "Built-in"]


def test_a_device_that_dies_unannounced_is_opened_again() -> None:
    machine = SimulatedMachine(BUILT_IN, HEADSET)
    card, _ = desk(machine)
    machine.streams[0].is_running = False
    card.check()
    assert machine.running == ["Headset", "Headset"]


class Halver:
    """A cleaner one can see at work."""

    def __init__(self) -> None:
        self.heard: list[Pcm] = []

    def clean(self, spoken: Pcm) -> Pcm:
        return spoken // 2

    def hear(self, played: Pcm) -> None:
        self.heard.append(played)


def test_a_cleaner_stands_between_the_devices_and_the_desk() -> None:
    machine, cleaner = SimulatedMachine(BUILT_IN), Halver()
    spoken: list[Pcm] = []
    card = SoundCard(machine, cleaner=cleaner, cards=machine.cards)
    card.microphone.start(spoken.append)
    card.speaker.start(lambda samples: np.full(samples, 7, dtype=np.int16))
    machine.blocks(np.full(480, 100, dtype=np.int16))
    assert set(spoken[0]) == {50}
    assert set(machine.pull(480)) == {7}
    assert set(cleaner.heard[0]) == {7}


class SimulatedPortAudioError(Exception):
    pass


class SimulatedLibrary(SimpleNamespace):
    """The part of `sounddevice` that is used."""

    PortAudioError = SimulatedPortAudioError

    def __init__(self) -> None:
        super().__init__(default=SimpleNamespace(device=(0, 1)), is_broken=False, opened=[])
        self.found = [
            {"name": "Mic", "max_input_channels": 1, "max_output_channels": 0},
            {"name": "Speaker", "max_input_channels": 0, "max_output_channels": 2},
        ]

    def query_devices(self) -> list[dict[str, Any]]:
        if self.is_broken:
            raise SimulatedPortAudioError
        return self.found

    def InputStream(self, **options: Any) -> Any:
        return self._stream(options)

    def OutputStream(self, **options: Any) -> Any:
        return self._stream(options)

    def _stream(self, options: dict[str, Any]) -> Any:
        library = self

        class Stream:
            active = True

            def start(self) -> None:
                if options["device"] == 0 and library.default.device[0] == -1:
                    raise SimulatedPortAudioError("busy")

            def close(self, *, ignore_errors: bool) -> None:
                raise SimulatedPortAudioError("already gone")

        self.opened.append(options)
        return Stream()

    def _terminate(self) -> None:
        self.opened.append("terminate")

    def _initialize(self) -> None:
        if self.is_broken:
            raise SimulatedPortAudioError


def test_portaudio_opens_by_name_and_carries_blocks() -> None:
    library = SimulatedLibrary()
    audio = PortAudio(lambda: library)
    assert audio.devices() == [
        AudioDevice("Mic", True, False, is_default_microphone=True),
        AudioDevice("Speaker", False, True, is_default_speaker=True),
    ]
    spoken: list[Pcm] = []
    microphone = audio.record("Mic", spoken.append)
    speaker = audio.play(None, lambda samples: np.full(samples, 3, dtype=np.int16))
    assert not isinstance(microphone, DeviceRefusal)
    assert not isinstance(speaker, DeviceRefusal)
    assert microphone.is_running
    data = np.arange(480, dtype=np.int16).reshape(-1, 1)
    library.opened[0]["callback"](data, 480, None, None)
    assert np.array_equal(spoken[0], np.arange(480))
    library.opened[1]["callback"](data, 480, None, None)
    assert set(data[:, 0]) == {3}
    microphone.close()
    audio.rescan()
    assert library.opened[-1] == "terminate"


def test_portaudio_refuses_with_values() -> None:
    library = SimulatedLibrary()
    audio = PortAudio(lambda: library)
    assert audio.record("Speaker", lambda _: None) is DeviceRefusal.NO_DEVICE
    library.default.device = (-1, 1)
    assert audio.record("Mic", lambda _: None) is DeviceRefusal.CANNOT_OPEN
    library.is_broken = True
    assert audio.devices() is DeviceRefusal.NO_DEVICE
    assert audio.play(None, lambda samples: np.zeros(samples, dtype=np.int16)) is DeviceRefusal.NO_DEVICE
    audio.rescan()
    library.is_broken, library.found = False, []
    assert audio.devices() is DeviceRefusal.NO_DEVICE


def test_a_missing_library_is_a_value_too() -> None:
    audio = PortAudio(lambda: None)
    assert audio.devices() is DeviceRefusal.NO_LIBRARY
    assert audio.record(None, lambda _: None) is DeviceRefusal.NO_LIBRARY
    audio.rescan()


def test_the_real_library_of_this_machine_raises_nothing() -> None:
    """With or without PortAudio, with or without a sound card."""
    audio = PortAudio(load_sounddevice)
    card = SoundCard(audio)
    devices = card.devices()
    assert isinstance(devices, list | DeviceRefusal)
    card.choose(microphone="no such device", speaker="no such device")
    card.microphone.start(lambda _: None)
    card.microphone.stop()
    assert isinstance(linux_cards(), str)


@pytest.mark.parametrize("error", [ImportError, OSError("PortAudio library not found")])
def test_an_import_that_fails_is_no_library(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def fail(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith(("sounddevice", "livekit")):
            raise error
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", fail)
    assert load_sounddevice() is None
    assert load_cleaner() is None


def test_echo_is_taken_out_of_the_microphone() -> None:
    cleaner = load_cleaner()
    if cleaner is None:
        pytest.skip("the optional package livekit is not installed")
    assert isinstance(cleaner, WebRtcCleaner)
    far = np.random.default_rng(1).normal(0, 3000, 48_000 * 4).astype(np.int16)
    delay = 480 * 5 + 100
    near = np.zeros_like(far)
    near[delay:] = far[:-delay] // 2
    cleaned = []
    for start in range(0, len(far), 480):
        cleaner.hear(far[start : start + 480])
        cleaned.append(cleaner.clean(near[start : start + 480]))
    assert level_dbfs(np.concatenate(cleaned)[-48_000:]) < level_dbfs(near[-48_000:]) - 20
    odd = near[:100]
    assert cleaner.clean(odd) is odd
    cleaner.hear(odd)
