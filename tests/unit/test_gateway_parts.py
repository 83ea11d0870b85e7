"""Smaller parts of the gateway: command line, town checks, restarts, frames, the order of what goes out."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.events import (
    CallEnded,
    CallStarted,
    Event,
    FaultNoted,
    OfficerDefined,
    OfficerSignedOff,
    OfficerSignedOn,
    Recorded,
    TalkEnded,
    TalkgroupDefined,
    TalkStarted,
    TerminalConnected,
    TerminalDisconnected,
    UnitDefined,
    VideoEnded,
    VideoStarted,
)
from comms.domain.ids import GATEWAY, BurstId, CallId, PartyId, VideoId, unit_party
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.domain.video import Video, VideoKind
from comms.gateway.context import Session
from comms.gateway.fanout import CHUNK, FanOut
from comms.gateway.options import parse
from comms.gateway.outbox import Outbox, Pace, Silence, binary_frame, text_frame
from comms.gateway.restart import restart_events
from comms.gateway.running import is_loopback
from comms.gateway.sessions import SessionTable
from comms.gateway.town import TownError, check_town
from comms.protocol.errors import Locale
from comms.protocol.pushes import FloorIdle, Pong, Push
from tests.support.gateway import NORTH, NORTH_DUTY, NORTH_GROUP, SOUTH_GROUP, U1, tiny_town

# --- the command line --------------------------------------------------------------------------------------------


def test_without_a_command_it_serves() -> None:
    options = parse(["--data", "d"])
    assert (options.command, options.host, options.port) == ("serve", "127.0.0.1", 8470)
    assert parse(["serve", "--data", "d", "--port", "0"]).port == 0
    assert parse(["load", "--data", "d", "--town", "t"]).town == Path("t")
    assert parse(["enrol", "--data", "d", "--all", "--out", "o"]).unit is None
    assert parse(["officer", "password", "--data", "d", "--officer", "x"]).command == "officer password"
    line = options.listening_line(host="h", port=1, media_port=2)
    assert line == '{"listening": {"host": "h", "port": 1, "media_port": 2}}\n'


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--data", "d", "--tls-key", "k"],
        ["enrol", "--data", "d", "--out", "o"],
        ["officer", "--data", "d"],
        ["load", "--data", "d"],
    ],
)
def test_arguments_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        parse(arguments)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.1", False), ("gateway.test", False), ("", False)],
)  # fmt: skip
def test_who_can_reach_a_host(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


# --- the town ----------------------------------------------------------------------------------------------------


def test_a_town_must_be_whole() -> None:
    town, picture = tiny_town(), Picture()
    check_town(town, picture)
    replace = msgspec.structs.replace
    for broken, words in (
        (replace(town, jurisdictions=()), "jurisdiction 900000/s01/v01/g001, which the town does not define"),
        (replace(town, talkgroups=()), "unit u1 is in talkgroup tg-north, which"),
        (replace(town, units=(town.units[0], replace(town.units[1], no=1))), "u1 and u2 both have number 1"),
    ):
        with pytest.raises(TownError, match=words):
            check_town(broken, picture)


def test_a_number_is_never_used_again() -> None:
    town, picture = tiny_town(), Picture()
    apply(picture, UnitDefined(unit=town.units[0]))
    other = msgspec.structs.replace(town.units[1], no=1)
    with pytest.raises(TownError, match="both have number 1"):
        check_town(msgspec.structs.replace(town, units=(other,)), picture)


# --- a restart ---------------------------------------------------------------------------------------------------


def apply(picture: Picture, *events: Event) -> None:
    for event in events:
        picture.apply(Recorded(seq=picture.seq + 1, at=1.0, actor=GATEWAY, event=event))


def test_after_a_restart_nothing_is_open() -> None:
    town, picture = tiny_town(), Picture()
    group_call = Call(id=CallId("c1"), kind=CallKind.GROUP, caller=unit_party(U1), talkgroup_id=NORTH_GROUP)
    point_call = Call(id=CallId("c2"), kind=CallKind.POINT, caller=unit_party(U1))
    ended = Call(id=CallId("c3"), kind=CallKind.POINT, caller=unit_party(U1))
    burst = BurstId("b1")
    video = Video(id=VideoId("v1"), kind=VideoKind.RETURN, unit_id=U1, asked_by=unit_party(U1))
    apply(
        picture,
        *(TalkgroupDefined(talkgroup=group) for group in town.talkgroups),
        *(UnitDefined(unit=unit) for unit in town.units),
        OfficerDefined(officer_id=NORTH_DUTY, name="n", jurisdiction_id=NORTH),
        OfficerSignedOn(officer_id=NORTH_DUTY),
        TerminalConnected(unit_id=U1),
        *(CallStarted(call=call) for call in (group_call, point_call, ended)),
        CallEnded(call_id=ended.id, end=CallEnd.HUNG_UP),
        TalkStarted(call_id=group_call.id, burst_id=burst, talkgroup_id=NORTH_GROUP, talker=unit_party(U1)),
        VideoStarted(video=video),
        FaultNoted(code="store_failed"),
    )
    events = restart_events(picture)
    assert [type(event) for event in events] == [
        TalkEnded,
        CallEnded,
        CallEnded,
        VideoEnded,
        TerminalDisconnected,
        OfficerSignedOff,
        FaultNoted,
    ]
    apply(picture, *events)
    assert restart_events(picture) == []
    assert picture.units[U1].shown_status is UnitStatus.OFFLINE


# --- frames and their order ------------------------------------------------------------------------------------------


@given(st.binary(max_size=200) | st.integers(125, 130).map(bytes) | st.integers(65_530, 65_540).map(bytes))
def test_ready_made_frames_are_what_the_library_would_write(data: bytes) -> None:
    assert binary_frame(data) == Frame(Opcode.BINARY, data).serialize(mask=False)


def test_a_text_frame_holds_the_push() -> None:
    push = Pong(id=cast(Any, "x"), server_time=1.5)
    assert text_frame(push) == Frame(Opcode.TEXT, b'{"kind":"pong","id":"x","server_time":1.5}').serialize(mask=False)


@dataclass
class Wire:
    """What an outbox needs of a socket: the place where bytes go."""

    written: list[bytes] = field(default_factory=list)
    waiting: int = 0
    state: State = State.OPEN
    is_lost: bool = False
    heard_at: float = 0.0

    def abort(self) -> None:
        self.is_lost = True

    def is_closing(self) -> bool:
        return self.is_lost

    @property
    def transport(self) -> "Wire":
        return self

    @property
    def protocol(self) -> "Wire":
        return self

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting


def member(table: SessionTable, name: str) -> tuple[Session, Wire]:
    wire = Wire()
    outbox = Outbox(cast(Any, wire), close=lambda socket: None)
    session = Session(
        id=name,
        party=PartyId(f"unit:{name}"),
        name=name,
        jurisdiction_id=NORTH,
        locale=Locale.EN,
        unit_id=cast(Any, name),
        officer_id=None,
        send=outbox.send,
        affiliated=(NORTH_GROUP,),
    )
    table.add(session, outbox)
    return session, wire


def idle(number: int) -> Push:
    return FloorIdle(talkgroup_id=NORTH_GROUP, floor_seq=number)


async def test_many_get_it_in_chunks_and_nobody_gets_it_out_of_order() -> None:
    table = SessionTable()
    members = [member(table, str(number)) for number in range(3 * CHUNK)]
    fanout = FanOut(table)
    fanout.send([session for session, _ in members], idle(1))
    last_session, last_wire = members[-1]
    assert sum(bool(wire.written) for _, wire in members) == CHUNK
    assert not last_wire.written
    last_session.send(idle(2))
    fanout.send([session for session, _ in members], idle(3))
    while any(not wire.written for _, wire in members) or len(b"".join(last_wire.written)) < 3:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    expected = text_frame(idle(1)) + text_frame(idle(3))
    assert all(b"".join(wire.written) == expected for _, wire in members[:-1])
    assert b"".join(last_wire.written) == b"".join(text_frame(idle(number)) for number in (1, 2, 3))


async def test_closing_sends_what_is_left_and_those_gone_get_nothing() -> None:
    table = SessionTable()
    members = [member(table, str(number)) for number in range(CHUNK + 2)]
    gone, gone_wire = members[0]
    table.remove(gone)
    assert not table.remove(gone)
    fanout = FanOut(table)
    fanout.send([session for session, _ in members], idle(1))
    members[-1][1].state = State.CLOSED
    fanout.close()
    assert not gone_wire.written
    assert not members[-1][1].written
    assert members[-2][1].written == [text_frame(idle(1))]


def test_nothing_is_written_to_a_connection_that_is_lost_already() -> None:
    session, wire = member(SessionTable(), "a")
    wire.is_lost = True
    session.send(idle(1))
    assert not wire.written


def test_a_last_word_is_the_last() -> None:
    session, wire = member(SessionTable(), "a")
    closed: list[object] = []
    outbox = Outbox(cast(Any, wire), close=closed.append)
    outbox.end(idle(1))
    outbox.end(idle(2))
    outbox.send(idle(3))
    outbox.put(text_frame(idle(4)))
    outbox.flush()
    assert wire.written == [text_frame(idle(1))]
    assert len(closed) == 1
    assert session.send is not outbox.send


def test_a_peer_that_reads_slowly_is_forgiven_one_that_does_not_is_not() -> None:
    wire = Wire()
    outbox = Outbox(cast(Any, wire), close=lambda socket: None)

    def pace(now: float, waiting: int) -> Pace:
        wire.waiting = waiting
        return outbox.pace(now=now, limit_bytes=100, patience_s=5.0)

    assert pace(0, 100) is Pace.FINE
    assert [pace(float(now), 1000 - now) for now in range(1, 20)] == [Pace.SLOW] * 19, "it shrinks"
    assert pace(23, 981) is Pace.SLOW
    assert pace(24, 981) is Pace.STUCK
    assert pace(25, 50) is Pace.FINE
    assert pace(26, 1000) is Pace.SLOW


def test_only_who_is_silent_is_asked_whether_he_lives_and_only_who_does_not_answer_is_gone() -> None:
    wire = Wire()
    outbox = Outbox(cast(Any, wire), close=lambda socket: None)

    def silence(now: float) -> Silence:
        return outbox.silence(now=now, patience_s=20.0)

    ping = Frame(Opcode.PING, b"").serialize(mask=False)
    assert silence(19.0) is Silence.SPEAKS
    assert not wire.written
    assert [silence(now) for now in (20.0, 39.0)] == [Silence.ASKED] * 2
    assert wire.written == [ping], "once"
    wire.heard_at = 39.5
    assert silence(40.0) is Silence.SPEAKS
    assert silence(300.0) is Silence.ASKED, "nobody looked meanwhile, as in a drill that stands"
    wire.heard_at = 301.0
    assert [silence(now) for now in (330.0, 349.0, 350.0)] == [Silence.ASKED, Silence.ASKED, Silence.LONG]
    assert wire.written == [ping] * 3
    outbox.abort()
    outbox.send(idle(1))
    assert wire.is_lost
    assert len(wire.written) == 3


def test_who_is_in_a_talkgroup() -> None:
    table = SessionTable()
    first, _ = member(table, "a")
    second, _ = member(table, "b")
    table.affiliate(second, (SOUTH_GROUP, NORTH_GROUP))
    assert table.in_talkgroup(NORTH_GROUP) == [first, second]
    assert table.in_talkgroup(SOUTH_GROUP) == [second]
    table.remove(second)
    table.affiliate(second, (NORTH_GROUP,))
    assert second.affiliated == (NORTH_GROUP,)
    assert table.in_talkgroup(SOUTH_GROUP) == []
    assert table.in_talkgroup(NORTH_GROUP) == table.all() == [first]
    assert (len(table), table.desks(), table.get(PartyId("unit:b"))) == (1, [], None)
