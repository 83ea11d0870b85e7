"""A drill beside a live gateway on one machine, with the same town, the same units and the same officers: nothing that
happens in the one reaches the other, and nothing that was given out in the one opens the other."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from comms.domain.events import (
    CommandRefused,
    Event,
    OrderIssued,
    TerminalConnected,
    TerminalDisconnected,
    TerminalEnrolled,
)
from comms.domain.ids import CallId, UnitId, officer_party
from comms.domain.order import UnitsTarget
from comms.domain.realm import DRILL_NAME, Realm
from comms.drill.desk import DrillDesk
from comms.drill.director import Director
from comms.drill.headless import staged
from comms.drill.site import DrillSite, drill_site
from comms.fleet.fleet import FleetPlan
from comms.fleet.terminal import SimulatedTerminal
from comms.fleet.town import DUTY_OFFICER, FIRST_LOOK, SAMPLE_PASSWORD
from comms.gateway.clock import SystemClock
from comms.gateway.running import open_storage
from comms.gateway.settings import Settings
from comms.journal.errors import OtherRealmError
from comms.media.client import DESK_LINES
from comms.protocol.codec import decode_push, encode
from comms.protocol.commands import (
    CallHangUp,
    CallPlace,
    Command,
    DeskResume,
    OrderIssue,
    TerminalEnrol,
    TerminalSignIn,
    TokenRefresh,
    VideoAsk,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import CallRinging, Done, OrderPush, Push, Refused, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.air import media_beside
from tests.support.drill_run import short
from tests.support.fleet_site import QUICK, running_fleet
from tests.support.gateway import Site, cheap_hasher, running_gateway
from tests.support.terminal import Peer, new_id, peer
from tests.support.town import sample_town

pytestmark = pytest.mark.no_cover  # what it goes through is measured part by part elsewhere; measuring doubles its time

UNITS = 8
TRIES = 25
"""On one connection that has not signed in: the gateway hears 30."""
ORDERS, CALLS, CRAFTED = 1_000, 1_000, 1_000
AT_ONCE = 60
EVERYTHING_AT_ONCE = Settings(command_burst=5_000.0)


@dataclass
class Beside:
    """Both worlds. `reached` is every push a live terminal got after it had signed in."""

    live: Site
    drill: DrillSite
    drill_town: Site
    """The drill as a test's `peer` goes to it."""
    live_tokens: dict[UnitId, str]
    reached: list[Push] = field(default_factory=list)

    @property
    def drill_terminals(self) -> list[SimulatedTerminal]:
        return [each for each in self.drill.fleet.terminals if not each.unit_id.startswith("drill-")]

    @property
    def live_seq(self) -> int:
        assert self.live.gateway is not None
        return self.live.gateway.picture.seq

    def live_heard(self, after_seq: int) -> list[Event]:
        """What the live journal got since, but for terminals that were away for a while: both worlds share one loop."""
        assert self.live.gateway is not None
        recorded = self.live.gateway.journal.since(after_seq)
        assert recorded is not None
        return [each.event for each in recorded if not isinstance(each.event, TerminalConnected | TerminalDisconnected)]


@pytest.fixture
async def beside(tmp_path: Path) -> AsyncIterator[Beside]:
    town = sample_town(units=UNITS)
    manner: dict[str, Any] = {"is_headless": False, "settings": EVERYTHING_AT_ONCE, "hasher": cheap_hasher()}
    wanted, foreseen = staged(short(), town, tmp_path / "drill", seed=7, **manner)
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(running_gateway(tmp_path, town=town))
        plan = FleetPlan(has_media=False, behaviour=QUICK, town=town, position_interval_s=3600.0)
        fleet = await stack.enter_async_context(running_fleet(live, plan))
        drill = await stack.enter_async_context(drill_site(wanted))
        director = Director(drill, foreseen, drill_id="short-7")
        drill.gateway.drill = DrillDesk(director)
        stack.push_async_callback(director.close)
        drill_town = Site(tmp_path / "drill", drill.host, drill.port, 0, {}, gateway=drill.gateway)
        found = Beside(live, drill, drill_town, fleet.tokens)
        for terminal in fleet.terminals:
            terminal.on_push = found.reached.append
        yield found


