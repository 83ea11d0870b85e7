"""A case standard's sheet (部件/事件立案、处置和结案标准) read into items: every row is read, or told of with its
number and the reason. Pure: rows of cells come in, whatever file they are from."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from comms.domain.ids import DepartmentId, ItemId, JurisdictionId
from comms.domain.item import MOST_AMOUNT, Evidence, Item, ItemClass, ItemKind, ItemTerms
from comms.domain.time_limit import TimeLimit, TimeUnit

Cell = str | int | float | bool | None
KIND_OF_SHEET = {"部件": ItemKind.COMPONENT, "事件": ItemKind.EVENT}
"""By what stands in the sheet's name."""


class Column(StrEnum):
    MAJOR_CODE = "大类代码"
    MAJOR = "大类名称"
    MINOR_CODE = "小类代码"
    MINOR = "小类名称"
    HANDLED_BY = "处置单位"
    OVERSEEN_BY = "主管部门"
    OPENS_WHEN = "立案条件"
    CLOSES_WHEN = "结案条件"
    LIMIT = "处置时限"
    EVIDENCE = "取证要求"
    GENERAL = "通用事项"


NEEDED = (Column.MAJOR, Column.MINOR, Column.HANDLED_BY, Column.OPENS_WHEN, Column.CLOSES_WHEN, Column.LIMIT)
CARRIED = (Column.MAJOR_CODE, Column.MAJOR, Column.MINOR_CODE, Column.MINOR, Column.HANDLED_BY, Column.OVERSEEN_BY)
"""An empty cell below one of these says the same; a new class does not go on with the codes and bodies before it."""
HEADER_WITHIN = 5
"""The header is among so many rows."""
LIMIT_WORDS = {
    "紧急工作时": TimeUnit.EMERGENCY_HOUR,
    "紧急工作小时": TimeUnit.EMERGENCY_HOUR,
    "紧急工作日": TimeUnit.EMERGENCY_DAY,
    "工作小时": TimeUnit.WORK_HOUR,
    "工作时": TimeUnit.WORK_HOUR,
    "小时": TimeUnit.WORK_HOUR,
    "时": TimeUnit.WORK_HOUR,
    "工作日": TimeUnit.WORK_DAY,
    "自然日": TimeUnit.NATURAL_DAY,
    "天": TimeUnit.WORK_DAY,
    "日": TimeUnit.WORK_DAY,
}
"""Where a sheet marks what is urgent, plain hours and days are working ones: so reads who made the sheet of 运城."""
_LIMIT = re.compile(rf"(\d{{1,3}}(?:\.\d)?)个?({'|'.join(LIMIT_WORDS)})")
EVIDENCE_WORDS = {
    "处置前照片": Evidence.PHOTO_BEFORE,
    "处置后照片": Evidence.PHOTO_AFTER,
    "视频": Evidence.VIDEO,
    "录音": Evidence.VOICE,
    "定位": Evidence.POSITION,
}
DEFAULT_EVIDENCE = (Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER, Evidence.POSITION)
"""Where a sheet has no column for it."""
_SEPARATORS = re.compile(r"[、，,;；/]")


class RowFault(StrEnum):
    BLANK = "blank"
    NO_CLASS = "no_class"
    NO_CONDITION = "no_condition"
    NO_DEPARTMENT = "no_department"
    BAD_LIMIT = "bad_limit"
    TOO_LONG = "too_long"
    REPEATED = "repeated"
    """It says what another row says."""
    CONFLICT = "conflict"
    """The same condition to open as another row, with other terms."""
    LIMIT_WORDS = "limit_words"
    """Read, without words that stand behind the limit."""
    EVIDENCE_WORDS = "evidence_words"
    """Read, with the usual evidence: that of the row is not known."""


READ_ALL_THE_SAME = frozenset({RowFault.LIMIT_WORDS, RowFault.EVIDENCE_WORDS})


class RowNote(NamedTuple):
    sheet: str
    row: int
    fault: RowFault
    detail: str = ""


class SheetError(ValueError):
    """It is no such sheet; the message says what is missing."""


class ReadItem(NamedTuple):
    item: Item
    sheet: str
    row: int


class SheetReading(msgspec.Struct, kw_only=True):
    """What came of one or more sheets. `rows` counts those below headers; each was read or has a note."""

    items: list[ReadItem] = []
    notes: list[RowNote] = []
    rows: int = 0


def read_sheet(
    reading: SheetReading, name: str, rows: Iterable[Sequence[Cell]], *, kind: ItemKind, jurisdiction_id: JurisdictionId
) -> None:
    """Add a sheet to what was read. `rows` are all of it, from its first. Raises SheetError without a header."""
    columns: dict[Column, int] | None = None
    carried: dict[Column, str] = {}
    known = {each.item.id: each for each in reading.items}
    for number, cells in enumerate(rows, start=1):
        if columns is None:
            columns = _header(cells)
            if columns is None and number >= HEADER_WITHIN:
                break
            continue
        reading.rows += 1
        found = _row(_said(cells, columns), carried, kind, jurisdiction_id)
        if isinstance(found, RowFault):
            reading.notes.append(RowNote(name, number, found))
            continue
        item, faults = found
        before = known.setdefault(item.id, ReadItem(item, name, number))
        if before.row == number and before.sheet == name:
            reading.items.append(before)
            reading.notes += (RowNote(name, number, fault, detail) for fault, detail in faults)
        else:
            fault = RowFault.REPEATED if before.item == item else RowFault.CONFLICT
            reading.notes.append(RowNote(name, number, fault, f"{before.sheet} {before.row}"))
    if columns is None:
        raise SheetError(f"{name}: {'、'.join(NEEDED)}")


