"""The map without a mouse: everything here is key events that enter the window, and what came of them."""

import pytest
from PySide6.QtCore import Qt

from comms.domain.ids import UnitId
from comms.domain.order import CircleTarget, UnitsTarget
from comms.protocol.area import Area, Street
from comms.protocol.commands import CallFromArea, CallPlace
from tests.support.drivers import WindowDriver
from tests.support.scene import unit_id
from ui.map.gestures import KEY_PAN_PX

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
AREA = Area(
    name="x",
    bounds=(22.99, 113.69, 23.02, 113.72),
    streets=(Street(name="G107", rank=0, line=((22.99, 113.71), (23.0, 113.71), (23.02, 113.71))),),
)


def _keys(driver: WindowDriver, *keys: Qt.Key) -> None:
    for key in keys:
        driver.key(key)


def _search(driver: WindowDriver, words: str) -> None:
    """Ctrl+K, letter by letter, and Enter: the map goes there."""
    driver.key(Qt.Key.Key_K, CTRL)
    _keys(driver, *(Qt.Key(ord(letter.upper())) for letter in words), Qt.Key.Key_Return)


def _middle(driver: WindowDriver) -> tuple[float, float]:
    view = driver.parts.map.view
    lat, lon = view.place_at(view.width / 2, view.height / 2)
    return float(lat), float(lon)


def _units(*numbers: int) -> set[UnitId]:
    return {unit_id(number) for number in numbers}


def test_arrows_pan_and_signs_zoom(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    home = driver.parts.map.view
    for key, (px, py) in {
        Qt.Key.Key_Right: (KEY_PAN_PX, 0.0),
        Qt.Key.Key_Up: (0.0, -KEY_PAN_PX),
        Qt.Key.Key_Left: (-KEY_PAN_PX, 0.0),
        Qt.Key.Key_Down: (0.0, KEY_PAN_PX),
    }.items():
        view = driver.parts.map.view
        meant = view.place_at(view.width / 2 + px, view.height / 2 + py)
        driver.key(key)
        assert _middle(driver) == pytest.approx(meant, abs=1e-6)
    there = _middle(driver)
    _keys(driver, Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus)
    assert driver.parts.map.view.zoom == pytest.approx(home.zoom + 0.5, abs=0.25)
    assert _middle(driver) == pytest.approx(there, abs=1e-6)
    driver.key(Qt.Key.Key_Home)
    assert driver.parts.map.view == home


def test_a_circle_picks_and_calls(driver: WindowDriver) -> None:
    _search(driver, "23.003, 113.7")
    assert _middle(driver) == pytest.approx((23.003, 113.7), abs=1e-5)
    driver.key(Qt.Key.Key_O, CTRL_SHIFT)
    driver.key(Qt.Key.Key_Return)
    assert set(driver.window.selection.unit_ids) == _units(2, 3, 4)
    assert driver.parts.composer.isVisible(), "an order to those in the circle"
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_G, CTRL_SHIFT)
    picked = driver.scene.desk.last(CallFromArea).target
    assert isinstance(picked, UnitsTarget)
    assert set(picked.unit_ids) == _units(2, 3, 4)
    driver.key(Qt.Key.Key_C, CTRL_SHIFT)
    _keys(driver, Qt.Key.Key_Right, *[Qt.Key.Key_Plus] * 3, Qt.Key.Key_Return)
    circle = driver.scene.desk.last(CallFromArea).target
    assert isinstance(circle, CircleTarget)
    assert (circle.lat, circle.lon) == pytest.approx(_middle(driver), abs=1e-6)
    assert circle.lon > 113.7003
    assert 220 < circle.radius_m < 330


def test_a_box_picks(driver: WindowDriver) -> None:
    _search(driver, "23.0025, 113.6995")
    driver.key(Qt.Key.Key_B, CTRL_SHIFT)
    _keys(driver, Qt.Key.Key_Return, *[Qt.Key.Key_Right] * 2, *[Qt.Key.Key_Up] * 5)
    assert driver.window.selection.unit_ids == ()
    driver.key(Qt.Key.Key_Return)
    assert set(driver.window.selection.unit_ids) == _units(3, 4, 5)
    _keys(driver, Qt.Key.Key_Escape)
    assert driver.window.selection.unit_ids == ()


def test_a_result_and_what_lies_around_and_is_nearest(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    _search(driver, "g107")
    place = driver.window.selection.place
    assert place is not None
    assert place.text == "G107"
    assert _middle(driver) == pytest.approx((23.0, 113.71), abs=1e-5)
    places = driver.window.places
    driver.key(Qt.Key.Key_N, CTRL_SHIFT)
    driver.key(Qt.Key.Key_Right)
    assert places.around.shape == CircleTarget(lat=23.0, lon=113.71, radius_m=500.0)
    driver.key(Qt.Key.Key_J, CTRL)
    assert not places.around.isVisible()
    _keys(driver, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert driver.scene.desk.last(CallPlace).unit_id == places.near.unit_ids[1]
    driver.key(Qt.Key.Key_Escape)
    assert not places.near.isVisible()
    driver.key(Qt.Key.Key_Right)
    assert _middle(driver)[1] > 113.7101, "the map has the keyboard again"


def test_the_status_line_names_what_is_near_the_crosshair(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    driver.qtbot.waitUntil(lambda: driver.window.places.address(23.0, 113.71) != "")
    _search(driver, "23.0, 113.7103")
    line = driver.parts.map.status_line
    driver.key(Qt.Key.Key_O, CTRL_SHIFT)
    assert "23.00000" in line.texts[1]
    assert line.texts[1].startswith("G107 31 米")
    driver.key(Qt.Key.Key_Right)
    driver.qtbot.waitUntil(lambda: not line.texts[1].startswith("G107 31 米"))
    assert "G107" in line.texts[1]
    driver.key(Qt.Key.Key_Escape)
    assert line.texts[1] == ""
