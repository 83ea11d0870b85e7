"""Work in the hub: incidents merged and taken out, several dealt with at once, note taken, where to look at one."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from comms.domain import events as ev
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import IncidentId, SourceId, unit_party
from comms.domain.incident import Incident, IncidentOutcome, Origin
from comms.domain.order import OrderPriority, Place
from comms.protocol.area import Area, Camera
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.hub_commands import IncidentAcknowledge, IncidentMerge, IncidentUnmerge
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder
from comms.protocol.pushes import Done, Push, Refused
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, VILLAGE, unit_id
from ui.commands import BY_ID
from ui.hub.confirm_sheet import ConfirmSheet
from ui.hub.merge_sheet import MergeSheet
from ui.models.hub_order import KIND, SOURCE, STAGE

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
HERE = (23.0, 113.7)


def report(
    driver: WindowDriver, key: str, *, north: float = 0.0, text: str = "门前井盖不见了", source: str = ""
) -> IncidentId:
    driver.scene.clock += 90
    origin = Origin(source=SourceId(source), source_id=f"GD-{key}") if source else None
    incident = Incident(
        id=IncidentId(key), kind="井盖缺失", place=Place(lat=HERE[0] + north, lon=HERE[1], text=f"莲塘路 {key}"),
        jurisdiction_id=VILLAGE, text=text, source=source, origin=origin, priority=OrderPriority.URGENT,
    )  # fmt: skip
    driver.scene.happen(ev.IncidentReported(incident=incident), actor=unit_party(unit_id(1)))
    return incident.id


def pick_all(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_H, ALT)
    driver.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def toasts(driver: WindowDriver) -> list[str]:
    said: list[str] = []
    driver.window.acting.said.connect(lambda _tone, sentence, _detail: said.append(sentence))
    return said


def run(driver: WindowDriver, command: str) -> None:
    """As its key would."""
    assert BY_ID[command].is_enabled(driver.window.controls)
    BY_ID[command].run(driver.window.controls)


def give(driver: WindowDriver, reason: str) -> None:
    """After a menu the keyboard is on its way back; the reason's field has asked for it."""
    field = driver.parts.sheets.reason.field
    field.insert(reason)
    QTest.keyClick(field, Qt.Key.Key_Return)


def sheet(driver: WindowDriver, name: str) -> object:
    return driver.window.shows.work_sheets.sheet(name)


