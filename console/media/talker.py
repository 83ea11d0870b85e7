"""Hold to talk, on the comms thread: one floor participant a talkgroup, one microphone for all.

The thread of the interface only says press and release. Whether the microphone is open is decided here, so that
a frozen window neither delays a grant nor keeps a revoked talker on the air.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, assert_never

from comms.domain import participant_steps as fp
from comms.domain.floor_participant import FloorParticipant
from comms.domain.ids import PartyId, TalkgroupId
from comms.protocol import pushes
from comms.protocol.commands import Command, FloorAck, FloorRelease, FloorRequest
from comms.protocol.pushes import Push, Refused
from console.actions.requester import NewId, Requester, UnsentError
from console.media.key import LINK_LOST, MICROPHONE_LOST, Key, TalkPush
from console.media.tones import Cue
from console.store.floors import TalkState, TalkView

_P = fp.ParticipantState


class Microphone(Protocol):
    """The desk's voice towards the gateway. Neither blocks nor raises."""

    def start_talking(self, frame_ms: int) -> None: ...
    def stop_talking(self) -> int | None:
        """The RTP sequence number of the last packet sent, None when none was."""
        ...


class FloorTalker:
    """Lives on one asyncio loop; every method is called there. `now` is wall time, Unix seconds."""

    def __init__(
        self,
        *,
        requester: Requester,
        microphone: Microphone,
        play: Callable[[Cue], None],
        report: Callable[[TalkView], None],
        new_id: NewId,
        now: Callable[[], float],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._requester = requester
        self._microphone = microphone
        self._play = play
        self._report = report
        self._new_id = new_id
        self._now = now
        self._loop = loop
        self._party: PartyId | None = None
        self._has_microphone = True
        self._keys: dict[TalkgroupId, Key] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._sends: set[asyncio.Task[None]] = set()

    @property
    def is_microphone_open(self) -> bool:
        return any(key.is_open for key in self._keys.values())

    # --- the key --------------------------------------------------------------------------------------

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> None:
        if self._party is None or not self._has_microphone:
            self._deny(talkgroup_id, LINK_LOST if self._party is None else MICROPHONE_LOST)
            return
        key = self._key(talkgroup_id, self._party)
        key.forget()
        self._carry_out(talkgroup_id, key, key.participant.press(self._loop.time(), is_emergency=is_emergency))

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        """As a press whose request is on its way within another command. Should no grant come of it, the request is
        sent again as usual."""
        if self._party is None or not self._has_microphone:
            self._deny(talkgroup_id, LINK_LOST if self._party is None else MICROPHONE_LOST)
            return
        key = self._key(talkgroup_id, self._party)
        effects = key.participant.press(self._loop.time())
        self._carry_out(talkgroup_id, key, tuple(each for each in effects if not isinstance(each, fp.SendRequest)))

    def _deny(self, talkgroup_id: TalkgroupId, fault: str) -> None:
        """Nothing is asked for: there is nobody to ask, or nothing to talk with."""
        denied = TalkView(talkgroup_id=talkgroup_id, state=TalkState.DENIED, fault=fault, since=self._now())
        if talkgroup_id in self._keys:
            self._keys[talkgroup_id].shown = denied
        self._report(denied)
        self._play(fp.Tone.NO_ANSWER)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        key = self._keys.get(talkgroup_id)
        if key is None:
            self._report(TalkView(talkgroup_id=talkgroup_id))
            return
        effects = key.participant.let_go(self._loop.time()) + key.participant.cancel(self._loop.time())
        self._carry_out(talkgroup_id, key, effects)

    def set_microphone(self, is_there: bool) -> None:
        """Without one nothing is asked for, and what is held is given back: silence must not keep others from
        talking."""
        was_there, self._has_microphone = self._has_microphone, is_there
        if was_there and not is_there:
            self._give_back_all()

    def _give_back_all(self) -> None:
        for talkgroup_id, key in tuple(self._keys.items()):
            if key.participant.state not in (_P.NO_PERMISSION, _P.PENDING_RELEASE):
                key.fault = MICROPHONE_LOST
                self.release(talkgroup_id)

    # --- the link ---------------------------------------------------------------------------------------

    def begin_session(self, party: PartyId) -> None:
        """Signed in, perhaps as somebody else: nothing is held."""
        self.link_lost()
        self._keys.clear()
        self._party = party

    def link_lost(self) -> None:
        for talkgroup_id, key in tuple(self._keys.items()):
            if key.participant.state is not _P.NO_PERMISSION and key.participant.is_pressed:
                key.fault = LINK_LOST
            self._carry_out(talkgroup_id, key, key.participant.link_lost(self._loop.time()))
        self._party = None

    def on_push(self, push: Push) -> None:
        """Every push of the gateway; only those about the floor mean something here."""
        if not isinstance(push, TalkPush):
            return
        key = self._keys.get(push.talkgroup_id)
        if key is None:
            if isinstance(push, pushes.FloorGranted) and self._party is not None:
                key = self._key(push.talkgroup_id, self._party)  # nobody asked: it is given back
            else:
                return
        self._carry_out(push.talkgroup_id, key, key.receive(push, at=self._loop.time(), now=self._now()))

    async def close(self) -> None:
        """Give everything back and wait until it is sent."""
        for talkgroup_id in tuple(self._keys):
            self.release(talkgroup_id)
        if self._timer is not None:
            self._timer.cancel()
        if self._sends:
            await asyncio.wait(self._sends, timeout=1.0)
        for task in self._sends:
            task.cancel()

    # --- carrying out ----------------------------------------------------------------------------------

    def _key(self, talkgroup_id: TalkgroupId, party: PartyId) -> Key:
        key = self._keys.get(talkgroup_id)
        if key is None:
            key = self._keys[talkgroup_id] = Key(FloorParticipant(party))
        return key

    def _carry_out(self, talkgroup_id: TalkgroupId, key: Key, effects: fp.ParticipantEffects) -> None:
        for effect in effects:
            match effect:
                case fp.SendRequest():
                    command: Command = FloorRequest(
                        id=self._new_id(),
                        talkgroup_id=talkgroup_id,
                        priority=effect.priority,
                        is_emergency=effect.is_emergency,
                    )
                    self._send(talkgroup_id, command)
                case fp.SendRelease():
                    self._send(
                        talkgroup_id,
                        FloorRelease(id=self._new_id(), talkgroup_id=talkgroup_id, last_sequence=key.last_sequence),
                    )
                case fp.SendAck():
                    self._send(
                        talkgroup_id,
                        FloorAck(id=self._new_id(), talkgroup_id=talkgroup_id, floor_seq=effect.floor_seq),
                    )
                case fp.StartTalking() | fp.StopTalking():
                    self._gate(key, effect)
                case fp.Play():
                    key.note_tone(effect.tone)
                    self._play(effect.tone)
                case _:
                    assert_never(effect)
        self._show(talkgroup_id, key)
        self._plan()

    def _gate(self, key: Key, effect: fp.StartTalking | fp.StopTalking) -> None:
        was_open = self.is_microphone_open
        key.is_open = isinstance(effect, fp.StartTalking)
        if isinstance(effect, fp.StartTalking):
            key.last_sequence = None
            if not was_open:
                self._microphone.start_talking(effect.frame_ms)
        elif was_open and not self.is_microphone_open:
            key.last_sequence = self._microphone.stop_talking()

    def _send(self, talkgroup_id: TalkgroupId, command: Command) -> None:
        task = self._loop.create_task(self._exchange(talkgroup_id, command))
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _exchange(self, talkgroup_id: TalkgroupId, command: Command) -> None:
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return  # link_lost says the rest
        key = self._keys.get(talkgroup_id)
        if isinstance(answer, Refused) and isinstance(command, FloorRequest) and key is not None:
            key.fault = answer.code.value
            self._carry_out(talkgroup_id, key, key.participant.denied(self._loop.time()))

    def _plan(self) -> None:
        """One timer for the earliest deadline of all keys."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadlines = [key.participant.next_deadline for key in self._keys.values()]
        earliest = min((each for each in deadlines if each is not None), default=None)
        if earliest is not None:
            self._timer = self._loop.call_at(earliest, self._advance)

    def _advance(self) -> None:
        self._timer = None
        for talkgroup_id, key in tuple(self._keys.items()):
            self._carry_out(talkgroup_id, key, key.participant.advance(self._loop.time()))

    def _show(self, talkgroup_id: TalkgroupId, key: Key) -> None:
        view = key.changed_view(talkgroup_id, now=self._now())
        if view is not None:
            self._report(view)
