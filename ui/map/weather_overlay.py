"""Weather alerts on the map: outline and wash, kind and level in words on a plate; dashed before they are in force."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from comms.domain.ids import WeatherId
from comms.domain.weather import WeatherAlert, WeatherLevel
from console.layers.layer import Live
from console.store.store import Store
from ui.map.lettering import map_font
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.view import View
from ui.text import Texts
from ui.weather.words import weather_label

ORDER = 38
KIND = "weather"
_FROM_TOP_PX = 56.0
"""Plates keep clear of the tools in the corner."""


class WeatherOverlay:
    order = ORDER
    live = Live.WEATHER

    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text
        self._outlines: dict[WeatherId, list[QPolygonF]] = {}
        """In world units."""
        self._plates: list[tuple[QRectF, WeatherId]] = []

    def _standing(self) -> list[WeatherAlert]:
        """The highest level last, above the others."""
        alerts = [state.alert for state in self._store.picture.weather.standing(self._store.server_now())]
        self._outlines = {alert.id: self._outlines.get(alert.id) or _outline(alert) for alert in alerts}
        return sorted(alerts, key=lambda alert: tuple(WeatherLevel).index(alert.level))

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        now = self._store.server_now()
        for alert in self._standing():
            colour = QColor(_colour(alert.level, palette))
            pen = QPen(colour, 3.0 * scale)
            pen.setStyle(Qt.PenStyle.DashLine if now < alert.from_at else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            wash = QColor(colour)
            wash.setAlpha(30)
            painter.setBrush(wash)
            for ring in self._outlines[alert.id]:
                painter.drawPolygon(_to_screen(view).map(ring))

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        """Above the area, or within it at the edge of the view: the words are there wherever the wash is."""
        self._plates = []
        painter.setFont(map_font(13 * scale, is_bold=True))
        metrics = QFontMetricsF(painter.font())
        window = QRectF(0, 0, view.width, view.height)
        for alert in reversed(self._standing()):
            around = QRectF()
            for ring in self._outlines[alert.id]:
                around = around.united(_to_screen(view).map(ring).boundingRect())
            seen = around.intersected(window)
            if seen.isEmpty():
                continue
            words = weather_label(alert, self._store.server_now(), self._text)
            plate = self._free_plate(seen, metrics.horizontalAdvance(words) + 34 * scale, 24 * scale, scale)
            self._plates.append((plate, alert.id))
            _draw_plate(painter, plate, words, alert.level, palette, scale)

    def _free_plate(self, seen: QRectF, width: float, height: float, scale: float) -> QRectF:
        top = max(seen.top() - height - 4 * scale, _FROM_TOP_PX * scale)
        plate = QRectF(seen.center().x() - width / 2, top, width, height)
        while any(plate.intersects(taken) for taken, _ in self._plates):
            plate.translate(0, height + 3 * scale)
        return plate

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Only the plate: what lies in the area must stay within reach."""
        for plate, weather_id in self._plates:
            if plate.contains(QPointF(px, py)):
                return Hit(KIND, weather_id)
        return None


def _outline(alert: WeatherAlert) -> list[QPolygonF]:
    return [QPolygonF([QPointF(*world_of(lat=lat, lon=lon)) for lat, lon in ring]) for ring in alert.rings]


def _to_screen(view: View) -> QTransform:
    return QTransform(view.scale, 0, 0, view.scale, -view.left, -view.top)


def _colour(level: WeatherLevel, palette: MapPalette) -> str:
    return {
        WeatherLevel.BLUE: palette.order_under_way,
        WeatherLevel.YELLOW: palette.order_waiting,
        WeatherLevel.ORANGE: palette.order_on_scene,
        WeatherLevel.RED: palette.emergency,
    }[level]


def _draw_plate(
    painter: QPainter, plate: QRectF, words: str, level: WeatherLevel, palette: MapPalette, scale: float
) -> None:
    """The words on the ground of labels; as many bars in the level's colour as it is high."""
    colour = QColor(_colour(level, palette))
    painter.setPen(QPen(colour, 1.5 * scale))
    painter.setBrush(QColor(palette.label_ground))
    painter.drawRoundedRect(plate, 4 * scale, 4 * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for bar in range(tuple(WeatherLevel).index(level) + 1):
        high = (4 + 3 * bar) * scale
        painter.drawRect(
            QRectF(plate.left() + (7 + 4 * bar) * scale, plate.bottom() - 6 * scale - high, 3 * scale, high)
        )
    painter.setPen(QColor(palette.label_text))
    painter.drawText(plate.adjusted(26 * scale, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
