"""A report written as a PDF and read back: its words, its order, its pages, its pictures."""

import threading
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ui.background import GivenUpError
from ui.report.document import Heading, NewPage, Paragraph, Picture, Report, Signatures, Table
from ui.report.file import write_whole
from ui.report.pdf import pdf_of

ROWS = tuple((f"部门{number}", str(number), f"{number / 2:.2f} %") for number in range(90))


def _picture() -> bytes:
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#2266aa"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the form with bytes
    return bytes(buffer.data().data())


def _report(*, is_landscape: bool = False) -> Report:
    return Report(
        title="网格工作通报",
        subtitle="2026-06-01 至 2026-06-30",
        blocks=(
            Heading("一、总体情况"),
            Paragraph("受理 1054 件，立案 996 件。\n按期结案率 75.82 %。"),
            Picture(_picture(), width_pct=60, caption="各部门结案率"),
            Table(("部门", "结案", "结案率"), ROWS, numbers=frozenset({1, 2}), shares=(50, 25, 25)),
            NewPage(),
            Heading("二、值班员意见", level=3),
            Paragraph("继续努力", is_dim=True),
            Signatures(("交班人", "接班人")),
        ),
        foot="某市网格中心",
        is_landscape=is_landscape,
    )


@pytest.mark.parametrize("is_landscape", [False, True])
def test_a_report_is_read_back(qtbot: QtBot, is_landscape: bool) -> None:
    made: list[bytes] = []
    looks = [0]

    def look() -> None:
        looks[0] += 1

    worker = threading.Thread(target=lambda: made.append(pdf_of(_report(is_landscape=is_landscape), stand_back=look)))
    worker.start()
    worker.join()
    read = pypdf.PdfReader(BytesIO(made[0]))
    pages = [page.extract_text() for page in read.pages]
    assert read.metadata is not None
    assert read.metadata.title == "网格工作通报"
    assert (read.pages[0].mediabox.width > read.pages[0].mediabox.height) is is_landscape
    assert pages[0].index("网格工作通报") < pages[0].index("一、总体情况") < pages[0].index("受理 1054 件")
    assert len(read.pages[0].images) == 1
    assert all("结案率" in page for page in pages[1:-1]), "the head of a table is said again on each page"
    assert {cell for row in ROWS for cell in row} <= {line for page in pages for line in page.splitlines()}
    assert "值班员意见" in pages[-1]
    assert "部门89" not in pages[-1]
    assert "交班人" in pages[-1]
    assert [f"{number} / {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert looks[0] > 8


def test_one_that_is_given_up_leaves_nothing_behind(qtbot: QtBot) -> None:
    def stop() -> None:
        raise GivenUpError

    with pytest.raises(GivenUpError):
        pdf_of(_report(), stand_back=stop)


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "通报.pdf"
    assert write_whole(path, lambda: b"old") is None
    assert write_whole(path, lambda: b"new") is None
    assert path.read_bytes() == b"new"
    fault = write_whole(tmp_path / "nowhere" / "a.pdf", lambda: b"x")
    assert isinstance(fault, FileNotFoundError)
    assert [each.name for each in tmp_path.iterdir()] == ["通报.pdf"]
