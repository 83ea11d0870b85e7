"""A crowd of units as one picture, drawn beside the screen's thread: dots, and bubbles that say how many lie where.

The screen blits what it has, moved or scaled to its own view, until the next picture comes; one is drawn at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from console.store.gate import never
from ui.map.bubbles import BubbleSheet
from ui.map.detail import Detail, crowding_of, detail_for
from ui.map.palette import MapPalette
from ui.map.projection import Floats
from ui.map.stamps import Bubble, Colours, Stamped, StampSheet, bubbles, premultiplied
from ui.map.unit_columns import Freshness, UnitColumns
from ui.map.view import View

MARGIN_PX = 96
"""A picture reaches so far beyond its view: a pan has something to show until the next has come."""
AGED_S = 5.0
"""Without news a picture is drawn anew so often, for positions grow old by themselves."""
LARGEST_SCALING = 4.0
"""A picture of a view so much nearer or farther is not shown."""


@dataclass(frozen=True, slots=True)
class CrowdKey:
    """What a picture depends on, beside its style."""

    view: View
    version: int
    """Of the positions; see `UnitColumns.version`."""
    age: int
    """Counts AGED_S."""


@dataclass(frozen=True, slots=True, eq=False)
class CrowdPicture:
    """`stamped` is in device pixels and reaches MARGIN_PX beyond the view on all sides."""

    key: CrowdKey
    generation: int
    stamped: Stamped
    detail: Detail
    bubbles: tuple[Bubble, ...]

    def bubbles_in(self, view: View) -> tuple[Bubble, ...]:
        """Where they are on a screen that has moved on."""
        first = self.key.view
        if view == first:
            return self.bubbles
        places = (view.screen_of(*first.world_at(bubble.x, bubble.y)) for bubble in self.bubbles)
        return tuple(replace(bubble, x=x, y=y) for bubble, (x, y) in zip(self.bubbles, places, strict=True))

    def draw(self, painter: QPainter, view: View, pixel_ratio: float) -> None:
        """The painter must be in device pixels."""
        first, image = self.key.view, self.stamped.image
        factor = view.scale / first.scale
        if not 1 / LARGEST_SCALING <= factor <= LARGEST_SCALING:
            return
        left, top = view.screen_of(*first.world_at(-MARGIN_PX, -MARGIN_PX))
        corner = QPointF(round(left * pixel_ratio), round(top * pixel_ratio))
        if factor == 1.0:
            painter.drawImage(corner, image)
        else:
            painter.drawImage(QRectF(corner.x(), corner.y(), image.width() * factor, image.height() * factor), image)


class CrowdPainter:
    """Draws pictures for one palette, pixel ratio and scale, one after another, into two images by turns."""

    def __init__(self, columns: UnitColumns, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._columns = columns
        self._pixel_ratio = pixel_ratio
        self._scale = scale
        self._bubbles = BubbleSheet(palette, pixel_ratio=pixel_ratio, scale=scale)
        self._sheets = (StampSheet(), StampSheet())
        alphas = {Freshness.FRESH: 1.0, Freshness.STALE: 0.6, Freshness.VERY_STALE: 0.35}
        self._colours = np.array(
            [[premultiplied(colour, alphas[fresh]) for fresh in Freshness] for colour in palette.statuses], np.uint32
        )

    def picture(
        self, key: CrowdKey, now: float, generation: int, stand_back: Callable[[], None] = never
    ) -> CrowdPicture:
        """`now` in Unix seconds. The picture before the last must no longer be shown: its image is used again."""
        view, ratio, columns = key.view, self._pixel_ratio, self._columns
        stand_back()
        rows = columns.visible(view, MARGIN_PX)
        px, py = view.screens_of(columns.x[rows], columns.y[rows])
        stand_back()
        detail = _detail_in(view, px, py)
        stand_back()
        colours: Colours = self._colours[columns.positions.status[rows], columns.freshness(rows, now)]
        self._sheets = self._sheets[::-1]
        stand_back()
        stamped = self._sheets[0].draw(
            (px + MARGIN_PX) * ratio,
            (py + MARGIN_PX) * ratio,
            colours,
            size=(round((view.width + 2 * MARGIN_PX) * ratio), round((view.height + 2 * MARGIN_PX) * ratio)),
            reach=max(1, round(ratio * self._scale)) if detail is Detail.STAMPS else 0,
        )
        stand_back()
        found = tuple(bubbles(view, px, py)) if detail is Detail.BUBBLES else ()
        if found:
            painter = QPainter(stamped.image)
            painter.translate(MARGIN_PX * ratio, MARGIN_PX * ratio)
            self._bubbles.draw(painter, found)
            painter.end()
        return CrowdPicture(key, generation, stamped, detail, found)


def _detail_in(view: View, px: Floats, py: Floats) -> Detail:
    """By what the view holds, without the margin around it; never single symbols."""
    is_shown: NDArray[np.bool_] = (px > 0) & (px < view.width) & (py > 0) & (py < view.height)
    detail = detail_for(int(np.count_nonzero(is_shown)), crowding_of(px[is_shown], py[is_shown]))
    return detail if detail.is_crowd else Detail.STAMPS


class _Worker:
    """One thread, started by the first job. Holds nothing of the map."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, job: Callable[[], None]) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="map-crowd")
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


class Crowd(QObject):
    """The newest picture, and the wish for the next. `arrived` says that a repaint shows more."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None, stand_back: Callable[[], None] = never) -> None:
        """`stand_back` is called on the worker between any two steps; see `console.store.gate`."""
        super().__init__(parent)
        self._stand_back = stand_back
        self._painter: CrowdPainter | None = None
        self._generation = 0
        self._picture: CrowdPicture | None = None
        self._wanted: CrowdKey | None = None
        self._is_drawing = False
        self._worker = _Worker()
        self._handover = _Handover()
        self._handover.drawn.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._worker.stop)

    def begin(self, painter: CrowdPainter) -> None:
        """Draw in another style from now on; the last picture stays until its successor has come."""
        self._painter = painter
        self._generation += 1

    @property
    def is_complete(self) -> bool:
        """The newest picture is of what was wanted last."""
        return self._wanted is None or (
            self._picture is not None
            and (self._picture.key, self._picture.generation) == (self._wanted, self._generation)
        )

    def picture_for(self, view: View, version: int, now: float) -> CrowdPicture | None:
        """What there is to show; the worker is asked for what is missing. `now` in Unix seconds."""
        self._wanted = CrowdKey(view, version, int(now // AGED_S))
        if not self.is_complete and not self._is_drawing:
            self._ask(self._wanted, now)
        picture = self._picture
        return picture if picture is not None and self._wanted.age - picture.key.age <= 1 else None

    def rest(self) -> None:
        """Nobody looks at a crowd now."""
        self._wanted = None

    def stop(self) -> None:
        """End the worker; wanting a picture starts it again."""
        self._worker.stop()
        self._wanted = None

    def _ask(self, key: CrowdKey, now: float) -> None:
        painter, generation, tell = self._painter, self._generation, self._handover.drawn.emit
        if painter is None:
            return
        self._is_drawing = True
        self._worker.submit(lambda: tell(painter.picture(key, now, generation, self._stand_back)))

    def _take(self, picture: CrowdPicture) -> None:
        self._is_drawing = False
        if picture.generation == self._generation:
            self._picture = picture
        self.arrived.emit()
