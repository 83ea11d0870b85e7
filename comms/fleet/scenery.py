"""What simulated cameras film in a drill: drawn scenes that move and grow worse, with who, when and DRILL burnt in."""

from collections.abc import Callable
from math import sin, tau

import numpy as np

from comms.domain.inject import Scene
from comms.fleet.camera import time_text
from comms.fleet.canvas import HEIGHT, WIDTH, Canvas, Colour, Mask, clouds, colour, rolled
from comms.fleet.lettering import burn_tall, is_known
from comms.media.picture import VideoPicture

DRILL_WORDS = "演练 DRILL"
GROWS_FOR_S = 120.0
"""Until water, fire or crowd is at its worst."""
DRAWN_HZ = 7.5
"""Every other picture of a camera: drawing costs more than encoding."""
_GREY, _DARK, _WHITE = colour(120, 120, 118), colour(45, 45, 48), colour(235, 235, 230)
_COATS = tuple(
    colour(*rgb)
    for rgb in (
        (170, 50, 50),
        (50, 80, 150),
        (60, 110, 70),
        (200, 160, 60),
        (90, 60, 110),
        (70, 70, 75),
        (210, 205, 200),
    )
)

Draw = Callable[[Canvas, float, float], None]
"""Onto the background, at so many seconds since it began, and how bad it is (0 to 1)."""


class Scenery:
    """One camera at one place. `picture(now)` by the drill's clock, Unix seconds; the same seed shows the same."""

    def __init__(self, scene: Scene, *, label: str, seed: int, began_at: float) -> None:
        self.scene = scene
        self._label = label
        self._began_at = began_at
        self._seed = seed
        self._set: tuple[Canvas, Draw] | None = None
        """Put up when it is first filmed: some 30 ms, which are not the loop's."""
        self._drawn: tuple[int, Canvas] | None = None

    def picture(self, now: float) -> VideoPicture:
        """Its time is new each time, what it shows as often as DRAWN_HZ."""
        age_s = max(0.0, now - self._began_at)
        turn = int(age_s * DRAWN_HZ)
        if self._set is None:
            dice = np.random.Generator(np.random.PCG64([self._seed, list(Scene).index(self.scene)]))
            self._set = _SCENES[self.scene](dice)
        if self._drawn is None or self._drawn[0] != turn:
            background, draw = self._set
            fresh = background.copy()
            draw(fresh, turn / DRAWN_HZ, min(1.0, turn / DRAWN_HZ / GROWS_FOR_S))
            self._drawn = (turn, fresh)
        canvas = self._drawn[1].copy()
        for text, top in ((DRILL_WORDS, 8), (f"{self._label}  {time_text(now)}", HEIGHT - 28)):
            rows, columns = burn_tall(canvas.y, text, top=top, left=8, size=2 if top == 8 else 1)
            half = (slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2))
            canvas.u[half] = canvas.v[half] = 128
        return canvas.picture()


def label_of(name: str, unit_id: str) -> str:
    """Who films: his name where the letters are known, else his id."""
    return name if is_known(name) else unit_id


# --- backgrounds ----------------------------------------------------------------------------------------------


def _street(dice: np.random.Generator, *, sky: tuple[Colour, Colour], walls: tuple[int, int]) -> Canvas:
    """Houses with windows, a pavement and a road."""
    canvas = Canvas.blank(_GREY)
    canvas.shade(0, 150, *sky)
    left = -20
    while left < WIDTH:
        width, top = int(dice.integers(90, 170)), int(dice.integers(30, 90))
        level = int(dice.integers(*walls))
        canvas.fill(top, left, 220, left + width, colour(level, level - 8, level - 20))
        for row in range(top + 12, 196, 34):
            for column in range(left + 12, left + width - 22, 32):
                lit = colour(240, 215, 140) if dice.random() < 0.2 else colour(60, 70, 82)
                canvas.fill(row, column, row + 20, column + 18, lit)
        left += width + 2
    canvas.fill(220, 0, 252, WIDTH, colour(140, 136, 128))
    canvas.shade(252, HEIGHT, colour(88, 88, 90), colour(66, 66, 70))
    for number in range(8):
        canvas.fill(304, number * 90, 310, number * 90 + 46, _WHITE)
    return canvas


