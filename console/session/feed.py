"""The picture's feed: snapshot first, then every event after it, whatever order they came off the wire in. No I/O.

An answer reaches its asker a turn of the loop later than a push that follows it on the wire; so events are held
back from the moment of asking until the answer is here.
"""

from collections.abc import Callable

from comms.protocol.pushes import EventPush, PictureResumed, PictureSnapshot, Push


class PictureFeed:
    """`put` gets a PictureSnapshot or PictureResumed, then EventPushes without gaps or repeats."""

    def __init__(self, put: Callable[[Push], None]) -> None:
        self._put = put
        self.last_seq: int | None = None
        """Of the last event put; None before the first snapshot."""
        self._held: list[EventPush] = []
        self.is_waiting = True
        """Asked for, or about to ask: events are held."""

    def begin(self) -> None:
        """A new connection, or events are missing: hold until answered."""
        self.is_waiting = True
        self._held.clear()

    def forget(self) -> None:
        """Another officer, another gateway: begin with a snapshot."""
        self.last_seq = None
        self.begin()

    def take(self, push: EventPush) -> bool:
        """False when events before this one are missing: subscribe again."""
        if self.is_waiting:
            self._held.append(push)
            return True
        return self._forward(push)

    def answered(self, answer: PictureSnapshot | PictureResumed) -> bool:
        """False when events are missing all the same."""
        if isinstance(answer, PictureSnapshot):
            self.last_seq = answer.picture.seq
        else:
            self.last_seq = answer.after_seq
        self._put(answer)
        self.is_waiting = False
        held, self._held = self._held, []
        return all([self._forward(push) for push in held])

    def _forward(self, push: EventPush) -> bool:
        last = self.last_seq or 0
        if push.recorded.seq <= last:
            return True
        if push.recorded.seq > last + 1:
            return False
        self.last_seq = push.recorded.seq
        self._put(push)
        return True
