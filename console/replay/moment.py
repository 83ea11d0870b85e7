"""All that is shown of one moment, read together on the replay's own thread."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Recorded
from comms.domain.ids import BlobId
from comms.domain.pause import never
from comms.domain.picture import Picture
from comms.journal.replay.replay import Replay, Seen
from comms.protocol.area import Area, decode_area

_log = logging.getLogger(__name__)
LOG_EVENTS = 200
"""As many as a desk reads at its sign-in."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """`area` is None when it is the one of the moment read before, or there is none."""

    at: float
    picture: Picture
    log: list[Recorded]
    seen: Seen
    area: Area | None


class MomentReader:
    """One reading after the other. `stand_back` see `console.gate`."""

    def __init__(self, replay: Replay, stand_back: Callable[[], None] = never) -> None:
        self._replay = replay
        self._stand_back = stand_back
        self._area_id: BlobId | None = None

    async def do(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._replay.submit(work))

    async def read(self, at: float, is_wanted: Callable[[], bool]) -> Moment | None:
        """None when it is not wanted any more by the time its turn has come."""
        return await self.do(lambda: self._moment(at) if is_wanted() else None)

    async def seen_at(self, at: float) -> Seen:
        return await self.do(lambda: self._replay.seen_at(at))

    async def warm(self, at: float) -> bool:
        return await self.do(lambda: self._replay.warm(at))

    async def events(self, after_seq: int, limit: int) -> list[Recorded]:
        return await self.do(lambda: self._replay.events(after_seq, limit))

    def _moment(self, at: float) -> Moment:
        index = self._replay.index
        picture = self._replay.picture_at(index.seq_at(at))
        first = max(picture.seq - LOG_EVENTS, index.start_seq)
        log = self._replay.events(first, picture.seq - first)
        return Moment(at, picture, log, self._replay.seen_at(at), self._another_area(picture.map_blob_id))

    def _another_area(self, blob_id: BlobId | None) -> Area | None:
        if blob_id is None or blob_id == self._area_id:
            return None
        blob = self._replay.blob(blob_id)
        if blob is None:
            return None
        try:
            area = decode_area(blob.data, self._stand_back)
        except UNREADABLE as error:
            _log.warning("the map of this moment is not understood: %s", error)
            return None
        self._area_id = blob_id
        return area
