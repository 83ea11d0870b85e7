"""A terminal's callback link against scripted gateways: what a real one would hardly do."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comms.domain.ids import TalkgroupId, UnitId
from comms.fleet.dialler import Dialler
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.terminal import SimulatedTerminal
from comms.fleet.terminal_link import SILENCE_LIMIT_S, Credentials, LinkPhase
from comms.link.clock import WallClock
from comms.media.forwarder import Forwarder, MediaSession
from comms.protocol import pushes
from comms.protocol.commands import MediaOffer, TerminalEnrol, TerminalSignIn
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Refused
from tests.integration.test_fleet_terminal import until
from tests.support.scripted_server import Peer, Script, ScriptedServer, polite_answer, scripted_server

IDLE = pushes.FloorIdle(talkgroup_id=TalkgroupId("g"), floor_seq=1)


@asynccontextmanager
async def one_terminal(
    script: Script, *, has_media: bool = False
) -> AsyncIterator[tuple[ScriptedServer, SimulatedTerminal]]:
    """Not waited for: some of these never come up."""
    async with scripted_server(script) as server:
        held = [Credentials(UnitId("u1"), "u1")]
        fleet = Fleet(server.url, held, FleetPlan(has_media=has_media, position_interval_s=0.2))
        begun = asyncio.create_task(fleet.start())
        try:
            yield server, fleet.terminals[0]
        finally:
            begun.cancel()
            await asyncio.wait([begun])
            await fleet.stop()


async def polite(peer: Peer) -> None:
    await peer.be_polite()


async def test_pieces_are_put_together_and_junk_is_counted() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.connection.send(['{"kind":"floor.idle",', '"talkgroup_id":"g",', '"floor_seq":1}'])
        await peer.send_raw(b"\x01\x02")
        await peer.send_raw("junk")
        await peer.connection.ping()
        await peer.send(IDLE)
        await peer.be_polite()

    async with one_terminal(script) as (_, terminal):
        await until(lambda: terminal.counts.pushes[pushes.FloorIdle] == 2)
        assert terminal.link.count.unreadable == 2


async def test_try_later_is_tried_later() -> None:
    async def script(peer: Peer) -> None:
        command = await peer.receive()
        if peer.number == 0:
            await peer.send(Refused(id=command.id, code=RefusalCode.TRY_LATER, text="later", retry_after_s=0.01))
            return
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with one_terminal(script) as (_, terminal):
        await until(lambda: terminal.is_ready)
        assert terminal.refused is not None


async def test_an_emergency_does_not_wait_for_the_time_it_was_told_and_says_so() -> None:
    said: list[bool] = []

    async def script(peer: Peer) -> None:
        command = await peer.receive()
        if isinstance(command, TerminalEnrol):
            await peer.send(polite_answer(command))
            command = await peer.receive()
        assert isinstance(command, TerminalSignIn)
        said.append(command.is_emergency)
        if peer.number == 0:
            await peer.send(Refused(id=command.id, code=RefusalCode.CROWDED, text="later", retry_after_s=3_600.0))
            return
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with one_terminal(script) as (_, terminal):
        await until(lambda: terminal.link.count.put_off == 1)
        assert not terminal.is_refused, "not for good"
        terminal.link.hurry()
        await until(lambda: terminal.is_ready)
        assert said == [False, True]
        terminal.link.lose(0.0)
        await until(lambda: len(said) == 3 and terminal.is_ready)
        assert said == [False, True, False], "of one press"


async def test_a_lost_answer_to_a_code_is_asked_for_again_with_the_same_key() -> None:
    said: list[tuple[str, str]] = []

    async def script(peer: Peer) -> None:
        command = await peer.receive()
        assert isinstance(command, TerminalEnrol)
        said.append((command.code, command.device_key))
        if peer.number == 0:
            peer.kill()
            return
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with one_terminal(script) as (_, terminal):
        await until(lambda: terminal.is_ready)
        assert said[0] == said[1]
        assert len(said[0][1]) >= 32


async def test_sessions_ended_for_slowness_come_back_and_replaced_ones_do_not() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        code = RefusalCode.SLOW_CLIENT if peer.number == 0 else RefusalCode.REPLACED
        await peer.send(pushes.SessionEnded(code=code, text=""))
        await peer.connection.wait_closed()

    async with one_terminal(script) as (server, terminal):
        await until(lambda: terminal.is_refused)
        assert len(server.peers) == 2
        terminal.lose_network(0.0)
        assert terminal.link.phase is LinkPhase.REFUSED


async def test_strange_answers_to_a_sign_in_are_tried_again() -> None:
    async def script(peer: Peer) -> None:
        command = await peer.receive()
        if peer.number == 0:
            await peer.send(IDLE)
            await peer.send(pushes.Done(id=command.id))
            return
        await peer.send(polite_answer(command))
        await peer.be_polite()

    async with one_terminal(script) as (_, terminal):
        await until(lambda: terminal.is_ready)


async def test_silence_is_noticed() -> None:
    async def script(peer: Peer) -> None:
        if peer.number == 0:
            await peer.connection.wait_closed()
            return
        await peer.be_polite()

    async with one_terminal(script) as (server, terminal):
        await server.nth_peer(0)
        for later_s, phase in ((0.0, LinkPhase.CONNECTING), (SILENCE_LIMIT_S + 1.0, LinkPhase.DOWN)):
            terminal.link.check(WallClock().monotonic() + later_s)
            assert terminal.link.phase is phase
        await until(lambda: terminal.is_ready)


async def test_a_network_lost_while_dialling_harms_nothing() -> None:
    async with one_terminal(polite) as (_, terminal):
        terminal.go_half_open(0.01)  # not connected yet: nothing to silence
        terminal.lose_network(0.0)
        await until(lambda: terminal.is_ready)
        terminal.link.stop()
        terminal.link.start()
        await until(lambda: terminal.is_ready)


async def test_media_that_is_refused_or_nonsense_leaves_a_terminal_without_voice() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            command = await peer.receive()
            if isinstance(command, MediaOffer):
                sdp = "this is no sdp"
                refused = Refused(id=command.id, code=RefusalCode.MEDIA_REFUSED, text="")
                await peer.send(refused if peer.number == 0 else pushes.MediaAnswer(id=command.id, sdp=sdp))
                if peer.number == 0:
                    await peer.send(pushes.SessionEnded(code=RefusalCode.SLOW_CLIENT, text=""))
            else:
                await peer.send(polite_answer(command))

    async with one_terminal(script, has_media=True) as (server, terminal):
        second = await server.nth_peer(1)
        await until(lambda: any(isinstance(command, MediaOffer) for command in second.received))
        await until(lambda: terminal.reporting.sent > 0)
        assert terminal.link.is_up
        assert not terminal.is_ready


async def test_media_that_cannot_be_set_up_is_tried_again_in_a_new_session() -> None:
    forwarder = Forwarder(host="127.0.0.1", clock=time.monotonic)
    await forwarder.start()

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            command = await peer.receive()
            if isinstance(command, MediaOffer):
                session = forwarder.open_session("u1", command.sdp, on_connected=lambda: None, on_lost=lambda: None)
                assert isinstance(session, MediaSession)
                sdp = session.sdp if peer.number else re.sub("(fingerprint:sha-256 )..", r"\g<1>00", session.sdp)
                await peer.send(pushes.MediaAnswer(id=command.id, sdp=sdp))
            else:
                await peer.send(polite_answer(command))

    try:
        async with one_terminal(script, has_media=True) as (server, terminal):
            await until(lambda: terminal.is_ready)
            assert len(server.peers) == 2
    finally:
        await forwarder.close()


async def test_whoever_is_no_web_socket_server_is_tried_again_until_it_is_one() -> None:
    greeted = asyncio.Event()

    async def web_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        greeted.set()
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(web_page, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    fleet = Fleet(f"ws://127.0.0.1:{port}/v1", [Credentials(UnitId("u1"), "u1")], FleetPlan(has_media=False))
    begun = asyncio.create_task(fleet.start())
    try:
        await greeted.wait()
        server.close()
        await server.wait_closed()
        async with scripted_server(polite, port=port):
            await until(lambda: fleet.terminals[0].is_ready)
            await begun
    finally:
        await fleet.stop()


async def test_only_so_many_dial_at_once() -> None:
    release = asyncio.Event()

    async def script(peer: Peer) -> None:
        await release.wait()
        await peer.be_polite()

    async with scripted_server(script) as server:
        held = [Credentials(UnitId(f"u{number}"), f"u{number}") for number in range(10)]
        fleet = Fleet(server.url, held, FleetPlan(has_media=False, dials_at_once=3))
        begun = asyncio.create_task(fleet.start())
        await server.nth_peer(2)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(server.peers) == 3
        release.set()
        await begun
        assert len(server.peers) == 10
        await fleet.stop()


async def test_a_closed_dialler_dials_nobody() -> None:
    dialler = Dialler("ws://127.0.0.1:9/v1")
    await dialler.close()
    async with one_terminal(polite) as (_, terminal):
        dialler.dial(terminal.link)
        dialler.settled(terminal.link)
        await until(lambda: terminal.is_ready)
