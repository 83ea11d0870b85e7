"""The duty's sheet by keyboard and click: roster, handover in three steps, log by shift, and what is exported."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import msgspec
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QDateTime, Qt
from pytestqt.qtbot import QtBot

from comms.domain import duty_events as dev
from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.duty import Swap
from comms.domain.handover import SectionKind
from comms.domain.ids import CallId, HandoverId, PostId, ShiftId, SwapId, officer_party, unit_party
from comms.protocol import duty_commands as cmd
from comms.protocol.commands import NoteAdd
from comms.protocol.desk_commands import ExportTell
from comms.protocol.errors import RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.duty import HOUR, NEXT, PASSWORD, POST, log_of, made, many_events, on_duty, something_open
from tests.support.scene import ME, NOW, OFFICER, unit_id
from ui.duty.handover_page import HandoverPage
from ui.duty.papers import handover_paper
from ui.duty.pdf import pdf_of_paper
from ui.duty.sheet import DutySheet

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Driver:
    def __init__(self, window: WindowDriver) -> None:
        self.window, self.scene = window, window.scene
        on_duty(self.scene)

    @property
    def sheet(self) -> DutySheet:
        found = self.window.window.findChild(DutySheet)
        assert isinstance(found, DutySheet)
        return found

    def open(self, key: Qt.Key) -> DutySheet:
        self.window.key(key, CTRL_ALT)
        assert self.sheet.isVisible()
        return self.sheet

    def press(self, name: str) -> None:
        self.window.click(self.window.button(name))

    def settled(self) -> None:
        """The handover page has taken in what happened."""
        self.window.qtbot.waitUntil(lambda: not self.sheet._soon.isActive())

    def asked(self, kind: type) -> Any:
        return self.scene.desk.last(kind)


@pytest.fixture
def duty(driver: WindowDriver) -> Driver:
    return Driver(driver)


def titles(view_model: Any) -> list[str]:
    return [line.title for line in view_model.lines]


def test_who_is_on_and_who_comes(duty: Driver) -> None:
    roster = duty.open(Qt.Key.Key_D).roster
    assert roster.on_duty.text() == "在岗：李建国"
    assert "小夜班" in roster.coming.text()
    assert "周文" in roster.coming.text()
    assert roster.view.currentIndex().row() == 1, "the shift of now"
    roster.view.setCurrentIndex(roster.model.index(2))
    duty.window.click(roster.buttons["sign_on"])
    assert duty.asked(cmd.DutySignOn).shift_id == "s2"
    duty.scene.desk.refuse(cmd.DutySignOn, RefusalCode.NOT_ON_ROSTER, "您不在排班上")
    duty.window.click(roster.buttons["sign_on"])
    assert duty.sheet.fault.text() == "您不在排班上"
    roster.view.setCurrentIndex(roster.model.index(1))
    duty.window.click(roster.buttons["sign_off"])
    assert duty.asked(cmd.DutySignOff).shift_id == "s1"
    roster.post_name.setText("应急岗")
    duty.window.click(roster.buttons["new_post"])
    assert duty.asked(cmd.PostDefine).name == "应急岗"
    duty.window.key(Qt.Key.Key_Escape)
    assert not duty.sheet.isVisible()


def test_planning_by_hand_and_from_a_sheet(duty: Driver, tmp_path: Path, qtbot: QtBot) -> None:
    roster = duty.open(Qt.Key.Key_D).roster
    roster.name.setText("早班")
    start_at = int(NOW + 90 * HOUR)
    roster.start.setDateTime(QDateTime.fromSecsSinceEpoch(start_at))
    roster.end.setDateTime(QDateTime.fromSecsSinceEpoch(int(start_at + 6 * HOUR)))
    roster.officer.setCurrentIndex(roster.officer.findData(NEXT))
    roster.days.setValue(2)
    duty.window.click(roster.buttons["plan"])
    asked = duty.asked(cmd.RosterSet)
    assert [(one.name, one.officer_id, one.deputy_id) for one in asked.shifts] == [("早班", NEXT, None)] * 2
    assert asked.shifts[1].start_at - asked.shifts[0].start_at == 24 * HOUR
    roster.start.setDateTime(QDateTime.fromSecsSinceEpoch(int(NOW + 9 * HOUR)))
    roster.end.setDateTime(QDateTime.fromSecsSinceEpoch(int(NOW + 10 * HOUR)))
    duty.window.click(roster.buttons["plan"])
    assert "重叠" in duty.sheet.fault.text(), "the desk says which, the gateway need not be asked"
    assert duty.asked(cmd.RosterSet) is asked
    roster.view.setCurrentIndex(roster.model.index(3))
    duty.window.click(roster.buttons["remove"])
    assert (duty.asked(cmd.RosterSet).shifts, duty.asked(cmd.RosterSet).from_at) == ((), NOW + 8.5 * HOUR)
    path = tmp_path / "r.csv"
    head = "岗位,日期,班次,开始,结束,值班员\n"
    path.write_text(
        f"{head}总值班室,2027-01-01,夜班,20:00,08:00,周文\n总值班室,2027-01-02,夜班,20:00,08:00,陈一鸣\n", "utf-8"
    )
    roster.importing.read(str(path))
    qtbot.waitUntil(lambda: len(duty.asked(cmd.RosterSet).shifts) == 2)
    asked = duty.asked(cmd.RosterSet)
    assert asked.until_at - asked.from_at == 48 * HOUR
    path.write_text(head + "\n".join(["别处,2027-01-01,夜班,20:00,08:00,周文"] * 7), "utf-8")
    roster.importing.read(str(path))
    qtbot.waitUntil(lambda: "第 2 行：没有岗位“别处”" in duty.sheet.fault.text())
    assert "另有 2 行有误" in duty.sheet.fault.text()


def test_a_swap_is_asked_for_and_answered(duty: Driver) -> None:
    mine = dev.SwapAsked(
        swap=Swap(id=SwapId("w"), shift_id=ShiftId("s4"), asked_by=NEXT, to=OFFICER, reason="家中有事")
    )
    roster = duty.open(Qt.Key.Key_D).roster
    assert not roster.buttons["agree"].isEnabled()
    duty.scene.happen(mine, actor=officer_party(NEXT))
    assert "家中有事" in roster.swap_words.text()
    duty.window.click(roster.buttons["agree"])
    assert duty.asked(cmd.SwapSettle).is_agreed
    duty.scene.happen(dev.SwapSettled(swap_id=SwapId("w"), is_agreed=True))
    roster.view.setCurrentIndex(roster.model.index(4))
    roster.to.setCurrentIndex(roster.to.findData(NEXT))
    roster.other.setCurrentIndex(1)
    duty.window.click(roster.buttons["swap"])
    asked = duty.asked(cmd.SwapAsk)
    assert (asked.shift_id, asked.to, asked.other_shift_id) == ("s4", NEXT, "s2")


def test_the_handover_in_three_steps(duty: Driver) -> None:
    scene = duty.scene
    something_open(scene)
    page: HandoverPage = duty.open(Qt.Key.Key_O).handover
    assert "燃气泄漏 幸福路 3 号" in titles(page.model)
    assert [page.buttons[name].isEnabled() for name in ("make", "sign", "accept")] == [True, False, False]
    page.notes.setPlainText("桥头积水\n\n 车钥匙在抽屉 ")
    duty.press("handover_make")
    assert duty.asked(cmd.HandoverMake).notes == ("桥头积水", "车钥匙在抽屉")
    digest = made(scene)
    duty.settled()
    assert page.buttons["sign"].isEnabled()
    page.password.setText(PASSWORD)
    page.words.setText("无异常")
    scene.desk.refuse(cmd.HandoverSign, RefusalCode.WRONG_CREDENTIALS, "口令不正确")
    duty.press("handover_sign")
    asked = duty.asked(cmd.HandoverSign)
    assert (asked.digest, asked.password, asked.words) == (digest, PASSWORD, "无异常")
    assert (duty.sheet.fault.text(), page.password.text()) == ("口令不正确", "")
    scene.happen(dev.HandoverSigned(handover_id=HandoverId("h1"), words="无异常"), actor=ME)
    duty.settled()
    assert "李建国" in page.signatures.text()
    assert not page.buttons["accept"].isEnabled(), "who goes does not take over from himself"
    scene.happen(ev.FaultNoted(code="store_failed", detail="满"))
    duty.settled()
    assert titles(page.model)[0] == "制作后的变化 1 项"
    accepted = dev.HandoverAccepted(
        handover_id=HandoverId("h1"), shift_id=ShiftId("s2"), read=(), words="已知悉", changes=page.changes()
    )
    scene.happen(accepted, actor=officer_party(NEXT))
    held = scene.store.picture.duty.handovers[HandoverId("h1")]
    data = pdf_of_paper(handover_paper(held, scene.store, scene.text), lambda done, total: True)
    assert data is not None
    words = "\n".join(one.extract_text() for one in PdfReader(BytesIO(data)).pages)
    for said in (
        "交接班单",
        "燃气泄漏",
        "终端送修",
        "桥头有积水",
        digest,
        "李建国",
        "无异常",
        "周文",
        "已知悉",
        "新增",
    ):
        assert said in words.replace("\n", ""), said


def test_who_comes_reads_every_section(duty: Driver) -> None:
    """The desk of the next officer: the first shift is somebody else's."""
    scene = duty.scene
    something_open(scene)
    made(scene)
    scene.happen(dev.DutySignedOff(shift_id=ShiftId("s1"), officer_id=OFFICER))
    scene.happen(dev.DutySignedOn(shift_id=ShiftId("s1"), officer_id=NEXT))
    scene.happen(dev.HandoverSigned(handover_id=HandoverId("h1")), actor=officer_party(NEXT))
    page = duty.open(Qt.Key.Key_O).handover
    assert not page.buttons["accept"].isEnabled()
    for tick in page.ticks.values():
        tick.setFocus()
        duty.window.key(Qt.Key.Key_Return)
    assert all(tick.isChecked() for tick in page.ticks.values())
    page.password.setText(PASSWORD)
    page.keeps.setChecked(True)
    duty.press("handover_accept")
    asked = duty.asked(cmd.HandoverAccept)
    assert (set(asked.read), asked.keeps_shelved, asked.password) == (set(SectionKind), True, PASSWORD)


