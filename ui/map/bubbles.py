"""Bubbles with their counts. Plates and digits are small images, so that any thread can draw them."""

from collections.abc import Callable
from math import ceil, log2

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from comms.domain.pause import never
from console.gate import Unhurried
from ui.map.lettering import map_font
from ui.map.palette import MapPalette
from ui.map.stamps import BUBBLE_CELL_PX, Bubble

_GLYPHS = "0123456789.k"
AT_ONCE = 8
"""Bubbles drawn between two looks at whether the interface wants to go first."""
_LEAST_RADIUS_PX, _STEPS = 14, 20
"""Plates grow pixel by pixel with the logarithm of the count."""


class BubbleSheet:
    """For one palette, pixel ratio and scale."""

    def __init__(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._pixel_ratio = pixel_ratio
        self._font = map_font(12 * scale, is_bold=True)
        metrics = QFontMetricsF(self._font)
        self._widths = {glyph: metrics.horizontalAdvance(glyph) * pixel_ratio for glyph in _GLYPHS}
        self._height = ceil(metrics.height() * pixel_ratio / 2) * 2
        radii = ((_LEAST_RADIUS_PX + step) * min(1.25, scale) for step in range(_STEPS))
        self._plates = tuple(self._plate(radius, palette) for radius in radii)
        self._digits = {glyph: self._digit(glyph, palette) for glyph in _GLYPHS}

    def _blank(self, width: int, height: int) -> tuple[QImage, QPainter]:
        """An image and a painter in logical pixels around its middle."""
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.translate(width / 2, height / 2)
        painter.scale(self._pixel_ratio, self._pixel_ratio)
        return image, painter

    def _plate(self, radius: float, palette: MapPalette) -> QImage:
        side = 2 * ceil((radius + 1) * self._pixel_ratio)
        image, painter = self._blank(side, side)
        painter.setPen(QPen(QColor(palette.symbol_edge), 1.2))
        painter.setBrush(QColor(palette.bubble))
        painter.drawEllipse(QPointF(0, 0), radius, radius)
        painter.end()
        return image

    def _digit(self, glyph: str, palette: MapPalette) -> QImage:
        image, painter = self._blank(2 * ceil(self._widths[glyph] / 2 + 1), self._height)
        painter.setFont(self._font)
        painter.setPen(QColor(palette.bubble_text))
        half_x, half_y = (side / 2 / self._pixel_ratio for side in (image.width(), image.height()))
        painter.drawText(QRectF(-half_x, -half_y, 2 * half_x, 2 * half_y), Qt.AlignmentFlag.AlignCenter, glyph)
        painter.end()
        return image

    def draw(self, painter: QPainter, bubbles: tuple[Bubble, ...], stand_back: Callable[[], None] = never) -> None:
        """The painter must be in device pixels. `stand_back` see `console.gate`."""
        ratio = self._pixel_ratio
        for bubble in Unhurried(bubbles, stand_back, AT_ONCE):
            x, y = round(bubble.x * ratio), round(bubble.y * ratio)
            _centre(painter, self._plates[bubble_step(bubble.count)], x, y)
            text = bubble_label(bubble.count)
            at = x - sum(self._widths[glyph] for glyph in text) / 2
            for glyph in text:
                _centre(painter, self._digits[glyph], round(at + self._widths[glyph] / 2), y)
                at += self._widths[glyph]


def _centre(painter: QPainter, image: QImage, x: int, y: int) -> None:
    painter.drawImage(x - image.width() // 2, y - image.height() // 2, image)


def bubble_step(count: int) -> int:
    radius = min(BUBBLE_CELL_PX * 0.36, 9.0 + 2.4 * log2(count))
    return min(_STEPS - 1, max(0, round(radius) - _LEAST_RADIUS_PX))


def bubble_label(count: int) -> str:
    """Exact below a thousand; beyond that two figures."""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000}k"
