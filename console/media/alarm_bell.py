"""One tone for all alarms together: of the loudest that nobody has acknowledged. Comms thread only."""

from comms.domain.alarm import AlarmPriority
from console.media.sounds import Sounds
from console.media.tones import AlarmTone

_TONES = {
    AlarmPriority.LOW: AlarmTone.LOW,
    AlarmPriority.MEDIUM: AlarmTone.MEDIUM,
    AlarmPriority.HIGH: AlarmTone.HIGH,
}


class AlarmBell:
    """`sounds` are its own, so that a ringing call and an alarm do not silence each other."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds

    def ring(self, priority: AlarmPriority | None) -> None:
        """A low one is said once; the others go on until they are acknowledged."""
        self._sounds.repeat(None if priority in (None, AlarmPriority.LOW) else _TONES[priority])
        if priority is AlarmPriority.LOW:
            self._sounds.play(AlarmTone.LOW)
