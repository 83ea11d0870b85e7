"""Drawing in yuv420p by numpy alone: rectangles, clouds and people of simulated pictures. Fast enough for fifteen a
second; whatever stands still is drawn once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comms.media.picture import Plane, VideoPicture

WIDTH, HEIGHT = 640, 360
Colour = tuple[int, int, int]
"""Y, Cb, Cr (BT.601, video levels)."""
Mask = NDArray[np.float32]


def colour(red: int, green: int, blue: int) -> Colour:
    """Of RGB, 0 to 255 each."""
    luma = 16 + (65.5 * red + 128.6 * green + 25.0 * blue) / 255
    cb = 128 + (-37.8 * red - 74.2 * green + 112.0 * blue) / 255
    cr = 128 + (112.0 * red - 93.8 * green - 18.2 * blue) / 255
    return round(luma), round(cb), round(cr)


@dataclass(slots=True)
class Canvas:
    """`y` of (360, 640), `u` and `v` of (180, 320)."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def blank(cls, paint: Colour) -> "Canvas":
        half = (HEIGHT // 2, WIDTH // 2)
        return cls(
            np.full((HEIGHT, WIDTH), paint[0], np.uint8),
            np.full(half, paint[1], np.uint8),
            np.full(half, paint[2], np.uint8),
        )

    def copy(self) -> "Canvas":
        return Canvas(self.y.copy(), self.u.copy(), self.v.copy())

    def fill(self, top: int, left: int, bottom: int, right: int, paint: Colour) -> None:
        """A rectangle; what lies outside is cut off."""
        top, left = max(0, top), max(0, left)
        if bottom <= top or right <= left:
            return
        self.y[top:bottom, left:right] = paint[0]
        half = (slice(top // 2, (bottom + 1) // 2), slice(left // 2, (right + 1) // 2))
        self.u[half], self.v[half] = paint[1], paint[2]

    def shade(self, top: int, bottom: int, upper: Colour, lower: Colour) -> None:
        """From one colour to another downwards, over the whole width."""
        for plane, first, last, half in zip((self.y, self.u, self.v), upper, lower, (1, 2, 2), strict=True):
            rows = np.linspace(first, last, bottom // half - top // half)
            plane[top // half : bottom // half] = rows.astype(np.uint8)[:, None]

    def veil(self, top: int, left: int, share: Mask, paint: Colour) -> None:
        """Cover a part with a colour as far as `share` (0 to 1) says; its corner and shape are even."""
        bottom, right = top + share.shape[0], left + share.shape[1]
        _mix(self.y[top:bottom, left:right], share, paint[0])
        half = share[::2, ::2]
        _mix(self.u[top // 2 : bottom // 2, left // 2 : right // 2], half, paint[1])
        _mix(self.v[top // 2 : bottom // 2, left // 2 : right // 2], half, paint[2])

    def person(self, foot: int, middle: int, size: int, coat: Colour, trousers: Colour, *, step: int = 0) -> None:
        """Seen from the front, `size` pixels tall; `step` -1 to 1 moves the legs."""
        head, wide = max(2, size // 6), max(3, size // 4)
        neck, waist = foot - size + head, foot - size * 2 // 5
        half = wide // 2
        self.fill(waist, middle - half + step, foot, middle - 1 + step, trousers)
        self.fill(waist, middle + 1 - step, foot, middle + half - step, trousers)
        self.fill(neck, middle - half, waist, middle + half, coat)
        self.fill(foot - size, middle - head // 2, neck, middle + (head + 1) // 2, SKIN)
        self.fill(foot - size - 1, middle - head // 2, foot - size + head // 3, middle + (head + 1) // 2, HAIR)

    def picture(self) -> VideoPicture:
        for plane in (self.y, self.u, self.v):
            plane.setflags(write=False)
        return VideoPicture(WIDTH, HEIGHT, self.y, self.u, self.v)


SKIN, HAIR = colour(225, 180, 150), colour(35, 28, 25)


def _mix(part: Plane, share: Mask, level: int) -> None:
    there = part.astype(np.int16)
    there += (share * (level - there)).astype(np.int16)
    part[:] = there


def clouds(dice: np.random.Generator, height: int, width: int, *, size_px: float) -> Mask:
    """Soft noise from 0 to 1 that joins with itself at its edges, so that it can be rolled for ever."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    soft = np.exp(-2 * (np.pi * size_px) ** 2 * (rows**2 + columns**2) / 4)
    noise = np.fft.irfft2(np.fft.rfft2(dice.standard_normal((height, width))) * soft, (height, width))
    low, high = np.percentile(noise, (2, 98))
    return np.asarray(np.clip((noise - low) / (high - low), 0, 1), np.float32)


def rolled(tile: Mask, down: int, right: int) -> Mask:
    return np.roll(tile, (down, right), axis=(0, 1))


def as_rgb(picture: VideoPicture) -> NDArray[np.uint8]:
    """For a photo: shape (height, width, 3)."""
    luma = (picture.y.astype(np.float32) - 16) * 1.164
    cb, cr = (np.kron(plane, np.ones((2, 2), np.uint8)).astype(np.float32) - 128 for plane in (picture.u, picture.v))
    channels = (luma + 1.596 * cr, luma - 0.392 * cb - 0.813 * cr, luma + 2.017 * cb)
    return np.asarray(np.clip(np.stack(channels, axis=2), 0, 255), np.uint8)
