"""Saving a layer's features as a file others can read, in any datum. Written beside and put in place when whole."""

import csv
import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.datum import Datum, Degrees, convert
from console.layers.features import Features, Geometry
from console.layers.files.kind import Kind
from console.layers.files.report import Progress

PORTION_ROWS = 500
"""Written at a time: the library keeps the interpreter from the screen meanwhile, some ten milliseconds."""
_TYPES = {Geometry.POINT: "Point", Geometry.LINE: "MultiLineString", Geometry.POLYGON: "MultiPolygon"}
_MOST_CELL_CHARS = 32_767
"""What a cell of XLSX holds."""
_MOST_TEXT_BYTES, _MOST_NAME_BYTES = 254, 10
"""What a text and a column's name of a Shapefile hold."""
_WKT, _LAT, _LON = "wkt", "lat", "lon"


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: `fault` is the system's or the library's word for why nothing was written."""

    path: str
    rows: int = 0
    cut: int = 0
    """Texts shortened because this kind of file does not hold them whole."""
    fault: str = ""
    is_cancelled: bool = False


class _Cancelled(Exception):
    pass


class _Draft:
    """A file in the making: portions of features, progress, and what had to be shortened."""

    def __init__(self, features: Features, path: Path, datum: Datum, table: str, progress: Progress) -> None:
        self.geometry = features.geometry
        self.path = path
        self.datum = datum
        self.table = table
        self.columns = tuple(features.columns)
        self.cut = 0
        self._features = features
        self._progress = progress

    def portions(self) -> Iterator[tuple[Features, NDArray[np.object_]]]:
        """Features and their shapes in the wanted datum. Raises _Cancelled."""
        total = len(self._features)
        for at in range(0, max(1, total), PORTION_ROWS):
            part = self._features.part(slice(at, at + PORTION_ROWS))
            yield part, _shapes(part, self.datum)
            if not self._progress(min(total, at + PORTION_ROWS), total):
                raise _Cancelled


def _go_on(_done: int, _total: int) -> bool:
    return True


def write(
    features: Features, path: Path, kind: Kind, *, datum: Datum = Datum.WGS84, table: str = "",
    progress: Progress = _go_on,
) -> Writing:  # fmt: skip
    """May take seconds: for a worker thread. An existing file is replaced only when the new one is whole."""
    writers: dict[Kind, Callable[[_Draft], None]] = {
        Kind.GEOPACKAGE: _write_geopackage,
        Kind.SHAPEFILE: _write_shapefile,
        Kind.GEOJSON: _write_geojson,
        Kind.CSV: _write_csv,
        Kind.XLSX: _write_xlsx,
    }
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".saving-") as folder:
            draft = _Draft(features, Path(folder) / path.name, datum, table or path.stem, progress)
            writers[kind](draft)
            for made in sorted(Path(folder).iterdir()):
                made.replace(path.parent / made.name)
    except _Cancelled:
        return Writing(path=str(path), is_cancelled=True)
    except OSError as error:
        return Writing(path=str(path), fault=error.strerror or str(error)[:200])
    return Writing(path=str(path), rows=len(features), cut=draft.cut)


def _shapes(features: Features, datum: Datum) -> NDArray[np.object_]:
    if features.shapes is None:
        lat, lon = convert(features.lat, features.lon, source=Datum.WGS84, target=datum)
        return np.asarray(shapely.points(lon, lat))

    def turn(points: Degrees) -> Degrees:
        lat, lon = convert(points[:, 1], points[:, 0], source=Datum.WGS84, target=datum)
        return np.column_stack((lon, lat))

    return np.asarray(shapely.transform(features.shapes, turn))


def _write_geopackage(draft: _Draft) -> None:
    """GCJ-02 and BD-09 have no number in the register: such files say their datum in words only."""
    names = {name: name for name in draft.columns if name not in ("fid", "geom")}
    _write_vector(draft, names, driver="GPKG", layer_options={"DESCRIPTION": draft.datum.label})


def _write_shapefile(draft: _Draft) -> None:
    _write_vector(draft, _short_names(draft.columns), driver="ESRI Shapefile")


def _write_vector(draft: _Draft, names: Mapping[str, str], **options: Any) -> None:
    """The library takes a file whole or adds to it: portion by portion others have their turn between.
    Raises OSError."""
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
    from pyogrio.raw import write as write_raw

    crs = {Datum.WGS84: "EPSG:4326", Datum.CGCS2000: "EPSG:4490"}.get(draft.datum)
    is_shapefile = options["driver"] != "GPKG"
    for number, (part, shapes) in enumerate(draft.portions()):
        columns = [np.asarray(part.columns[name]) for name in names]
        if is_shapefile:
            columns = [_cut_texts(draft, values) for values in columns]
        with _as_os_error(DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError):
            write_raw(
                str(draft.path),
                shapely.to_wkb(shapes),
                columns,
                list(names.values()),
                layer=draft.table,
                geometry_type=_TYPES[draft.geometry],
                promote_to_multi=draft.geometry is not Geometry.POINT,
                crs=crs,
                encoding="UTF-8",
                append=number > 0,
                **options,
            )


@contextmanager
def _as_os_error(*faults: type[Exception]) -> Iterator[None]:
    """What the library cannot write is told as what the disk does not take; its warnings are not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except faults as error:
            raise OSError(str(error)) from error


