"""The live layer: units, drawn with as much detail as their number on the screen allows."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.unit import UnitStatus
from console.store.positions import STATUS_CODE
from ui.map.crowd import Crowd, CrowdPainter, CrowdPicture
from ui.map.detail import CULL_MARGIN_PX, STAMPS_ABOVE, Detail, crowding_of, detail_for, symbol_radius_px
from ui.map.fragments import Fragments
from ui.map.palette import MapPalette
from ui.map.projection import Floats, metres_per_pixel
from ui.map.stamps import Bubble
from ui.map.symbols import HEADINGS, SpriteSheet, draw_emergency, draw_talking
from ui.map.unit_columns import Freshness, Rows, UnitColumns
from ui.map.view import View

MOST_MARKED_SHOWN = 400
"""Marked units drawn as symbols above dots and bubbles."""
MOST_ACCURACIES = 50
TICKS_FROM, ACCURACY_FROM = 14.75, 16.0
LARGE_ACCURACY_M = 40.0
WIDEST_ACCURACY_PX = 240.0
"""A wider circle is drawn for marked units only: it would be a wash over everything."""
MOVING_MPS = 0.4
"""Slower than this a heading is noise."""
_DRAW_RANK = np.array(
    [
        {UnitStatus.OFFLINE: 0, UnitStatus.OUT_OF_SERVICE: 1, UnitStatus.AVAILABLE: 2, UnitStatus.ON_SCENE: 4}.get(s, 3)
        for s in UnitStatus
    ],
    np.int8,
)


MARKED_RANK = 9


def _no_rows() -> Rows:
    return np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Emphasis:
    """Rows that stand out, and why."""

    selected: Rows = field(default_factory=_no_rows)
    hovered: int | None = None
    talking: frozenset[int] = frozenset()
    emergency: frozenset[int] = frozenset()
    engaged: frozenset[int] = frozenset()
    """Whom this desk talks to."""
    is_beat: bool = False
    """The bright half of an emergency's beat."""

    def is_like(self, other: "Emphasis") -> bool:
        """The same rows stand out, whatever the beat."""
        return (self.hovered, self.talking, self.emergency, self.engaged) == (
            other.hovered, other.talking, other.emergency, other.engaged
        ) and np.array_equal(self.selected, other.selected)  # fmt: skip

    def special(self) -> list[int]:
        """All but the selected, once, the most urgent first."""
        hovered = [] if self.hovered is None else [self.hovered]
        return list(dict.fromkeys([*hovered, *self.emergency, *self.talking, *self.engaged]))

    def marked(self) -> Rows:
        """All of them; a row may come twice."""
        return np.concatenate((np.array(self.special(), np.intp), self.selected))


@dataclass(frozen=True, slots=True, eq=False)
class UnitFrame:
    """What is on the screen: rows in drawing order and their middles in logical pixels."""

    view: View
    rows: Rows
    px: Floats
    py: Floats
    freshness: NDArray[np.uint8]
    is_marked: NDArray[np.bool_]
    """Selected, hovered, talking, talked to, or in an emergency."""
    detail: Detail
    radius_px: float
    version: int
    """Of the positions; see `UnitColumns.version`."""
    now: float
    crowd: CrowdPicture | None = None
    """The picture of a crowd, as far as there is one yet; `rows` then holds the marked ones alone."""

    @property
    def bubbles(self) -> tuple[Bubble, ...]:
        return () if self.crowd is None else self.crowd.bubbles_in(self.view)

    def only_marked(self) -> "UnitFrame":
        """Those that always show, as many as can be told apart."""
        at = np.flatnonzero(self.is_marked)[:MOST_MARKED_SHOWN]
        return replace(
            self, rows=self.rows[at], px=self.px[at], py=self.py[at], freshness=self.freshness[at],
            is_marked=self.is_marked[at], crowd=None,
        )  # fmt: skip


