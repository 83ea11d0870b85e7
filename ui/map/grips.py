"""The chosen mark's grips as they are drawn and hit."""

from math import hypot, inf
from operator import itemgetter

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.mark import Mark
from console.layers.layer import Live
from ui.map.grip import WHOLE, Grip, Part, Place, corners, middles
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import draw_plate
from ui.map.view import View

ORDER = 60
REACH_PX = 9.0
_RING_PX = 13.0


class Grips:
    """`mark` is the chosen one as it shows now, None without one; `held` the grip in hand; `hint` says what keys do."""

    order = ORDER
    live = Live.MARKS
    is_of_screen = True

    def __init__(self) -> None:
        self.mark: Mark | None = None
        self.held: Grip | None = None
        self.hint = ""

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        pass  # they lie above the units

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        return None  # asked for by `grip_at` before all else

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        if self.mark is None:
            return
        painter.setPen(QPen(QColor(palette.accent), (3.0 if self.held is not None else 1.8) * scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not corners(self.mark):
            painter.drawEllipse(_at(view, self.mark.points[0]), _RING_PX * scale, _RING_PX * scale)
        for grip, place in (*middles(self.mark), *corners(self.mark)):
            self._draw(painter, _at(view, place), palette, scale, grip)
        if self.hint:
            low = QPointF(view.width / 2, view.height - 26 * scale)
            draw_plate(painter, low, self.hint, QColor(palette.accent), palette, scale)

    def _draw(self, painter: QPainter, at: QPointF, palette: MapPalette, scale: float, grip: Grip) -> None:
        """Corners are squares, middles smaller discs; those held are filled."""
        is_middle = grip.part is Part.MIDDLE
        is_held = grip == self.held or (self.held == WHOLE and not is_middle)
        painter.setPen(QPen(QColor(palette.accent), 1.8 * scale))
        painter.setBrush(QColor(palette.accent if is_held else palette.panel))
        side = ((3.0 if is_middle else 4.5) + (1.5 if is_held else 0.0)) * scale
        if is_middle:
            painter.drawEllipse(at, side, side)
        else:
            painter.drawRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side))

    def grip_at(self, view: View, px: float, py: float, scale: float) -> Grip | None:
        """Corners before middles, the nearest of each."""
        if self.mark is None:
            return None
        for grips in (corners(self.mark), middles(self.mark)):
            near = [(_gap(view, place, px, py), grip) for grip, place in grips]
            gap, grip = min(near, key=itemgetter(0), default=(inf, WHOLE))
            if gap <= REACH_PX * scale:
                return grip
        return None


def _gap(view: View, place: Place, px: float, py: float) -> float:
    at = _at(view, place)
    return hypot(at.x() - px, at.y() - py)


def _at(view: View, place: Place) -> QPointF:
    return QPointF(*view.screen_at(lat=place[0], lon=place[1]))
