"""What stands on the ground, as columns: 130,000 cameras are three arrays, looked through in a millisecond."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from comms.domain.order import CircleTarget
from console.around.outline import Outline


class Thing(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


T = TypeVar("T", bound=Thing)


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Those of one category inside: how many, and the nearest of them with their distances in metres."""

    category: str
    count: int
    nearest: tuple[tuple[T, float], ...]


class Things(Generic[T]):
    """Made once for an area."""

    def __init__(self, things: Sequence[T]) -> None:
        self._things = things
        self.lat = np.fromiter((thing.lat for thing in things), np.float64, len(things))
        self.lon = np.fromiter((thing.lon for thing in things), np.float64, len(things))
        codes: dict[str, int] = {}
        numbers = (codes.setdefault(thing.category, len(codes)) for thing in things)
        self._code = np.fromiter(numbers, np.int32, len(things))
        self._categories = tuple(codes)

    def __getitem__(self, row: int) -> T:
        return self._things[row]

    def nearest(self, *, lat: float, lon: float, within_m: float, count: int) -> list[tuple[T, float]]:
        """The nearest so many of any category with their distances in metres, the nearest first."""
        outline = Outline(CircleTarget(lat=lat, lon=lon, radius_m=within_m))
        rows = outline.inside(self.lat, self.lon)
        metres = outline.distances_m(self.lat[rows], self.lon[rows])
        order = np.argsort(metres, kind="stable")[:count]
        return [(self._things[int(rows[at])], float(metres[at])) for at in order]

    def groups(self, outline: Outline, *, nearest: int) -> tuple[Group[T], ...]:
        """By category, the largest first; of each the `nearest` so many by name."""
        rows = outline.inside(self.lat, self.lon)
        metres = outline.distances_m(self.lat[rows], self.lon[rows])
        order = np.argsort(metres, kind="stable")
        rows, metres, codes = rows[order], metres[order], self._code[rows[order]]
        found = []
        for code in np.flatnonzero(np.bincount(codes, minlength=1)):
            own = np.flatnonzero(codes == code)
            some = tuple((self._things[int(rows[at])], float(metres[at])) for at in own[:nearest])
            found.append(Group(self._categories[code], len(own), some))
        return tuple(sorted(found, key=_by_size))


def _by_size(group: Group[T]) -> tuple[int, str]:
    return -group.count, group.category
