"""One recording to the ear, as the log's lines play it: beside what the replay itself lets be heard."""

from collections.abc import Callable

from comms.domain.alarm import AlarmPriority
from comms.domain.ids import BlobId
from console.media.sounds import Loudspeaker
from console.replay.recordings import Recordings


class ReplayPlayback:
    """Call `follow` when a recording has become ready. Alarms are seen, not rung: nobody is to come running for what
    was."""

    def __init__(self, recordings: Recordings, speaker: Loudspeaker) -> None:
        self._recordings, self._speaker = recordings, speaker
        self._wanted: BlobId | None = None
        self._stop: Callable[[], None] | None = None

    def play(self, blob_id: BlobId) -> None:
        self.stop()
        self._wanted = blob_id
        self.follow()

    def follow(self) -> None:
        samples = self._recordings.samples(self._wanted) if self._wanted is not None else None
        if samples is not None:
            self._wanted, self._stop = None, self._speaker.play(samples)

    def stop(self) -> None:
        self._wanted = None
        if self._stop is not None:
            self._stop()
            self._stop = None

    def ring(self, priority: AlarmPriority | None) -> None:
        """Silence."""
