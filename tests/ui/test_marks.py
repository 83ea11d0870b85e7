"""Marks at the desk: drawn by mouse or keys, named, seen by every desk, changed, erased and taken back."""

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from comms.domain import events as ev
from comms.domain.ids import CommandId, JurisdictionId, MarkId
from comms.domain.mark import Mark, MarkColour, MarkKind
from comms.protocol.errors import RefusalCode
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.pushes import Refused
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
    assert driver.parts.sheets.reason.isVisible()
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
    entry(driver, "重画位置").trigger()
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
    assert (back.mark_id, back.colour) == (again.id, MarkColour.BLUE), "of the mark as it was drawn again"
    asked = len(driver.scene.desk.asked)
    driver.key(Qt.Key.Key_Z, control)
    assert len(driver.scene.desk.asked) == asked, "nothing left"


def entry(driver: WindowDriver, words: str) -> QAction:
    """Of the chosen mark's menu."""
    driver.window.map_desk.marks.open_menu()
    menu = next(found for found in driver.window.findChildren(QMenu) if found.isVisible())
    found = next(action for action in menu.actions() if action.text() == words)
    menu.close()
    return found


def shown_mark(driver: WindowDriver, kind: MarkKind) -> Mark:
    """Where no unit is, chosen with a click."""
    desk_map = driver.parts.map
    points = tuple((lat + 0.03, lon) for lat, lon in SHAPES[kind])
    desk_map.centre_on(*points[0], 15.0)
    mark = Mark(id=MarkId("m1"), kind=kind, points=points, label="积水", jurisdiction_id=TOWN)
    driver.scene.happen(ev.MarkDrawn(mark=mark), actor=ME)
    QTest.mouseClick(desk_map, LEFT, NONE, spot(driver, *points[0]))
    assert driver.window.controls.marks.chosen == mark
    return mark


def spot(driver: WindowDriver, lat: float, lon: float) -> QPoint:
    return QPointF(*driver.parts.map.view.screen_at(lat=lat, lon=lon)).toPoint()


def between(one: QPoint, other: QPoint) -> QPoint:
    return QPoint((one.x() + other.x()) // 2, (one.y() + other.y()) // 2)


def drag(driver: WindowDriver, start: QPoint, end: QPoint) -> None:
    desk_map = driver.parts.map
    QTest.mousePress(desk_map, LEFT, NONE, start)
    for at in (between(start, end), end):
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), desk_map.mapToGlobal(QPointF(at)), LEFT, LEFT, NONE)
        QApplication.sendEvent(desk_map, move)
    QTest.mouseRelease(desk_map, LEFT, NONE, end)


def test_a_right_click_on_a_mark_offers_what_can_be_done(driver: WindowDriver) -> None:
    mark = show_mark(driver)
    driver.parts.map.contextRequested.emit(None, *PLACE)
    assert driver.window.controls.marks.chosen == mark
    menu = next(found for found in driver.window.findChildren(QMenu) if found.isVisible())
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[:5] == ["调整位置和形状", "改名称", "重画位置", "删除标绘", "周边情况…"]
    assert len(words) == 5 + len(MarkColour)
    menu.close()


def test_a_mark_of_another_jurisdiction_is_seen_but_not_changed(driver: WindowDriver) -> None:
    mark = Mark(
        id=MarkId("far"),
        kind=MarkKind.POINT,
        points=(PLACE,),
        label="邻镇",
        jurisdiction_id=JurisdictionId("441900/s02"),
    )
    driver.scene.happen(ev.MarkDrawn(mark=mark))
    marks = driver.window.controls.marks
    marks.choose(mark.id)
    assert not entry(driver, "删除标绘").isEnabled()
    marks.erase()
    marks.paint_chosen(MarkColour.RED)
    assert not any(isinstance(command, MarkErase | MarkChange) for command in driver.scene.desk.asked)


def test_a_mark_is_dragged_and_stays_where_it_is_put_until_the_gateway_answers(driver: WindowDriver) -> None:
    mark, desk_map = shown_mark(driver, MarkKind.POINT), driver.parts.map
    wait = driver.scene.desk.hold(MarkChange)
    start = spot(driver, *mark.points[0])
    before = desk_map.view
    drag(driver, start, start + QPoint(90, 40))
    assert desk_map.view == before, "the map itself does not move"
    there = driver.scene.desk.last(MarkChange).points
    assert there[0] == pytest.approx(desk_map.view.place_at(start.x() + 90, start.y() + 40), abs=2e-5)
    hit = desk_map.drawing.overlays.at(desk_map.view, start.x() + 90.0, start.y() + 40.0, 1.0)
    assert hit is not None
    assert hit.id == mark.id
    wait.answer = Refused(id=CommandId("c"), code=RefusalCode.NOT_ALLOWED, text="不行")
    driver.scene.desk.run()
    assert desk_map.drawing.overlays.at(desk_map.view, start.x() + 90.0, start.y() + 40.0, 1.0) is None
    QTest.mouseClick(desk_map, LEFT, NONE, QPoint(40, 300))
    assert driver.window.controls.marks.chosen is None, "a click beside it lets it go"


