"""Photos of drawn scenes, circles on the map, and how long words take to say."""

from math import cos, radians, sin, tau

from comms.domain.inject import Scene
from comms.domain.order import Place
from comms.fleet.canvas import as_rgb
from comms.fleet.lettering import png
from comms.fleet.scenery import Scenery
from comms.fleet.street_net import METRES_A_DEGREE

_CHARACTERS_A_SECOND = 4.0
_SHORTEST_S, _LONGEST_S = 2.0, 30.0
_CORNERS = 16


PHOTO_AGE_S = 45.0
"""A photo is of a scene that has gone on for a while."""


def scene_photo(scene: Scene, now: float, *, label: str, seed: int = 0) -> bytes:
    """A PNG of what a camera would film there, with DRILL, who took it and when burnt in."""
    return png(as_rgb(Scenery(scene, label=label, seed=seed, began_at=now - PHOTO_AGE_S).picture(now)))


def spoken_s(text: str) -> float:
    """How long it takes to say."""
    return min(_LONGEST_S, max(_SHORTEST_S, len(text) / _CHARACTERS_A_SECOND))


def ring(place: Place, radius_m: float) -> tuple[tuple[float, float], ...]:
    """A circle on the map as corners (lat, lon)."""
    north = radius_m / METRES_A_DEGREE
    east = north / cos(radians(place.lat))
    turns = (tau * corner / _CORNERS for corner in range(_CORNERS))
    return tuple((round(place.lat + north * cos(turn), 7), round(place.lon + east * sin(turn), 7)) for turn in turns)
