"""The strip below the map: scale bar, the place under the pointer and its grid, where the ground comes from."""

from math import floor, log10

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.map.lettering import map_font
from ui.map.palette import MapPalette, over

HEIGHT_PX = 24
BAR_MOST_PX = 130.0


class StatusLine(QWidget):
    """Opaque, so that a moving pointer repaints this strip and not the map above it."""

    def __init__(self, palette: MapPalette, scale: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._bar_px = 0.0
        self._bar_text = ""
        self._place_text = ""
        self._source_text = ""
        self.restyle(palette, scale)

    @property
    def texts(self) -> tuple[str, str, str]:
        """Scale, place, source: as shown."""
        return self._bar_text, self._place_text, self._source_text

    @property
    def bar_px(self) -> float:
        return self._bar_px

    def restyle(self, palette: MapPalette, scale: float) -> None:
        self._palette, self._scale = palette, scale
        self._font = map_font(12 * scale)
        self._metrics = QFontMetricsF(self._font)
        self.setFixedHeight(round(HEIGHT_PX * scale))
        self.update()

    def say_scale(self, bar_px: float, text: str) -> None:
        bar_px = float(round(bar_px))  # a pan changes it by less than a pixel
        if (bar_px, text) != (self._bar_px, self._bar_text):
            self._bar_px, self._bar_text = bar_px, text
            self.update()

    def say_place(self, text: str) -> None:
        if text != self._place_text:
            self._place_text = text
            self.update()

    def say_source(self, text: str) -> None:
        if text != self._source_text:
            self._source_text = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(over(self._palette.panel, self._palette.ground)))
        painter.setPen(QPen(QColor(self._palette.panel_line), 1.0))
        painter.drawLine(QLineF(0, 0.5, self.width(), 0.5))
        painter.setFont(self._font)
        middle = self.height() / 2
        left = 12.0 * self._scale
        painter.setPen(QPen(QColor(self._palette.text), 1.5 * self._scale))
        tick = 4.0 * self._scale
        painter.drawPolyline(
            [
                QPointF(left, middle - tick + 2),
                QPointF(left, middle + 3),
                QPointF(left + self._bar_px, middle + 3),
                QPointF(left + self._bar_px, middle - tick + 2),
            ]
        )
        text_left = left + self._bar_px + 8 * self._scale
        self._draw_text(painter, text_left, self._bar_text, self._palette.text)
        place_left = left + BAR_MOST_PX * self._scale + 76 * self._scale
        # Whose the ground is must be said however narrow the window: the place is cut before it.
        room = max(0.0, self.width() - place_left - 12 * self._scale)
        source = self._metrics.elidedText(self._source_text, Qt.TextElideMode.ElideRight, room)
        source_left = self.width() - self._metrics.horizontalAdvance(source) - 12 * self._scale
        left_over = max(0.0, source_left - place_left - 16)
        place = self._metrics.elidedText(self._place_text, Qt.TextElideMode.ElideRight, left_over)
        self._draw_text(painter, place_left, place, self._palette.text)
        self._draw_text(painter, source_left, source, self._palette.text_dim)
        painter.end()

    def _draw_text(self, painter: QPainter, left: float, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        cell = QRectF(left, 0, self._metrics.horizontalAdvance(text) + 2, self.height())
        painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def round_length(metres_per_px: float, most_px: float) -> tuple[float, float]:
    """The longest round length (1, 2 or 5 times a power of ten, metres) that fits, and its pixels."""
    most_m = metres_per_px * most_px
    power = 10.0 ** floor(log10(most_m))
    length = max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= most_m)
    return length, length / metres_per_px
