"""The sheet of patrols: plans written and ended, what is due with its counts, a place's views, codes as a PDF."""

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from comms.domain.ids import DepartmentId, JurisdictionId, PatrolPlaceId, PatrolPlanId, QuestionId, UnitId, VisitId
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.patrol import FailReason, PatrolPlace, Rhythm, VisitMark
from comms.domain.patrol_events import PatrolPlanEnded, PatrolPlanSet, PatrolQuestionSet, PatrolRoundClosed
from comms.fleet.town_patrols import town_plans, town_questions
from comms.protocol import patrol_commands as cmd
from comms.protocol import patrol_pushes as push
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, Refused
from tests.support.drivers import WindowDriver
from tests.support.scene import NOW, TOWN, unit_id
from ui.patrol.sheet import PatrolSheet

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
GRID = JurisdictionId(f"{TOWN}/v01/g001")


def place(number: int) -> PatrolPlace:
    return PatrolPlace(
        id=PatrolPlaceId(f"place:{number}"),
        name=f"便民店 {number:03d}",
        category="三小场所",
        lat=23.0 + number / 1e4,
        lon=113.7,
        address=f"莲塘路 {number} 号",
        jurisdiction_id=GRID,
    )


def row(number: int, state: cmd.DueShown, **more: Any) -> push.DueRow:
    who = UnitId(unit_id(1)) if number % 2 else None
    return push.DueRow(
        plan_id=PatrolPlanId("small"), place=place(number), state=state, deadline_at=NOW, unit_id=who, **more
    )


def page(command: cmd.PatrolPlaceRead) -> push.PatrolPlacePage:
    facts = tuple(
        push.Fact(question_id=QuestionId(key), value=value, at=NOW, unit_id=UnitId(unit_id(1)), visit_id=VisitId("v"))
        for key, value in (("exit", "no"), ("workers", "6"), ("front", ""), ("remark", "无"), ("gone", "x"))
    )
    visits = (
        push.VisitOutcome(
            visit_id=VisitId("v"), at=NOW, unit_id=UnitId(unit_id(1)), distance_m=180.4, marks=(VisitMark.FAR,)
        ),
        push.VisitOutcome(visit_id=VisitId("w"), at=NOW, unit_id=UnitId("gone"), reason=FailReason.LOCKED),
    )
    return push.PatrolPlacePage(id=command.id, place=place(1), facts=facts, visits=visits)


def opened(driver: WindowDriver) -> PatrolSheet:
    scene = driver.scene
    questions = [PatrolQuestionSet(question=each) for each in town_questions(TOWN)]
    plans = [PatrolPlanSet(plan=each) for each in town_plans(TOWN)]
    fire = DepartmentDefined(department=Department(id=DepartmentId("消防救援站"), name="消防站", jurisdiction_id=TOWN))
    scene.happen(fire, *questions, *plans)
    closed = PatrolRoundClosed(
        plan_id=PatrolPlanId("small"), rhythm=Rhythm.MONTHLY, period=1, places=9, done=6, missed={GRID: 3}
    )
    scene.happen(closed)
    tally = push.GridTally(jurisdiction_id=GRID, due=5, overdue=2, done=3)
    answers = scene.desk.answers
    answers[cmd.PatrolTallies] = lambda command: push.PatrolTallyList(id=command.id, tallies=(tally,))
    answers[cmd.PatrolPlaceRead] = page
    driver.key(Qt.Key.Key_G, CTRL_ALT)
    sheet = driver.window.findChild(PatrolSheet)
    assert sheet is not None
    return sheet


