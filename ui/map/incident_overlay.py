"""Open incidents on the map: shape and colour by priority. Their names have the first right to room: labels of units
keep clear of them.

They are columns that change one by one; where they lie upon one another only the gravest, and of these the newest, is
drawn and named."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from comms.domain.ids import IncidentId
from comms.domain.incident import Incident, IncidentState
from comms.domain.order import OrderPriority
from console.layers.layer import Live
from ui.map.declutter import Cells, Occupancy, Rect
from ui.map.incident_marks import PRIORITIES, SIDE_PX, IncidentMarks, incident_colour
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import Plates
from ui.map.projection import Floats, world_of
from ui.map.view import View

INCIDENT_KIND = "incident"
MOST_NAMES = 80
MOST_ALL = 400
"""More than so many in view are thinned out."""
MOST_ROOM = 300
"""Of each priority, so many keep names off."""
THIN_PX = 12.0
_GAP_PX = 3.0
_NAMES_FROM_ZOOM = {OrderPriority.CRITICAL: 11.0, OrderPriority.URGENT: 13.0, OrderPriority.NORMAL: 14.0}
"""The gravest first."""
_NOBODY = -1
_ROW = np.dtype([("x", np.float64), ("y", np.float64), ("priority", np.float64)])


@dataclass(frozen=True, slots=True)
class _Spots:
    """What is drawn of a view, in pixels; the gravest and newest last."""

    rows: NDArray[np.intp]
    px: Floats
    py: Floats
    priority: Floats


class IncidentOverlay:
    order = 50
    live = Live.INCIDENTS

    def __init__(self) -> None:
        self._plates = Plates()
        self._marks = IncidentMarks()
        self._named: list[tuple[Incident, Rect]] = []
        """Names as they were placed last."""
        self._seen: tuple[View, float, _Spots] | None = None
        self._clear()

    # --- what is shown --------------------------------------------------------------------------------

    def show(self, states: list[IncidentState]) -> None:
        """These and no others; the newest last."""
        self._clear()
        for state in states:
            self.put(state)

    def put(self, state: IncidentState) -> None:
        """One that came or changed; one that is closed or merged goes."""
        incident = state.incident
        row = self._rows.get(incident.id)
        if not state.stands:
            if row is not None:
                self._held["priority"][row] = _NOBODY
                del self._rows[incident.id]
        elif row is None:
            self._add(incident)
        self._seen = None

    def _clear(self) -> None:
        self._incidents: list[Incident] = []
        self._rows: dict[IncidentId, int] = {}
        self._held = np.zeros(256, _ROW)
        self._seen = None

    def _add(self, incident: Incident) -> None:
        if len(self._incidents) > 2 * len(self._rows) + 256:
            self._forget_gone()
        row = len(self._incidents)
        if row == len(self._held):
            self._held = np.concatenate((self._held, np.zeros(row, _ROW)))
        x, y = world_of(lat=incident.place.lat, lon=incident.place.lon)
        self._held[row] = (x, y, PRIORITIES.index(incident.priority))
        self._incidents.append(incident)
        self._rows[incident.id] = row

    def _forget_gone(self) -> None:
        staying = list(self._rows.values())
        self._held[: len(staying)] = self._held[staying]
        self._incidents = [self._incidents[row] for row in staying]
        self._rows = {incident.id: row for row, incident in enumerate(self._incidents)}

    # --- what is drawn --------------------------------------------------------------------------------

    def _in_view(self, view: View, scale: float) -> _Spots:
        if self._seen is None or self._seen[:2] != (view, scale):
            self._seen = (view, scale, self._look(view, scale))
        return self._seen[2]

    def _look(self, view: View, scale: float) -> _Spots:
        held = self._held[: len(self._incidents)]
        x_min, y_min, x_max, y_max = view.bounds(margin_px=SIDE_PX * scale)
        x, y = held["x"], held["y"]
        is_inside = (x_min < x) & (x < x_max) & (y_min < y) & (y < y_max) & (held["priority"] != _NOBODY)
        rows = np.flatnonzero(is_inside)
        rows = rows[np.argsort(held["priority"][rows], kind="stable")]
        px, py = view.screens_of(x[rows], y[rows])
        if len(rows) > MOST_ALL:
            kept = _thinned(px, py, THIN_PX * scale)
            rows, px, py = rows[kept], px[kept], py[kept]
        return _Spots(rows, px, py, held["priority"][rows])

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        spots = self._in_view(view, scale)
        self._marks.draw(painter, palette, scale, px=spots.px, py=spots.py, priority=spots.priority)

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for incident, rect in self._named:
            colour = incident_colour(incident.priority, palette)
            self._plates.draw(painter, rect, incident.kind, colour, palette, scale)

    def claim(self, view: View, scale: float, room: Occupancy) -> list[Rect]:
        """The gravest first, then the newest; beside the symbol, over nothing else that has a right to its room."""
        spots, side = self._in_view(view, scale), SIDE_PX * scale
        self._named = []
        for priority, from_zoom in _NAMES_FROM_ZOOM.items():
            if view.zoom < from_zoom:
                continue
            alike = np.flatnonzero(spots.priority == PRIORITIES.index(priority))[::-1]
            near = alike[:MOST_ROOM]
            room.take_squares(spots.px[near], spots.py[near], side)  # less grave ones may be covered
            for spot in alike[: MOST_NAMES - len(self._named)]:
                incident = self._incidents[spots.rows[spot]]
                rect = self._place(view, float(spots.px[spot]), float(spots.py[spot]), incident.kind, scale, room)
                if rect is not None:
                    self._named.append((incident, rect))
        return [rect for _, rect in self._named]

    def _place(self, view: View, x: float, y: float, words: str, scale: float, room: Occupancy) -> Rect | None:
        """Cut by the edge only where there is no better place; None where there is none at all."""
        best: tuple[Rect, Cells] | None = None
        for rect in self._sides(x, y, words, scale):
            cells = room.cells(rect)
            if room.are_free(cells):
                left, top, width, height = rect
                is_whole = left >= 0 and top >= 0 and left + width <= view.width and top + height <= view.height
                best = (rect, cells) if best is None or is_whole else best
                if is_whole:
                    break
        if best is None:
            return None
        room.take_cells(best[1])
        return best[0]

    def _sides(self, x: float, y: float, words: str, scale: float) -> list[Rect]:
        """Right, left, below, above."""
        _, _, width, height = self._plates.rect((x, y), words, scale)
        reach = (SIDE_PX + _GAP_PX) * scale
        across, down = reach + width / 2, reach + height / 2
        middles = ((x + across, y), (x - across, y), (x, y + down), (x, y - down))
        return [self._plates.rect(middle, words, scale) for middle in middles]

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        for incident, (x, y, width, height) in self._named:
            if x <= px <= x + width and y <= py <= y + height:
                return Hit(INCIDENT_KIND, incident.id)
        spots = self._in_view(view, scale)
        away = np.maximum(np.abs(spots.px - px), np.abs(spots.py - py))
        near = np.flatnonzero(away <= SIDE_PX * scale)
        return Hit(INCIDENT_KIND, self._incidents[spots.rows[near[-1]]].id) if len(near) else None


def _thinned(px: Floats, py: Floats, cell_px: float) -> NDArray[np.intp]:
    """The last in each cell, in their order."""
    cells = np.floor(px / cell_px).astype(np.int64) * (1 << 24) + np.floor(py / cell_px).astype(np.int64)
    _, first = np.unique(cells[::-1], return_index=True)
    kept: NDArray[np.intp] = np.sort(len(cells) - 1 - first)
    return kept
