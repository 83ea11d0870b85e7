"""Which kinds of file layers come in, told by the name and, where that misleads, by the first bytes."""

from enum import StrEnum
from pathlib import Path

from console.layers.files.report import Fault


class Kind(StrEnum):
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"
    SHAPEFILE = "shapefile"
    CSV = "csv"
    XLSX = "xlsx"


_SUFFIXES = {
    ".gpkg": Kind.GEOPACKAGE,
    ".geojson": Kind.GEOJSON,
    ".json": Kind.GEOJSON,
    ".geojsonl": Kind.GEOJSON,
    ".shp": Kind.SHAPEFILE,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".txt": Kind.CSV,
    ".xlsx": Kind.XLSX,
    ".xlsm": Kind.XLSX,
}
SUFFIX = {
    Kind.GEOPACKAGE: ".gpkg",
    Kind.GEOJSON: ".geojson",
    Kind.SHAPEFILE: ".shp",
    Kind.CSV: ".csv",
    Kind.XLSX: ".xlsx",
}
"""What each is saved as."""
CHOOSABLE = tuple(f"*{suffix}" for suffix in (*_SUFFIXES, ".csv.gz", ".json.gz", ".geojson.gz", ".zip"))
"""Patterns of what an officer may pick."""
_SQLITE, _ZIP, _SHAPE = b"SQLite format 3\x00", b"PK\x03\x04", b"\x00\x00\x27\x0a"


def has_known_suffix(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES


def kind_of(path: Path) -> Kind | Fault:
    """MISSING and NOT_ALLOWED before anything else: then the name does not matter."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return Fault.MISSING
    except OSError:
        return Fault.NOT_ALLOWED
    if not head:
        return Fault.EMPTY
    if head == _SQLITE:
        return Kind.GEOPACKAGE
    if head.startswith(_SHAPE):
        return Kind.SHAPEFILE
    named = _SUFFIXES.get(path.suffix.lower())
    if head.startswith(_ZIP) and named is Kind.CSV:
        return Kind.XLSX
    return named or Fault.UNKNOWN_KIND
