"""The published map as the gateway needs it: which grid a place lies in. Read when first asked for."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from comms.domain.grid_tree import GridTree
from comms.domain.ids import BlobId, JurisdictionId
from comms.journal.blobs import Blobs
from comms.protocol.area import decode_area

_log = logging.getLogger(__name__)


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
        blob_id = self._published()
        if blob_id is not None and blob_id != self._read_from:
            blob = await self._blobs.get(blob_id)
            if blob is not None:
                self._grids = await asyncio.get_running_loop().run_in_executor(self._thread, _grids, blob.data)
                self._read_from = blob_id
        return self._grids.at(lat=lat, lon=lon)


def _grids(data: bytes) -> GridTree:
    try:
        return GridTree(decode_area(data).grids)
    except msgspec.MsgspecError as error:
        _log.warning("the published map cannot be read: %s", error)
        return GridTree(())
