"""The streets as a graph that can be routed on: joined where they meet or cross, with a speed for each way to travel.

scipy finds the shortest ways, shapely where streets cross; what is kept are arrays. Local metres, x east and y north
of the middle of the streets: good to 0.1 % over a city. scipy is loaded with the first graph, on the thread that makes
it: half a second that no start should wait for, and 24 MB.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.pause import never
from comms.domain.street_joints import Joined, join

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METRES_A_DEGREE = 111_195.0
NEAR_STREET_M = 400.0
"""A place farther than this from every street is not reached by street."""


class Travel(StrEnum):
    ON_FOOT = "on_foot"
    E_BIKE = "e_bike"


SPEED_MPS: dict[Travel, tuple[float, ...]] = {
    Travel.ON_FOOT: (1.3, 1.3, 1.3),
    Travel.E_BIKE: (6.9, 5.5, 3.5),
}
"""By rank of street: main road, street, lane. 6.9 m/s is the 25 km/h an e-bike may go; lanes are crowded."""
OFF_STREET_MPS = 1.3
"""From the street to the place itself one walks."""


def fastest_mps(travel: Travel) -> float:
    return max(SPEED_MPS[travel])


class Way(Protocol):
    """A street's centre line: points (lat, lon); `rank` 0 is a main road, 1 a street, 2 a lane."""

    @property
    def rank(self) -> int: ...
    @property
    def line(self) -> Sequence[tuple[float, float]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """Where places stand on the net, one entry a place: on edge `edge`, `share` of its length from its first node,
    `away_m` beside it. `is_near` is False for a place too far from every street."""

    edge: Ints
    share: Floats
    away_m: Floats
    is_near: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The quickest ways from one place to every node: `seconds` to it, infinite where no way leads, and the node
    `before` it, negative where there is none. The last entry is the place itself."""

    travel: Travel
    footing: Footing
    seconds: Floats
    before: Ints


class StreetGraph:
    """Undirected: streets are as long one way as the other. Raises ValueError without a street.

    `node_lat`, `node_lon` in degrees; edge i joins nodes `first[i]` and `second[i]` over `length_m[i]`. `pause` is
    called before each step that keeps the interpreter for some 10 ms in a city.
    """

    def __init__(self, ways: Iterable[Way], pause: Callable[[], None] = never) -> None:
        lines = [(np.asarray(way.line, np.float64), way.rank) for way in ways if len(way.line) > 1]
        if not lines:
            raise ValueError("no streets to route on")
        points = np.concatenate([line for line, _ in lines])
        self._origin = (float(points[:, 0].mean()), float(points[:, 1].mean()))
        self._east_m = METRES_A_DEGREE * float(np.cos(np.radians(self._origin[0])))
        joined = join([(self._metres(line[:, 0], line[:, 1]), rank) for line, rank in lines], pause)
        self._take(joined, pause)

    def _take(self, joined: Joined, pause: Callable[[], None]) -> None:
        pause()
        from scipy.sparse import csr_array

        pause()
        from scipy.sparse.csgraph import dijkstra

        self._csr_array, self._dijkstra = csr_array, dijkstra
        xy = joined.nodes
        self.node_lat: Floats = self._origin[0] + xy[:, 1] / METRES_A_DEGREE
        self.node_lon: Floats = self._origin[1] + xy[:, 0] / self._east_m
        self.first, self.second, self.rank = joined.first, joined.second, joined.rank
        self._starts, self._spans = xy[self.first], xy[self.second] - xy[self.first]
        self.length_m: Floats = np.hypot(self._spans[:, 0], self._spans[:, 1])
        ends = np.stack((self._starts, xy[self.second]), axis=1)
        pause()
        lines = shapely.linestrings(ends)
        pause()
        self._tree = shapely.STRtree(lines)
        pause()
        self._seconds = {travel: self.length_m / self._speeds(travel) for travel in Travel}
        self._matrices = {travel: self._matrix(seconds) for travel, seconds in self._seconds.items()}

    def __len__(self) -> int:
        return len(self.node_lat)

    def _speeds(self, travel: Travel) -> Floats:
        speeds = np.array(SPEED_MPS[travel])
        return speeds[np.clip(self.rank, 0, len(speeds) - 1)]

    def _metres(self, lat: Floats, lon: Floats) -> Floats:
        """Local coordinates, shape (n, 2)."""
        return np.stack(((lon - self._origin[1]) * self._east_m, (lat - self._origin[0]) * METRES_A_DEGREE), axis=-1)

    def _matrix(self, seconds: Floats) -> "csr_array":
        """Both directions of every edge, and a last row in which a place is put when ways are looked for."""
        size = len(self) + 1
        rows, columns = np.concatenate((self.first, self.second)), np.concatenate((self.second, self.first))
        return self._csr_array((np.concatenate((seconds, seconds)), (rows, columns)), shape=(size, size))

    # --- places -------------------------------------------------------------------------------------------

    def footing(self, lat: Floats | Sequence[float], lon: Floats | Sequence[float]) -> Footing:
        """The point of the net nearest to each place."""
        xy = self._metres(np.asarray(lat, np.float64), np.asarray(lon, np.float64))
        edge = np.full(len(xy), -1, np.int64)
        found = self._tree.query_nearest(
            shapely.points(xy), max_distance=NEAR_STREET_M, all_matches=False, return_distance=False
        )
        edge[found[0]] = found[1]
        is_near = edge >= 0
        on = np.where(is_near, edge, 0)
        beyond = xy - self._starts[on]
        along = (beyond * self._spans[on]).sum(axis=1) / self.length_m[on] ** 2
        share = np.clip(along, 0.0, 1.0)
        aside = beyond - share[:, None] * self._spans[on]
        return Footing(edge, share, np.hypot(aside[:, 0], aside[:, 1]), is_near)

    # --- ways ---------------------------------------------------------------------------------------------

    def reach(self, *, lat: float, lon: float, travel: Travel) -> Reach | None:
        """Quickest ways from a place to every node, by one search; None when the place is far from every street."""
        footing = self.footing([lat], [lon])
        if not footing.is_near[0]:
            return None
        edge, share = int(footing.edge[0]), float(footing.share[0])
        along = float(self._seconds[travel][edge])
        matrix = self._placed(self._matrices[travel], edge, max(share * along, 1e-9), max((1 - share) * along, 1e-9))
        seconds, before = self._dijkstra(matrix, directed=True, indices=len(self), return_predecessors=True)
        return Reach(travel, footing, seconds, before)

    def _placed(self, matrix: "csr_array", edge: int, to_first: float, to_second: float) -> "csr_array":
        """The matrix with a place on an edge: its row leads to the edge's two nodes."""
        indices = np.append(matrix.indices, (self.first[edge], self.second[edge]))
        bounds = matrix.indptr.copy()
        bounds[-1] += 2
        return self._csr_array((np.append(matrix.data, (to_first, to_second)), indices, bounds), shape=matrix.shape)

    def seconds_to(self, reach: Reach, there: Footing) -> Floats:
        """Time from the place to others, the steps beside the street included; infinite where no way leads."""
        along = self._seconds[reach.travel][there.edge]
        by_first = reach.seconds[self.first[there.edge]] + there.share * along
        by_second = reach.seconds[self.second[there.edge]] + (1 - there.share) * along
        is_same = there.edge == reach.footing.edge[0]
        straight = np.where(is_same, np.abs(there.share - reach.footing.share[0]) * along, np.inf)
        beside = (there.away_m + reach.footing.away_m[0]) / OFF_STREET_MPS
        return np.where(there.is_near, np.minimum(np.minimum(by_first, by_second), straight) + beside, np.inf)

    def path_to(self, reach: Reach, there: Footing, index: int) -> tuple[list[tuple[float, float]], float]:
        """The way from one of the others to the place, points (lat, lon) on the street, and its length in metres
        with the steps beside it. Only where `seconds_to` is finite."""
        edge, share = int(there.edge[index]), float(there.share[index])
        along = float(self._seconds[reach.travel][edge])
        first, second = int(self.first[edge]), int(self.second[edge])
        is_same = edge == int(reach.footing.edge[0])
        by_first = float(reach.seconds[first]) + share * along
        by_second = float(reach.seconds[second]) + (1 - share) * along
        nodes: list[int] = []
        if not is_same or abs(share - reach.footing.share[0]) * along > min(by_first, by_second):
            node = first if by_first <= by_second else second
            while node != len(self):
                nodes.append(node)
                node = int(reach.before[node])
        here = self._on_edge(int(reach.footing.edge[0]), float(reach.footing.share[0]))
        points = np.concatenate((self._on_edge(edge, share), self._nodes_xy(nodes), here))
        length_m = float(np.hypot(*np.diff(points, axis=0).T).sum())
        beside_m = float(there.away_m[index] + reach.footing.away_m[0])
        return self._places(points), length_m + beside_m

    def _nodes_xy(self, nodes: list[int]) -> Floats:
        return self._metres(self.node_lat[nodes], self.node_lon[nodes]).reshape(-1, 2)

    def _on_edge(self, edge: int, share: float) -> Floats:
        point: Floats = self._starts[edge] + share * self._spans[edge]
        return point.reshape(1, 2)

    def _places(self, xy: Floats) -> list[tuple[float, float]]:
        lat = self._origin[0] + xy[:, 1] / METRES_A_DEGREE
        lon = self._origin[1] + xy[:, 0] / self._east_m
        return list(zip(lat.tolist(), lon.tolist(), strict=True))
