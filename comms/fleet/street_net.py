"""The streets as a graph that many walkers use at once: arrays for the walking, one tree per destination for routes."""

import heapq
import itertools
from collections.abc import Iterable
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from comms.domain.position import distance_m
from comms.protocol.area import Street

TREES_KEPT = 256
"""Destinations remembered: an order to a whole town is one tree, not 1,165 searches."""
METRES_A_DEGREE = 111_195.0
CLOSED_COSTS = 25.0
"""Times as long as it is: one goes round by any way there is, and still gets to a place that lies behind the tape."""


class StreetNet:
    """Nodes are the points of the streets' lines, edges the stretches between them. Raises ValueError without any.

    `neighbours[first[i]:first[i + 1]]` are the nodes next to node i, nearest directions in the order of the file.
    """

    def __init__(self, streets: Iterable[Street]) -> None:
        index: dict[tuple[float, float], int] = {}
        edges: dict[int, list[int]] = {}
        for street in streets:
            nodes = [index.setdefault(point, len(index)) for point in street.line]
            for here, there in itertools.pairwise(nodes):
                if here != there:
                    _join(edges, here, there)
                    _join(edges, there, here)
        if not edges:
            raise ValueError("an area without streets has nowhere to walk")
        points = list(index)
        self.lat: NDArray[np.float64] = np.array([lat for lat, _ in points])
        self.lon: NDArray[np.float64] = np.array([lon for _, lon in points])
        counts = [len(edges.get(node, ())) for node in range(len(points))]
        self.first: NDArray[np.int64] = np.concatenate(([0], np.cumsum(counts)))
        self.neighbours: NDArray[np.int64] = np.array(
            [there for node in range(len(points)) for there in edges.get(node, ())], dtype=np.int64
        )
        self._lengths = [[self._length_m(node, there) for there in edges.get(node, ())] for node in range(len(points))]
        self._edges = [tuple(edges.get(node, ())) for node in range(len(points))]
        self._closures: dict[str, NDArray[np.int64]] = {}
        self._closed: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        """Stretches as here * len + there, sorted, both ways."""
        self.toward = lru_cache(maxsize=TREES_KEPT)(self._tree)
        """`toward(destination)`: for each node the next one on the shortest way there; itself where it ends, -1 where
        there is no way."""

    def __len__(self) -> int:
        return len(self.lat)

    def _length_m(self, here: int, there: int) -> float:
        return distance_m(
            lat_a=float(self.lat[here]),
            lon_a=float(self.lon[here]),
            lat_b=float(self.lat[there]),
            lon_b=float(self.lon[there]),
        )

    def close(self, closure_id: str, *, lat: float, lon: float, radius_m: float) -> None:
        """Stretches that touch the circle are closed until `reopen`."""
        here = np.repeat(np.arange(len(self)), np.diff(self.first))
        there = self.neighbours
        east_m = METRES_A_DEGREE * np.cos(np.radians(lat))
        x, y = (self.lon - lon) * east_m, (self.lat - lat) * METRES_A_DEGREE
        along_x, along_y = x[there] - x[here], y[there] - y[here]
        length = np.maximum(along_x**2 + along_y**2, 1e-9)
        share = np.clip(-(x[here] * along_x + y[here] * along_y) / length, 0.0, 1.0)
        is_near = np.hypot(x[here] + share * along_x, y[here] + share * along_y) <= radius_m
        self._closures[closure_id] = here[is_near] * len(self) + there[is_near]
        self._gather()

    def reopen(self, closure_id: str) -> None:
        """Of what is not closed: nothing."""
        if self._closures.pop(closure_id, None) is not None:
            self._gather()

    def _gather(self) -> None:
        parts = [np.zeros(0, dtype=np.int64), *self._closures.values()]
        self._closed = np.unique(np.concatenate(parts))
        self.toward.cache_clear()

    @property
    def is_any_closed(self) -> bool:
        return len(self._closed) > 0

    def are_closed(self, here: NDArray[np.int64], there: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of pairs of nodes next to each other."""
        return np.isin(here * len(self) + there, self._closed)

    def nearest(self, *, lat: float, lon: float) -> int:
        """The node closest to a point."""
        east = (self.lon - lon) * np.cos(np.radians(lat))
        return int(np.argmin(east**2 + (self.lat - lat) ** 2))

    def lengths_m(self, here: NDArray[np.int64], there: NDArray[np.int64]) -> NDArray[np.float64]:
        """Straight distances between pairs of nodes, in metres; good to 0.1 % over a block."""
        mean_lat = np.radians((self.lat[here] + self.lat[there]) / 2)
        east = (self.lon[there] - self.lon[here]) * np.cos(mean_lat)
        return np.asarray(np.hypot(east, self.lat[there] - self.lat[here]) * METRES_A_DEGREE)

    def route(self, start: int, destination: int) -> list[int] | None:
        """The nodes of the shortest way, both ends included, or None when there is none."""
        tree = self.toward(destination)
        nodes = [start]
        while nodes[-1] != destination:
            following = int(tree[nodes[-1]])
            if following < 0:
                return None
            nodes.append(following)
        return nodes

    def _tree(self, destination: int) -> NDArray[np.int64]:
        """Dijkstra from the destination: streets are as long one way as the other."""
        closed = frozenset(self._closed.tolist())
        count = len(self)
        best = [inf] * len(self)
        tree = np.full(len(self), -1, dtype=np.int64)
        best[destination] = 0.0
        tree[destination] = destination
        front = [(0.0, destination)]
        while front:
            length_m, node = heapq.heappop(front)
            if length_m > best[node]:
                continue
            for there, step_m in zip(self._edges[node], self._lengths[node], strict=True):
                if closed and node * count + there in closed:
                    step_m *= CLOSED_COSTS
                if length_m + step_m < best[there]:
                    best[there] = length_m + step_m
                    tree[there] = node
                    heapq.heappush(front, (best[there], there))
        return tree


def _join(edges: dict[int, list[int]], here: int, there: int) -> None:
    known = edges.setdefault(here, [])
    if there not in known:
        known.append(there)
