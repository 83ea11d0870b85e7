"""The review's window on records that were written as a gateway writes them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.domain.events import NoteAdded
from comms.drill import follow_up
from comms.journal.__main__ import main as journal_command
from comms.journal.database import DirectoryLock
from comms.journal.reading import read_events
from comms.protocol.errors import Locale
from console.reviewing import Reader
from tests.support.drill import BEGAN, TRAINER, U1, U2, Play, scenario
from tests.support.drill_record import write_record, write_scenario
from ui.review.window import ReviewWindow
from ui.text import Texts
from ui.theme import Look, prepare


def play(order_at: float | None = 30.0, *, drill_id: str = "d1") -> Play:
    """A small fire; the order in time, late or not at all."""
    drill = Play(scenario()).begin(drill_id=drill_id).fire()
    if order_at is not None:
        drill.order(order_at, U1, U2)
    drill.say(400, NoteAdded(text="封控完毕"))
    drill.say(600, dr.DrillNoted(text="派单果断"), by=TRAINER)
    drill.say(700, dr.DrillEnded(), by=TRAINER)
    return drill


def verified(data: Path) -> int:
    """As `python -m comms.journal verify` says it."""
    return journal_command(["verify", "--data", str(data)])


Opened = Callable[[Path], ReviewWindow]


@pytest.fixture
def opened(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Opened]:
    prepare(qapp)
    write_scenario(tmp_path)
    windows: list[ReviewWindow] = []

    def open_at(path: Path) -> ReviewWindow:
        window = ReviewWindow(
            Reader(()), look=Look(), text=Texts(Locale.ZH_CN), kept=tmp_path / "review.json", today=lambda: "2026-07-01"
        )
        windows.append(window)
        window.show()
        window.open_path(path)
        qtbot.waitUntil(lambda: not window.work.is_running)
        return window

    yield open_at
    for window in windows:
        window.stop()
        window.close()
        window.deleteLater()


def test_a_score_is_explained_down_to_the_second(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    window = opened(write_record(tmp_path / "one", play()))
    page = window.pages.score
    assert page.table.model_.rows[0].cells[:4] == ("派出两人", "20 s", "60 s", "1 / 1")
    told = [line.title for line in page.explained.evidence.lines]
    assert told == ["火情：冒烟", "派 u1、u2：去看"]
    moments: list[float] = []
    window.momentWanted.connect(moments.append)
    page.explained.show_moment(page.explained.evidence.index(1))
    assert moments == [BEGAN + 30]
    assert "00:30" in window.foot.said
    assert window.head.buttons["replay"].isEnabled()


def test_lines_are_narrowed_down_and_a_person_has_his(opened: Opened, tmp_path: Path) -> None:
    window = opened(write_record(tmp_path / "late", play(90.0)))
    page = window.pages.score
    everything = len(page.table.model_.rows)
    page.filter.choose("lost")
    page.show_run()
    assert 0 < len(page.table.model_.rows) < everything
    assert page.table.model_.rows[0].cells[4] == "一半"
    people = window.pages.people
    assert people.table.model_.rows[0].cells[:2] == ("值班员", "0.5")
    assert people.lines.model_.rows[0].key == "expectation:ordered"


def test_the_time_line_shows_what_was_done_and_goes_to_it_by_keys(opened: Opened, tmp_path: Path) -> None:
    window = opened(write_record(tmp_path / "late", play(90.0)))
    window.pages.show_page("time_line")
    beats = window.pages.time_line.beats
    assert "逾时完成" in beats.row_words(1)
    assert "未触发" in beats.row_words(2)
    beats.setFocus()
    QTest.keyClick(beats, Qt.Key.Key_Down)
    QTest.keyClick(beats, Qt.Key.Key_Return)
    assert "01:30" in window.foot.said
    page = window.pages.time_line
    page.kinds.choose("note")
    page.kinds.changed.emit("note")
    assert [row.cells[3] for row in page.table.model_.rows] == ["派单果断"]


def test_what_cannot_be_reviewed_is_one_sentence(opened: Opened, tmp_path: Path) -> None:
    assert "没有演练记录" in opened(tmp_path).foot.said
    window = opened(tmp_path / "nowhere")
    assert "没有演练记录" in window.foot.said
    assert "没有开始过演练" in opened(write_record(tmp_path / "none", Play(scenario()))).foot.said
    strange = Play(scenario(id="strange")).begin()
    assert "strange" in opened(write_record(tmp_path / "strange" / "deep", strange)).foot.said


def test_reading_can_be_given_up(opened: Opened, tmp_path: Path) -> None:
    window = opened(write_record(tmp_path / "one", play()))
    before = window.place.run
    window.read_again()
    assert window.foot.cancel.isEnabled()
    window.foot.cancel.click()
    assert not window.work.is_running
    assert window.foot.said == "已取消。"
    QApplication.processEvents()
    assert window.place.run is before


def test_the_report_is_made_beside_the_screen(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    window = opened(write_record(tmp_path / "one", play()))
    window.reporting.write("html", tmp_path / "report.html")
    qtbot.waitUntil(lambda: not window.work.is_running)
    assert "演练复盘：小火" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "已生成" in window.foot.said
    window.reporting.write("pdf", tmp_path / "no such folder" / "report.pdf")
    qtbot.waitUntil(lambda: not window.work.is_running)
    assert "没有生成" in window.foot.said


def test_the_window_speaks_both_languages(opened: Opened, tmp_path: Path) -> None:
    window = opened(write_record(tmp_path / "one", play()))
    window.place.text.switch(Locale.EN)
    assert window.pages.tabText(0).startswith("Score")
    assert window.pages.score.table.model_.rows[0].cells[0] == "Send two"


def test_an_observer_rates_and_notes_after_the_drill_and_the_chain_holds(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    data = write_record(tmp_path / "one", play())
    window = opened(data)
    page = window.pages.rate
    assert page.who.party == TRAINER
    page.rating.choose("m")
    page.words.setText("报告不全")
    page.rate.click()
    qtbot.waitUntil(lambda: not window.work.is_running and page.objectives.model_.rows[0].cells[3] != "—")
    assert page.objectives.model_.rows[0].cells[3:] == ("M 团队（导调）", "报告不全")
    assert page.words.text() == ""
    page.note.setText("回看这里")
    page.note_second.setText("2:5")
    page.add_note.click()
    assert "分:秒" in window.foot.said
    page.note_second.setText("02:05")
    page.add_note.click()
    qtbot.waitUntil(lambda: not window.work.is_running and len(page.notes.model_.rows) == 2)
    assert ("02:05", "导调", "回看这里", "内部") in [row.cells for row in page.notes.model_.rows]
    assert verified(data) == 0


def test_what_a_running_drill_is_told_is_told_at_its_desks(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    data = write_record(tmp_path / "one", play())
    window = opened(data)
    lock = DirectoryLock(data)
    try:
        window.pages.rate.rate.click()
        qtbot.waitUntil(lambda: not window.work.is_running)
    finally:
        lock.release()
    assert "还在运行" in window.foot.said
    assert len(list(read_events(data))) == len(play().records)


def test_an_action_is_raised_from_a_finding_and_settled_in_a_later_drill(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    data = write_record(tmp_path / "one", play(None))
    window = opened(data)
    page = window.pages.improve
    page.findings_view.setCurrentIndex(page.findings.index(0))
    page.take_up.click()
    assert page.action.text() == "再练：派出两人"
    assert page.owner.currentText() == "值班员"
    page.propose.click()
    qtbot.waitUntil(lambda: not window.work.is_running and len(page.table.model_.rows) == 1)
    assert page.table.model_.rows[0].cells[3:5] == ("未完成", "本次演练")
    later = Play(scenario()).begin(drill_id="d2")
    (came_along,) = follow_up.still_open(data)
    later.say(1, came_along, by=TRAINER)
    later.say(700, dr.DrillEnded(), by=TRAINER)
    next_data = write_record(tmp_path / "two", later)
    window.open_path(next_data)
    qtbot.waitUntil(lambda: not window.work.is_running)
    assert "1 项未完成" in window.head.carried.text()
    window.head.carried.click()
    assert window.pages.currentWidget() is page
    assert page.table.model_.rows[0].cells[4] == "演练 d1"
    page.result.setText("已复训")
    page.settle.click()
    qtbot.waitUntil(lambda: not window.work.is_running and not window.head.carried.isEnabled())
    assert follow_up.still_open(next_data) == ()
    assert verified(next_data) == 0


def test_records_of_a_folder_say_who_passed_and_who_is_due(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    courses = tmp_path / "course"
    write_record(courses / "good", play(30.0, drill_id="d1"))
    write_record(courses / "late" / "deep", play(None, drill_id="d2"))
    write_record(courses / "none", Play(scenario()))
    write_scenario(courses)
    write_scenario(courses / "late")
    window = opened(courses)
    page = window.pages.training
    assert "none" in window.foot.said

    def listed(count: int) -> None:
        qtbot.waitUntil(lambda: not page.listing_work.is_running and len(page.people.model_.rows) == count)

    listed(1)
    (person,) = page.people.model_.rows
    assert person.cells[:5] == ("值班员", "duty", "2", "1", "82 %")
    assert person.cells[6] == "小火"  # passed in 1970, and half a year is over
    assert [row.cells[5] for row in page.table.model_.rows] == ["合格", "不合格"]
    page.search.setText("nobody")
    listed(0)
    page.search.setText("DUTY")
    listed(1)
    page.shown.choose("failed")
    page.shown.changed.emit("failed")
    listed(1)
    for kind in ("csv", "xlsx", "pdf"):
        page.export(kind, tmp_path / f"out.{kind}")
        qtbot.waitUntil(lambda: not window.work.is_running)
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    page.table.entered_row.emit(1)
    qtbot.waitUntil(lambda: not window.work.is_running and window.place.run is not None)
    assert window.pages.currentWidget() is window.pages.score
    again = opened(courses)
    again.open_last_folder()
    qtbot.waitUntil(lambda: not again.work.is_running)
    assert again.pages.training.folder == courses.absolute()


def test_a_team_is_set_beside_the_best(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    write_record(tmp_path / "best", play(30.0, drill_id="d1"))
    window = opened(write_record(tmp_path / "slow", play(90.0, drill_id="d2")))
    page = window.pages.compare
    assert "还没有" in page._state.text()
    page.add_run(tmp_path / "best")
    qtbot.waitUntil(lambda: not window.work.is_running)
    row = page.table.model_.rows[0]
    assert row.cells == ("派出两人", "★ 1  20s", "0.5  80s", "-0.5")
    assert page.pairs.model_.rows[0].cells[1:] == ("01:30", "00:30", "派出两人：比最好的一组慢 60 秒")
    page.pairs.entered_row.emit(0)
    assert "01:30" in window.foot.said
    page.runs_table.choose(str(tmp_path / "best"))
    page.remove.click()
    assert len(page.table.model_.rows[0].cells) == 3
    strange = Play(scenario(id="strange")).begin(drill_id="d3", scenario_id="strange")
    write_record(tmp_path / "strange", strange)
    page.add_run(tmp_path / "strange")
    qtbot.waitUntil(lambda: not window.work.is_running)
    assert len(page.runs()) == 1
    assert "别的情景" in window.foot.said


def test_a_replay_that_cannot_be_shown_says_why(
    opened: Opened, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(write_record(tmp_path / "one", play()))
    asked: list[list[str]] = []

    def program(arguments: list[str]) -> tuple[str, list[str]]:
        asked.append(arguments)
        return sys.executable, ["-c", "import sys; sys.exit('the journal is gone')"]

    monkeypatch.setattr("ui.review.child.program_of_ours", program)
    window.press("replay")
    assert not asked  # no moment was chosen
    window.pages.time_line.show_second(30.0)
    window.press("replay")
    qtbot.waitUntil(lambda: "打不开" in window.foot.said)
    assert "the journal is gone" in window.foot.said
    assert asked == [["--replay", str(tmp_path / "one"), "--at", f"{BEGAN + 30:.3f}"]]
    monkeypatch.setattr("ui.review.child.program_of_ours", lambda _: (str(tmp_path / "no such program"), []))
    window.press("replay")
    qtbot.waitUntil(lambda: "打不开" in window.foot.said and "gone" not in window.foot.said)
