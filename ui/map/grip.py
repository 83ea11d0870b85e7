"""What of a mark can be taken hold of, and what the mark is after a pull. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import msgspec

from comms.domain.mark import LEAST_POINTS, MOST_POINTS, Mark, MarkKind
from ui.map.projection import place_of, world_of

Place = tuple[float, float]
"""Latitude and longitude."""


class Part(StrEnum):
    WHOLE = "whole"
    CORNER = "corner"
    MIDDLE = "middle"
    """Of a side: pulled, it becomes a corner."""


@dataclass(frozen=True, slots=True)
class Grip:
    """`number` counts corners from 0; a middle has that of the corner before it."""

    part: Part = Part.WHOLE
    number: int = 0


WHOLE = Grip()


def corners(mark: Mark) -> list[tuple[Grip, Place]]:
    """None of a point or text, which has no shape of its own."""
    if mark.kind in (MarkKind.POINT, MarkKind.TEXT):
        return []
    return [(Grip(Part.CORNER, number), place) for number, place in enumerate(mark.points)]


def middles(mark: Mark) -> list[tuple[Grip, Place]]:
    """Of the sides, while another corner may be added."""
    if not corners(mark) or len(mark.points) >= MOST_POINTS:
        return []
    ring = (*mark.points, mark.points[0]) if mark.kind is MarkKind.AREA else mark.points
    return [(Grip(Part.MIDDLE, number), _middle(*side)) for number, side in enumerate(pairwise(ring))]


def pulled(mark: Mark, grip: Grip, dx: float, dy: float) -> tuple[Mark, Grip]:
    """Moved by world units. A middle is a corner from then on."""
    match grip.part:
        case Part.WHOLE:
            return _with(mark, tuple(_shifted(place, dx, dy) for place in mark.points)), grip
        case Part.CORNER:
            place = _shifted(mark.points[grip.number], dx, dy)
            return _with(mark, (*mark.points[: grip.number], place, *mark.points[grip.number + 1 :])), grip
        case Part.MIDDLE:
            place = _shifted(dict(middles(mark))[grip], dx, dy)
            at = grip.number + 1
            return _with(mark, (*mark.points[:at], place, *mark.points[at:])), Grip(Part.CORNER, at)


def without(mark: Mark, grip: Grip) -> Mark | None:
    """One corner less; None when the rest would be no shape, or it is no corner that is held."""
    if grip.part is not Part.CORNER or len(mark.points) <= LEAST_POINTS[mark.kind]:
        return None
    return _with(mark, (*mark.points[: grip.number], *mark.points[grip.number + 1 :]))


def _with(mark: Mark, points: tuple[Place, ...]) -> Mark:
    return msgspec.structs.replace(mark, points=points)


def _shifted(place: Place, dx: float, dy: float) -> Place:
    x, y = world_of(lat=place[0], lon=place[1])
    return place_of(min(1.0, max(0.0, x + dx)), min(1.0, max(0.0, y + dy)))


def _middle(one: Place, other: Place) -> Place:
    (x_a, y_a), (x_b, y_b) = world_of(lat=one[0], lon=one[1]), world_of(lat=other[0], lon=other[1])
    return place_of((x_a + x_b) / 2, (y_a + y_b) / 2)
