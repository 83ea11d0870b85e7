"""Pictures from aiortc's decoders, the newest only: its queues have no end, and a slow screen must not fall behind."""

from collections.abc import Callable
from typing import Any

from aiortc.mediastreams import MediaStreamError

from comms.media.picture import VideoPicture, from_frame


async def watch_video(track: Any, on_picture: Callable[[VideoPicture], None]) -> None:
    """Until the track ends."""
    while True:
        try:
            frame = await track.recv()
            waiting = track._queue
            while not waiting.empty():
                newer = waiting.get_nowait()
                if newer is None:
                    return
                frame = newer
        except MediaStreamError:
            return
        on_picture(from_frame(frame))
