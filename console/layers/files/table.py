"""From a sheet's rows to features: finds the header and the coordinates, reads each row by itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import isfinite, nan
from typing import Any

import msgspec
import numpy as np
import shapely

from comms.domain.coordinate import Coordinate, parse, parse_angle
from comms.domain.datum import Degrees
from console.layers.files.columns import CoordinateColumns, find_coordinates, unique_names
from console.layers.files.gathering import Batch, Gatherer, points
from console.layers.files.report import Progress, Reason
from console.layers.files.sheet import Row, Sheet
from console.layers.reference import Reference

BATCH_ROWS = 2_000
_HEADER_WITHIN = 10
"""Titles and notes may stand above the header, for so many rows at most."""
_ZONE_EASTING_M = 10_000_000.0
_NO_ZONE_EASTING_M = 1_000_000.0
_LAT_MOST = 90.0


@dataclass(slots=True)
class Head:
    """A sheet's header, the coordinates found in it, and all rows below."""

    names: tuple[str, ...]
    coordinates: CoordinateColumns | None
    rows: Iterator[Row]


def head_of(sheet: Sheet) -> Head:
    """The first row that names coordinates, or else the first row. Raises SheetBroken."""
    rows = sheet.rows()
    above = list(islice(rows, _HEADER_WITHIN))
    for place, row in enumerate(above):
        found = find_coordinates(unique_names(row.cells))
        if found is not None:
            return Head(unique_names(row.cells), found, chain(above[place + 1 :], rows))
    names = unique_names(above[0].cells) if above else ()
    return Head(names, None, chain(above[1:], rows))


def oriented(columns: CoordinateColumns, x: Any, y: Any, reference: Reference) -> CoordinateColumns:
    """Surveyors in China call the northing X and the easting Y: for metres the size of the numbers decides."""
    known = np.isfinite(x) & np.isfinite(y)
    if not reference.epsg or not known.any():
        return columns
    east, north = float(np.median(x[known])), float(np.median(y[known]))
    is_swapped = north > _ZONE_EASTING_M > east or (east > _NO_ZONE_EASTING_M > north and east < _ZONE_EASTING_M)
    return msgspec.structs.replace(columns, lat=columns.lon, lon=columns.lat) if is_swapped else columns


@dataclass(slots=True)
class TableReader:
    """Reads the rows below a header into a gatherer. `is_chosen`: the officer named the columns himself."""

    head: Head
    columns: CoordinateColumns
    reference: Reference
    gatherer: Gatherer
    is_chosen: bool = False

    def run(self, sheet: Sheet, progress: Progress) -> bool:
        """False when it was cancelled. Raises SheetBroken after all good rows were taken."""
        size = sheet.size
        waiting: list[Row] = []
        try:
            for row in self.head.rows:
                if self._is_good(row):
                    waiting.append(row)
                if len(waiting) >= BATCH_ROWS:
                    self._take(waiting)
                    waiting = []
                    if not progress(row.done, size):
                        return False
        finally:
            self._take(waiting)
        return True

    def _is_good(self, row: Row) -> bool:
        width = len(self.head.names)
        if row.reason is Reason.TEXT_MENDED:
            self.gatherer.note(row.number, Reason.TEXT_MENDED)
        elif row.reason is not None:
            self.gatherer.refuse(row.number, row.reason, row.detail)
            return False
        is_longer = any(cell not in (None, "") for cell in row.cells[width:])
        if is_longer or len(row.cells) <= self._last_place():
            self.gatherer.refuse(row.number, Reason.FIELD_COUNT, f"{len(row.cells)} / {width}")
            return False
        return True

    def _last_place(self) -> int:
        """Cells behind the last coordinate may be missing: spreadsheets leave out empty ones."""
        return max((self.head.names.index(name) for name in self.columns.names), default=0)

    def _take(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        values = {name: _column(rows, place) for place, name in enumerate(self.head.names)}
        numbers = np.array([row.number for row in rows], dtype=np.int64)
        if self.columns.wkt:
            shapes = np.asarray(
                shapely.from_wkt([str(cell or "") or None for cell in values[self.columns.wkt]], on_invalid="ignore")
            )
        else:
            x, y = self._places(values)
            shapes = points(x, y, np.isfinite(x) & np.isfinite(y))
        keep = ~shapely.is_missing(shapes)
        for place in np.flatnonzero(~keep):
            self._refuse(int(numbers[place]), [values[name][place] for name in sorted(self.columns.names)])
        kept = {name: column[keep] for name, column in values.items() if name not in self.columns.names}
        self.gatherer.add(Batch(numbers[keep], shapes[keep], kept))

    def _refuse(self, number: int, cells: Sequence[object]) -> None:
        if all(cell in (None, "") for cell in cells):
            self.gatherer.refuse(number, Reason.NO_COORDINATES)
        else:
            reason = Reason.BAD_GEOMETRY if self.columns.wkt else Reason.NOT_A_NUMBER
            self.gatherer.refuse(number, reason, ", ".join(str(cell)[:40] for cell in cells))

    def _places(self, values: dict[str, Any]) -> tuple[Degrees, Degrees]:
        columns = self.columns
        if columns.both:
            pairs = np.array([_pair(cell, is_lon_first=columns.is_lon_first) for cell in values[columns.both]])
            return pairs[:, 0], pairs[:, 1]
        x, y = numbers_of(values[columns.lon]), numbers_of(values[columns.lat])
        if not self.is_chosen:
            self.columns = oriented(columns, x, y, self.reference)
            self.is_chosen = True
        return (x, y) if self.columns == columns else (y, x)


def _column(rows: Sequence[Row], place: int) -> Any:
    made = np.empty(len(rows), dtype=object)
    made[:] = [row.cells[place] if place < len(row.cells) else None for row in rows]
    return made


def numbers_of(cells: Iterable[object]) -> Degrees:
    """Numbers and angles in whatever form; NaN for the rest."""
    return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _number(cell: object) -> float:
    """NaN for what is none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if isfinite(cell) else nan
    if not isinstance(cell, str) or not cell:
        return nan
    try:
        value = float(cell)
    except ValueError:
        angle = parse_angle(cell)
        return nan if angle is None else angle
    return value if isfinite(value) else nan


def _pair(cell: object, *, is_lon_first: bool) -> tuple[float, float]:
    """x, y of `113.75,22.9` in one cell; NaN for what is none."""
    place = parse(cell) if isinstance(cell, str) else None
    if not isinstance(place, Coordinate):
        return nan, nan
    return (
        (place.lat, place.lon)
        if is_lon_first and max(abs(place.lat), abs(place.lon)) <= _LAT_MOST
        else (place.lon, place.lat)
    )
