"""Hold to talk against the real floor rules: whatever happens, once everything is let go no floor is held."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVarTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from comms.domain import floor_effect as fe
from comms.domain.floor import Floor
from comms.domain.floor_steps import FloorRules
from comms.domain.ids import CallId, CommandId, PartyId, TalkgroupId
from comms.protocol import pushes
from comms.protocol.commands import Command, FloorAck, FloorRelease, FloorRequest
from comms.protocol.pushes import Push
from console.actions.requester import UnsentError
from console.actions.voice import Voice
from console.media.talker import FloorTalker
from console.store.floors import TalkState
from console.store.store import Store

DESK = PartyId("officer:o1")
OTHERS = [PartyId("officer:o2"), PartyId("officer:o3")]
GROUPS = [TalkgroupId("g1"), TalkgroupId("g2")]
_Words = TypeVarTuple("_Words")


class StepLoop(asyncio.SelectorEventLoop):
    """A loop whose clock moves only when told to, from one timer to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1000.0
        self._alarms: list[float] = []

    def time(self) -> float:
        return self.seconds

    def call_at(
        self, when: float, callback: Callable[[*_Words], object], *args: *_Words, context: Context | None = None
    ) -> asyncio.TimerHandle:
        heapq.heappush(self._alarms, when)
        return super().call_at(when, callback, *args, context=context)

    def settle(self) -> None:
        self._turn(4)
        self.run_forever()

    def _turn(self, more: int) -> None:
        if more:
            self.call_soon(self._turn, more - 1)
        else:
            self.stop()

    def pass_time(self, duration_s: float) -> None:
        end = self.seconds + duration_s
        while self._alarms and self._alarms[0] <= end:
            self.seconds = max(self.seconds, heapq.heappop(self._alarms))
            self.settle()
        self.seconds = end
        self.settle()


class Microphone:
    def __init__(self) -> None:
        self.is_open = False

    def start_talking(self, frame_ms: int) -> None:
        assert not self.is_open
        self.is_open = True

    def stop_talking(self) -> int | None:
        assert self.is_open
        self.is_open = False
        return 7


class Wire:
    """A gateway of floors alone, with messages waiting in both directions until they are moved on."""

    def __init__(self, loop: StepLoop) -> None:
        self.loop = loop
        self.is_up = False
        self.floors = {group: Floor(FloorRules(queue_size=1)) for group in GROUPS}
        self.up: deque[tuple[Command, asyncio.Future[Push]]] = deque()
        self.down: deque[Push | tuple[asyncio.Future[Push], Push]] = deque()

    async def request(self, command: Command) -> Push:
        if not self.is_up:
            raise UnsentError
        answer: asyncio.Future[Push] = self.loop.create_future()
        self.up.append((command, answer))
        return await answer

    async def request_durable(self, command: Command) -> Push:
        return await self.request(command)

    def cut(self) -> None:
        """The connection ends: what is under way is lost, the gateway drops the party."""
        self.is_up = False
        answers = [answer for _, answer in self.up] + [item[0] for item in self.down if isinstance(item, tuple)]
        for answer in answers:
            if not answer.done():
                answer.set_exception(UnsentError())
        self.up.clear()
        self.down.clear()
        for group, floor in self.floors.items():
            self.carry_out(group, floor.left(self.loop.time(), DESK))

    def handle_one(self) -> None:
        command, answer = self.up.popleft()
        now = self.loop.time()
        effects: fe.Effects = ()
        if isinstance(command, FloorRequest):
            effects = self.floors[command.talkgroup_id].request(now, DESK, is_emergency=command.is_emergency)
        elif isinstance(command, FloorRelease):
            effects = self.floors[command.talkgroup_id].release(now, DESK, last_sequence=command.last_sequence)
        elif isinstance(command, FloorAck):
            effects = self.floors[command.talkgroup_id].ack(now, DESK, floor_seq=command.floor_seq)
        self.down.append((answer, pushes.Done(id=command.id)))
        if isinstance(command, FloorRequest | FloorRelease | FloorAck):
            self.carry_out(command.talkgroup_id, effects)

    def advance(self) -> None:
        for group, floor in self.floors.items():
            self.carry_out(group, floor.advance(self.loop.time()))

    def carry_out(self, group: TalkgroupId, effects: fe.Effects) -> None:
        for effect in effects:
            if isinstance(effect, fe.CloseVoice) and effect.drains:
                floor = self.floors[group]
                self.carry_out(group, floor.media_drained(self.loop.time(), effect.party))
            push = as_push(group, effect)
            if push is not None and self.is_up:
                self.down.append(push)


