"""Joining streets into one net: where lines share a point, cross, or end on one another.

Maps differ: some give crossing streets a common point, some draw them across. A line cannot say that it is a bridge,
so whatever crosses is taken to meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.pause import never

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME_M = 0.05
"""Points closer than this are one."""
END_REACH_M = 2.0
"""A street that ends this close to another was meant to join it."""


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """`nodes` has shape (n, 2) in metres; edge i joins `first[i]` and `second[i]`, each pair of nodes once."""

    nodes: Floats
    first: Ints
    second: Ints
    rank: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """Segment `segment[i]` is cut at `share[i]` of its length, at the point `xy[i]`."""

    segment: Ints
    share: Floats
    xy: Floats


def join(lines: Sequence[tuple[Floats, int]], pause: Callable[[], None] = never) -> Joined:
    """`lines` are points of shape (n, 2) in metres, n at least 2, and the rank of the street. `pause` is called before
    each step that is long in a city."""
    begin = np.concatenate([line[:-1] for line, _ in lines])
    end = np.concatenate([line[1:] for line, _ in lines])
    rank = np.concatenate([np.full(len(line) - 1, rank, np.int64) for line, rank in lines])
    is_long = np.hypot(*(end - begin).T) > SAME_M
    begin, end, rank = begin[is_long], end[is_long], rank[is_long]
    if not len(begin):
        raise ValueError("no street is longer than a point")
    pause()
    segments = shapely.linestrings(np.stack((begin, end), axis=1))
    pause()
    tree = shapely.STRtree(segments)
    pause()
    crossed = _crossings(tree, begin, end)
    pause()
    met = _loose_ends(tree, begin, end)
    pause()
    return _split(begin, end, rank, [crossed, met])


def _crossings(tree: shapely.STRtree, begin: Floats, end: Floats) -> _Cuts:
    """Where two segments have a point in common that is not an end of both."""
    one, other = tree.query(tree.geometries, predicate="intersects")
    is_pair = one < other
    one, other = one[is_pair], other[is_pair]
    span, cross_span = end[one] - begin[one], end[other] - begin[other]
    turn = span[:, 0] * cross_span[:, 1] - span[:, 1] * cross_span[:, 0]
    is_turned = np.abs(turn) > 1e-9
    one, other, span, turn = one[is_turned], other[is_turned], span[is_turned], turn[is_turned]
    cross_span = cross_span[is_turned]
    apart = begin[other] - begin[one]
    share = (apart[:, 0] * cross_span[:, 1] - apart[:, 1] * cross_span[:, 0]) / turn
    other_share = (apart[:, 0] * span[:, 1] - apart[:, 1] * span[:, 0]) / turn
    xy = begin[one] + share[:, None] * span
    return _Cuts(np.concatenate((one, other)), np.concatenate((share, other_share)), np.concatenate((xy, xy)))


def _loose_ends(tree: shapely.STRtree, begin: Floats, end: Floats) -> _Cuts:
    """Ends of segments that lie on, or nearly on, another segment."""
    tips = np.concatenate((begin, end))
    tip, segment = tree.query(shapely.points(tips), predicate="dwithin", distance=END_REACH_M)
    span = end[segment] - begin[segment]
    length_square = (span**2).sum(axis=1)
    share = ((tips[tip] - begin[segment]) * span).sum(axis=1) / length_square
    margin = END_REACH_M / np.sqrt(length_square)
    is_inside = (share > margin) & (share < 1 - margin)
    return _Cuts(segment[is_inside], share[is_inside], tips[tip[is_inside]])


def _split(begin: Floats, end: Floats, rank: Ints, cuts: list[_Cuts]) -> Joined:
    count = len(begin)
    every = np.arange(count)
    segment = np.concatenate((every, every, *(cut.segment for cut in cuts)))
    share = np.clip(np.concatenate((np.zeros(count), np.ones(count), *(cut.share for cut in cuts))), 0.0, 1.0)
    xy = np.concatenate((begin, end, *(cut.xy for cut in cuts)))
    nodes, node = _nodes(xy)
    order = np.lexsort((share, segment))
    node, segment = node[order], segment[order]
    follows = (segment[1:] == segment[:-1]) & (node[1:] != node[:-1])
    first, second = node[:-1][follows], node[1:][follows]
    low, high = np.minimum(first, second), np.maximum(first, second)
    by_rank = np.lexsort((rank[segment[:-1][follows]], high, low))
    low, high, kept_rank = low[by_rank], high[by_rank], rank[segment[:-1][follows]][by_rank]
    is_first = np.ones(len(low), np.bool_)
    is_first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return Joined(nodes, low[is_first], high[is_first], kept_rank[is_first])


def _nodes(xy: Floats) -> tuple[Floats, Ints]:
    """The places met, by x and then by y, and for each point the place it is at. One number a place: sorting those lets
    go of the interpreter, and is ten times faster than np.unique by rows."""
    cells = np.round(xy / SAME_M).astype(np.int64)
    least = cells.min(axis=0)
    height = int(np.ptp(cells[:, 1])) + 1
    codes, node = np.unique((cells[:, 0] - least[0]) * height + (cells[:, 1] - least[1]), return_inverse=True)
    found = np.stack((codes // height, codes % height), axis=1) + least
    nodes: Floats = found * SAME_M
    return nodes, node