async def _ask_refused(made: Peer, command: Command) -> RefusalCode:
    answer = await made.ask(command)
    assert isinstance(answer, Refused), answer
    return answer.code


async def test_a_thousand_orders_calls_and_frames_of_a_drill_reach_nobody_who_is_live(beside: Beside) -> None:
    got: list[Push] = []
    for terminal in beside.drill_terminals:
        terminal.on_push = got.append
    async with peer(beside.drill_town) as desk:
        welcome = await desk.sign_in_desk(DUTY_OFFICER, SAMPLE_PASSWORD)
        assert isinstance(welcome, Welcome)
        assert (welcome.is_drill, welcome.token is not None) == (True, True)
        async with media_beside(beside.drill_town, officer_party(DUTY_OFFICER), desk, DESK_LINES):
            frames = [encode(command) for command in [*await _order(beside, desk), *await _call(beside, desk)]]
    assert sum(isinstance(push, OrderPush) for push in got) >= ORDERS, "in the drill they do arrive"
    assert sum(isinstance(push, CallRinging) for push in got) == CALLS, "and ring"
    tokens = (welcome.token or "", (welcome.token or "").partition(".")[2])
    secrets = [encode(DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=token)) for token in tokens]
    before = beside.live_seq
    await _throw(beside, [*secrets, *frames, *_crafted(beside, frames)])
    _throw_datagrams(beside)
    assert beside.reached == []
    heard = beside.live_heard(before)
    assert all(isinstance(each, CommandRefused) for each in heard), "the live journal has heard that it was tried"
    assert len(heard) <= 20, "and of that not without end"
    await _prove_that_it_would_be_seen(beside)


