"""Geofences at the desk: the sheet, the map, the menu's and the key's way there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceTrigger, Schedule
from comms.domain.ids import FenceId
from comms.domain.order import JurisdictionTarget, Place, UnitsTarget
from comms.protocol.alarm_commands import FenceChange, FenceDraw, FenceErase
from tests.support.scene import ME, TOWN, Scene, duty_scene, unit_id
from ui.commands import BY_ID
from ui.dialogs.fence import FenceSheet
from ui.main_window import MainWindow
from ui.map.fence_overlay import KIND, FenceOverlay
from ui.map.overlay import Hit

FENCE = Fence(
    id=FenceId("f1"),
    name="危化品仓库",
    jurisdiction_id=TOWN,
    shape=FenceCircle(lat=23.004, lon=113.7, radius_m=200.0),
    subject=JurisdictionTarget(TOWN),
    rules=(FenceRule(trigger=FenceTrigger.SPEED, limit=30.0),),
    schedule=Schedule(weekdays=(0, 1), begins_min=1320, ends_min=360),
)
OUTLINE = Fence(
    id=FenceId("f2"),
    name="学校",
    jurisdiction_id=TOWN,
    shape=FencePolygon(ring=((23.0, 113.69), (23.002, 113.69), (23.002, 113.695))),
    subject=JurisdictionTarget(TOWN),
    rules=(FenceRule(trigger=FenceTrigger.ENTER),),
    is_on=False,
)


class Fenced:
    def __init__(self, scene: Scene, window: MainWindow) -> None:
        self.scene, self.window = scene, window
        self.sheet: FenceSheet = window.parts.fence


@pytest.fixture
def fenced(qtbot: QtBot) -> Iterator[Fenced]:
    scene = duty_scene()
    window = scene.window()
    qtbot.addWidget(window)
    window.show()
    yield Fenced(scene, window)
    scene.desk.close()


def test_a_new_one_about_a_place(fenced: Fenced) -> None:
    fenced.window.controls.fences.begin(Place(lat=23.0, lon=113.7))
    sheet = fenced.sheet
    assert sheet.isVisible()
    QTest.keyClick(sheet.name, Qt.Key.Key_Return)
    assert sheet.isVisible(), "it has no name"
    sheet.name.setText("夜间禁入")
    sheet.radius.setValue(500)
    sheet.triggers[FenceTrigger.DWELL].setChecked(True)
    sheet.limits[FenceTrigger.DWELL].setValue(15)
    sheet.days[6].setChecked(False)
    sheet.begins.setTime(QTime(22, 0))
    sheet.ends.setTime(QTime(6, 30))
    sheet.keep.click()
    assert not sheet.isVisible()
    fence = fenced.scene.desk.last(FenceDraw).fence
    assert fence.name == "夜间禁入"
    assert fence.shape == FenceCircle(lat=23.0, lon=113.7, radius_m=500.0)
    assert fence.rules == (
        FenceRule(trigger=FenceTrigger.ENTER),
        FenceRule(trigger=FenceTrigger.DWELL, limit=15.0),
    )
    assert fence.schedule == Schedule(weekdays=(0, 1, 2, 3, 4, 5), begins_min=1320, ends_min=390)


def test_the_key_begins_one_for_the_units_picked(fenced: Fenced) -> None:
    fenced.window.selection.set_units((unit_id(1),))
    command = BY_ID["fence_new"]
    assert command.is_enabled(fenced.window.controls)
    command.run(fenced.window.controls)
    fence = fenced.sheet.written()
    assert fence is not None
    assert fence.subject == UnitsTarget((unit_id(1),))
    assert fence.shape is None
    fenced.sheet.triggers[FenceTrigger.ENTER].setChecked(True)
    fenced.sheet.name.setText("x")
    fenced.sheet.keep.click()
    assert fenced.sheet.isVisible(), "entering needs a place"
    QTest.keyClick(fenced.sheet, Qt.Key.Key_Escape)
    assert not fenced.sheet.isVisible()


def test_one_that_is_there_is_changed_switched_off_and_erased(fenced: Fenced) -> None:
    fenced.scene.happen(ev.FenceDrawn(fence=FENCE), ev.FenceDrawn(fence=OUTLINE), actor=ME)
    fenced.window.map_desk._overlay_picked(KIND, "f1")
    sheet = fenced.sheet
    assert sheet.written() == FENCE
    sheet.which.setCurrentIndex(sheet.which.findData("f2"))
    sheet.which.activated.emit(sheet.which.currentIndex())
    assert sheet.written() == OUTLINE
    sheet.is_on.setChecked(True)
    sheet.keep.click()
    assert fenced.scene.desk.last(FenceChange).fence.is_on
    fenced.window.controls.fences.edit(FenceId("f1"))
    sheet.erase.click()
    assert fenced.scene.desk.last(FenceErase).fence_id == "f1"
    fenced.window.controls.fences.edit(FenceId("none"))
    assert not sheet.isVisible()


def test_fences_are_on_the_map_and_their_edges_are_targets(fenced: Fenced) -> None:
    desk_map = fenced.window.parts.map
    desk_map.centre_on(23.003, 113.697, 15.0)
    before = desk_map.grab().toImage()
    fenced.scene.happen(ev.FenceDrawn(fence=FENCE), ev.FenceDrawn(fence=OUTLINE), actor=ME)
    assert desk_map.grab().toImage() != before
    overlay, view = FenceOverlay(fenced.scene.store), desk_map.view
    x, y = view.screen_at(lat=23.004, lon=113.7)
    top_x, top_y = view.screen_at(lat=23.004 + 200 / 111_195, lon=113.7)
    assert overlay.at(view, x, y, 1.0) is None
    assert overlay.at(view, top_x, top_y, 1.0) == Hit(KIND, "f1")
    corner = view.screen_at(lat=23.0, lon=113.69)
    assert overlay.at(view, *corner, 1.0) == Hit(KIND, "f2")
