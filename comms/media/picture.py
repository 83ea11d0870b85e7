"""One decoded picture, as the screen takes it."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]


class VideoPicture(msgspec.Struct, frozen=True):
    """yuv420p: `y` is height × width, `u` and `v` half of both, rounded up. Each array is contiguous and read-only.

    Never turned into RGB here: that costs 4 ms at 720p and the graphics card does it for nothing."""

    width: int
    height: int
    y: Plane
    u: Plane
    v: Plane


def from_frame(frame: Any) -> VideoPicture:
    """Copy an `av.VideoFrame` out of the decoder's own memory, which it will use again."""
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
    y, u, v = (_plane(plane) for plane in frame.planes)
    return VideoPicture(frame.width, frame.height, y, u, v)


def _plane(plane: Any) -> Plane:
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
    copy = np.array(rows)
    copy.setflags(write=False)
    return copy
