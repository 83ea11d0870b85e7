"""The link against a real WebSocket server that follows a script: kills, silence, refusals, garbage."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from comms.domain.ids import CommandId, TalkgroupId
from comms.link.client import Link, LinkLostError, LinkPhase, LinkState, LinkTiming
from comms.link.clock import WallClock
from comms.link.reconnect import BackOffPlan
from comms.protocol import pushes
from comms.protocol.codec import encode
from comms.protocol.commands import (
    Command,
    DeskResume,
    DeskSignIn,
    LogRead,
    NoteAdd,
    Ping,
    TerminalEnrol,
    TerminalSignIn,
    TokenRefresh,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, FloorIdle, LogPage, Push, Refused, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.scripted_server import Peer, Script, ScriptedServer, polite_answer, scripted_server, welcome

QUICK = LinkTiming(
    back_off=BackOffPlan(first_s=0.01, limit_s=0.05, steady_s=0.0),
    connect_timeout_s=5.0,
    sign_in_timeout_s=5.0,
    ping_interval_s=0.05,
    silence_limit_s=5.0,
    close_timeout_s=0.1,
)


def desk_sign_in() -> Command:
    return DeskSignIn(id=CommandId("sign-in"), protocol=PROTOCOL_VERSION, name="duty", password="secret")


@dataclass
class Heard:
    """What the link told its listener."""

    pushes: list[Push] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def push(self, push: Push) -> None:
        self.pushes.append(push)
        self._tell()

    def frame(self, frame: bytes) -> None:
        self.frames.append(frame)
        self._tell()

    def state(self, state: LinkState) -> None:
        self.states.append(state)
        self._tell()

    def _tell(self) -> None:
        async def tell() -> None:
            async with self.changed:
                self.changed.notify_all()

        task = asyncio.ensure_future(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def until(self, claim: Callable[[], bool]) -> None:
        async with asyncio.timeout(40), self.changed:
            await self.changed.wait_for(claim)

    async def phase(self, phase: LinkPhase, count: int = 1) -> LinkState:
        def reached() -> list[LinkState]:
            steps = [
                s for s, b in zip(self.states, [None, *self.states], strict=False) if b is None or b.phase != s.phase
            ]
            return [state for state in steps if state.phase is phase]

        await self.until(lambda: len(reached()) >= count)
        return reached()[count - 1]


@asynccontextmanager
async def running_link(
    url: str, *, sign_in: Callable[[], Command | None] = desk_sign_in, timing: LinkTiming = QUICK
) -> AsyncIterator[tuple[Link, Heard]]:
    heard = Heard()
    link = Link(
        url,
        sign_in=sign_in,
        on_push=heard.push,
        on_positions=heard.frame,
        on_state=heard.state,
        clock=WallClock(),
        timing=timing,
        jitter=random.Random(7).random,
    )
    runner = asyncio.create_task(link.run())
    try:
        yield link, heard
    finally:
        await link.close()
        await runner
        assert heard.states[-1].phase is LinkPhase.CLOSED


@asynccontextmanager
async def linked(script: Script, **options: Any) -> AsyncIterator[tuple[ScriptedServer, Link, Heard]]:
    async with scripted_server(script) as server, running_link(server.url, **options) as (link, heard):
        yield server, link, heard


async def polite(peer: Peer) -> None:
    await peer.be_polite()


async def test_signs_in_and_asks() -> None:
    async with linked(polite) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        assert isinstance(heard.pushes[0], Welcome)
        assert await link.request(NoteAdd(id=CommandId("n1"), text="x")) == Done(id=CommandId("n1"))
        assert [state.phase for state in heard.states[:3]] == [
            LinkPhase.CONNECTING,
            LinkPhase.SIGNING_IN,
            LinkPhase.ONLINE,
        ]


async def test_measures_the_round_trip() -> None:
    async with linked(polite) as (_, link, heard):
        await heard.until(lambda: link.latency_ms is not None)
        assert heard.states[-1].phase is LinkPhase.ONLINE


async def test_pushes_and_positions_arrive_in_order() -> None:
    idle = [FloorIdle(talkgroup_id=TalkgroupId("g"), floor_seq=number) for number in range(50)]

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.send_raw(b"positions")
        for push in idle:
            await peer.send(push)
        await peer.be_polite()

    async with linked(script) as (_, _, heard):
        await heard.until(lambda: len(heard.pushes) == 51)
        assert heard.pushes[1:] == idle
        assert heard.frames == [b"positions"]


async def test_answers_find_their_askers_in_any_order() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        waiting: list[Command] = []
        while len(waiting) < 3:
            command = await peer.receive()
            if isinstance(command, LogRead):
                waiting.append(command)
        for command in reversed(waiting):
            await peer.send(LogPage(id=command.id, events=()))
        await peer.be_polite()

    async with linked(script) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        ids = [CommandId(name) for name in "abc"]
        answers = await asyncio.gather(*(link.request(LogRead(id=command_id)) for command_id in ids))
        assert [answer.id for answer in answers if isinstance(answer, LogPage)] == ids


async def test_a_refusal_is_a_value() -> None:
    no = Refused(id=CommandId("n"), code=RefusalCode.NOT_ALLOWED, text="no")

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            command = await peer.receive()
            await peer.send(no if command.id == "n" else polite_answer(command))

    async with linked(script) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        assert await link.request(NoteAdd(id=CommandId("n"), text="x")) == no


async def test_a_refused_sign_in_is_a_state_and_waits_for_somebody() -> None:
    passwords = ["wrong", "right"]

    def sign_in() -> Command:
        return DeskSignIn(id=CommandId("s"), protocol=PROTOCOL_VERSION, name="duty", password=passwords[0])

    async def script(peer: Peer) -> None:
        command = await peer.receive()
        assert isinstance(command, DeskSignIn)
        if command.password == "wrong":
            await peer.send(Refused(id=command.id, code=RefusalCode.WRONG_CREDENTIALS, text="check it"))
            return
        await peer.send(welcome(command.id))
        await peer.be_polite()

    async with linked(script, sign_in=sign_in) as (server, link, heard):
        state = await heard.phase(LinkPhase.REFUSED)
        assert state.refused is not None
        assert state.refused.code is RefusalCode.WRONG_CREDENTIALS
        assert len(server.peers) == 1
        passwords.pop(0)
        link.try_again()
        await heard.phase(LinkPhase.ONLINE)


async def test_nothing_to_sign_in_with_waits_too() -> None:
    async with linked(polite, sign_in=lambda: None) as (_, _, heard):
        state = await heard.phase(LinkPhase.REFUSED)
        assert state.refused is not None


async def test_try_later_is_tried_later() -> None:
    async def script(peer: Peer) -> None:
        if peer.number == 0:
            command = await peer.receive()
            await peer.send(Refused(id=command.id, code=RefusalCode.TRY_LATER, text="too many", retry_after_s=0.02))
            return
        await peer.be_polite()

    async with linked(script) as (_, _, heard):
        waiting = await heard.phase(LinkPhase.WAITING)
        assert waiting.refused is not None
        assert waiting.retry_at is not None
        await heard.phase(LinkPhase.ONLINE)


async def test_an_expired_token_is_refreshed_on_the_same_connection() -> None:
    tokens = {"token": "old", "refresh": "r"}
    heard_of: list[str] = []

    def sign_in() -> Command:
        if tokens["token"] == "old" and heard_of:
            return TokenRefresh(id=CommandId("r"), refresh_token=tokens["refresh"])
        heard_of.append(tokens["token"])
        return DeskResume(id=CommandId("s"), protocol=PROTOCOL_VERSION, token=tokens["token"])

    async def script(peer: Peer) -> None:
        command = await peer.receive()
        await peer.send(Refused(id=command.id, code=RefusalCode.TOKEN_EXPIRED, text="expired"))
        command = await peer.receive()
        assert isinstance(command, TokenRefresh)
        tokens["token"] = "fresh"
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with linked(script, sign_in=sign_in) as (server, _, heard):
        await heard.phase(LinkPhase.ONLINE)
        assert heard_of == ["old", "fresh"]
        assert len(server.peers) == 1
        assert isinstance(heard.pushes[0], pushes.TokenGranted)


async def test_a_terminal_enrols_and_signs_in_on_one_connection() -> None:
    device: list[str] = []

    def sign_in() -> Command:
        if device:
            return TerminalSignIn(id=CommandId("s"), protocol=PROTOCOL_VERSION, device_token=device[0])
        device.append("u1")
        return TerminalEnrol(id=CommandId("e"), protocol=PROTOCOL_VERSION, code="u1")

    async with linked(polite, sign_in=sign_in) as (server, _, heard):
        await heard.phase(LinkPhase.ONLINE)
        assert [type(push) for push in heard.pushes[:2]] == [pushes.Enrolled, Welcome]
        assert len(server.peers) == 1


async def test_never_ending_refreshes_end() -> None:
    def sign_in() -> Command:
        return TokenRefresh(id=CommandId("r"), refresh_token="r")

    async with linked(polite, sign_in=sign_in) as (_, _, heard):
        await heard.phase(LinkPhase.REFUSED)


async def test_a_session_ended_for_good_is_not_fought_over() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.send(pushes.SessionEnded(code=RefusalCode.REPLACED, text="elsewhere"))

    async with linked(script) as (server, _, heard):
        state = await heard.phase(LinkPhase.REFUSED)
        assert state.refused is not None
        assert state.refused.code is RefusalCode.REPLACED
        assert len(server.peers) == 1


async def test_a_session_ended_for_slowness_comes_back() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        if peer.number == 0:
            await peer.send(pushes.SessionEnded(code=RefusalCode.SLOW_CLIENT, text="slow"))
            return
        await peer.be_polite()

    async with linked(script) as (_, _, heard):
        await heard.phase(LinkPhase.ONLINE, count=2)


async def test_ended_before_the_welcome_is_a_refusal() -> None:
    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.send(pushes.SessionEnded(code=RefusalCode.NOT_ALLOWED, text="no"))

    async with linked(script) as (_, _, heard):
        await heard.phase(LinkPhase.REFUSED)


async def test_a_killed_gateway_fails_requests_and_is_found_again() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        if peer.number == 0:
            while not isinstance(await peer.receive(), LogRead):
                pass
            peer.kill()
            return
        await peer.be_polite()

    async with linked(script) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        with pytest.raises(LinkLostError):
            await link.request(LogRead(id=CommandId("l")))
        with pytest.raises(LinkLostError):
            await link.request(LogRead(id=CommandId("l2")))
        await heard.phase(LinkPhase.ONLINE, count=2)


async def test_a_silent_gateway_is_left() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        if peer.number == 0:
            await peer.connection.wait_closed()
            return
        await peer.be_polite()

    timing = LinkTiming(back_off=QUICK.back_off, ping_interval_s=0.05, silence_limit_s=0.15, close_timeout_s=0.1)
    async with linked(script, timing=timing) as (_, _, heard):
        waiting = await heard.phase(LinkPhase.WAITING)
        assert "half-open" in waiting.detail
        await heard.phase(LinkPhase.ONLINE, count=2)


async def test_a_gateway_that_does_not_answer_the_sign_in_is_left() -> None:
    async def script(peer: Peer) -> None:
        if peer.number == 0:
            await peer.connection.wait_closed()
            return
        await peer.be_polite()

    timing = LinkTiming(back_off=QUICK.back_off, sign_in_timeout_s=0.1, close_timeout_s=0.1)
    async with linked(script, timing=timing) as (_, _, heard):
        await heard.phase(LinkPhase.ONLINE)


@pytest.mark.parametrize("words", ["{", '{"kind":"done","id":"sign-in"}', '{"kind":"no_such_thing"}'])
async def test_nonsense_for_a_welcome_is_tried_again(words: str) -> None:
    async def script(peer: Peer) -> None:
        if peer.number == 0:
            await peer.receive()
            await peer.send_raw(words)
            await peer.connection.wait_closed()
            return
        await peer.be_polite()

    async with linked(script) as (_, _, heard):
        waiting = await heard.phase(LinkPhase.WAITING)
        assert waiting.detail
        await heard.phase(LinkPhase.ONLINE)


async def test_what_comes_before_the_welcome_is_delivered_after_it() -> None:
    early = FloorIdle(talkgroup_id=TalkgroupId("g"), floor_seq=1)

    async def script(peer: Peer) -> None:
        command = await peer.receive()
        await peer.send_raw(b"early positions are not kept")
        await peer.send(early)
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with linked(script) as (_, _, heard):
        await heard.until(lambda: len(heard.pushes) == 2)
        assert heard.pushes[1] == early


@pytest.mark.allow_warnings
async def test_garbage_is_skipped_and_the_connection_lives() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        for junk in ("", "{", "[]", '{"kind":"from_the_future","x":1}', "😀", '{"kind":"event"}'):
            await peer.send_raw(junk)
        while True:
            command = await peer.receive()
            if isinstance(command, LogRead):
                await peer.send_raw(f'{{"kind":"from_the_future","id":"{command.id}"}}')
            else:
                await peer.send(polite_answer(command))

    async with linked(script) as (server, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        answer = await link.request(LogRead(id=CommandId("l")))
        assert isinstance(answer, Refused)
        assert answer.code is RefusalCode.INTERNAL
        assert isinstance(await link.request(NoteAdd(id=CommandId("n"), text="x")), Done)
        assert len(server.peers) == 1


@pytest.mark.allow_warnings
async def test_a_failing_listener_does_not_cost_the_connection() -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a fault of the desk")

    async with scripted_server(polite) as server:
        link = Link(
            server.url,
            sign_in=desk_sign_in,
            on_push=fail,
            on_positions=fail,
            on_state=fail,
            clock=WallClock(),
            timing=QUICK,
        )
        runner = asyncio.create_task(link.run())
        async with asyncio.timeout(40):
            while link.state.phase is not LinkPhase.ONLINE:
                await asyncio.sleep(0)
            assert isinstance(await link.request(NoteAdd(id=CommandId("n"), text="x")), Done)
        await link.close()
        await runner


async def test_durable_commands_survive_every_loss_and_have_one_effect_each() -> None:
    """The server dies before carrying out, after carrying out, and while answering, as a seeded roll decides."""
    roll = random.Random(11)
    effects: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            command = await peer.receive()
            if not isinstance(command, NoteAdd):
                await peer.send(polite_answer(command))
                continue
            fate = roll.random()
            if fate < 0.15:
                peer.kill()
                return
            if command.id not in effects:
                effects.append(command.id)
            if fate < 0.3:
                peer.kill()
                return
            await peer.send(polite_answer(command))

    async with linked(script) as (server, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        ids = [CommandId(f"n{number:03d}") for number in range(60)]
        async with asyncio.timeout(40):
            answers = await asyncio.gather(*(link.request_durable(NoteAdd(id=i, text="x")) for i in ids))
        assert [answer.id for answer in answers if isinstance(answer, Done)] == ids
        assert effects == list(ids)
        assert link.unanswered == ()
        assert len(server.peers) > 3


async def test_a_durable_command_waits_for_the_first_connection() -> None:
    async with linked(polite) as (_, link, heard):
        assert not [state for state in heard.states if state.phase is LinkPhase.ONLINE]
        answers = await asyncio.gather(
            link.request_durable(NoteAdd(id=CommandId("n"), text="x")),
            link.request_durable(NoteAdd(id=CommandId("n"), text="x")),
        )
        assert list(answers) == [Done(id=CommandId("n"))] * 2


async def test_a_cancelled_caller_does_not_take_a_durable_command_back() -> None:
    release = asyncio.Event()
    effects: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            command = await peer.receive()
            if isinstance(command, NoteAdd):
                await release.wait()
                effects.append(command.id)
            await peer.send(polite_answer(command))

    async with linked(script) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        caller = asyncio.create_task(link.request_durable(NoteAdd(id=CommandId("n"), text="x")))
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait([caller])
        release.set()
        assert isinstance(await link.request(Ping(id=CommandId("after"))), pushes.Pong)
        assert effects == ["n"]
        assert link.unanswered == ()


async def test_closing_fails_durable_commands_and_leaves_nothing() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.connection.wait_closed()

    async with linked(script) as (_, link, heard):
        await heard.phase(LinkPhase.ONLINE)
        caller = asyncio.create_task(link.request_durable(NoteAdd(id=CommandId("n"), text="x")))
        await asyncio.sleep(0)
        await link.close()
        await asyncio.wait([caller])
        assert isinstance(caller.exception(), LinkLostError)
        assert [command.id for command in link.unanswered] == ["n"]


async def test_no_gateway_at_all_backs_off_until_there_is_one() -> None:
    async with scripted_server(polite) as first:
        port = first.port
    async with running_link(f"ws://127.0.0.1:{port}/v1") as (_, heard):
        await heard.phase(LinkPhase.WAITING, count=3)
        async with scripted_server(polite, port=port):
            await heard.phase(LinkPhase.ONLINE)


async def test_an_owner_may_cancel_run() -> None:
    async with scripted_server(polite) as server:
        heard = Heard()
        link = Link(
            server.url,
            sign_in=desk_sign_in,
            on_push=heard.push,
            on_positions=heard.frame,
            on_state=heard.state,
            clock=WallClock(),
            timing=QUICK,
        )
        runner = asyncio.create_task(link.run())
        await heard.phase(LinkPhase.ONLINE)
        with pytest.raises(RuntimeError):
            await link.run()
        runner.cancel()
        with pytest.raises(asyncio.CancelledError):
            await runner
        await link.close()
        assert link.state.phase is LinkPhase.CLOSED


def test_scripted_answers_are_real_protocol() -> None:
    assert encode(polite_answer(desk_sign_in())).startswith('{"kind":"session.welcome"')
