"""Shapefiles and GeoPackages by GDAL, in small portions. Loaded with the first such file: GDAL takes 28 MB."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError, FeatureError
from pyogrio.raw import read as read_raw

from console.layers.files.gathering import Batch, Gatherer
from console.layers.files.report import Progress, Reason

PORTION_ROWS = 500
"""A portion keeps the interpreter from the screen while it is read: a few milliseconds."""
BROKEN = (DataSourceError, FeatureError, UnicodeDecodeError, ValueError, RuntimeError, OverflowError)
"""What GDAL and its wrapper raise for bad content."""
_BYTES = "ISO-8859-1"
"""Every byte a letter: how the texts of a Shapefile come here unharmed."""
_REPLACED = "\ufffd"
_SPOILT = shapely.GeometryCollection()
"""Stands for a geometry whose bytes mean nothing."""


@dataclass(frozen=True, slots=True)
class Info:
    """What a table says about itself."""

    rows: int
    columns: tuple[str, ...]
    geometry: str
    """GDAL's word: `Point`, `MultiPolygon`, `Unknown` …; empty for a table without geometry."""
    system: str
    """Its coordinate reference system as text; empty when unknown."""
    fid_column: str


def table_names(path: Path) -> tuple[tuple[str, str], ...]:
    """(name, geometry) of each table. Raises one of BROKEN."""
    with _quiet():
        return tuple((str(name), str(kind or "")) for name, kind in pyogrio.list_layers(path))


def info_of(path: Path, table: str, encoding: str) -> Info:
    """`encoding` is a Shapefile's; empty for a GeoPackage. Raises one of BROKEN."""
    with _quiet():
        told = pyogrio.read_info(path, layer=table or None, encoding=_BYTES if encoding else None)
    return Info(
        rows=int(told["features"]),
        columns=tuple(_decoded(str(name), encoding) if encoding else str(name) for name in told["fields"]),
        geometry=str(told["geometry_type"] or ""),
        system=str(told["crs"] or ""),
        fid_column=str(told["fid_column"] or ""),
    )


class PortionSpoilt(Exception):
    """A GeoPackage cannot be read any further in this way. `after` is the last key that was."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


@dataclass(slots=True)
class VectorReader:
    """Rows are numbered by GDAL's feature id: the key of a GeoPackage, the place (from 1) in a Shapefile."""

    path: Path
    table: str
    encoding: str
    info: Info
    gatherer: Gatherer

    def run(self, progress: Progress) -> bool:
        """False when it was cancelled. Raises PortionSpoilt for a damaged GeoPackage."""
        last = self._last()
        for at in range(1, last + 1, PORTION_ROWS):
            end = min(last, at + PORTION_ROWS - 1)
            self._read(at, end)
            if not progress(end, last):
                return False
        return True

    def _read(self, first: int, last: int) -> None:
        batch = self._portion(first, last)
        if batch is not None:
            if len(batch.numbers):
                self.gatherer.add(batch)
        elif self.info.fid_column:
            raise PortionSpoilt(first - 1)
        elif first == last:
            self.gatherer.refuse(first, Reason.DAMAGED)
        else:
            middle = (first + last) // 2
            self._read(first, middle)
            self._read(middle + 1, last)

    def _last(self) -> int:
        """The last row there is. Raises PortionSpoilt when a GeoPackage cannot tell."""
        if not self.info.fid_column:
            return self.info.rows
        # A file may have any names: they are quoted, and the file is only read.
        column, table = (name.replace('"', '""') for name in (self.info.fid_column, self.table))
        query = f'SELECT max("{column}") AS last FROM "{table}"'  # nosec B608
        try:
            with _quiet():
                meta, _, _, fields = read_raw(self.path, sql=query, read_geometry=False)
            return int(fields[list(meta["fields"]).index("last")][0]) if self.info.rows else 0
        except (*BROKEN, IndexError, TypeError) as error:
            raise PortionSpoilt(0) from error

    def _portion(self, first: int, last: int) -> Batch | None:
        """Rows first to last; None when they cannot be read as a whole."""
        key = self.info.fid_column
        chosen: dict[str, Any] = {"skip_features": first - 1, "max_features": last - first + 1}
        if key:
            chosen = {"where": f'"{key}" BETWEEN {first} AND {last}'}
        try:
            with _quiet():
                meta, fids, geometries, fields = read_raw(
                    self.path, layer=self.table or None, return_fids=True, encoding=None if key else _BYTES, **chosen
                )
        except BROKEN:
            return None
        numbers = np.asarray(fids, dtype=np.int64) + (0 if key else 1)
        columns = dict(zip(map(str, meta["fields"]), map(_objects, fields), strict=True))
        if not key:
            columns = {_decoded(name, self.encoding): self._texts(numbers, values) for name, values in columns.items()}
        return Batch(numbers, _shapes(geometries, len(numbers)), columns)

    def _texts(self, numbers: NDArray[np.int64], values: NDArray[np.object_]) -> NDArray[np.object_]:
        """A Shapefile's texts decoded here: GDAL would leave out what does not fit and say nothing."""
        for row, value in enumerate(values):
            if isinstance(value, str):
                values[row] = _decoded(value, self.encoding)
                if _REPLACED in values[row]:
                    self.gatherer.note(int(numbers[row]), Reason.TEXT_MENDED, values[row][:40])
        return values


def _shapes(geometries: Any, count: int) -> NDArray[np.object_]:
    if geometries is None:
        return np.full(count, None, dtype=object)
    shapes = np.asarray(shapely.from_wkb(geometries, on_invalid="ignore"))
    for row in np.flatnonzero(shapely.is_missing(shapes)):
        if geometries[row] is not None:
            shapes[row] = shapely.from_wkb(geometries[row], on_invalid="fix") or _SPOILT
    return shapes


def _objects(values: Any) -> NDArray[np.object_]:
    array = np.asarray(values)
    if array.dtype.kind == "M":
        array = np.array([None if np.isnat(one) else str(one).removesuffix(".000") for one in array], dtype=object)
    made = np.empty(len(array), dtype=object)
    made[:] = array.tolist()
    return made


def _decoded(value: str, encoding: str) -> str:
    return value.encode(_BYTES).decode(encoding or "utf-8", errors="replace")


@contextmanager
def _quiet() -> Iterator[None]:
    """GDAL's warnings say in its own words what the report says in the officer's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
