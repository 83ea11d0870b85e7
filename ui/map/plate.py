"""A name on a plate, for what overlays draw."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ui.map.lettering import map_font
from ui.map.palette import MapPalette


def draw_plate(painter: QPainter, middle: QPointF, words: str, edge: QColor, palette: MapPalette, scale: float) -> None:
    font = map_font(12 * scale)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(words) + 14 * scale, metrics.height() + 6
    plate = QRectF(round(middle.x() - width / 2), round(middle.y() - height / 2), width, height)
    painter.setPen(QPen(edge, 1.2 * scale))
    painter.setBrush(QColor(palette.panel))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
