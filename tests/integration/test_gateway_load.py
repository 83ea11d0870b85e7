"""A crowd on one gateway, small: what `make bench ONLY=load` measures with ten thousand is counted here."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from comms.domain.events import OrderAdvanced, OrderIssued, TerminalConnected, TerminalDisconnected
from comms.domain.ids import UnitId, unit_party
from comms.domain.order import AssignmentState, UnitsTarget
from comms.fleet.fleet import FleetPlan
from comms.gateway.admission import AdmissionPlan
from comms.gateway.connection_limits import LimitPlan
from comms.gateway.foyer import MOST_A_TURN
from comms.gateway.settings import Settings
from comms.protocol.address import ahead
from comms.protocol.commands import FloorRequest, OrderIssue, Ping, TerminalSignIn
from comms.protocol.frames import decode_positions
from comms.protocol.pushes import Done, Pong, Push, Refused, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.fleet_site import QUICK, credentials, running_fleet
from tests.support.gateway import NORTH_GROUP, U1, U2, Site, running_gateway, tiny_town
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal

CROWD = 150
ORDERS = 60
SLOW = AdmissionPlan(first_rate=200.0, least_rate=200.0, most_rate=200.0, burst_s=0.1)


async def sign_in(made: Peer, device_token: str, *, is_emergency: bool) -> Push:
    command = TerminalSignIn(
        id=new_id(), protocol=PROTOCOL_VERSION, device_token=device_token, is_emergency=is_emergency
    )
    return await made.ask(command)


async def enrolled(site: Site, unit_id: UnitId) -> str:
    async with terminal(site, unit_id):
        return site.device_tokens[unit_id]


async def test_a_crowd_that_was_cut_off_comes_back_in_turn_and_loses_no_order(tmp_path: Path) -> None:
    town = tiny_town(more_units=CROWD - 4)
    plan = FleetPlan(has_media=False, behaviour=QUICK, dials_at_once=CROWD, position_interval_s=0.5)
    async with running_gateway(tmp_path, town=town, settings=Settings(admission=SLOW)) as site:
        own = await enrolled(site, U1)
        held = [each for each in credentials(site) if each.unit_id != U1]
        async with desk(site, town.officers[0].officer_id) as officer, running_fleet(site, plan, held=held) as made:
            await officer.subscribe()
            assert site.gateway is not None
            admission = site.gateway.sign_in.turnstile.admission
            units = [each.unit_id for each in held[:ORDERS]]
            issued = [await issue(officer, unit_id) for unit_id in units[: ORDERS // 2]]
            for each in made.terminals:
                each.link.lose(0.0)
            async with peer(site) as urgent:
                assert isinstance(await sign_in(urgent, own, is_emergency=True), Welcome), "in the middle of it"
                issued += [await issue(officer, unit_id) for unit_id in units[ORDERS // 2 :]]
                await made.fleet.all_ready()
            for order_id, unit_id in zip(issued, units, strict=True):
                await officer.event(OrderAdvanced, partial(is_done, key=(order_id, unit_id)))
            assert made.fleet.stats().signed_in == CROWD - 1
            assert admission.waiting == 0
            assert admission.put_off > 0, "the first time all came at once"
            assert counted(officer, OrderIssued) == ORDERS
            steps = Counter(
                (event.order_id, event.unit_id, event.state)
                for event in officer.events
                if isinstance(event, OrderAdvanced)
            )
            assert set(steps.values()) == {1}, "no step twice"
            assert sum(state is AssignmentState.DELIVERED for _, _, state in steps) == ORDERS
            await officer.find(lambda _: away(officer) == set())  # whoever was lost is told to be back
            await officer.find(lambda _: heard(officer) >= CROWD - 1)


async def issue(officer: Peer, unit_id: UnitId) -> str:
    answer = await officer.ask_for(
        OrderIssue(id=new_id(), title="核查井盖", text="", target=UnitsTarget(unit_ids=(unit_id,))), Done
    )
    assert answer.subject is not None
    return answer.subject


def is_done(event: OrderAdvanced, key: tuple[str, UnitId]) -> bool:
    return (event.order_id, event.unit_id) == key and event.state is AssignmentState.COMPLETED


def away(officer: Peer) -> set[UnitId]:
    """Told to have gone, and not to have come back."""
    found = {
        event.unit_id: event for event in officer.events if isinstance(event, TerminalConnected | TerminalDisconnected)
    }
    return {unit_id for unit_id, event in found.items() if isinstance(event, TerminalDisconnected)} - {U1}


def counted(officer: Peer, kind: type) -> int:
    return sum(isinstance(event, kind) for event in officer.events)


def heard(officer: Peer) -> int:
    """How many units a position came from."""
    return len({no for frame in officer.frames for no in decode_positions(frame).no.tolist()})


async def test_beyond_what_the_gateway_manages_terminals_are_told_when_to_come_and_emergencies_come_in(
    tmp_path: Path,
) -> None:
    plan = AdmissionPlan(first_rate=200.0, least_rate=0.5, growth=1.0)
    async with running_gateway(tmp_path, settings=Settings(admission=plan)) as site:
        tokens = [await enrolled(site, unit_id) for unit_id in (U1, U2)]
        assert site.gateway is not None
        admission, now = site.gateway.sign_in.turnstile.admission, asyncio.get_running_loop().time()
        admission.rate = 0.5
        while admission.ask(f"crowd-{admission.put_off}", now=now) is None or admission.put_off < 100:
            pass
        async with peer(site) as ordinary, peer(site) as urgent:
            refused = await sign_in(ordinary, tokens[0], is_emergency=False)
            assert code_of(refused) == "crowded"
            assert isinstance(refused, Refused)
            assert refused.retry_after_s is not None
            assert refused.retry_after_s > 5.0
            assert isinstance(await sign_in(urgent, tokens[1], is_emergency=True), Welcome)
            assert site.gateway.sessions.get(unit_party(U2)) is not None
            assert isinstance(await sign_in(ordinary, tokens[0], is_emergency=True), Welcome), "on the same connection"


async def test_an_emergency_is_heard_whatever_else_its_terminal_has_sent(tmp_path: Path) -> None:
    settings = Settings(command_rate=0.001, command_burst=3.0)
    async with running_gateway(tmp_path, settings=settings) as site, terminal(site, U1) as worker:
        for _ in range(3):
            await worker.ask_for(Ping(id=new_id()), Pong)
        assert code_of(await worker.ask(Ping(id=new_id()))) == "try_later"
        assert code_of(await worker.ask(FloorRequest(id=new_id(), talkgroup_id=NORTH_GROUP))) == "try_later"
        request = FloorRequest(id=new_id(), talkgroup_id=NORTH_GROUP, is_emergency=True)
        assert code_of(await worker.ask(request)) == "no_media", "decided, not put off"


async def test_an_emergency_does_not_wait_behind_the_crowd_before_the_door(tmp_path: Path) -> None:
    """The others have no WebSocket yet; who says too often that it comes ahead waits with them."""
    slow = AdmissionPlan(first_rate=0.01, least_rate=0.01, growth=1.0)
    settings = Settings(admission=slow, limits=LimitPlan(ahead=0.001, ahead_burst=1.0))
    async with running_gateway(tmp_path, settings=settings) as site, AsyncExitStack() as stack:
        token = await enrolled(site, U1)
        for _ in range(MOST_A_TURN):
            await knock(site.port, stack)
        while not await is_turned_away(site.port, stack):
            pass
        with pytest.raises(InvalidStatus, match="503"):
            await connect(site.url)
        async with connect(ahead(site.url)) as socket:
            urgent = Peer(socket)
            assert isinstance(await sign_in(urgent, token, is_emergency=True), Welcome)
            await urgent.close()
        with pytest.raises(InvalidStatus, match="503"):
            await connect(ahead(site.url))


async def knock(port: int, stack: AsyncExitStack) -> asyncio.StreamReader:
    """One more of the crowd, which does not finish its request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    stack.callback(writer.close)
    writer.write(b"GET /v1 HTTP/1.1\r\n")
    return reader


async def is_turned_away(port: int, stack: AsyncExitStack) -> bool:
    reader = await knock(port, stack)
    try:
        async with asyncio.timeout(0.05):  # who is not told to go is left to wait
            return b"503" in await reader.readline()
    except TimeoutError:
        return False
