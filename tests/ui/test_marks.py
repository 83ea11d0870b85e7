"""Marks at the desk: drawn by mouse or keys, named, seen by every desk, changed, erased and taken back."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from comms.domain import events as ev
from comms.domain.ids import MarkId
from comms.domain.mark import Mark, MarkColour, MarkKind
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from tests.support.drivers import LEFT, WindowDriver
from tests.support.scene import ME, TOWN
from ui.map.mark_overlay import KIND
from ui.map.tools import MapTool

NONE = Qt.KeyboardModifier.NoModifier
PLACE = (23.003, 113.7)
SHAPES: dict[MarkKind, tuple[tuple[float, float], ...]] = {
    MarkKind.POINT: (PLACE,),
    MarkKind.TEXT: (PLACE,),
    MarkKind.LINE: (PLACE, (23.003, 113.704)),
    MarkKind.AREA: (PLACE, (23.003, 113.704), (23.006, 113.704)),
}


def show_mark(driver: WindowDriver, kind: MarkKind = MarkKind.POINT, *, key: str = "m1") -> Mark:
    mark = Mark(id=MarkId(key), kind=kind, points=SHAPES[kind], label="积水", jurisdiction_id=TOWN)
    driver.scene.happen(ev.MarkDrawn(mark=mark), actor=ME)
    return mark


def name_it(driver: WindowDriver, words: str) -> None:
    driver.type(words)
    driver.key(Qt.Key.Key_Return)


def test_a_point_is_clicked_and_named(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.set_tool(MapTool.MARK_POINT)
    QTest.mouseClick(desk_map, LEFT, NONE, QPoint(200, 150))
    assert driver.parts.reason.isVisible()
    assert not any(isinstance(command, MarkDraw) for command in driver.scene.desk.asked), "never without a label"
    name_it(driver, "临时指挥点")
    drawn = driver.scene.desk.last(MarkDraw)
    assert (drawn.shape, drawn.label, drawn.colour) == (MarkKind.POINT, "临时指挥点", MarkColour.BLUE)
    assert drawn.points[0] == pytest.approx(desk_map.view.place_at(200, 150))
    assert desk_map.tool is MapTool.PAN


def test_a_line_is_dragged_or_clicked(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.set_tool(MapTool.MARK_LINE)
    QTest.mousePress(desk_map, LEFT, NONE, QPoint(100, 100))
    QTest.mouseMove(desk_map, QPoint(200, 100))
    QTest.mouseRelease(desk_map, LEFT, NONE, QPoint(200, 100))
    name_it(driver, "封控线")
    assert len(driver.scene.desk.last(MarkDraw).points) == 2
    desk_map.set_tool(MapTool.MARK_LINE)
    for x, y in ((100, 100), (200, 120), (300, 90)):
        QTest.mouseClick(desk_map, LEFT, NONE, QPoint(x, y))
    desk_map.setFocus()
    driver.key(Qt.Key.Key_Return)
    name_it(driver, "疏散路线")
    assert len(driver.scene.desk.last(MarkDraw).points) == 3


def test_an_area_is_drawn_by_keys_alone(driver: WindowDriver) -> None:
    driver.parts.map.setFocus()
    driver.key(Qt.Key.Key_3)
    driver.key(Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_Return)
    name_it(driver, "积水区")
    drawn = driver.scene.desk.last(MarkDraw)
    assert (drawn.shape, len(drawn.points)) == (MarkKind.AREA, 3)


def test_a_text_is_set_by_keys_alone(driver: WindowDriver) -> None:
    driver.parts.map.setFocus()
    driver.key(Qt.Key.Key_4)
    driver.key(Qt.Key.Key_Return)
    name_it(driver, "集合地")
    assert driver.scene.desk.last(MarkDraw).shape is MarkKind.TEXT


@pytest.mark.parametrize("kind", list(MarkKind))
def test_every_kind_is_drawn_and_hit(driver: WindowDriver, kind: MarkKind) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(*PLACE, 15.0)
    before = desk_map.grab().toImage()
    mark = show_mark(driver, kind)
    assert desk_map.grab().toImage() != before
    at = QPointF(*desk_map.view.screen_at(lat=PLACE[0], lon=PLACE[1]))
    hit = desk_map.drawing.overlays.at(desk_map.view, at.x(), at.y(), 1.0)
    assert hit is not None
    assert (hit.kind, hit.id) == (KIND, mark.id)
    assert desk_map.drawing.overlays.at(desk_map.view, at.x() - 90, at.y() + 90, 1.0) is None


def test_the_chosen_mark_is_renamed_coloured_moved_and_erased(driver: WindowDriver) -> None:
    mark, marks = show_mark(driver), driver.window.controls.marks
    marks.choose(mark.id)
    marks.rename()
    name_it(driver, "已排水")
    assert driver.scene.desk.last(MarkChange).label == "已排水"
    driver.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert driver.scene.desk.last(MarkChange).colour is MarkColour.PURPLE
    driver.window.map_desk._move_mark()
    QTest.mouseClick(driver.parts.map, LEFT, NONE, QPoint(120, 200))
    moved = driver.scene.desk.last(MarkChange).points
    assert moved[0] == pytest.approx(driver.parts.map.view.place_at(120, 200))
    marks.erase()
    assert driver.scene.desk.last(MarkErase).mark_id == mark.id
    assert marks.chosen is None
    marks.rename()
    marks.erase()
    assert marks.move() is None


def test_the_last_step_is_taken_back(driver: WindowDriver) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    mark, marks = show_mark(driver), driver.window.controls.marks
    marks.choose(mark.id)
    marks.paint_chosen(MarkColour.RED)
    marks.erase()
    driver.key(Qt.Key.Key_Z, control)
    again = driver.scene.desk.last(MarkDraw)
    assert (again.label, again.points) == (mark.label, mark.points)
    driver.key(Qt.Key.Key_Z, control)
    back = driver.scene.desk.last(MarkChange)
    assert (back.mark_id, back.colour) == (mark.id, MarkColour.BLUE)
    asked = len(driver.scene.desk.asked)
    driver.key(Qt.Key.Key_Z, control)
    assert len(driver.scene.desk.asked) == asked, "nothing left"


def test_a_click_on_a_mark_offers_what_can_be_done(driver: WindowDriver) -> None:
    mark = show_mark(driver)
    driver.parts.map.overlayPicked.emit(KIND, mark.id)
    assert driver.window.controls.marks.chosen == mark
    from PySide6.QtWidgets import QMenu

    menu = next(found for found in driver.window.findChildren(QMenu) if found.isVisible())
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[:4] == ["改名称", "重画位置", "删除标绘", "周边情况…"]
    assert len(words) == 4 + len(MarkColour)
    menu.close()
