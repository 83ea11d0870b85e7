"""What is calm on the map, as one picture drawn beside the screen's thread: the ground's tiles put together, names, and
all units with their labels; or a crowd of them as dots, and bubbles that say how many lie where.

It reaches beyond the screen. The screen blits what it has, moved or scaled to its own view, until the next picture
comes; one is drawn at a time. A pixel of it lies exactly where a tile drawn straight onto the screen would have it.
What stands out (selected, talking, in an emergency) the screen draws itself, in every frame."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from math import floor
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from console.gate import Gate
from ui.map.claims import are_same_claims
from ui.map.declutter import Rect
from ui.map.names import NamesPlan
from ui.map.stamps import Bubble, StampSheet
from ui.map.tile_set import TileSet
from ui.map.unit_columns import UnitColumns
from ui.map.unit_frame import Emphasis, UnitFrame
from ui.map.unit_labels import LabelFrame, PlacedLabel
from ui.map.view import View

MARGIN_PX = 128
"""A picture reaches so far beyond its view: a pan has something to show until the next has come."""
AGED_S = 5.0
"""Without news units are drawn anew so often, for positions grow old by themselves."""
FILLING_MS = 200
"""While tiles of the view are still to come a picture is drawn no oftener: it takes from who draws them."""
LARGEST_SCALING = 4.0
"""A picture of a view so much nearer or farther is not shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units as a picture is to show them."""

    columns: UnitColumns
    """As they were when this was wished for: `UnitColumns.still`."""
    emphasis: Emphasis
    """Who stands out has a label on the screen, and none here."""
    version: int
    """Of the positions; see `UnitColumns.version`."""
    now: float
    """Unix seconds."""
    opacity: float
    are_labelled: bool
    language: str
    kept_clear: tuple[Rect, ...]
    """Where no label may lie, in logical pixels of the view."""
    claims: tuple[Rect, ...] = ()
    """Nor there; see `ui.map.claims`."""

    def is_like(self, other: "Units") -> bool:
        """To the eye."""
        return self._looks == other._looks and self.emphasis.is_like(other.emphasis)

    @property
    def _looks(self) -> tuple[object, ...]:
        return self.version, self.now // AGED_S, self.opacity, self.are_labelled, self.language


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What a picture is to show around a view. Without tiles it is clear, to be drawn over another map."""

    view: View
    tiles: TileSet | None
    plan: NamesPlan | None
    units: Units | None

    def shows_the_same(self, other: "Wish") -> bool:
        """Wherever their views are."""
        is_ground_same = self.tiles is other.tiles and self.plan is other.plan
        if not is_ground_same or self.view.zoom != other.view.zoom:
            return False
        if self.units is None or other.units is None:
            return self.units is other.units
        return self.units.is_like(other.units) and are_same_claims(
            self.units.claims, self.view, other.units.claims, other.view
        )


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`sheet` is in device pixels; `left` and `top` are its corner's, counted from the world's at the wish's zoom."""

    wish: Wish
    generation: int
    sheet: StampSheet
    pixel_ratio: float
    left: int
    top: int
    labels: LabelFrame
    """In pixels of the wish's view, as are all places here."""
    frame: UnitFrame | None = None
    """All units of the view and its margin; None when they are not shown."""
    bubbles: tuple[Bubble, ...] = ()

    @property
    def is_opaque(self) -> bool:
        return self.wish.tiles is not None

    def bubbles_in(self, view: View) -> tuple[Bubble, ...]:
        """Where they are on a screen that has moved on."""
        places = (self._now_at(bubble.x, bubble.y, view) for bubble in self.bubbles)
        return tuple(replace(bubble, x=x, y=y) for bubble, (x, y) in zip(self.bubbles, places, strict=True))

    def labels_in(self, view: View) -> tuple[PlacedLabel, ...]:
        """As `bubbles_in`."""
        corners = (self._now_at(label.rect[0], label.rect[1], view) for label in self.labels.labels)
        anchors = (self._now_at(*label.anchor, view) for label in self.labels.labels)
        return tuple(
            replace(label, rect=(*corner, *label.rect[2:]), anchor=anchor)
            for label, corner, anchor in zip(self.labels.labels, corners, anchors, strict=True)
        )

    def _now_at(self, x: float, y: float, view: View) -> tuple[float, float]:
        first = self.wish.view
        return (x, y) if view == first else view.screen_of(*first.world_at(x, y))

    def slack_px(self, view: View) -> float:
        """How far it reaches beyond a view at the nearest side, in device pixels; negative where it does not reach."""
        if view.zoom != self.wish.view.zoom:
            return -1.0
        place, (width, height) = self.place(view), device_size(view, self.pixel_ratio)
        return min(-place.left(), -place.top(), place.right() + 1 - width, place.bottom() + 1 - height)

    def place(self, view: View) -> QRect:
        """Where it lies on the screen, in whole device pixels."""
        factor, ratio = view.scale / self.wish.view.scale, self.pixel_ratio
        width, height = self.sheet.size
        left, right = (floor(x * factor - view.left * ratio + 0.5) for x in (self.left, self.left + width))
        top, bottom = (floor(y * factor - view.top * ratio + 0.5) for y in (self.top, self.top + height))
        return QRect(left, top, right - left, bottom - top)

    def draw(self, painter: QPainter, view: View) -> list[QRect]:
        """Draws it, and returns what of the screen it left, in device pixels; so must the painter's be."""
        screen = QRect(0, 0, *device_size(view, self.pixel_ratio))
        factor = view.scale / self.wish.view.scale
        if not 1 / LARGEST_SCALING <= factor <= LARGEST_SCALING:
            return [screen]
        place, image = self.place(view), self.sheet.opaque if self.is_opaque else self.sheet.clear
        if factor == 1.0:
            painter.drawImage(QPointF(place.topLeft()), image)
        else:
            painter.drawImage(place, image)
        return _around(screen, place)


