"""What a simulated camera sees: a drawn scene with its mark, its time and who took it. How long words take to say."""

from math import cos, radians, sin, tau

import numpy as np

from comms.domain.inject import Scene
from comms.domain.order import Place
from comms.fleet.camera import time_text
from comms.fleet.lettering import burn, png
from comms.fleet.street_net import METRES_A_DEGREE

_HEIGHT, _WIDTH = 240, 320
_LOOKS: dict[Scene, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]] = {
    Scene.STREET: ((150, 180, 210), (110, 108, 104), (190, 170, 140)),
    Scene.FLOOD: ((120, 130, 140), (96, 84, 60), (120, 110, 84)),
    Scene.FIRE: ((60, 50, 56), (90, 60, 50), (240, 130, 30)),
    Scene.SMOKE: ((120, 120, 120), (90, 90, 90), (60, 60, 60)),
    Scene.LEAK: ((150, 170, 160), (120, 120, 110), (210, 220, 120)),
    Scene.CROWD: ((150, 170, 200), (130, 124, 116), (70, 70, 90)),
    Scene.PERSON: ((160, 190, 210), (120, 130, 100), (200, 90, 80)),
    Scene.ROOM: ((200, 196, 186), (140, 120, 100), (150, 100, 70)),
}
"""Above, below, and what stands there."""
_CHARACTERS_A_SECOND = 4.0
_SHORTEST_S, _LONGEST_S = 2.0, 30.0
_CORNERS = 16


def scene_photo(scene: Scene, now: float, *, label: str) -> bytes:
    """A PNG on which DRILL, who took it and when are burnt in."""
    above, below, there = (np.array(colour, dtype=np.uint8) for colour in _LOOKS[scene])
    image = np.empty((_HEIGHT, _WIDTH, 3), dtype=np.uint8)
    image[:150], image[150:] = above, below
    count = 24 if scene is Scene.CROWD else 3
    for number in range(count):
        left = 20 + (number * 67) % (_WIDTH - 60)
        top = 90 + (number * 29) % 80
        image[top : top + 60, left : left + (12 if count > 3 else 48)] = there
    for channel in range(3):
        plane = image[:, :, channel]
        burn(plane, "DRILL", top=6, left=6, size=4)
        burn(plane, label, top=40, left=6, size=2)
        burn(plane, time_text(now), top=_HEIGHT - 20, left=6, size=2)
    return png(image)


def spoken_s(text: str) -> float:
    """How long it takes to say."""
    return min(_LONGEST_S, max(_SHORTEST_S, len(text) / _CHARACTERS_A_SECOND))


def ring(place: Place, radius_m: float) -> tuple[tuple[float, float], ...]:
    """A circle on the map as corners (lat, lon)."""
    north = radius_m / METRES_A_DEGREE
    east = north / cos(radians(place.lat))
    turns = (tau * corner / _CORNERS for corner in range(_CORNERS))
    return tuple((round(place.lat + north * cos(turn), 7), round(place.lon + east * sin(turn), 7)) for turn in turns)
