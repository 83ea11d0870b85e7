"""What the picked alarms rest on: a ring about each piece of evidence, and lines to the place of the alarm."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.layers.layer import Live
from console.store.store import Store
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.view import View
from ui.selection import Selection

ORDER = 70
RING_PX = 13.0


class AlarmOverlay:
    order = ORDER
    live = Live.ALARMS

    def __init__(self, store: Store, selection: Selection) -> None:
        self._store = store
        self._selection = selection

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        states = self._store.picture.alarms.states
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for alarm_id in self._selection.alarm_ids:
            alarm = states[alarm_id].alarm if alarm_id in states else None
            if alarm is None or alarm.place is None:
                continue
            middle = QPointF(*view.screen_at(lat=alarm.place.lat, lon=alarm.place.lon))
            painter.setPen(QPen(QColor(palette.emergency), 2.4 * scale))
            painter.drawEllipse(middle, RING_PX * scale, RING_PX * scale)
            painter.setPen(QPen(QColor(palette.emergency), 1.4 * scale, Qt.PenStyle.DashLine))
            for evidence in alarm.evidence:
                if evidence.lat is not None and evidence.lon is not None:
                    place = QPointF(*view.screen_at(lat=evidence.lat, lon=evidence.lon))
                    painter.drawLine(middle, place)
                    painter.drawEllipse(place, RING_PX * scale * 0.7, RING_PX * scale * 0.7)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Nothing to click: it only shows."""
        return None
