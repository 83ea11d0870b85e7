"""What becomes of a CAP message: a weather alert, an incident, the end of an alert, or something only kept."""

import msgspec

from comms.adapters.intake import Message, Outcome, Received, Taken, Warned
from comms.domain.events import Event
from comms.domain.ids import CommandId, WeatherId, source_party
from comms.domain.incident import Origin
from comms.domain.order import JurisdictionTarget
from comms.domain.source import Source
from comms.domain.weather import Ring, WeatherAlert, WeatherEnded, WeatherFault, WeatherIssued, weather_fault
from comms.domain.work_order import Fault, FaultCode, SetAside, WorkOrderSetAside
from comms.gateway.hub import Hub


async def take_message(hub: Hub, source: Source, message: Message) -> Taken:
    """The same number again answers the same and does nothing. Raises JournalError: then nothing happened."""
    content = message.content
    received = content.received if isinstance(content, Warned) else content
    if message.aside is not None:
        return await _set_aside(hub, source, received, message.aside)
    if message.is_cancel:
        return await _cancel(hub, source, received, message.earlier)
    if isinstance(content, Warned):
        return await _warn(hub, source, content, message.earlier)
    return await hub.take(source, _renumbered(hub, source, content, message.earlier))


def _renumbered(hub: Hub, source: Source, received: Received, earlier: tuple[str, ...]) -> Received:
    """An update of a message that is an incident changes that incident."""
    for number in earlier:
        origin = Origin(source=source.id, source_id=number)
        if hub.picture.incidents.of_origin(origin) is not None:
            order = msgspec.structs.replace(received.order, origin=origin)
            return Received(order, received.faults, received.body, received.media_type)
    return received


async def _set_aside(hub: Hub, source: Source, received: Received, why: SetAside) -> Taken:
    origin = received.order.origin
    async with hub.turns.of(origin.incident_id):
        if await hub.has_taken(source, origin) is None:
            blob_id = await hub.keep(received)
            event = WorkOrderSetAside(order=received.order, why=why, blob_id=blob_id)
            await hub.record(source_party(source.id), [event], command_id=CommandId(origin.source_id))
    return Taken(origin.source_id, origin.incident_id, Outcome.SET_ASIDE)


async def _cancel(hub: Hub, source: Source, received: Received, earlier: tuple[str, ...]) -> Taken:
    origin = received.order.origin
    ended = _standing(hub, source, earlier)
    if not ended and await hub.has_taken(source, origin) is None:
        return await _set_aside(hub, source, received, SetAside.NOTICE)
    async with hub.turns.of(origin.incident_id):
        if await hub.has_taken(source, origin) is None:
            await hub.record(source_party(source.id), ended, command_id=CommandId(origin.source_id))
    return Taken(origin.source_id, origin.incident_id, Outcome.ENDED)


def _standing(hub: Hub, source: Source, earlier: tuple[str, ...]) -> list[Event]:
    """The ends of those alerts that it takes back or replaces."""
    ids = [WeatherId(Origin(source=source.id, source_id=number).incident_id) for number in earlier]
    states = (hub.picture.weather.states.get(weather_id) for weather_id in dict.fromkeys(ids))
    now = hub.now()
    return [WeatherEnded(weather_id=state.alert.id) for state in states if state is not None and state.is_standing(now)]


async def _warn(hub: Hub, source: Source, warned: Warned, earlier: tuple[str, ...]) -> Taken:
    received = warned.received
    origin = received.order.origin
    area = warned.area or JurisdictionTarget(source.jurisdiction_id)
    fault = weather_fault(area=area, from_at=warned.from_at, until_at=warned.until_at, now=hub.now())
    if fault is WeatherFault.OVER_ALREADY:
        return await _set_aside(hub, source, received, SetAside.NOTICE)
    rings = (
        await hub.ground.outline_of(area.jurisdiction_id)
        if isinstance(area, JurisdictionTarget)
        else tuple[Ring, ...]((area.corners,))
    )
    if fault is not None or not rings:
        code = FaultCode.BAD_TIME if fault is WeatherFault.BAD_TIMES else FaultCode.NO_PLACE
        faulty = Received(received.order, (*received.faults, Fault(code)), received.body, received.media_type)
        return await hub.take(source, faulty)
    alert = WeatherAlert(
        id=WeatherId(origin.incident_id),
        kind=warned.kind,
        level=warned.level,
        jurisdiction_id=source.jurisdiction_id,
        area=area,
        rings=rings,
        from_at=warned.from_at,
        until_at=warned.until_at,
        text=warned.text,
        source=warned.issuer,
    )
    async with hub.turns.of(origin.incident_id):
        if await hub.has_taken(source, origin) is not None:
            return Taken(origin.source_id, origin.incident_id, Outcome.KNOWN)
        events = [WeatherIssued(alert=alert), *_standing(hub, source, earlier)]
        await hub.record(source_party(source.id), events, command_id=CommandId(origin.source_id))
    return Taken(origin.source_id, origin.incident_id, Outcome.ALERTED)
