"""The map: time from a change of view or of positions to the painted frame, offscreen, one core's worth of Qt.

A frame is `repaint()`, so it includes culling, projecting, decluttering and painting, not the compositor. Tiles are
warm except for `map.pan_cold`, where the view moves to ground not drawn yet. The baseline is one QPainter call per
visible unit on an empty ground, at the same view.
"""

import time
from collections.abc import Callable, Iterator
from math import cos, pi, sin

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from comms.domain import events as ev
from comms.domain.ids import UnitId
from comms.domain.unit import Unit
from tests.bench.record import Record, record
from tests.ui.map_town import Desk, street_places, town_desk
from ui.map.map_widget import MapWidget
from ui.map.palette import DARK
from ui.map.projection import Floats
from ui.map.view import View
from ui.text import Texts

SIZE = (1600, 900)
FRAMES = 60
FRAME_TARGET_MS = 33.0
"""A frame at the map's own bound of 30 a second."""
MOST_PROMISED = 100_000
"""Beyond it figures are measured without a target."""
MOVED_PER_UPDATE = 2_000
SETTLE_S = 20.0


class _OneCallPerUnit(QWidget):
    """What the map would cost drawn plainly."""

    def __init__(self, x: Floats, y: Floats) -> None:
        super().__init__()
        self.view = View(0.5, 0.5, 10.0, *SIZE)
        self._x, self._y = x, y

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.ground))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.accent))
        px, py = self.view.screens_of(self._x, self._y)
        is_shown = (px > -8) & (py > -8) & (px < SIZE[0] + 8) & (py < SIZE[1] + 8)
        for x, y in zip(px[is_shown].tolist(), py[is_shown].tolist(), strict=True):
            painter.drawEllipse(QPointF(x, y), 4.5, 4.5)
        painter.end()


def _pan(home: View) -> Iterator[View]:
    for step in range(FRAMES):
        turn = 4 * pi * step / FRAMES
        yield home.panned(300 * sin(turn), 200 * cos(turn))


def _zoom(home: View) -> Iterator[View]:
    for step in range(FRAMES):
        swing = step % 16 if step % 32 < 16 else 16 - step % 16
        yield home.zoomed(home.zoom + swing * 0.25, SIZE[0] * 0.6, SIZE[1] * 0.4)


def _measure(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3


def _settle(widget: MapWidget) -> None:
    """Until every tile of the view has come."""
    until = time.perf_counter() + SETTLE_S
    while time.perf_counter() < until:
        widget.repaint()
        QApplication.processEvents()
        if widget.is_settled:
            return


def _frames(widget: MapWidget, views: Iterator[View]) -> list[float]:
    took = []
    for view in views:
        started = time.perf_counter()
        widget.show_view(view)
        widget.repaint()
        took.append((time.perf_counter() - started) * 1e3)
        QApplication.processEvents()
    return took


def _hovers(widget: MapWidget) -> list[float]:
    took = []
    for step in range(FRAMES):
        started = time.perf_counter()
        widget.hover(700.0 + step, 400.0)
        took.append((time.perf_counter() - started) * 1e3)
    return took


def _updates(desk: Desk, widget: MapWidget, count: int) -> list[float]:
    roll = np.random.default_rng(3)
    positions = desk.store.positions

    took = []
    for _ in range(FRAMES):
        rows = roll.choice(count, min(count, MOVED_PER_UPDATE), replace=False)
        desk.now += 0.1
        started = time.perf_counter()
        desk.move(
            positions.no[rows],
            positions.lat[rows] + 1e-5,
            positions.lon[rows] + 1e-5,
            heading_deg=positions.heading_deg[rows],
            speed_mps=1.4,
        )
        widget.repaint()
        took.append((time.perf_counter() - started) * 1e3)
        QApplication.processEvents()
    return took


def _city(count: int) -> Desk:
    """The sample town with units crowded along its streets."""
    desk, town = town_desk()
    first = len(town.units) + 1
    events: list[ev.Event] = []
    for number in range(first, count + 1):
        unit_id = UnitId(f"x{number}")
        events.append(
            ev.UnitDefined(
                unit=Unit(id=unit_id, no=number, name=f"力量{number}", jurisdiction_id=town.units[0].jurisdiction_id)
            )
        )
        events.append(ev.TerminalConnected(unit_id=unit_id))
    desk.extend(*events)
    lat, lon, heading = street_places(town, count - first + 1, seed=11)
    desk.move(range(first, count + 1), lat, lon, heading_deg=heading, speed_mps=1.4)
    return desk


def _one_size(desk: Desk, count: int) -> list[Record]:
    widget = MapWidget(desk.store, Texts(), DARK)
    widget.resize(*SIZE)
    widget.show()
    _settle(widget)
    home = widget.view
    plain = _OneCallPerUnit(widget.drawing.live.columns.x, widget.drawing.live.columns.y)
    plain.resize(*SIZE)
    plain.show()
    plain.view = home
    QApplication.processEvents()
    baseline_values = [_measure(plain.repaint) for _ in range(10)]
    cold = _frames(widget, _pan(home.zoomed(home.zoom + 1.25, *(side / 2 for side in SIZE))))
    for views in (_pan(home), _zoom(home)):
        _frames(widget, views)
        _settle(widget)
    params = {"units": count, "cameras": 600, "places": 2000, "size": "1600x900"}
    measured = {"map.pan": _frames(widget, _pan(home)), "map.zoom": _frames(widget, _zoom(home)), "map.pan_cold": cold}
    widget.show_view(home)
    measured["map.update"] = _updates(desk, widget, count)
    measured["map.hover"] = _hovers(widget)
    for each in (widget, plain):
        each.close()
        each.deleteLater()
    QApplication.processEvents()
    return [
        record(
            name,
            values,
            unit="ms",
            params=params,
            baseline="one call per unit",
            baseline_values=baseline_values,
            target=FRAME_TARGET_MS if count <= MOST_PROMISED else None,
        )
        for name, values in measured.items()
    ]


def records() -> list[Record]:
    application = QApplication.instance() or QApplication([])
    found = _one_size(town_desk()[0], 1165)
    for count in (100_000, 250_000):
        found += _one_size(_city(count), count)
    application.processEvents()
    return found


if __name__ == "__main__":
    import os
    import sys

    from tests.bench.record import table

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(table(records()) + "\n")
