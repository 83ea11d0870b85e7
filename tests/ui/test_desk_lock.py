"""The locked desk: nothing behind the curtain can be reached, emergencies can, and all is there afterwards."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallKind
from comms.domain.ids import AlarmId, CallId, CommandId, TalkgroupId, unit_party
from comms.protocol import pushes
from comms.protocol.account_commands import AccountUnlock
from comms.protocol.alarm_commands import AlarmAcknowledge
from comms.protocol.commands import CallAnswer, CallHangUp
from comms.protocol.errors import Locale, RefusalCode
from console.store.link import LinkPhase, LinkState
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, ME, NOW, TOWN, Scene, unit_id
from ui.account.curtain import LockCurtain
from ui.account.lock import Lock

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def ring(scene: Scene, number: int, *, is_emergency: bool) -> CallId:
    call_id = CallId(f"call{number}")
    caller = unit_party(unit_id(number))
    call = Call(id=call_id, kind=CallKind.POINT, caller=caller, callee=ME, is_emergency=is_emergency)
    scene.happen(ev.CallStarted(call=call))
    name = scene.store.picture.units[unit_id(number)].unit.name
    scene.push(pushes.CallRinging(call=call, caller_name=name, rings_until=scene.clock + 30))
    return call_id


def raise_alarm(scene: Scene, name: str, kind: AlarmKind) -> AlarmId:
    alarm = Alarm(kind=kind, source=name, priority=AlarmPriority.HIGH, jurisdiction_id=TOWN, unit_id=unit_id(1))
    scene.happen(ev.AlarmRaised(alarm=alarm))
    return alarm.id


@pytest.fixture
def lock(driver: WindowDriver) -> Lock:
    made = driver.window.lock
    driver.key(Qt.Key.Key_L, CTRL_ALT)
    assert made.is_locked
    return made


@pytest.fixture
def curtain(lock: Lock) -> LockCurtain:
    lock.curtain.tell()
    return lock.curtain


def told(curtain: LockCurtain) -> list[str]:
    curtain.tell()
    return [line.text() for line in curtain._lines if line.text()]


def test_the_curtain_covers_everything_and_has_the_keyboard(driver: WindowDriver, curtain: LockCurtain) -> None:
    assert curtain.geometry() == driver.window.rect()
    assert QApplication.focusWidget() is curtain.password
    middle = driver.window.childAt(driver.window.rect().center())
    assert middle is not None
    assert middle is curtain or curtain.isAncestorOf(middle)
    for _ in range(12):
        driver.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert curtain.isAncestorOf(focus), "Tab goes round within"


@pytest.mark.parametrize("locale", list(Locale))
def test_its_buttons_show_all_their_words(driver: WindowDriver, curtain: LockCurtain, locale: Locale) -> None:
    driver.scene.text.switch(locale)
    curtain.buttons["issuer"].show()
    QApplication.processEvents()
    cut = {
        name: button.text() for name, button in curtain.buttons.items() if button.width() < button.sizeHint().width()
    }
    assert not cut


def test_neither_palette_nor_keys_do_anything(driver: WindowDriver, curtain: LockCurtain) -> None:
    driver.key(Qt.Key.Key_K, CTRL)
    driver.key(Qt.Key.Key_N, CTRL)
    driver.key(Qt.Key.Key_K, CTRL_ALT)
    driver.key(Qt.Key.Key_Escape)
    driver.window.shows.show("palette")  # whatever else may open something
    driver.window.shows.show("account")
    driver.settle()
    middle = driver.window.childAt(driver.window.rect().center())
    assert middle is not None
    assert middle is curtain or curtain.isAncestorOf(middle)
    assert QApplication.focusWidget() is curtain.password
    driver.key_down(Qt.Key.Key_F1)
    driver.key_up(Qt.Key.Key_F1)
    assert driver.scene.keys.told == [], "no talkgroup's own key talks"
    assert curtain.isVisible()


def test_other_windows_are_put_away_and_come_back(driver: WindowDriver) -> None:
    dialog = QDialog(driver.window)
    dialog.show()
    driver.window.lock.lock()
    assert not dialog.isVisible()
    late = QDialog(driver.window)
    late.show()
    assert not late.isVisible(), "also what opens meanwhile"
    driver.window.lock.lift()
    assert dialog.isVisible()
    assert late.isVisible()
    for each in (dialog, late):
        each.close()
        each.deleteLater()


def test_the_password_unlocks_and_a_wrong_one_does_not_stay(driver: WindowDriver, lock: Lock) -> None:
    desk, curtain = driver.scene.desk, lock.curtain
    desk.refuse(AccountUnlock, RefusalCode.WRONG_CREDENTIALS, "账号、口令或注册码不正确")
    driver.type("wrong")
    driver.key(Qt.Key.Key_Return)
    assert curtain.told.text().startswith("口令不正确")
    assert curtain.password.text() == ""
    assert curtain.isVisible(), "it stays locked"
    desk.refuse(AccountUnlock, RefusalCode.TRY_LATER, "操作太频繁；请稍等片刻再试。")
    driver.type("wrong")
    driver.click(curtain.buttons["unlock"])
    assert curtain.told.text().startswith("操作太频繁")
    del desk.answers[AccountUnlock]
    driver.type("right")
    driver.key(Qt.Key.Key_Return)
    assert desk.last(AccountUnlock).password == "right"
    assert not lock.is_locked
    assert not curtain.isVisible()
    driver.key(Qt.Key.Key_K, CTRL)
    assert driver.parts.sheets.palette.isVisible(), "everything works again"


def test_where_the_site_has_an_identity_service_it_unlocks_too(driver: WindowDriver, lock: Lock) -> None:
    issuer = lock.curtain.buttons["issuer"]
    assert not issuer.isVisible(), "none is offered"
    lock.lift()
    driver.scene.sign_in(GROUPS, heard=3, has_issuer=True)
    lock.lock()
    assert issuer.isVisible()
    driver.click(issuer)
    assert lock.curtain.told.text().startswith("本机打不开浏览器"), "of this scene no browser comes back"
    assert lock.is_locked


def test_only_who_calls_for_help_is_answered(driver: WindowDriver, lock: Lock) -> None:
    scene, curtain = driver.scene, lock.curtain
    ring(scene, 1, is_emergency=False)
    assert told(curtain) == []
    assert "其他来电 1" in curtain._counts.text()
    assert "王芳" not in curtain._counts.text(), "of others there is a count, no name"
    driver.key(Qt.Key.Key_F9)
    assert not any(isinstance(command, CallAnswer) for command in scene.desk.asked)
    emergency = ring(scene, 2, is_emergency=True)
    assert told(curtain)[0] == "李强 紧急呼叫，正在振铃"
    driver.key(Qt.Key.Key_F9)
    assert scene.desk.last(CallAnswer).call_id == emergency
    scene.push(pushes.CallConnected(call_id=emergency))
    driver.key(Qt.Key.Key_F10)
    assert scene.desk.last(CallHangUp).call_id == emergency


def test_an_emergency_alarm_is_acknowledged_and_no_other(driver: WindowDriver, lock: Lock) -> None:
    scene, curtain = driver.scene, lock.curtain
    raise_alarm(scene, "a1", AlarmKind.UNIT_SILENT)
    curtain.tell()
    assert not curtain.buttons["acknowledge"].isEnabled()
    alarm_id = raise_alarm(scene, "a2", AlarmKind.EMERGENCY_CALL)
    curtain.tell()
    assert scene.player.rung[-1] is AlarmPriority.HIGH, "it sounds as ever"
    driver.click(curtain.buttons["acknowledge"])
    assert scene.desk.last(AlarmAcknowledge).alarm_ids == (alarm_id,)


def test_one_talks_in_an_emergency(driver: WindowDriver, lock: Lock) -> None:
    scene, pressed = driver.scene, []
    driver.window.selection.set_talkgroup(GROUPS[0].id)
    original = scene.keys.press

    def press(talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> None:
        pressed.append((talkgroup_id, is_emergency))
        original(talkgroup_id, is_emergency=is_emergency)

    scene.keys.press = press  # type: ignore[method-assign]  # the way it was pressed is what is looked at
    QTest.mousePress(lock.curtain.buttons["talk"], Qt.MouseButton.LeftButton)
    QTest.mouseRelease(lock.curtain.buttons["talk"], Qt.MouseButton.LeftButton)
    driver.key_down(Qt.Key.Key_Space, CTRL)
    driver.key_up(Qt.Key.Key_Space, CTRL)
    assert pressed == [(GROUPS[0].id, True)] * 2
    assert scene.keys.down == []


def test_news_is_there_afterwards(driver: WindowDriver, lock: Lock) -> None:
    scene = driver.scene
    scene.issue("o1", 1)
    scene.happen(ev.NoteAdded(text="锁定期间"))
    lock.lift()
    assert "o1" in scene.store.picture.orders
    assert scene.store.log.events[-1].event == ev.NoteAdded(text="锁定期间")


def test_a_link_that_comes_and_goes_unlocks_nothing(driver: WindowDriver, lock: Lock) -> None:
    driver.scene.store.apply_local(LinkState(phase=LinkPhase.WAITING))
    driver.scene.sign_in(GROUPS, heard=3)
    assert lock.is_locked
    left = driver.window.findChild(QPushButton, "lock_leave")
    assert left is not None
    out: list[bool] = []
    driver.window.signOutWanted.connect(lambda: out.append(True))
    driver.click(left)
    assert out == [True]


def test_untouched_long_enough_it_locks_itself(driver: WindowDriver) -> None:
    lock = driver.window.lock
    lock.idle.look(10_000.0)
    assert not lock.is_locked, "the site has not asked for it"
    lock.idle.begin(900.0)
    lock.idle.look(899.0)
    assert not lock.is_locked
    driver.key(Qt.Key.Key_Escape)
    lock.idle.look()
    assert not lock.is_locked
    lock.idle.look(900.0)
    assert lock.is_locked


def test_the_gateway_says_after_how_long(driver: WindowDriver) -> None:
    scene = driver.scene
    scene.push(
        pushes.Welcome(
            id=CommandId("again"),
            protocol=1,
            party=ME,
            name="李建国",
            jurisdiction_id=TOWN,
            server_time=NOW,
            idle_lock_s=600.0,
        )
    )
    assert driver.window.lock.idle.limit_s == 600.0


def test_nobody_signed_in_is_nothing_to_lock(driver: WindowDriver) -> None:
    driver.scene.store.session = None
    driver.key(Qt.Key.Key_L, CTRL_ALT)
    assert not driver.window.lock.is_locked
