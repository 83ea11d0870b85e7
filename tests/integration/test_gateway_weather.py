"""Weather alerts over real sockets: who may issue and end one, its outline, and the early warning that follows."""

from pathlib import Path

import msgspec
import shapely

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.events import AlarmCleared, AlarmRaised
from comms.domain.ids import CommandId, WeatherId
from comms.domain.order import JurisdictionTarget
from comms.domain.weather import WeatherEnded, WeatherIssued, WeatherKind, WeatherLevel
from comms.gateway.settings import Settings
from comms.gateway.warning_rules import load_rules
from comms.protocol.area import Area, Grid, RiskSource
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Refused
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from tests.support.gateway import NORTH, NORTH_DUTY, SOUTH, SOUTH_DUTY, U1, running_gateway, tiny_town
from tests.support.terminal import Peer, desk, new_id, terminal

HOUR_S = 3600.0


def strip(number: int, *, wiggles: int = 1) -> Grid:
    """A grid of 0.01° from west to east, its southern border in as many steps."""
    west = 113.7 + number * 0.01
    south = [(23.0 + 0.0002 * (step % 2), west + 0.01 * step / wiggles) for step in range(wiggles + 1)]
    ring = (*south, (23.01, west + 0.01), (23.01, west))
    return Grid(jurisdiction_id=type(NORTH)(f"{NORTH}/v01/g{number:03d}"), name=f"{number}", rings=(ring,))


async def refusal(peer: Peer, command: WeatherIssue | WeatherEnd) -> RefusalCode:
    return (await peer.ask_for(msgspec.structs.replace(command, id=CommandId(new_id())), Refused)).code


async def test_an_alert_is_issued_warns_of_risk_sources_and_is_ended(tmp_path: Path) -> None:
    town = tiny_town()
    pond = RiskSource(id="r1", name="莲塘易涝点", category="自然灾害", lat=23.005, lon=113.715)
    area = Area(name="x", bounds=town.area.bounds, grids=(strip(0), strip(1, wiggles=1200)), risks=(pond,))
    town = msgspec.structs.replace(town, area=area)
    async with (
        running_gateway(tmp_path, town=town, settings=Settings(warning_rules=load_rules(None))) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, SOUTH_DUTY) as stranger,
        terminal(site, U1) as worker,
    ):
        assert site.gateway is not None
        await officer.subscribe()
        now = site.gateway.clock.now()
        command = WeatherIssue(
            id=CommandId(new_id()),
            weather_kind=WeatherKind.RAINSTORM,
            level=WeatherLevel.RED,
            area=JurisdictionTarget(NORTH),
            from_at=now - 1,
            until_at=now + HOUR_S,
        )
        for peer, wanted, wrong in (
            (worker, RefusalCode.NOT_ALLOWED, command),
            (stranger, RefusalCode.OUT_OF_JURISDICTION, command),
            (stranger, RefusalCode.NO_OUTLINE, msgspec.structs.replace(command, area=JurisdictionTarget(SOUTH))),
            (officer, RefusalCode.BAD_WEATHER, msgspec.structs.replace(command, until_at=now - 1)),
        ):
            assert await refusal(peer, wrong) is wanted
        assert (await officer.ask_for(command, Done)).subject == command.id
        assert (await officer.ask_for(command, Done)).subject == command.id
        alert = (await officer.event(WeatherIssued)).alert
        assert (await stranger.ask_for(drawn(command), Refused)).code is RefusalCode.NOT_ALLOWED
        (ring,) = alert.rings
        assert 4 <= len(ring) <= 500
        assert shapely.Polygon(ring).symmetric_difference(shapely.box(23.0, 113.7, 23.01, 113.72)).area < 2e-6
        await site.gateway.warnings.look()
        warning = (await officer.event(AlarmRaised)).alarm
        assert "暴雨红色预警范围内有风险源 1 处，含“莲塘易涝点”" in warning.sentences["zh_CN"]
        assert [evidence.id for evidence in warning.evidence] == [alert.id, "r1"]
        end = WeatherEnd(id=CommandId(new_id()), weather_id=alert.id)
        assert await refusal(stranger, end) is RefusalCode.OUT_OF_JURISDICTION
        missing = msgspec.structs.replace(end, weather_id=WeatherId("no"))
        assert await refusal(officer, missing) is RefusalCode.NOT_FOUND
        await officer.ask_for(end, Done)
        assert (await officer.event(WeatherEnded)).weather_id == alert.id
        assert await refusal(officer, end) is RefusalCode.ALREADY_DONE
        await site.gateway.warnings.look()
        assert (await officer.event(AlarmCleared)).alarm_id == warning.id


def drawn(command: WeatherIssue) -> WeatherIssue:
    ring = ((23.0, 113.7), (23.0, 113.71), (23.01, 113.71))
    return msgspec.structs.replace(command, area=PolygonTarget(corners=ring))
