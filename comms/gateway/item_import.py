"""A case standard's sheet put in force: `python -m comms.gateway items import`."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from comms.domain.ids import GATEWAY, JurisdictionId
from comms.domain.item_sheet import KIND_OF_SHEET, READ_ALL_THE_SAME, Cell, SheetError, SheetReading, read_sheet
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.picture import Picture
from comms.gateway.clock import SystemClock
from comms.gateway.item_entering import Entering, entering
from comms.gateway.options import Options
from comms.gateway.running import open_storage
from comms.gateway.town import TownError
from comms.journal.journal import Journal


async def import_items(options: Options) -> None:
    assert options.file is not None
    jurisdiction_id = JurisdictionId(options.jurisdiction)
    reading = read_workbook(options.file, jurisdiction_id=jurisdiction_id)
    from_at = _midnight(options.in_force_from)
    async with open_storage(options.data, clock=SystemClock()) as storage:
        if jurisdiction_id not in storage.journal.picture.jurisdictions:
            raise TownError(f"There is no jurisdiction {jurisdiction_id}; load its town first.")
        entered = await _enter(reading, options.file.name, storage.journal, from_at)
    sys.stdout.writelines(f"{line}\n" for line in _report(reading, entered))


async def _enter(reading: SheetReading, name: str, journal: Journal, from_at: float) -> Entering:
    items = ((each.item, f"{name} {each.sheet} {each.row}") for each in reading.items)
    found = entering(journal.picture.items, items, from_at=from_at)
    await journal.record(GATEWAY, [*_new_departments(reading, journal.picture), *found.events])
    return found


def _new_departments(reading: SheetReading, picture: Picture) -> Iterator[DepartmentDefined]:
    """Whom the sheet names and nobody knows yet, by the sheet's own words."""
    named = {each.item.terms.department_id: each.item.jurisdiction_id for each in reading.items}
    for department_id, where in named.items():
        if department_id is not None and department_id not in picture.departments:
            yield DepartmentDefined(department=Department(id=department_id, name=department_id, jurisdiction_id=where))


def _report(reading: SheetReading, entered: Entering) -> Iterator[str]:
    """Every row that was not read as it stands, then the sums."""
    for note in reading.notes:
        kept = "read, but" if note.fault in READ_ALL_THE_SAME else "not read:"
        yield f"{note.sheet} row {note.row} {kept} {note.fault.value.replace('_', ' ')} {note.detail}".rstrip()
    for item in entered.missing:
        yield f"{item.id} {item.name} is in force and not in the sheet; it stays in force."
    left_out = sum(note.fault not in READ_ALL_THE_SAME for note in reading.notes)
    yield f"{reading.rows} rows: {len(reading.items)} read, {left_out} not read."
    yield f"{len(entered.events)} items entered, {entered.unchanged} as they were."


def _midnight(date: str) -> float:
    try:
        return datetime.strptime(date, "%Y-%m-%d").astimezone().timestamp()
    except ValueError:
        raise TownError(f"{date} is no date; write it as 2026-12-01.") from None


def read_workbook(path: Path, *, jurisdiction_id: JurisdictionId) -> SheetReading:
    """Raises TownError when it is no workbook or has no sheet of this kind."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except FileNotFoundError:
        raise TownError(f"There is no file {path}.") from None
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken archive makes it raise
        raise TownError(f"{path} is no XLSX workbook: {error}.") from None
    reading, found = SheetReading(), 0
    for sheet in book.worksheets:
        kind = next((kind for word, kind in KIND_OF_SHEET.items() if word in sheet.title), None)
        if kind is None:
            continue
        found += 1
        try:
            read_sheet(reading, sheet.title, _cells(sheet), kind=kind, jurisdiction_id=jurisdiction_id)
        except SheetError as error:
            raise TownError(f"The sheet lacks a header with {error}.") from None
    if not found:
        raise TownError(f"{path} has no sheet named {' or '.join(KIND_OF_SHEET)}.")
    return reading


def _cells(sheet: Any) -> Iterator[list[Cell]]:
    """Its rows; a merged cell says in each of its rows what it says in the first."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        value = rows[merged.min_row - 1][merged.min_col - 1]
        for row in rows[merged.min_row - 1 : merged.max_row]:
            row[merged.min_col - 1] = value
    yield from rows
