"""The director's panel: what it shows of a drill, and what keys and buttons ask the gateway for."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.domain.drill_board import InjectPhase, InjectState
from comms.domain.expectation_watch import Outcome, Standing
from comms.domain.ids import OfficerId
from comms.domain.order import Place
from comms.domain.scenario import RoleKind
from comms.protocol import drill_commands as dc
from tests.support.drill import scenario
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, NOW, Scene
from ui.drill.board import BoardModel, Row
from ui.drill.director import DirectorSheet
from ui.drill.director_seats import SeatsSheet
from ui.drill.words import read_second
from ui.theme import Look

STORY = scenario()


class Drill:
    """A gateway's answers about one drill, as a seat of it gets them."""

    def __init__(self, scene: Scene, driver: WindowDriver, role: str | None) -> None:
        self.scene, self.driver, self.role = scene, driver, role
        self.states: dict[str, InjectState] = {
            "first": InjectState(id="first", phase=InjectPhase.DUE, due_s=10.0),
            "help": InjectState(id="help"),
        }
        self.standings: tuple[Standing, ...] = ()
        self.paused = True
        self.is_awaited = False
        """It is a record taken over, whose new drill has not begun."""
        scene.desk.answers[dc.DrillStateRead] = self.status
        scene.sign_in(GROUPS, heard=3, is_drill=True)
        self.read()

    def status(self, command: dc.DrillStateRead) -> dc.DrillStatus:
        state = self.scene.store.picture.drill.state
        kinds = {"duty": RoleKind.TRAINEE, "lead": RoleKind.TRAINER}
        is_staff = self.role == "lead"
        now = self.scene.store.server_now()
        return dc.DrillStatus(
            id=command.id,
            drill_id="d1",
            second=now - NOW,
            length_s=1200.0,
            speed=1.0,
            at=now,
            is_begun=state is not None and not self.is_awaited,
            is_paused=self.paused,
            role=self.role,
            seats=tuple(
                dc.Seat(id=key, kind=kind, name=key, officer_ids=(OfficerId(key),), may_take=kind is RoleKind.TRAINEE)
                for key, kind in kinds.items()
            ),
            injects=tuple(self.states.values()) if is_staff else (),
            standings=self.standings if is_staff else (),
            scenario=msgspec.json.encode(STORY).decode() if is_staff and command.is_whole else None,
            places={"first": Place(lat=23.0, lon=113.7, text="here")} if is_staff else {},
        )

    def read(self) -> None:
        self.driver.window.drill_desk.read()

    def begin(self) -> None:
        self.paused = False
        self.scene.happen(
            dr.DrillBegan(
                drill_id="d1", scenario_id="small_fire", digest="", seed=7, title={"zh_CN": "小火"}, starts_at=NOW
            )
        )
        self.read()

    def last(self, kind: type) -> Any:
        return self.scene.desk.last(kind)


@pytest.fixture
def drill(scene: Scene, driver: WindowDriver) -> Drill:
    return Drill(scene, driver, "lead")