def test_patrols_at_the_desk(driver: WindowDriver, tmp_path: Path) -> None:
    sheet, scene, desk = opened(driver), driver.scene, driver.scene.desk
    face, model = sheet.face, sheet.face.model
    assert sheet.isVisible()
    assert [line.title for line in model.lines] == ["三小场所月巡", "出租屋月巡", "风险源巡查"]
    assert (model.lines[0].figure, model.lines[0].tone) == ("上期 6/9", "warn")
    assert face.words.toPlainText().startswith("待巡 5（其中超期 2），已巡 3")
    face.view.setCurrentIndex(model.index(0))
    assert "消防站" in face.words.toPlainText()
    shown = {name for name, button in face.buttons.items() if button.isVisible()}
    assert {"new", "change", "end", "print"} <= shown
    assert "excuse" not in shown

    # A plan changed: what the form does not show stays; without a question it is not sent.
    driver.click(face.buttons["change"])
    assert face.form.places.text() == "三小场所、三合一场所"
    face.form.name.setText("")
    sheet.confirm()
    assert face.fault.text()
    assert not [command for command in desk.asked if isinstance(command, cmd.PatrolPlanSet)]
    face.form.name.setText("三小场所巡查")
    face.form.places.setText("三小场所, 餐饮单位")
    face.form.rhythm.setCurrentIndex(list(Rhythm).index(Rhythm.WEEKLY))
    desk.answers[cmd.PatrolPlanSet] = lambda command: Refused(
        id=command.id, code=RefusalCode.QUESTION_NOT_ON_LIST, text="不在清单内"
    )
    driver.key(Qt.Key.Key_Return, CTRL)
    sent = desk.last(cmd.PatrolPlanSet).plan
    assert (sent.id, sent.rhythm, sent.selection.categories) == ("small", Rhythm.WEEKLY, ("三小场所", "餐饮单位"))
    assert sent.window == town_plans(TOWN)[0].window
    assert face.fault.text() == "不在清单内"
    desk.answers[cmd.PatrolPlanSet] = lambda command: Done(id=command.id, subject="small")
    sheet.confirm()
    assert face.words.isVisible()
    driver.click(face.buttons["new"])
    assert (face.form.name.text(), face.form.limit.value()) == ("", 0)
    driver.click(face.buttons["back"])
    face.view.setCurrentIndex(model.index(2))
    driver.click(face.buttons["end"])
    driver.type("并入月巡")
    driver.key(Qt.Key.Key_Return, CTRL)
    assert desk.last(cmd.PatrolPlanEnd).reason == "并入月巡"
    scene.happen(PatrolPlanEnded(plan_id=PatrolPlanId("risk"), reason="并入月巡"))
    assert len(model.lines) == 2

    # What is due, in pages; a place as each department knows it.
    _D = cmd.DueShown
    rows = (row(1, _D.OVERDUE, reason=FailReason.LOCKED, tried_at=NOW), row(2, _D.DUE))
    desk.answers[cmd.PatrolDue] = lambda command: push.PatrolDuePage(
        id=command.id, rows=rows if not command.first else (row(3, _D.DUE),), total=3, next=None if command.first else 2
    )
    driver.click(driver.button("patrol_shows_due"))
    assert [line.tone for line in model.lines] == ["danger", ""]
    assert "无人、门锁" in model.lines[0].detail
    assert "无人承担" in model.lines[1].detail
    driver.click(face.buttons["more"])
    assert [len(sheet.overlay.rows), len(model.lines)] == [3, 3]
    assert "more" not in {name for name, button in face.buttons.items() if button.isVisible()}
    driver.parts.map.grab()
    face.view.setCurrentIndex(model.index(0))
    said = face.words.toPlainText()
    assert re.search(r"【消防站】\n　消防通道、安全出口是否畅通：否（.+，王芳）", said)
    assert "从业人员数：6人" in said
    assert "180 米、离场所较远" in said
    driver.click(face.buttons["excuse"])
    driver.type("停业")
    driver.key(Qt.Key.Key_Return, CTRL)
    assert desk.last(cmd.PatrolExcuse).place_id == "place:1"
    face.view.setCurrentIndex(model.index(1))
    driver.click(face.buttons["renew"])
    assert desk.last(cmd.PatrolCodeRenew).place_id == "place:2"

    # Codes for the doors.
    codes = tuple(
        push.DoorCode(place=place(number), scanned=f"WGV1|place:{number}|0|{'A' * 24}", typed="ABCDE12345")
        for number in range(1, 15)
    )
    desk.answers[cmd.PatrolCodes] = lambda command: push.PatrolCodeList(
        id=command.id, codes=codes, next=None if command.first else 14
    )
    face.view.setCurrentIndex(model.index(0))
    driver.click(face.buttons["print_one"])
    dialog = driver.window.findChild(QFileDialog, "patrol_file_dialog")
    assert dialog is not None
    dialog.close()
    path = tmp_path / "codes.pdf"
    sheet.steps.print_to(list(codes), str(path))
    driver.qtbot.waitUntil(path.exists)
    assert path.read_bytes().startswith(b"%PDF")
    scene.text.switch(Locale.EN)
    assert face.buttons["close"].text() == "Close"
    driver.click(face.buttons["map"])
    assert not sheet.isVisible()
