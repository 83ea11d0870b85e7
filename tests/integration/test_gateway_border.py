"""Peers are distrusted: whatever they send, they get one plain answer, and the session and the gateway live."""

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.domain.events import TerminalDisconnected
from comms.domain.ids import PartyId, unit_party
from comms.domain.position import Fix
from comms.gateway import handlers
from comms.gateway.connection import MEMBER_FRAME_BYTES, STRANGER_FRAME_BYTES
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.gateway.settings import Settings
from comms.protocol.codec import MAX_FRAME_BYTES
from comms.protocol.commands import (
    BlobPut,
    Command,
    DeskSignIn,
    LogRead,
    MediaOffer,
    Ping,
    PositionReport,
    SignOut,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Enrolled, LogPage, Pong, PositionTaken, Refused, Welcome
from tests.support.gateway import NORTH_DUTY, U1, Site, running_gateway
from tests.support.generated import is_encodable, values_of
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal

_ONLY_ONCE = (SignOut,)


async def is_alive(made: Peer) -> bool:
    return isinstance(await made.ask(Ping(id=new_id())), Pong)


@pytest.mark.parametrize(
    ("frame", "code", "command_id"),
    [
        ("", "malformed", ""),
        ("{", "malformed", ""),
        ("[]", "malformed", ""),
        ("null", "malformed", ""),
        ('{"kind":"ping"}', "malformed", ""),
        ('{"kind":"ping","id":"x","more":1}', "malformed", "x"),
        ('{"kind":"fly","id":"x"}', "unknown_kind", "x"),
        ('{"kind":"ping","id":""}', "malformed", ""),
        ('{"kind":"order.issue","id":"x","title":"","target":{"kind":"units","unit_ids":[]}}', "malformed", "x"),
        ('{"kind":"position.report","id":"x","fixes":[]}', "malformed", "x"),
        ('{"kind":"ping","id":"\\ud800"}', "malformed", ""),
        ("[" * 100_000, "malformed", ""),
        (b"\xff\xfe\x00binary", "malformed", ""),
    ],
)
async def test_what_cannot_be_read_gets_a_code_and_a_sentence(
    tmp_path: Path, frame: str | bytes, code: str, command_id: str
) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        for made in (officer, worker):
            await made.send_text(frame)
            refused = await made.next(Refused)
            assert (refused.code, refused.id) == (code, command_id)
            assert refused.text
            assert await is_alive(made)


async def test_before_signing_in_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as stranger:
        await stranger.send_text("nonsense")
        assert (await stranger.next(Refused)).code is RefusalCode.MALFORMED
        assert isinstance(await stranger.sign_in_desk(NORTH_DUTY), Welcome)


async def test_too_large_is_said_and_far_too_large_ends_the_connection(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with terminal(site, U1) as worker:
            await worker.send_text("x" * (MAX_FRAME_BYTES + 1))
            assert (await worker.next(Refused)).code is RefusalCode.TOO_LARGE
            assert await is_alive(worker)
            largest = BlobPut(id=new_id(), media_type="image/jpeg", data=b"x" * 3_000_000)
            await worker.ask_for(largest, Done)
            data = base64.b64encode(b"x" * 3_000_003).decode()
            beyond = {"kind": "blob.put", "id": "b", "media_type": "image/jpeg", "data": data}
            await worker.send_text(json.dumps(beyond))
            assert (await worker.next(Refused)).code is RefusalCode.MALFORMED
            await worker.send_text("x" * (MEMBER_FRAME_BYTES + 1))
            await worker.ended()
        async with peer(site) as stranger:
            await stranger.send_text("x" * (STRANGER_FRAME_BYTES + 1))
            await stranger.ended()
        async with terminal(site, U1) as worker:
            assert await is_alive(worker)


async def test_bad_readings_are_named_and_the_others_kept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, terminal(site, U1) as worker:
        assert site.gateway is not None
        now = site.gateway.clock.now()
        fixes = (
            Fix(at=now - 5, lat=23.0, lon=113.7),
            Fix(at=now, lat=0.0, lon=0.0),
            Fix(at=now + 3600, lat=23.0, lon=113.7),
            Fix(at=now, lat=91.0, lon=113.7),
            Fix(at=now - 1, lat=23.1, lon=113.7, accuracy_m=1e300),
        )
        taken = await worker.ask_for(PositionReport(id=new_id(), fixes=fixes), PositionTaken)
        assert taken.taken == 2
        assert taken.refused == {
            1: RefusalCode.POSITION_NULL_ISLAND,
            2: RefusalCode.POSITION_IN_THE_FUTURE,
            3: RefusalCode.POSITION_OUT_OF_RANGE,
        }
        assert site.gateway.positions.within(lat=23.1, lon=113.7, radius_m=10) == [U1]


async def test_who_sends_without_pause_is_asked_to_wait(tmp_path: Path) -> None:
    limits = Settings(command_rate=0.5, command_burst=5)
    async with running_gateway(tmp_path, settings=limits) as site, terminal(site, U1) as worker:
        answers = [await worker.ask(Ping(id=new_id())) for _ in range(8)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(refused) == 3
        assert refused[0].code is RefusalCode.TRY_LATER
        assert refused[0].retry_after_s is not None
        assert 0 < refused[0].retry_after_s <= 2


async def test_a_slow_lane_that_is_full_says_so(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        commands = [LogRead(id=new_id(), limit=500) for _ in range(200)]
        for command in commands:
            await officer.send(command)
        answers = [await officer.reply(command.id) for command in commands]
        assert {type(answer) for answer in answers} <= {LogPage, Refused}
        assert await is_alive(officer)


@pytest.mark.allow_warnings
async def test_a_mistake_of_ours_is_an_answer_and_a_line_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(gateway: Gateway, session: Session, command: Ping) -> Pong:
        raise ZeroDivisionError("a mistake")

    async with running_gateway(tmp_path) as site, terminal(site, U1) as worker:
        with monkeypatch.context() as patch:
            patch.setitem(handlers.HANDLERS, Ping, broken)
            assert code_of(await worker.ask(Ping(id=new_id()))) == RefusalCode.INTERNAL
        assert await is_alive(worker)
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.getMessage() == f"unit:{U1}: ping failed"


@pytest.mark.allow_warnings
async def test_a_mistake_while_signing_in_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as stranger:
        assert site.gateway is not None
        with monkeypatch.context() as patch:
            patch.delattr(site.gateway.sign_in.proof, "_names")
            assert code_of(await stranger.sign_in_desk(NORTH_DUTY)) == RefusalCode.INTERNAL
        assert isinstance(await stranger.sign_in_desk(NORTH_DUTY), Welcome)


@pytest.mark.allow_warnings
async def test_a_part_that_fails_at_the_end_of_a_session_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: Session) -> None:
        raise ZeroDivisionError("a mistake")

    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        assert site.gateway is not None
        await officer.subscribe()
        with monkeypatch.context() as patch:
            patch.setattr(site.gateway.videos, "on_session_ended", broken)
            async with terminal(site, U1):
                pass
            await officer.event(TerminalDisconnected)
        assert site.gateway.sessions.get(unit_party(U1)) is None


@pytest.mark.allow_warnings
async def test_a_part_that_fails_at_its_start_ends_the_connection_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(session: Session, outbox: object) -> None:
        raise ZeroDivisionError("a mistake")

    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        assert site.gateway is not None
        with monkeypatch.context() as patch:
            patch.setattr(site.gateway.presence, "enter", broken)
            async with terminal(site, U1) as worker:
                await worker.ended()
        assert await is_alive(officer)
    assert "a connection ended by a mistake of ours" in caplog.text


async def test_who_reads_nothing_is_dropped_and_others_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(Settings(), outbound_limit_bytes=50_000, slow_after_s=0.2)
    async with running_gateway(tmp_path, settings=limits) as site, desk(site, NORTH_DUTY) as officer:
        assert site.gateway is not None
        reader, writer = await asyncio.open_connection(site.host, site.port, limit=1024)
        stuck = await _sign_in_and_stop_reading(site, reader, writer)
        session = site.gateway.sessions.get(stuck)
        assert session is not None
        gone = asyncio.Event()
        leave = site.gateway.subscriptions.on_session_ended

        def note(ended: Session) -> None:
            leave(ended)
            gone.set()

        monkeypatch.setattr(site.gateway.subscriptions, "on_session_ended", note)
        filler = Refused(code=RefusalCode.BUSY, text="x" * 100_000)
        for _ in range(200):
            session.send(filler)
        assert await is_alive(officer)
        await asyncio.wait_for(gone.wait(), 40)
        assert site.gateway.sessions.get(stuck) is None
        writer.close()


async def _sign_in_and_stop_reading(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> PartyId:
    """A WebSocket by hand, because a library would read on."""
    async with peer(site) as made:
        enrolled = await made.enrol(site.codes[U1])
    assert isinstance(enrolled, Enrolled)
    token = enrolled.device_token
    writer.write(
        b"GET /v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    payload = json.dumps({"kind": "terminal.sign_in", "id": "s", "protocol": 1, "device_token": token}).encode()
    header = bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4)
    writer.write(header + payload)
    await reader.readuntil(b"session.welcome")
    return unit_party(U1)


# --- everything a strict decoder lets through -------------------------------------------------------------------

commands = st.one_of(
    *(values_of(kind) for kind in get_args(Command) if kind not in (*_ONLY_ONCE, DeskSignIn, MediaOffer))
).filter(is_encodable)


@given(st.lists(commands, min_size=20, max_size=60), st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_command_gets_exactly_one_answer_and_none_breaks_the_gateway(
    tmp_path_factory: pytest.TempPathFactory, many: list[Command], is_desk: bool
) -> None:
    async def play() -> None:
        data = tmp_path_factory.mktemp("fuzz")
        settings = replace(Settings(), command_burst=10_000)
        async with (
            running_gateway(data, settings=settings) as site,
            desk(site, NORTH_DUTY) if is_desk else terminal(site, U1) as made,
        ):
            for command in many:
                fresh = msgspec.structs.replace(command, id=new_id())
                before = len(made.pushes)
                answer = await made.ask(fresh)
                assert not (isinstance(answer, Refused) and answer.code is RefusalCode.INTERNAL), (fresh, answer)
                assert await is_alive(made)
                answers = [push for push in made.pushes[before:] if getattr(push, "id", None) == fresh.id]
                assert len(answers) == 1

    asyncio.run(play())
