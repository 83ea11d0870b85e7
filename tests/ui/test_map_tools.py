"""The map's tools by mouse and by keys: polygon and box select with a live count, measuring in legs, taking back."""

from math import cos, radians

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from comms.domain.position import EARTH_RADIUS_M
from tests.support.drivers import LEFT, WindowDriver
from tests.support.scene import unit_id
from ui.map.strokes import Path
from ui.map.tools import LETTERS, SHAPES, MapTool, Shape

NONE = Qt.KeyboardModifier.NoModifier
STEP = radians(0.01) * EARTH_RADIUS_M


def click(driver: WindowDriver, *points: tuple[float, float]) -> None:
    for x, y in points:
        QTest.mouseClick(driver.parts.map, LEFT, NONE, QPoint(round(x), round(y)))


def tool_of(driver: WindowDriver) -> MapTool:
    """In hand now."""
    tool: MapTool = driver.parts.map.tool
    return tool


def around(driver: WindowDriver, lat: float, lon: float, reach: float) -> list[tuple[float, float]]:
    x, y = driver.parts.map.view.screen_at(lat=lat, lon=lon)
    return [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]


def test_a_polygon_counts_while_it_is_drawn_and_selects_when_it_closes(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(23.003, 113.7, 17.5)
    corners = around(driver, 23.003, 113.7, 40)
    desk_map.set_tool(MapTool.POLYGON)
    click(driver, *corners)
    assert desk_map.shown().tag == "1 人 · 在线 1"
    click(driver, corners[0])
    assert driver.window.selection.unit_ids == (unit_id(3),)
    assert tool_of(driver) is MapTool.PAN
    assert desk_map.shown().tag == "1 人 · 在线 1", "it stays until it is put away"
    desk_map.escape()
    assert desk_map.shown().path is None


def test_enter_finishes_and_backspace_takes_a_corner_back(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.setFocus()
    desk_map.set_tool(MapTool.POLYGON)
    click(driver, (100, 100), (200, 100))
    driver.key(Qt.Key.Key_Return)
    assert tool_of(driver) is MapTool.POLYGON, "two corners are no outline"
    click(driver, (200, 200), (150, 260))
    driver.key(Qt.Key.Key_Backspace)
    assert len(desk_map.shown().path.corners) == 3
    for _ in range(3):
        driver.key(Qt.Key.Key_Backspace)
    assert desk_map.shown().path is None
    click(driver, (100, 100), (200, 100), (200, 200))
    driver.key(Qt.Key.Key_Return)
    assert tool_of(driver) is MapTool.PAN


def test_measuring_goes_on_leg_by_leg(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.set_tool(MapTool.MEASURE)
    click(driver, (100, 100), (300, 100), (300, 200))
    path = desk_map.shown().path
    assert path.length_m == pytest.approx(300 * desk_map.view.metres_per_px, rel=0.01)
    QTest.mouseDClick(desk_map, LEFT, NONE, QPoint(300, 200))
    assert tool_of(driver) is MapTool.PAN
    assert desk_map.shown().path.corners == path.corners


def test_an_area_is_measured(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.set_tool(MapTool.MEASURE_AREA)
    click(driver, (100, 100), (200, 100), (200, 200), (100, 200))
    side = 100 * desk_map.view.metres_per_px
    assert desk_map.shown().path.area_m2 == pytest.approx(side * side, rel=0.01)
    assert "周长" in desk_map.shown().tag
    click(driver, (101, 101))
    assert desk_map.shown().path.is_ring
    assert "周长" in desk_map.shown().tag


def test_figures_of_shapes() -> None:
    square = Path(((23.0, 113.0), (23.0, 113.01), (23.01, 113.01), (23.01, 113.0)), is_ring=True)
    width = STEP * cos(radians(23.005))
    assert square.area_m2 == pytest.approx(STEP * width, rel=1e-3)
    assert square.length_m == pytest.approx(2 * STEP + 2 * width, rel=1e-3)
    assert Path((), (23.0, 113.0)).length_m == 0
    assert Path(((23.0, 113.0),), is_ring=True).area_m2 == 0
    assert not Path(((23.0, 113.0), (23.0, 113.01)), is_ring=True).is_whole


def test_a_box_is_chosen_by_keys_and_by_its_tool(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(23.003, 113.7, 17.5)
    desk_map.setFocus()
    driver.key(Qt.Key.Key_B)
    for _ in range(2):
        driver.key(Qt.Key.Key_Left)
        driver.key(Qt.Key.Key_Up)
    driver.key(Qt.Key.Key_Return)
    for _ in range(4):
        driver.key(Qt.Key.Key_Right)
        driver.key(Qt.Key.Key_Down)
    assert desk_map.shown().tag == "1 人"
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.unit_ids == (unit_id(3),)
    driver.window.selection.set_units(())
    desk_map.centre_on(23.003, 113.7, 17.5)
    first, _, second, _ = around(driver, 23.003, 113.7, 40)
    desk_map.set_tool(MapTool.BOX)
    QTest.mousePress(desk_map, LEFT, NONE, QPointF(*first).toPoint())
    QTest.mouseMove(desk_map, QPointF(*second).toPoint())
    QTest.mouseRelease(desk_map, LEFT, NONE, QPointF(*second).toPoint())
    assert driver.window.selection.unit_ids == (unit_id(3),)
    assert tool_of(driver) is MapTool.PAN


def test_a_circle_is_chosen_by_keys_alone(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(23.003, 113.7, 16.0)
    desk_map.setFocus()
    driver.key(Qt.Key.Key_C)
    assert desk_map.shown().has_crosshair
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.unit_ids
    assert driver.parts.composer.isVisible()
    assert not desk_map.shown().has_crosshair


def test_a_line_is_measured_by_keys_alone(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.setFocus()
    driver.key(Qt.Key.Key_M)
    driver.key(Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_Return)
    assert tool_of(driver) is MapTool.MEASURE, "one place is no line"
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_Return)
    assert tool_of(driver) is MapTool.PAN
    assert desk_map.shown().path.length_m == pytest.approx(40 * desk_map.view.metres_per_px, rel=0.02)


def test_escape_puts_away_one_thing_at_a_time(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.setFocus()
    driver.key(Qt.Key.Key_P)
    driver.key(Qt.Key.Key_Return)
    desk_map.escape()
    assert desk_map.shown().path is None
    assert tool_of(driver) is MapTool.POLYGON
    desk_map.escape()
    assert tool_of(driver) is MapTool.PAN


def test_letters_with_a_modifier_are_not_the_maps(driver: WindowDriver) -> None:
    driver.parts.map.setFocus()
    QTest.keyClick(driver.parts.map, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert driver.parts.map.tool is MapTool.PAN


def test_every_tool_has_a_shape_and_a_letter() -> None:
    assert set(SHAPES) == set(MapTool)
    by_sheets = {MapTool.PLACE}
    assert set(LETTERS.values()) | by_sheets == {tool for tool, shape in SHAPES.items() if shape is not Shape.NONE}


def test_a_unit_is_followed_by_key_until_the_map_is_moved(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    driver.window.selection.set_units((unit_id(2),))
    driver.key(Qt.Key.Key_J, both)
    assert desk_map.followed == unit_id(2)
    driver.scene.clock += 5
    driver.scene.place((23.001, 113.7), (23.02, 113.72), age_s=0.0)
    desk_map.grab()
    driver.qtbot.waitUntil(
        lambda: np.allclose(desk_map.view.place_at(desk_map.view.width / 2, desk_map.view.height / 2), (23.02, 113.72))
    )
    driver.key(Qt.Key.Key_J, both)
    assert desk_map.followed is None