class UnitLayer:
    """Prepares a frame from the columns and paints it."""

    def __init__(
        self, columns: UnitColumns, crowd: Crowd, palette: MapPalette, *, pixel_ratio: float, scale: float
    ) -> None:
        self._columns = columns
        self._palette = palette
        self._pixel_ratio = pixel_ratio
        self._scale = scale
        self._sheets: dict[float, SpriteSheet] = {}
        self._fragments = Fragments()
        self._crowd = crowd
        crowd.begin(CrowdPainter(columns, palette, pixel_ratio=pixel_ratio, scale=scale))

    def prepare(self, view: View, now: float, emphasis: Emphasis) -> UnitFrame:
        is_seen = self._columns.is_seen(view, CULL_MARGIN_PX)
        count = int(np.count_nonzero(is_seen))
        if count > STAMPS_ABOVE:
            return self._crowd_frame(view, now, emphasis, is_seen)
        rows = np.flatnonzero(is_seen)
        px, py = view.screens_of(self._columns.x[rows], self._columns.y[rows])
        detail = detail_for(count, crowding_of(px, py))
        if detail.is_crowd:
            return self._crowd_frame(view, now, emphasis, is_seen)
        self._crowd.rest()
        rank, marked = _DRAW_RANK[self._columns.positions.status[rows]], emphasis.marked()
        rank[self._are(marked, rows)] = MARKED_RANK
        order = np.argsort(rank, kind="stable")
        rows = rows[order]
        return self._frame(view, now, rows, self._are(marked, rows), detail=detail, count=count)

    def _crowd_frame(self, view: View, now: float, emphasis: Emphasis, is_seen: NDArray[np.bool_]) -> UnitFrame:
        """Dots and bubbles are a picture drawn elsewhere; the marked come as symbols, as many as can be told apart."""
        picture = self._crowd.picture_for(view, self._columns.version, now)
        marked = emphasis.marked()
        rows = np.unique(marked[is_seen[marked]][:MOST_MARKED_SHOWN])
        detail = Detail.STAMPS if picture is None else picture.detail
        are_marked = np.ones(len(rows), np.bool_)
        return self._frame(view, now, rows, are_marked, detail=detail, count=STAMPS_ABOVE, crowd=picture)

    def _frame(
        self,
        view: View,
        now: float,
        rows: Rows,
        is_marked: NDArray[np.bool_],
        *,
        detail: Detail,
        count: int,
        crowd: CrowdPicture | None = None,
    ) -> UnitFrame:
        px, py = view.screens_of(self._columns.x[rows], self._columns.y[rows])
        return UnitFrame(
            view=view,
            rows=rows,
            px=px,
            py=py,
            freshness=self._columns.freshness(rows, now),
            is_marked=is_marked,
            detail=detail,
            version=self._columns.version,
            now=now,
            radius_px=symbol_radius_px(view.zoom, count) * self._scale,
            crowd=crowd,
        )

    def draw_units(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        painter.save()
        painter.scale(1 / self._pixel_ratio, 1 / self._pixel_ratio)
        if frame.crowd is not None:
            frame.crowd.draw(painter, frame.view, self._pixel_ratio)
        self._draw_symbols(painter, frame, emphasis)
        painter.restore()

    def draw_accuracy(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        """Circles of the reported accuracy: for marked units, and for all that are known badly when few are shown."""
        is_close = frame.detail is Detail.LABELS and frame.view.zoom >= ACCURACY_FROM
        marked = np.flatnonzero(frame.is_marked)[:MOST_ACCURACIES]
        if not is_close and not len(marked):
            return
        accuracy = self._columns.positions.accuracy_m[frame.rows]
        is_marked = np.zeros(len(frame.rows), np.bool_)
        is_marked[marked] = True
        wanted = is_marked & (accuracy > 0)
        if is_close:
            wanted |= accuracy > LARGE_ACCURACY_M
        colour = QColor(self._palette.accuracy)
        wash, line = QColor(colour), QColor(colour)
        wash.setAlpha(26)
        line.setAlpha(110)
        painter.setBrush(wash)
        painter.setPen(QPen(line, 1.0))
        per_px = metres_per_pixel(lat=frame.view.lat, zoom=frame.view.zoom)
        wanted &= is_marked | (accuracy < WIDEST_ACCURACY_PX * per_px)
        for index in np.flatnonzero(wanted).tolist():
            radius = float(accuracy[index]) / per_px
            if radius > frame.radius_px + 3:
                painter.drawEllipse(QPointF(frame.px[index], frame.py[index]), radius, radius)

    def draw_marks(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        """Talking and emergency, above every symbol; a hovered unit gets a ring."""
        view, columns = frame.view, self._columns
        for rows, is_emergency in ((emphasis.emergency, True), (emphasis.talking, False)):
            for row in rows:
                centre = QPointF(*view.screen_of(float(columns.x[row]), float(columns.y[row])))
                if is_emergency:
                    draw_emergency(painter, centre, frame.radius_px, self._palette, is_bright=emphasis.is_beat)
                else:
                    draw_talking(painter, centre, frame.radius_px, self._palette)
        if emphasis.hovered is not None:
            row = emphasis.hovered
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._palette.accent), 1.6))
            reach = frame.radius_px + 3.0
            painter.drawEllipse(QPointF(*view.screen_of(float(columns.x[row]), float(columns.y[row]))), reach, reach)

    def _are(self, marked: Rows, rows: Rows) -> NDArray[np.bool_]:
        """Which of `rows` are among the marked: a table, for np.isin sorts 100,000 rows a frame."""
        if not len(marked) or not len(rows):
            return np.zeros(len(rows), np.bool_)
        table = np.zeros(len(self._columns), np.bool_)
        table[marked] = True
        found: NDArray[np.bool_] = table[rows]
        return found

    def _sheet(self, radius_px: float) -> SpriteSheet:
        sheet = self._sheets.get(radius_px)
        if sheet is None:
            sheet = self._sheets[radius_px] = SpriteSheet(
                self._palette,
                radius_px=radius_px / self._scale,
                pixel_ratio=self._pixel_ratio,
                scale=self._scale,
            )
        return sheet

    def _draw_symbols(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        sheet, positions, rows = self._sheet(frame.radius_px), self._columns.positions, frame.rows
        if not len(rows):
            return
        # Whole device pixels: a sprite is then copied, not resampled.
        x, y = np.rint(frame.px * self._pixel_ratio), np.rint(frame.py * self._pixel_ratio)
        status = positions.status[rows].astype(np.intp)
        heading, speed = positions.heading_deg[rows], positions.speed_mps[rows]
        is_ticked = (
            ~np.isnan(heading)
            & ~(speed < MOVING_MPS)
            & (frame.view.zoom >= TICKS_FROM)
            & (frame.freshness == Freshness.FRESH)
            & (status != STATUS_CODE[UnitStatus.OFFLINE])
        )
        turn = np.rint(np.nan_to_num(heading[is_ticked]) / (360.0 / HEADINGS)).astype(np.intp) % HEADINGS
        cell, draw = sheet.cell, self._fragments.draw
        tick_top = sheet.tick_top + status[is_ticked] * cell
        draw(painter, sheet.pixmap, cell, x[is_ticked], y[is_ticked], turn * cell, tick_top)
        is_selected = self._are(emphasis.selected, rows)
        ring_left = np.full(int(is_selected.sum()), sheet.ring.left)
        ring_top = np.full_like(ring_left, sheet.ring.top)
        draw(painter, sheet.pixmap, cell, x[is_selected], y[is_selected], ring_left, ring_top)
        rim = (cell - sheet.core) // 2
        left, top = status * cell + rim, frame.freshness.astype(np.intp) * cell + rim
        draw(painter, sheet.pixmap, sheet.core, x, y, left, top)
