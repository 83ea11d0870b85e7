"""A roster from a CSV or XLSX sheet: each row is a shift, or is told why it is none. To be read on a thread."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any

from comms.domain.duty import ShiftDraft
from comms.domain.ids import OfficerId, PostId

MOST_ROWS = 2000
_HEADS = {
    "post": ("岗位", "post"),
    "day": ("日期", "date", "day"),
    "name": ("班次", "shift"),
    "start": ("开始", "开始时间", "start"),
    "end": ("结束", "结束时间", "end"),
    "officer": ("值班员", "值班人", "主班", "officer"),
    "deputy": ("副班", "deputy"),
}
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = ("%H:%M", "%H:%M:%S")


class RosterFault(StrEnum):
    NO_SHEET = "no_sheet"
    NO_HEAD = "no_head"
    """The columns are missing that a roster needs."""
    TOO_MANY = "too_many"
    POST = "post"
    DAY = "day"
    TIME = "time"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class RowFault:
    """`number` is the row as the sheet counts it; 0 is the whole file."""

    number: int
    fault: RosterFault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RosterRow:
    number: int
    post_id: PostId
    draft: ShiftDraft


@dataclass(frozen=True, slots=True)
class RosterReading:
    rows: tuple[RosterRow, ...] = ()
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Posts and officers by their names and ids, as a sheet may call them."""

    posts: Mapping[str, PostId]
    officers: Mapping[str, OfficerId]


def read_roster(path: Path, known: Known) -> RosterReading:
    """Never raises for what is in the file."""
    try:
        rows = list(_rows(path))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken archive makes it raise
        return RosterReading(faults=(RowFault(0, RosterFault.NO_SHEET, str(error)[:120]),))
    if len(rows) > MOST_ROWS:
        return RosterReading(faults=(RowFault(0, RosterFault.TOO_MANY, str(MOST_ROWS)),))
    for at, cells in enumerate(rows):
        columns = _columns(cells)
        if {"post", "day", "start", "end", "officer"} <= columns.keys():
            return _read(rows[at + 1 :], at + 2, columns, known)
    return RosterReading(faults=(RowFault(0, RosterFault.NO_HEAD),))


def _rows(path: Path) -> Iterator[Sequence[Any]]:
    if path.suffix.lower() == ".xlsx":
        import openpyxl

        with path.open("rb") as file:  # which the library leaves open where the file is damaged
            book = openpyxl.load_workbook(file, data_only=True, read_only=True)
            yield from book.worksheets[0].iter_rows(values_only=True)
        return
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    yield from csv.reader(StringIO(text))


def _columns(cells: Sequence[Any]) -> dict[str, int]:
    names = [str(cell or "").strip().casefold() for cell in cells]
    return {key: names.index(word) for key, words in _HEADS.items() for word in words if word in names}


def _read(rows: Sequence[Sequence[Any]], first: int, columns: Mapping[str, int], known: Known) -> RosterReading:
    good: list[RosterRow] = []
    faults: list[RowFault] = []
    for number, cells in enumerate(rows, first):
        found = {key: cells[at] if at < len(cells) else None for key, at in columns.items()}
        if not any(cell not in (None, "") for cell in found.values()):
            continue
        row = _row(number, found, known)
        if isinstance(row, RowFault):
            faults.append(row)
        else:
            good.append(row)
    return RosterReading(tuple(good), tuple(faults))


def _row(number: int, found: Mapping[str, Any], known: Known) -> RosterRow | RowFault:
    words = {key: str(found.get(key) or "").strip() for key in _HEADS}
    post_id = known.posts.get(words["post"])
    if post_id is None:
        return RowFault(number, RosterFault.POST, words["post"])
    day = _day(found.get("day"))
    if day is None:
        return RowFault(number, RosterFault.DAY, words["day"])
    start, end = _time(found.get("start")), _time(found.get("end"))
    if start is None or end is None:
        return RowFault(number, RosterFault.TIME, words["start"] if start is None else words["end"])
    officer_id, deputy_id = known.officers.get(words["officer"]), known.officers.get(words["deputy"])
    if officer_id is None or (words["deputy"] and deputy_id is None):
        return RowFault(number, RosterFault.OFFICER, words["officer"] if officer_id is None else words["deputy"])
    last = day if end > start else day + timedelta(days=1)
    draft = ShiftDraft(
        name=words["name"] or f"{start:%H:%M}",
        start_at=datetime.combine(day, start).astimezone().timestamp(),
        end_at=datetime.combine(last, end).astimezone().timestamp(),
        officer_id=officer_id,
        deputy_id=deputy_id,
    )
    return RosterRow(number, post_id, draft)


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _parsed(str(cell or "").strip(), _DAYS, datetime.date)


def _time(cell: Any) -> time | None:
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    words = str(cell or "").strip().replace("：", ":")
    return time(0) if words in ("24:00", "24:00:00") else _parsed(words, _TIMES, datetime.time)


def _parsed(words: str, patterns: Sequence[str], part: Any) -> Any:
    for pattern in patterns:
        try:
            return part(datetime.strptime(words, pattern))
        except ValueError:
            continue
    return None
