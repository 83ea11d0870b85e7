"""`track.frame`: 1,165 units' day replayed together, each frame a repaint of the map offscreen, one core's worth of Qt.

Baseline: the same last minutes drawn plainly, a line from Python for each step and an ellipse for each head.
"""

import time

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from comms.domain.track import Track, thinned
from comms.fleet.movement import Movement
from comms.fleet.street_net import StreetNet
from comms.fleet.whereabouts import homes
from console.actions.tracking import MOST_READINGS
from console.store.tracks import Playing, Tracks
from tests.bench.record import Record, record
from tests.ui.map_town import Desk, town_desk
from ui.map.map_widget import MapWidget
from ui.map.palette import DARK
from ui.map.projection import worlds_of
from ui.map.track_overlay import TRAIL_S, TrackOverlay
from ui.text import Texts

UNITS, INTERVAL_S, HOURS = 1_165, 30, 24
SIZE = (1600, 900)
FRAMES = 120
FRAME_S = 0.033
SPEED = 60.0
TARGET_MS = 33.0
"""A frame at the map's own bound of 30 a second."""


class _Plain(QWidget):
    def __init__(self, widget: MapWidget, playing: Playing) -> None:
        super().__init__()
        self._widget, self._playing = widget, playing
        self._x, self._y = worlds_of(lat=playing.tracks.lat, lon=playing.tracks.lon)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.ground))
        painter.setPen(QColor(DARK.accent))
        tracks, at = self._playing.tracks, self._playing.at
        px, py = self._widget.view.screens_of(self._x, self._y)
        for first, end in zip(tracks.rows_until(at - TRAIL_S).tolist(), tracks.rows_until(at).tolist(), strict=True):
            points = [QPointF(x, y) for x, y in zip(px[first:end].tolist(), py[first:end].tolist(), strict=True)]
            painter.drawPolyline(points)
            if points:
                painter.drawEllipse(points[-1], 4.0, 4.0)
        painter.end()


def frame_records() -> list[Record]:
    application = QApplication.instance() or QApplication([])
    desk, tracks = _day()
    widget = MapWidget(desk.store, Texts(), DARK)
    widget.resize(*SIZE)
    widget.show()
    until = time.perf_counter() + 20.0
    while not widget.is_settled and time.perf_counter() < until:
        application.processEvents()
        time.sleep(0.005)
    overlay, playing = TrackOverlay(), Playing(tracks)
    overlay.show(playing, [str(row) for row in range(UNITS)], {})
    widget.drawing.overlays.add(overlay)
    plain = _Plain(widget, playing)
    plain.resize(*SIZE)
    plain.show()
    application.processEvents()  # before it is exposed, a repaint paints nothing
    playing.seek(tracks.from_at + HOURS * 1800.0)
    playing.speed = SPEED
    playing.toggle()
    frames: list[float] = []
    plainly: list[float] = []
    for _ in range(FRAMES):
        playing.advance(FRAME_S)
        frames.append(_ms(widget))
        plainly.append(_ms(plain))
    widget.close()
    plain.close()
    params = {"units": UNITS, "readings": len(tracks.at), "speed": SPEED}
    return [
        record(
            "track.frame",
            frames,
            unit="ms",
            params=params,
            baseline="a call a step",
            baseline_values=plainly,
            target=TARGET_MS,
        )
    ]


def _ms(widget: QWidget) -> float:
    started = time.perf_counter()
    widget.repaint()
    return (time.perf_counter() - started) * 1e3


def _day() -> tuple[Desk, Tracks]:
    """Everybody's day by the fleet's walk, thinned as the gateway thins it for so many."""
    desk, town = town_desk(units=UNITS)
    unit_ids = [unit.id for unit in town.units]
    walk = Movement(StreetNet(town.area.streets), homes(town, unit_ids), seed=7, start_s=0.0)
    moments = np.arange(0, HOURS * 3600, INTERVAL_S, dtype=np.float64)
    lat, lon = np.empty((2, len(moments), UNITS))
    for row, moment in enumerate(moments.tolist()):
        walk.advance(moment)
        seen = walk.whereabouts()
        lat[row], lon[row] = seen.lat, seen.lon
    unknown = np.full(len(moments), np.nan, np.float32)
    tracks = [
        thinned(
            Track(moments, lat[:, unit].copy(), lon[:, unit].copy(), unknown, unknown, unknown, unknown), MOST_READINGS
        )
        for unit in range(UNITS)
    ]
    return desk, Tracks(unit_ids, tracks, from_at=0.0, to_at=HOURS * 3600.0)