def _header(cells: Sequence[Cell]) -> dict[Column, int] | None:
    words = [_words(cell) for cell in cells]
    columns = {column: words.index(column.value) for column in Column if column.value in words}
    return columns if all(column in columns for column in NEEDED) else None


def _said(cells: Sequence[Cell], columns: dict[Column, int]) -> dict[Column, str]:
    return {column: _words(cells[at]) if at < len(cells) else "" for column, at in columns.items()}


def _row(
    said: dict[Column, str], carried: dict[Column, str], kind: ItemKind, jurisdiction_id: JurisdictionId
) -> tuple[Item, list[tuple[RowFault, str]]] | RowFault:
    if not any(said.values()):
        return RowFault.BLANK
    _carry(said, carried)
    fault = _missing(said, carried)
    if fault is not None:
        return fault
    limit, rest = read_limit(said[Column.LIMIT])
    evidence, unknown = read_evidence(said.get(Column.EVIDENCE, ""))
    item_class = ItemClass(
        kind=kind,
        major=carried[Column.MAJOR],
        minor=carried[Column.MINOR],
        major_code=_code(carried.get(Column.MAJOR_CODE, "")),
        minor_code=_code(carried.get(Column.MINOR_CODE, "")),
    )
    handled_by = carried[Column.HANDLED_BY]
    terms = ItemTerms(
        opens_when=said[Column.OPENS_WHEN],
        closes_when=said[Column.CLOSES_WHEN],
        limit=limit,
        department_id=DepartmentId(_SEPARATORS.split(handled_by)[0]),
        department="；".join(filter(None, (handled_by, carried.get(Column.OVERSEEN_BY, "")))),
        evidence=evidence,
        is_general=bool(said.get(Column.GENERAL)),
    )
    item_id = item_id_of(jurisdiction_id, item_class, terms.opens_when)
    item = Item(id=item_id, jurisdiction_id=jurisdiction_id, item_class=item_class, terms=terms)
    if not _fits(item):
        return RowFault.TOO_LONG
    faults = ((RowFault.LIMIT_WORDS, rest), (RowFault.EVIDENCE_WORDS, unknown))
    return item, [(fault, detail) for fault, detail in faults if detail]


def _missing(said: dict[Column, str], carried: dict[Column, str]) -> RowFault | None:
    if not (carried.get(Column.MAJOR) and carried.get(Column.MINOR)):
        return RowFault.NO_CLASS
    if not (said[Column.OPENS_WHEN] and said[Column.CLOSES_WHEN]):
        return RowFault.NO_CONDITION
    if not carried.get(Column.HANDLED_BY):
        return RowFault.NO_DEPARTMENT
    return RowFault.BAD_LIMIT if read_limit(said[Column.LIMIT])[0] is None else None


def _carry(said: dict[Column, str], carried: dict[Column, str]) -> None:
    if said[Column.MAJOR] and said[Column.MAJOR] != carried.get(Column.MAJOR):
        carried.clear()
    if said[Column.MINOR] and said[Column.MINOR] != carried.get(Column.MINOR):
        for column in (Column.MINOR_CODE, Column.HANDLED_BY, Column.OVERSEEN_BY):
            carried.pop(column, None)
    carried.update((column, said[column]) for column in CARRIED if said.get(column))


def _fits(item: Item) -> bool:
    """Whether the wire would take it."""
    try:
        msgspec.convert(msgspec.to_builtins(item), Item)
    except msgspec.ValidationError:
        return False
    return True


def item_id_of(jurisdiction_id: JurisdictionId, item_class: ItemClass, opens_when: str) -> ItemId:
    """The same for the same class and condition, so that a sheet read again next year brings new versions, not
    new items."""
    said = "\0".join((item_class.kind.value, item_class.major, item_class.minor, opens_when))
    return ItemId(f"{jurisdiction_id}:{hashlib.sha256(said.encode()).hexdigest()[:12]}")


def read_limit(words: str) -> tuple[TimeLimit | None, str]:
    """The limit, and what stands behind it; None when there is no limit in these words."""
    found = _LIMIT.match(unicodedata.normalize("NFKC", words).replace(" ", ""))
    if found is None or not 0 < float(found[1]) <= MOST_AMOUNT:
        return None, ""
    return TimeLimit(amount=float(found[1]), unit=LIMIT_WORDS[found[2]]), found.string[found.end() :]


def read_evidence(words: str) -> tuple[tuple[Evidence, ...], str]:
    """The evidence, and the words that are not known; the usual without any word that is."""
    parts = [part for part in _SEPARATORS.split(words) if part]
    known = tuple(dict.fromkeys(EVIDENCE_WORDS[part] for part in parts if part in EVIDENCE_WORDS))
    return known or DEFAULT_EVIDENCE, "、".join(part for part in parts if part not in EVIDENCE_WORDS)


def _words(cell: Cell) -> str:
    """A cell's words on one line."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(re.sub(r"\s*[\r\n]+\s*", "", str(cell)).split())


def _code(words: str) -> str:
    """`1` and `01` are the same class."""
    return words.zfill(2) if words.isdigit() else words
