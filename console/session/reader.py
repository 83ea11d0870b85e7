"""Reading what the gateway holds: the picture, the map beneath it, the newest of the log. Comms thread only."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from comms.domain.decoding import UNREADABLE
from comms.domain.events import MapPublished
from comms.domain.ids import BlobId
from comms.domain.pause import never
from comms.protocol import pushes
from comms.protocol.area import Area, decode_area
from comms.protocol.commands import BlobGet, LogRead, PictureSubscribe
from console.actions.requester import NewId, Requester
from console.session.feed import PictureFeed

_log = logging.getLogger(__name__)
FIRST_LOG_EVENTS = 200
PART_BYTES = 500_000
"""Of the map in one message, which takes this thread some 2 ms."""


class PictureReader:
    """`put` gets snapshot and events in order, the area, and a page of the log. `stand_back` see `console.gate`."""

    def __init__(
        self,
        requester: Requester,
        *,
        put: Callable[[pushes.Push | Area], None],
        new_id: NewId,
        stand_back: Callable[[], None] = never,
    ) -> None:
        self._requester = requester
        self._put = put
        self._new_id = new_id
        self._stand_back = stand_back
        self.feed = PictureFeed(put)
        self._area_id: BlobId | None = None

    async def read(self) -> None:
        """At every sign-in. The log page comes after the picture, so that it joins on to the events that follow."""
        await self.subscribe()
        answer = await self._requester.request(LogRead(id=self._new_id(), limit=FIRST_LOG_EVENTS))
        self._put(answer)

    async def subscribe(self) -> None:
        """Until the feed has no gap. A gateway that cannot resume is asked for everything."""
        while True:
            self.feed.begin()
            after_seq = self.feed.last_seq
            answer = await self._requester.request(PictureSubscribe(id=self._new_id(), after_seq=after_seq))
            if isinstance(answer, pushes.PictureSnapshot | pushes.PictureResumed):
                if self.feed.answered(answer):
                    break
            elif after_seq is None:
                _log.error("the gateway does not give its picture: %r", answer)
                return
            else:
                self.feed.last_seq = None
        if isinstance(answer, pushes.PictureSnapshot) and answer.picture.map_blob_id is not None:
            await self.fetch_area(answer.picture.map_blob_id)

    async def follow(self, push: pushes.EventPush) -> None:
        """What an event asks to be read besides."""
        if isinstance(push.recorded.event, MapPublished):
            await self.fetch_area(push.recorded.event.blob_id)

    async def _fetch(self, blob_id: BlobId) -> bytearray | None:
        """In parts, between which this thread carries voice."""
        data = bytearray()
        while True:
            command = BlobGet(id=self._new_id(), blob_id=blob_id, offset_bytes=len(data), limit_bytes=PART_BYTES)
            answer = await self._requester.request(command)
            if not isinstance(answer, pushes.BlobContent):
                _log.warning("the map could not be read: %r", answer)
                return None
            data += answer.data
            if not answer.data or len(data) >= (answer.total_bytes or 0):
                return data

    async def _decode(self, data: bytearray) -> Area:
        """On a thread of its own: half a second for a city, in which this one has to carry voice."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="map-decoder")
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, decode_area, data, self._stand_back)
        finally:
            pool.shutdown(wait=False)

    async def fetch_area(self, blob_id: BlobId) -> None:
        if blob_id == self._area_id:
            return
        data = await self._fetch(blob_id)
        if data is None:
            return
        try:
            self._put(await self._decode(data))
        except UNREADABLE as error:
            _log.warning("the map is not understood: %s", error)
            return
        self._area_id = blob_id
