"""Ctrl+K: anything the desk knows, found and done without the mouse."""

import msgspec
import pytest
from PySide6.QtCore import Qt

from comms.domain import events as ev
from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street
from comms.protocol.errors import Locale
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, GROUPS, unit_id
from ui.search.finder import FindingKind, grid_at, grid_name

CTRL = Qt.KeyboardModifier.ControlModifier
RING = ((23.0, 113.69), (23.02, 113.69), (23.02, 113.71), (23.0, 113.71))
AREA = Area(
    name="样例镇",
    bounds=(23.0, 113.69, 23.02, 113.71),
    grids=(Grid(jurisdiction_id=GRID, name="第01网格", rings=(RING,)),),
    cameras=(Camera(id="c1", name="新河路口球机", lat=23.01, lon=113.7),),
    places=(KeyPlace(id="p1", name="新河小学", category="学校", lat=23.005, lon=113.705, address="新河路 1 号"),),
)


def _search(driver: WindowDriver, words: str) -> list[tuple[str, str]]:
    driver.scene.store.apply_local(AREA)
    return _kinds_of(driver, words)


def test_it_opens_on_the_commands_that_can_be_run(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_K, CTRL)
    kinds = [finding.kind for finding in driver.parts.sheets.palette.findings]
    assert kinds[0] is FindingKind.COMMAND
    assert "接听" not in [finding.title for finding in driver.parts.sheets.palette.findings]


def test_a_unit_is_found_picked_and_shown(driver: WindowDriver) -> None:
    assert _search(driver, "张")[0] == ("unit", "张伟")
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.unit_ids == (unit_id(3),)
    assert driver.parts.map.view.place_at(driver.parts.map.width() / 2, driver.parts.map.height() / 2) is not None
    assert not driver.parts.sheets.palette.isVisible()


def test_places_cameras_and_grids_are_found_and_shown(driver: WindowDriver) -> None:
    found = _search(driver, "新河")
    assert {("camera", "新河路口球机"), ("place", "新河小学")} == set(found)
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_Up)
    driver.key(Qt.Key.Key_Return)
    place = driver.window.selection.place
    assert place is not None
    assert place.text in ("新河小学", "新河路口球机")
    assert _search(driver, "第01")[-1][0] in ("grid", "unit")
    assert ("grid", "第01网格") in _search(driver, "")


def test_a_talkgroup_is_found_and_chosen(driver: WindowDriver) -> None:
    assert _search(driver, "应急") == [("talkgroup", "应急分队")]
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.talkgroup_id == GROUPS[1].id


def test_a_command_is_found_in_the_language_of_now_and_run(driver: WindowDriver) -> None:
    driver.scene.text.switch(Locale.EN)
    assert ("command", "New order") in _search(driver, "new ord")
    driver.key(Qt.Key.Key_Return)
    assert driver.parts.composer.isVisible()


def test_every_word_has_to_match(driver: WindowDriver) -> None:
    assert _search(driver, "王芳 138") == [("unit", "王芳")]
    driver.key(Qt.Key.Key_A, CTRL)
    driver.type("没有这个人")
    assert driver.parts.sheets.palette.findings == []
    driver.key(Qt.Key.Key_Return)
    assert driver.parts.sheets.palette.isVisible()


def test_arrows_move_within_the_list(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_K, CTRL)
    palette = driver.parts.sheets.palette
    for key, row in (
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_PageDown, 10),
        (Qt.Key.Key_PageUp, 1),
    ):
        driver.key(key)
        assert palette._view.currentIndex().row() == row
    for _ in range(9):
        driver.key(Qt.Key.Key_PageDown)
    assert palette._view.currentIndex().row() == len(palette.findings) - 1


def test_esc_gives_the_focus_back(driver: WindowDriver) -> None:
    driver.parts.log.note_field.setFocus()
    driver.key(Qt.Key.Key_K, CTRL)
    driver.key(Qt.Key.Key_Escape)
    assert not driver.parts.sheets.palette.isVisible()
    assert driver.parts.log.note_field.hasFocus()