def test_a_corner_is_dragged_and_a_side_gets_another(driver: WindowDriver) -> None:
    mark = shown_mark(driver, MarkKind.LINE)
    corner = spot(driver, *mark.points[1])
    drag(driver, corner, corner + QPoint(0, -60))
    changed = driver.scene.desk.last(MarkChange).points
    assert changed[0] == mark.points[0]
    assert changed[1][0] > mark.points[1][0]
    driver.scene.happen(ev.MarkChanged(mark=msgspec.structs.replace(mark, points=changed)), actor=ME)
    middle = between(spot(driver, *changed[0]), spot(driver, *changed[1]))
    drag(driver, middle, middle + QPoint(0, 50))
    longer = driver.scene.desk.last(MarkChange).points
    assert (longer[0], longer[2]) == changed
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert driver.scene.desk.last(MarkChange).points == changed


def test_a_shape_is_changed_by_keys_alone(driver: WindowDriver) -> None:
    mark = shown_mark(driver, MarkKind.AREA)
    shift = Qt.KeyboardModifier.ShiftModifier
    driver.key(Qt.Key.Key_E)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Escape)
    assert not any(isinstance(command, MarkChange) for command in driver.scene.desk.asked), "given up"
    assert driver.window.controls.marks.chosen == mark
    for key in (Qt.Key.Key_E, Qt.Key.Key_Tab, Qt.Key.Key_Tab):
        driver.key(key)
    driver.key(Qt.Key.Key_Up, shift)
    driver.key(Qt.Key.Key_Insert)
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_Return)
    points = driver.scene.desk.last(MarkChange).points
    assert (points[0], points[3]) == (mark.points[0], mark.points[2])
    assert points[1][0] > mark.points[1][0]
    assert points[1][1] == pytest.approx(mark.points[1][1])
    driver.scene.happen(ev.MarkChanged(mark=msgspec.structs.replace(mark, points=points)), actor=ME)
    for key in (Qt.Key.Key_E, Qt.Key.Key_Tab, Qt.Key.Key_Delete, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        driver.key(key)
    assert len(driver.scene.desk.last(MarkChange).points) == 3, "an area has three corners at least"
    driver.key(Qt.Key.Key_Delete)
    assert driver.scene.desk.last(MarkErase).mark_id == mark.id


def test_a_mark_erased_elsewhere_is_let_go(driver: WindowDriver) -> None:
    mark = shown_mark(driver, MarkKind.POINT)
    driver.key(Qt.Key.Key_E)
    driver.scene.happen(ev.MarkErased(mark_id=mark.id))
    assert driver.window.controls.marks.chosen is None
    driver.key(Qt.Key.Key_Return)
    assert not any(isinstance(command, MarkChange) for command in driver.scene.desk.asked)


def test_the_list_finds_goes_and_deletes_by_keys(driver: WindowDriver) -> None:
    far = Mark(id=MarkId("m2"), kind=MarkKind.POINT, points=((23.02, 113.73),), label="卡口", jurisdiction_id=TOWN)
    show_mark(driver, MarkKind.AREA)
    driver.scene.happen(ev.MarkDrawn(mark=far), actor=ME)
    driver.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    panel = driver.parts.marks
    assert [line.title for line in panel.model.lines] == ["卡口", "积水"]
    assert panel.model.lines[0].detail == "点 · 蓝色 · 李建国"
    driver.type("kk")
    assert [line.title for line in panel.model.lines] == ["卡口"], "by initials"
    driver.key(Qt.Key.Key_Return)
    view = driver.parts.map.view
    assert view.place_at(view.width / 2, view.height / 2) == pytest.approx(far.points[0])
    assert panel.view.hasFocus()
    show_mark(driver, key="m3")
    assert driver.window.controls.marks.chosen == far
    driver.key(Qt.Key.Key_Delete)
    assert driver.scene.desk.last(MarkErase).mark_id == far.id
    driver.scene.happen(ev.MarkErased(mark_id=far.id), actor=ME)
    assert panel.model.lines[0].detail == "已删除", "no line moves under the officer's hand"
    driver.parts.map.setFocus()
    assert panel.model.lines == ()
    panel.search_field.clear()
    driver.window.controls.marks.choose(MarkId("m1"))
    assert panel.view.currentIndex().row() == 1, "what the map chooses is picked in the list"
