"""Layers as data: what is drawn on the map beneath and above the units, from where, and how it looks.

A layer is described here and drawn by `ui.map`; its features are `console.layers.features.Features`.
"""

from enum import StrEnum
from typing import NewType

import msgspec

from console.layers.features import Geometry
from console.layers.files.columns import CoordinateColumns

LayerId = NewType("LayerId", str)


class Live(StrEnum):
    """What the picture itself knows and keeps up to date; the map draws each of these its own way."""

    UNITS = "units"
    TRACKS = "tracks"
    ORDERS = "orders"
    INCIDENTS = "incidents"
    ALARMS = "alarms"
    FENCES = "fences"
    WEATHER = "weather"
    MARKS = "marks"
    """What officers drew and share."""
    CALL_AREAS = "call_areas"
    """Circles and polygons that belong to a call in progress."""
    DENSITY = "density"
    TRAILS = "trails"
    """The last minutes of units that are selected, followed or in an emergency."""


class LiveSource(msgspec.Struct, frozen=True, tag_field="kind", tag="live"):
    live: Live


class AreaSource(msgspec.Struct, frozen=True, tag_field="kind", tag="area"):
    """A part of the static map that the gateway publishes: grids, streets, cameras, places, parts or risks."""

    part: str
    category: str = ""
    """Only features of this category; empty means all."""


class FileSource(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="file"):
    """A file on this desk, read by `console.layers.files`."""

    path: str
    table: str = ""
    """The layer inside a GeoPackage or the sheet inside a workbook; empty means the first."""
    geometry: Geometry | None = None
    """Which of the file's features: a layer holds one kind, a file may hold three. None means the first there is."""
    datum: str = "wgs84"
    """What its coordinates are in, a word of `console.layers.reference`; turned into WGS-84 when read."""
    encoding: str = ""
    """Of texts in Shapefiles and CSV; empty means found out."""
    coordinates: CoordinateColumns | None = None
    """Of CSV and XLSX; None means found by their names."""


Source = LiveSource | AreaSource | FileSource


class Paint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a feature looks. Colours are `#rrggbb`, or the name of a colour of the map's palette, so that themes work."""

    colour: str
    symbol: str = "dot"
    """A name of `ui.map.symbols`, or one character to stand on a plate."""
    size_px: float = 9.0
    line_px: float = 1.5
    fill_opacity: float = 0.15
    """Of polygons, 0 to 1."""


class Rule(msgspec.Struct, frozen=True):
    """Features whose attribute is one of these values look like this."""

    values: tuple[str, ...]
    paint: Paint


class Style(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`base` for every feature, unless a rule on the attribute `by` says otherwise. First rule that fits wins."""

    base: Paint
    by: str = ""
    rules: tuple[Rule, ...] = ()


class Layer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`topic` groups layers in the catalogue. Shown between `zoom_from` and `zoom_to`; symbols begin at
    `symbols_from`, below it there are clusters and density; names begin at `names_from`."""

    id: LayerId
    name: str
    """Built-in layers hold a key of the catalogue of texts (`layer.cameras`), others the officer's own words."""
    topic: str
    source: Source
    style: Style
    zoom_from: float = 0.0
    zoom_to: float = 24.0
    symbols_from: float = 15.0
    names_from: float = 17.0
    popup_fields: tuple[str, ...] = ()
    """Attributes shown when a feature is clicked, in order; empty means all."""
    is_on: bool = True
    order: int = 0
    """Drawn from low to high."""
