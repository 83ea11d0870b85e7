"""Hold to talk: every way down, every way up, and every way to lose a key that must never leave the floor held."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from comms.domain.ids import CommandId
from comms.protocol import pushes
from comms.protocol.errors import RefusalCode
from console.store.link import LinkPhase, LinkState
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS
from ui.panels.card_face import Tone

FIRST, SECOND, THIRD, UNHEARD = (group.id for group in GROUPS)
CTRL = Qt.KeyboardModifier.ControlModifier


def test_mouse_holds_and_lets_go(driver: WindowDriver) -> None:
    driver.voice.press_to_talk(2)
    assert driver.voice.open_floors == [SECOND]
    driver.voice.let_go(2)
    assert driver.voice.open_floors == []
    assert driver.scene.keys.told == [("press", SECOND), ("release", SECOND)]


def test_a_function_key_talks_to_its_card(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_F3)
    assert driver.voice.open_floors == [THIRD]
    driver.key_up(Qt.Key.Key_F3)
    assert driver.voice.open_floors == []


def test_space_talks_to_the_chosen_card(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_Space)
    assert driver.voice.open_floors == [FIRST]
    driver.key_up(Qt.Key.Key_Space)
    driver.voice.choose(2)
    driver.key_down(Qt.Key.Key_Space)
    assert driver.voice.open_floors == [SECOND]
    driver.key_up(Qt.Key.Key_Space)


def test_space_in_a_text_field_is_a_space(driver: WindowDriver) -> None:
    field = driver.parts.units.search_field
    field.setFocus()
    driver.key(Qt.Key.Key_Space)
    assert driver.voice.open_floors == []
    assert field.text() == " "


def test_the_chord_and_function_keys_talk_even_while_writing(driver: WindowDriver) -> None:
    driver.parts.log.note_field.setFocus()
    driver.key_down(Qt.Key.Key_Space, CTRL)
    assert driver.voice.open_floors == [FIRST]
    driver.key_up(Qt.Key.Key_Space, CTRL)
    driver.key_down(Qt.Key.Key_F2)
    assert driver.voice.open_floors == [SECOND]
    driver.key_up(Qt.Key.Key_F2)
    assert driver.voice.open_floors == []
    assert driver.parts.log.note_field.text() == ""


def test_letting_go_of_the_modifier_first_still_ends_the_talk(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_Space, CTRL)
    driver.key_up(Qt.Key.Key_Space)
    assert driver.voice.open_floors == []


def test_a_chord_whose_modifier_is_up_is_let_go_without_a_key_up(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_Space, CTRL)
    QTest.keyRelease(driver.handle(), Qt.Key.Key_Control)
    driver.qtbot.waitUntil(lambda: not driver.voice.open_floors)


def test_key_repeat_neither_lets_go_nor_asks_again(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_F1)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        from PySide6.QtGui import QKeyEvent

        repeat = QKeyEvent(kind, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(driver.handle(), repeat)
    assert driver.scene.keys.told == [("press", FIRST)]
    driver.key_up(Qt.Key.Key_F1)
    assert driver.voice.open_floors == []


def test_exactly_what_was_pressed_is_let_go_when_the_choice_changes_meanwhile(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_Space)
    driver.window.selection.set_talkgroup(SECOND)
    driver.key_up(Qt.Key.Key_Space)
    assert driver.scene.keys.told == [("press", FIRST), ("release", FIRST)]


def test_two_keys_on_one_talkgroup_hold_until_the_last_is_up(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_F1)
    driver.key_down(Qt.Key.Key_Space)
    driver.key_up(Qt.Key.Key_F1)
    assert driver.voice.open_floors == [FIRST]
    driver.key_up(Qt.Key.Key_Space)
    assert driver.voice.open_floors == []


def test_a_small_slip_of_the_mouse_is_no_end_and_a_large_one_is(driver: WindowDriver) -> None:
    driver.voice.press_to_talk(1)
    driver.voice.slip(1, 6)
    assert driver.voice.open_floors == [FIRST]
    driver.voice.slip(1, 40)
    assert driver.voice.open_floors == []
    driver.voice.let_go(1)
    assert driver.scene.keys.told == [("press", FIRST), ("release", FIRST)]


def _press(driver: WindowDriver, start: str) -> None:
    if start == "key":
        driver.key_down(Qt.Key.Key_F1)
    else:
        driver.voice.press_to_talk(1)
    assert driver.voice.open_floors == [FIRST]


def _lose(driver: WindowDriver, loss: str, dialog: QDialog, qapp: QApplication) -> None:
    store = driver.scene.store
    match loss:
        case "deactivate":
            QApplication.sendEvent(driver.window, QEvent(QEvent.Type.WindowDeactivate))
        case "dialog":
            dialog.show()
            dialog.activateWindow()
            driver.qtbot.waitUntil(dialog.isActiveWindow)
        case "link":
            store.apply_local(LinkState(phase=LinkPhase.WAITING))
        case "session":
            driver.scene.push(pushes.SessionEnded(code=RefusalCode.REPLACED, text=""))
        case "snapshot":
            driver.scene.push(pushes.PictureSnapshot(id=CommandId("x"), picture=store.picture))
        case "leave":
            store.set_affiliated((SECOND,))
        case "inactive":
            qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
        case _:
            raise ValueError(loss)


def _come_back(driver: WindowDriver, start: str, dialog: QDialog) -> None:
    """Everything as it was, and the officer's hand off the key."""
    dialog.close()
    driver.window.activateWindow()
    driver.qtbot.waitUntil(driver.window.isActiveWindow)
    if start == "key":
        driver.key_up(Qt.Key.Key_F1)
    else:
        driver.voice.let_go(1)
    driver.scene.sign_in(GROUPS, heard=3)
    driver.settle()


