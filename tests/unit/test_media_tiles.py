"""A desk's video slot: packets in, the newest picture out."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest
from aiortc.rtp import RtpPacket as OtherPacket

from comms.media import rtcp
from comms.media.picture import VideoPicture
from comms.media.rtcp import KeyFrameRequest, Nack
from comms.media.tiles import VideoTile
from comms.media.video import EncodedPicture, film_card

H264, VP8 = 102, 96


@dataclass
class Slot:
    executor: ThreadPoolExecutor
    now_s: float = 0.0
    shown: list[VideoPicture] = field(default_factory=list)
    sent: list[rtcp.Feedback] = field(default_factory=list)
    _sequence: int = 100

    def __post_init__(self) -> None:
        self.tile = VideoTile(
            {H264: "h264", VP8: "vp8"},
            clock=lambda: self.now_s,
            executor=self.executor,
            on_picture=self.shown.append,
            send_rtcp=self._send,
        )

    async def _send(self, datagram: bytes) -> None:
        self.sent += rtcp.parse(datagram)

    async def feed(self, picture: EncodedPicture, *, payload_type: int = H264, without: tuple[int, ...] = ()) -> None:
        self.now_s += 0.033
        for index, payload in enumerate(picture.payloads):
            self._sequence += 1
            packet = OtherPacket(
                payload_type=payload_type, sequence_number=self._sequence, timestamp=int(self.now_s * 90_000), ssrc=7
            )
            packet.marker = index == len(picture.payloads) - 1
            packet.payload = payload
            if index not in without:
                await self.tile.on_packet(packet, 0)

    async def settle(self) -> None:
        """Until what was given to the decoder has come back."""
        await asyncio.wrap_future(self.executor.submit(int))
        await asyncio.sleep(0)


@pytest.fixture
async def slot() -> AsyncIterator[Slot]:
    executor = ThreadPoolExecutor(max_workers=1)
    yield Slot(executor)
    executor.shutdown()


async def test_pictures_come_decoded_and_a_busy_loop_gets_the_newest_only(slot: Slot) -> None:
    film = film_card("h264", width=160, height=96, seconds=0.5).pictures
    for picture in film:
        await slot.feed(picture)
    # The loop has not turned since: only now may it look, and it sees one picture.
    slot.executor.submit(int).result()
    await slot.settle()
    assert 1 <= len(slot.shown) < len(film)
    column = slot.shown[-1].y[90]
    assert int(np.argmax(column)) > 60, "the moving column is on the right by now"
    assert slot.sent == []


async def test_the_codec_may_change(slot: Slot) -> None:
    await slot.feed(film_card("h264", width=160, height=96, seconds=0.1).pictures[0])
    await slot.settle()
    await slot.feed(film_card("vp8", width=320, height=180, seconds=0.1).pictures[0], payload_type=VP8)
    await slot.settle()
    assert [picture.width for picture in slot.shown] == [160, 320]


async def test_a_stream_without_a_key_frame_has_one_asked_for(slot: Slot) -> None:
    film = film_card("h264", width=160, height=96, seconds=0.3).pictures
    await slot.feed(film[1])
    assert slot.sent == [KeyFrameRequest(7)]


async def test_lost_packets_are_asked_for(slot: Slot) -> None:
    film = film_card("h264", width=640, height=360, seconds=0.3).pictures
    await slot.feed(film[0], without=(1,))
    await slot.feed(film[1])
    await slot.feed(film[2])
    assert Nack(7, (102,)) in slot.sent


async def test_a_picture_that_cannot_be_decoded_has_a_key_frame_asked_for(slot: Slot) -> None:
    await slot.feed(EncodedPicture((b"\x67\x42",), True))
    await slot.feed(EncodedPicture((b"\x78\x00\x09\x67",), True))
    await slot.settle()
    slot.now_s += 1
    await slot.feed(EncodedPicture((b"\x61x",), False))
    assert KeyFrameRequest(7) in slot.sent
    assert slot.shown == []


async def test_a_closed_slot_is_dark(slot: Slot) -> None:
    picture = film_card("h264", width=160, height=96, seconds=0.1).pictures[0]
    await slot.feed(picture)
    slot.tile.close()
    await slot.settle()
    await slot.feed(picture)
    assert slot.shown == []


async def test_a_decoder_that_outlives_the_loop_is_ignored(slot: Slot) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    slot.tile._loop = loop
    await slot.feed(film_card("h264", width=160, height=96, seconds=0.1).pictures[0])
    await slot.settle()
    assert slot.shown == []