_DAY = (colour(150, 185, 225), colour(215, 225, 230))
_GLOOM = (colour(95, 102, 110), colour(140, 145, 150))
_NIGHT = (colour(18, 20, 34), colour(48, 44, 56))


class _Walkers:
    """People who go to and fro; of a crowd they sway where they stand."""

    def __init__(self, dice: np.random.Generator, count: int, *, rows: tuple[int, int], is_dense: bool = False) -> None:
        self._foot = np.sort(dice.integers(*rows, count))
        self._start = dice.uniform(0, WIDTH, count)
        self._pace = dice.uniform(-22, 22, count) * (0.15 if is_dense else 1.0)
        self._coats = dice.integers(len(_COATS), size=count)
        self._order = dice.permutation(count)
        self._top = rows[0]

    def draw(self, canvas: Canvas, age_s: float, share: float = 1.0) -> None:
        """So much of them are there."""
        shown = self._order < share * len(self._order)
        step = int(age_s * 4) % 2 * 2 - 1
        for number in np.flatnonzero(shown):
            foot = int(self._foot[number])
            middle = int((self._start[number] + self._pace[number] * age_s) % (WIDTH + 40)) - 20
            size = 22 + (foot - self._top) // 3
            canvas.person(foot, middle, size, _COATS[self._coats[number]], _DARK, step=step if number % 2 else -step)


def _plume(tile: Mask, thick: float) -> Mask:
    """Noise as a column that widens upwards."""
    height, width = tile.shape
    rows = np.linspace(1.0, 0.0, height, dtype=np.float32)[:, None]
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :]
    shape = np.clip(1.4 - across / (0.25 + 0.75 * rows), 0, 1)
    return np.asarray(np.clip((tile - 0.25) * 1.6, 0, 1) * shape * np.float32(thick), np.float32)


# --- scenes ----------------------------------------------------------------------------------------------------


