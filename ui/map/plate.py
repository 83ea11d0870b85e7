"""A name on a plate, for what overlays draw."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from ui.map.declutter import Rect
from ui.map.lettering import map_font
from ui.map.palette import MapPalette

SIZE_PX = 12.0
KEPT_PLATES = 600


def draw_plate(painter: QPainter, middle: QPointF, words: str, edge: QColor, palette: MapPalette, scale: float) -> None:
    font = map_font(SIZE_PX * scale)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(words) + 14 * scale, metrics.height() + 6
    plate = QRectF(round(middle.x() - width / 2), round(middle.y() - height / 2), width, height)
    painter.setPen(QPen(edge, 1.2 * scale))
    painter.setBrush(QColor(palette.panel))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


class Plates:
    """Plates of one overlay, each drawn once: a name costs a blit. All of them are forgotten with another look."""

    def __init__(self) -> None:
        self._look: tuple[MapPalette, float, float] | None = None
        self._drawn: dict[tuple[str, str], QPixmap] = {}
        self._metrics: tuple[float, QFontMetricsF] | None = None
        self._widths: dict[str, float] = {}

    def rect(self, middle: tuple[float, float], words: str, scale: float) -> Rect:
        """What it takes, in whole pixels at its upper left."""
        if self._metrics is None or self._metrics[0] != scale:
            self._metrics, self._widths = (scale, QFontMetricsF(map_font(SIZE_PX * scale))), {}
        width = self._widths.get(words)
        if width is None:
            if len(self._widths) > KEPT_PLATES:
                self._widths.clear()
            width = self._widths[words] = self._metrics[1].horizontalAdvance(words) + 14 * scale
        height = self._metrics[1].height() + 6
        return round(middle[0] - width / 2), round(middle[1] - height / 2), width, height

    def draw(self, painter: QPainter, rect: Rect, words: str, edge: str, palette: MapPalette, scale: float) -> None:
        """`rect` as it was given; `edge` the colour of its frame."""
        look = (palette, scale, painter.device().devicePixelRatioF())
        if look != self._look or len(self._drawn) > KEPT_PLATES:
            self._look, self._drawn = look, {}
        drawn = self._drawn.get((words, edge))
        if drawn is None:
            drawn = self._drawn[words, edge] = _drawn(rect, words, edge, look)
        painter.drawPixmap(QPointF(rect[0] - 2, rect[1] - 2), drawn)


def _drawn(rect: Rect, words: str, edge: str, look: tuple[MapPalette, float, float]) -> QPixmap:
    """With room for the frame on all sides."""
    palette, scale, ratio = look
    width, height = rect[2] + 4, rect[3] + 4
    pixmap = QPixmap(ceil(width * ratio), ceil(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    draw_plate(painter, QPointF(width / 2, height / 2), words, QColor(edge), palette, scale)
    painter.end()
    return pixmap
