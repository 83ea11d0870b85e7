"""Figures of cases over real sockets: within one's jurisdiction, page by page, and nothing for who may not ask."""

import time
from pathlib import Path

from comms.domain.assessment import Dimension, Figure, Figures, Period
from comms.domain.ids import DepartmentId, IncidentId, JurisdictionId
from comms.domain.order import Place
from comms.protocol.assessment_commands import (
    AssessmentCasePage,
    AssessmentCases,
    AssessmentRead,
    AssessmentTable,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.pushes import Done, Refused
from tests.support.gateway import ADMIN, NORTH, NORTH_DUTY, NORTH_GRID, SOUTH, SOUTH_DUTY, U1, running_gateway
from tests.support.terminal import Peer, desk, new_id, terminal

ROADS = DepartmentId("roads")


async def table(
    peer: Peer, *periods: Period, by: Dimension = Dimension.TOWN, within: JurisdictionId | None = None
) -> dict[str, list[Figures]]:
    command = AssessmentRead(id=new_id(), periods=periods, by=by, within=within)
    answer = await peer.ask_for(command, AssessmentTable)
    return {row.key: list(row.figures) for row in answer.rows}


async def test_figures_and_their_cases_within_ones_jurisdiction(tmp_path: Path) -> None:
    now = time.time()
    today, before = Period(from_at=now - 60, until_at=now + 3600), Period(from_at=now - 3600, until_at=now - 60)
    async with (
        running_gateway(tmp_path) as site,
        desk(site, ADMIN) as admin,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        reported = [await _report(peer) for peer in (north, north, worker, south)]
        assert await table(north, today, before) == {NORTH: [Figures(accepted=3), Figures()]}
        assert await table(admin, today) == {NORTH: [Figures(accepted=3)], SOUTH: [Figures(accepted=1)]}
        assert await table(admin, today, within=SOUTH) == {SOUTH: [Figures(accepted=1)]}
        assert await table(admin, before) == {}, "a row without figures is left out"
        assert await table(north, today, by=Dimension.COLLECTOR) == {
            "officer:north": [Figures(accepted=2)],
            "unit:u1": [Figures(accepted=1)],
        }
        command = AssessmentCases(
            id=new_id(), period=today, by=Dimension.TOWN, key=NORTH, figure=Figure.ACCEPTED, limit=2
        )
        first = await north.ask_for(command, AssessmentCasePage)
        rest = await north.ask_for(
            AssessmentCases(
                id=new_id(), period=today, by=Dimension.TOWN, key=NORTH, figure=Figure.ACCEPTED, first=2, limit=2
            ),
            AssessmentCasePage,
        )
        assert (first.next, rest.next) == (2, None)
        assert [case.id for case in (*first.cases, *rest.cases)] == reported[2::-1]
        assert {case.jurisdiction_id for case in first.cases} <= {NORTH, NORTH_GRID}
        assert (await south.ask_for(command, AssessmentCasePage)).cases == (), "another's cases stay his"
        await _refusals(north, worker, today)


async def _report(peer: Peer) -> IncidentId:
    command = IncidentReport(id=new_id(), incident_kind="井盖缺失", place=Place(lat=23.0, lon=113.7))
    done = await peer.ask_for(command, Done)
    return IncidentId(done.subject or "")


async def _refusals(north: Peer, worker: Peer, today: Period) -> None:
    def read(period: Period, within: JurisdictionId | None = None) -> AssessmentRead:
        return AssessmentRead(id=new_id(), periods=(today, period), by=Dimension.ITEM, within=within)

    assert (await worker.ask_for(read(today), Refused)).code is RefusalCode.NOT_ALLOWED
    assert (await north.ask_for(read(today, SOUTH), Refused)).code is RefusalCode.OUT_OF_JURISDICTION
    cases = AssessmentCases(id=new_id(), period=today, by=Dimension.TOWN, key=SOUTH, figure=Figure.DUE, within=SOUTH)
    assert (await north.ask_for(cases, Refused)).code is RefusalCode.OUT_OF_JURISDICTION
    for from_at, until_at in ((5.0, 5.0), (float("nan"), 9.0), (0.0, 1e11)):
        odd = read(Period(from_at=from_at, until_at=until_at))
        assert (await north.ask_for(odd, Refused)).code is RefusalCode.MALFORMED
