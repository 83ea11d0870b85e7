"""A hall of officers: a gateway with one reported incident, and a desk for every role, signed in when first needed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.case import CaseState, CaseStep
from comms.domain.ids import DepartmentId, IncidentId, OfficerId
from comms.domain.officer import CASE_ROLES, Department, OfficerRole
from comms.domain.order import Place
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.gateway.gateway import Gateway
from comms.protocol.area import OfficerAccount, TownFile
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode as R
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.pushes import Done, Refused
from tests.support.gateway import NORTH, PASSWORD, SOUTH, U1, Site, running_gateway, tiny_town
from tests.support.terminal import Peer, desk, new_id, terminal

ROADS, SOUTH_ROADS = DepartmentId("roads"), DepartmentId("south-roads")
HERE = Place(lat=23.0, lon=113.7)
TWO_HOURS = TimeLimit(amount=2, unit=TimeUnit.EMERGENCY_HOUR)
P = CaseStep


def town_with_roles() -> TownFile:
    officers = tuple(
        OfficerAccount(
            officer_id=OfficerId(role.value),
            name=role.value,
            jurisdiction_id=NORTH,
            password=PASSWORD,
            roles=(role,),
            department_id=ROADS if role is OfficerRole.HANDLER else None,
        )
        for role in sorted(CASE_ROLES)
    )
    town = tiny_town()
    return msgspec.structs.replace(
        town,
        officers=(*town.officers, *officers),
        departments=(
            Department(id=ROADS, name="市政", jurisdiction_id=NORTH),
            Department(id=SOUTH_ROADS, name="南镇市政", jurisdiction_id=SOUTH),
        ),
    )


class Hall:
    def __init__(self, site: Site, gateway: Gateway, stack: AsyncExitStack) -> None:
        self.site, self.gateway = site, gateway
        self._stack = stack
        self._desks: dict[str, Peer] = {}
        self.incident_id = IncidentId("")

    async def desk(self, key: str) -> Peer:
        if key not in self._desks:
            self._desks[key] = await self._stack.enter_async_context(desk(self.site, OfficerId(key)))
        return self._desks[key]

    async def report(self, peer: Peer) -> None:
        done = await peer.ask_for(IncidentReport(id=new_id(), incident_kind="井盖缺失", place=HERE), Done)
        self.incident_id = IncidentId(done.subject or "")

    def command(self, step: CaseStep, **fields: Any) -> CaseMove:
        return CaseMove(id=new_id(), incident_id=self.incident_id, step=step, **fields)

    async def move(self, by: str, step: CaseStep, **fields: Any) -> CaseState:
        peer = await self.desk(by)
        done = await peer.ask_for(self.command(step, **fields), Done)
        assert done.subject == self.incident_id
        return self.case

    async def refusal(self, by: str, step: CaseStep, **fields: Any) -> R:
        peer = await self.desk(by)
        return (await peer.ask_for(self.command(step, **fields), Refused)).code

    @property
    def case(self) -> CaseState:
        return self.gateway.picture.cases.of(self.gateway.picture.incidents.states[self.incident_id])

    async def dispatched(self, **fields: Any) -> CaseState:
        await self.move("acceptor", P.REGISTER)
        return await self.move("dispatcher", P.DISPATCH, department_id=ROADS, **fields)


@asynccontextmanager
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_gateway(tmp_path, town=town_with_roles()) as site, AsyncExitStack() as stack:
        assert site.gateway is not None
        made = Hall(site, site.gateway, stack)
        async with terminal(site, U1) as worker:
            await made.report(worker)
        yield made
