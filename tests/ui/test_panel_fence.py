"""Geofences at the desk: the sheet, the map, the menu's and the key's way there."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt, QTime
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceTrigger, Schedule
from comms.domain.ids import FenceId
from comms.domain.order import JurisdictionTarget, Place, TalkgroupTarget, UnitsTarget
from comms.protocol.alarm_commands import FenceChange, FenceDraw, FenceErase
from tests.support.scene import ME, TOWN, Scene, duty_scene, unit_id
from ui.commands import BY_ID
from ui.dialogs.fence import FenceSheet
from ui.main_window import MainWindow
from ui.map.fence_overlay import KIND, FenceOverlay
from ui.map.overlay import Hit
from ui.map.tools import MapTool

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
        self.sheet: FenceSheet = window.parts.sheets.fence


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
    sheet.rules.triggers[FenceTrigger.DWELL].setChecked(True)
    sheet.rules.limits[FenceTrigger.DWELL].setValue(15)
    sheet.hours.days[6].setChecked(False)
    sheet.hours.begins.setTime(QTime(22, 0))
    sheet.hours.ends.setTime(QTime(6, 30))
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
    fenced.sheet.rules.triggers[FenceTrigger.ENTER].setChecked(True)
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


def draw_square(window: MainWindow) -> list[tuple[float, float]]:
    """With the mouse, by the tool in hand; the corners as the map has them."""
    desk_map = window.parts.map
    spots = [QPoint(300, 200), QPoint(400, 200), QPoint(400, 300), QPoint(300, 300)]
    for spot in (*spots, spots[0]):
        QTest.mouseClick(desk_map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    return [desk_map.view.place_at(spot.x(), spot.y()) for spot in spots]


def test_a_polygon_drawn_on_the_map_opens_the_sheet(fenced: Fenced) -> None:
    window, sheet = fenced.window, fenced.sheet
    BY_ID["fence_polygon"].run(window.controls)
    assert window.parts.map.tool is MapTool.FENCE_POLYGON
    corners = draw_square(window)
    assert sheet.isVisible()
    sheet.name.setText("学校周边")
    watched = sheet.people.watched
    watched.setCurrentIndex(next(row for row in range(watched.count()) if watched.itemText(row).startswith("通话组")))
    sheet.keep.click()
    fence = fenced.scene.desk.last(FenceDraw).fence
    assert fence.shape == FencePolygon(ring=tuple(corners))
    assert isinstance(fence.subject, TalkgroupTarget)


def test_a_circle_is_drawn_by_keys_alone(fenced: Fenced) -> None:
    desk_map, sheet = fenced.window.parts.map, fenced.sheet
    desk_map.setFocus()
    for key in (Qt.Key.Key_F, Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Return):
        QTest.keyClick(desk_map, key)
    assert sheet.isVisible()
    fence = sheet.written()
    assert fence is not None
    middle = desk_map.view.place_at(desk_map.view.width / 2, desk_map.view.height / 2)
    assert isinstance(fence.shape, FenceCircle)
    assert (fence.shape.lat, fence.shape.lon) == pytest.approx(middle)
    assert fence.shape.radius_m > 0


def test_a_shape_is_drawn_anew_and_giving_up_loses_nothing(fenced: Fenced, qtbot: QtBot) -> None:
    fenced.scene.happen(ev.FenceDrawn(fence=FENCE), actor=ME)
    window, sheet = fenced.window, fenced.sheet
    window.controls.fences.edit(FenceId("f1"))
    sheet.name.setText("新名")
    sheet.draw_polygon.click()
    assert not sheet.isVisible()
    QTest.keyClick(window.parts.map, Qt.Key.Key_Escape)
    QTest.keyClick(window.parts.map, Qt.Key.Key_Escape)
    qtbot.waitUntil(sheet.isVisible)
    assert sheet.written() == msgspec.structs.replace(FENCE, name="新名")
    sheet.draw_polygon.click()
    corners = draw_square(window)
    assert sheet.written() == msgspec.structs.replace(FENCE, name="新名", shape=FencePolygon(ring=tuple(corners)))
    fenced.window.selection.set_units((unit_id(1), unit_id(2)))
    window.controls.fences.edit(FenceId("f1"))
    sheet.people.watched.setCurrentIndex(1)
    sheet.people.told.setCurrentIndex(1)
    sheet.keep.click()
    changed = fenced.scene.desk.last(FenceChange).fence
    assert changed.subject == UnitsTarget((unit_id(1), unit_id(2)))
    assert changed.jurisdiction_id != TOWN


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
