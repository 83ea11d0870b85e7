"""The duty log writes itself in plain sentences, and never scrolls under its reader."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.account_events import (
    AccountChange,
    AccountChanged,
    DeskCertificateIssued,
    DeskCertificateRevoked,
    DeviceRevoked,
    EnrolmentIssued,
    EnrolmentRevoked,
    SignInEnded,
    SignInLocked,
)
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.ids import (
    BlobId,
    BurstId,
    CallId,
    CommandId,
    DepartmentId,
    IncidentId,
    OrderId,
    PartyId,
    VideoId,
    unit_party,
)
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.order import AssignmentState
from comms.domain.picture import Picture
from comms.domain.recording_gap import RecordingGap
from comms.domain.unit import UnitStatus
from comms.domain.video import Video, VideoEnd, VideoKind
from comms.protocol import pushes
from comms.protocol.commands import LogRead, NoteAdd
from comms.protocol.errors import Locale, RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, ME, NOW, OFFICER, TOWN, Scene, duty_scene, unit_id
from ui.models.entries import ACTION_ROLE, WORDS_ROLE
from ui.models.log import AT_ONCE, LogModel
from ui.sentences import tell
from ui.words import clock_minute, day

U1, U2 = unit_id(1), unit_id(2)
WANG = unit_party(U1)
POINT = Call(id=CallId("p"), kind=CallKind.POINT, caller=WANG, callee=ME)
ASKED = Video(id=VideoId("v"), kind=VideoKind.POINT_CALL, unit_id=U1, asked_by=ME)


def _told(scene: Scene) -> list[str]:
    found = (tell(recorded, scene.store, scene.text) for recorded in scene.store.log.events)
    return [sentence.read(scene.text) for sentence in found if sentence is not None]


def test_every_kind_of_event_is_a_sentence_or_not_worth_reading(qapp: object) -> None:
    scene = duty_scene()
    scene.store.log.clear()
    order_id = scene.issue("o1", 1, 2, title="占道经营")
    scene.happen(
        ev.OfficerSignedOn(officer_id=OFFICER),
        ev.TerminalConnected(unit_id=U1),
        ev.TerminalEnrolled(unit_id=U1, device_name="红米"),
        *(AccountChanged(officer_id=OFFICER, what=what, reason="离岗") for what in AccountChange),
        SignInLocked(name="wang", address="10.0.0.3", wait_s=30.0),
        SignInEnded(party=ME),
        EnrolmentIssued(unit_id=U1, expires_at=NOW),
        EnrolmentRevoked(unit_id=U1),
        DeviceRevoked(unit_id=U1, device_name="红米", reason="遗失"),
        DeskCertificateIssued(serial="a1", desk="三号席", ends_at=NOW),
        DeskCertificateRevoked(serial="a1", desk="三号席", reason="遗失"),
        ev.UnitStatusChanged(unit_id=U1, status=UnitStatus.BUSY),
        ev.AffiliationChanged(unit_id=U1, talkgroup_ids=()),
        ev.CallStarted(call=POINT),
        ev.CallAnswered(call_id=POINT.id),
        ev.CallEnded(call_id=POINT.id, end=CallEnd.HUNG_UP),
        ev.CallStarted(call=Call(id=CallId("g"), kind=CallKind.GROUP, caller=WANG, talkgroup_id=GROUPS[0].id)),
        ev.TalkStarted(call_id=CallId("g"), burst_id=BurstId("b"), talkgroup_id=GROUPS[0].id, talker=WANG),
        ev.TalkEnded(call_id=CallId("g"), burst_id=BurstId("b"), talkgroup_id=GROUPS[0].id, end=TalkEnd.RELEASED),
        ev.CallEnded(call_id=CallId("g"), end=CallEnd.INACTIVE),
        ev.RecordingSaved(
            call_id=CallId("g"), burst_id=BurstId("b"), talker=WANG, blob_id=BlobId("r"), started_at=0, duration_s=7.4
        ),
        ev.VideoAsked(video=ASKED),
        ev.VideoStarted(video=ASKED),
        ev.VideoWatched(video_id=ASKED.id, officer_id=OFFICER),
        ev.VideoUnwatched(video_id=ASKED.id, officer_id=OFFICER),
        ev.VideoEnded(video_id=ASKED.id, end=VideoEnd.DECLINED),
    )
    scene.happen(ev.OrderAdvanced(order_id=order_id, unit_id=U1, state=AssignmentState.ACCEPTED), actor=WANG)
    scene.advance(order_id, 2, AssignmentState.REFUSED, reason="在送医")
    scene.happen(
        ev.OrderReminded(order_id=order_id, unit_ids=(U1,)),
        ev.OrderOverdue(order_id=order_id, unit_ids=(U1,)),
        ev.OrderAdvanced(order_id=order_id, unit_id=U1, state=AssignmentState.VERIFIED),
        ev.NoteAdded(text="转橙色预警"),
        ev.CommandRefused(command_kind="order.issue", code="not_allowed"),
        ev.FaultNoted(code="store_failed", detail="磁盘已满"),
        ev.FaultNoted(code="store_failed", is_over=True),
        ev.FaultNoted(code="store_failed", gap=RecordingGap(lasted_s=77.0, refused=2, dropped=3)),
        ev.FaultNoted(code="odd", detail="细节"),
        ev.FaultNoted(code="odd", is_over=True),
        ev.OfficerSignedOff(officer_id=OFFICER),
        actor=ME,
    )
    assert _told(scene) == [
        "李建国 向 2 人发出指令“占道经营”",
        "李建国 上班",
        "王芳 的终端已注册（红米）",
        "李建国 修改了口令",
        "系统 重设了 李建国 的口令",
        "李建国 启用了动态码",
        "系统 停用了 李建国 的动态码",
        "李建国 用恢复码登录",
        "系统 停用了 李建国 的账号：离岗",
        "系统 恢复了 李建国 的账号",
        "账号 wang 多次登录失败，锁定 0:30（来自 10.0.0.3）",
        "系统 结束了 李建国 的登录",
        f"系统 给 王芳 发了注册码，{clock_minute(NOW)} 前有效",
        "系统 作废了 王芳 的注册码",
        "系统 注销了 王芳 的终端 红米：遗失",
        f"签发席位证书：三号席，有效至 {day(NOW)}",
        "吊销席位证书：三号席（遗失）",
        "王芳 状态改为“忙碌”",
        "王芳 呼叫 李建国",
        "李建国 接听了 王芳 的呼叫",
        "王芳 与 李建国 的通话结束：通话已挂断",
        "王芳 在“全镇网格员”讲话",
        "王芳 的讲话录音 0:07",
        "李建国 请求 王芳 的视频",
        "王芳 同意视频点呼，画面已接通",
        "王芳 的视频结束：对方没有同意",
        "王芳 接受“占道经营”",
        "李强 已拒接：在送医（李强，“占道经营”）",
        "催办 王芳（共 1 人）：“占道经营”",
        "超时未办结：王芳（共 1 人），“占道经营”",
        "李建国 核实 王芳 完成“占道经营”",
        "李建国 记录：转橙色预警",
        "李建国 的操作 order.issue 被拒绝（not_allowed）",
        "网关磁盘无法写入：通话不受影响，指令暂不能发出；请通知管理员",
        "网关磁盘可以写入了，恢复记录",
        "网关磁盘有 1:17 无法写入：拒绝操作 2 项，未记录事件 3 条",
        "网关故障 odd：细节",
        "网关故障 odd 已恢复",
        "李建国 下班",
    ]


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("state", AssignmentState)
@pytest.mark.parametrize("actor", [ME, WANG, PartyId("gateway")])
@pytest.mark.parametrize("reason", ["", "原因"])
def test_every_step_can_be_told(
    locale: Locale, state: AssignmentState, actor: PartyId, reason: str, qapp: object
) -> None:
    scene = duty_scene(locale=locale)
    event = ev.OrderAdvanced(order_id=OrderId("gone"), unit_id=U1, state=state, reason=reason)
    sentence = tell(ev.Recorded(seq=1, at=0, actor=actor, event=event), scene.store, scene.text)
    assert sentence is not None
    assert "王芳" in sentence.read(scene.text)


@pytest.mark.parametrize("locale", Locale)
def test_every_step_of_a_case_can_be_told(locale: Locale, qapp: object) -> None:
    scene = duty_scene(locale=locale)

    def read(step: CaseStep, **fields: Any) -> str:
        move = CaseMoved(incident_id=IncidentId("井盖缺失"), step=step, stage=CaseStage.HANDLING, **fields)
        sentence = tell(ev.Recorded(seq=1, at=0, actor=ME, event=move), scene.store, scene.text)
        assert sentence is not None
        return sentence.read(scene.text)

    assert len({read(step) for step in CaseStep}) == len(CaseStep)
    if locale is Locale.ZH_CN:
        assert read(CaseStep.ESCALATE) == "李建国：“井盖缺失”督办"
        assert read(CaseStep.RETURN, opinion="不属本部门") == "李建国：“井盖缺失”退回，不属本部门"
        assert read(CaseStep.DISPATCH, department_id="roads") == "李建国：“井盖缺失”派遣至roads"
        scene.happen(
            DepartmentDefined(department=Department(id=DepartmentId("roads"), name="市政", jurisdiction_id=TOWN))
        )
        assert read(CaseStep.DISPATCH, department_id="roads") == "李建国：“井盖缺失”派遣至市政"


def test_what_is_forgotten_is_still_told_or_left_out(qapp: object) -> None:
    scene = duty_scene()

    def read(event: ev.Event) -> str | None:
        sentence = tell(ev.Recorded(seq=1, at=0, actor=ME, event=event), scene.store, scene.text)
        return sentence.read(scene.text) if sentence is not None else None

    assert read(ev.CallEnded(call_id=CallId("gone"), end=CallEnd.HUNG_UP)) is None
    assert read(ev.CallAnswered(call_id=CallId("gone"))) is None
    assert read(ev.VideoEnded(video_id=VideoId("gone"), end=VideoEnd.STOPPED)) is None
    assert "gone" in str(read(ev.OrderReminded(order_id=OrderId("gone"), unit_ids=(U1,))))
    assert (
        read(ev.CallStarted(call=Call(id=CallId("e"), kind=CallKind.POINT, caller=WANG, callee=ME, is_emergency=True)))
        == "王芳 紧急呼叫 李建国"
    )


STEPS = st.lists(st.sampled_from(["note", "quiet", "older", "snapshot", "english"]), max_size=25)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_rows_are_exact_under_any_sequence(steps: list[str]) -> None:
    scene = duty_scene(units=2)
    scene.store.log.clear()
    model = LogModel(scene.store, scene.text)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows: list[int] = [model.entry(row).seq for row in range(model.rowCount())]

    def inserted(_parent: QModelIndex, first: int, last: int) -> None:
        rows[first:first] = [model.entry(row).seq for row in range(first, last + 1)]

    def removed(_parent: QModelIndex, first: int, last: int) -> None:
        del rows[first : last + 1]

    model.rowsInserted.connect(inserted)
    model.rowsRemoved.connect(removed)
    for kind in steps:
        _take(scene, kind)
        assert rows == [model.entry(row).seq for row in range(model.rowCount())]
        assert rows == sorted(set(rows))
    tester.deleteLater()
    model.deleteLater()


def _take(scene: Scene, kind: str) -> None:
    match kind:
        case "note":
            scene.happen(ev.NoteAdded(text="一切正常"), actor=ME)
        case "quiet":
            scene.happen(ev.TerminalConnected(unit_id=U1))
        case "older":
            first = scene.store.log.events[0].seq if scene.store.log.events else scene.store.picture.seq + 1
            older = tuple(
                ev.Recorded(seq=seq, at=0, actor=ME, event=ev.NoteAdded(text=str(seq)))
                for seq in range(max(1, first - 3), first)
            )
            scene.push(pushes.LogPage(id=CommandId("l"), events=older))
        case "snapshot":
            picture = Picture(seq=scene.store.picture.seq + 2)
            picture.units, picture.officers = scene.store.picture.units, scene.store.picture.officers
            scene.push(pushes.PictureSnapshot(id=CommandId("s"), picture=picture))
        case _:
            scene.text.switch(Locale.EN if scene.text.locale is Locale.ZH_CN else Locale.ZH_CN)


def _fill(driver: WindowDriver, count: int = 40) -> None:
    for number in range(count):
        driver.scene.happen(ev.NoteAdded(text=f"第 {number} 条"), actor=ME)
    driver.settle()


def test_the_newest_is_in_sight_until_the_officer_reads_back(driver: WindowDriver, qtbot: QtBot) -> None:
    view = driver.parts.log.view
    bar, rows = view.verticalScrollBar(), view.model().rowCount()
    _fill(driver)
    qtbot.waitUntil(lambda: view.model().rowCount() == rows + 40)
    assert bar.value() == bar.maximum()
    bar.setValue(40)
    top = view.indexAt(view.viewport().rect().topLeft()).data()
    _fill(driver, 5)
    qtbot.waitUntil(lambda: driver.parts.log._newest.text() == "5 条新记录 ↓")
    assert bar.value() == 40
    assert view.indexAt(view.viewport().rect().topLeft()).data() == top
    driver.click(driver.parts.log._newest)
    assert bar.value() == bar.maximum()
    assert driver.parts.log._newest.text() == ""


def test_older_events_come_in_front_without_moving_what_is_read(driver: WindowDriver) -> None:
    scene, view = driver.scene, driver.parts.log.view
    scene.store.log.clear()
    scene.push(
        pushes.PictureSnapshot(id=CommandId("s"), picture=Picture(seq=500, officers=scene.store.picture.officers))
    )
    _fill(driver)
    older = tuple(ev.Recorded(seq=seq, at=0, actor=ME, event=ev.NoteAdded(text=f"旧 {seq}")) for seq in range(450, 501))
    scene.desk.answers[LogRead] = lambda command: pushes.LogPage(id=command.id, events=older)
    view.verticalScrollBar().setValue(0)
    driver.settle()
    before = view.indexAt(view.viewport().rect().center()).data()
    driver.click(driver.parts.log._older)
    driver.settle()
    assert scene.desk.last(LogRead).before_seq == 501
    assert view.model().index(0, 0).data(WORDS_ROLE) == "李建国 记录：旧 450"
    assert view.indexAt(view.viewport().rect().center()).data() == before


def test_a_note_is_kept_in_the_line_until_the_gateway_has_it(driver: WindowDriver) -> None:
    field = driver.parts.log.note_field
    driver.scene.desk.refuse(NoteAdd, RefusalCode.STORE_FAILED, "磁盘无法写入")
    driver.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    driver.type("  暴雨橙色预警  ")
    driver.key(Qt.Key.Key_Return)
    assert field.text() == "  暴雨橙色预警  "
    assert [toast.sentence for toast in driver.parts.toasts.toasts] == ["磁盘无法写入"]
    del driver.scene.desk.answers[NoteAdd]
    driver.key(Qt.Key.Key_Return)
    assert driver.scene.desk.last(NoteAdd).text == "暴雨橙色预警"
    assert field.text() == ""
    driver.key(Qt.Key.Key_Return)
    assert len(driver.scene.desk.asked) == 2


def test_a_recording_is_played_from_its_line_and_by_key(driver: WindowDriver) -> None:
    driver.scene.happen(
        ev.RecordingSaved(
            call_id=CallId("g"), burst_id=BurstId("b"), talker=WANG, blob_id=BlobId("r1"), started_at=0, duration_s=3
        )
    )
    driver.settle()
    view = driver.parts.log.view
    index = view.model().index(view.model().rowCount() - 1, 0)
    assert index.data(ACTION_ROLE) == "play"
    button = view.itemDelegate()._button(view.visualRect(index))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    assert driver.scene.player.played == ["r1"]
    driver.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert driver.scene.player.played == ["r1", "r1"]


def test_a_double_click_goes_to_what_the_line_tells_of(driver: WindowDriver) -> None:
    order_id = driver.scene.issue("o1", 1)
    driver.scene.advance(order_id, 1, AssignmentState.ACCEPTED)
    driver.settle()
    view = driver.parts.log.view
    view.activated.emit(view.model().index(view.model().rowCount() - 1, 0))
    assert driver.window.selection.order_id == order_id
    assert driver.window.selection.unit_ids == (U1,)
    assert driver.window.tabs.currentWidget() is driver.parts.orders


def test_a_flood_of_lines_comes_together_and_in_order(qtbot: QtBot) -> None:
    scene = duty_scene(units=2)
    model, times = LogModel(scene.store, scene.text), list[int]()
    model.rowsInserted.connect(lambda _parent, first, last: times.append(last - first + 1))
    before = model.rowCount()
    for number in range(AT_ONCE + 90):
        scene.happen(ev.NoteAdded(text=f"{number:02}"), actor=ME)
    assert times == [1] * AT_ONCE, "the first come as they happen"
    qtbot.waitUntil(lambda: len(times) == AT_ONCE + 1)
    assert times[-1] == 90
    words = [model.index(row).data(WORDS_ROLE) for row in range(before, model.rowCount())]
    assert [word[-2:] for word in words] == [f"{number:02}" for number in range(AT_ONCE + 90)]
    model.deleteLater()


def test_the_oldest_lines_go_when_there_are_too_many(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.models.log.KEPT_EVENTS", 5)
    scene = duty_scene(units=2)
    model = LogModel(scene.store, scene.text)
    for number in range(8):
        scene.happen(ev.NoteAdded(text=str(number)), actor=ME)
    assert [model.index(row).data(WORDS_ROLE)[-1] for row in range(model.rowCount())] == list("34567")
    assert model.data(QModelIndex()) is None
    model.deleteLater()