def test_a_likely_duplicate_is_merged_after_one_look_at_both_and_taken_out_again(driver: WindowDriver) -> None:
    scene, hub = driver.scene, driver.parts.hub
    first = report(driver, "first", text="门前井盖不见了，行人绕行")
    again = report(driver, "again", source="12345 热线")
    report(driver, "far", north=0.05)
    hub.show_picked(again)
    line = hub.card.lines[5]
    assert line.text() == ("疑似重复 Alt+K：FIRST（相距 0 米、类型相同、间隔 1:30、文字相同 76%）")
    driver.key(Qt.Key.Key_K, ALT)
    shown = sheet(driver, "hub_merge")
    assert isinstance(shown, MergeSheet)
    assert shown.field.hasFocus()
    assert (shown.main.name.text(), shown.other.name.text()) == ("“井盖缺失”FIRST", "“井盖缺失”AGAIN")
    assert shown.other.lines[2].text().startswith("12345 热线 GD-again")
    driver.click(driver.button("merge_swap"))
    assert shown.main.name.text() == "“井盖缺失”AGAIN"
    driver.click(driver.button("merge_swap"))
    scene.text.switch(Locale.EN)
    driver.window.grab()
    scene.text.switch(Locale.ZH_CN)
    shown.field.setFocus()
    driver.type("同一井盖")
    driver.key(Qt.Key.Key_Return)
    command = scene.desk.last(IncidentMerge)
    assert (command.incident_id, [part.incident_id for part in command.parts], command.words) == (
        first, [again], "同一井盖",
    )  # fmt: skip
    reasons = command.parts[0].reasons
    assert [reason.ground.value for reason in reasons] == ["place", "same_kind", "time", "text"]
    assert driver.window.selection.incident_ids == (first,), "the main one is picked"
    scene.happen(IncidentMerged(incident_id=again, into=first, reasons=reasons, words="同一井盖"), actor=ME)
    hub.model.take_in()
    listed = {hub.model.incident_at(row): row for row in range(hub.model.rowCount())}
    assert set(listed) == {first, "far"}
    assert hub.model.index(listed[first], KIND).data() == "井盖缺失（并 1）"
    assert hub.model.index(listed[first], SOURCE).data() == "本席/现场、12345 热线"
    driver.qtbot.waitUntil(lambda: hub.card.lines[5].text() == "并入 1 件（12345 热线 GD-again）")
    hub.search_field.setText("gd-again")
    assert [hub.model.incident_at(row) for row in range(hub.model.rowCount())] == [first]
    hub.search_field.clear()
    hub.model.want(state="merged")
    assert hub.model.index(0, STAGE).data() == "已并入"
    hub.show_picked(again)
    said = hub.card.lines[5]
    assert said.text().startswith("已并入主事件“井盖缺失”FIRST，李建国 ")
    assert said.text().endswith("（同一井盖）")
    QTest.mouseClick(said, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert driver.window.selection.incident_ids == (first,)
    driver.key(Qt.Key.Key_K, ALT | SHIFT)
    driver.type("路对面的另一个")
    driver.key(Qt.Key.Key_Return)
    taken_out = scene.desk.last(IncidentUnmerge)
    assert (taken_out.incident_id, taken_out.words) == (again, "路对面的另一个")
    scene.happen(IncidentUnmerged(incident_id=again, words="路对面的另一个"), actor=ME)
    hub.model.want(state="open")
    assert hub.model.rowCount() == 3


def test_several_are_merged_and_what_the_gateway_would_refuse_is_said_before(driver: WindowDriver) -> None:
    scene, hub = driver.scene, driver.parts.hub
    keys = [report(driver, f"n{number}", north=0.01 * number) for number in range(8)]
    pick_all(driver)
    driver.key(Qt.Key.Key_K, ALT)
    shown = sheet(driver, "hub_merge")
    assert isinstance(shown, MergeSheet)
    assert shown.other.name.text() == "7 件事件"
    assert shown.other.lines[-1].text() == "…另 3 件"
    driver.key(Qt.Key.Key_Return)
    assert len(scene.desk.last(IncidentMerge).parts) == 7
    merged = [IncidentMerged(incident_id=key, into=keys[0]) for key in keys[1:3]]
    scene.happen(*merged, actor=ME)
    hub.show_picked(keys[0])
    driver.key(Qt.Key.Key_K, ALT | SHIFT)
    menu: QMenu = next(found for found in hub.card.findChildren(QMenu) if found.isVisible())
    assert [entry.text() for entry in menu.actions()[1:]] == ["“井盖缺失”N1 · 王芳", "“井盖缺失”N2 · 王芳"]
    menu.actions()[1].trigger()
    menu.close()
    give(driver, "误并")
    assert scene.desk.last(IncidentUnmerge).incident_id == "n1"
    hub.model.want(state="open")
    driver.window.selection.set_incidents((keys[0], keys[3]))
    asked = len(scene.desk.asked)
    run(driver, "hub_merge")
    assert shown.proposal is not None
    assert shown.proposal.main.incident.id == keys[0], "what carries others stays the main one"
    shown.swap()
    assert shown.proposal.code is RefusalCode.MERGES_OTHERS
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert (shown.isVisible(), len(scene.desk.asked)) == (True, asked)
    driver.window.shows.show("close_one")
    assert not shown.isVisible()


def refusing(key: str, command: IncidentClose | IncidentAcknowledge | IncidentLinkOrder) -> Push:
    if command.incident_id == key:
        return Refused(id=command.id, code=RefusalCode.CASE_REGISTERED, text="该事件已立案。")
    return Done(id=command.id)


def test_of_several_acknowledged_one_sentence_says_what_was_refused_and_why(driver: WindowDriver) -> None:
    scene, said = driver.scene, toasts(driver)
    for number in range(4):
        report(driver, f"n{number}", north=0.05 * number)
    scene.happen(IncidentAcknowledged(incident_id=IncidentId("n0")), actor=ME)
    scene.desk.answers[IncidentAcknowledge] = partial(refusing, "n3")
    pick_all(driver)
    driver.key(Qt.Key.Key_O, ALT)
    shown = sheet(driver, "hub_confirm")
    assert isinstance(shown, ConfirmSheet)
    assert shown.isVisible()
    driver.key(Qt.Key.Key_Return)
    asked = [one.incident_id for one in scene.desk.asked if isinstance(one, IncidentAcknowledge)]
    assert sorted(asked) == ["n1", "n2", "n3"]
    assert said == ["已确认 2 件；1 件未办理（该事件已立案，1 件）"]
    hub = driver.parts.hub
    hub.model.want(words=("n0",))
    assert hub.model.index(0, STAGE).data() == "已确认"
    hub.show_picked(IncidentId("n0"))
    assert hub.card.lines[2].text().startswith("李建国 ")
    assert " 确认 · 王芳 · " in hub.card.lines[2].text()
    hub.show_picked(IncidentId("n1"))
    assert hub.card.lines[2].text().startswith("未确认 Alt+O · ")
    driver.key(Qt.Key.Key_O, ALT)  # one needs no question
    QTest.mouseClick(hub.card.lines[2], Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert said[1:] == ["已确认 1 件"] * 2


def test_several_are_closed_with_one_reason_and_more_than_fifty_are_not(driver: WindowDriver) -> None:
    scene, said = driver.scene, toasts(driver)
    for number in range(3):
        report(driver, f"n{number}", north=0.05 * number)
    scene.desk.answers[IncidentClose] = partial(refusing, "n1")
    pick_all(driver)
    driver.key(Qt.Key.Key_E, ALT)
    menu: QMenu = next(found for found in driver.parts.hub.findChildren(QMenu) if found.isVisible())
    next(entry for entry in menu.actions() if entry.text() == "办结：误报").trigger()
    menu.close()
    assert driver.parts.sheets.reason.isVisible()
    give(driver, "同一人反复误报")
    closed = [one for one in scene.desk.asked if isinstance(one, IncidentClose)]
    assert {(one.outcome, one.note) for one in closed} == {(IncidentOutcome.FALSE_REPORT, "同一人反复误报")}
    assert said == ["已办结 2 件；1 件未办理（该事件已立案，1 件）"]
    for number in range(3, 52):
        report(driver, f"n{number}", north=0.05 * number)
    driver.window.selection.set_incidents(tuple(IncidentId(f"n{number}") for number in range(52)))
    asked = len(scene.desk.asked)
    for command in ("hub_note", "hub_close", "hub_dispatch", "hub_merge"):
        run(driver, command)
    assert len(scene.desk.asked) == asked
    assert said[1:] == ["一次最多处理 50 件，已选 52 件；请少选一些"] * 4


def test_one_order_for_several_is_linked_to_all_of_them(driver: WindowDriver) -> None:
    scene, said = driver.scene, toasts(driver)
    for number in range(3):
        report(driver, f"n{number}", north=0.001 * number)
    pick_all(driver)
    driver.key(Qt.Key.Key_D, ALT)
    form = driver.parts.composer.form
    assert form.also_ids == ("n1", "n0")
    assert form.details.toPlainText().splitlines()[1:] == ["另：井盖缺失 莲塘路 n1", "另：井盖缺失 莲塘路 n0"]
    driver.window.grab()
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    order = scene.desk.last(OrderIssue)
    assert order.incident_id == "n2"
    links = [(one.incident_id, one.order_id) for one in scene.desk.asked if isinstance(one, IncidentLinkOrder)]
    assert links == [("n1", order.id), ("n0", order.id)]
    assert said[-1] == "同一指令又关联 2 件事件"
    driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert form.also_ids == ()


def test_arrivals_are_silenced_here_and_acknowledged_for_all_the_gravest_first(driver: WindowDriver) -> None:
    scene, said, rung = driver.scene, toasts(driver), driver.scene.player.rung
    for number in range(53):
        report(driver, f"n{number}", north=0.05 * number)
    assert rung[-1:] != [None]
    driver.key(Qt.Key.Key_A, ALT | SHIFT)
    assert rung[-1:] == [None]
    assert sum(isinstance(one, IncidentAcknowledge) for one in scene.desk.asked) == 50
    assert said == ["已确认 50 件；还有 3 件未确认，在列表中可见"]
    report(driver, "new")
    assert rung[-1:] != [None]
    scene.happen(IncidentAcknowledged(incident_id=IncidentId("new")), actor=unit_party(unit_id(2)))
    assert rung[-1:] == [None], "heard at another desk"


@pytest.fixture
def area() -> Area:
    cameras = tuple(
        Camera(id=f"c{number}", name=f"莲塘路{number}号枪机", lat=HERE[0] + 0.001 * number, lon=HERE[1])
        for number in (1, 2, 9)
    )
    return Area(name="样例镇", bounds=(22.9, 113.6, 23.1, 113.8), cameras=cameras)


def test_cameras_and_units_are_listed_and_gone_to_one_after_the_other(driver: WindowDriver, area: Area) -> None:
    scene, hub, centred = driver.scene, driver.parts.hub, list[tuple[float, float]]()
    driver.window.controls.centring.connect(lambda lat, lon: centred.append((lat, lon)))
    scene.store.apply_local(area)
    driver.qtbot.waitUntil(lambda: driver.window.controls.hub.sights._surroundings is not None)
    first = report(driver, "first")
    for number in (1, 2):
        order_id = scene.issue(f"o{number}", number)
        scene.happen(ev.IncidentLinked(incident_id=first, order_id=order_id), actor=ME)
    hub.show_picked(first)
    assert hub.card.lines[4].text() == "摄像机 Alt+I：莲塘路1号枪机 110 米、莲塘路2号枪机 220 米"
    assert hub.card.lines[3].text() == "在办：王芳（已发出，110 米）、李强（已发出，220 米） · 建议派：张伟 330 米"
    centred.clear()
    press: list[Callable[[], None]] = [
        *[partial(driver.key, Qt.Key.Key_I, ALT)] * 3,
        *[partial(driver.key, Qt.Key.Key_B, ALT)] * 2,
    ]
    for one in press:
        one()
    lats = [round(lat - HERE[0], 4) for lat, _ in centred]
    assert lats == [0.001, 0.002, 0.001, 0.001, 0.002]
    assert driver.window.selection.unit_ids == (unit_id(2),)
    QTest.mouseClick(hub.card.lines[4], Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert driver.window.selection.place == Place(lat=HERE[0] + 0.001, lon=HERE[1], text="莲塘路1号枪机")
    second = report(driver, "second", north=0.05)
    hub.show_picked(second)
    assert hub.card.lines[4].text() == "500 米内没有摄像机"
