"""Video: ask a unit for its camera, put a live one on a tile, take it off, end it."""

from comms.domain.ids import UnitId, VideoId
from comms.protocol.commands import VideoAsk, VideoStop, VideoUnwatch, VideoWatch
from console.actions.requester import NewId, Outcome, Requester, ask


class Video:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def ask(self, unit_id: UnitId) -> Outcome:
        """视频点呼. `done.subject` is the video id; whether the worker consents comes as an event."""
        return await ask(self._requester, VideoAsk(id=self._new_id(), unit_id=unit_id))

    async def watch(self, video_id: VideoId) -> Outcome:
        """Which slot shows it comes as media.slot."""
        return await ask(self._requester, VideoWatch(id=self._new_id(), video_id=video_id))

    async def unwatch(self, video_id: VideoId) -> Outcome:
        return await ask(self._requester, VideoUnwatch(id=self._new_id(), video_id=video_id))

    async def stop(self, video_id: VideoId) -> Outcome:
        return await ask(self._requester, VideoStop(id=self._new_id(), video_id=video_id))