def as_push(group: TalkgroupId, effect: fe.FloorEffect) -> Push | None:
    """The push of an effect when it is for the desk."""
    match effect:
        case fe.Granted(party=party) if party == DESK:
            return pushes.FloorGranted(
                talkgroup_id=group,
                call_id=CallId("c"),
                floor_seq=effect.floor_seq,
                duration_s=effect.duration_s,
                from_queue=effect.from_queue,
            )
        case fe.Denied(party=party) if party == DESK:
            return pushes.FloorDenied(talkgroup_id=group, cause=effect.cause)
        case fe.Queued(party=party) if party == DESK:
            return pushes.FloorQueued(talkgroup_id=group, position=effect.position, size=effect.size)
        case fe.Taken() if effect.to == DESK or (effect.to is None and effect.talker != DESK):
            return pushes.FloorTaken(
                talkgroup_id=group,
                call_id=CallId("c"),
                floor_seq=effect.floor_seq,
                talker=effect.talker,
                talker_name="",
            )
        case fe.Idle() if effect.to in (None, DESK):
            return pushes.FloorIdle(talkgroup_id=group, floor_seq=effect.floor_seq)
        case fe.Revoked(party=party) if party == DESK:
            return pushes.FloorRevoked(
                talkgroup_id=group, floor_seq=effect.floor_seq, cause=effect.cause, grace_s=effect.grace_s
            )
        case _:
            return None


class _Now:
    """Press and release reach the talker at once: the hop between threads keeps their order anyway."""

    def __init__(self, talker: FloorTalker) -> None:
        self.talker = talker

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        self.talker.press(talkgroup_id, is_emergency=is_emergency)

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        self.talker.expect(talkgroup_id)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self.talker.release(talkgroup_id)

    def mute(self, is_muted: bool) -> None:
        raise NotImplementedError


groups = st.sampled_from(GROUPS)
usually = st.sampled_from([True, True, False])
rarely = st.sampled_from([False, False, True])


