"""The strip below the map: scale bar, the place under the pointer and its grid, where the ground comes from."""

from math import floor, log10

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.map.lettering import map_font
from ui.map.palette import MapPalette, over

HEIGHT_PX = 24
BAR_MOST_PX = 130.0
SCALE_PX, GAP_PX, EDGE_PX = 76.0, 14.0, 12.0
PLACE_PX = 320.0
"""Room for coordinates and what is near, which all but the base map's owner leaves free."""
LEAST_PX = 40.0
"""Less of a text than this says nothing: it is left out."""


class StatusLine(QWidget):
    """Opaque, so that a moving pointer repaints this strip and not the map above it."""

    def __init__(self, palette: MapPalette, scale: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._bar_px = 0.0
        self._bar_text = ""
        self._place: tuple[str, str, str] = ("", "", "")
        self._source: tuple[str, str] = ("", "")
        self.restyle(palette, scale)

    @property
    def texts(self) -> tuple[str, str, str]:
        """Scale, place, source: all there is to say, wherever it has room."""
        return self._bar_text, "   ".join(filter(None, self._place)), self._source_words

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

    def say_place(self, *, near: str = "", coordinates: str = "", grid: str = "") -> None:
        if (near, coordinates, grid) != self._place:
            self._place = near, coordinates, grid
            self.update()

    def say_source(self, ground: str, base: str = "") -> None:
        """Whose the base map is, which must always be said, and whose the ground."""
        if (base, ground) != self._source:
            self._source = base, ground
            self.update()

    @property
    def _source_words(self) -> str:
        return " · ".join(filter(None, self._source))

    def fitted(self, room: float) -> tuple[str, str, str]:
        """What is said of the place in so many pixels: coordinates whole, then what is near, then the grid."""
        near, coordinates, grid = self._place
        left = room - self._width(coordinates)
        fitting = []
        for words in (near, grid):
            left -= GAP_PX * self._scale if words else 0.0
            is_telling = left >= min(self._width(words), LEAST_PX * self._scale)
            fitting.append(self._elided(words, left) if is_telling else "")
            left -= self._width(fitting[-1])
        return fitting[0], self._elided(coordinates, room), fitting[1]

    def _width(self, words: str) -> float:
        return self._metrics.horizontalAdvance(words)

    def _elided(self, words: str, room: float) -> str:
        return self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(0.0, room) + 0.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(over(self._palette.panel, self._palette.ground)))
        painter.setPen(QPen(QColor(self._palette.panel_line), 1.0))
        painter.drawLine(QLineF(0, 0.5, self.width(), 0.5))
        painter.setFont(self._font)
        middle = self.height() / 2
        left = EDGE_PX * self._scale
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
        place_left = left + (BAR_MOST_PX + SCALE_PX) * self._scale
        room = max(0.0, self.width() - place_left - EDGE_PX * self._scale)
        must = min(room, self._width(self._source[0]))
        source = self._elided(self._source_words, max(must, room - PLACE_PX * self._scale))
        source_left = place_left + room - self._width(source)
        for words in self.fitted(source_left - place_left - GAP_PX * self._scale):
            self._draw_text(painter, place_left, words, self._palette.text)
            place_left += self._width(words) + GAP_PX * self._scale if words else 0.0
        self._draw_text(painter, source_left, source, self._palette.text_dim)
        painter.end()

    def _draw_text(self, painter: QPainter, left: float, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        cell = QRectF(left, 0, self._width(text) + 2, self.height())
        painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def round_length(metres_per_px: float, most_px: float) -> tuple[float, float]:
    """The longest round length (1, 2 or 5 times a power of ten, metres) that fits, and its pixels."""
    most_m = metres_per_px * most_px
    power = 10.0 ** floor(log10(most_m))
    length = max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= most_m)
    return length, length / metres_per_px
