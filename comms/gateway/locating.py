"""Where a work order is: by coordinates in their datum, else by the code of a grid, else by a name in its address."""

from dataclasses import dataclass
from math import isfinite

from comms.domain.datum import Datum, convert
from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains
from comms.domain.order import Place
from comms.domain.source import Source
from comms.domain.work_order import Fault, FaultCode, WorkOrder
from comms.gateway.ground import Ground


@dataclass(frozen=True, slots=True)
class Located:
    place: Place
    jurisdiction_id: JurisdictionId
    is_approximate: bool = False


async def locate(order: WorkOrder, source: Source, ground: Ground) -> Located | Fault:
    """What is given is believed or refused: coordinates that are wrong are no reason to look at the address instead."""
    if order.lat is not None and order.lon is not None:
        return await _at(order, order.lat, order.lon, source, ground)
    if order.grid_code:
        return await _in_grid(order, source, ground)
    if order.address:
        return await _named(order, source, ground)
    return Fault(FaultCode.NO_PLACE)


async def _at(order: WorkOrder, lat: float, lon: float, source: Source, ground: Ground) -> Located | Fault:
    written = f"{lat}, {lon}"
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0:
        return Fault(FaultCode.PLACE_UNREAL, written)
    if order.datum not in (Datum.WGS84, Datum.CGCS2000):
        lats, lons = convert(lat, lon, source=order.datum, target=Datum.WGS84)
        lat, lon = round(float(lats), 7), round(float(lons), 7)
    if not await ground.holds(lat=lat, lon=lon):
        return Fault(FaultCode.PLACE_OUTSIDE, written)
    grid_id = await ground.grid_at(lat=lat, lon=lon)
    if grid_id is not None and not contains(source.jurisdiction_id, grid_id):
        return Fault(FaultCode.PLACE_OUTSIDE, written)
    return Located(Place(lat=lat, lon=lon, text=order.address), grid_id or source.jurisdiction_id)


async def _in_grid(order: WorkOrder, source: Source, ground: Ground) -> Located | Fault:
    found = await ground.grid_coded(order.grid_code)
    if found is None:
        return Fault(FaultCode.UNKNOWN_GRID, order.grid_code)
    grid_id, lat, lon = found
    if not contains(source.jurisdiction_id, grid_id):
        return Fault(FaultCode.PLACE_OUTSIDE, order.grid_code)
    return Located(Place(lat=lat, lon=lon, text=order.address), grid_id, is_approximate=True)


async def _named(order: WorkOrder, source: Source, ground: Ground) -> Located | Fault:
    found = await ground.named(order.address)
    if found is None:
        return Fault(FaultCode.UNKNOWN_ADDRESS, order.address)
    grid_id = await ground.grid_at(lat=found.lat, lon=found.lon)
    if grid_id is not None and not contains(source.jurisdiction_id, grid_id):
        return Fault(FaultCode.PLACE_OUTSIDE, order.address)
    place = Place(lat=found.lat, lon=found.lon, text=order.address)
    return Located(place, grid_id or source.jurisdiction_id, is_approximate=True)
