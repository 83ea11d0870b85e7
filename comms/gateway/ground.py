"""The published map as the gateway needs it: which grid a place is in, where a node ends. Read when first asked for."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import shapely

from comms.domain.ad_hoc import MOST_CORNERS
from comms.domain.grid_tree import GridTree
from comms.domain.ids import BlobId, JurisdictionId
from comms.domain.weather import Ring
from comms.journal.blobs import Blobs
from comms.protocol.area import decode_area

_log = logging.getLogger(__name__)
_SEAM_DEG = 1e-5
"""A metre by which neighbouring grids may miss each other and still be one area."""
_FINEST_DEG = 5e-5
"""Five metres: corners of an outline that say less are left out."""
MOST_RINGS = 20
"""Parts of an area that does not hang together; the smallest are left out."""


class Ground:
    """`published` tells which blob is the map now, or None."""

    def __init__(self, blobs: Blobs, published: Callable[[], BlobId | None]) -> None:
        self._blobs = blobs
        self._published = published
        self._read_from: BlobId | None = None
        self._grids = GridTree(())
        self._thread = ThreadPoolExecutor(1, "gateway-ground")
        """A city's map takes a while to decode, and voice does not wait."""

    def close(self) -> None:
        self._thread.shutdown()

    async def grid_at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        """None outside all grids, and without a map."""
        await self._read()
        return self._grids.at(lat=lat, lon=lon)

    async def outline_of(self, jurisdiction_id: JurisdictionId) -> tuple[Ring, ...]:
        """The outer borders of all grids of a node, for eyes and for rules; empty where there are none."""
        await self._read()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _outline, self._grids, jurisdiction_id)

    async def _read(self) -> None:
        blob_id = self._published()
        if blob_id is not None and blob_id != self._read_from:
            blob = await self._blobs.get(blob_id)
            if blob is not None:
                self._grids = await asyncio.get_running_loop().run_in_executor(self._thread, _grids, blob.data)
                self._read_from = blob_id


def _grids(data: bytes) -> GridTree:
    try:
        return GridTree(decode_area(data).grids)
    except msgspec.MsgspecError as error:
        _log.warning("the published map cannot be read: %s", error)
        return GridTree(())


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