async def _order(beside: Beside, desk: Peer) -> list[Command]:
    """Each is an order to as many units as there are; all are taken. And as many are asked for their video."""
    unit_ids = tuple(terminal.unit_id for terminal in beside.drill_terminals)
    orders: list[Command] = [
        OrderIssue(id=new_id(), title=f"演习 {at}", item_id=FIRST_LOOK, target=UnitsTarget(unit_ids))
        for at in range(ORDERS // len(unit_ids))
    ]
    for first in range(0, len(orders), AT_ONCE):
        answers = await asyncio.gather(*(desk.ask(order) for order in orders[first : first + AT_ONCE]))
        assert all(isinstance(answer, Done) for answer in answers), answers
    videos: list[Command] = [VideoAsk(id=new_id(), unit_id=unit_id) for unit_id in unit_ids]
    await asyncio.gather(*(desk.ask(command) for command in videos))
    return [*orders, *videos]


async def _call(beside: Beside, desk: Peer) -> list[Command]:
    """One after the other, as a desk does: rung up, and hung up on."""
    unit_ids = [terminal.unit_id for terminal in beside.drill_terminals]
    calls: list[Command] = [CallPlace(id=new_id(), unit_id=unit_ids[at % len(unit_ids)]) for at in range(CALLS)]
    for call in calls:
        placed = await desk.ask_for(call, Done)
        await desk.ask_for(CallHangUp(id=new_id(), call_id=CallId(placed.subject or "")), Done)
    return calls


def _crafted(beside: Beside, frames: list[str]) -> list[str]:
    """As somebody would make them who wants to get in: other ids, live units named, a mark taken off, bytes broken."""
    made: list[str] = []
    for at in range(CRAFTED):
        frame = frames[at % len(frames)]
        kind = at % 4
        if kind == 0:
            made.append(frame.replace('"id":"', '"id":"x'))
        elif kind == 1:
            made.append(frame[: len(frame) // 2])
        elif kind == 2:
            made.append(frame.replace("drill", "live").replace("演习", "实战"))
        else:
            made.append('{"kind":"event","recorded":' + frame + "}")
    return made


async def _throw(beside: Beside, frames: list[str]) -> None:
    """Each at the live port, on connections that never get in; all are refused or the connection ends."""
    for first in range(0, len(frames), TRIES):
        some = frames[first : first + TRIES]
        async with connect(beside.live.url, compression=None, proxy=None, max_size=None) as socket:
            for frame in some:
                await socket.send(frame)
            for _ in some:
                answer = decode_push(await socket.recv())
                assert isinstance(answer, Refused), answer


def _throw_datagrams(beside: Beside) -> None:
    """What a drill's media sends, and bytes that are nobody's, at the live media port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for at in range(100):
            heads = (b"\x80\x6f", b"\x00\x01\x00\x00\x21\x12\xa4\x42", b"\x16\xfe\xfd", bytes((at,)))
            out.sendto(heads[at % 4] + bytes(60), (beside.live.host, beside.live.media_port))


async def _prove_that_it_would_be_seen(beside: Beside) -> None:
    """The same order from a live desk does reach a live terminal: the test can fail."""
    unit_id = beside.drill_terminals[0].unit_id
    async with peer(beside.live) as desk:
        assert isinstance(await desk.sign_in_desk(DUTY_OFFICER, SAMPLE_PASSWORD), Welcome)
        await desk.subscribe()
        await desk.ask_for(
            OrderIssue(id=new_id(), title="真的", item_id=FIRST_LOOK, target=UnitsTarget((unit_id,))), Done
        )
        issued = await desk.event(OrderIssued)
    assert not issued.order.title.startswith(DRILL_NAME)
    assert any(isinstance(push, OrderPush) for push in beside.reached)


async def test_what_was_given_out_in_one_world_does_not_open_the_other(beside: Beside) -> None:
    drill_codes = dict(await beside.drill.gateway.accounts.issue_codes([beside.drill_terminals[0].unit_id], valid_s=60))
    drill_code = next(iter(drill_codes.values()))
    live_code = "ABCD-EFGH-JKLM-NPQR"
    live_token = next(iter(beside.live_tokens.values()))
    async with peer(beside.drill_town) as desk:
        welcome = await desk.sign_in_desk(DUTY_OFFICER, SAMPLE_PASSWORD)
    async with peer(beside.live) as desk:
        live = await desk.sign_in_desk(DUTY_OFFICER, SAMPLE_PASSWORD)
    assert isinstance(welcome, Welcome)
    assert isinstance(live, Welcome)
    assert (welcome.is_drill, live.is_drill) == (True, False)
    for where, given, code in ((beside.live, welcome, drill_code), (beside.drill_town, live, live_code)):
        assert given.token is not None
        assert given.refresh_token is not None
        device = beside.live_tokens if where is beside.drill_town else None
        device_token = live_token if device is not None else f"drill.{live_token}"
        async with peer(where) as stranger:
            for command in (
                DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=given.token),
                TokenRefresh(id=new_id(), refresh_token=given.refresh_token),
                TerminalEnrol(id=new_id(), protocol=PROTOCOL_VERSION, code=code, device_name="x"),
                TerminalSignIn(id=new_id(), protocol=PROTOCOL_VERSION, device_token=device_token),
            ):
                assert await _ask_refused(stranger, command) is RefusalCode.OTHER_REALM, command
    async with peer(beside.live) as stranger:
        # The mark only says which; what opens is looked up in each world's own accounts.
        bare = TerminalEnrol(id=new_id(), protocol=PROTOCOL_VERSION, code=drill_code.partition(".")[2], device_name="x")
        assert await _ask_refused(stranger, bare) is RefusalCode.WRONG_CREDENTIALS
    assert beside.live.gateway is not None
    enrolled = [item for item in beside.live.gateway.journal.recent if isinstance(item.event, TerminalEnrolled)]
    assert len(enrolled) == UNITS


@pytest.mark.parametrize("realm", list(Realm))
async def test_a_directory_of_the_other_world_is_not_opened(tmp_path: Path, realm: Realm) -> None:
    other = Realm.LIVE if realm is Realm.DRILL else Realm.DRILL
    async with open_storage(tmp_path, clock=SystemClock(), realm=realm):
        pass
    async with open_storage(tmp_path, clock=SystemClock(), realm=realm):
        pass
    with pytest.raises(OtherRealmError, match="belongs to a"):
        async with open_storage(tmp_path, clock=SystemClock(), realm=other):
            pass
