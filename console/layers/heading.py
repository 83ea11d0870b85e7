"""Where features look, as a column of theirs says: degrees from north, or the words of a compass."""

import numpy as np
from numpy.typing import NDArray

from console.layers.features import Features

_NAMES = ("heading_deg", "heading", "direction", "bearing", "azimuth", "朝向", "方位角", "方向角", "方向")
_POINTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_WORDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_COMPASS = {word: 45.0 * turn for words in (_POINTS, _WORDS) for turn, word in enumerate(words)}


def headings_deg(features: Features) -> NDArray[np.float64] | None:
    """Shape (n,), NaN where it is not said; None when no column says it of anything."""
    for name in _NAMES:
        column = features.columns.get(name)
        if column is not None:
            found = _read(column)
            return None if np.isnan(found).all() else found
    return None


def _read(column: NDArray[np.generic]) -> NDArray[np.float64]:
    if column.dtype.kind in "fiu":
        numbers = column.astype(np.float64)
    else:
        numbers = np.array([_degrees(str(value).strip().lower()) for value in column], np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    headings: NDArray[np.float64] = numbers % 360.0
    return headings


def _degrees(word: str) -> float:
    found = _COMPASS.get(word.removesuffix("向"))
    if found is not None:
        return found
    try:
        return float(word.removesuffix("°"))
    except ValueError:
        return np.nan
