"""CSV and XLSX sheets of work orders: a row is a record, its columns are named by the first row."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from comms.adapters.intake import Received
from comms.adapters.record import read_record
from comms.domain.source import Source, WorkOrderField

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5000
MOST_COLUMNS = 200
MOST_UNPACKED_BYTES = 100_000_000
"""A sheet that unpacks to more is not opened."""
_ENCODINGS = ("utf-8-sig", "gb18030")
"""As office programs in China write CSV."""


class SheetError(ValueError):
    """The file is no sheet, or too large; says so in words of the format."""


def read_sheet(body: bytes, source: Source, *, media_type: str) -> list[Received]:
    """Every row that has anything in it. Raises SheetError; what is wrong with a row is that row's fault alone. Takes
    seconds for a large file: call it on a thread."""
    rows = _csv_rows(body) if media_type == CSV_TYPE else _xlsx_rows(body)
    known = {name for field in WorkOrderField for name in source.names_of(field)}
    return [_read(record, source) for record in _records(rows, known)]


def _read(record: dict[str, Any], source: Source) -> Received:
    """What is kept of a row is that row, under the names of its columns."""
    kept = json.dumps(record, ensure_ascii=False, sort_keys=True, default=_written).encode()
    return read_record(record, source, body=kept)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _records(rows: Iterable[list[Any]], known: set[str]) -> Iterator[dict[str, Any]]:
    lines = (row for row in rows if any(value not in (None, "") for value in row))
    names = [str(name).strip() if name is not None else "" for name in next(lines, [])]
    if known.isdisjoint(names) or len(names) > MOST_COLUMNS:
        raise SheetError("the first row names no column that is set up for the source")
    for number, row in enumerate(lines, 1):
        if number > MOST_ROWS:
            raise SheetError(f"more than {MOST_ROWS} rows")
        yield {name: value for name, value in zip(names, row, strict=False) if name and value not in (None, "")}


def _csv_rows(body: bytes) -> Iterator[list[Any]]:
    for encoding in _ENCODINGS:
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError("neither UTF-8 nor GB 18030")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as problem:
        raise SheetError(str(problem)) from None


def _xlsx_rows(body: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook  # half a second and 20 MB, for this alone

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
                raise SheetError("it unpacks to too much")
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    except SheetError:
        raise
    except Exception as problem:  # noqa: BLE001 - a damaged file fails anywhere in the library; the sender is told
        raise SheetError(f"no XLSX: {type(problem).__name__}") from None
    try:
        for row in book.worksheets[0].iter_rows(values_only=True) if book.worksheets else ():
            yield list(row)
    except Exception as problem:  # noqa: BLE001 - as above: its XML is read on with each row
        raise SheetError(f"damaged XLSX: {type(problem).__name__}") from None
    finally:
        book.close()
