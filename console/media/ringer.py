"""What is heard around point calls: the bell of one that comes, the ringback of one that goes, the end."""

from collections.abc import Callable

from comms.domain.ids import CallId
from comms.protocol import pushes
from comms.protocol.pushes import Push
from console.media.tones import CallTone, Cue


class Ringer:
    """Follows the call pushes of this session. `repeat(None)` ends a repeating tone; `in_call` opens the voice."""

    def __init__(
        self, *, play: Callable[[Cue], None], repeat: Callable[[Cue | None], None], in_call: Callable[[bool], None]
    ) -> None:
        self._play = play
        self._repeat = repeat
        self._in_call = in_call
        self._ringing: set[CallId] = set()
        self._placed: CallId | None = None
        self._active: CallId | None = None
        self._sounding: Cue | None = None
        self._finished: CallId | None = None

    def placed(self, call_id: CallId) -> None:
        """This desk called somebody. The answer to that may come after the call's own end."""
        if call_id not in (self._active, self._finished):
            self._placed = call_id
            self._sound()

    def on_push(self, push: Push) -> None:
        match push:
            case pushes.CallRinging():
                self._ringing.add(push.call.id)
            case pushes.CallConnected():
                self._ringing.discard(push.call_id)
                self._placed = None
                self._active = push.call_id
                self._in_call(True)
            case pushes.CallFinished():
                self._finish(push.call_id)
            case _:
                return
        self._sound()

    def reset(self) -> None:
        """The link is lost: nothing rings, nothing is said."""
        was_active, self._active, self._placed = self._active, None, None
        self._ringing.clear()
        if was_active is not None:
            self._in_call(False)
            self._play(CallTone.ENDED)
        self._sound()

    def _finish(self, call_id: CallId) -> None:
        self._finished = call_id
        self._ringing.discard(call_id)
        if call_id in (self._active, self._placed):
            was_active = self._active == call_id
            self._active = None if was_active else self._active
            self._placed = None if self._placed == call_id else self._placed
            if was_active:
                self._in_call(False)
            self._play(CallTone.ENDED)

    def _sound(self) -> None:
        wanted: Cue | None = None
        if self._ringing and self._active is None:
            wanted = CallTone.RINGING
        elif self._placed is not None:
            wanted = CallTone.RINGBACK
        if wanted is not self._sounding:
            self._sounding = wanted
            self._repeat(wanted)
