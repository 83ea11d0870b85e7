"""The no-answer ladder over real sockets: a silent terminal is texted and called, its deputy and the head get the
order; an answer, a call taken or an officer ends it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec

from comms.domain.ids import JurisdictionId, OrderId, UnitId
from comms.domain.ladder import LadderClimbed, LadderEnd, LadderEnded, LadderRung, Rung
from comms.domain.order import AssignmentState, OrderPriority, UnitsTarget
from comms.gateway.settings import Settings
from comms.protocol.area import Grid, GridHead
from comms.protocol.commands import OrderAdvance, OrderIssue
from comms.protocol.errors import RefusalCode
from comms.protocol.ladder_commands import LadderStop
from comms.protocol.pushes import Done, OrderChanged, OrderPush
from tests.support.gateway import NORTH, NORTH_DUTY, SOUTH_DUTY, U1, U2, U3, Site, running_gateway, tiny_town
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

AT_ONCE = {priority: tuple(Rung(rung, 0.0) for rung in LadderRung) for priority in OrderPriority}
GRID = JurisdictionId(f"{NORTH}/v01/g001")
RING = ((22.99, 113.69), (22.99, 113.71), (23.01, 113.71))


@asynccontextmanager
async def site_with_head(tmp_path: Path) -> AsyncIterator[Site]:
    """U2 and U3 stand in the north; U3 leads the grid of U1."""
    town = tiny_town()
    grid = Grid(jurisdiction_id=GRID, name="北一格", rings=(RING,), head=GridHead(name="王三", unit_id=U3))
    town = msgspec.structs.replace(town, area=msgspec.structs.replace(town.area, grids=(grid,)))
    async with running_gateway(tmp_path, town=town, settings=Settings(ladders=AT_ONCE)) as site:
        yield site


async def issued(officer: Peer, *unit_ids: UnitId) -> OrderId:
    done = await officer.ask_for(OrderIssue(id=new_id(), title="补盖", target=UnitsTarget(unit_ids)), Done)
    return OrderId(done.subject or "")


def _is(rung: LadderRung, event: LadderClimbed) -> bool:
    return event.rung is rung


def climb(site: Site) -> None:
    assert site.gateway is not None
    site.gateway.ladders.look()


async def test_up_to_the_head_and_over(tmp_path: Path) -> None:
    async with (
        site_with_head(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as silent,
        terminal(site, U2) as deputy,
        terminal(site, U3) as head,
    ):
        await officer.subscribe()
        order_id = await issued(officer, U1)
        for rung, to, is_reached in (
            (LadderRung.TEXT, None, True),
            (LadderRung.CALL, None, False),  # neither side has media here
            (LadderRung.DEPUTY, None, False),  # nobody else in the grid or its village
            (LadderRung.HEAD, U3, True),
        ):
            climb(site)
            event = await officer.event(LadderClimbed, partial(_is, rung))
            assert (event.unit_id, event.to, event.is_reached) == (U1, to, is_reached)
        assert (await silent.next(OrderChanged)).is_reminder
        assert (await head.next(OrderPush)).order.id == order_id
        assert not deputy.all(OrderPush)
        advance = OrderAdvance(id=new_id(), order_id=order_id, state=AssignmentState.ACCEPTED)
        await head.ask_for(advance, Done)
        assert site.gateway is not None
        order = site.gateway.picture.orders[order_id]
        assert (order.ladders[U1].rung, order.ladders[U1].end) == (LadderRung.HEAD, None)
        assert set(order.ladders) == {U1}
        await silent.ask_for(msgspec.structs.replace(advance, id=new_id()), Done)
        assert order.ladders[U1].end is LadderEnd.ANSWERED


async def test_an_officer_stops_it(tmp_path: Path) -> None:
    async with (
        site_with_head(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, SOUTH_DUTY) as stranger,
        terminal(site, U1),
        terminal(site, U3) as near,
    ):
        await officer.subscribe()
        order_id = await issued(officer, U2)
        climb(site)  # U2 is offline: nothing reaches it
        assert not (await officer.event(LadderClimbed)).is_reached
        stop = LadderStop(id=new_id(), order_id=order_id)
        assert code_of(await stranger.ask(stop)) == RefusalCode.OUT_OF_JURISDICTION
        assert code_of(await near.ask(stop)) == RefusalCode.NOT_ALLOWED
        await officer.ask_for(stop, Done)
        assert (await officer.event(LadderEnded)).end is LadderEnd.STOPPED
        climb(site)
        for wanted, wrong in (
            (RefusalCode.ALREADY_DONE, stop),
            (RefusalCode.NOT_FOUND, msgspec.structs.replace(stop, order_id=OrderId("no"))),
            (RefusalCode.NOT_FOUND, msgspec.structs.replace(stop, unit_id=U1)),
        ):
            assert code_of(await officer.ask(msgspec.structs.replace(wrong, id=new_id()))) == wanted
        again = await issued(officer, U2)
        for _ in range(3):
            climb(site)
        event = await officer.event(LadderClimbed, partial(_is, LadderRung.DEPUTY))
        assert (event.order_id, event.to) == (again, U1)
        stopped = next(at for at, told in enumerate(officer.events) if isinstance(told, LadderEnded))
        later = [told for told in officer.events[stopped:] if isinstance(told, LadderClimbed)]
        assert {told.order_id for told in later} == {again}
