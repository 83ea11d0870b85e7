"""A video slot of the desk: packets in, the newest decoded picture out. Decoding runs on a thread of its own, and what
the screen does not take in time is replaced, never queued."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any

from comms.media import rtcp
from comms.media.picture import VideoPicture
from comms.media.picture_buffer import EncodedFrame, PictureBuffer
from comms.media.rtp import RtpPacket
from comms.media.video import VideoDecoder


class VideoTile:
    """Belongs to the loop, but for `_decode`."""

    def __init__(
        self,
        codecs: dict[int, str],
        *,
        clock: Callable[[], float],
        executor: Executor,
        on_picture: Callable[[VideoPicture], None],
        send_rtcp: Callable[[bytes], Awaitable[None]],
    ) -> None:
        """`executor` must have a single thread: pictures build on each other."""
        self._codecs = codecs
        self._clock = clock
        self._executor = executor
        self._on_picture = on_picture
        self._send_rtcp = send_rtcp
        self._loop = asyncio.get_running_loop()
        self._buffer = PictureBuffer(codecs)
        self._decoder: tuple[str, VideoDecoder] | None = None
        self._newest: VideoPicture | None = None
        self._is_open = True

    async def on_packet(self, packet: Any, arrival_time_ms: int) -> None:
        """In place of RTCRtpReceiver._handle_rtp_packet; takes aiortc's packet."""
        if not self._is_open:
            return
        now = self._clock()
        self._buffer.put(to_packet(packet))
        frames = self._buffer.take(now)
        if frames:
            self._executor.submit(self._decode, frames)
        missing = self._buffer.repeats_due(now)
        if missing:
            await self._send_rtcp(rtcp.nack(sender_ssrc=1, media_ssrc=packet.ssrc, sequences=missing))
        if self._buffer.is_key_frame_due(now):
            await self._send_rtcp(rtcp.key_frame_request(sender_ssrc=1, media_ssrc=packet.ssrc))

    def close(self) -> None:
        self._is_open = False

    def _decode(self, frames: list[EncodedFrame]) -> None:
        """On the executor's thread."""
        for frame in frames:
            codec = self._codecs[frame.payload_type]
            if self._decoder is None or self._decoder[0] != codec:
                self._decoder = codec, VideoDecoder(codec)
            pictures = self._decoder[1].decode(frame.payloads)
            if pictures is None:
                self._call(self._restart)
                return
            if pictures:
                self._newest = pictures[-1]
        self._call(self._show)

    def _call(self, step: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(step)
        except RuntimeError:
            pass  # the loop has gone

    def _show(self) -> None:
        """A loop that comes late finds the newest picture at the first call and nothing at the others."""
        picture, self._newest = self._newest, None
        if picture is not None and self._is_open:
            self._on_picture(picture)

    def _restart(self) -> None:
        self._buffer.restart()


def to_packet(packet: Any) -> RtpPacket:
    """aiortc's packet as ours."""
    return RtpPacket(
        packet.payload_type,
        bool(packet.marker),
        packet.sequence_number,
        packet.timestamp,
        packet.ssrc,
        packet.payload,
    )
