"""A small battery, nearly empty, in the middle of a text: drawn, for few fonts have one."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen

SIGN = "\u2003"
"""The room it takes in a text: an em wide and empty."""


def draw_battery_sign(painter: QPainter, text: str, baseline: QPointF) -> None:
    """Where the text, drawn from `baseline` with the painter's font and pen, has its sign, if it has one."""
    before, sign, _ = text.rpartition(SIGN)
    if not sign:
        return
    metrics = QFontMetricsF(painter.font())
    height, width = metrics.capHeight() * 0.78, metrics.horizontalAdvance(SIGN) * 0.82
    left = baseline.x() + metrics.horizontalAdvance(before)
    middle = baseline.y() - metrics.capHeight() / 2
    case = QRectF(round(left) + 0.5, round(middle - height / 2) + 0.5, round(width) - 2, round(height))
    ink = painter.pen().color()
    painter.save()
    painter.setPen(QPen(ink, 1.0))
    painter.setBrush(QBrush())
    painter.drawRect(case)
    painter.fillRect(QRectF(case.right() + 0.5, middle - height / 4, 1.5, height / 2), ink)
    painter.fillRect(case.adjusted(1.5, 1.5, -case.width() * 0.72, -1.5), ink)
    painter.restore()
