"""The live layer: units, drawn with as much detail as their number on the screen allows."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from comms.domain.unit import UnitStatus
from console.store.positions import STATUS_CODE
from ui.map.lettering import map_font
from ui.map.palette import MapPalette
from ui.map.projection import Floats, metres_per_pixel
from ui.map.stamps import BUBBLE_CELL_PX, Bubble, StampSheet, bubbles, premultiplied
from ui.map.symbols import HEADINGS, SpriteSheet, draw_emergency, draw_talking
from ui.map.unit_columns import Freshness, Rows, UnitColumns
from ui.map.view import View

BUBBLES_ABOVE, STAMPS_ABOVE, SYMBOLS_ABOVE = 30_000, 6_000, 400
"""Units on the screen beyond which there are bubbles, stamps, symbols without names (house figures)."""
CROWDED = 60.0
"""Symbols in an occupied cell beyond which they would hide each other: bubbles instead."""
CULL_MARGIN_PX = 24
SMALL_ABOVE = 2_500
SMALLEST_PX = 4.0
"""Radius of a symbol; headings are drawn on larger ones only."""
TICKS_FROM, ACCURACY_FROM = 14.75, 16.0
LARGE_ACCURACY_M = 40.0
WIDEST_ACCURACY_PX = 240.0
"""A wider circle is drawn for marked units only: it would be a wash over everything."""
MOVING_MPS = 0.4
"""Slower than this a heading is noise."""
_FRAGMENT_COLUMNS = 10
"""QPainter.PixmapFragment: x, y, source left, top, width, height, scale x, y, rotation, opacity; all doubles."""
_DRAW_RANK = np.array(
    [
        {UnitStatus.OFFLINE: 0, UnitStatus.OUT_OF_SERVICE: 1, UnitStatus.AVAILABLE: 2, UnitStatus.ON_SCENE: 4}.get(s, 3)
        for s in UnitStatus
    ],
    np.int8,
)


MARKED_RANK = 9


class Detail(StrEnum):
    BUBBLES = "bubbles"
    STAMPS = "stamps"
    SYMBOLS = "symbols"
    LABELS = "labels"


def _no_rows() -> Rows:
    return np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Emphasis:
    """Rows that stand out, and why."""

    selected: Rows = field(default_factory=_no_rows)
    hovered: int | None = None
    talking: frozenset[int] = frozenset()
    emergency: frozenset[int] = frozenset()
    is_beat: bool = False
    """The bright half of an emergency's beat."""

    def marked(self) -> list[int]:
        """All of them once, the most urgent first."""
        hovered = [] if self.hovered is None else [self.hovered]
        return list(dict.fromkeys([*hovered, *self.emergency, *self.talking, *self.selected.tolist()]))


@dataclass(frozen=True, slots=True, eq=False)
class UnitFrame:
    """What is on the screen: rows in drawing order and their middles in logical pixels."""

    view: View
    rows: Rows
    px: Floats
    py: Floats
    freshness: NDArray[np.uint8]
    detail: Detail
    radius_px: float
    bubbles: tuple[Bubble, ...] = ()


def detail_for(count: int, crowding: float) -> Detail:
    """`crowding` is the mean number of units in an occupied bubble cell."""
    if count > BUBBLES_ABOVE or crowding > CROWDED:
        return Detail.BUBBLES
    if count > STAMPS_ABOVE:
        return Detail.STAMPS
    return Detail.SYMBOLS if count > SYMBOLS_ABOVE else Detail.LABELS


def symbol_radius_px(zoom: float, count: int) -> float:
    """Logical pixels at scale 1."""
    if count > SMALL_ABOVE or zoom < 13:
        return SMALLEST_PX
    return 5.0 if zoom < 15 else 6.5 if zoom < 16.5 else 7.5


