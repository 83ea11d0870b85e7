"""From raw rows to features: checks every geometry, turns it into WGS-84, sorts by kind, reports what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.datum import Degrees
from console.layers.features import Features, Geometry
from console.layers.files.columns import name_column, numbers_where_all_are
from console.layers.files.report import BadRow, Reason
from console.layers.reference import Reference

Objects = NDArray[np.object_]
_KINDS = {0: Geometry.POINT, 1: Geometry.LINE, 2: Geometry.LINE, 3: Geometry.POLYGON, 5: Geometry.LINE}
_KINDS |= {6: Geometry.POLYGON}
"""By shapely's type number. Multipoints and collections are taken apart first."""
_TAKEN_APART = (4, 7)
_ISLAND_DEG = 1e-9


@dataclass(slots=True, eq=False)
class Batch:
    """Rows as a reader found them: `shapes` in the file's own reference, None where there is none."""

    numbers: NDArray[np.int64]
    shapes: Objects
    columns: dict[str, Objects]


class Gatherer:
    """Takes batches, gives features. Kinds keep the order of rows in the file."""

    def __init__(self, reference: Reference, *, reads_numbers: bool = False) -> None:
        """`reads_numbers`: the file knows only texts; columns that hold nothing but numbers become numbers."""
        self._reference = reference
        self._reads_numbers = reads_numbers
        self._taken: dict[Geometry, list[Batch]] = {}
        self.bad: list[BadRow] = []
        self.rows = 0
        self.loaded = 0

    def refuse(self, number: int, reason: Reason, detail: str = "", *, last: int = 0) -> None:
        """A row, or a stretch of them, that could not even be read."""
        self.rows += max(1, last - number + 1)
        self.bad.append(BadRow(number, reason, detail, last))

    def note(self, number: int, reason: Reason, detail: str = "") -> None:
        """Something about a row that is loaded all the same."""
        self.bad.append(BadRow(number, reason, detail))

    def add(self, batch: Batch) -> None:
        self.rows += len(batch.numbers)
        shapes = self._located(batch.shapes)
        faults = _faults(batch.shapes, shapes)
        for row, reason in faults.items():
            self.bad.append(BadRow(int(batch.numbers[row]), reason, _corner(batch.shapes[row])))
        keep = np.array([row not in faults for row in range(len(shapes))], dtype=bool)
        batch = _rows(batch, shapes, keep)
        self._mend(batch)
        self.loaded += len(batch.numbers)
        for kind, part in _by_kind(_taken_apart(batch)).items():
            self._taken.setdefault(kind, []).append(part)

    def features(self) -> tuple[Features, ...]:
        return tuple(_joined(kind, self._taken[kind], self._reads_numbers) for kind in Geometry if kind in self._taken)

    def _located(self, shapes: Objects) -> Objects:
        """The same shapes in WGS-84 degrees, x = longitude."""

        def turn(points: Degrees) -> Degrees:
            with np.errstate(invalid="ignore"):
                lat, lon = self._reference.to_wgs84(points[:, 0], points[:, 1])
            return np.column_stack((lon, lat))

        flat = shapely.force_2d(shapes)
        if self._reference == Reference():
            return np.asarray(flat)
        return np.asarray(shapely.transform(flat, turn))

    def _mend(self, batch: Batch) -> None:
        for row in np.flatnonzero(~shapely.is_valid(batch.shapes)):
            why = shapely.is_valid_reason(batch.shapes[row])
            mended = _areas(shapely.make_valid(batch.shapes[row]), batch.shapes[row])
            self.note(int(batch.numbers[row]), Reason.RING_MENDED, why)
            batch.shapes[row] = mended


def _faults(raw: Objects, shapes: Objects) -> dict[int, Reason]:
    """Rows that must not be drawn, and why."""
    found: dict[int, Reason] = {}
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bounds = shapely.bounds(shapes)
    west, south, east, north = bounds.T
    with np.errstate(invalid="ignore"):
        outside = ~((abs(south) <= 90) & (abs(north) <= 90) & (abs(west) <= 180) & (abs(east) <= 180))
        swapped = outside & (abs(west) <= 90) & (abs(east) <= 90) & (abs(south) <= 180) & (abs(north) <= 180)
        island = np.all(np.abs(bounds) < _ISLAND_DEG, axis=1)
    for row in np.flatnonzero(nothing | outside | island):
        if nothing[row]:
            found[int(row)] = Reason.NO_GEOMETRY if raw[row] is None else Reason.BAD_GEOMETRY
        elif island[row]:
            found[int(row)] = Reason.NULL_ISLAND
        else:
            found[int(row)] = Reason.SWAPPED if swapped[row] else Reason.OUT_OF_RANGE
    return found


