"""Roster sheets read, papers written as DOCX and read back: what was put in comes out again."""

from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from comms.domain.ids import OfficerId, PostId
from console.duty import roster_file
from console.duty.docx import docx_of
from console.duty.paper import Paper, Part, SignatureBox, Table
from console.duty.roster_file import Known, RosterFault, RowFault, read_roster

KNOWN = Known({"总值班": PostId("p1")}, {"甲": OfficerId("a"), "b": OfficerId("b")})
HEAD = ("岗位", "日期", "班次", "开始", "结束", "值班员", "副班")


def as_csv(path: Path, *rows: tuple[Any, ...], encoding: str = "utf-8-sig") -> Path:
    path.write_bytes("\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_roster_crosses_midnight(tmp_path: Path, encoding: str) -> None:
    path = as_csv(
        tmp_path / "r.csv",
        ("十二月排班表",),
        HEAD,
        ("总值班", "2026-12-01", "白班", "08:00", "20:00", "甲", "b"),
        ("", "", "", "", "", "", ""),
        ("总值班", "2026/12/1", "", "20：00", "08:00", "b", ""),
        encoding=encoding,
    )
    reading = read_roster(path, KNOWN)
    assert reading.faults == ()
    day, night = (row.draft for row in reading.rows)
    assert [row.number for row in reading.rows] == [3, 5]
    assert (day.name, day.officer_id, day.deputy_id) == ("白班", "a", "b")
    assert (night.name, night.officer_id, night.deputy_id) == ("20:00", "b", None)
    assert day.start_at == datetime(2026, 12, 1, 8).astimezone().timestamp()
    assert (day.end_at - day.start_at, night.end_at - night.start_at) == (12 * 3600, 12 * 3600)
    assert night.start_at == day.end_at


def test_an_xlsx_roster_has_cells_of_its_own_kinds(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    rows = (
        ("Post", "Date", "Shift", "Start", "End", "Officer"),
        ("总值班", datetime(2026, 12, 1), "白班", time(8), datetime(1900, 1, 1, 20), "甲"),
        ("总值班", date(2026, 12, 2), "夜班", "16:00:00", "24:00", "甲"),
    )
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "r.xlsx")
    reading = read_roster(tmp_path / "r.xlsx", KNOWN)
    assert reading.faults == ()
    assert [(row.draft.end_at - row.draft.start_at) / 3600 for row in reading.rows] == [12, 8]


def test_each_row_that_is_none_is_told_of(tmp_path: Path) -> None:
    good = ("总值班", "2026-12-01", "白班", "08:00", "20:00", "甲", "")
    wrong = [("x", *good[1:]), (good[0], "soon", *good[2:]), (*good[:3], "8", *good[4:]), (*good[:4], "", *good[5:])]
    wrong += [(*good[:5], "丙", ""), (*good[:6], "丙")]
    reading = read_roster(as_csv(tmp_path / "r.csv", HEAD, good, *wrong), KNOWN)
    assert len(reading.rows) == 1
    assert [(fault.number, fault.fault, fault.detail) for fault in reading.faults] == [
        (3, RosterFault.POST, "x"),
        (4, RosterFault.DAY, "soon"),
        (5, RosterFault.TIME, "8"),
        (6, RosterFault.TIME, ""),
        (7, RosterFault.OFFICER, "丙"),
        (8, RosterFault.OFFICER, "丙"),
    ]


def test_what_is_no_roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_roster(as_csv(tmp_path / "a.csv", ("甲", "乙")), KNOWN).faults == (RowFault(0, RosterFault.NO_HEAD),)
    (tmp_path / "b.xlsx").write_bytes(b"PK not a book")
    for name in ("b.xlsx", "gone.csv"):
        assert read_roster(tmp_path / name, KNOWN).faults[0].fault is RosterFault.NO_SHEET
    monkeypatch.setattr(roster_file, "MOST_ROWS", 1)
    assert read_roster(as_csv(tmp_path / "c.csv", HEAD, HEAD), KNOWN).faults[0].fault is RosterFault.TOO_MANY


PAPER = Paper(
    title="值班日志",
    facts=("岗位：总值班",),
    parts=(
        Part("一、事件", ("没有",)),
        Part("二、日志", (), Table(("序号", "内容"), (1, 8), (("1", "燃气泄漏\x07"), ("2", "已处置\n  ※ 加注")))),
    ),
    signatures=(SignatureBox("交班人", "甲", "12-01 08:00", "无异常"), SignatureBox("接班人")),
    foot="网格融合指挥台",
)


def test_a_paper_is_read_back_from_its_docx() -> None:
    from docx import Document

    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        seen.append((done, total))
        return True

    data = docx_of(PAPER, progress)
    assert data is not None
    assert seen == [(1, 2), (2, 2)]
    document = Document(BytesIO(data))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert words == [
        "值班日志",
        "岗位：总值班",
        "一、事件",
        "没有",
        "二、日志",
        "交班人  甲  12-01 08:00\n无异常",
        "接班人  ",
    ]
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [["序号", "内容"], ["1", "燃气泄漏"], ["2", "已处置\n  ※ 加注"]]
    assert document.sections[0].footer.paragraphs[0].text == "网格融合指挥台"


def test_a_paper_is_given_up_between_two_rows() -> None:
    assert docx_of(PAPER, lambda done, total: False) is None
