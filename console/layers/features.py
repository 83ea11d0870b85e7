"""The features of one layer as columns: 130,000 cameras are a handful of arrays, never 130,000 objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


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

    def name(self, row: int) -> str:
        """What an officer calls this feature; its id when it has no name."""
        if self.name_column in self.columns:
            return str(self.columns[self.name_column][row])
        return str(self.ids[row])

    def attributes(self, row: int) -> dict[str, Any]:
        """One feature's attributes, for a popup."""
        return {name: values[row] for name, values in self.columns.items()}