def _of_street(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    people = _Walkers(dice, 9, rows=(236, 262))
    paint = _COATS[int(dice.integers(len(_COATS)))]

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        people.draw(canvas, age_s)
        _car(canvas, int(age_s * 60 % 900) - 160, paint)

    return _street(dice, sky=_DAY, walls=(150, 200)), draw


def _car(canvas: Canvas, left: int, paint: Colour) -> None:
    canvas.fill(284, left, 316, left + 120, paint)
    canvas.fill(264, left + 22, 286, left + 96, colour(70, 85, 100))
    for wheel in (left + 16, left + 84):
        canvas.fill(308, wheel, 326, wheel + 20, _DARK)


def _of_flood(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """Water rises from the kerb to the sills, in rain."""
    waves, ripples = clouds(dice, 180, WIDTH, size_px=26), clouds(dice, 180, WIDTH, size_px=6)
    rain = [(int(row), int(column)) for row, column in dice.integers((0, 0), (HEIGHT, WIDTH), (70, 2))]
    people = _Walkers(dice, 4, rows=(250, 268))

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        canvas.fill(268, 420, 316, 540, colour(150, 40, 45))
        canvas.fill(246, 442, 270, 516, colour(70, 85, 100))
        people.draw(canvas, age_s * 0.3)
        level = (int(312 - 56 * worst) // 2) * 2
        depth = HEIGHT - level
        drift = int(age_s * 24)
        canvas.fill(level, 0, HEIGHT, WIDTH, colour(116, 98, 70))
        canvas.veil(level, 0, 0.55 * rolled(waves, drift // 5, drift)[:depth], colour(78, 64, 46))
        canvas.veil(level, 0, 0.35 * rolled(ripples, -drift // 7, drift * 2)[:depth], colour(190, 180, 160))
        for number in range(5):
            at = int((number * 149 + age_s * 24) % (WIDTH + 60)) - 40
            canvas.fill(level + 8 + number * 9, at, level + 14 + number * 9, at + 26, colour(150, 130, 100))
        for row, column in rain:
            top = int(row + age_s * 620) % HEIGHT
            canvas.y[top : top + 16, (column - top // 12) % WIDTH] = 190

    return _street(dice, sky=_GLOOM, walls=(110, 150)), draw


def _of_fire(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """Out of windows on the third floor, at night; smoke above."""
    flames, smoke = clouds(dice, 160, 200, size_px=15), clouds(dice, 140, 320, size_px=30)
    people = _Walkers(dice, 7, rows=(250, 300))

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        flicker = 0.85 + 0.15 * sin(age_s * 17) * sin(age_s * 7.3)
        canvas.veil(0, 140, _plume(rolled(smoke, -int(age_s * 46), int(age_s * 9)), 0.9), colour(58, 54, 56))
        tongue = _plume(rolled(flames, -int(age_s * 120), int(age_s * 8)), (0.6 + 0.8 * worst) * flicker)
        for left in (200, 250) if worst < 0.5 else (200, 250, 310):
            wild = rolled(tongue, (left * 7) % 23 - 11, (left * 3) % 17 - 8)[:, 40:140]
            hot = np.clip(wild * 1.4 - (1 - np.linspace(0.25, 1.0, 160, dtype=np.float32))[:, None], 0, 1)
            canvas.veil(20, left, np.minimum(1, hot * 1.7), colour(255, 110, 20))
            canvas.veil(20, left, np.clip(hot * 2.4 - 1.0, 0, 1), colour(255, 235, 150))
        glow = np.float32(0.16 * flicker * (0.4 + worst))
        canvas.veil(220, 0, np.full((140, WIDTH), glow, np.float32), colour(255, 140, 60))
        people.draw(canvas, age_s)

    background = _street(dice, sky=_NIGHT, walls=(60, 90))
    background.fill(24, 150, 220, 410, colour(88, 78, 72))
    for row in range(40, 190, 50):
        for column in range(170, 390, 50):
            background.fill(row, column, row + 30, column + 32, colour(26, 26, 32))
    return background, draw


def _of_smoke(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    smoke = clouds(dice, 220, 440, size_px=34)
    people = _Walkers(dice, 6, rows=(250, 300))

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        people.draw(canvas, age_s)
        thick = 0.6 + 0.4 * worst
        canvas.veil(0, 100, _plume(rolled(smoke, -int(age_s * 34), int(age_s * 12)), thick), colour(88, 86, 86))
        canvas.veil(0, 160, _plume(rolled(smoke, -int(age_s * 52), -int(age_s * 7))[:, :320], thick * 0.8), _DARK)

    return _street(dice, sky=_DAY, walls=(140, 180)), draw


def _of_leak(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """A tank, its valve and gauge, and a cloud that creeps along the ground."""
    cloud = clouds(dice, 200, 480, size_px=30)
    background = Canvas.blank(_GREY)
    background.shade(0, 200, *_DAY)
    background.shade(200, HEIGHT, colour(140, 138, 130), colour(104, 102, 96))
    background.fill(70, 40, 250, 190, colour(205, 208, 210))
    background.fill(70, 40, 250, 52, colour(165, 168, 172))
    background.fill(110, 40, 128, 190, colour(200, 60, 40))
    background.fill(216, 190, 232, 420, colour(180, 170, 60))
    background.fill(232, 400, 330, 416, colour(180, 170, 60))
    background.fill(196, 276, 252, 300, colour(90, 92, 96))
    background.fill(184, 262, 194, 314, colour(190, 40, 40))
    background.fill(150, 440, 230, 520, colour(70, 74, 80))
    background.fill(156, 446, 224, 514, _WHITE)

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        turn = 0.9 - 0.7 * worst + 0.02 * sin(age_s * 11)
        for length in range(4, 30):
            row, column = 206 - int(length * np.sin(turn * np.pi)), 480 + int(length * np.cos(turn * np.pi))
            canvas.fill(row, column, row + 3, column + 3, colour(190, 30, 30))
        drift = rolled(cloud, -int(age_s * 6), int(age_s * 40))
        across = np.clip(np.linspace(0.0, 3.0, 480, dtype=np.float32), 0, 1)[None, :]
        low = np.clip(np.sin(np.linspace(0, np.pi, 200, dtype=np.float32)), 0, 1)[:, None]
        canvas.veil(140, 160, drift * across * low * np.float32(0.55 + 0.4 * worst), colour(214, 214, 120))
        gusts = 0.7 + 0.3 * rolled(cloud, 0, -int(age_s * 300))[:16, :60]
        canvas.veil(226, 300, gusts * np.linspace(0.9, 0.1, 60, dtype=np.float32)[None, :], _WHITE)

    return background, draw


def _of_crowd(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """A square before a stage that fills."""
    people = _Walkers(dice, 170, rows=(196, 356), is_dense=True)
    background = _street(dice, sky=_DAY, walls=(150, 190))
    background.shade(196, HEIGHT, colour(170, 162, 150), colour(140, 132, 122))
    background.fill(110, 200, 200, 440, colour(120, 40, 50))
    background.fill(120, 214, 168, 426, colour(220, 190, 90))
    background.fill(192, 190, 208, 450, colour(90, 70, 60))

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        people.draw(canvas, age_s, 0.2 + 0.8 * worst)

    return background, draw


def _of_person(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """A child in a red coat, alone on a path in a park; beside it the notice that is put up."""
    background = Canvas.blank(colour(110, 140, 80))
    background.shade(0, 140, *_DAY)
    background.shade(140, HEIGHT, colour(120, 150, 86), colour(92, 122, 66))
    for _ in range(14):
        left, top = int(dice.integers(-20, WIDTH)), int(dice.integers(50, 110))
        background.fill(top + 50, left + 24, 168, left + 34, colour(92, 70, 50))
        background.fill(top, left, top + 64, left + 58, colour(int(dice.integers(50, 80)), 110, 60))
    background.fill(230, 0, 300, WIDTH, colour(190, 178, 156))
    background.fill(60, 430, 280, 600, _WHITE)
    background.fill(66, 436, 96, 594, colour(190, 30, 40))
    background.fill(104, 470, 214, 560, colour(200, 215, 225))
    background.person(212, 514, 96, colour(200, 40, 50), colour(50, 60, 110))
    for row in (224, 240, 256):
        background.fill(row, 450, row + 6, 580 - row % 40, _DARK)

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        middle = int(190 + 130 * sin(age_s / 9))
        canvas.person(290, middle, 74, colour(200, 40, 50), colour(50, 60, 110), step=int(age_s * 3) % 2 * 4 - 2)

    return background, draw


def _of_room(dice: np.random.Generator) -> tuple[Canvas, Draw]:
    """A rented room's kitchen: a stove, two bottles, a hose that is off, and the meter that says so."""
    haze = clouds(dice, 180, 320, size_px=22)
    background = Canvas.blank(colour(205, 200, 188))
    background.shade(270, HEIGHT, colour(150, 130, 110), colour(120, 102, 86))
    for column in range(0, WIDTH, 40):
        background.fill(60, column, 270, column + 1, colour(180, 175, 165))
    for row in range(60, 270, 40):
        background.fill(row, 0, row + 1, WIDTH, colour(180, 175, 165))
    background.fill(176, 60, 270, 330, colour(120, 124, 130))
    background.fill(168, 60, 180, 330, colour(70, 72, 76))
    for left in (100, 220):
        background.fill(160, left, 168, left + 70, _DARK)
    for left in (380, 470):
        background.fill(170, left, 310, left + 70, colour(60, 100, 150))
        background.fill(150, left + 20, 172, left + 50, colour(60, 100, 150))
        background.fill(138, left + 26, 152, left + 44, colour(150, 150, 155))
    background.fill(300, 330, 308, 420, colour(210, 120, 40))
    background.fill(70, 540, 140, 620, colour(235, 235, 225))
    background.fill(84, 550, 112, 610, _DARK)

    def draw(canvas: Canvas, age_s: float, worst: float) -> None:
        sway = int(6 * sin(age_s * tau / 3))
        canvas.fill(150, 400 + sway, 156, 446, colour(210, 120, 40))
        thin = _plume(rolled(haze, -int(age_s * 40), int(age_s * 5)), 0.3 + 0.25 * worst)
        canvas.veil(100, 300, thin, colour(235, 238, 232))
        is_on = int(age_s * 2) % 2 == 0
        canvas.fill(90, 590, 104, 604, colour(255, 40, 30) if is_on else colour(80, 20, 20))
        for bar in range(int(1 + 5 * worst)):
            canvas.fill(104 - bar * 3, 556 + bar * 5, 108, 559 + bar * 5, colour(255, 190, 40))

    return background, draw


_SCENES: dict[Scene, Callable[[np.random.Generator], tuple[Canvas, Draw]]] = {
    Scene.STREET: _of_street,
    Scene.FLOOD: _of_flood,
    Scene.FIRE: _of_fire,
    Scene.SMOKE: _of_smoke,
    Scene.LEAK: _of_leak,
    Scene.CROWD: _of_crowd,
    Scene.PERSON: _of_person,
    Scene.ROOM: _of_room,
}
