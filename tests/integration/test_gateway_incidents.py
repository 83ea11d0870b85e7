"""Incidents over real sockets: who may report, close and link, and that sending again changes nothing."""

from pathlib import Path
from typing import Any

import msgspec

from comms.domain.events import IncidentClosed, IncidentLinked, IncidentReported
from comms.domain.ids import IncidentId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.order import Place, UnitsTarget
from comms.protocol.area import Area, Grid
from comms.protocol.commands import Command, OrderIssue
from comms.protocol.errors import RefusalCode
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.pushes import Done, Refused
from tests.support.gateway import NORTH, NORTH_DUTY, S1, SOUTH_DUTY, U1, running_gateway, tiny_town
from tests.support.terminal import Peer, desk, new_id, terminal

HERE = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")
RING = ((22.99, 113.69), (22.99, 113.71), (23.01, 113.71), (23.01, 113.69))


def report(**more: Any) -> IncidentReport:
    fields: dict[str, Any] = {"id": new_id(), "incident_kind": "井盖缺失", "place": HERE} | more
    return IncidentReport(**fields)


async def refusal(peer: Peer, command: Command) -> RefusalCode:
    return (await peer.ask_for(command, Refused)).code


async def test_a_worker_reports_and_an_officer_deals_with_it(tmp_path: Path) -> None:
    town = tiny_town()
    grid_id = type(NORTH)(f"{NORTH}/v09/g009")
    area = Area(
        name="x", bounds=town.area.bounds, grids=(Grid(jurisdiction_id=grid_id, name="第9网格", rings=(RING,)),)
    )
    async with (
        running_gateway(tmp_path, town=msgspec.structs.replace(town, area=area)) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, SOUTH_DUTY) as stranger,
        terminal(site, U1) as worker,
    ):
        await officer.subscribe()
        command = report(text="人行道中间")
        done = await worker.ask_for(command, Done)
        assert done.subject == command.id
        again = await worker.ask_for(command, Done)
        assert again.subject == command.id
        event = await officer.event(IncidentReported)
        assert event.incident.jurisdiction_id == grid_id
        assert site.gateway is not None
        assert len(site.gateway.picture.incidents.states) == 1
        incident_id = IncidentId(command.id)
        assert await refusal(officer, report(id=command.id)) is RefusalCode.NOT_ALLOWED
        close = IncidentClose(id=new_id(), incident_id=incident_id, outcome=IncidentOutcome.HANDLED)
        assert await refusal(stranger, close) is RefusalCode.OUT_OF_JURISDICTION
        assert await refusal(worker, msgspec.structs.replace(close, id=new_id())) is RefusalCode.NOT_ALLOWED
        order = OrderIssue(id=new_id(), title="补盖", target=UnitsTarget((U1,)))
        await officer.ask_for(order, Done)
        for wanted, peer, named, unit_id in (
            (RefusalCode.NOT_FOUND, officer, IncidentId("no"), U1),
            (RefusalCode.OUT_OF_JURISDICTION, stranger, incident_id, S1),
        ):
            given = msgspec.structs.replace(order, id=new_id(), incident_id=named, target=UnitsTarget((unit_id,)))
            assert await refusal(peer, given) is wanted
        given = msgspec.structs.replace(order, id=new_id(), incident_id=incident_id)
        await officer.ask_for(given, Done)
        assert (await officer.event(IncidentLinked)).order_id == OrderId(given.id)
        link = IncidentLinkOrder(id=new_id(), incident_id=incident_id, order_id=OrderId(order.id))
        await officer.ask_for(link, Done)
        await officer.event(IncidentLinked, lambda event: event.order_id == OrderId(order.id))
        for wanted, wrong in (
            (RefusalCode.ALREADY_DONE, msgspec.structs.replace(link, id=new_id())),
            (RefusalCode.NOT_FOUND, msgspec.structs.replace(link, id=new_id(), order_id=OrderId("no"))),
            (RefusalCode.NOT_FOUND, msgspec.structs.replace(link, id=new_id(), incident_id=IncidentId("no"))),
        ):
            assert await refusal(officer, wrong) is wanted
        await officer.ask_for(msgspec.structs.replace(close, id=new_id()), Done)
        assert (await officer.event(IncidentClosed)).outcome is IncidentOutcome.HANDLED
        assert await refusal(officer, msgspec.structs.replace(close, id=new_id())) is RefusalCode.ALREADY_DONE


async def test_what_is_no_incident_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, terminal(site, U1) as worker:
        far = Place(lat=123.0, lon=113.7)
        assert await refusal(worker, report(place=far)) is RefusalCode.POSITION_OUT_OF_RANGE
        assert await refusal(worker, report(photos=("0" * 64,))) is RefusalCode.NOT_FOUND
        command = report(occurred_at=9e9)
        await worker.ask_for(command, Done)
        assert site.gateway is not None
        incident = site.gateway.picture.incidents.states[IncidentId(command.id)].incident
        assert incident.occurred_at is None
        assert incident.jurisdiction_id == site.gateway.picture.units[U1].unit.jurisdiction_id
