"""The whole window: nothing to press ever moves, every word fits, and one key closes one thing."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.call import Call, CallKind
from comms.domain.ids import CallId, unit_party
from comms.domain.order import AssignmentState, CircleTarget
from comms.domain.unit import UnitStatus
from comms.link.cause import LinkCause
from comms.protocol import pushes
from comms.protocol.commands import CallPlace
from comms.protocol.errors import Locale, RefusalCode
from console.settings import Settings
from console.store.floors import TalkState, TalkView
from console.store.link import LinkPhase, LinkState, MediaReport
from console.store.store import Store
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, ME, HeadsetOnly, Scene, duty_scene, unit_id
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.shortcuts import ShortcutsDialog
from ui.main_window import LEAST_HEIGHT, LEAST_WIDTH, first_size
from ui.map.tools import MapTool
from ui.panels.alerts import read_alerts
from ui.theme import DARK, LIGHT, Theme, prepare
from ui.widgets.labels import ElidedLabel
from ui.widgets.talk_button import TalkButton

WANG = unit_party(unit_id(1))


# --- nothing moves --------------------------------------------------------------------------------------


def _places(window: QWidget) -> dict[str, QRect]:
    """Where everything that can be pressed is, in the window."""
    QApplication.processEvents()
    found = {}
    for button in window.findChildren(QWidget):
        is_pressed = isinstance(button, QAbstractButton | TalkButton)
        if is_pressed and button.isVisible():
            found[f"{button.objectName()} {id(button)}"] = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
    return found


def _commotion(scene: Scene) -> None:
    """Everything that could push something aside, at once."""
    scene.take_floor(GROUPS[0].id, WANG, "王芳", is_emergency=True)
    scene.store.apply_local(TalkView(talkgroup_id=GROUPS[1].id, state=TalkState.TALKING, until=scene.clock + 20))
    scene.store.apply_local(TalkView(talkgroup_id=GROUPS[2].id, state=TalkState.DENIED, cause=7))
    call = Call(id=CallId("c1"), kind=CallKind.POINT, caller=WANG, callee=ME, is_emergency=True)
    scene.happen(ev.CallStarted(call=call), ev.FaultNoted(code="store_failed", detail="磁盘已满"))
    scene.push(pushes.CallRinging(call=call, caller_name="王芳", rings_until=scene.clock + 30))
    scene.store.apply_local(MediaReport(is_up=False, microphone_fault="no_device", speaker_fault="cannot_open"))
    scene.store.apply_local(LinkState(phase=LinkPhase.ONLINE, latency_ms=900.0))
    for number in range(1, 5):
        scene.happen(ev.UnitStatusChanged(unit_id=unit_id(number), status=UnitStatus.BUSY))


def test_an_emergency_moves_nothing_that_can_be_pressed(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    before = _places(driver.window)
    assert len(before) > 25
    _commotion(driver.scene)
    after = _places(driver.window)
    assert {name: place for name, place in after.items() if name in before} == before
    driver.scene.store.apply_local(LinkState(phase=LinkPhase.WAITING, retry_at=driver.scene.clock + 5))
    assert {name: place for name, place in _places(driver.window).items() if name in before} == before


def test_one_bar_says_what_is_amiss_with_sound_and_moves_no_other(driver: WindowDriver) -> None:
    strip = driver.parts.situation

    def lefts() -> dict[str, int]:
        strip.grab()
        return {alert.sentence: place.left() for place, alert in strip.places}

    driver.scene.store.apply_local(MediaReport(is_up=True, microphone_fault="no_library", speaker_fault="no_library"))
    assert list(lefts()) == ["未安装音频组件，不能讲话也听不到声音；请通知管理员"]
    driver.scene.store.apply_local(MediaReport(is_up=True))
    driver.scene.take_floor(GROUPS[0].id, WANG, "王芳", is_emergency=True)
    driver.scene.happen(ev.FaultNoted(code="store_failed", detail="磁盘已满"))
    before = lefts()
    assert len(before) == 2
    driver.scene.store.apply_local(MediaReport(is_up=True, microphone_fault="no_device", speaker_fault="cannot_open"))
    after = lefts()
    assert len(after) == 3
    assert {words: left for words, left in after.items() if words in before} == before
    assert max(after.values()) == after.popitem()[1], "the bar of sound is at the end"


def test_toasts_and_sheets_lie_over_the_map_only(driver: WindowDriver) -> None:
    before = _places(driver.window)
    driver.window.acting.tell("danger", "对象不在您的辖区内，指令未发出；请改选本辖区力量或请上级派单。", "x")
    driver.window.controls.orders.compose()
    after = _places(driver.window)
    assert {name: place for name, place in after.items() if name in before} == before
    room = QRect(driver.parts.map.mapTo(driver.window, QPoint(0, 0)), driver.parts.map.size())
    for overlay in (driver.parts.toasts, driver.parts.composer):
        assert room.contains(QRect(overlay.mapTo(driver.window, QPoint(0, 0)), overlay.size()))


# --- every word fits ------------------------------------------------------------------------------------


def _texts(window: QWidget) -> Iterator[QLabel | QPushButton | QToolButton]:
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel | QPushButton | QToolButton) and widget.isVisible() and widget.text():
            yield widget


def _is_cut(widget: QLabel | QPushButton | QToolButton) -> bool:
    if isinstance(widget, ElidedLabel):
        return False  # cut by design, the whole text in the tool tip
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 1
        return widget.sizeHint().width() > widget.width() + 1
    return widget.sizeHint().width() > widget.width() + 1


def test_a_new_window_lies_wholly_on_its_screen() -> None:
    assert first_size(QSize(1920, 1040), 24) == QSize(1600, 900)
    assert first_size(QSize(1366, 768), 24) == QSize(1366, 744)
    assert first_size(QSize(800, 600), 24) == QSize(LEAST_WIDTH, LEAST_HEIGHT)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("locale", Locale)
def test_every_word_fits(locale: Locale, theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    """From the smallest screen to the wall, in the one window that is moved from screen to screen."""
    prepare(qapp)
    scene = duty_scene(locale=locale, theme=theme)
    driver = WindowDriver(scene, qtbot)
    _commotion(scene)
    order_id = scene.issue("o1", 1, 2, title="新河路 78 号出租屋电动车飞线充电，立即上门制止并拍照", deadline_s=600)
    scene.advance(order_id, 1, AssignmentState.ACCEPTED, AssignmentState.COMPLETED)
    driver.window.selection.set_order(order_id)
    driver.window.selection.set_units((unit_id(1), unit_id(2)))
    for width, height in ((1366, 768), (1920, 1080), (3840, 2160)):
        driver.window.resize(width, height)
        for part in ("units", "orders"):
            driver.window.shows.show(part)
            assert _cut(driver) == [], (width, part)
        driver.window.controls.orders.compose_for_circle(CircleTarget(lat=23.0, lon=113.7, radius_m=300))
        driver.window.acting.tell("warn", scene.text("toast.unsent_kept"))
        driver.parts.composer.form.show_refusal(scene.text("toast.unsent"))
        assert _cut(driver) == [], (width, "composer")
        driver.window.controls.orders.cancel_order()
        assert _cut(driver) == [], (width, "reason")
        driver.parts.sheets.reason.dismiss()
        driver.parts.composer.dismiss()
    scene.desk.close()


def _cut(driver: WindowDriver) -> list[tuple[str, str]]:
    driver.settle()
    return [(one.objectName(), one.text()) for one in _texts(driver.window) if _is_cut(one)]


def test_a_cut_label_tells_the_whole_in_its_tool_tip(qtbot: QtBot) -> None:
    short = ElidedLabel("很长很长很长很长很长很长的一句话")
    qtbot.addWidget(short)
    short.resize(60, 20)
    short.show()
    assert short.toolTip() == short.text()
    short.resize(600, 20)
    QApplication.processEvents()
    assert short.toolTip() == ""


@pytest.mark.parametrize("locale", Locale)
def test_dialogs_fit_too(locale: Locale, driver: WindowDriver) -> None:
    driver.scene.text.switch(locale)
    for part, kind in (("settings", SettingsDialog), ("shortcuts", ShortcutsDialog)):
        driver.window.shows.show(part)
        dialog = driver.window.findChild(kind)
        assert dialog is not None
        driver.settle()
        assert [one.text() for one in _texts(dialog) if _is_cut(one)] == []
        assert dialog.height() <= 768
        assert dialog.width() <= 1366
        dialog.close()


# --- language, look, size -------------------------------------------------------------------------------


def test_language_and_look_change_live_and_are_kept(driver: WindowDriver) -> None:
    kept: list[Settings] = []
    driver.window.settingsChanged.connect(kept.append)
    driver.click(driver.tool("language"))
    assert driver.window.tabs.tabText(0) == "Units"
    assert driver.button("unit_call").text() == "Call"
    driver.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert driver.scene.look.theme is LIGHT
    assert (kept[-1].locale, kept[-1].theme) == (Locale.EN, "light")
    driver.click(driver.tool("language"))
    assert driver.window.tabs.tabText(1) == "指令"


def _button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None
    return found


def test_the_settings_dialog_takes_effect_at_once(driver: WindowDriver) -> None:
    kept: list[Settings] = []
    driver.window.settingsChanged.connect(kept.append)
    driver.window.shows.show("settings")
    dialog = driver.window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.microphone.setCurrentIndex(1)
    dialog.volume.setValue(40)
    driver.click(_button(dialog, "theme_light"))
    driver.click(_button(dialog, "language_en"))
    driver.click(_button(dialog, "echo_off"))
    assert kept[-1].microphone == "Plantronics C320-M"
    assert (kept[-1].volume, kept[-1].theme, kept[-1].locale, kept[-1].is_echo_cancelled) == (
        0.4, "light", Locale.EN, False,
    )  # fmt: skip
    assert dialog.windowTitle() == "Settings"
    assert driver.scene.look.theme is LIGHT
    dialog.close()


def test_an_unplugged_device_stays_chosen(driver: WindowDriver) -> None:
    dialog = SettingsDialog(
        Settings(microphone="借来的耳机"),
        devices=HeadsetOnly(),
        look=driver.scene.look,
        text=driver.scene.text,
        parent=driver.window,
    )
    assert dialog.microphone.currentData() == "借来的耳机"
    dialog.close()


def test_devices_are_chosen_from_the_meters_menu(driver: WindowDriver) -> None:
    kept: list[Settings] = []
    driver.window.settingsChanged.connect(kept.append)
    menu = driver.parts.top_bar._menu
    menu.aboutToShow.emit()
    names = [action.text() for action in menu.actions()]
    assert names == ["麦克风", "系统默认设备", "Plantronics C320-M", "", "扬声器", "系统默认设备",
                     "Plantronics C320-M", "HDA Intel PCH"]  # fmt: skip
    menu.actions()[2].trigger()
    menu.actions()[7].trigger()
    assert (kept[-1].microphone, kept[-1].speaker) == ("Plantronics C320-M", "HDA Intel PCH")


def test_the_window_comes_back_as_it_was_left(driver: WindowDriver, qtbot: QtBot) -> None:
    driver.window.resize(1500, 900)
    driver.window._frame._lower.setSizes([700, 500])
    driver.settle()
    words = driver.window.window_words()
    again = driver.scene.window()
    qtbot.addWidget(again)
    again.keep_settings(Settings(window=words))
    again._begin()
    again.show()
    assert again.window_words().split(" ")[1:] == words.split(" ")[1:]
    again.close()


# --- alerts ---------------------------------------------------------------------------------------------


def _alerts(driver: WindowDriver) -> list[str]:
    return [alert.sentence for alert in driver.parts.situation.alerts]


def test_alerts_come_and_go_with_their_cause(driver: WindowDriver) -> None:
    scene = driver.scene
    assert _alerts(driver) == []
    scene.take_floor(GROUPS[0].id, WANG, "王芳", is_emergency=True)
    assert _alerts(driver) == ["紧急呼叫：王芳（全镇网格员）"]
    scene.store.apply_local(LinkState(phase=LinkPhase.WAITING, retry_at=scene.clock))
    assert "断开" in _alerts(driver)[1]
    over = LinkState(phase=LinkPhase.WAITING, retry_at=scene.clock, cause=LinkCause.CERTIFICATE_OVER)
    scene.store.apply_local(over)
    assert _alerts(driver)[1].startswith("网关证书已到期")
    scene.store.apply_local(LinkState(phase=LinkPhase.ONLINE))
    scene.push(pushes.FloorIdle(talkgroup_id=GROUPS[0].id, floor_seq=9))
    scene.happen(ev.FaultNoted(code="store_failed", detail="满"), ev.FaultNoted(code="odd", detail="细节"))
    assert _alerts(driver)[1:] == ["网关故障 odd：细节；请通知管理员"]
    scene.happen(ev.FaultNoted(code="certificate_ends", detail="2026-12-30"))
    assert "网关证书 2026-12-30 到期" in _alerts(driver)[-1]
    scene.happen(ev.FaultNoted(code="certificate_ends", is_over=True))
    scene.happen(ev.FaultNoted(code="store_failed", is_over=True), ev.FaultNoted(code="odd", is_over=True))
    assert _alerts(driver) == []
    scene.store.apply_local(MediaReport(is_up=False))
    assert len(_alerts(driver)) == 1
    refused = pushes.Refused(code=RefusalCode.REPLACED, text="")
    scene.store.apply_local(LinkState(phase=LinkPhase.REFUSED, refused=refused))
    assert _alerts(driver) == [scene.text.refusal(refused.code)]


def test_before_anybody_signed_in_no_connection_is_said_to_be_lost(scene: Scene) -> None:
    store = Store(now=lambda: scene.clock)
    for phase in (LinkPhase.CONNECTING, LinkPhase.WAITING):
        store.apply_local(LinkState(phase=phase, retry_at=scene.clock))
        assert read_alerts(store, scene.text) == ()
    refused = pushes.Refused(code=RefusalCode.WRONG_VERSION, text="太旧")
    store.apply_local(LinkState(phase=LinkPhase.REFUSED, refused=refused))
    assert [alert.sentence for alert in read_alerts(store, scene.text)] == ["太旧"]


def test_missing_events_are_said_until_they_are_here(driver: WindowDriver) -> None:
    seq = driver.scene.store.picture.seq + 5
    recorded = ev.Recorded(seq=seq, at=0, actor=ME, event=ev.NoteAdded(text="x"))
    driver.scene.push(pushes.EventPush(recorded=recorded))
    assert _alerts(driver) == ["正在补齐缺失的记录，稍候"]


def test_a_click_on_an_emergency_goes_to_who_calls(driver: WindowDriver) -> None:
    driver.scene.take_floor(GROUPS[2].id, WANG, "王芳", is_emergency=True)
    driver.settle()
    strip = driver.parts.situation
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(50, strip.height() // 2))
    assert driver.window.selection.unit_ids == (unit_id(1),)
    assert driver.window.selection.talkgroup_id == GROUPS[2].id


def test_an_emergency_point_call_is_an_alert(driver: WindowDriver) -> None:
    call = Call(id=CallId("e"), kind=CallKind.POINT, caller=WANG, callee=ME, is_emergency=True)
    driver.scene.happen(ev.CallStarted(call=call))
    assert _alerts(driver) == ["紧急呼叫：王芳（点呼）"]


def test_open_and_overdue_orders_are_counted(driver: WindowDriver) -> None:
    scene, strip = driver.scene, driver.parts.situation
    order_id = scene.issue("o1", 1)
    scene.issue("o2", 2)
    scene.happen(ev.OrderOverdue(order_id=order_id, unit_ids=(unit_id(1),)))
    assert (len(strip._open_orders), len(strip._overdue)) == (2, 1)
    scene.advance(order_id, 1, AssignmentState.ACCEPTED, AssignmentState.COMPLETED)
    assert (len(strip._open_orders), len(strip._overdue)) == (2, 1), "it has to be verified yet"
    scene.advance(order_id, 1, AssignmentState.VERIFIED)
    assert (len(strip._open_orders), len(strip._overdue)) == (1, 0)


# --- keys -----------------------------------------------------------------------------------------------


def test_esc_closes_one_thing_at_a_time(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    driver.window.controls.orders.compose()
    driver.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    driver.key(Qt.Key.Key_Escape)
    assert not driver.parts.sheets.palette.isVisible()
    assert driver.parts.composer.isVisible()
    driver.key(Qt.Key.Key_Escape)
    assert not driver.parts.composer.isVisible()
    assert driver.window.selection.unit_ids == (unit_id(1),)
    driver.parts.log.note_field.setFocus()
    driver.key(Qt.Key.Key_Escape)
    assert driver.parts.map.hasFocus()
    assert driver.window.selection.unit_ids == (unit_id(1),)
    driver.key(Qt.Key.Key_Escape)
    assert not driver.window.selection.unit_ids


def _focused() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def test_a_sheet_keeps_the_keyboard_and_gives_it_back(driver: WindowDriver) -> None:
    field, report = driver.parts.units.search_field, driver.window.places.report
    field.setFocus()
    driver.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    driver.type("井盖缺失")
    rounds: list[QWidget] = []
    while report.kind not in rounds:
        driver.key(Qt.Key.Key_Tab)
        rounds.append(_focused())
        assert report.isAncestorOf(rounds[-1])
    assert report.send_button in rounds
    report.send_button.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        driver.key(key)
    assert driver.parts.map.tool is MapTool.PAN, "letters on a button of the sheet are no tools of the map"
    report.send_button.setEnabled(False)
    assert report.isAncestorOf(_focused())
    driver.key(Qt.Key.Key_Escape)
    assert field.hasFocus()


def test_enter_presses_the_button_in_focus(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    driver.button("unit_call").setFocus()
    driver.key(Qt.Key.Key_Return)
    assert driver.scene.desk.last(CallPlace).unit_id == unit_id(1)


@pytest.mark.parametrize(
    ("key", "name"),
    [(Qt.Key.Key_F, "find_unit"), (Qt.Key.Key_L, "note")],
)
def test_keys_that_go_to_a_field(driver: WindowDriver, key: Qt.Key, name: str) -> None:
    driver.key(key, Qt.KeyboardModifier.ControlModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == name


def test_signing_out_is_asked_of_the_composition_root(driver: WindowDriver) -> None:
    asked: list[int] = []
    driver.window.signOutWanted.connect(lambda: asked.append(1))
    driver.window.shows.show("sign_out")
    assert asked == [1]
    with pytest.raises(KeyError, match="nonsense"):
        driver.window.shows.show("nonsense")


# --- the map within the desk ----------------------------------------------------------------------------


def _menu(driver: WindowDriver) -> QMenu:
    return next(found for found in driver.window.findChildren(QMenu) if found.isVisible())


def test_the_maps_menu_orders_here_or_sends_the_nearest(driver: WindowDriver) -> None:
    driver.parts.map.contextRequested.emit(unit_id(2), 23.002, 113.7)
    menu = _menu(driver)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        "点呼所选",
        "视频点呼",
        "向所选派单",
        "切到其通话组",
        "呼叫所选人员（临时组）",
        "地图跟随所选人员/停止跟随",
        "今日轨迹",
        "在此处派单",
        "最近力量…",
        "周边情况…",
        "在此处上报事件…",
        "派最近的 3 名空闲人员",
        "圈呼此处 300 米内",
        "在此设围栏…",
        "画多边形围栏…",
        "发布气象预警…",
        "地图居中到此处",
        "打印 / 导出地图（PDF / PNG）",
    ]
    next(action for action in menu.actions() if action.text().startswith("派最近")).trigger()
    menu.close()
    composer = driver.parts.composer
    assert composer.target.unit_ids == (unit_id(2), unit_id(1), unit_id(3))
    assert composer.order_place.lat == 23.002
    assert driver.window.selection.unit_ids == (unit_id(2),)


def test_a_circle_opens_the_sheet_with_everybody_inside(driver: WindowDriver) -> None:
    driver.parts.map.circleDrawn.emit(23.003, 113.7, 250.0)
    assert driver.parts.composer.isVisible()
    assert driver.parts.composer.target == CircleTarget(lat=23.003, lon=113.7, radius_m=250.0)


def test_a_click_on_the_map_is_the_place_of_the_order(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    driver.window.controls.orders.compose()
    centre = driver.parts.map
    driver.click(driver.button("composer_pick"))
    QTest.mouseClick(centre, Qt.MouseButton.LeftButton, pos=QPoint(120, 200))
    lat, lon = centre.view.place_at(120, 200)
    assert (driver.parts.composer.order_place.lat, driver.parts.composer.order_place.lon) == (lat, lon)
    assert driver.window.selection.unit_ids == (unit_id(1),), "the click was for the place only"
    QTest.mouseClick(centre, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert driver.parts.composer.order_place.lat == lat


def test_picking_a_place_can_be_given_up(driver: WindowDriver) -> None:
    driver.window.controls.orders.compose()
    driver.click(driver.button("composer_pick"))
    driver.click(driver.button("composer_pick"))
    assert driver.parts.map.cursor().shape() is Qt.CursorShape.CrossCursor
    driver.key(Qt.Key.Key_Escape)
    QTest.mouseClick(driver.parts.map, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert driver.parts.composer.order_place is None


def test_the_maps_own_picks_are_shared(driver: WindowDriver) -> None:
    driver.parts.map.unitsSelected.emit([unit_id(3)])
    assert driver.window.selection.unit_ids == (unit_id(3),)
    order_id = driver.scene.issue("o1", 1)
    driver.parts.map.orderSelected.emit(order_id)
    assert driver.window.selection.order_id == order_id
    assert driver.window.tabs.currentWidget() is driver.parts.orders


def test_the_maps_tools_follow_the_map(driver: WindowDriver) -> None:
    circle = driver.tool("map_circle")
    driver.click(circle)
    assert driver.parts.map.tool.value == "circle"
    driver.parts.map.escape()
    assert not circle.isChecked()
    driver.click(circle)
    driver.click(circle)
    assert driver.parts.map.tool.value == "pan"


# --- toasts ---------------------------------------------------------------------------------------------


def test_toasts_stack_up_to_three_and_the_same_only_once(driver: WindowDriver) -> None:
    for words in ("一", "二", "三", "四", "四"):
        driver.window.acting.tell("warn", words)
    shown = [toast.sentence for toast in driver.parts.toasts.toasts if not toast.isHidden()]
    assert shown == ["二", "三", "四"]


def test_a_toast_waits_while_it_is_looked_at(driver: WindowDriver) -> None:
    driver.window.acting.tell("ok", "已发出")
    toast = driver.parts.toasts.toasts[0]
    point = toast.rect().center().toPointF()
    QApplication.sendEvent(toast, QEnterEvent(point, point, point))
    assert not toast._timer.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._timer.isActive()
    driver.click(toast._close)
    driver.qtbot.waitUntil(lambda: not driver.parts.toasts.isVisible())


def test_a_toast_goes_by_itself(driver: WindowDriver) -> None:
    driver.window.acting.tell("ok", "已发出")
    driver.parts.toasts.toasts[0]._timer.setInterval(10)
    driver.qtbot.waitUntil(lambda: not driver.parts.toasts.isVisible())
