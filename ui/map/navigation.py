"""Where the map should look: views for the area, for units, for one unit. Pure but for what it reads."""

from dataclasses import dataclass

import numpy as np

from comms.domain.ids import UnitId
from comms.protocol.area import Area
from ui.map.projection import Floats, place_of
from ui.map.unit_columns import UnitColumns
from ui.map.view import View, rested

UNIT_ZOOM = 16.5
"""As close as the map comes by itself when it is asked for units."""
UNITS_MARGIN_PX = 60


@dataclass(frozen=True, slots=True)
class Navigator:
    """Answers None where nothing is known to look at."""

    columns: UnitColumns

    def on_place(self, view: View, x: float, y: float, zoom: float | None) -> View:
        """`x`, `y` in world units; `zoom` None keeps the view's."""
        moved = view.centred(x, y)
        return moved if zoom is None else moved.zoomed(rested(zoom), view.width / 2, view.height / 2)

    def on_unit(self, view: View, unit_id: UnitId, zoom: float | None = None) -> View | None:
        row = self.columns.row_of(unit_id)
        if row is None:
            return None
        return self.on_place(view, float(self.columns.x[row]), float(self.columns.y[row]), zoom)

    def on_area(self, view: View, area: Area | None) -> View | None:
        """The whole area; without one, all units."""
        if area is None:
            return self._around(view, self.columns.x, self.columns.y)
        south, west, north, east = area.bounds
        return view.fitted(south=south, west=west, north=north, east=east)

    def on_units(self, view: View, unit_ids: list[UnitId]) -> View | None:
        rows = [row for row in map(self.columns.row_of, unit_ids) if row is not None]
        return self._around(view, self.columns.x[rows], self.columns.y[rows])

    def _around(self, view: View, x: Floats, y: Floats) -> View | None:
        x, y = x[~np.isnan(x)], y[~np.isnan(y)]
        if not len(x):
            return None
        north, west = place_of(float(x.min()), float(y.min()))
        south, east = place_of(float(x.max()), float(y.max()))
        fitted = view.fitted(south=south, west=west, north=north, east=east, margin_px=UNITS_MARGIN_PX)
        return fitted.zoomed(min(fitted.zoom, UNIT_ZOOM), fitted.width / 2, fitted.height / 2)
