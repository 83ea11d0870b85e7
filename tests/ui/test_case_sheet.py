"""The case at the desk: what may be done and why not, taken by keyboard, refused without loss, seen and heard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallKind
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.ids import (
    GATEWAY,
    BlobId,
    BurstId,
    CallId,
    DepartmentId,
    IncidentId,
    ItemId,
    OfficerId,
    VideoId,
    officer_party,
    unit_party,
)
from comms.domain.incident import Incident
from comms.domain.item import Evidence, Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemEntered
from comms.domain.officer import Department, DepartmentDefined, OfficerRole
from comms.domain.order import Place
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.domain.video import Video, VideoKind
from comms.domain.work_calendar import CalendarYear, WorkCalendar
from comms.protocol import pushes
from comms.protocol.case_commands import CalendarRead, CaseMove
from comms.protocol.commands import BlobGet, VideoWatch
from comms.protocol.errors import Locale, RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, ME, OFFICER, TOWN, Scene, unit_id
from ui.acting import Acting
from ui.alarm.words import sentence
from ui.background import Background
from ui.case.sheet import CaseSheet
from ui.controls import Controls
from ui.selection import Selection
from ui.workplace import Workplace

P, R = CaseStep, OfficerRole
I1, I2 = IncidentId("i1"), IncidentId("i2")
ROADS, WATER = DepartmentId("roads"), DepartmentId("water")
COVER = ItemId("cover")
OPENS, CLOSES = ("缺失、移位", "危及行人"), ("补齐", "围挡撤除")
CTRL, ALT, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
TWO_WORK_HOURS = TimeLimit(amount=2, unit=TimeUnit.WORK_HOUR)
CALENDAR = WorkCalendar([CalendarYear(year=2025, hours=((0, 86_400),))])
WORK = ClockWork(CALENDAR)
OTHER = OfficerId("other")


def picture_bytes(folder: Path) -> bytes:
    image = QImage(1200, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#406080"))
    path = folder / "photo.jpg"
    assert image.save(str(path))
    return path.read_bytes()


class Sitting:
    """The sheet over an empty host, for an officer with these roles."""

    def __init__(self, scene: Scene, *roles: OfficerRole, host: QWidget) -> None:
        self.scene, self.host = scene, host
        fill(scene, *roles)
        self.acting = Acting(scene.desk.spawn, scene.text, host)
        self.told: list[str] = []
        self.acting.said.connect(lambda _tone, words, _detail: self.told.append(words))
        self.selection = Selection(host)
        self.controls = Controls(
            store=scene.store,
            actions=scene.actions,
            selection=self.selection,
            acting=self.acting,
            playback=scene.player,
            text=scene.text,
            parent=host,
        )
        background = Background(scene.store.gate, host)
        self.sheet = CaseSheet(
            Workplace(
                host=host,
                store=scene.store,
                actions=scene.actions,
                controls=self.controls,
                acting=self.acting,
                background=background,
                look=scene.look,
                text=scene.text,
            )
        )
        background.stop()

    def open(self, incident_id: IncidentId = I1) -> CaseSheet:
        self.selection.set_incidents((incident_id,))
        self.sheet.open()
        return self.sheet

    def move(self, step: CaseStep, stage: CaseStage, *, by: str = "other", **fields: Any) -> None:
        actor = GATEWAY if by == GATEWAY else officer_party(OfficerId(by))
        self.scene.happen(CaseMoved(incident_id=I1, step=step, stage=stage, **fields), actor=actor)

    def dispatched(self) -> None:
        self.move(P.REGISTER, CaseStage.REGISTERED, item_id=COVER, ticked=OPENS)
        clock = WORK.begun(TWO_WORK_HOURS, self.scene.clock)
        self.move(P.DISPATCH, CaseStage.DISPATCHED, department_id=ROADS, clock=clock)

    def allowed(self) -> set[CaseStep]:
        return {step for step, button in self.sheet.face.steps.buttons.items() if not button.reason}

    def press(self, step: CaseStep) -> None:
        QTest.mouseClick(self.sheet.face.steps.buttons[step], Qt.MouseButton.LeftButton)

    def asked(self) -> CaseMove:
        found = self.scene.desk.last(CaseMove)
        assert isinstance(found, CaseMove)
        return found


def fill(scene: Scene, *roles: OfficerRole, department: DepartmentId | None = None) -> None:
    named = ItemClass(kind=ItemKind.COMPONENT, major="公用设施", minor="井盖")
    terms = ItemTerms(
        opens_when="\n".join(OPENS),
        closes_when="\n".join(CLOSES),
        limit=TWO_WORK_HOURS,
        department_id=ROADS,
        evidence=(Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER),
    )
    scene.happen(
        ev.OfficerDefined(
            officer_id=OFFICER, name="李建国", jurisdiction_id=TOWN, roles=roles, department_id=department
        ),
        ev.OfficerDefined(officer_id=OTHER, name="陈工", jurisdiction_id=TOWN, roles=(), department_id=None),
        DepartmentDefined(department=Department(id=ROADS, name="市政养护站", jurisdiction_id=TOWN)),
        DepartmentDefined(department=Department(id=WATER, name="水务站", jurisdiction_id=TOWN)),
        ItemEntered(item=Item(id=COVER, jurisdiction_id=TOWN, item_class=named, terms=terms), from_at=0.0),
    )
    for key, kind in ((I1, "井盖缺失"), (I2, "路灯不亮")):
        where = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")
        incident = Incident(id=key, kind=kind, place=where, jurisdiction_id=GRID)
        scene.happen(ev.IncidentReported(incident=incident), actor=unit_party(unit_id(1)))


@pytest.fixture
def host(qapp: object) -> Iterator[QWidget]:
    made = QWidget()
    made.resize(1366, 720)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def sitting(scene: Scene, host: QWidget, *roles: OfficerRole) -> Sitting:
    return Sitting(scene, *roles, host=host)


def test_every_step_keeps_its_place_and_says_why_not(scene: Scene, host: QWidget) -> None:
    it = sitting(scene, host, R.ACCEPTOR)
    sheet = it.open()
    buttons = sheet.face.steps.buttons
    places = {step: button.geometry() for step, button in buttons.items()}
    assert it.allowed() == {P.REGISTER, P.VERIFY, P.VOID}
    it.press(P.CLOSE)
    assert sheet.face.why.text() == "案件处于“上报”，现在不能结案"
    assert sheet.face.steps.step is None
    assert not sheet.face.form.buttons["send"].isEnabled()
    assert [part.kind for part in sheet.face.strip.parts] == ["present", *["future"] * 5]
    it.dispatched()
    assert it.allowed() == set()
    buttons[P.RECALL].setFocus()
    assert sheet.face.why.text() == "撤回派遣由派遣员办理"
    QTest.keyClick(buttons[P.RECALL], Qt.Key.Key_Right)
    assert buttons[P.RETURN].hasFocus()
    QTest.keyClick(buttons[P.RETURN], Qt.Key.Key_Down)
    assert buttons[P.ASK_EXTENSION].hasFocus()
    assert sheet.face.why.text() == "申请延期由处置部门办理"
    assert {step: button.geometry() for step, button in buttons.items()} == places
    assert [part.kind for part in sheet.face.strip.parts] == ["past", "past", "present", *["future"] * 3]
    assert "派遣" in sheet.face.strip.accessibleName()
    assert not sheet.face.strip.grab().toImage().isNull()


def test_registering_by_keys_with_every_condition_ticked(scene: Scene, host: QWidget, tmp_path: Path) -> None:
    it = sitting(scene, host, R.ACCEPTOR)
    sheet = it.open()
    form = sheet.face.form
    register = sheet.face.steps.buttons[P.REGISTER]
    assert register.hasFocus(), "the first that may be taken"
    QTest.keyClick(register, Qt.Key.Key_Return)
    assert form.item.item is not None
    assert form.item.item.id == COVER, "suggested by the incident's words"
    assert form.item.hasFocus()
    QTest.keyClick(form.item, Qt.Key.Key_Tab)
    assert form.conditions.hasFocus()
    assert form.evidence.text() == "尚缺取证：处置前照片"
    QTest.keyClick(form.conditions, Qt.Key.Key_Space)
    scene.desk.refuse(CaseMove, RefusalCode.CONDITION_UNTICKED, "未勾选：危及行人")
    form.opinion.setPlainText("已电话核实")
    QTest.keyClick(form.opinion, Qt.Key.Key_Return, CTRL)
    assert form.fault.text() == "未勾选：危及行人"
    assert (form.opinion.toPlainText(), form.conditions.ticked, form.item.item.id) == ("已电话核实", OPENS[:1], COVER)
    QTest.keyClick(form.conditions, Qt.Key.Key_Down)
    QTest.keyClick(form.conditions, Qt.Key.Key_Space)
    picture_bytes(tmp_path)
    sheet.tray.add([str(tmp_path / "photo.jpg")])
    assert form.evidence.text() == ""
    del scene.desk.answers[CaseMove]
    QTest.keyClick(form.opinion, Qt.Key.Key_Return, CTRL)
    asked = it.asked()
    assert (asked.step, asked.item_id, asked.ticked, asked.photos) == (P.REGISTER, COVER, OPENS, ("blob",))
    assert asked.opinion == "已电话核实"
    assert (form.opinion.toPlainText(), sheet.face.steps.step) == ("", None)
    assert it.told[-1] == "已办理：立案"


def test_dispatching_asking_and_granting(scene: Scene, host: QWidget) -> None:
    it = sitting(scene, host)  # all roles
    sheet = it.open()
    form = sheet.face.form
    it.move(P.REGISTER, CaseStage.REGISTERED, item_id=COVER, ticked=OPENS)
    it.press(P.DISPATCH)
    assert form.department.hasFocus()
    assert form.department_id == ROADS, "as the item says"
    form.department.setCurrentIndex(form.department.findData(WATER))
    form.amount.setValue(3)
    sheet.confirm()
    asked = it.asked()
    assert (asked.department_id, asked.limit) == (WATER, TimeLimit(amount=3, unit=TimeUnit.EMERGENCY_HOUR))
    clock = WORK.begun(TWO_WORK_HOURS, scene.clock)
    it.move(P.DISPATCH, CaseStage.DISPATCHED, department_id=ROADS, clock=clock)
    it.press(P.ASK_EXTENSION)
    until_at = form.until_at
    assert until_at > clock.due_at
    assert form.until.hasFocus()
    form.opinion.setPlainText("缺配件")
    sheet.confirm()
    asked = it.asked()
    assert (asked.step, asked.until_at, asked.opinion) == (P.ASK_EXTENSION, until_at, "缺配件")
    assert asked.department_id is None
    it.move(P.ASK_EXTENSION, CaseStage.DISPATCHED, until_at=clock.due_at + 3600, opinion="缺配件")
    assert {P.EXTEND, P.DECLINE} <= it.allowed()
    assert P.SUSPEND not in it.allowed()
    it.press(P.DECLINE)
    assert form.opinion.placeholderText() == "本步骤必须填写原因"
    waiting = scene.desk.hold(CaseMove)
    sheet.confirm()
    sheet.confirm()
    assert not form.buttons["send"].isEnabled()
    waiting.answer = pushes.Refused(id=it.asked().id, code=RefusalCode.REASON_MISSING, text="请填写原因。")
    scene.desk.run()
    assert (form.fault.text(), form.buttons["send"].isEnabled()) == ("请填写原因。", True)
    assert sum(isinstance(one, CaseMove) and one.step is P.DECLINE for one in scene.desk.asked) == 1


def test_both_clocks_and_why_one_stands_still(scene: Scene, host: QWidget) -> None:
    it = sitting(scene, host)
    scene.desk.answers[CalendarRead] = lambda command: pushes.CalendarYears(id=command.id, years=CALENDAR.years)
    sheet = it.open()
    assert sheet.face.natural.text() == "未设时限"
    it.dispatched()
    scene.clock += 1800.0
    sheet.tick()
    assert sheet.face.working.text() == "时限 2 工作时，剩 1:30:00"
    assert sheet.face.natural.text().endswith("还有 1:30:00")
    case = sheet.now.case
    assert case is not None
    assert case.clock is not None
    clock = WORK.stopped(case.clock, scene.clock)
    it.move(P.ASK_SUSPENSION, CaseStage.DISPATCHED, opinion="待上级批复", until_at=scene.clock + 7200)
    it.move(P.SUSPEND, CaseStage.SUSPENDED, clock=clock, until_at=scene.clock + 7200)
    scene.clock += 600.0
    sheet.tick()
    assert sheet.face.working.text() == "时限 2 工作时，剩 1:30:00", "nothing counts"
    assert sheet.face.natural.text() == "计时停止"
    assert "挂账，待上级批复" in sheet.face.paused.text()
    assert "恢复" in sheet.face.paused.text()
    assert [part.kind for part in sheet.face.strip.parts][2] == "held"
    it.move(P.RESUME, CaseStage.DISPATCHED, clock=WORK.gone_on(clock, scene.clock))
    scene.clock += 86_400.0
    sheet.tick()
    assert sheet.face.paused.text() == ""
    assert "超 22:30:00" in sheet.face.working.text()
    assert sheet.face.natural.property("tone") == "danger"
    it.move(P.FORCE_CLOSE, CaseStage.FORCE_CLOSED, opinion="上级已办")
    assert sheet.face.strip.parts[-1].kind == "ended"
    assert it.allowed() == {P.APPEAL}


def test_the_record_and_the_evidence_are_read_heard_and_seen(scene: Scene, host: QWidget, tmp_path: Path) -> None:
    it = sitting(scene, host)
    data = picture_bytes(tmp_path)
    scene.desk.answers[BlobGet] = lambda command: pushes.BlobContent(
        id=command.id, blob_id=command.blob_id, media_type="image/jpeg", data=data
    )
    it.dispatched()
    order_id = scene.issue("o1", 1)
    worker = unit_party(unit_id(1))
    scene.happen(ev.IncidentLinked(incident_id=I1, order_id=order_id))
    call = Call(id=CallId("c1"), kind=CallKind.POINT, caller=ME, callee=worker)
    scene.happen(
        ev.CallStarted(call=call),
        ev.RecordingSaved(
            call_id=CallId("c1"),
            burst_id=BurstId("b"),
            talker=worker,
            blob_id=BlobId("voice"),
            started_at=scene.clock,
            duration_s=7.0,
        ),
        ev.VideoStarted(video=Video(id=VideoId("v1"), unit_id=unit_id(1), kind=VideoKind.RETURN, asked_by=worker)),
    )
    it.move(P.RECEIVE, CaseStage.HANDLING, photos=(BlobId("before1"), BlobId("before2")))
    it.move(P.HAND_BACK, CaseStage.HANDLED, photos=(BlobId("after1"),), opinion="已更换")
    sheet = it.open()
    records = sheet.face.records
    flow = records.flow_model.lines
    assert [line.title for line in flow] == ["立案 · 陈工", "派遣 · 陈工", "签收处置 · 陈工", "处置反馈 · 陈工"]
    assert flow[0].detail == "事项：井盖 · 已核对：缺失、移位；危及行人"
    assert (flow[1].detail, flow[3].detail) == ("派至市政养护站", "已更换 · 照片 1 张")
    sides = records.pair.sides
    assert (sides["before"].says.text(), sides["after"].says.text()) == ("处置前照片 2/2", "处置后照片 1/1")
    QTest.mouseClick(sides["before"].buttons[-1], Qt.MouseButton.LeftButton)
    assert sides["before"].says.text() == "处置前照片 1/2"
    assert sides["before"].is_shown
    rows = {one.kind.value: row for row, one in enumerate(records.evidence)}
    view, model = records.evidence_view, records.evidence_model
    view.setFocus()
    view.setCurrentIndex(model.index(rows["recording"]))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert scene.player.played == ["voice"]
    assert model.lines[rows["video"]].figure == "正在回传"
    view.setCurrentIndex(model.index(rows["video"]))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert scene.desk.last(VideoWatch).video_id == "v1"
    view.setCurrentIndex(model.index(rows["call"]))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert "不留存" in it.told[-1]
    it.move(P.REWORK, CaseStage.HANDLING, opinion="井盖松动")
    assert records.flow_model.lines[-1].detail == "井盖松动"
    assert view.currentIndex().row() == rows["call"], "what one looks at stays"


def test_what_is_typed_waits_for_its_case(scene: Scene, host: QWidget) -> None:
    it = sitting(scene, host)
    sheet = it.open()
    it.press(P.VOID)
    sheet.face.form.opinion.setPlainText("重复上报")
    sheet.dismiss()
    it.open(I2)
    assert (sheet.face.form.opinion.toPlainText(), sheet.face.steps.step) == ("", None)
    it.open(I1)
    assert (sheet.face.form.opinion.toPlainText(), sheet.face.steps.step) == ("重复上报", P.VOID)
    assert sheet.face.form.buttons["send"].isEnabled()
    it.move(P.VOID, CaseStage.VOID, opinion="误报")
    assert not sheet.face.form.buttons["send"].isEnabled(), "somebody was quicker"
    assert sheet.face.form.opinion.toPlainText() == "重复上报"
    scene.text.switch(Locale.EN)
    assert sheet.face.steps.buttons[P.REGISTER].text() == "Register"
    assert sheet.face.strip.parts[-1].name == "void"
    it.selection.set_incidents(())
    sheet.dismiss()
    sheet.open()
    assert not sheet.isVisible()
    assert it.told[-1] == "Pick an incident in the event hub first"


def test_by_key_double_click_and_from_its_alarm(driver: WindowDriver) -> None:
    fill(driver.scene)
    window = driver.window
    driver.key(Qt.Key.Key_H, ALT)
    driver.parts.hub.show_picked(I1)
    driver.key(Qt.Key.Key_C, ALT)
    sheet = window.shows.work_sheets.sheet("case")
    assert isinstance(sheet, CaseSheet)
    assert sheet.isVisible()
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    driver.key(Qt.Key.Key_C, ALT | SHIFT)
    assert sheet.face.steps.step is P.REGISTER
    driver.key(Qt.Key.Key_Escape)
    view = driver.parts.hub.view
    place = view.visualRect(view.currentIndex()).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(place))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(place))
    assert sheet.isVisible()
    driver.key(Qt.Key.Key_Escape)
    driver.click(driver.button("case"))
    assert sheet.isVisible()
    driver.key(Qt.Key.Key_Escape)
    clock = WORK.begun(TWO_WORK_HOURS, driver.scene.clock)
    driver.scene.happen(
        CaseMoved(incident_id=I1, step=P.DISPATCH, stage=CaseStage.DISPATCHED, department_id=ROADS, clock=clock),
        CaseMoved(incident_id=I1, step=P.REMIND, stage=CaseStage.DISPATCHED, to=(officer_party(OTHER),)),
    )
    alarm = Alarm(
        kind=AlarmKind.CASE_PRESSED,
        source="case:i1",
        priority=AlarmPriority.MEDIUM,
        jurisdiction_id=TOWN,
        incident_id=I1,
        name="井盖缺失",
        value=1.0,
    )
    driver.scene.happen(ev.AlarmRaised(alarm=alarm))
    words = sentence(alarm, driver.scene.store, driver.scene.text)
    assert words.startswith("案件“井盖缺失”催办：市政养护站，时限 ")
    assert words.endswith("发出，告知陈工")
    driver.key(Qt.Key.Key_F11)
    driver.key(Qt.Key.Key_G, ALT)
    assert sheet.isVisible()
    driver.scene.happen(CaseMoved(incident_id=I1, step=P.RETURN, stage=CaseStage.REGISTERED, opinion="非本部门"))
    assert sentence(alarm, driver.scene.store, driver.scene.text) == "案件“井盖缺失”的时限告警"
