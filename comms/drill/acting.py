"""A trainer speaks as any caller or unit of a drill: his desk's voice goes out by that one's own terminal, whose key is
pressed, so that floor, listeners and recording take it for that one's. The record says who it was."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain.drill_events import ActEnd, DrillActed, DrillActEnded
from comms.domain.events import CallEnded, Recorded
from comms.domain.ids import CallId, TalkgroupId, UnitId
from comms.domain.inject import ActorId
from comms.drill.cast import HOTLINE_UNITS
from comms.drill.foreseen import Foreseen
from comms.drill.site import DrillSite
from comms.drill.speaking import Speaking
from comms.fleet.terminal import SimulatedTerminal
from comms.gateway.audience import AUDIO
from comms.gateway.context import Session
from comms.gateway.switchboard import talk_route
from comms.link.line import LinkLostError
from comms.media.rtp import opus_samples
from comms.media.voice import VoicePacket
from comms.protocol import drill_commands as dc
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, FloorGranted, FloorQueued, Refused

TAIL_S = 0.12
"""Of life: what the trainer said before he let go may still be on its way."""


@dataclass(eq=False, slots=True)
class _Act:
    session: Session
    terminal: SimulatedTerminal
    role: ActorId | None
    talkgroup_id: TalkgroupId | None = None
    call_id: CallId | None = None

    @property
    def tap_id(self) -> str:
        return f"act:{self.terminal.unit_id}"


class Acting:
    """One act of each trainer at a time, and one trainer for each unit. Refusals are values."""

    def __init__(self, site: DrillSite, foreseen: Foreseen, speaking: Speaking) -> None:
        self._site = site
        self._foreseen = foreseen
        self._speaking = speaking
        self._acts: dict[str, _Act] = {}
        site.gateway.voice.on_left.append(self._leave)

    async def begin(self, session: Session, command: dc.DrillAct) -> Done | RefusalCode:
        """`done.subject` is the call, or the unit that has the floor. Raises JournalError."""
        if not self._site.gateway.voice.can_talk(session):
            return RefusalCode.NO_MEDIA
        found = self._terminal(command.who, is_call=command.is_in_call)
        if found is None:
            return RefusalCode.NOT_FOUND
        terminal, role = found
        if session.id in self._acts or terminal.unit_id in self._speaking.acted:
            return RefusalCode.WRONG_STATE if session.id in self._acts else RefusalCode.BUSY
        if not terminal.is_ready or terminal.mouth is None:
            return RefusalCode.UNREACHABLE
        act = _Act(session, terminal, role)
        self._take(act)
        try:
            answer = await (self._to_call(act) if command.is_in_call else self._to_floor(act, command))
        except LinkLostError:
            answer = RefusalCode.UNREACHABLE
        if isinstance(answer, RefusalCode):
            self._give_back(act)
            return answer
        if self._acts.get(session.id) is not act:
            return RefusalCode.UNREACHABLE  # gone while it was asked for
        event = DrillActed(unit_id=terminal.unit_id, role=role, talkgroup_id=act.talkgroup_id, call_id=act.call_id)
        await self._site.gateway.record(session.party, [event])
        self._site.fleet.spawn(self._watch(act))
        return Done(id=command.id, subject=answer)

    async def end(self, session: Session, *, is_hung_up: bool) -> RefusalCode | None:
        act = self._acts.get(session.id)
        if act is None:
            return RefusalCode.WRONG_STATE
        await asyncio.sleep(TAIL_S)
        if self._acts.get(session.id) is act:
            self._let_go(act)
            self._finish(act, ActEnd.RELEASED)
        if is_hung_up and act.call_id is not None:
            try:
                await act.terminal.calling.hang_up()
            except LinkLostError:
                return RefusalCode.UNREACHABLE
        return None

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """A call that is over was perhaps never answered."""
        for item in recorded:
            if isinstance(item.event, CallEnded):
                for act in [each for each in self._acts.values() if each.call_id == item.event.call_id]:
                    self._finish(act, ActEnd.HUNG_UP)

    def close(self) -> None:
        self._site.gateway.voice.on_left.remove(self._leave)
        for act in list(self._acts.values()):
            self._give_back(act)

    # --- taking and giving back ---------------------------------------------------------------------------

    def _terminal(self, who: str, *, is_call: bool) -> tuple[SimulatedTerminal, ActorId | None] | None:
        """Of an actor's first unit, of a unit by its id, or for a citizen the line he calls in on."""
        actor = next((each for each in self._site.scenario.cast if each.id == who), None)
        unit_id = self._foreseen.cast.first(who) if actor is not None else UnitId(who)
        if actor is not None and unit_id is None and is_call:
            unit_id = self._line()
        if unit_id is None or unit_id not in self._site.rows:
            return None
        return self._site.fleet.terminal(unit_id), actor.id if actor is not None else None

    def _line(self) -> UnitId:
        """A citizen who is on the telephone already, else a free line."""
        lines = [self._site.fleet.terminal(unit_id) for unit_id in HOTLINE_UNITS]
        busy = next((each for each in lines if each.calling.call_id is not None), None)
        return (busy or lines[0]).unit_id

    def _take(self, act: _Act) -> None:
        assert act.terminal.mouth is not None
        self._acts[act.session.id] = act
        self._speaking.acted.add(act.terminal.unit_id)
        self._speaking.hush(act.terminal)
        mouth = act.terminal.mouth
        mouth.lend(is_lent=True)
        act.terminal.calling.is_acted = True
        act.terminal.calling.acts += 1

        def pass_on(payload: bytes, timestamp: int, arrived_s: float) -> None:
            mouth.pass_on(VoicePacket(payload, opus_samples(payload)))

        self._site.gateway.forwarder.set_tap(act.session.id, AUDIO, pass_on, tap_id=act.tap_id)

    def _give_back(self, act: _Act) -> None:
        if self._acts.get(act.session.id) is act:
            del self._acts[act.session.id]
        self._speaking.acted.discard(act.terminal.unit_id)
        self._site.gateway.forwarder.set_tap(act.session.id, AUDIO, None, tap_id=act.tap_id)
        if act.terminal.mouth is not None:
            act.terminal.mouth.lend(is_lent=False)
        act.terminal.calling.is_acted = False

    def _finish(self, act: _Act, end: ActEnd) -> None:
        if self._acts.get(act.session.id) is act:
            self._give_back(act)
            event = DrillActEnded(unit_id=act.terminal.unit_id, end=end)
            self._site.gateway.record_soon(act.session.party, [event])

    def _leave(self, session: Session) -> None:
        """The trainer's connection or his media is gone: nobody keeps a floor for him."""
        act = self._acts.get(session.id)
        if act is not None:
            self._let_go(act)
            self._finish(act, ActEnd.LOST)

    # --- floors and calls ----------------------------------------------------------------------------------

    def _let_go(self, act: _Act) -> None:
        if act.talkgroup_id is not None:
            act.terminal.release(act.talkgroup_id)

    async def _to_floor(self, act: _Act, command: dc.DrillAct) -> str | RefusalCode:
        own = self._site.gateway.picture.units[act.terminal.unit_id].affiliated
        talkgroup_id = command.talkgroup_id or next(iter(own), None)
        if talkgroup_id is None:
            return RefusalCode.NOT_AFFILIATED
        answer = await act.terminal.press(talkgroup_id, is_emergency=command.is_emergency)
        if isinstance(answer, Refused):
            return answer.code
        if not isinstance(answer, FloorGranted):
            if isinstance(answer, FloorQueued):
                act.terminal.release(talkgroup_id)
            return RefusalCode.BUSY
        act.talkgroup_id = talkgroup_id
        # His own voice would come back to him out of the loudspeaker.
        self._site.gateway.forwarder.remove_sink(talk_route(talkgroup_id), act.session.id)
        return act.terminal.unit_id

    async def _to_call(self, act: _Act) -> str | RefusalCode:
        """The one it is in, the one that rings there, else a new one to the desks."""
        calling = act.terminal.calling
        if calling.call_id is None:
            answer = await calling.place()
            if isinstance(answer, Refused):
                return answer.code
        elif not calling.is_connected and calling.is_rung:
            await calling.answer_now()
        if calling.call_id is None:
            return RefusalCode.UNREACHABLE
        act.call_id = calling.call_id
        return calling.call_id

    async def _watch(self, act: _Act) -> None:
        """Until the mouth is closed by somebody else: the floor was taken back, or its network is gone."""
        if act.talkgroup_id is None or act.terminal.mouth is None:
            return  # a call's end is recorded
        await act.terminal.mouth.said()
        self._finish(act, ActEnd.REVOKED if act.terminal.link.is_up else ActEnd.LOST)