class Painter(Protocol):
    """Draws pictures, on the worker."""

    def picture(self, wish: Wish, generation: int) -> Picture: ...


def _around(screen: QRect, place: QRect) -> list[QRect]:
    """What of the screen lies outside: above, below, left and right."""
    inside = screen.intersected(place)
    if inside.isEmpty():
        return [screen]
    width, height = screen.width(), inside.height()
    parts = (
        QRect(0, 0, width, inside.top()),
        QRect(0, inside.bottom() + 1, width, screen.height() - inside.bottom() - 1),
        QRect(0, inside.top(), inside.left(), height),
        QRect(inside.right() + 1, inside.top(), width - inside.right() - 1, height),
    )
    return [part for part in parts if not part.isEmpty()]


def device_size(view: View, pixel_ratio: float) -> tuple[int, int]:
    return round(view.width * pixel_ratio), round(view.height * pixel_ratio)


def _draw(gate: Gate, painter: Painter, wish: Wish, generation: int, tell: Callable[[Picture | None], None]) -> None:
    """Tells in any case, or no other picture would ever be asked for."""
    picture = None
    try:
        with gate.drawing, gate.picturing:
            picture = painter.picture(wish, generation)
    finally:
        tell(picture)


class _Worker:
    """One thread, started by the first job. Holds nothing of the map."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, job: Callable[[], None]) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="map-backdrop")
        self._pool.submit(job).add_done_callback(_tell_failure)

    def stop(self, *_: object) -> None:
        """Returns when the picture in hand is done, some hundredths of a second at most."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()


def _tell_failure(done: Future[None]) -> None:
    """Raises what the job raised, which is then logged: nobody asks for its result."""
    done.result()


class _Handover(QObject):
    """Carries pictures to the UI thread. Nobody's child: it lives as long as the worker may emit."""

    drawn = Signal(object)


class Backdrop(QObject):
    """The newest picture, and the wish for the next. `arrived` says that a repaint shows more."""

    arrived = Signal()

    def __init__(self, gate: Gate, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gate = gate
        self._painter: Painter | None = None
        self._generation = 0
        self._wish: Wish | None = None
        self._is_drawing = False
        self._since_asked = QElapsedTimer()
        self._worker = _Worker()
        self._handover = _Handover()
        self._handover.drawn.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._worker.stop)
        self.picture: Picture | None = None

    def begin(self, painter: Painter) -> None:
        """Draw in another style from now on; the last picture stays until its successor has come."""
        self._painter = painter
        self._generation += 1

    @property
    def is_complete(self) -> bool:
        """The newest picture shows what was wanted last, and all of the view."""
        return self._wish is None or self._slack_px(self._wish) >= 0

    def shows_all_of(self, view: View) -> bool:
        """On the ground: no part of it is missing, or stood in for."""
        picture = self.picture
        if picture is None or picture.wish.tiles is None or picture.slack_px(view) < 0:
            return False
        return picture.wish.tiles.is_whole(view)

    def want(self, wish: Wish) -> None:
        """The worker is asked for what the picture lacks, or will when the view moves on."""
        self._wish = wish
        if not self._is_drawing and self._slack_px(wish) < MARGIN_PX / 2 and not self._may_wait(wish):
            self._ask(wish)

    def draw(self, painter: QPainter, view: View, pixel_ratio: float) -> list[QRectF]:
        """Draws the picture there is, and returns what of the view it left, in logical pixels."""
        wish, picture = self._wish, self.picture
        if picture is None or wish is None or picture.is_opaque != (wish.tiles is not None):
            return [QRectF(0, 0, view.width, view.height)]
        painter.save()
        painter.scale(1 / pixel_ratio, 1 / pixel_ratio)
        left = picture.draw(painter, view)
        painter.restore()
        return [
            QRectF(*(side / pixel_ratio for side in (part.x(), part.y(), part.width(), part.height()))) for part in left
        ]

    def stop(self) -> None:
        """End the worker; wanting a picture starts it again."""
        self._worker.stop()
        self._wish = None

    def _slack_px(self, wish: Wish) -> float:
        picture = self.picture
        if picture is None or picture.generation != self._generation or not wish.shows_the_same(picture.wish):
            return -1.0
        return picture.slack_px(wish.view)

    def _may_wait(self, wish: Wish) -> bool:
        """Another tile of this view is to come, and with it another wish."""
        picture, tiles = self.picture, wish.tiles
        if picture is None or tiles is None or picture.generation != self._generation:
            return False
        is_recent = not self._since_asked.hasExpired(FILLING_MS) and picture.slack_px(wish.view) >= MARGIN_PX / 2
        return is_recent and not tiles.is_whole(wish.view)

    def _ask(self, wish: Wish) -> None:
        painter, generation, tell = self._painter, self._generation, self._handover.drawn.emit
        if painter is not None:
            self._is_drawing = True
            self._since_asked.start()
            self._worker.submit(partial(_draw, self._gate, painter, wish, generation, tell))

    def _take(self, picture: Picture | None) -> None:
        self._is_drawing = False
        if picture is None:
            return
        if picture.generation == self._generation and self._wish is not None:
            self.picture = picture
        self.arrived.emit()
