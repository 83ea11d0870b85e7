"""From yuv420p planes to a picture of just the size that is shown: never a whole frame converted to be shrunk."""

import numpy as np
from PySide6.QtGui import QImage

from ui.desk import Planes


def fitted(width: int, height: int, room_width: int, room_height: int) -> tuple[int, int]:
    """The largest size of the same shape in the room; at least 1×1."""
    share = min(room_width / max(1, width), room_height / max(1, height))
    return max(1, round(width * share)), max(1, round(height * share))


def to_image(planes: Planes, room_width: int, room_height: int) -> QImage:
    """The picture, no larger than the room and no larger than itself (BT.601, limited range).

    Sampled before it is converted: at tile size 40,000 points instead of 900,000.
    """
    height, width = planes.y.shape
    shown_width, shown_height = fitted(width, height, room_width, room_height)
    shown_width, shown_height = min(shown_width, width), min(shown_height, height)
    rows = np.arange(shown_height) * height // shown_height
    columns = np.arange(shown_width) * width // shown_width
    luma = planes.y[rows][:, columns].astype(np.int32)
    blue = planes.u[rows // 2][:, columns // 2].astype(np.int32) - 128
    red = planes.v[rows // 2][:, columns // 2].astype(np.int32) - 128
    base = 298 * (luma - 16) + 128
    pixels = np.empty((shown_height, shown_width, 4), np.uint8)
    pixels[..., 0] = np.clip((base + 516 * blue) >> 8, 0, 255)
    pixels[..., 1] = np.clip((base - 100 * blue - 208 * red) >> 8, 0, 255)
    pixels[..., 2] = np.clip((base + 409 * red) >> 8, 0, 255)
    pixels[..., 3] = 255
    return QImage(pixels.tobytes(), shown_width, shown_height, 4 * shown_width, QImage.Format.Format_RGB32).copy()
