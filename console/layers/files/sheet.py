"""Rows of CSV files and XLSX sheets, each with the number the officer sees beside it."""

import csv
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from console.layers.files import encoding as encodings
from console.layers.files.kind import Kind
from console.layers.files.report import Fault, Reason

_DELIMITERS = ",\t;|"
_LONGEST_RECORD = 30
"""Lines one quoted record may span; beyond it a quote was forgotten and only its first line is given up."""
_MOST_FIELD_CHARS = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[Any, ...]
    done: int
    """How far the file has been read, of the sheet's `size`."""
    reason: Reason | None = None
    """Set when the row is spoilt, or its text was mended."""
    detail: str = ""


class SheetBroken(Exception):
    """The rest of the file cannot be read; what came before is good."""


@dataclass(frozen=True, slots=True)
class Sheet:
    path: Path
    kind: Kind
    table: str
    encoding: str

    @property
    def size(self) -> int:
        """Bytes of a CSV; 0 for a workbook, which does not say."""
        return self.path.stat().st_size if self.kind is Kind.CSV else 0

    def rows(self) -> Iterator[Row]:
        """Blank rows are left out. Raises SheetBroken."""
        rows = _csv_rows(self.path, self.encoding) if self.kind is Kind.CSV else _book_rows(self.path, self.table)
        for row in rows:
            if row.reason is not None or any(cell not in (None, "") for cell in row.cells):
                yield row


def open_sheet(path: Path, kind: Kind, table: str, encoding: str) -> Sheet:
    """An empty encoding is found out."""
    if kind is Kind.CSV and not encoding:
        with path.open("rb") as file:
            encoding = encodings.guess_text(file.read(1_000_000))
    return Sheet(path, kind, table, encoding)


def sheet_names(path: Path) -> tuple[str, ...] | Fault:
    try:
        with _book(path) as book:
            return tuple(book.sheetnames)
    except (SheetBroken, OSError):
        return Fault.BROKEN


def _csv_rows(path: Path, encoding: str) -> Iterator[Row]:
    csv.field_size_limit(_MOST_FIELD_CHARS)
    with path.open("rb") as raw:
        lines = _Lines(TextIOWrapper(raw, encoding=encoding, errors="replace", newline=""))
        delimiter = ""
        while (record := lines.record()) is not None:
            number, text, is_open = record
            delimiter = delimiter or max(_DELIMITERS, key=text.count)
            if is_open:
                yield Row(number, (), raw.tell(), Reason.OPEN_QUOTE, text[:60].strip())
                continue
            try:
                cells = next(csv.reader([text], delimiter=delimiter), [])
            except csv.Error as error:
                yield Row(number, (), raw.tell(), Reason.UNREADABLE, str(error))
                continue
            mended = Reason.TEXT_MENDED if "\ufffd" in text else None
            yield Row(number, tuple(cell.strip() for cell in cells), raw.tell(), mended)


class _Lines:
    """Physical lines put together to records; gives lines back when a quote was never closed."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._waiting: list[str] = []
        self._number = 0

    def record(self) -> tuple[int, str, bool] | None:
        """(line number, text, whether a quote stayed open), or None at the end."""
        first = self._line()
        if first is None:
            return None
        number, parts = self._number, [first]
        while _is_open(parts):
            line = self._line() if len(parts) < _LONGEST_RECORD else None
            if line is None:
                self._waiting = parts[1:] + self._waiting
                self._number = number
                return number, first, True
            parts.append(line)
        return number, "".join(parts), False

    def _line(self) -> str | None:
        line = self._waiting.pop(0) if self._waiting else self._file.readline()
        if not line:
            return None
        self._number += 1
        return line.replace("\x00", "")


def _is_open(parts: list[str]) -> bool:
    return sum(part.count('"') for part in parts) % 2 == 1


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    """Raises SheetBroken, OSError. Opened here, because the library leaves a damaged file open."""
    import openpyxl  # 0.1 s and 5 MB that a desk without workbooks does not need

    with path.open("rb") as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # a damaged file fails anywhere in the library
            raise SheetBroken(f"{type(error).__name__}: {error}") from error
        with closing(book):
            yield book


def _book_rows(path: Path, table: str) -> Iterator[Row]:
    try:
        with _book(path) as book:
            sheet = book[table or book.sheetnames[0]]
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                texts = tuple(cell.strip() if isinstance(cell, str) else cell for cell in cells)
                yield Row(number, texts, number)
    except SheetBroken:
        raise
    except Exception as error:  # its XML is read on with each row
        raise SheetBroken(f"{type(error).__name__}: {error}") from error
