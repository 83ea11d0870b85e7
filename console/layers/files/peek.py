"""A first look into a file, for whoever is to say how it is meant: its tables, its columns, what it says of itself."""

import re
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from console.layers.files import encoding as encodings
from console.layers.files.columns import CoordinateColumns
from console.layers.files.geojson import system_named
from console.layers.files.kind import Kind, kind_of
from console.layers.files.opening import PackBroken, opened
from console.layers.files.report import Fault
from console.layers.files.salvage import Salvage
from console.layers.files.sheet import SheetBroken, open_sheet, sheet_names
from console.layers.files.sqlite_pages import PageSpoilt
from console.layers.files.table import head_of, numbers_of
from console.layers.reference import guess

_SAMPLE_ROWS = 200
_HEAD_BYTES = 1_000_000
_DATUM = re.compile(r'"datum"\s*:\s*"([^"]{1,40})"')


class Peek(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` and `coordinates` are those of CSV and XLSX: all by name, and which look like coordinates."""

    path: str
    kind: Kind | None = None
    fault: Fault | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    coordinates: CoordinateColumns | None = None
    example: dict[str, str] = {}
    """By column, what stands in the first row that has something there."""
    epsg: int = 0
    """Of a table whose numbers are metres of a Gauss-Krüger zone: which; else 0."""
    encoding: str = ""
    system: str = ""
    """What the file says its coordinates are in; often nothing, and not always the truth."""


def peek(path: str, table: str = "", encoding: str = "") -> Peek:
    """Takes a second for a large workbook: for a worker thread. Never raises for what a file holds."""
    try:
        with opened(Path(path)) as inner:
            kind = kind_of(inner)
            if isinstance(kind, Fault):
                return Peek(path=path, fault=kind)
            match kind:
                case Kind.GEOJSON:
                    return _peek_geojson(path, inner, encoding)
                case Kind.CSV | Kind.XLSX:
                    return _peek_sheet(path, inner, kind, table, encoding)
                case Kind.GEOPACKAGE | Kind.SHAPEFILE:
                    return _peek_vector(path, inner, kind, table, encoding)
    except PackBroken:
        return Peek(path=path, fault=Fault.BROKEN)
    except FileNotFoundError:
        return Peek(path=path, fault=Fault.MISSING)
    except OSError:
        return Peek(path=path, fault=Fault.NOT_ALLOWED)


def _peek_geojson(path: str, inner: Path, encoding: str) -> Peek:
    with inner.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    encoding = encoding or encodings.guess_text(head)
    text = head.decode(encoding, errors="replace")
    named = _DATUM.search(text[:2_000])
    system = named[1] if named is not None else system_named(text)
    return Peek(path=path, kind=Kind.GEOJSON, encoding=encoding, system=system)


def _peek_sheet(path: str, inner: Path, kind: Kind, table: str, encoding: str) -> Peek:
    tables = sheet_names(inner) if kind is Kind.XLSX else ()
    if isinstance(tables, Fault):
        return Peek(path=path, kind=kind, fault=tables)
    sheet = open_sheet(inner, kind, table, encoding)
    try:
        head = head_of(sheet)
        cells = [row.cells for row in islice(head.rows, _SAMPLE_ROWS)]
    except SheetBroken:
        return Peek(path=path, kind=kind, fault=Fault.BROKEN, tables=tables)
    sample = {name: [row[place] for row in cells if place < len(row)] for place, name in enumerate(head.names)}
    return Peek(
        path=path,
        kind=kind,
        fault=None if head.names else Fault.EMPTY,
        tables=tables,
        columns=head.names,
        coordinates=head.coordinates,
        example={name: _first(values) for name, values in sample.items()},
        epsg=_zone(sample, head.coordinates),
        encoding=sheet.encoding if kind is Kind.CSV else "",
    )


def _first(values: list[Any]) -> str:
    return next((str(value)[:40] for value in values if value not in (None, "")), "")


def _zone(sample: dict[str, list[Any]], columns: CoordinateColumns | None) -> int:
    if columns is None or not columns.lat:
        return 0
    x, y = numbers_of(sample[columns.lon]), numbers_of(sample[columns.lat])
    count = min(len(x), len(y))
    found = guess(np.asarray(x[:count]), np.asarray(y[:count]))
    return found.epsg if found is not None else 0


def _peek_vector(path: str, inner: Path, kind: Kind, table: str, encoding: str) -> Peek:
    from console.layers.files.vector import BROKEN, info_of, table_names

    if kind is Kind.SHAPEFILE:
        encoding = encoding or encodings.guess_shapefile(inner)
    try:
        tables = tuple(name for name, _ in table_names(inner))
        system = info_of(inner, table or tables[0], encoding).system
    except (*BROKEN, IndexError):
        return _peek_damaged(path, inner, kind, encoding)
    return Peek(path=path, kind=kind, tables=tables, encoding=encoding, system=system)


def _peek_damaged(path: str, inner: Path, kind: Kind, encoding: str) -> Peek:
    try:
        found = Salvage(inner).tables()
    except PageSpoilt:
        return Peek(path=path, kind=kind, fault=Fault.BROKEN)
    tables = tuple(table.name for table in found)
    system = found[0].system if found else ""
    return Peek(
        path=path, kind=kind, fault=None if tables else Fault.BROKEN, tables=tables, encoding=encoding, system=system
    )