def _panel(drill: Drill) -> DirectorSheet:
    window = drill.driver.window
    drill.driver.key(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    sheet = window.shows.work_sheets.sheet("director")
    assert isinstance(sheet, DirectorSheet)
    assert sheet.isVisible()
    return sheet


def _cells(model: BoardModel) -> list[tuple[str, ...]]:
    rows = [model.row(at) for at in range(model.rowCount())]
    return [row.cells for row in rows if row is not None]


def test_a_drill_is_directed_by_keys_alone(drill: Drill) -> None:
    sheet, asked = _panel(drill), drill.scene.desk.asked
    drill.driver.key(Qt.Key.Key_P)
    assert isinstance(asked[-1], dc.DrillBegin)
    drill.begin()
    for key, wanted in (
        (Qt.Key.Key_P, dc.DrillPause(id=asked[-1].id)),
        (Qt.Key.Key_D, dc.DrillPause(id=asked[-1].id, is_frozen=True)),
        (Qt.Key.Key_4, dc.DrillSpeed(id=asked[-1].id, speed=10.0)),
        (Qt.Key.Key_F, dc.DrillFire(id=asked[-1].id, inject_id="first")),
        (Qt.Key.Key_T, dc.DrillDelay(id=asked[-1].id, inject_id="first", by_s=30.0)),
        (Qt.Key.Key_U, dc.DrillDelay(id=asked[-1].id, inject_id="first", by_s=300.0)),
        (Qt.Key.Key_B, dc.DrillNote(id=asked[-1].id, text="书签", at_s=0.0)),
    ):
        sheet.injects.story.setFocus()
        drill.driver.key(key)
        said = next(each for each in reversed(asked) if not isinstance(each, dc.DrillStateRead))  # read by the clock
        assert msgspec.structs.replace(said, id=wanted.id) == wanted
    sheet.injects.story.setFocus()
    drill.driver.key(Qt.Key.Key_S)
    drill.driver.type("时间不够")
    drill.driver.key(Qt.Key.Key_Return)
    assert (drill.last(dc.DrillSkip).inject_id, drill.last(dc.DrillSkip).reason) == ("first", "时间不够")
    drill.driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_jump_goes_ahead_only_and_the_end_is_asked_once_in_its_place(drill: Drill) -> None:
    sheet = _panel(drill)
    drill.begin()
    clock = sheet.clock
    clock.to.setText("25:00")
    assert not clock.jump.isEnabled(), "beyond its end"
    clock.to.setText("12:30")
    clock.jump.click()
    assert drill.last(dc.DrillJump).to_s == 750.0
    assert not clock.really.isEnabled()
    where = clock.end.geometry()
    clock.end.click()
    assert clock.end.geometry() == where
    assert not any(isinstance(each, dc.DrillEnd) for each in drill.scene.desk.asked)
    clock.really.click()
    assert isinstance(drill.scene.desk.asked[-1], dc.DrillEnd)


def test_what_is_taken_over_has_not_begun_whatever_its_record_says(drill: Drill) -> None:
    drill.begin()
    drill.scene.happen(dr.DrillSpeedSet(speed=10.0))
    band = drill.driver.window.drill_desk.band
    assert band.stage.text() == "进行中 ×10"
    drill.is_awaited = True
    drill.read()
    assert band.stage.text() == "尚未开始"
    drill.scene.happen(
        dr.DrillBegan(
            drill_id="d2", scenario_id="small_fire", digest="", seed=7, title={"zh_CN": "小火"}, starts_at=NOW
        )
    )
    assert band.stage.text() == "进行中"


def test_the_boards_count_down_and_say_how_each_stands(drill: Drill) -> None:
    sheet = _panel(drill)
    drill.begin()
    drill.scene.clock += 4.0
    sheet.read()
    assert _cells(sheet.injects.story.board) == [("0:10", "还有 0:06", "火情")]
    assert _cells(sheet.injects.reserve.board) == [("–", "待条件", "催促")]
    assert "冒烟" in sheet.injects.told.text()
    assert "派出两人" not in sheet.injects.told.text()
    drill.states["first"] = InjectState(id="first", phase=InjectPhase.FIRED, due_s=10.0, fired_s=10.0, count=1)
    now = drill.scene.store.server_now()
    drill.standings = (Standing(id="ordered", outcome=Outcome.WAITING, due_at=now + 25.0),)
    drill.read()
    assert _cells(sheet.injects.story.board)[0][1] == "已触发"
    assert not sheet.injects.skip.isEnabled()
    assert sheet.injects.fire.isEnabled(), "fired again"
    assert _cells(sheet.expected.board)[0][:2] == ("剩 0:25", "派出两人")
    drill.standings = (Standing(id="ordered", outcome=Outcome.MISSED),)
    drill.read()
    assert _cells(sheet.expected.board)[0][0] == "未做到"


def test_what_is_injected_is_looked_at_on_the_map_before_it_is(drill: Drill, qtbot: QtBot) -> None:
    sheet = _panel(drill)
    with qtbot.waitSignal(drill.driver.window.controls.centring) as told:
        sheet.injects.go_there.click()
    assert told.args == [23.0, 113.7]


def test_a_note_is_about_the_second_its_writing_began(drill: Drill) -> None:
    sheet = _panel(drill)
    drill.begin()
    drill.scene.clock += 12.0
    drill.driver.key(Qt.Key.Key_N)
    drill.driver.type("慢")
    drill.scene.clock += 30.0
    drill.driver.type("了")
    drill.driver.key(Qt.Key.Key_Return)
    note = drill.last(dc.DrillNote)
    assert (note.text, note.at_s, note.is_shown) == ("慢了", 12.0, False)
    assert sheet.notes.field.text() == ""
    sheet.notes.is_shown.setChecked(True)
    sheet.notes.bookmark()
    assert drill.last(dc.DrillNote).is_shown
    sheet.notes.rating.choose("m")
    sheet.notes.rate()
    rate = drill.last(dc.DrillRate)
    assert (rate.objective, rate.rating, rate.officer_id) == ("send", dr.Rating.M, None)
    drill.scene.happen(dr.DrillNoted(text="慢了", at_s=12.0))
    assert _cells(sheet.notes.list.board)[0][:3] == ("0:12", "私密", "慢了")


def test_a_trainee_sees_the_clock_and_directs_nothing(scene: Scene, driver: WindowDriver) -> None:
    drill = Drill(scene, driver, "duty")
    drill.begin()
    driver.key(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert not any(isinstance(each, DirectorSheet) for each in driver.window.shows.work_sheets.sheets)
    assert driver.window.drill_desk.band.seat.text() == "席位：duty"
    driver.window.drill_desk.band.open.click()
    assert driver.window.shows.work_sheets.sheet("drill_seats").isVisible()
    assert scene.store.drill.scenario is None


def test_who_comes_late_is_asked_once_where_to_sit(scene: Scene, driver: WindowDriver) -> None:
    drill = Drill(scene, driver, None)
    assert not driver.window.shows.work_sheets.sheets, "before it begins seats are not taken"
    drill.begin()
    sheet = driver.window.shows.work_sheets.sheet("drill_seats")
    assert isinstance(sheet, SeatsSheet)
    assert sheet.isVisible()
    sheet.seats.list.pick("lead")
    assert not sheet.seats.sit.isEnabled()
    sheet.seats.list.pick("duty")
    sheet.seats.sit.click()
    assert drill.last(dc.DrillJoin).role == "duty"
    drill.role = "duty"
    scene.happen(dr.DrillJoined(officer_id=OfficerId("duty"), role="duty"))
    drill.read()
    assert not sheet.isVisible()


@pytest.mark.parametrize(
    ("words", "second"),
    [("12:30", 750.0), ("1:02:05", 3725.0), ("7", 420.0), (" 0：09 ", 9.0), ("1:75", None), ("", None), ("x", None),
     ("1:2:3:4", None), ("-3", None)],
)  # fmt: skip
def test_seconds_are_read_as_they_are_typed(words: str, second: float | None) -> None:
    assert read_second(words) == second


def test_rows_come_go_and_move_without_a_reset(qtmodeltester: Any, qapp: object) -> None:
    model = BoardModel(Look(), 1)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.set_rows([Row("a", ("1",)), Row("b", ("2",)), Row("c", ("3",))])
    held = model.index(1, 0)
    kept = QPersistentModelIndex(held)
    model.set_rows([Row("c", ("3",)), Row("b", ("5",)), Row("d", ("4",))])
    assert [cells[0] for cells in _cells(model)] == ["3", "5", "4"]
    assert kept.row() == 1
    model.set_rows([Row("b", ("5",)), Row("d", ("4",)), Row("c", ("3",))])
    assert kept.row() == 0
    assert resets == []
    qtmodeltester.check(model)