def test_it_goes_when_the_officer_turns_elsewhere(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_K, CTRL)
    driver.parts.map.setFocus()
    assert not driver.parts.sheets.palette.isVisible()
    driver.click(driver.button("search"))
    assert driver.parts.sheets.palette.isVisible()


def test_a_click_chooses_too(driver: WindowDriver) -> None:
    _search(driver, "张伟")
    palette = driver.parts.sheets.palette
    palette._view.clicked.emit(palette._model.index(0))
    assert driver.window.selection.unit_ids == (unit_id(3),)


def test_grids_by_place_and_by_name(driver: WindowDriver) -> None:
    assert grid_at(AREA, 23.01, 113.7) == GRID
    assert grid_at(AREA, 24.0, 113.7) is None
    store = driver.scene.store
    assert grid_name(store, GRID) == "第01网格"
    assert grid_name(store, JurisdictionId("nowhere")) == "nowhere"
    store.apply_local(AREA)
    assert grid_name(store, GRID) == "第01网格"


def test_many_places_are_searched_without_building_each(driver: WindowDriver) -> None:
    many = tuple(
        KeyPlace(id=f"p{number}", name=f"出租屋 {number}", category="出租屋", lat=23.0, lon=113.7)
        for number in range(20_000)
    )
    driver.scene.store.apply_local(Area(name="x", bounds=AREA.bounds, places=many))
    driver.key(Qt.Key.Key_K, CTRL)
    driver.type("出租屋 19999")
    palette = driver.parts.sheets.palette
    assert palette.findings == []
    assert "准备中" in palette._nothing.text()
    driver.qtbot.waitUntil(lambda: palette.finder.is_ready)
    assert [finding.title for finding in palette.findings] == ["出租屋 19999"]


def test_initials_find_chinese_names_kind_by_kind_and_enter_goes_there(driver: WindowDriver) -> None:
    """Of both readings of 长, and with other letters beside; what is chosen by arrows is where the map goes."""
    driver.scene.store.apply_local(
        Area(
            name="x",
            bounds=AREA.bounds,
            streets=(
                Street(name="新华路", rank=1, line=((23.0, 113.7), (23.005, 113.7), (23.01, 113.7))),
                Street(name="长安街2号", rank=1, line=((23.0, 113.7), (23.01, 113.7))),
            ),
            cameras=(Camera(id="c1", name="东新华路口", lat=23.01, lon=113.7),),
            places=(KeyPlace(id="p1", name="新华楼", category="学校", lat=23.005, lon=113.705),),
        )
    )
    assert _kinds_of(driver, "caj2") == [("street", "长安街2号")]
    assert _kinds_of(driver, "XHL") == [("street", "新华路"), ("place", "新华楼"), ("camera", "东新华路口")]
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_Return)
    place = driver.window.selection.place
    assert place is not None
    assert place.text == "新华楼"
    view = driver.parts.map.view
    assert view.place_at(view.width / 2, view.height / 2) == pytest.approx((23.005, 113.705), abs=2e-4)


def test_a_unit_that_came_later_is_found_and_its_old_name_is_not(driver: WindowDriver) -> None:
    known = driver.scene.store.picture.units[unit_id(3)].unit
    driver.scene.happen(ev.UnitDefined(unit=msgspec.structs.replace(known, name="欧阳长河")))
    assert _kinds_of(driver, "oych") == [("unit", "欧阳长河")]
    assert _kinds_of(driver, "张伟") == []


def _kinds_of(driver: WindowDriver, words: str) -> list[tuple[str, str]]:
    driver.key(Qt.Key.Key_K, CTRL)
    driver.type(words)
    return [(finding.kind.value, finding.title) for finding in driver.parts.sheets.palette.findings]
