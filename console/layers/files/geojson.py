"""GeoJSON feature by feature: one bad feature costs itself only, and a cut-off file gives what came before the cut.

Read here rather than by GDAL, which takes a file whole or not at all, and knows no row numbers and no bare lists."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from shapely.errors import ShapelyError
from shapely.geometry import shape as shape_of

from console.layers.files.columns import CoordinateColumns, find_coordinates
from console.layers.files.encoding import guess_text
from console.layers.files.gathering import Batch, Gatherer
from console.layers.files.report import Progress, Reason

BATCH_ROWS = 500
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_SYSTEM = re.compile(r'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]+)"')
_NEXT = re.compile(r'\{\s*"(?:type"\s*:\s*"Feature"|id"|properties"|geometry")')
_GAP = re.compile(r"[\s,\x1e]*")
_LEAST_RING = 4
_PIECE_BYTES = 2**20
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of the file; `value` None when its text is spoilt."""

    number: int
    value: Any
    end: int
    detail: str = ""


@dataclass(slots=True)
class Document:
    text: str
    system: str
    """What the old `crs` member names; empty for most files."""
    encoding: str
    is_cut: bool = False
    """Set while reading, when the file ends within its list."""

    def features(self) -> Iterator[Found]:
        start = _FEATURES.search(self.text)
        at = start.end() if start is not None else self._first()
        is_list = start is not None or self.text[at - 1 : at] == "["
        number = 0
        while True:
            at = _skipped(self.text, at)
            if at >= len(self.text):
                self.is_cut = is_list
                return
            if self.text[at] == "]" or (is_list and self.text[at] == "}"):
                return
            number += 1
            try:
                value, end = _DECODER.raw_decode(self.text, at)
                yield Found(number, value, end)
            except (ValueError, RecursionError) as error:
                resumed = _NEXT.search(self.text, at + 1)
                end = resumed.start() if resumed is not None else len(self.text)
                yield Found(number, None, end, str(error)[:80])
            at = end

    def _first(self) -> int:
        """Where things begin in a file without a list of features: a bare list, one thing, or one a line."""
        at = _skipped(self.text, 0)
        return at + 1 if self.text[at : at + 1] == "[" else at


def open_document(path: Path, encoding: str) -> Document:
    """Raises OSError, or MemoryError for a file larger than this computer."""
    data = path.read_bytes()
    encoding = encoding or guess_text(data[:1_000_000])
    text = _decoded(data, encoding).lstrip("\ufeff")
    start = _FEATURES.search(text)
    return Document(text, system_named(text if start is None else text[: start.start()] + text[-2_000:]), encoding)


def _decoded(data: bytes, encoding: str) -> str:
    """Piece by piece: one call for a large file would keep the interpreter from the screen."""
    decoder = getincrementaldecoder(encoding)(errors="replace")
    pieces = [decoder.decode(data[at : at + _PIECE_BYTES]) for at in range(0, len(data), _PIECE_BYTES)]
    return "".join((*pieces, decoder.decode(b"", final=True)))


def system_named(text: str) -> str:
    """What an old `crs` member in this part of a file names; empty when there is none."""
    system = _SYSTEM.search(text)
    return system[1] if system is not None else ""


class DocumentReader:
    def __init__(self, document: Document, gatherer: Gatherer) -> None:
        self._document = document
        self._gatherer = gatherer
        self._numbers: list[int] = []
        self._shapes: list[Any] = []
        self._rows: list[dict[str, Any]] = []
        self._known: dict[tuple[str, ...], CoordinateColumns | None] = {}
        """What was found of coordinates, by the names of a plain object."""

    def run(self, progress: Progress) -> bool:
        """False when it was cancelled."""
        size = len(self._document.text)
        for found in self._document.features():
            self._take(found)
            if len(self._numbers) >= BATCH_ROWS:
                self._flush()
                if not progress(found.end, size):
                    return False
        self._flush()
        return True

    def _take(self, found: Found) -> None:
        feature = found.value
        if not isinstance(feature, dict):
            self._gatherer.refuse(found.number, Reason.UNREADABLE, found.detail)
            return
        raw, properties = self._parts(feature)
        shape, detail = (None, "") if raw is None else _shape(raw)
        if shape is None and raw is not None:
            self._gatherer.refuse(found.number, Reason.BAD_GEOMETRY, detail)
            return
        if detail:
            self._gatherer.note(found.number, Reason.RING_MENDED, detail)
        self._numbers.append(found.number)
        self._shapes.append(shape)
        self._rows.append(_flat(properties if isinstance(properties, dict) else {}))

    def _parts(self, feature: dict[str, Any]) -> tuple[Any, Any]:
        """Geometry and properties: of a feature, a bare geometry, or a plain object that has coordinates of its own."""
        if feature.get("type") == "Feature" or "geometry" in feature:
            return feature.get("geometry"), feature.get("properties")
        if "coordinates" in feature or "geometries" in feature:
            return feature, None
        names = tuple(feature)
        if names not in self._known:
            self._known[names] = find_coordinates(names)
        columns = self._known[names]
        if columns is None or not columns.lat:
            return feature, None
        place = [feature[columns.lon], feature[columns.lat]]
        rest = {name: value for name, value in feature.items() if name not in columns.names}
        return ({"type": "Point", "coordinates": place} if place != [None, None] else None), rest

    def _flush(self) -> None:
        if not self._numbers:
            return
        shapes = np.empty(len(self._shapes), dtype=object)
        shapes[:] = self._shapes
        names = dict.fromkeys(name for row in self._rows for name in row)
        columns = {}
        for name in names:
            values = np.empty(len(self._rows), dtype=object)
            values[:] = [row.get(name) for row in self._rows]
            columns[name] = values
        self._gatherer.add(Batch(np.array(self._numbers, dtype=np.int64), shapes, columns))
        self._numbers, self._shapes, self._rows = [], [], []


def _skipped(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap is not None else at


def _flat(properties: dict[str, Any]) -> dict[str, Any]:
    """Nested values as their JSON text."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else value
        for name, value in properties.items()
    }


def _shape(raw: Any) -> tuple[Any, str]:
    """The geometry and what was mended in it; None with what is wrong."""
    try:
        return shape_of(raw), ""
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        wrong = f"{type(error).__name__}: {error}"[:80]
    whole, dropped = _without_short_rings(raw)
    if not dropped:
        return None, wrong
    try:
        return shape_of(whole), f"{dropped} ring(s) of fewer than {_LEAST_RING} points left out"
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None, wrong


def _without_short_rings(raw: Any) -> tuple[Any, int]:
    """A polygon without inner rings that enclose nothing; a multipolygon without polygons whose outer ring does."""
    if not isinstance(raw, dict) or raw.get("type") not in ("Polygon", "MultiPolygon"):
        return raw, 0
    try:
        polygons = [raw["coordinates"]] if raw["type"] == "Polygon" else raw["coordinates"]
        kept = [[ring for ring in polygon if len(ring) >= _LEAST_RING] for polygon in polygons]
        kept = [rings for rings, all_rings in zip(kept, polygons, strict=True) if rings and rings[0] is all_rings[0]]
        dropped = sum(len(polygon) for polygon in polygons) - sum(len(polygon) for polygon in kept)
    except (TypeError, KeyError, IndexError):
        return raw, 0
    return ({"type": "MultiPolygon", "coordinates": kept}, dropped) if kept else (raw, 0)
