"""周边: the sheet, its lines that stand still while somebody is in them, the map, the call."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from comms.domain import events as ev
from comms.domain.ids import IncidentId, MarkId
from comms.domain.incident import Incident
from comms.domain.mark import Mark, MarkKind
from comms.domain.order import CircleTarget, Place
from comms.domain.plan_events import PlanPublished
from comms.gateway.plan_file import load_plans
from comms.protocol.area import Area, Camera, Grid, GridHead, Street
from comms.protocol.commands import CallFromArea
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, TOWN, unit_id
from ui.map.incident_overlay import INCIDENT_KIND

HERE = Place(lat=23.003, lon=113.7, text="长盛路口")
RING = ((22.99, 113.69), (22.99, 113.72), (23.02, 113.72), (23.02, 113.69))
AREA = Area(
    name="x",
    bounds=(22.99, 113.69, 23.02, 113.72),
    grids=(
        Grid(jurisdiction_id=GRID, name="第01网格", rings=(RING,), head=GridHead(name="网格员甲", unit_id=unit_id(1))),
    ),
    streets=(Street(name="长盛路", rank=1, line=((22.99, 113.7), (23.02, 113.7))),),
    cameras=tuple(
        Camera(id=f"c{number}", name=f"路口{number}", category="治安", lat=23.003 + number * 1e-4, lon=113.7)
        for number in range(3)
    ),
)


def _lines(driver: WindowDriver) -> dict[object, str]:
    lines = driver.window.places.around.form.model.lines
    return {line.key: f"{line.title} | {line.detail} | {line.figure}" for line in lines}


def _publish_plans(driver: WindowDriver) -> None:
    driver.scene.happen(*(PlanPublished(plan=plan, version=1) for plan in load_plans(None)))


def _ready(driver: WindowDriver) -> None:
    _publish_plans(driver)
    driver.scene.store.apply_local(AREA)
    driver.qtbot.waitUntil(lambda: driver.window.places.address(HERE.lat, HERE.lon) != "")
    driver.scene.place(*((23.003 + number * 2e-4, 113.7) for number in range(5)))


def test_by_keyboard_and_rows_lead_to_the_map(driver: WindowDriver) -> None:
    _ready(driver)
    driver.window.selection.set_place(HERE)
    driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    sheet = driver.window.places.around
    assert sheet.isVisible()
    assert sheet.form.head.where.text() == "长盛路口 · 长盛路 0 米"
    lines = _lines(driver)
    assert lines[("grid", GRID)].endswith("| 未统计")
    assert "网格长：网格员甲" in lines[("grid head", GRID)]
    assert "未统计" in lines[("head", "residents")]
    assert lines[("cameras", "治安")].endswith("| 3")
    assert lines[("head", "plan")] == "预案 |  | 没有适用的预案"
    row = list(lines).index(("cameras", "治安"))
    sheet.form.view.setCurrentIndex(sheet.form.model.index(row))
    for turn in (0, 1):
        driver.key(Qt.Key.Key_Return)
        view = driver.parts.map.view
        assert abs(view.lat - AREA.cameras[turn].lat) < 2e-5
    driver.key(Qt.Key.Key_Left)
    assert sheet.shape == CircleTarget(lat=HERE.lat, lon=HERE.lon, radius_m=100.0)
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert driver.scene.desk.last(CallFromArea).target == sheet.shape
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_lines_stand_still_while_the_keyboard_is_in_them(driver: WindowDriver) -> None:
    _ready(driver)
    driver.window.places.ask_around(HERE)
    sheet = driver.window.places.around
    before = list(_lines(driver))
    driver.scene.place((23.1, 113.8))
    incident = Incident(id=IncidentId("i1"), kind="火情", place=HERE, jurisdiction_id=GRID)
    driver.scene.happen(ev.IncidentReported(incident=incident))
    sheet.update_values()
    assert list(_lines(driver)) == before
    assert "已不在圈内" in _lines(driver)[("unit", unit_id(1))]
    assert _lines(driver)[("head", "incidents")].endswith("| 1")
    driver.click(driver.button("around_again"))
    assert ("incident", "i1") in _lines(driver)
    assert ("plan", 1) in _lines(driver)
    assert ("unit", unit_id(1)) not in _lines(driver)


def test_an_incident_and_a_drawn_area_ask(driver: WindowDriver) -> None:
    _publish_plans(driver)
    driver.scene.happen(
        ev.IncidentReported(incident=Incident(id=IncidentId("i1"), kind="火情", place=HERE, jurisdiction_id=GRID))
    )
    driver.parts.map.overlayPicked.emit(INCIDENT_KIND, "i1")
    menu = next(found for found in driver.parts.map.findChildren(QMenu) if found.isVisible())
    next(action for action in menu.actions() if action.text() == "周边情况…").trigger()
    menu.close()
    sheet = driver.window.places.around
    assert _lines(driver)[("head", "plan")].endswith("火灾处置预案")
    assert "正在准备" in _lines(driver)[("head", "cameras")]
    corners = ((23.0, 113.69), (23.0, 113.71), (23.01, 113.71), (23.01, 113.69))
    mark = Mark(id=MarkId("m1"), kind=MarkKind.AREA, points=corners, label="警戒区", jurisdiction_id=TOWN)
    driver.scene.happen(ev.MarkDrawn(mark=mark))
    driver.window.places.ask_around(Place(lat=23.005, lon=113.705))
    assert sheet.form.radius.chosen == "own"
    driver.parts.map.repaint()
    overlay = driver.window.places._around_overlay
    assert overlay.shape == sheet.shape
    driver.window.places.ask_near(HERE)
    assert not sheet.isVisible()
    assert overlay.shape is None
