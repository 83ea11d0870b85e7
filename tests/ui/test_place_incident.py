"""Incidents on the desk: seen, reported, answered with an order, closed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from comms.domain import events as ev
from comms.domain.ids import BlobId, IncidentId, unit_party
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.order import OrderPriority, Place, UnitsTarget
from comms.protocol.commands import BlobGet, OrderIssue
from comms.protocol.errors import RefusalCode
from comms.protocol.incident_commands import IncidentClose, IncidentReport
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, unit_id
from ui.dialogs.photo import PhotoDialog
from ui.map.incident_overlay import INCIDENT_KIND
from ui.sentences import tell

HERE = Place(lat=23.003, lon=113.7, text="莲塘路 12 号")


def _report(driver: WindowDriver, key: str = "i1", priority: OrderPriority = OrderPriority.URGENT) -> Incident:
    incident = Incident(
        id=IncidentId(key), kind="井盖缺失", place=HERE, jurisdiction_id=GRID, priority=priority, text="行人绕行"
    )
    driver.scene.happen(ev.IncidentReported(incident=incident), actor=unit_party(unit_id(1)))
    return incident


def _menu(driver: WindowDriver, incident: Incident) -> QMenu:
    driver.parts.map.overlayPicked.emit(INCIDENT_KIND, incident.id)
    menu: QMenu = next(found for found in driver.parts.map.findChildren(QMenu) if found.isVisible())
    return menu


def test_it_is_on_the_map_and_in_the_log(driver: WindowDriver) -> None:
    for key, priority in (("i1", OrderPriority.NORMAL), ("i2", OrderPriority.CRITICAL)):
        _report(driver, key, priority)
    overlay = driver.window.places.incidents.overlay
    driver.parts.map.centre_on(HERE.lat, HERE.lon, 16.0)
    driver.parts.map.repaint()
    x, y = driver.parts.map.view.width / 2, driver.parts.map.view.height / 2
    hit = overlay.at(driver.parts.map.view, x, y, 1.0)
    assert hit is not None
    assert hit.id == "i2"
    assert overlay.at(driver.parts.map.view, x - 60, y - 60, 1.0) is None
    told = tell(driver.scene.store.log.events[-1], driver.scene.store, driver.scene.text)
    assert told is not None
    assert told.read(driver.scene.text) == "王芳 上报事件“井盖缺失”，莲塘路 12 号"


def test_one_click_to_an_order_that_is_linked(driver: WindowDriver) -> None:
    menu = _menu(driver, _report(driver))
    next(action for action in menu.actions() if action.text() == "就此事件派单").trigger()
    menu.close()
    composer = driver.parts.composer
    assert composer.form.title.text() == "井盖缺失"
    assert composer.form.details.toPlainText() == "行人绕行"
    assert composer.form.priority.chosen == "urgent"
    assert composer.order_place == HERE
    composer.set_target(UnitsTarget((unit_id(1),)))
    composer.confirm()
    assert driver.scene.desk.last(OrderIssue).incident_id == "i1"


def test_its_photos_are_shown(driver: WindowDriver) -> None:
    photos = (BlobId("p1"), BlobId("p2"))
    incident = Incident(id=IncidentId("i1"), kind="火情", place=HERE, jurisdiction_id=GRID, photos=photos)
    driver.scene.happen(ev.IncidentReported(incident=incident), actor=unit_party(unit_id(1)))
    driver.scene.desk.refuse(BlobGet, RefusalCode.NOT_FOUND, "没有这张照片")
    menu = _menu(driver, incident)
    next(action for action in menu.actions() if action.text() == "查看照片（2 张）").trigger()
    menu.close()
    assert driver.scene.desk.last(BlobGet).blob_id == photos[0]
    next(dialog for dialog in driver.window.findChildren(PhotoDialog) if dialog.isVisible()).close()


def test_closing_says_what_came_of_it(driver: WindowDriver) -> None:
    menu = _menu(driver, _report(driver))
    next(action for action in menu.actions() if "误报" in action.text()).trigger()
    menu.close()
    command = driver.scene.desk.last(IncidentClose)
    assert (command.incident_id, command.outcome) == ("i1", IncidentOutcome.FALSE_REPORT)
    driver.scene.happen(ev.IncidentClosed(incident_id=IncidentId("i1"), outcome=IncidentOutcome.FALSE_REPORT))
    view = driver.parts.map.view
    x, y = view.width / 2, view.height / 2
    assert driver.window.places.incidents.overlay.at(view, x, y, 1000.0) is None


def test_reported_from_the_desk_by_keyboard(driver: WindowDriver) -> None:
    driver.window.selection.set_place(HERE)
    driver.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    sheet = driver.window.places.report
    assert sheet.isVisible()
    driver.scene.desk.refuse(IncidentReport, RefusalCode.STORE_FAILED, "磁盘无法写入")
    driver.type("火情")
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sheet.isVisible()
    assert sheet.kind.text() == "火情"
    del driver.scene.desk.answers[IncidentReport]
    driver.click(driver.button("report_send"))
    command = driver.scene.desk.last(IncidentReport)
    assert (command.incident_kind, command.place) == ("火情", HERE)
    assert not sheet.isVisible()


def test_going_to_one(driver: WindowDriver) -> None:
    incident = _report(driver)
    driver.window.places.incidents.go_to(incident.id)
    assert driver.window.selection.place == HERE
    driver.window.places.incidents.go_to(IncidentId("gone"))
    driver.window.places.incidents.offer(IncidentId("gone"))
    assert not any(menu.isVisible() for menu in driver.parts.map.findChildren(QMenu))
