"""Reading a case standard: every row becomes an item or is told of, whatever stands in it."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from comms.domain.ids import JurisdictionId
from comms.domain.item import Evidence, ItemKind
from comms.domain.item_sheet import (
    DEFAULT_EVIDENCE,
    READ_ALL_THE_SAME,
    Cell,
    Column,
    RowFault,
    SheetError,
    SheetReading,
    read_limit,
    read_sheet,
)
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.fleet.town_items import sheets, town_items, write_workbook
from comms.gateway.item_import import read_workbook
from comms.gateway.town import TownError

TOWN = JurisdictionId("t")
HEADER: list[Cell] = [column.value for column in Column]
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "case_standard" / "bujian_shijian_yuncheng.xlsx"


def read(*rows: list[Cell], header: list[Cell] = HEADER) -> SheetReading:
    reading = SheetReading()
    read_sheet(reading, "部件", [["title"], header, *rows], kind=ItemKind.COMPONENT, jurisdiction_id=TOWN)
    return reading


def row(**said: Cell) -> list[Cell]:
    whole: dict[str, Cell] = {
        "MAJOR_CODE": 1, "MAJOR": "公用\n设施", "MINOR_CODE": 3.0, "MINOR": "井盖", "HANDLED_BY": "水务、产权单位",
        "OVERSEEN_BY": "城管局", "OPENS_WHEN": "缺失", "CLOSES_WHEN": "恢复", "LIMIT": "2紧急工作时", "EVIDENCE": None,
        "GENERAL": None, **said,
    }  # fmt: skip
    return [whole[column.name] for column in Column]


NOTHING_BUT: dict[str, Cell] = {column.name: None for column in Column}


def test_a_row_says_all_and_the_next_goes_on_with_it() -> None:
    later = row(
        **(NOTHING_BUT | {"OPENS_WHEN": "破损", "CLOSES_WHEN": "修复", "LIMIT": "4 小时", "EVIDENCE": "视频，哨声"})
    )
    reading = read(row(), later)
    first, second = (each.item for each in reading.items)
    assert (first.item_class.major, first.item_class.major_code, first.item_class.minor_code) == (
        "公用设施",
        "01",
        "03",
    )
    assert (first.terms.department_id, first.terms.department) == ("水务", "水务、产权单位；城管局")
    assert first.terms.evidence == DEFAULT_EVIDENCE
    assert second.item_class == first.item_class
    assert second.terms.limit == TimeLimit(amount=4, unit=TimeUnit.WORK_HOUR)
    assert second.terms.evidence == (Evidence.VIDEO,)
    assert reading.notes == [("部件", 4, RowFault.EVIDENCE_WORDS, "哨声")]
    assert all(each.item.terms.is_complete for each in reading.items)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (NOTHING_BUT, RowFault.BLANK),
        ({"MAJOR": None}, RowFault.NO_CLASS),
        ({"CLOSES_WHEN": "  "}, RowFault.NO_CONDITION),
        ({"HANDLED_BY": None}, RowFault.NO_DEPARTMENT),
        ({"LIMIT": "尽快"}, RowFault.BAD_LIMIT),
        ({"LIMIT": "0天"}, RowFault.BAD_LIMIT),
        ({"MINOR": "井" * 61}, RowFault.TOO_LONG),
        ({"LIMIT": "1紧急工作时\n制止"}, RowFault.LIMIT_WORDS),
    ],
)
def test_a_row_that_lacks_something_is_told_of(said: dict[str, Cell], fault: RowFault) -> None:
    reading = read(row(**said))
    assert [note.fault for note in reading.notes] == [fault]
    assert len(reading.items) == (fault in READ_ALL_THE_SAME)


def test_a_new_class_has_its_own_bodies() -> None:
    other = row(MINOR="路灯", HANDLED_BY=None)
    assert [note.fault for note in read(row(), other).notes] == [RowFault.NO_DEPARTMENT]
    assert [note.fault for note in read(row(), row(MAJOR="其他", MINOR=None)).notes] == [RowFault.NO_CLASS]


def test_the_same_twice() -> None:
    reading = read(row(), row(), row(LIMIT="5天"))
    assert [(note.row, note.fault, note.detail) for note in reading.notes] == [
        (4, RowFault.REPEATED, "部件 3"),
        (5, RowFault.CONFLICT, "部件 3"),
    ]


def test_no_header_is_no_sheet() -> None:
    with pytest.raises(SheetError, match="立案条件"):
        read(*[row()] * 9, header=["大类名称", "小类名称"])
    with pytest.raises(SheetError):
        read_sheet(SheetReading(), "事件", [], kind=ItemKind.EVENT, jurisdiction_id=TOWN)


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("２紧急工作时", 2, TimeUnit.EMERGENCY_HOUR),
        ("1紧急工作日", 1, TimeUnit.EMERGENCY_DAY),
        ("15天", 15, TimeUnit.WORK_DAY),
        ("3个工作日", 3, TimeUnit.WORK_DAY),
        ("7自然日", 7, TimeUnit.NATURAL_DAY),
        ("1.5小时", 1.5, TimeUnit.WORK_HOUR),
    ],
)
def test_limits(words: str, amount: float, unit: TimeUnit) -> None:
    assert read_limit(words) == (TimeLimit(amount=amount, unit=unit), "")


cells = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.sampled_from(["2天", "井盖", "恢复"])
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(cells, max_size=12), max_size=8))
def test_every_row_is_read_or_told_of(rows: list[list[Cell]]) -> None:
    reading = read(*rows)
    assert reading.rows == len(rows)
    told = {note.row for note in reading.notes if note.fault not in READ_ALL_THE_SAME}
    assert {each.row for each in reading.items} | told == set(range(3, 3 + len(rows)))
    assert not {each.row for each in reading.items} & told


def test_the_sample_sheet_is_the_sample_towns_list(tmp_path: Path) -> None:
    path = tmp_path / "样例.xlsx"
    write_workbook(path)
    reading = read_workbook(path, jurisdiction_id=TOWN)
    assert not reading.notes
    assert tuple(each.item for each in reading.items) == town_items(TOWN)
    assert sum(item.terms.is_general for item in town_items(TOWN)) == 1
    assert reading.rows == sum(len(rows) - 2 for rows in sheets().values())


def test_what_is_no_workbook(tmp_path: Path) -> None:
    import openpyxl

    with pytest.raises(TownError, match="no file"):
        read_workbook(tmp_path / "none.xlsx", jurisdiction_id=TOWN)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(TownError, match="no XLSX"):
        read_workbook(broken, jurisdiction_id=TOWN)
    book = openpyxl.Workbook()
    book.save(broken)
    with pytest.raises(TownError, match="no sheet"):
        read_workbook(broken, jurisdiction_id=TOWN)
    book.active.title = "部件"
    book.save(broken)
    with pytest.raises(TownError, match="header"):
        read_workbook(broken, jurisdiction_id=TOWN)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason="the shared real data is absent")
def test_a_real_standard() -> None:
    """377 and 149 rows of a city's sheet, two of each being title and header."""
    reading = read_workbook(REAL, jurisdiction_id=TOWN)
    assert (reading.rows, len(reading.items)) == (522, 519)
    assert {(note.sheet, note.row, note.fault) for note in reading.notes} == {
        ("事件", 29, RowFault.LIMIT_WORDS),
        ("事件", 52, RowFault.REPEATED),
        ("事件", 54, RowFault.REPEATED),
        ("事件", 55, RowFault.REPEATED),
    }
