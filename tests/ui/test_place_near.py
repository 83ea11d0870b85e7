"""最近力量: the sheet, its reasons, its order that stands still, and the ways on the map."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from comms.domain import events as ev
from comms.domain.nearest import Basis
from comms.domain.order import AssignmentState, Place, UnitsTarget
from comms.domain.unit import UnitStatus
from comms.protocol.area import Area, Grid, Street
from comms.protocol.commands import CallFromArea, CallPlace
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, unit_id
from ui.map.near_overlay import NEAR_KIND, NearOverlay, NearWay

HERE = Place(lat=23.0, lon=113.7, text="长盛路口")
AREA = Area(
    name="x",
    bounds=(22.99, 113.69, 23.02, 113.72),
    grids=(
        Grid(
            jurisdiction_id=GRID,
            name="第01网格",
            rings=(((22.99, 113.69), (22.99, 113.72), (23.02, 113.72), (23.02, 113.69)),),
        ),
    ),
    streets=(Street(name="长盛路", rank=1, line=((22.99, 113.7), (23.02, 113.7))),),
)


def _ready(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    nearby = driver.scene.actions.dispatch.nearby
    driver.qtbot.waitUntil(lambda: nearby.terrain is not None)


def _lines(driver: WindowDriver) -> list[str]:
    return [f"{line.title} | {line.detail} | {line.figure}" for line in driver.window.places.near.form.model.lines]


def test_the_nearest_with_their_reasons(driver: WindowDriver) -> None:
    _ready(driver)
    order_id = driver.scene.issue("o1", 2)
    driver.window.places.ask_near(HERE)
    sheet = driver.window.places.near
    assert sheet.isVisible()
    assert sheet.unit_ids[0] == unit_id(1)
    first = _lines(driver)[0]
    assert first == "1  王芳 | 步行 2 分钟 · 空闲 · 本网格 · 手上 0 单 | 2 分钟 · 110 米"
    loaded = next(line for line in _lines(driver) if "李强" in line)
    assert "手上 1 单" in loaded
    driver.scene.advance(order_id, 2, AssignmentState.REFUSED, reason="忙")
    sheet.update_values()
    assert "手上 0 单" in next(line for line in _lines(driver) if "李强" in line)


def test_the_order_stands_still_until_it_is_asked_for(driver: WindowDriver) -> None:
    _ready(driver)
    driver.window.places.ask_near(HERE)
    sheet = driver.window.places.near
    before = sheet.unit_ids
    driver.scene.happen(ev.UnitStatusChanged(unit_id=unit_id(1), status=UnitStatus.BUSY))
    driver.scene.happen(ev.TerminalDisconnected(unit_id=unit_id(2)))
    sheet.update_values()
    assert sheet.unit_ids == before
    assert "忙碌" in _lines(driver)[0]
    driver.click(driver.button("near_again"))
    assert sheet.unit_ids != before
    assert unit_id(2) not in sheet.unit_ids


def test_without_streets_it_says_so(driver: WindowDriver) -> None:
    driver.window.places.ask_near(HERE)
    assert "按直线估算" in _lines(driver)[0]
    assert _lines(driver)[0].split(" | ")[2].startswith("约 ")
    for number in range(1, 6):
        driver.scene.happen(ev.TerminalDisconnected(unit_id=unit_id(number)))
    driver.window.places.near.rank_again()
    assert _lines(driver) == []
    assert not driver.button("near_order").isEnabled()


def test_by_keyboard_alone(driver: WindowDriver) -> None:
    """Ctrl+J opens it at the place last pointed at, arrows pick, Enter calls, Ctrl+Enter orders, Esc closes."""
    _ready(driver)
    driver.window.selection.set_place(HERE)
    driver.key(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    sheet = driver.window.places.near
    assert sheet.isVisible()
    driver.key(Qt.Key.Key_Down)
    assert driver.window.selection.unit_id == sheet.unit_ids[1]
    driver.key(Qt.Key.Key_Return)
    calls = [command for command in driver.scene.desk.asked if isinstance(command, CallPlace)]
    assert [call.unit_id for call in calls] == [sheet.unit_ids[1]]
    best = sheet.unit_ids[:3]
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sum(isinstance(command, CallPlace) for command in driver.scene.desk.asked) == 1
    assert not sheet.isVisible()
    assert driver.parts.composer.target == UnitsTarget(best)
    assert driver.parts.composer.order_place == HERE
    driver.window.places.ask_near(HERE)
    assert not driver.parts.composer.isVisible()
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_as_many_as_chosen_are_called_together(driver: WindowDriver) -> None:
    """By buttons and by keys; the list keeps its order, and another place asked about keeps the number."""
    for number in range(7, 32):
        driver.scene.define_unit(number)
        driver.scene.happen(ev.TerminalConnected(unit_id=unit_id(number)))
    driver.scene.place(*((23.0 + 0.0005 * number, 113.7) for number in range(1, 32)))
    _ready(driver)
    driver.window.places.ask_near(HERE)
    sheet = driver.window.places.near
    order = sheet.unit_ids
    assert len(order) == 20

    def called() -> UnitsTarget:
        target = driver.scene.desk.last(CallFromArea).target
        assert isinstance(target, UnitsTarget)
        return target

    driver.click(driver.button("near_group"))
    assert called() == UnitsTarget(order[:3])
    driver.click(driver.button("near_count_5"))
    assert driver.button("near_group").text() == "组呼前 5 名"
    driver.click(driver.button("near_group"))
    assert called() == UnitsTarget(order[:5])
    sheet.form.view.setFocus()
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert called() == UnitsTarget(order)
    driver.key(Qt.Key.Key_Left)
    assert sheet.unit_ids == order
    assert [line.icon for line in sheet.form.model.lines] == ["check"] * 10 + ["person"] * 10
    driver.window.places.ask_near(HERE)
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert called() == UnitsTarget(order[:10])
    assert not any(isinstance(command, CallPlace) for command in driver.scene.desk.asked)
    driver.key(Qt.Key.Key_Escape)
    driver.window.places.ask_near(HERE)
    assert sheet.first_ids == order[:3]


def test_the_map_shows_the_ways_and_a_click_on_a_number_picks_the_unit(driver: WindowDriver) -> None:
    _ready(driver)
    overlay = driver.window.places._near_overlay
    driver.parts.map.centre_on(HERE.lat, HERE.lon, 16.0)
    driver.window.places.ask_near()
    assert [way.number for way in overlay.ways] == list(range(1, len(overlay.ways) + 1))
    assert all(way.is_street for way in overlay.ways)
    driver.window.selection.set_units(())
    driver.parts.map.overlayPicked.emit(NEAR_KIND, unit_id(3))
    assert driver.window.selection.unit_ids == (unit_id(3),)
    driver.click(driver.button("near_close"))
    assert overlay.ways == ()


def test_a_skill_that_is_needed_counts(driver: WindowDriver) -> None:
    _ready(driver)
    unit = driver.scene.store.picture.units[unit_id(4)].unit
    driver.scene.happen(ev.UnitDefined(unit=msgspec.structs.replace(unit, skills=("急救",))))
    driver.window.places.ask_near(HERE)
    sheet = driver.window.places.near
    sheet.form.skill.setCurrentIndex(sheet.form.skill.findData("急救"))
    sheet.form.skill.activated.emit(1)
    assert sheet.unit_ids[0] == unit_id(4)
    assert "会急救" in _lines(driver)[0]
    assert "不会急救" in _lines(driver)[1]


def test_by_e_bike_it_takes_less(driver: WindowDriver) -> None:
    _ready(driver)
    driver.window.places.ask_near(HERE)
    driver.click(driver.button("travel_e_bike"))
    assert "电动车" in _lines(driver)[0]


def test_the_maps_menu_asks(driver: WindowDriver) -> None:
    driver.parts.map.contextRequested.emit(None, 23.0, 113.7)
    menu = next(found for found in driver.parts.map.findChildren(QMenu) if found.isVisible())
    next(action for action in menu.actions() if action.text() == "最近力量…").trigger()
    menu.close()
    assert driver.window.places.near.isVisible()


def test_a_number_on_the_map_is_hit(driver: WindowDriver) -> None:
    overlay = NearOverlay()
    view = driver.parts.map.view
    lat, lon = view.place_at(200, 200)
    overlay.show((NearWay("u9", 1, ((lat, lon), (lat, lon + 0.001)), is_street=False),))
    hit = overlay.at(view, 200 - 15, 200 - 15, 1.0)
    assert hit is not None
    assert hit.id == "u9"
    assert overlay.at(view, 400, 400, 1.0) is None


@pytest.mark.parametrize("basis", [basis for basis in Basis if basis is not Basis.STREETS])
def test_every_basis_has_its_words(driver: WindowDriver, basis: Basis) -> None:
    assert driver.scene.text(f"near.{basis.value}")
    assert driver.scene.text(f"near.all_{basis.value}")
