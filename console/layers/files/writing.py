"""Saving a layer's features as a file others can read, in any datum. Written beside and put in place when whole."""

import csv
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import openpyxl
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyogrio.raw import write as write_raw

from comms.domain.datum import Datum, Degrees, convert
from console.layers.features import Features, Geometry
from console.layers.files.kind import Kind

_TYPES = {Geometry.POINT: "Point", Geometry.LINE: "MultiLineString", Geometry.POLYGON: "MultiPolygon"}
_MOST_CELL_CHARS = 32_767
"""What a cell of XLSX holds."""
_WKT, _LAT, _LON = "wkt", "lat", "lon"


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: `fault` is the system's or the library's word for why nothing was written."""

    path: str
    rows: int = 0
    fault: str = ""


def write(features: Features, path: Path, kind: Kind, *, datum: Datum = Datum.WGS84, table: str = "") -> Writing:
    """May take seconds: for a worker thread. An existing file is replaced only when the new one is whole."""
    writers: dict[Kind, Callable[[Features, Path, Datum, str], None]] = {
        Kind.GEOPACKAGE: _write_vector,
        Kind.SHAPEFILE: _write_vector,
        Kind.GEOJSON: _write_geojson,
        Kind.CSV: _write_csv,
        Kind.XLSX: _write_xlsx,
    }
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".saving-") as folder:
            draft = Path(folder) / path.name
            writers[kind](features, draft, datum, table or path.stem)
            for made in sorted(Path(folder).iterdir()):
                made.replace(path.parent / made.name)
    except (OSError, DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError) as error:
        return Writing(path=str(path), fault=getattr(error, "strerror", None) or str(error)[:200])
    return Writing(path=str(path), rows=len(features))


def _shapes(features: Features, datum: Datum) -> NDArray[np.object_]:
    if features.shapes is None:
        lat, lon = convert(features.lat, features.lon, source=Datum.WGS84, target=datum)
        return np.asarray(shapely.points(lon, lat))

    def turn(points: Degrees) -> Degrees:
        lat, lon = convert(points[:, 1], points[:, 0], source=Datum.WGS84, target=datum)
        return np.column_stack((lon, lat))

    return np.asarray(shapely.transform(features.shapes, turn))


def _write_vector(features: Features, path: Path, datum: Datum, table: str) -> None:
    """GCJ-02 and BD-09 have no number in the register: such files carry none, so that nobody takes them for WGS-84."""
    crs = {Datum.WGS84: "EPSG:4326", Datum.CGCS2000: "EPSG:4490"}.get(datum)
    columns = {name: values for name, values in features.columns.items() if name not in ("fid", "geom")}
    is_shapefile = path.suffix.lower() == ".shp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_raw(
            str(path),
            shapely.to_wkb(_shapes(features, datum)),
            [np.asarray(values) for values in columns.values()],
            list(columns),
            layer=table,
            geometry_type=_TYPES[features.geometry],
            promote_to_multi=features.geometry is not Geometry.POINT,
            crs=crs,
            encoding="UTF-8",
            driver="ESRI Shapefile" if is_shapefile else "GPKG",
        )


def _write_geojson(features: Features, path: Path, datum: Datum, _table: str) -> None:
    shapes = _shapes(features, datum)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", ')
        if datum in (Datum.GCJ02, Datum.BD09):
            file.write(f'"datum": "{datum.label}", ')
        file.write('"features": [\n')
        for row, shape in enumerate(shapes):
            properties = {name: _json(value) for name, value in features.attributes(row).items()}
            head = {"type": "Feature", "id": str(features.ids[row]), "properties": properties}
            text = json.dumps(head, ensure_ascii=False)
            comma = "" if row == len(shapes) - 1 else ","
            file.write(f'{text[:-1]}, "geometry": {shapely.to_geojson(shape)}}}{comma}\n')
        file.write("]}\n")


def _write_csv(features: Features, path: Path, datum: Datum, _table: str) -> None:
    """With a byte order mark: without it Excel takes the Chinese for nonsense."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_rows(features, datum))


def _write_xlsx(features: Features, path: Path, datum: Datum, table: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("".join(letter for letter in table if letter not in "[]:*?/\\")[:31] or "Sheet")
    for row in _rows(features, datum):
        sheet.append([cell[:_MOST_CELL_CHARS] if isinstance(cell, str) else cell for cell in row])
    book.save(path)


def _rows(features: Features, datum: Datum) -> Iterator[list[Any]]:
    """A header and a row a feature. The header of coordinates names the datum when it is not WGS-84."""
    suffix = "" if datum is Datum.WGS84 else f"_{datum}"
    names = [name for name in features.columns if name not in (_WKT, _LAT + suffix, _LON + suffix)]
    place = [_LAT + suffix, _LON + suffix] if features.geometry is Geometry.POINT else [_WKT + suffix]
    yield [*place, *names]
    shapes = _shapes(features, datum)
    columns = [features.columns[name] for name in names]
    for row, shape in enumerate(shapes):
        where = [round(shape.y, 8), round(shape.x, 8)] if features.geometry is Geometry.POINT else [shape.wkt]
        yield [*where, *(_json(values[row]) for values in columns)]


def _json(value: Any) -> Any:
    """Whole numbers without a point; unknown ones as nothing."""
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else int(value) if float(value).is_integer() else float(value)
    return value.item() if isinstance(value, np.generic) else value
