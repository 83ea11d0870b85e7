"""What the officer is drawing at the moment: shapes under way, in pixels or on the ground."""

from dataclasses import dataclass, replace
from math import cos, radians

from comms.domain.position import EARTH_RADIUS_M, distance_m

Point = tuple[float, float]
"""A pixel."""
Place = tuple[float, float]
"""Latitude and longitude."""


@dataclass(frozen=True, slots=True)
class Pan:
    pressed: Point
    at: Point
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between two pixels."""

    first: Point
    second: Point


@dataclass(frozen=True, slots=True)
class Span:
    """From a place (degrees) to another: the radius of a circle, or a measured line."""

    lat: float
    lon: float
    end_lat: float
    end_lon: float
    is_circle: bool

    @property
    def length_m(self) -> float:
        return distance_m(lat_a=self.lat, lon_a=self.lon, lat_b=self.end_lat, lon_b=self.end_lon)


@dataclass(frozen=True, slots=True)
class Path:
    """A line corner by corner, or (`is_ring`) an outline. `cursor` is where the next corner would be."""

    corners: tuple[Place, ...]
    cursor: Place | None = None
    is_ring: bool = False

    @property
    def shown(self) -> tuple[Place, ...]:
        """With the corner under way."""
        is_new = self.cursor is not None and (not self.corners or self.cursor != self.corners[-1])
        return (*self.corners, self.cursor) if is_new and self.cursor is not None else self.corners

    @property
    def is_whole(self) -> bool:
        return len(self.corners) >= (3 if self.is_ring else 2)

    @property
    def length_m(self) -> float:
        """Of the line; of a ring, all around."""
        places = self.shown
        ends = (*places[1:], places[0]) if self.is_ring and len(places) > 2 else places[1:]
        return sum(
            distance_m(lat_a=a[0], lon_a=a[1], lat_b=b[0], lon_b=b[1]) for a, b in zip(places, ends, strict=False)
        )

    @property
    def area_m2(self) -> float:
        """On a plane that touches the globe at the first corner: right to 0.1 % up to the size of a city."""
        places = self.shown
        if len(places) < 3:
            return 0.0
        lat, lon = places[0]
        east = radians(1) * EARTH_RADIUS_M * cos(radians(sum(place[0] for place in places) / len(places)))
        north = radians(1) * EARTH_RADIUS_M
        flat = [((place[1] - lon) * east, (place[0] - lat) * north) for place in places]
        twice = sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(flat, (*flat[1:], flat[0]), strict=True))
        return abs(twice) / 2

    def with_corner(self, place: Place) -> "Path":
        return replace(self, corners=(*self.corners, place), cursor=place)


Drag = Pan | Box | Span | Path
