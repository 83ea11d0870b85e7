"""Point calls: ringing, answering, ending, muting, and buttons that stay where they are."""

from PySide6.QtCore import Qt

from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.ids import CallId, unit_party
from comms.protocol import pushes
from comms.protocol.commands import CallAnswer, CallHangUp, CallPlace, CallReject
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, unit_id


def _ring(driver: WindowDriver, number: int, *, is_emergency: bool = False) -> None:
    call = Call(
        id=CallId(f"in{number}"),
        kind=CallKind.POINT,
        caller=unit_party(unit_id(number)),
        callee=ME,
        is_emergency=is_emergency,
    )
    name = driver.scene.store.party_name(call.caller)
    driver.scene.push(pushes.CallRinging(call=call, caller_name=name, rings_until=driver.scene.clock + 30))


def _texts(driver: WindowDriver) -> list[str]:
    strip = driver.parts.calls
    return [strip._current.text(), *(line.text() for line in strip._ringing), strip._more.text()]


def test_ringing_calls_are_named_and_the_rest_counted(driver: WindowDriver) -> None:
    for number in (1, 2, 3):
        _ring(driver, number, is_emergency=number == 2)
    assert _texts(driver) == ["没有通话", "来电：王芳　0:30", "来电：李强　0:30", "另有 1 个来电"]
    assert driver.button("answer").isEnabled()
    assert driver.parts.calls._ringing[1].property("tone") == "emergency"


def test_the_answer_key_takes_the_call_that_rang_first(driver: WindowDriver) -> None:
    _ring(driver, 1)
    _ring(driver, 2)
    driver.key(Qt.Key.Key_F9)
    assert driver.scene.desk.last(CallAnswer).call_id == "in1"
    driver.scene.push(pushes.CallConnected(call_id=CallId("in1")))
    driver.scene.clock += 65
    driver.parts.calls._read()
    assert _texts(driver)[:2] == ["与 王芳 通话中　1:05", "来电：李强　0:00"]


def test_hanging_up_comes_before_rejecting(driver: WindowDriver) -> None:
    _ring(driver, 1)
    driver.scene.push(pushes.CallConnected(call_id=CallId("in1")))
    _ring(driver, 2)
    driver.click(driver.button("hang_up"))
    assert driver.scene.desk.last(CallHangUp).call_id == "in1"
    driver.scene.push(pushes.CallFinished(call_id=CallId("in1"), end=CallEnd.HUNG_UP))
    driver.key(Qt.Key.Key_F10)
    assert driver.scene.desk.last(CallReject).call_id == "in2"


def test_why_a_call_ended_stays_to_be_read(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    driver.click(driver.button("unit_call"))
    placed = driver.scene.desk.last(CallPlace)
    assert placed.unit_id == unit_id(1)
    assert _texts(driver)[0] == "正在呼叫 王芳　0:00"
    assert not driver.button("unit_call").isEnabled()
    driver.scene.push(pushes.CallFinished(call_id=CallId(placed.id), end=CallEnd.NO_ANSWER))
    assert _texts(driver)[0] == "无人接听"
    assert driver.button("unit_call").isEnabled()


def test_mute_is_only_for_a_call_and_is_told_in_words(driver: WindowDriver) -> None:
    assert not driver.button("mute").isEnabled()
    _ring(driver, 1)
    driver.scene.push(pushes.CallConnected(call_id=CallId("in1")))
    driver.click(driver.button("mute"))
    assert ("mute", True) in driver.scene.keys.told
    assert "已静音" in _texts(driver)[0]
    assert driver.button("mute").isChecked()
    driver.key(Qt.Key.Key_F12)
    assert driver.scene.keys.told[-1] == ("mute", False)
    assert not driver.button("mute").isChecked()


def test_nothing_to_press_moves_when_calls_come_and_go(driver: WindowDriver) -> None:
    buttons = [driver.button(name) for name in ("answer", "hang_up", "mute")]

    def places() -> list[object]:
        driver.settle()
        return [(button.mapTo(driver.window, button.rect().topLeft()), button.size()) for button in buttons]

    before = places()
    for number in (1, 2, 3):
        _ring(driver, number)
        assert places() == before
    driver.scene.push(pushes.CallConnected(call_id=CallId("in1")))
    assert places() == before
    for number in (1, 2, 3):
        driver.scene.push(pushes.CallFinished(call_id=CallId(f"in{number}"), end=CallEnd.CANCELLED))
    assert places() == before
