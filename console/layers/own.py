"""Layers that an officer brings in from files: what he chose, the layers made of it, and how to read them again."""

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from console.layers.features import Features, Geometry
from console.layers.files.reading import Request
from console.layers.files.report import Reading
from console.layers.first_style import NAMES_AFTER, first_style
from console.layers.layer import FileSource, Layer, LayerId

TOPIC = "topic.files"
_ORDER = {Geometry.POLYGON: 5, Geometry.LINE: 6, Geometry.POINT: 45}
"""Areas and lines beneath everything that is a point, points above the area's own."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the officer said about a file. `topic` is a group of the catalogue, `look` a place in LOOKS."""

    request: Request
    name: str
    topic: str = TOPIC
    look: int = 0


def layers_of(
    chosen: Chosen, reading: Reading, name_endings: Mapping[Geometry, str]
) -> tuple[tuple[Layer, Features], ...]:
    """One layer for each kind of geometry; where there are several, their names end differently."""
    is_one = len(reading.features) == 1
    return tuple(
        (_layer(chosen, features, "" if is_one else name_endings[features.geometry], symbols), features)
        for features, symbols in zip(reading.features, reading.symbols_from, strict=True)
    )


def _layer(chosen: Chosen, features: Features, ending: str, symbols: float) -> Layer:
    request = chosen.request
    source = FileSource(
        path=request.path,
        table=request.table,
        geometry=features.geometry,
        datum=request.reference,
        encoding=request.encoding,
        coordinates=request.coordinates,
    )
    return Layer(
        id=_id(source),
        name=chosen.name + ending,
        topic=chosen.topic,
        source=source,
        style=first_style(chosen.look, chosen.name),
        symbols_from=symbols,
        names_from=symbols + NAMES_AFTER,
        order=_ORDER[features.geometry],
    )


def _id(source: FileSource) -> LayerId:
    """The same table of the same file is the same layer: read in again it takes its own place."""
    words = "\0".join((source.path, source.table, source.geometry or ""))
    return LayerId(f"file/{sha256(words.encode()).hexdigest()[:16]}")


def request_of(source: FileSource) -> Request:
    return Request(
        path=source.path,
        table=source.table,
        reference=source.datum,
        encoding=source.encoding,
        coordinates=source.coordinates,
    )


def features_for(source: FileSource, reading: Reading) -> Features | None:
    """Of what was read, the part that a layer holds."""
    found = (one for one in reading.features if source.geometry in (None, one.geometry))
    return next(found, None)
