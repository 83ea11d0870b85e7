"""What the desk says of its sound: path, devices and levels in one report, told when something changed."""

from collections.abc import Callable

import msgspec

from console.store.link import MediaReport


class SoundReport:
    """Gathers on the comms thread what several parts know."""

    def __init__(self, report: Callable[[MediaReport], None]) -> None:
        self._report = report
        self.now = MediaReport()

    def path(self, *, is_up: bool, fault: str = "") -> None:
        self._say(is_up=is_up, fault=fault)

    def devices(self, *, microphone: str, speaker: str, microphone_fault: str, speaker_fault: str) -> None:
        self._say(
            microphone=microphone, speaker=speaker, microphone_fault=microphone_fault, speaker_fault=speaker_fault
        )

    def levels(self, *, microphone: float, speaker: float) -> None:
        """0 to 1, in steps, so that a quiet room says nothing."""
        self._say(microphone_level=round(microphone, 1), speaker_level=round(speaker, 1))

    def _say(self, **changes: object) -> None:
        after = msgspec.structs.replace(self.now, **changes)
        if after != self.now:
            self.now = after
            self._report(after)
