"""How a layer from a file looks at first: a colour and a shape of its own, and symbols from where they have room."""

import numpy as np

from console.layers.features import Features, Geometry
from console.layers.layer import Paint, Style

LOOKS: tuple[tuple[str, str], ...] = (
    ("#b06e18", "dot"),
    ("#a35fd0", "square"),
    ("#218c8c", "diamond"),
    ("#cc5a8a", "triangle"),
    ("#6a891d", "square"),
    ("#3d83c4", "diamond"),
    ("#c9624a", "dot"),
    ("#8a7f5c", "triangle"),
)
"""Colours and symbols, told apart by both; readable on the dark ground and on the light one."""
_CELL_PX, _ROOMY_CELL, _TILE_PX = 64.0, 3, 256.0
_ZOOMS = np.arange(9.0, 16.25, 0.5)
_ROOMY_SHARE = 0.85
_MOST_LAT = 85.0
NAMES_AFTER = 1.25
"""Levels after the first symbols at which names begin."""


_CAMERA_WORDS = ("摄像", "监控", "探头", "camera", "cctv")


def first_style(look: int, name: str = "") -> Style:
    """Looks follow one another; after the last comes the first again. Cameras look like cameras, in their own colour.

    Areas are hardly filled: several over one another must not drown what lies on them."""
    colour, symbol = LOOKS[look % len(LOOKS)]
    if any(word in name.casefold() for word in _CAMERA_WORDS):
        symbol = "camera"
    return Style(base=Paint(colour=colour, symbol=symbol, line_px=1.6, fill_opacity=0.04))


def symbols_from(features: Features) -> float:
    """The first zoom at which most points lie in cells of the screen that hold only a few; lines and areas: any."""
    if features.geometry is not Geometry.POINT or not len(features):
        return 0.0
    lat = np.radians(np.clip(features.lat, -_MOST_LAT, _MOST_LAT))
    x = features.lon / 360.0 + 0.5
    y = 0.5 - np.log(np.tan(np.pi / 4 + lat / 2)) / (2 * np.pi)
    for zoom in _ZOOMS.tolist():
        cells = 2.0**zoom * _TILE_PX / _CELL_PX
        # Two small whole numbers as one: cells are counted in one sort.
        keys = np.floor(x * cells).astype(np.int64) * 2**24 + np.floor(y * cells).astype(np.int64)
        _, counts = np.unique(keys, return_counts=True)
        if counts[counts <= _ROOMY_CELL].sum() >= _ROOMY_SHARE * len(features):
            return float(zoom)
    return float(_ZOOMS[-1])