def test_the_log_of_a_shift_is_narrowed_down_added_to_and_exported(duty: Driver, tmp_path: Path, qtbot: QtBot) -> None:
    scene = duty.scene
    events = many_events(600)
    call = Call(id=CallId("old"), kind=CallKind.POINT, caller=ME, callee=unit_party(unit_id(1)))
    for event in (ev.CallStarted(call=call), ev.CallEnded(call_id=call.id, end=CallEnd.HUNG_UP)):
        events.append(ev.Recorded(seq=len(events) + 1, at=NOW - HOUR, actor=ME, event=event))
    remark = ev.NoteAdded(text="已电话核实", about_seq=3)
    events.append(ev.Recorded(seq=len(events) + 1, at=NOW - HOUR, actor=ME, event=remark))
    log_of(scene, events)
    page = duty.open(Qt.Key.Key_Y).log
    assert page.which.currentData() == "s1"
    qtbot.waitUntil(lambda: page.model.rowCount() == 603)
    duty.press("duty_group_voice")
    assert page.model.rowCount() == 2
    assert "王芳" in page.model.lines[1].title, "a call the picture has long forgotten"
    duty.press("duty_group_all")
    page.search_field.setText("电话核实")
    assert page.model.rowCount() == 1
    page.search_field.setText("")
    page.view.setCurrentIndex(page.model.index(6))
    page.note_field.setText("现场复核")
    page.note_field.returnPressed.emit()
    assert (duty.asked(NoteAdd).text, duty.asked(NoteAdd).about_seq) == ("现场复核", 7)
    assert page.note_field.text() == ""
    paper = page.paper()
    assert paper.rows == 602
    table = paper.parts[0].table
    assert table is not None
    assert "※" in table.rows[2][2]
    for suffix in ("pdf", "docx"):
        duty.sheet.export._make = page.paper
        duty.sheet.export.save(str(tmp_path / f"log.{suffix}"))
        assert not page.export_buttons["pdf"].isEnabled()
        qtbot.waitUntil(lambda: duty.sheet.export.errand is None)
    reader = PdfReader(tmp_path / "log.pdf")
    words = "".join(one.extract_text() for one in reader.pages)
    assert len(reader.pages) > 5
    for said in ("值班日志", "日志", "第 600 条", "长期跟踪", "已电话核实", "在岗：李＊＊"):
        assert said in words.replace("\n", ""), said
    assert "李建国" not in words, "masked, as nobody said why not"
    assert duty.asked(ExportTell).is_masked
    duty.sheet.export.save(str(tmp_path / "log.docx"), is_masked=False)
    duty.window.type("上级调阅")
    duty.window.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: duty.sheet.export.errand is None)
    assert (duty.asked(ExportTell).is_masked, duty.asked(ExportTell).reason) == (False, "上级调阅")
    said_there = " ".join(one.text for one in docx.Document(str(tmp_path / "log.docx")).paragraphs)
    assert "李建国" in said_there
    duty.open(Qt.Key.Key_L)
    duty.sheet.export.save(str(tmp_path / "stopped.pdf"))
    page.stop_button.click()
    qtbot.waitUntil(lambda: duty.sheet.export.errand is None)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["log.docx", "log.pdf"]
    duty.sheet.export.save(str(tmp_path / "nowhere" / "log.pdf"))
    qtbot.waitUntil(lambda: duty.sheet.export.errand is None)
    assert not (tmp_path / "nowhere").exists()


def test_both_languages_and_no_post(duty: Driver) -> None:
    sheet = duty.open(Qt.Key.Key_D)
    duty.window.window.shows.show("language")
    assert sheet.roster.buttons["sign_on"].text() == "Sign on"
    post = duty.scene.store.picture.duty.posts[PostId(POST)]
    duty.scene.happen(dev.PostDefined(post=msgspec.structs.replace(post, is_closed=True)))
    assert sheet.post is None
    for name in ("handover", "log"):
        duty.press(f"duty_page_{name}")
    assert sheet.handover.state_words.text() == "This post has no shift now; plan one first"
