"""Simulated cameras: a drill's scene, else a moving test card with time and label; encoded only while somebody watches.

All cameras of a fleet share one encoding thread: 1,165 terminals have 1,165 cameras, of which a wall shows nine.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from comms.fleet.lettering import burn
from comms.link.clock import Clock
from comms.media.picture import VideoPicture
from comms.media.video import EncodedPicture, VideoEncoder, draw_card

WIDTH, HEIGHT, RATE_HZ = 640, 360, 15
SWEEP_S = 4.0
"""How long the moving column takes across."""


View = Callable[[float], VideoPicture]
"""What a camera sees at a time, Unix seconds; 640 by 360. Called on the encoding thread."""


def labelled_card(label: str, *, now: float, width: int = WIDTH, height: int = HEIGHT) -> VideoPicture:
    """The picture of a camera at a time: which unit and when can be read off it."""
    card = draw_card(width=width, height=height, phase=now / SWEEP_S)
    luma = card.y.copy()
    size = max(1, width // 160)
    burn(luma, label, top=size * 2, left=size * 2, size=size)
    burn(luma, time_text(now), top=size * 12, left=size * 2, size=size)
    luma.setflags(write=False)
    return VideoPicture(width, height, luma, card.u, card.v)


def time_text(now: float) -> str:
    """Local time to a tenth of a second."""
    moment = datetime.fromtimestamp(now).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 100_000}"


@dataclass(slots=True)
class _Camera:
    label: str
    encoder: VideoEncoder
    send: Callable[[tuple[bytes, ...]], object]
    view: View | None = None
    needs_key_frame: bool = True


class CameraPool:
    """`start`, `stop` and `force_key_frame` by a key of the caller's choice. When encoding takes longer than a
    picture's time, pictures are left out: the rate falls, nothing queues up."""

    def __init__(self, *, clock: Clock, rate_hz: int = RATE_HZ, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._clock = clock
        self._rate_hz = rate_hz
        self._width, self._height = width, height
        self._cameras: dict[object, _Camera] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._cameras)

    def start(
        self,
        key: object,
        *,
        label: str,
        codec: str,
        send: Callable[[tuple[bytes, ...]], object],
        view: View | None = None,
    ) -> None:
        """`send` gets the RTP payloads of each picture, on the loop. Without a `view` it films a test card."""
        if key in self._cameras:
            return
        encoder = VideoEncoder(codec, width=self._width, height=self._height, rate_hz=self._rate_hz)
        self._cameras[key] = _Camera(label, encoder, send, view)
        if self._task is None or self._task.done():
            self._executor = self._executor or ThreadPoolExecutor(1, thread_name_prefix="fleet-camera")
            self._task = asyncio.get_running_loop().create_task(self._film(), name="fleet-camera")

    def stop(self, key: object) -> None:
        self._cameras.pop(key, None)

    def force_key_frame(self, key: object) -> None:
        camera = self._cameras.get(key)
        if camera is not None:
            camera.needs_key_frame = True

    async def close(self) -> None:
        self._cameras.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._executor is not None:
            self._executor.shutdown(wait=True)
            self._executor = None

    async def _film(self) -> None:
        """As long as there is a camera on."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._cameras:
            cameras = list(self._cameras.items())
            pictures = await loop.run_in_executor(self._executor, self._encode, [camera for _, camera in cameras])
            for (key, camera), picture in zip(cameras, pictures, strict=True):
                if self._cameras.get(key) is camera:
                    camera.send(picture.payloads)
            due = max(due + 1 / self._rate_hz, loop.time())
            await asyncio.sleep(due - loop.time())

    def _encode(self, cameras: list[_Camera]) -> list[EncodedPicture]:
        """On the encoding thread; libx264 lets go of the interpreter while it works."""
        now = self._clock.now()
        encoded: list[EncodedPicture] = []
        for camera in cameras:
            picture = camera.view(now) if camera.view is not None else self._card(camera.label, now)
            is_forced, camera.needs_key_frame = camera.needs_key_frame, False
            encoded.append(camera.encoder.encode(picture, force_key_frame=is_forced))
        return encoded

    def _card(self, label: str, now: float) -> VideoPicture:
        return labelled_card(label, now=now, width=self._width, height=self._height)
