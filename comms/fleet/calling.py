"""A simulated worker's point calls: answers after a while, talks while connected, hangs up or is hung up on."""

from comms.domain.call import CallEnd
from comms.domain.ids import CallId
from comms.fleet.media_path import Mouth
from comms.fleet.worker import Worker
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.protocol.commands import CallAnswer, CallHangUp, CallPlace, CallReject
from comms.protocol.pushes import CallConnected, CallFinished, CallRinging, Done, Push

CallPush = CallRinging | CallConnected | CallFinished
FRAME_MS = 20


class Calling:
    """One call at a time, as on a phone; the gateway answers busy for others."""

    def __init__(
        self,
        worker: Worker,
        *,
        mouth: Mouth | None,
    ) -> None:
        self.is_deaf = False
        """Fault: lets it ring."""
        self.call_id: CallId | None = None
        """The call that is ringing or connected."""
        self.is_connected = False
        self.is_rung = False
        """Somebody calls, and it has not been answered."""
        self.is_acted = False
        """Somebody speaks for this worker, who does not hang up meanwhile."""
        self.acts = 0
        """How often somebody has."""
        self.last_end: CallEnd | None = None
        self._worker = worker
        self._asking = worker.asking
        self._mouth = mouth

    async def place(self) -> Push:
        """Call the duty officer. `done.subject` is the call. Raises LinkLostError."""
        answer = await self._asking.request(CallPlace(id=self._asking.new_id()))
        if isinstance(answer, Done) and answer.subject is not None:
            self.call_id = CallId(answer.subject)
        return answer

    async def hang_up(self) -> Push | None:
        """None when there is no call. Raises LinkLostError."""
        if self.call_id is None:
            return None
        return await self._asking.request(CallHangUp(id=self._asking.new_id(), call_id=self.call_id))

    async def answer_now(self) -> Push | None:
        """None when nothing rings. Raises LinkLostError."""
        if self.call_id is None or not self.is_rung:
            return None
        return await self._asking.request(CallAnswer(id=self._asking.new_id(), call_id=self.call_id))

    def take(self, push: CallPush) -> None:
        match push:
            case CallRinging():
                self._ring(push)
            case CallConnected():
                self._connect(push)
            case CallFinished() if push.call_id == self.call_id:
                self.last_end = push.end
                self._end()
            case _:
                pass  # the end of another call

    def _ring(self, push: CallRinging) -> None:
        self.call_id, self.is_rung = push.call.id, True
        if not self.is_deaf:
            self._worker.spawn(self._answer(push.call.id))

    def _connect(self, push: CallConnected) -> None:
        self.call_id, self.is_connected, self.is_rung = push.call_id, True, False
        if self._mouth is not None:
            self._mouth.open(FRAME_MS)
        span = self._worker.behaviour.hang_up_s
        if span is not None:
            self._worker.spawn(self._hang_up_after(push.call_id, self._worker.person.takes(span)))

    def link_lost(self) -> None:
        self._end()

    def _end(self) -> None:
        if self.is_connected and self._mouth is not None:
            self._mouth.close()
        self.call_id, self.is_connected, self.is_rung = None, False, False

    async def _answer(self, call_id: CallId) -> None:
        person, takes = self._worker.person, self._worker.behaviour
        await self._worker.take_time(takes.answer_call_s)
        if self.call_id != call_id or not self.is_rung:
            return
        answers = person.agrees(takes.answer_chance)
        make = CallAnswer if answers else CallReject
        try:
            await self._asking.request(make(id=self._asking.new_id(), call_id=call_id))
        except LinkLostError:
            return

    async def _hang_up_after(self, call_id: CallId, seconds: float) -> None:
        acts = -1
        while acts != self.acts or self.is_acted:  # whoever spoke for him listens before he speaks again
            acts = self.acts
            await pause(self._worker.clock, seconds)
            if self.call_id != call_id:
                return
        try:
            await self.hang_up()
        except LinkLostError:
            return
