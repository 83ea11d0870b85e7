"""The published map as the gateway needs it: which grid a place is in, where a node ends. Read when first asked for."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import shapely

from comms.domain.ad_hoc import MOST_CORNERS
from comms.domain.decoding import UNREADABLE
from comms.domain.gazetteer import Gazetteer, Named
from comms.domain.grid_tree import GridTree
from comms.domain.ids import BlobId, JurisdictionId
from comms.domain.weather import Ring
from comms.journal.blobs import Blobs
from comms.protocol.area import Area, Camera, CityPart, KeyPlace, RiskSource, decode_area

_log = logging.getLogger(__name__)
_SEAM_DEG = 1e-5
"""A metre by which neighbouring grids may miss each other and still be one area."""
_FINEST_DEG = 5e-5
"""Five metres: corners of an outline that say less are left out."""
MOST_RINGS = 20
"""Parts of an area that does not hang together; the smallest are left out."""


@dataclass(frozen=True, slots=True)
class _Published:
    """`codes` are the grids' ids by their own name and by the last part of their id; None where several have it."""

    grids: GridTree
    bounds: tuple[float, float, float, float] | None = None
    codes: dict[str, JurisdictionId | None] = field(default_factory=dict)


class Ground:
    """`published` tells which blob is the map now, or None."""

    def __init__(self, blobs: Blobs, published: Callable[[], BlobId | None]) -> None:
        self._blobs = blobs
        self._published = published
        self._read_from: BlobId | None = None
        self._now = _Published(GridTree(()))
        self._names: Gazetteer | None = None
        """Made when an address is first looked for."""
        self._thread = ThreadPoolExecutor(1, "gateway-ground")
        """A city's map takes a while to decode, and voice does not wait."""

    def close(self) -> None:
        self._thread.shutdown()

    async def grid_at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        """None outside all grids, and without a map."""
        await self._read()
        return self._now.grids.at(lat=lat, lon=lon)

    async def holds(self, *, lat: float, lon: float) -> bool:
        """Whether the map reaches there; without a map, everywhere."""
        await self._read()
        if self._now.bounds is None:
            return True
        south, west, north, east = self._now.bounds
        return south <= lat <= north and west <= lon <= east

    async def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of the map; without a map 0, 0."""
        await self._read()
        south, west, north, east = self._now.bounds or (0.0, 0.0, 0.0, 0.0)
        return (south + north) / 2, (west + east) / 2

    async def grid_coded(self, code: str) -> tuple[JurisdictionId, float, float] | None:
        """A grid by its id, the last part of it, or its name; with a latitude and longitude inside it."""
        await self._read()
        grid_id = self._now.codes.get(code)
        if grid_id is None:
            return None
        inside = shapely.point_on_surface(self._now.grids.shapes_of(grid_id)[0])
        return grid_id, float(inside.y), float(inside.x)

    async def named(self, address: str) -> Named | None:
        """The place whose name stands in an address."""
        await self._read()
        if self._names is None:
            blob = await self._blobs.get(self._read_from) if self._read_from is not None else None
            data = blob.data if blob is not None else None
            self._names = await asyncio.get_running_loop().run_in_executor(self._thread, _gazetteer, data)
        return self._names.find(address)

    async def outline_of(self, jurisdiction_id: JurisdictionId) -> tuple[Ring, ...]:
        """The outer borders of all grids of a node, for eyes and for rules; empty where there are none."""
        await self._read()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _outline, self._now.grids, jurisdiction_id)

    async def _read(self) -> None:
        blob_id = self._published()
        if blob_id is not None and blob_id != self._read_from:
            blob = await self._blobs.get(blob_id)
            if blob is not None:
                self._now = await asyncio.get_running_loop().run_in_executor(self._thread, _published, blob.data)
                self._read_from, self._names = blob_id, None


def _published(data: bytes) -> _Published:
    area = _area(data)
    if area is None:
        return _Published(GridTree(()))
    codes: dict[str, JurisdictionId | None] = {}
    for grid in area.grids:
        for code in {grid.jurisdiction_id, grid.jurisdiction_id.rpartition("/")[2], grid.name}:
            codes[code] = None if code in codes else grid.jurisdiction_id
    return _Published(GridTree(area.grids), area.bounds, codes)


def _area(data: bytes) -> Area | None:
    try:
        return decode_area(data)
    except UNREADABLE as error:
        _log.warning("the published map cannot be read: %s", error)
        return None


def _gazetteer(data: bytes | None) -> Gazetteer:
    area = _area(data) if data is not None else None
    return Gazetteer(_named_places(area) if area is not None else ())


def _named_places(area: Area) -> Iterator[Named]:
    """A street is every point of its line, so that only a short one stands for one place."""
    for street in area.streets:
        for lat, lon in street.line:
            yield Named(street.name, lat, lon)
    things: tuple[Sequence[KeyPlace | Camera | CityPart | RiskSource], ...]
    things = (area.places, area.cameras, area.parts, area.risks)
    yield from (Named(thing.name, thing.lat, thing.lon) for some in things for thing in some)
    for grid in area.grids:
        corners = list(grid.rings[0])
        lats, lons = [lat for lat, _ in corners], [lon for _, lon in corners]
        yield Named(grid.name, (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)


def _outline(grids: GridTree, jurisdiction_id: JurisdictionId) -> tuple[Ring, ...]:
    """Joined over their seams, and as coarse as it takes for a ring to keep within the corners allowed."""
    grown = shapely.buffer(grids.shapes_of(jurisdiction_id), _SEAM_DEG, join_style="mitre")
    joined = shapely.union_all(grown).buffer(-_SEAM_DEG, join_style="mitre")
    parts = sorted((part for part in shapely.get_parts(joined) if part.area), key=lambda part: -part.area)
    return tuple(_ring(part) for part in parts[:MOST_RINGS])


def _ring(part: shapely.Polygon) -> Ring:
    tolerance = _FINEST_DEG
    corners = shapely.get_coordinates(part.exterior.simplify(tolerance))[:-1]
    while len(corners) > MOST_CORNERS:
        tolerance *= 2
        corners = shapely.get_coordinates(part.exterior.simplify(tolerance))[:-1]
    return tuple((float(lat), float(lon)) for lon, lat in corners)
