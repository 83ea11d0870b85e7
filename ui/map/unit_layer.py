"""The live layer: units, drawn with as much detail as their number on the screen allows.

All of them are drawn into the backdrop; those that stand out once more on the screen, frame by frame."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.pause import never
from comms.domain.unit import UnitStatus
from console.store.positions import STATUS_CODE
from ui.map.detail import CULL_MARGIN_PX, RADII_PX, STAMPS_ABOVE, Detail, crowding_of, detail_for, symbol_radius_px
from ui.map.fragments import Fragments
from ui.map.palette import MapPalette
from ui.map.projection import metres_per_pixel
from ui.map.symbols import HEADINGS, SpriteSheet, draw_emergency, draw_talking
from ui.map.unit_columns import Freshness, Rows, UnitColumns
from ui.map.unit_frame import Emphasis, UnitFrame
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
AT_ONCE = 500
"""Symbols drawn in one call, which keeps the interpreter: half a millisecond."""
_DRAW_RANK = np.array(
    [
        {UnitStatus.OFFLINE: 0, UnitStatus.OUT_OF_SERVICE: 1, UnitStatus.AVAILABLE: 2, UnitStatus.ON_SCENE: 4}.get(s, 3)
        for s in UnitStatus
    ],
    np.int8,
)
MARKED_RANK = 9


class Sprites:
    """Sheets of symbols for every size that is used, empty until `steps` have run. Made on the interface's thread,
    read on any."""

    def __init__(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self.pixel_ratio = pixel_ratio
        self.scale = scale
        self._sheets = {
            radius: SpriteSheet(palette, radius_px=radius, pixel_ratio=pixel_ratio, scale=scale) for radius in RADII_PX
        }

    def steps(self) -> Iterator[None]:
        """Draws them, piece by piece."""
        for sheet in self._sheets.values():
            yield from sheet.steps()

    def sheet(self, radius_px: float) -> SpriteSheet:
        """`radius_px` with the scale in it."""
        return self._sheets[min(RADII_PX, key=lambda known: abs(known * self.scale - radius_px))]


class UnitLayer:
    """Prepares frames from the columns and paints them. For one thread."""

    def __init__(
        self, columns: UnitColumns, palette: MapPalette, sprites: Sprites, stand_back: Callable[[], None] = never
    ) -> None:
        """`stand_back` is called between any two steps; see `console.gate`."""
        self.columns = columns
        self._palette = palette
        self._sprites = sprites
        self._stand_back = stand_back
        self._fragments = Fragments()

    def prepare(self, view: View, now: float, emphasis: Emphasis, margin_px: float = CULL_MARGIN_PX) -> UnitFrame:
        """All units of the view and a margin; its detail is by what the view holds without it."""
        rows = self.columns.visible(view, margin_px)
        self._stand_back()
        px, py = view.screens_of(self.columns.x[rows], self.columns.y[rows])
        is_shown = (px > 0) & (px < view.width) & (py > 0) & (py < view.height)
        count = int(np.count_nonzero(is_shown))
        self._stand_back()
        detail = detail_for(count, crowding_of(px[is_shown], py[is_shown]))
        if not detail.is_crowd:
            rank, marked = _DRAW_RANK[self.columns.positions.status[rows]], emphasis.marked()
            rank[self._are(marked, rows)] = MARKED_RANK
            rows = rows[np.argsort(rank, kind="stable")]
        self._stand_back()
        return self._frame(view, now, rows, self._are(emphasis.marked(), rows), detail=detail, count=count)

    def prepare_marked(self, view: View, now: float, emphasis: Emphasis, detail: Detail, radius_px: float) -> UnitFrame:
        """Those that stand out, as many as can be told apart, in the size of the others."""
        marked = emphasis.marked()
        rows = np.unique(marked[self.columns.is_seen(view, CULL_MARGIN_PX, marked)][:MOST_MARKED_SHOWN])
        frame = self._frame(view, now, rows, np.ones(len(rows), np.bool_), detail=detail, count=STAMPS_ABOVE)
        return replace(frame, radius_px=radius_px)

    def _frame(
        self, view: View, now: float, rows: Rows, is_marked: NDArray[np.bool_], *, detail: Detail, count: int
    ) -> UnitFrame:
        px, py = view.screens_of(self.columns.x[rows], self.columns.y[rows])
        return UnitFrame(
            view=view,
            rows=rows,
            px=px,
            py=py,
            freshness=self.columns.freshness(rows, now),
            is_marked=is_marked,
            detail=detail,
            version=self.columns.version,
            now=now,
            radius_px=symbol_radius_px(view.zoom, count) * self._sprites.scale,
        )

    def draw_accuracy(self, painter: QPainter, frame: UnitFrame) -> None:
        """Circles of the reported accuracy: for marked units, and for all that are known badly when few are shown."""
        is_close = frame.detail is Detail.LABELS and frame.view.zoom >= ACCURACY_FROM
        marked = np.flatnonzero(frame.is_marked)[:MOST_ACCURACIES]
        if not is_close and not len(marked):
            return
        accuracy = self.columns.positions.accuracy_m[frame.rows]
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
        view, columns = frame.view, self.columns
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

    def draw_symbols(self, painter: QPainter, frame: UnitFrame, selected: Rows | None = None) -> None:
        """`selected` are the rows that have a ring. The painter must be in logical pixels."""
        ratio = self._sprites.pixel_ratio
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        for first in range(0, len(frame.rows), AT_ONCE):
            self._stand_back()
            self._draw_some(painter, frame, slice(first, first + AT_ONCE), selected)
        painter.restore()

    def _draw_some(self, painter: QPainter, frame: UnitFrame, some: slice, selected: Rows | None) -> None:
        sheet, positions, rows = self._sprites.sheet(frame.radius_px), self.columns.positions, frame.rows[some]
        ratio, freshness = self._sprites.pixel_ratio, frame.freshness[some]
        # Whole device pixels: a sprite is then copied, not resampled.
        x, y = np.rint(frame.px[some] * ratio), np.rint(frame.py[some] * ratio)
        status = positions.status[rows].astype(np.intp)
        heading, speed = positions.heading_deg[rows], positions.speed_mps[rows]
        is_ticked = (
            ~np.isnan(heading)
            & ~(speed < MOVING_MPS)
            & (frame.view.zoom >= TICKS_FROM)
            & (freshness == Freshness.FRESH)
            & (status != STATUS_CODE[UnitStatus.OFFLINE])
        )
        turn = np.rint(np.nan_to_num(heading[is_ticked]) / (360.0 / HEADINGS)).astype(np.intp) % HEADINGS
        cell, draw = sheet.cell, self._fragments.draw
        tick_top = sheet.tick_top + status[is_ticked] * cell
        draw(painter, sheet.pixmap, cell, x[is_ticked], y[is_ticked], turn * cell, tick_top)
        if selected is not None:
            is_selected = self._are(selected, rows)
            ring_left = np.full(int(is_selected.sum()), sheet.ring.left)
            ring_top = np.full_like(ring_left, sheet.ring.top)
            draw(painter, sheet.pixmap, cell, x[is_selected], y[is_selected], ring_left, ring_top)
        rim = (cell - sheet.core) // 2
        left, top = status * cell + rim, freshness.astype(np.intp) * cell + rim
        draw(painter, sheet.pixmap, sheet.core, x, y, left, top)

    def _are(self, marked: Rows, rows: Rows) -> NDArray[np.bool_]:
        """Which of `rows` are among the marked: a table, for np.isin sorts 100,000 rows a frame."""
        if not len(marked) or not len(rows):
            return np.zeros(len(rows), np.bool_)
        table = np.zeros(len(self.columns), np.bool_)
        table[marked] = True
        found: NDArray[np.bool_] = table[rows]
        return found