class UnitLayer:
    """Prepares a frame from the columns and paints it."""

    def __init__(self, columns: UnitColumns, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._columns = columns
        self._palette = palette
        self._pixel_ratio = pixel_ratio
        self._scale = scale
        self._sheets: dict[float, SpriteSheet] = {}
        self._stamps = StampSheet()
        self._bubble_pixmaps: dict[str, QPixmap] = {}
        self._fragments = np.zeros((0, _FRAGMENT_COLUMNS))
        alphas = {Freshness.FRESH: 1.0, Freshness.STALE: 0.6, Freshness.VERY_STALE: 0.35}
        self._stamp_colours = np.array(
            [[premultiplied(colour, alphas[fresh]) for fresh in Freshness] for colour in palette.statuses], np.uint32
        )

    def prepare(self, view: View, now: float, emphasis: Emphasis) -> UnitFrame:
        rows = self._columns.visible(view, CULL_MARGIN_PX)
        rank = _DRAW_RANK[self._columns.positions.status[rows]]
        rank[self._are(emphasis.marked(), rows)] = MARKED_RANK
        rows = rows[np.argsort(rank, kind="stable")]
        px, py = view.screens_of(self._columns.x[rows], self._columns.y[rows])
        detail = detail_for(len(rows), _crowding(px, py))
        return UnitFrame(
            view=view,
            rows=rows,
            px=px,
            py=py,
            freshness=self._columns.freshness(rows, now),
            detail=detail,
            radius_px=symbol_radius_px(view.zoom, len(rows)) * self._scale,
            bubbles=tuple(bubbles(view, px, py)) if detail is Detail.BUBBLES else (),
        )

    def draw_units(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        painter.save()
        painter.scale(1 / self._pixel_ratio, 1 / self._pixel_ratio)
        if frame.detail in (Detail.SYMBOLS, Detail.LABELS):
            self._draw_symbols(painter, frame, emphasis)
        else:
            self._draw_stamps(painter, frame)
        painter.restore()
        self._draw_bubbles(painter, frame)

    def draw_accuracy(self, painter: QPainter, frame: UnitFrame, emphasis: Emphasis) -> None:
        """Circles of the reported accuracy: for marked units, and for all that are known badly when few are shown."""
        accuracy = self._columns.positions.accuracy_m[frame.rows]
        marked = self._are(emphasis.marked()[:50], frame.rows)
        wanted = marked & (accuracy > 0)
        if frame.detail is Detail.LABELS and frame.view.zoom >= ACCURACY_FROM:
            wanted |= accuracy > LARGE_ACCURACY_M
        colour = QColor(self._palette.accuracy)
        wash, line = QColor(colour), QColor(colour)
        wash.setAlpha(26)
        line.setAlpha(110)
        painter.setBrush(wash)
        painter.setPen(QPen(line, 1.0))
        per_px = metres_per_pixel(lat=frame.view.lat, zoom=frame.view.zoom)
        wanted &= marked | (accuracy < WIDEST_ACCURACY_PX * per_px)
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

    def _are(self, marked: Rows | list[int], rows: Rows) -> NDArray[np.bool_]:
        """Which of `rows` are among the marked: a table, for np.isin sorts 100,000 rows a frame."""
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
        self._blit(
            painter,
            sheet,
            x[is_ticked],
            y[is_ticked],
            turn * sheet.cell,
            sheet.tick_top + status[is_ticked] * sheet.cell,
        )
        is_selected = self._are(emphasis.selected, rows)
        ring_left = np.full(int(is_selected.sum()), sheet.ring.left)
        self._blit(painter, sheet, x[is_selected], y[is_selected], ring_left, np.full_like(ring_left, sheet.ring.top))
        self._blit(painter, sheet, x, y, status * sheet.cell, frame.freshness.astype(np.intp) * sheet.cell)

    def _blit(self, painter: QPainter, sheet: SpriteSheet, x: Floats, y: Floats, left: Rows, top: Rows) -> None:
        count = len(x)
        if not count:
            return
        if len(self._fragments) < count:
            self._fragments = np.zeros((2 * count, _FRAGMENT_COLUMNS))
            self._fragments[:, 4:6] = sheet.cell
            self._fragments[:, 6:8] = 1.0
            self._fragments[:, 9] = 1.0
        columns = self._fragments[:count]
        columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3] = x, y, left, top
        columns[:, 4:6] = sheet.cell
        first = shiboken6.wrapInstance(self._fragments.ctypes.data, QPainter.PixmapFragment)
        painter.drawPixmapFragments(cast(QPainter.PixmapFragment, first), count, sheet.pixmap)

    def _draw_stamps(self, painter: QPainter, frame: UnitFrame) -> None:
        ratio = self._pixel_ratio
        colours = self._stamp_colours[self._columns.positions.status[frame.rows], frame.freshness]
        self._stamps.draw(
            painter,
            frame.px * ratio,
            frame.py * ratio,
            colours,
            size=(round(frame.view.width * ratio), round(frame.view.height * ratio)),
            reach=max(1, round(ratio * self._scale)),
            border=round(CULL_MARGIN_PX * ratio) + 2,
        )

    def _draw_bubbles(self, painter: QPainter, frame: UnitFrame) -> None:
        for bubble in frame.bubbles:
            pixmap = self._bubble(bubble.count)
            half = pixmap.width() / self._pixel_ratio / 2
            painter.drawPixmap(QPointF(round(bubble.x - half), round(bubble.y - half)), pixmap)

    def _bubble(self, count: int) -> QPixmap:
        label = bubble_label(count)
        cached = self._bubble_pixmaps.get(label)
        if cached is not None:
            return cached
        radius = min(BUBBLE_CELL_PX * 0.36, 9.0 + 2.4 * np.log2(count)) * min(1.25, self._scale)
        side = round((2 * radius + 4) * self._pixel_ratio)
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(self._pixel_ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = side / self._pixel_ratio / 2
        painter.setPen(QPen(QColor(self._palette.symbol_edge), 1.2))
        painter.setBrush(QColor(self._palette.bubble))
        painter.drawEllipse(QPointF(middle, middle), radius, radius)
        painter.setFont(map_font(12 * self._scale, is_bold=True))
        painter.setPen(QColor(self._palette.bubble_text))
        painter.drawText(QRectF(0, 0, 2 * middle, 2 * middle), Qt.AlignmentFlag.AlignCenter, label)
        painter.end()
        return self._bubble_pixmaps.setdefault(label, pixmap)


def bubble_label(count: int) -> str:
    """Exact below a thousand; beyond that two figures, so that few pixmaps are drawn."""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000}k"


def _crowding(px: Floats, py: Floats) -> float:
    """Mean units in an occupied cell of the screen; 0 when the number alone decides."""
    if not CROWDED < len(px) <= BUBBLES_ABOVE:
        return 0.0
    column, row = (np.floor((side + CULL_MARGIN_PX) / BUBBLE_CELL_PX).astype(np.intp) for side in (px, py))
    occupied = np.count_nonzero(np.bincount(row * (int(column.max()) + 1) + column))
    return len(px) / float(occupied)
