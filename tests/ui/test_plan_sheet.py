"""Plans at the desk, by keyboard: what fits and why, what it would do now, one chord to start it, and its board."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority, Evidence
from comms.domain.ids import IncidentId, OrderId, PartyId, PlanId, PlanRunId, TalkgroupId
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.order import Order, OrderPriority, Place, UnitsTarget
from comms.domain.plan import PlanLevel
from comms.domain.plan_events import (
    PlanEnded,
    PlanPublished,
    PlanRaised,
    PlanStarted,
    PlanStepTaken,
    StepOutcome,
)
from comms.domain.talkgroup import Talkgroup
from comms.gateway.plan_file import load_plans
from comms.protocol.area import Area, Camera
from comms.protocol.commands import AffiliationSet
from comms.protocol.errors import RefusalCode
from comms.protocol.plan_commands import PlanEnd, PlanRaise, PlanSkip, PlanStart, PlanTick
from comms.protocol.pushes import Done
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, ME, TOWN, unit_id
from ui.commands import BY_ID
from ui.plan.sheet import PlanSheet
from ui.sentences import tell

ALT = Qt.KeyboardModifier.AltModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HERE = Place(lat=23.003, lon=113.7, text="长盛路 3 号")
FIRE = Incident(id=IncidentId("i1"), kind="出租屋火情", place=HERE, jurisdiction_id=GRID, priority=OrderPriority.URGENT)
AREA = Area(
    name="样例镇",
    bounds=(22.99, 113.69, 23.02, 113.71),
    cameras=tuple(
        Camera(id=f"c{number}", name=f"路口{number}", lat=23.003 + number * 1e-4, lon=113.7, category="治安")
        for number in range(3)
    ),
)


class Driver:
    def __init__(self, window: WindowDriver) -> None:
        self.window, self.scene = window, window.scene
        self.scene.happen(*(PlanPublished(plan=plan, version=2) for plan in load_plans(None)))
        self.scene.happen(ev.IncidentReported(incident=FIRE))
        self.scene.store.apply_local(AREA)
        window.window.selection.set_incidents((FIRE.id,))

    def open(self) -> None:
        self.window.key(Qt.Key.Key_P, ALT)

    @property
    def sheet(self) -> PlanSheet:
        sheet: Any = self.window.window.shows.work_sheets.sheet("plan")
        assert isinstance(sheet, PlanSheet)
        return sheet

    def plans(self) -> list[tuple[str, str]]:
        return [(line.title, line.detail) for line in self.sheet.choosing.model.lines]

    def foreseen(self) -> dict[object, tuple[str, str]]:
        return {line.key: (line.detail, line.figure) for line in self.sheet.choosing.foreseen.lines}

    def steps(self) -> dict[object, tuple[str, str, str]]:
        return {line.key: (line.detail, line.figure, line.tone) for line in self.sheet.board.model.lines}

    def pick(self, step_id: str) -> None:
        model = self.sheet.board.model
        row = next(row for row, line in enumerate(model.lines) if line.key == step_id)
        self.sheet.board.view.setCurrentIndex(model.index(row))
        self.sheet.board.view.setFocus()

    def start(self) -> PlanStart:
        """As far as the gateway: it forms the talkgroup, gives the first order, and refuses the second."""
        self.scene.desk.hold(PlanStart)
        self.window.key(Qt.Key.Key_Return, CTRL)
        command: PlanStart = self.scene.desk.last(PlanStart)
        run_id = PlanRunId(command.id)
        group = Talkgroup(
            id=TalkgroupId(f"{run_id}.group"), name="火情 长盛路 3 号", jurisdiction_id=TOWN, is_ad_hoc=True
        )
        units = (unit_id(1), unit_id(2))
        order = Order(id=OrderId(f"{run_id}.first"), title="初起火灾处置", unit_ids=units[:1], place=HERE)
        done = StepOutcome.DONE
        self.scene.happen(
            PlanStarted(
                run_id=run_id, plan_id=command.plan_id, incident_id=FIRE.id, level=command.level, jurisdiction_id=GRID
            ),
            ev.TalkgroupFormed(talkgroup=group, area=UnitsTarget(units), unit_ids=units),
            PlanStepTaken(run_id=run_id, step_id="group", outcome=done, talkgroup_id=group.id, unit_ids=units),
            ev.OrderIssued(order=order),
            PlanStepTaken(run_id=run_id, step_id="first", outcome=done, order_id=order.id, unit_ids=units[:1]),
            PlanStepTaken(run_id=run_id, step_id="evacuate", outcome=StepOutcome.REFUSED, code="not_on_list"),
            PlanStepTaken(run_id=run_id, step_id="emergency", outcome=StepOutcome.BY_HAND, code="wrong_state"),
            actor=ME,
        )
        return command

    def answered(self, command: PlanStart) -> None:
        self.scene.desk.waits.pop(PlanStart).answer = Done(id=command.id, subject=command.id)
        self.scene.desk.run()


@pytest.fixture
def desk(driver: WindowDriver) -> Driver:
    return Driver(driver)


def test_choose_start_and_work_the_board(desk: Driver) -> None:
    desk.open()
    sheet = desk.sheet
    assert sheet.isVisible()
    assert sheet.head.where.text() == "出租屋火情 长盛路 3 号"
    assert desk.plans()[:2] == [("适用预案", ""), ("出租屋（居民楼）火灾处置预案", "事件类别含“出租屋火情”")]
    assert ("其他预案", "") in desk.plans()
    # In figures, from the picture: five units are online, the nearest is named with his minutes.
    seen = desk.foreseen()
    assert sheet.choosing.levels.chosen == "iii"
    assert seen["group"] == ("最近 12 人 · 5 人", "")
    assert seen["first"][0].startswith("最近 3 人，优先 消防 · 张伟 1 分钟、李强 2 分钟、刘洋 2 分钟")
    assert seen["access"] == ("最近 2 人 · 范围内无可用人员", "")
    assert seen["cameras"] == ("3 路摄像头", "")
    assert seen["report119"] == ("值班员", "T+2 分")
    assert "shelter" not in seen
    sheet.choosing.levels.step(1)
    assert "shelter" in desk.foreseen()
    sheet.choosing.levels.step(-1)
    command = desk.start()
    assert (command.plan_id, command.level) == (PlanId("rental_fire"), PlanLevel.III)
    assert command.choices["first"] == (unit_id(3), unit_id(2), unit_id(4))
    assert sheet.choosing.start_button.text() == "正在启动…"
    assert not sheet.choosing.start_button.isEnabled()
    desk.answered(command)
    work_the_board(desk, PlanRunId(command.id))


def work_the_board(desk: Driver, run_id: PlanRunId) -> None:
    sheet, scene = desk.sheet, desk.scene
    assert scene.desk.last(AffiliationSet).talkgroup_ids[0] == f"{run_id}.group"
    ticked = {one.step_id: one.words for one in scene.desk.asked if isinstance(one, PlanTick)}
    assert ticked["cameras"] == "3 路，最近 路口0（0 米）"
    assert ticked["layers"].endswith("个图层")
    assert [way.number for way in sheet.controls._desk_steps.ways.ways] == [1, 2, 3]
    for step_id, words in ticked.items():
        scene.happen(PlanStepTaken(run_id=run_id, step_id=step_id, outcome=StepOutcome.DONE, words=words), actor=ME)
    steps = desk.steps()
    assert list(steps)[:4] == ["group", "first", "evacuate", "access"]
    assert steps["first"][0] == "已办 · 王芳"
    assert steps["evacuate"] == ("未办成 · 事项不在入格清单", "", "danger")
    assert steps["report119"] == ("待办 · 值班员", "剩 2:00", "")
    assert steps["emergency"][0] == "须人工办 · 案件未立案，请电话通知 · 值班员"
    scene.clock += 61
    sheet.board.tell()
    assert desk.steps()["report119"][1:] == ("剩 0:59", "warn")
    scene.clock += 100
    sheet.board.tell()
    assert desk.steps()["report119"][1:] == ("逾期 0:41", "danger")
    assert sheet.board.progress.text() == "启动后 2:41 · 已办 4/14"
    # Keys: a line that waits is ticked, one that led somewhere is gone to, another is skipped with a reason.
    desk.pick("report119")
    desk.window.key(Qt.Key.Key_Return)
    assert scene.desk.last(PlanTick).step_id == "report119"
    desk.pick("first")
    assert sheet.board.buttons["tick"].text() == "前往"
    desk.window.key(Qt.Key.Key_Return)
    assert desk.window.window.selection.order_id == f"{run_id}.first"
    desk.pick("evacuate")
    desk.window.key(Qt.Key.Key_Delete)
    desk.window.type("先清单后派")
    desk.window.key(Qt.Key.Key_Return)
    assert (scene.desk.last(PlanSkip).step_id, scene.desk.last(PlanSkip).reason) == ("evacuate", "先清单后派")
    skipped = PlanStepTaken(run_id=run_id, step_id="evacuate", outcome=StepOutcome.SKIPPED, words="先清单后派")
    scene.happen(skipped, actor=PartyId("officer:v01"))
    assert desk.steps()["evacuate"][0].startswith("已跳过 · 先清单后派")
    said = tell(scene.store.log.events[-1], scene.store, scene.text)
    assert said is not None
    assert "敲门疏散逐层清点：长盛路 3 号：已跳过，先清单后派" in said.read(scene.text)
    desk.pick("emergency")
    desk.window.click(sheet.board.buttons["words"])
    desk.window.type("电话已通知")
    desk.window.key(Qt.Key.Key_Return)
    assert scene.desk.last(PlanTick).words == "电话已通知"
    desk.window.click(sheet.board.buttons["raise"])
    assert scene.desk.last(PlanRaise).level is PlanLevel.II
    scene.happen(PlanRaised(run_id=run_id, level=PlanLevel.II), actor=ME)
    assert "shelter" in desk.steps()
    assert sheet.board.buttons["raise"].text() == "提升至 I 级"
    the_end(desk, run_id)


def the_end(desk: Driver, run_id: PlanRunId) -> None:
    sheet, scene = desk.sheet, desk.scene
    card = desk.window.parts.hub.card
    words = "出租屋（居民楼）火灾处置预案 II 级 · 已办 5/16 · 逾期 1"
    desk.window.qtbot.waitUntil(lambda: card.lines[-1].text() == words)
    desk.pick("group")
    desk.window.key(Qt.Key.Key_Return)
    assert desk.window.window.selection.talkgroup_id == f"{run_id}.group"
    desk.window.click(sheet.board.buttons["plans"])
    assert desk.plans()[0][0] == "正在执行"
    desk.window.key(Qt.Key.Key_Home)
    sheet.choosing.view.setCurrentIndex(sheet.choosing.model.index(1))
    desk.window.key(Qt.Key.Key_Return)
    desk.window.window.shows.show("language")
    assert sheet.board.buttons["skip"].text() == "Skip…"
    desk.window.window.shows.show("language")
    desk.window.click(sheet.board.buttons["end"])
    desk.window.type("扑灭")
    desk.window.key(Qt.Key.Key_Return)
    assert scene.desk.last(PlanEnd).note == "扑灭"
    assert not sheet.controls._desk_steps.ways.ways
    scene.happen(PlanEnded(run_id=run_id, note="扑灭"), actor=ME)
    assert sheet.board.progress.text().endswith("已结束")
    assert not sheet.board.buttons["end"].isEnabled()
    desk.window.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_refusals_alarms_and_the_next(desk: Driver) -> None:
    scene, controls = desk.scene, desk.window.window.controls
    assert not BY_ID["plan_next"].is_enabled(controls)
    desk.window.window.selection.set_incidents(())
    desk.open()
    sheet = desk.sheet
    assert sheet.head.where.text() == "未选事件：先在事件列表选一件"
    assert not sheet.choosing.start_button.isEnabled()
    desk.window.window.selection.set_incidents((FIRE.id,))
    assert sheet.choosing.start_button.isEnabled()
    scene.desk.refuse(PlanStart, RefusalCode.PLAN_RUNNING, "已在执行")
    desk.window.key(Qt.Key.Key_Return, CTRL)
    assert sheet.choosing.fault.text() == "已在执行"
    assert sheet.choosing.start_button.isEnabled()
    # Another desk started it: the board is one key away, and an overdue step's alarm leads there.
    run_id = PlanRunId("r1")
    started = PlanStarted(
        run_id=run_id, plan_id=PlanId("rental_fire"), incident_id=FIRE.id, level=PlanLevel.IV, jurisdiction_id=GRID
    )
    scene.happen(started, actor=PartyId("officer:v01"))
    sheet.dismiss()
    assert BY_ID["plan_next"].is_enabled(controls)
    desk.window.key(Qt.Key.Key_P, ALT | SHIFT)
    assert sheet.isVisible()
    assert sheet.board.run_id == run_id
    sheet.dismiss()
    alarm = Alarm(
        kind=AlarmKind.PLAN_OVERDUE,
        source=f"plan:{run_id}/report119",
        priority=AlarmPriority.HIGH,
        place=HERE,
        sentences={"zh_CN": "火灾预案 · 报 119"},
        limit=2.0,
        evidence=(Evidence(noun="incident", id=FIRE.id),),
    )
    scene.happen(ev.AlarmRaised(alarm=alarm))
    told = tell(scene.store.log.events[-1], scene.store, scene.text)
    assert told is not None
    assert told.read(scene.text).endswith("预案逾期未办：火灾预案 · 报 119（应在启动后 2 分钟内）")
    desk.window.window.going.go_to_alarm(scene.store.picture.alarms.states[alarm.id])
    assert sheet.isVisible()
    scene.happen(ev.IncidentClosed(incident_id=FIRE.id, outcome=IncidentOutcome.HANDLED))
    scene.happen(PlanEnded(run_id=run_id, is_by_closing=True))
    assert sheet.board.progress.text().endswith("已结束")
    QApplication.processEvents()
