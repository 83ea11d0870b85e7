"""What is asked about, drawn on the map: its outline, and a ring about the line picked in the sheet."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.order import CircleTarget
from console.around.outline import Shape
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import metres_per_pixel
from ui.map.view import View

RING_PX = 15.0


class AroundOverlay:
    """Empty while the sheet is closed."""

    order = 45

    def __init__(self) -> None:
        self.shape: Shape | None = None
        self.spot: tuple[float, float] | None = None
        """Latitude and longitude of what was picked."""

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        painter.setPen(QPen(QColor(palette.accent), 2.0 * scale, Qt.PenStyle.DashLine))
        wash = QColor(palette.accent)
        wash.setAlpha(18)
        painter.setBrush(wash)
        match self.shape:
            case CircleTarget(lat=lat, lon=lon, radius_m=radius_m):
                radius = radius_m / metres_per_pixel(lat=lat, zoom=view.zoom)
                painter.drawEllipse(QPointF(*view.screen_at(lat=lat, lon=lon)), radius, radius)
            case None:
                pass
            case outline:
                corners = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in outline.corners]
                painter.drawPolygon(QPolygonF(corners))
        if self.spot is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            spot = QPointF(*view.screen_at(lat=self.spot[0], lon=self.spot[1]))
            for colour, width in ((palette.symbol_edge, 5.0), (palette.accent, 2.4)):
                painter.setPen(QPen(QColor(colour), width * scale))
                painter.drawEllipse(spot, RING_PX * scale, RING_PX * scale)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Nothing to click: it only shows."""
        return None
