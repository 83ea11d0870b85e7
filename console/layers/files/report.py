"""What became of a file: the features that could be read, and one line for everything that could not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from console.layers.features import Features

Progress = Callable[[int, int], bool]
"""Called with (rows done, rows in all, 0 when unknown); False stops the reading."""


class Reason(StrEnum):
    """What is wrong with a row. Those in MENDED were loaded all the same."""

    UNREADABLE = "unreadable"
    FIELD_COUNT = "field_count"
    OPEN_QUOTE = "open_quote"
    NO_COORDINATES = "no_coordinates"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    SWAPPED = "swapped"
    NULL_ISLAND = "null_island"
    NO_GEOMETRY = "no_geometry"
    BAD_GEOMETRY = "bad_geometry"
    RING_MENDED = "ring_mended"
    TEXT_MENDED = "text_mended"
    DAMAGED = "damaged"
    """A stretch of rows lies in a damaged part of the file."""


MENDED = frozenset({Reason.RING_MENDED, Reason.TEXT_MENDED})


class Fault(StrEnum):
    """Why nothing of a file, or only a part, could be read."""

    MISSING = "missing"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_KIND = "unknown_kind"
    BROKEN = "broken"
    EMPTY = "empty"
    NO_TABLE = "no_table"
    NO_COORDINATE_COLUMNS = "no_coordinate_columns"
    UNKNOWN_REFERENCE = "unknown_reference"
    TRUNCATED = "truncated"
    """The end of the file is missing; what comes before it was read."""


class BadRow(msgspec.Struct, frozen=True):
    """`number` is the one the officer finds the row by: a line of a CSV, a row of a sheet, a feature's id or place in
    its file. `last` is above it when a whole stretch is lost."""

    number: int
    reason: Reason
    detail: str = ""
    last: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Rows read are rows loaded plus rows lost; a mended row is loaded and listed."""

    path: str
    table: str = ""
    rows: int = 0
    loaded: int = 0
    bad: tuple[BadRow, ...] = ()
    fault: Fault | None = None
    detail: str = ""
    encoding: str = ""
    """What texts were decoded with, where that had to be found out."""
    reference: str = ""
    """What the file says its coordinates are in, e.g. `EPSG:4526`; empty when it says nothing."""
    is_cancelled: bool = False

    @property
    def lost(self) -> int:
        return self.rows - self.loaded


@dataclass(frozen=True, slots=True)
class Reading:
    """Points, lines and polygons of one table become a layer each."""

    features: tuple[Features, ...]
    report: Report
    symbols_from: tuple[float, ...] = ()
    """For each of the features; see `first_style.symbols_from`."""


def failed(path: str, fault: Fault, detail: str = "", table: str = "") -> Reading:
    return Reading((), Report(path=path, table=table, fault=fault, detail=detail))


def in_order(bad: Iterable[BadRow]) -> tuple[BadRow, ...]:
    return tuple(sorted(bad, key=lambda row: (row.number, row.reason)))
