"""The features of one layer as columns: 130,000 cameras are a handful of arrays, never 130,000 objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""A box: south, west, north, east."""


class Geometry(StrEnum):
    """What the features of a layer are. A layer holds one kind only."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """All arrays have one entry a feature and are never written to. Places are WGS-84 degrees.

    `lat`, `lon` float64: the point, or where a line or polygon has its label and its symbol.
    `shapes`: shapely geometries with x = longitude, y = latitude; None for points.
    `columns`: attributes by the name their source gave them; object arrays of text, or numbers with NaN for unknown.
    """

    geometry: Geometry
    ids: NDArray[np.object_]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    shapes: NDArray[np.object_] | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    name_column: str = ""
    """The attribute that names a feature on the map and in search; empty when there is none."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_named(self) -> bool:
        """Without an attribute that names them, features have numbers only, which nobody wants on the map."""
        return self.name_column in self.columns

    def name(self, row: int) -> str:
        """What an officer calls this feature; its id when it has no name."""
        if self.is_named:
            return str(self.columns[self.name_column][row])
        return str(self.ids[row])

    def attributes(self, row: int) -> dict[str, Any]:
        """One feature's attributes, for a popup."""
        return {name: values[row] for name, values in self.columns.items()}

    def part(self, is_kept: NDArray[np.bool_] | slice) -> "Features":
        """Some of the rows, in their order."""
        return Features(
            geometry=self.geometry,
            ids=self.ids[is_kept],
            lat=self.lat[is_kept],
            lon=self.lon[is_kept],
            shapes=None if self.shapes is None else self.shapes[is_kept],
            columns={name: values[is_kept] for name, values in self.columns.items()},
            name_column=self.name_column,
        )

    def within(self, box: Box) -> "Features":
        """Points in a box; lines and polygons that reach into it, whole."""
        south, west, north, east = box
        if self.shapes is None:
            return self.part((self.lat >= south) & (self.lat <= north) & (self.lon >= west) & (self.lon <= east))
        return self.part(np.asarray(shapely.intersects(self.shapes, shapely.box(west, south, east, north))))

    @property
    def bounds(self) -> Box | None:
        """Around everything; None when there is nothing."""
        if not len(self):
            return None
        shapes = shapely.points(self.lon, self.lat) if self.shapes is None else self.shapes
        west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
        return None if np.isnan(west) else (south, west, north, east)