def _short_names(names: Iterable[str]) -> dict[str, str]:
    """Cut at a whole character, and made unlike each other."""
    made: dict[str, str] = {}
    for name in names:
        short, number = _cut_bytes(name, _MOST_NAME_BYTES), 1
        while short in made.values():
            number += 1
            short = _cut_bytes(name, _MOST_NAME_BYTES - len(str(number))) + str(number)
        made[name] = short
    return made


def _cut_bytes(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _cut_texts(draft: _Draft, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "O":
        return values
    short = values.copy()
    for row, value in enumerate(values):
        if isinstance(value, str) and len(value.encode()) > _MOST_TEXT_BYTES:
            short[row] = _cut_bytes(value, _MOST_TEXT_BYTES)
            draft.cut += 1
    return short


def _write_geojson(draft: _Draft) -> None:
    with draft.path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", ')
        if draft.datum in (Datum.GCJ02, Datum.BD09):
            file.write(f'"datum": "{draft.datum.label}", ')
        file.write('"features": [')
        comma = "\n"
        for part, shapes in draft.portions():
            for row, shape in enumerate(shapes):
                properties = {name: _json(value) for name, value in part.attributes(row).items()}
                head = {"type": "Feature", "id": str(part.ids[row]), "properties": properties}
                text = json.dumps(head, ensure_ascii=False)
                file.write(f'{comma}{text[:-1]}, "geometry": {shapely.to_geojson(shape)}}}')
                comma = ",\n"
        file.write("\n]}\n")


def _write_csv(draft: _Draft) -> None:
    """With a byte order mark: without it Excel takes the Chinese for nonsense."""
    with draft.path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_rows(draft))


def _write_xlsx(draft: _Draft) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("".join(letter for letter in draft.table if letter not in "[]:*?/\\")[:31] or "Sheet")
    for row in _rows(draft):
        draft.cut += sum(isinstance(cell, str) and len(cell) > _MOST_CELL_CHARS for cell in row)
        sheet.append([cell[:_MOST_CELL_CHARS] if isinstance(cell, str) else cell for cell in row])
    book.save(draft.path)


def _rows(draft: _Draft) -> Iterator[list[Any]]:
    """A header and a row a feature. The header of coordinates names the datum when it is not WGS-84."""
    suffix = "" if draft.datum is Datum.WGS84 else f"_{draft.datum}"
    is_point = draft.geometry is Geometry.POINT
    names = [name for name in draft.columns if name not in (_WKT, _LAT + suffix, _LON + suffix)]
    yield [*([_LAT + suffix, _LON + suffix] if is_point else [_WKT + suffix]), *names]
    for part, shapes in draft.portions():
        columns = [part.columns[name] for name in names]
        for row, shape in enumerate(shapes):
            where = [round(shape.y, 8), round(shape.x, 8)] if is_point else [shape.wkt]
            yield [*where, *(_json(values[row]) for values in columns)]


def _json(value: Any) -> Any:
    """Whole numbers without a point; unknown ones as nothing."""
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else int(value) if float(value).is_integer() else float(value)
    return value.item() if isinstance(value, np.generic) else value
