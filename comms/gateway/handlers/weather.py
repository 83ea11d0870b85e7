"""Weather alerts: issued and ended by officers. One belongs to the jurisdiction it names, else to the officer's."""

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import WeatherId
from comms.domain.weather import Ring, WeatherAlert, WeatherEnded, WeatherIssued, weather_fault
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue


async def issue(gateway: Gateway, session: Session, command: WeatherIssue) -> Done | Refusal:
    weather_id, area = WeatherId(command.id), command.area
    from_at, until_at = command.from_at, command.until_at
    if weather_fault(area=area, from_at=from_at, until_at=until_at, now=gateway.clock.now()) is not None:
        return Refusal(RefusalCode.BAD_WEATHER)
    home, rings = session.jurisdiction_id, tuple[Ring, ...]()
    if isinstance(area, PolygonTarget):
        rings = (area.corners,)
    else:
        home = area.jurisdiction_id
        rings = await gateway.ground.outline_of(home)
        if not rings:
            return Refusal(RefusalCode.NO_OUTLINE)
    if weather_id in gateway.picture.weather.states:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another officer's id: his own would have been answered again
    alert = WeatherAlert(
        id=weather_id,
        kind=command.weather_kind,
        level=command.level,
        jurisdiction_id=home,
        area=area,
        rings=rings,
        from_at=from_at,
        until_at=until_at,
        text=command.text,
        source=command.source,
    )
    await gateway.record(session.party, [WeatherIssued(alert=alert)], command_id=command.id)
    return Done(id=command.id, subject=weather_id)


async def end(gateway: Gateway, session: Session, command: WeatherEnd) -> Done | Refusal:
    state = gateway.picture.weather.states.get(command.weather_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if not state.is_standing(gateway.clock.now()):
        return Refusal(RefusalCode.ALREADY_DONE)
    await gateway.record(session.party, [WeatherEnded(weather_id=command.weather_id)], command_id=command.id)
    return Done(id=command.id)
