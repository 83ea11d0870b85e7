"""Encoding and decoding video outside browsers: the fleet's cameras, and what tests look at."""

import fractions
from collections.abc import Callable, Iterable
from typing import Any

import av
import msgspec
import numpy as np

from comms.media.packetizer import pack_h264, pack_vp8, unpack_h264, unpack_vp8
from comms.media.picture import Plane, VideoPicture, from_frame

_ENCODERS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": (
        "libx264",
        {
            "profile": "baseline",
            "preset": "ultrafast",
            "tune": "zerolatency",
            "level": "31",
            "x264-params": "repeat-headers=1:sliced-threads=0",
        },
    ),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
}
_PACKERS: dict[str, Callable[[bytes], list[bytes]]] = {"h264": pack_h264, "vp8": pack_vp8}
_UNPACKERS: dict[str, Callable[[list[bytes]], bytes]] = {"h264": unpack_h264, "vp8": unpack_vp8}


class EncodedPicture(msgspec.Struct, frozen=True):
    payloads: tuple[bytes, ...]
    """Of RTP, in order; the last one is marked."""
    is_key_frame: bool


class VideoEncoder:
    """One camera. `codec` is `h264` (constrained baseline) or `vp8`. 1.0 ms (H.264) and 2.4 ms (VP8) a
    picture of the test card at 360p, drawing included (measured)."""

    def __init__(self, codec: str, *, width: int, height: int, rate_hz: int = 15, bitrate_bps: int = 400_000) -> None:
        name, options = _ENCODERS[codec]
        context: Any = av.CodecContext.create(name, "w")
        context.width, context.height = width, height
        context.pix_fmt = "yuv420p"
        context.bit_rate = bitrate_bps
        context.framerate = fractions.Fraction(rate_hz, 1)
        context.time_base = fractions.Fraction(1, rate_hz)
        context.options = options
        context.thread_count = 1
        # Key frames come when they are asked for, and otherwise seldom.
        context.gop_size = 60 * rate_hz
        context.max_b_frames = 0
        self.codec = codec
        self._context = context
        self._pack = _PACKERS[codec]
        self._count = 0

    def encode(self, picture: VideoPicture, *, force_key_frame: bool = False) -> EncodedPicture:
        frame = to_frame(picture)
        frame.pts = self._count
        frame.time_base = self._context.time_base
        if force_key_frame or self._count == 0:
            frame.pict_type = av.video.frame.PictureType.I
        self._count += 1
        packets = self._context.encode(frame)
        payloads = tuple(payload for packet in packets for payload in self._pack(bytes(packet)))
        return EncodedPicture(payloads, any(packet.is_keyframe for packet in packets))


class VideoDecoder:
    """Decodes whole pictures, given as the RTP payloads between two marks."""

    def __init__(self, codec: str) -> None:
        self._context: Any = av.CodecContext.create(codec, "r")
        self._context.thread_count = 1  # more would hold pictures back
        self._unpack = _UNPACKERS[codec]

    def decode(self, payloads: Iterable[bytes]) -> list[VideoPicture] | None:
        """None for what cannot be decoded: only a key frame repairs that."""
        try:
            packet = av.Packet(self._unpack(list(payloads)))
            return [from_frame(frame) for frame in self._context.decode(packet)]
        except (ValueError, av.FFmpegError):
            return None


def to_frame(picture: VideoPicture) -> Any:
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, rows in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
        padded = np.zeros((plane.height, plane.line_size), dtype=np.uint8)
        padded[:, : plane.width] = rows
        plane.update(padded.tobytes())
    return frame


BAR_LUMA = (235, 162, 131, 112, 84, 65, 35)
BAR_CB = (128, 44, 156, 72, 184, 100, 212)
BAR_CR = (128, 142, 44, 58, 198, 212, 114)
"""The seven 75 % colour bars, white to blue (ITU-R BT.471, in BT.601 levels)."""


def draw_card(*, width: int = 640, height: int = 360, phase: float = 0.0) -> VideoPicture:
    """Colour bars with a white column that moves across the lower quarter as `phase` goes from 0 to 1: a picture that
    shows at a glance whether it is alive."""
    columns = np.arange(width) * len(BAR_LUMA) // width
    y = np.tile(np.array(BAR_LUMA, dtype=np.uint8)[columns], (height, 1))
    lower = height * 3 // 4
    y[lower:] = 16
    start = int(phase % 1.0 * (width - width // 16))
    y[lower:, start : start + width // 16] = 235
    half = np.arange((width + 1) // 2) * len(BAR_LUMA) // ((width + 1) // 2)
    chroma_rows = (height + 1) // 2
    u, v = (np.tile(np.array(bars, dtype=np.uint8)[half], (chroma_rows, 1)) for bars in (BAR_CB, BAR_CR))
    for plane in (u, v):
        plane[lower // 2 :] = 128
    return VideoPicture(width, height, *(_frozen(plane) for plane in (y, u, v)))


def _frozen(plane: Plane) -> Plane:
    plane.setflags(write=False)
    return plane


class CardFilm(msgspec.Struct, frozen=True):
    """A test card encoded once, to be sent by any number of cameras: a group of pictures that starts with a key frame
    and may be repeated for ever, or begun again at its first picture when somebody asks for a key frame."""

    codec: str
    rate_hz: int
    pictures: tuple[EncodedPicture, ...]


def film_card(codec: str, *, width: int = 640, height: int = 360, rate_hz: int = 15, seconds: float = 4.0) -> CardFilm:
    encoder = VideoEncoder(codec, width=width, height=height, rate_hz=rate_hz)
    count = max(1, round(seconds * rate_hz))
    cards = (draw_card(width=width, height=height, phase=index / count) for index in range(count))
    return CardFilm(codec, rate_hz, tuple(encoder.encode(card) for card in cards))
