"""What a damaged GeoPackage still holds, table by table, row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from console.layers.files.gathering import Batch, Gatherer
from console.layers.files.report import Progress, Reason
from console.layers.files.sqlite_pages import Gap, Pages, Record

BATCH_ROWS = 500
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|\[([^\]]+)\]|([^\s(,]+))')
_NOT_COLUMNS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_SPOILT = shapely.GeometryCollection()


@dataclass(frozen=True, slots=True)
class SalvagedTable:
    name: str
    root: int
    columns: tuple[str, ...]
    geometry_column: str
    geometry: str
    system: str


class Salvage:
    """Raises PageSpoilt or OSError when the file is beyond help."""

    def __init__(self, path: Path) -> None:
        self._pages = Pages(path.read_bytes())
        self._roots = {}
        for record in self._rows(1):
            if len(record.values) >= 5 and record.values[0] == "table" and _number(record.values[3]):
                self._roots[str(record.values[1])] = (_number(record.values[3]), str(record.values[4]))

    @property
    def is_cut(self) -> bool:
        return self._pages.is_cut

    def tables(self) -> tuple[SalvagedTable, ...]:
        """Those with a geometry, as far as the lists of contents can be read."""
        systems = {
            row.get("srs_id"): f"{row.get('organization')}:{row.get('organization_coordsys_id')}"
            for row in self._named("gpkg_spatial_ref_sys")
        }
        found = []
        for row in self._named("gpkg_geometry_columns"):
            name, geometry_column = str(row.get("table_name")), str(row.get("column_name"))
            root, text = self._roots.get(name, (0, ""))
            columns = _columns(text)
            system = systems.get(row.get("srs_id"), "").upper()
            if root and geometry_column in columns:
                found.append(
                    SalvagedTable(
                        name=name,
                        root=root,
                        columns=columns,
                        geometry_column=geometry_column,
                        geometry=str(row.get("geometry_type_name", "")),
                        system=system if system.startswith("EPSG:") else "",
                    )
                )
        return tuple(found)

    def read(self, table: SalvagedTable, gatherer: Gatherer, progress: Progress, after: int = 0) -> bool:
        """All rows with keys above `after`. False when it was cancelled."""
        waiting: list[Record] = []
        last = self._last_key(table.name)
        for found in self._all(table, after):
            if isinstance(found, Gap):
                self._refuse(gatherer, found, last)
                continue
            if not found.values:
                gatherer.refuse(found.key, Reason.DAMAGED)
                continue
            waiting.append(found)
            if len(waiting) >= BATCH_ROWS:
                gatherer.add(_batch(table, waiting))
                waiting = []
                if not progress(found.key, max(last, found.key)):
                    return False
        if waiting:
            gatherer.add(_batch(table, waiting))
        return True

    def _all(self, table: SalvagedTable, after: int) -> Iterator[Record | Gap]:
        for found in self._pages.walk(table.root):
            if isinstance(found, Record):
                if found.key > after:
                    yield found
                continue
            strays = sorted(
                {record.key: record for record in self._pages.strays(found) if _is_of(table, record)}.items()
            )
            at = max(found.first, after + 1)
            for key, record in strays:
                if key > at:
                    yield Gap(at, key - 1)
                if key >= at:
                    yield record
                at = max(at, key + 1)
            if at <= found.last:
                yield Gap(at, found.last)

    def _refuse(self, gatherer: Gatherer, gap: Gap, last: int) -> None:
        """A gap at the end goes as far as the file's own count; without one, its length is not known."""
        end = (last or gap.first) if gap.is_open else gap.last
        if end >= gap.first:
            gatherer.refuse(gap.first, Reason.DAMAGED, last=end if end > gap.first else 0)

    def _last_key(self, table: str) -> int:
        for row in self._named("sqlite_sequence", ("name", "seq")):
            if row["name"] == table:
                return _number(row["seq"])
        for row in self._named("gpkg_ogr_contents"):
            if row.get("table_name") == table:
                return _number(row.get("feature_count"))
        return 0

    def _rows(self, root: int) -> Iterator[Record]:
        for found in self._pages.walk(root):
            if isinstance(found, Record) and found.values:
                yield found

    def _named(self, table: str, columns: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        root, text = self._roots.get(table, (0, ""))
        columns = columns or _columns(text)
        for record in self._rows(root) if root else ():
            row = dict(zip(columns, record.values, strict=False))
            if len(row) == len(columns):
                yield row


def _number(value: object) -> int:
    """0 for what is none: a spoilt page has anything in any column."""
    return value if isinstance(value, int) else 0


def _columns(text: str) -> tuple[str, ...]:
    """The column names of a `CREATE TABLE` statement, in order."""
    names = []
    for part in _parts(text[text.find("(") + 1 : text.rfind(")")]):
        match = _NAME.match(part)
        if match is not None and (match[4] or "").upper() not in _NOT_COLUMNS:
            names.append((match[1] or match[2] or match[3] or match[4]).replace('""', '"'))
    return tuple(names)


def _parts(text: str) -> Iterator[str]:
    """Split at commas outside brackets and quotes."""
    depth, start, quote = 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _is_of(table: SalvagedTable, record: Record) -> bool:
    if len(record.values) != len(table.columns):
        return False
    blob = record.values[table.columns.index(table.geometry_column)]
    return blob is None or (isinstance(blob, bytes) and blob.startswith(b"GP"))


def _batch(table: SalvagedTable, records: list[Record]) -> Batch:
    numbers = np.array([record.key for record in records], dtype=np.int64)
    shapes = np.empty(len(records), dtype=object)
    columns: dict[str, Any] = {}
    for place, name in enumerate(table.columns):
        values = np.empty(len(records), dtype=object)
        values[:] = [record.values[place] if place < len(record.values) else None for record in records]
        if name == table.geometry_column:
            shapes[:] = [_shape(value) for value in values]
        elif any(value is not None for value in values) or place:
            columns[name] = values
    return Batch(numbers, shapes, columns)


def _shape(blob: object) -> Any:
    """The geometry of a GeoPackage blob: its header, an envelope, then WKB."""
    if not isinstance(blob, bytes):
        return None
    if len(blob) < 8 or not blob.startswith(b"GP"):
        return _SPOILT
    envelope = blob[3] >> 1 & 7
    if envelope >= len(_ENVELOPE_BYTES):
        return _SPOILT
    wkb = blob[8 + _ENVELOPE_BYTES[envelope] :]
    return shapely.from_wkb(wkb, on_invalid="ignore") or shapely.from_wkb(wkb, on_invalid="fix") or _SPOILT
