"""How far a pixel is from a line, for what can be clicked."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot, inf

from PySide6.QtCore import QPointF


def gap_to_line(point: QPointF, line: Sequence[QPointF]) -> float:
    """To the nearest place of a line through these points; infinite for none."""
    return min((_gap(point, a, b) for a, b in pairwise(line)), default=inf)


def _gap(point: QPointF, a: QPointF, b: QPointF) -> float:
    """From a point to a straight piece of line, in pixels."""
    along, off = b - a, point - a
    length = QPointF.dotProduct(along, along)
    share = min(1.0, max(0.0, QPointF.dotProduct(off, along) / length)) if length else 0.0
    foot = a + along * share
    return hypot(point.x() - foot.x(), point.y() - foot.y())
