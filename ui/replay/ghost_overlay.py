"""The ghost on the map: where the best team's people were at this second, where that is not where ours are."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.ids import UnitId
from comms.domain.position import distances_m
from console.replay.ghost import NOWHERE, GhostPlaces
from console.store.store import Store
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import draw_plate
from ui.map.view import View
from ui.text import Texts
from ui.theme import Look

ORDER = 62
APART_M = 40.0
"""Simulated people walk alike where nobody sends them elsewhere: less apart is the same place."""
MOST_NAMES = 12
_RADIUS_PX = 8.0


@dataclass(frozen=True, slots=True)
class Apart:
    """A unit that is somewhere else than in the best team's run: its place, and the ghost's, in degrees."""

    unit_id: UnitId
    lat: float
    lon: float
    own: tuple[float, float] | None


class GhostOverlay:
    """A dashed ring where the ghost is, and a line to it from where our own one is."""

    order = ORDER

    def __init__(self, store: Store, look: Look, text: Texts) -> None:
        self._store, self._look, self._text = store, look, text
        self.apart: tuple[Apart, ...] = ()

    def show(self, places: GhostPlaces) -> None:
        self.apart = apart(self._store, places)

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        colour = QColor(self._look.theme.drill_fill)
        for one in self.apart:
            middle = QPointF(*view.screen_at(lat=one.lat, lon=one.lon))
            if one.own is not None:
                painter.setPen(QPen(colour, 1.4 * scale, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(*view.screen_at(lat=one.own[0], lon=one.own[1])), middle)
            painter.setPen(QPen(colour, 2.4 * scale, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, _RADIUS_PX * scale, _RADIUS_PX * scale)

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        if len(self.apart) > MOST_NAMES:
            return
        for one in self.apart:
            x, y = view.screen_at(lat=one.lat, lon=one.lon)
            units = self._store.picture.units
            name = units[one.unit_id].unit.name if one.unit_id in units else one.unit_id
            words = self._text("replay.ghost_of", name=name)
            below = QPointF(x, y + (_RADIUS_PX + 14) * scale)
            draw_plate(painter, below, words, QColor(self._look.theme.drill_fill), palette, scale)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Nothing to click: it only shows."""
        return None


def apart(store: Store, places: GhostPlaces) -> tuple[Apart, ...]:
    """Whoever is further from where he is in our run than people stray by themselves; all that are nowhere in it."""
    if places is NOWHERE or not len(places.unit_ids):
        return ()
    table = store.positions
    rows = [table.row_of(unit_id) for unit_id in places.unit_ids]
    own_lat = np.array([table.lat[row] if row is not None else np.nan for row in rows])
    own_lon = np.array([table.lon[row] if row is not None else np.nan for row in rows])
    found = []
    for number, unit_id in enumerate(places.unit_ids):
        lat, lon = float(places.lat[number]), float(places.lon[number])
        own = (float(own_lat[number]), float(own_lon[number]))
        if np.isnan(own[0]):
            found.append(Apart(unit_id, lat, lon, None))
        elif distances_m(own_lat[number : number + 1], own_lon[number : number + 1], lat=lat, lon=lon)[0] > APART_M:
            found.append(Apart(unit_id, lat, lon, own))
    return tuple(found)
