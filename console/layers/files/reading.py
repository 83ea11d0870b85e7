"""Reading a layer from a file: one request, one answer, nothing raised for what a file may hold."""

from dataclasses import replace
from pathlib import Path

import msgspec

from console.layers.files import encoding as encodings
from console.layers.files.columns import CoordinateColumns
from console.layers.files.gathering import Gatherer
from console.layers.files.geojson import DocumentReader, open_document
from console.layers.files.kind import Kind, kind_of
from console.layers.files.opening import PackBroken, opened
from console.layers.files.report import Fault, Progress, Reading, Report, failed, in_order
from console.layers.files.salvage import Salvage
from console.layers.files.sheet import SheetBroken, open_sheet
from console.layers.files.sqlite_pages import PageSpoilt
from console.layers.files.table import TableReader, head_of
from console.layers.first_style import symbols_from
from console.layers.reference import Reference, named_by_file, read_reference


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to read, and how the officer wants it understood. Empty means found out."""

    path: str
    table: str = ""
    reference: str = "wgs84"
    """A word of `console.layers.reference`. For files that name a projection, only its datum counts."""
    encoding: str = ""
    coordinates: CoordinateColumns | None = None
    """Of CSV and XLSX."""


def _go_on(_done: int, _total: int) -> bool:
    return True


def read(request: Request, progress: Progress = _go_on) -> Reading:
    """May take seconds: for a worker thread. Damage, bad rows and a missing file are told in the report."""
    try:
        with opened(Path(request.path)) as path:
            reading = _read(request, path, progress)
            return replace(reading, symbols_from=tuple(map(symbols_from, reading.features)))
    except PackBroken as error:
        return failed(request.path, Fault.BROKEN, str(error), request.table)
    except FileNotFoundError:
        return failed(request.path, Fault.MISSING, table=request.table)
    except OSError as error:
        return failed(request.path, Fault.NOT_ALLOWED, error.strerror or str(error), request.table)


def _read(request: Request, path: Path, progress: Progress) -> Reading:
    """`path` holds the layer, unpacked. Raises OSError."""
    kind = kind_of(path)
    reference = read_reference(request.reference)
    if isinstance(kind, Fault):
        return failed(request.path, kind, table=request.table)
    if reference is None or not encodings.is_known(request.encoding or "utf-8"):
        return failed(request.path, Fault.UNKNOWN_REFERENCE, request.reference, request.table)
    match kind:
        case Kind.GEOJSON:
            return _read_geojson(request, path, reference, progress)
        case Kind.CSV | Kind.XLSX:
            return _read_sheet(request, path, kind, reference, progress)
        case Kind.GEOPACKAGE | Kind.SHAPEFILE:
            return _read_vector(request, path, kind, reference, progress)


def combined(chosen: Reference, system: str) -> Reference | None:
    """The file's own projection with the officer's datum; None when the file names one that is not known."""
    epsg = named_by_file(system)
    if epsg < 0:
        return chosen if chosen.epsg else None
    return Reference(chosen.datum, epsg or chosen.epsg)


def _read_geojson(request: Request, path: Path, reference: Reference, progress: Progress) -> Reading:
    document = open_document(path, request.encoding)
    whole = combined(reference, document.system)
    if whole is None:
        return failed(request.path, Fault.UNKNOWN_REFERENCE, document.system)
    gatherer = Gatherer(whole)
    is_done = DocumentReader(document, gatherer).run(progress)
    fault = Fault.TRUNCATED if document.is_cut else None
    if not gatherer.loaded and document.text.strip()[:1] not in ("{", "["):
        return failed(request.path, Fault.BROKEN)
    if not gatherer.rows:
        fault = Fault.EMPTY
    return _reading(request, gatherer, is_done=is_done, fault=fault, encoding=document.encoding, system=document.system)


def _read_sheet(request: Request, path: Path, kind: Kind, reference: Reference, progress: Progress) -> Reading:
    sheet = open_sheet(path, kind, request.table, request.encoding)
    gatherer = Gatherer(reference, reads_numbers=kind is Kind.CSV)
    is_done, fault, detail = True, None, ""
    try:
        head = head_of(sheet)
        columns = request.coordinates or head.coordinates
        if not head.names:
            return failed(request.path, Fault.EMPTY, table=request.table)
        if columns is None or not columns.names <= set(head.names):
            return failed(request.path, Fault.NO_COORDINATE_COLUMNS, ", ".join(head.names[:12]), request.table)
        reader = TableReader(head, columns, reference, gatherer, is_chosen=request.coordinates is not None)
        is_done = reader.run(sheet, progress)
    except SheetBroken as error:
        fault, detail = (Fault.TRUNCATED if gatherer.rows else Fault.BROKEN), str(error)
    return _reading(request, gatherer, is_done=is_done, fault=fault, detail=detail, encoding=sheet.encoding)


def _read_vector(request: Request, path: Path, kind: Kind, reference: Reference, progress: Progress) -> Reading:
    from console.layers.files.vector import BROKEN, PortionSpoilt, VectorReader, info_of, table_names

    encoding = ""
    if kind is Kind.SHAPEFILE:
        encoding = request.encoding or encodings.guess_shapefile(path)
    try:
        table = request.table or table_names(path)[0][0]
        info = info_of(path, table, encoding)
    except (*BROKEN, IndexError) as error:
        return _salvage(request, path, reference, progress, None, str(error)[:200])
    whole = combined(reference, info.system)
    if whole is None:
        return failed(request.path, Fault.UNKNOWN_REFERENCE, info.system[:80], table)
    gatherer = Gatherer(whole)
    try:
        is_done = VectorReader(path, table, encoding, info, gatherer).run(progress)
    except PortionSpoilt as spoilt:
        return _salvage(request, path, reference, progress, (gatherer, spoilt.after), "")
    fault = None if gatherer.rows or not is_done else Fault.EMPTY
    return _reading(request, gatherer, is_done=is_done, fault=fault, encoding=encoding, system=info.system, table=table)


def _salvage(
    request: Request, path: Path, reference: Reference, progress: Progress, begun: tuple[Gatherer, int] | None,
    detail: str,
) -> Reading:  # fmt: skip
    """The rest of a damaged GeoPackage, page by page."""
    try:
        salvage = Salvage(path)
        tables = {table.name: table for table in salvage.tables()}
    except PageSpoilt:
        return failed(request.path, Fault.BROKEN, detail, request.table)
    table = tables.get(request.table) if request.table else next(iter(tables.values()), None)
    if table is None:
        return failed(request.path, Fault.BROKEN, detail, request.table)
    whole = combined(reference, table.system)
    if whole is None:
        return failed(request.path, Fault.UNKNOWN_REFERENCE, table.system, table.name)
    gatherer, after = begun or (Gatherer(whole), 0)
    is_done = salvage.read(table, gatherer, progress, after)
    fault = Fault.TRUNCATED if salvage.is_cut else None if gatherer.rows else Fault.EMPTY
    return _reading(request, gatherer, is_done=is_done, fault=fault, encoding="", system=table.system, table=table.name)


def _reading(
    request: Request, gatherer: Gatherer, *, is_done: bool, fault: Fault | None, encoding: str, detail: str = "",
    system: str = "", table: str = "",
) -> Reading:  # fmt: skip
    report = Report(
        path=request.path,
        table=table or request.table,
        rows=gatherer.rows,
        loaded=gatherer.loaded,
        bad=in_order(gatherer.bad),
        fault=fault,
        detail=detail,
        encoding=encoding,
        reference=system,
        is_cancelled=not is_done,
    )
    return Reading(() if not is_done else gatherer.features(), report)
