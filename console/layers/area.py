"""The gateway's static map as features and layers: one layer for each category that the area has."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.grid_tree import polygons
from comms.domain.pause import never
from comms.protocol.area import Area
from console.layers.built_in import category_layer
from console.layers.features import Features, Geometry
from console.layers.layer import AreaSource, Layer

POINT_PARTS = ("risks", "parts", "places", "cameras")
"""Of an area, in the order of the catalogue."""
AT_ONCE = 1_000
"""Things read in one step, of some hundredths of a millisecond."""
_COLUMNS: dict[str, tuple[str, ...]] = {
    "cameras": ("name", "category", "heading_deg"),
    "places": ("name", "category", "address"),
    "parts": ("name", "category"),
    "risks": ("name", "category", "level", "keeper"),
}


def area_layers(area: Area, stand_back: Callable[[], None] = never) -> tuple[Layer, ...]:
    """Categories in the order in which they come first, cameras last, above the others. `stand_back` see
    `console.gate`."""
    found = []
    for part in POINT_PARTS:
        categories: dict[str, None] = {}
        for some in _portions(getattr(area, part), stand_back):
            categories.update(dict.fromkeys(map(attrgetter("category"), some)))
        found += [category_layer(part, category) for category in categories]
    return tuple(found)


class AreaFeatures:
    """Reads an area's things into columns, and cuts them by category; what was cut does not stay beside its pieces.
    `stand_back` see `console.gate`."""

    def __init__(self, area: Area, stand_back: Callable[[], None] = never) -> None:
        self._area = area
        self._stand_back = stand_back
        self._read_before: dict[AreaSource, Features] = {}

    def of(self, source: AreaSource) -> Features:
        """Empty features when the area has no such part."""
        found = self._read_before.get(source)
        if found is not None:
            return found
        whole = self._read(source.part)
        if not source.category or "category" not in whole.columns:
            self._read_before[source] = whole
            return whole
        codes: dict[str, int] = {"": 0, source.category: 1}
        code = np.concatenate(
            [
                np.array([codes.setdefault(category, len(codes)) for category in some], np.int32)
                for some in _portions(whole.columns["category"].tolist(), self._stand_back)
            ]
            or [np.empty(0, np.int32)]
        )
        for category in [*codes][1:]:
            self._stand_back()
            own = whole.part(code == codes[category])
            self._read_before[AreaSource(part=source.part, category=category)] = own
        return self._read_before[source]

    def _read(self, part: str) -> Features:
        match part:
            case "grids":
                return _grids(self._area, self._stand_back)
            case "streets":
                return _streets(self._area)
            case _:
                return _points(getattr(self._area, part, ()), _COLUMNS.get(part, ()), self._stand_back)


def _points(things: Sequence[Any], names: tuple[str, ...], stand_back: Callable[[], None]) -> Features:
    def column(name: str) -> Any:
        read = attrgetter(name)
        parts = [_column(list(map(read, some))) for some in _portions(things, stand_back)]
        stand_back()
        return np.concatenate(parts) if parts else _column(())

    return Features(
        geometry=Geometry.POINT,
        ids=column("id"),
        lat=column("lat"),
        lon=column("lon"),
        columns={name: column(name) for name in names},
        name_column="name",
    )


def _portions(things: Sequence[Any], stand_back: Callable[[], None]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(things), AT_ONCE):
        stand_back()
        yield things[first : first + AT_ONCE]


def _grids(area: Area, stand_back: Callable[[], None]) -> Features:
    grids = [grid for grid in area.grids if grid.rings and len(grid.rings[0]) >= 3]
    shapes = polygons([grid.rings for grid in grids], stand_back=stand_back)
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2)
    return Features(
        geometry=Geometry.POLYGON,
        ids=_column([grid.jurisdiction_id for grid in grids]),
        lat=middles[:, 1],
        lon=middles[:, 0],
        shapes=shapes,
        columns={"name": _column([grid.name for grid in grids])},
        name_column="name",
    )


def _streets(area: Area) -> Features:
    streets = [street for street in area.streets if len(street.line) >= 2]
    shapes = np.array([shapely.LineString(_turned(street.line)) for street in streets], object)
    middles = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.5, normalized=True)).reshape(-1, 2)
    return Features(
        geometry=Geometry.LINE,
        ids=_column([str(row) for row in range(len(streets))]),
        lat=middles[:, 1],
        lon=middles[:, 0],
        shapes=shapes,
        columns={
            "name": _column([street.name for street in streets]),
            "rank": np.array([street.rank for street in streets], np.float64),
        },
        name_column="name",
    )


def _turned(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Longitude first, as shapes have it."""
    return np.asarray(places, np.float64).reshape(-1, 2)[:, ::-1]


def _column(values: Sequence[Any]) -> Any:
    """Text as objects; numbers with NaN for None."""
    if values and not any(isinstance(value, str) for value in values[:1]):
        return np.array(values, np.float64)  # None becomes NaN
    column = np.empty(len(values), object)
    column[:] = values
    return column