class HoldToTalk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = StepLoop()
        self.microphone = Microphone()
        self.wire = Wire(self.loop)
        self.store = Store(now=self.loop.time)
        self.talker = FloorTalker(
            requester=self.wire,
            microphone=self.microphone,
            play=lambda cue: None,
            report=self.store.apply_local,
            new_id=lambda: CommandId("x"),
            now=self.loop.time,
            loop=self.loop,
        )
        self.voice = Voice(self.wire, self.store, _Now(self.talker), new_id=lambda: CommandId("x"))
        self.come_back()

    @rule(group=groups, is_emergency=rarely, at_once=usually)
    def key_down(self, group: TalkgroupId, is_emergency: bool, at_once: bool) -> None:
        self.voice.press(group, is_emergency=is_emergency)
        self.arrive(at_once)

    @rule(group=groups, at_once=usually)
    def key_up(self, group: TalkgroupId, at_once: bool) -> None:
        self.voice.release(group)
        self.arrive(at_once)

    @rule()
    def focus_lost(self) -> None:
        self.voice.release_all()
        self.loop.settle()

    @rule()
    def microphone_gone(self) -> None:
        self.talker.set_microphone(False)
        self.loop.settle()
        assert not self.microphone.is_open

    @rule(group=groups)
    def press_without_microphone(self, group: TalkgroupId) -> None:
        self.talker.set_microphone(False)
        self.voice.press(group)
        self.loop.settle()
        assert not self.microphone.is_open
        self.talker.set_microphone(True)

    @rule()
    def microphone_back(self) -> None:
        self.talker.set_microphone(True)

    @precondition(lambda self: self.wire.is_up)
    @rule()
    def link_lost(self) -> None:
        self.wire.cut()
        self.talker.link_lost()
        self.loop.settle()
        assert not self.microphone.is_open

    @precondition(lambda self: not self.wire.is_up)
    @rule()
    def come_back(self) -> None:
        self.wire.is_up = True
        self.talker.begin_session(DESK)
        for group, floor in self.wire.floors.items():
            self.wire.carry_out(group, floor.joined(self.loop.time(), DESK))
        self.loop.settle()

    @precondition(lambda self: self.wire.up)
    @rule()
    def gateway_takes_one(self) -> None:
        self.wire.handle_one()
        self.loop.settle()

    @precondition(lambda self: self.wire.down)
    @rule()
    def desk_gets_one(self) -> None:
        item = self.wire.down.popleft()
        if isinstance(item, tuple):
            future, answer = item
            if not future.done():
                future.set_result(answer)
        else:
            self.talker.on_push(item)
            self.store.apply_push(item)
        self.loop.settle()

    @rule(group=groups, other=st.sampled_from(OTHERS), is_emergency=st.booleans(), at_once=usually)
    def another_asks(self, group: TalkgroupId, other: PartyId, is_emergency: bool, at_once: bool) -> None:
        effects = self.wire.floors[group].request(self.loop.time(), other, is_emergency=is_emergency)
        self.wire.carry_out(group, effects)
        self.arrive(at_once)

    @rule(group=groups, other=st.sampled_from(OTHERS))
    def another_lets_go(self, group: TalkgroupId, other: PartyId) -> None:
        self.wire.carry_out(group, self.wire.floors[group].release(self.loop.time(), other))

    def arrive(self, at_once: bool) -> None:
        """Everything on its way gets there, or nothing yet."""
        self.loop.settle()
        while at_once and (self.wire.up or self.wire.down):
            if self.wire.up:
                self.wire.handle_one()
            else:
                self.desk_gets_one()
            self.loop.settle()

    @rule(duration_s=st.sampled_from([0.1, 0.6, 2.5]))
    def time_passes(self, duration_s: float) -> None:
        for group, floor in self.wire.floors.items():
            if self.microphone.is_open:
                self.wire.carry_out(group, floor.media_received(self.loop.time(), DESK))
        self.loop.pass_time(duration_s)
        self.wire.advance()

    @invariant()
    def nobody_is_on_the_air_unknowingly(self) -> None:
        assert self.microphone.is_open == self.talker.is_microphone_open
        if self.microphone.is_open:
            assert self.voice.pressed
            assert any(self.store.talk(group).state is TalkState.TALKING for group in self.voice.pressed)

    def teardown(self) -> None:
        self.voice.release_all()
        for _ in range(12):
            self.loop.settle()
            while self.wire.up:
                self.wire.handle_one()
            while self.wire.down:
                self.desk_gets_one()
            self.loop.pass_time(1.0)
            self.wire.advance()
        assert not self.microphone.is_open
        for group, floor in self.wire.floors.items():
            assert floor.talker != DESK, group
            assert DESK not in floor.queue
            assert self.store.talk(group).state is TalkState.IDLE
        closing: Coroutine[Any, Any, None] = self.talker.close()
        self.wire.cut()
        self.loop.run_until_complete(closing)
        self.loop.settle()
        self.loop.close()


TestHoldToTalk = HoldToTalk.TestCase
TestHoldToTalk.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