LOSSES = ("deactivate", "dialog", "link", "session", "snapshot", "leave", "inactive")


@pytest.mark.parametrize("start", ["key", "mouse"])
def test_the_floor_is_never_left_held(driver: WindowDriver, start: str, qapp: QApplication) -> None:
    """Whatever is lost; and once it is back, one can talk again."""
    dialog = QDialog(driver.window)
    for loss in LOSSES:
        _press(driver, start)
        _lose(driver, loss, dialog, qapp)
        assert driver.voice.open_floors == [], loss
        _come_back(driver, start, dialog)
        assert driver.scene.keys.told == [("press", FIRST), ("release", FIRST)], loss
        driver.scene.keys.told.clear()


@pytest.mark.parametrize("start", ["key", "mouse"])
@pytest.mark.parametrize("going", [QWidget.hide, QWidget.showMinimized, QWidget.close])
def test_a_window_that_goes_leaves_no_floor_held(
    driver: WindowDriver, start: str, going: Callable[[QWidget], object]
) -> None:
    _press(driver, start)
    going(driver.window)
    assert driver.voice.open_floors == []


def test_an_unheard_talkgroup_says_so_and_asks_for_nothing(driver: WindowDriver) -> None:
    driver.key_down(Qt.Key.Key_F4)
    driver.key_up(Qt.Key.Key_F4)
    assert driver.scene.keys.told == []
    assert [toast.sentence for toast in driver.parts.toasts.toasts]
    driver.voice.press_to_talk(4)
    assert driver.voice.tone(4) is Tone.OFF
    assert driver.voice.open_floors == []


def test_a_key_beyond_the_last_card_does_nothing(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_F8)
    assert driver.scene.keys.told == []


def test_a_dialog_keeps_the_function_keys_and_loses_the_space_key(driver: WindowDriver) -> None:
    dialog = QDialog(driver.window)
    field = QLineEdit(dialog)
    dialog.show()
    dialog.activateWindow()
    driver.qtbot.waitUntil(dialog.isActiveWindow)
    field.clearFocus()
    driver.key_down(Qt.Key.Key_Space)
    driver.key_up(Qt.Key.Key_Space)
    assert driver.scene.keys.told == []
    driver.key_down(Qt.Key.Key_F2)
    assert driver.voice.open_floors == [SECOND]
    driver.key_up(Qt.Key.Key_F2)
    dialog.close()