def _corner(shape: Any) -> str:
    """Where a refused shape would have been, as its file has it."""
    if shape is None or shapely.is_empty(shape):
        return ""
    x, y, *_ = shapely.bounds(shape)
    return f"x={x:.10g} y={y:.10g}"


def _areas(mended: Any, before: Any) -> Any:
    """Mending a polygon may leave lines and points behind: only its areas are wanted, if there are any."""
    if shapely.get_dimensions(before) != 2:
        return mended
    parts = [part for part in shapely.get_parts(mended) if shapely.get_dimensions(part) == 2]
    return shapely.union_all(parts) if parts else before


def _rows(batch: Batch, shapes: Objects, keep: NDArray[np.bool_]) -> Batch:
    columns = {name: values[keep] for name, values in batch.columns.items()}
    return Batch(batch.numbers[keep], shapes[keep], columns)


def _taken_apart(batch: Batch) -> Batch:
    types = shapely.get_type_id(batch.shapes)
    if not np.isin(types, _TAKEN_APART).any():
        return batch
    rows = np.arange(len(batch.shapes))
    shapes = batch.shapes
    while np.isin(shapely.get_type_id(shapes), _TAKEN_APART).any():
        loose = np.isin(shapely.get_type_id(shapes), _TAKEN_APART)
        parts, owners = shapely.get_parts(shapes[loose], return_index=True)
        order = np.argsort(np.concatenate((rows[~loose], rows[loose][owners])), kind="stable")
        shapes = np.concatenate((shapes[~loose], parts))[order]
        rows = np.concatenate((rows[~loose], rows[loose][owners]))[order]
    return Batch(batch.numbers[rows], shapes, {name: values[rows] for name, values in batch.columns.items()})


def _by_kind(batch: Batch) -> dict[Geometry, Batch]:
    kinds = np.array([_KINDS[int(one)] for one in shapely.get_type_id(batch.shapes)], dtype=object)
    return {kind: _rows(batch, batch.shapes, kinds == kind) for kind in Geometry if (kinds == kind).any()}


def _joined(kind: Geometry, batches: Sequence[Batch], reads_numbers: bool) -> Features:
    numbers = np.concatenate([batch.numbers for batch in batches])
    shapes = np.concatenate([batch.shapes for batch in batches])
    columns = _columns(batches, reads_numbers)
    lat, lon = _labels(kind, shapes)
    return Features(
        geometry=kind,
        ids=_ids(numbers),
        lat=lat,
        lon=lon,
        shapes=None if kind is Geometry.POINT else shapes,
        columns=columns,
        name_column=name_column(columns),
    )


def _columns(batches: Sequence[Batch], reads_numbers: bool) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    for name in dict.fromkeys(name for batch in batches for name in batch.columns):
        unknown = [np.full(len(batch.numbers), None, dtype=object) for batch in batches]
        parts = [batch.columns.get(name, blank) for batch, blank in zip(batches, unknown, strict=True)]
        values = np.concatenate(parts)
        columns[name] = typed(numbers_where_all_are(values) if reads_numbers else values)
    return columns


def typed(values: Objects) -> NDArray[Any]:
    """Numbers with NaN for unknown where every known value is a number; else text, empty for unknown."""
    known = [value for value in values if value is not None and value != ""]
    if known and all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None or value == "" else float(value) for value in values])
    texts = np.empty(len(values), dtype=object)
    texts[:] = ["" if value is None else as_text(value) for value in values]
    return texts


def as_text(value: object) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.15g}"
    return str(value)


def _labels(kind: Geometry, shapes: Objects) -> tuple[Degrees, Degrees]:
    if kind is Geometry.LINE:
        anchors = shapely.line_interpolate_point(_longest(shapes), 0.5, normalized=True)
    elif kind is Geometry.POLYGON:
        anchors = shapely.point_on_surface(shapes)
    else:
        anchors = shapes
    return shapely.get_y(anchors), shapely.get_x(anchors)


def _longest(shapes: Objects) -> Objects:
    """Of a line in several parts, the part that bears the name."""
    lines = shapes.copy()
    for row in np.flatnonzero(shapely.get_type_id(shapes) == 5):
        parts = shapely.get_parts(shapes[row])
        lines[row] = parts[int(np.argmax(shapely.length(parts)))]
    return lines


def _ids(numbers: NDArray[np.int64]) -> Objects:
    """A row's number; parts of one row get `.2`, `.3` … behind it."""
    seen: dict[int, int] = {}
    ids = np.empty(len(numbers), dtype=object)
    for row, number in enumerate(numbers.tolist()):
        seen[number] = seen.get(number, 0) + 1
        ids[row] = str(number) if seen[number] == 1 else f"{number}.{seen[number]}"
    return ids


def points(x: Degrees, y: Degrees, known: NDArray[np.bool_]) -> Objects:
    """Points where `known`, else None."""
    shapes = np.full(len(x), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    return shapes
