"""Bubbles with their counts, drawn in one call: plates and digits of one sheet are put together as fragments."""

from math import ceil, log2

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from ui.map.fragments import Fragments
from ui.map.lettering import map_font
from ui.map.palette import MapPalette
from ui.map.stamps import BUBBLE_CELL_PX, Bubble

_GLYPHS = "0123456789.k"
_LEAST_RADIUS_PX, _STEPS = 14, 20
"""Plates grow pixel by pixel with the logarithm of the count."""


class BubbleSheet:
    """For one palette, pixel ratio and scale."""

    def __init__(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._pixel_ratio = pixel_ratio
        self._scale = min(1.25, scale)
        self._fragments = Fragments()
        font = map_font(12 * scale, is_bold=True)
        self._widths = {glyph: QFontMetricsF(font).horizontalAdvance(glyph) for glyph in _GLYPHS}
        side = 2 * (_LEAST_RADIUS_PX + _STEPS) * self._scale + 4
        self._cell = 2 * ceil(side * pixel_ratio / 2)
        self._sheet = QPixmap(self._cell * max(_STEPS, len(_GLYPHS)), 2 * self._cell)
        self._sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._sheet)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        for step in range(_STEPS):
            self._begin(painter, step, 0)
            painter.setPen(QPen(QColor(palette.symbol_edge), 1.2))
            painter.setBrush(QColor(palette.bubble))
            radius = (_LEAST_RADIUS_PX + step) * self._scale
            painter.drawEllipse(QPointF(0, 0), radius, radius)
        painter.setFont(font)
        painter.setPen(QColor(palette.bubble_text))
        for column, glyph in enumerate(_GLYPHS):
            self._begin(painter, column, 1)
            half = self._cell / 2 / pixel_ratio
            painter.drawText(QRectF(-half, -half, 2 * half, 2 * half), Qt.AlignmentFlag.AlignCenter, glyph)
        painter.end()

    def _begin(self, painter: QPainter, column: int, row: int) -> None:
        painter.resetTransform()
        painter.translate((column + 0.5) * self._cell, (row + 0.5) * self._cell)
        painter.scale(self._pixel_ratio, self._pixel_ratio)

    def draw(self, painter: QPainter, bubbles: tuple[Bubble, ...]) -> None:
        """The painter must be in device pixels."""
        ratio, cell = self._pixel_ratio, self._cell
        places: list[tuple[float, float, float, float]] = []
        for bubble in bubbles:
            x, y = round(bubble.x * ratio), round(bubble.y * ratio)
            places.append((x, y, bubble_step(bubble.count) * cell, 0.0))
            text = bubble_label(bubble.count)
            at = x - sum(self._widths[glyph] for glyph in text) * ratio / 2
            for glyph in text:
                width = self._widths[glyph] * ratio
                places.append((round(at + width / 2), y, _GLYPHS.index(glyph) * cell, cell))
                at += width
        if places:
            x_y_left_top = np.array(places, np.float64)
            self._fragments.draw(painter, self._sheet, cell, *x_y_left_top.T)


def bubble_step(count: int) -> int:
    radius = min(BUBBLE_CELL_PX * 0.36, 9.0 + 2.4 * log2(count))
    return min(_STEPS - 1, max(0, round(radius) - _LEAST_RADIUS_PX))


def bubble_label(count: int) -> str:
    """Exact below a thousand; beyond that two figures."""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000}k"
