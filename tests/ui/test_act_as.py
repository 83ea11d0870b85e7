"""Speaking as somebody of a drill: whom, where, held by mouse or space bar, granted, denied, ended by others."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.protocol.drill_commands import DrillAct, DrillActEnd
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done
from console.actions.acting_voice import ActState
from console.store.link import LinkPhase, LinkState
from tests.support.drill import scenario
from tests.support.scene import ME, Scene, duty_scene, unit_id
from ui.acting import Acting
from ui.drill.act_as import PHONE, ActAs, people_of

U1 = unit_id(1)


def _begun(locale: Locale = Locale.ZH_CN) -> Scene:
    scene = duty_scene(locale=locale)
    began = dr.DrillBegan(drill_id="d", scenario_id="s", digest="", seed=1, starts_at=0.0, cast={"crew": (U1,)})
    scene.happen(began)
    return scene


def _shown(scene: Scene, qtbot: QtBot) -> ActAs:
    acting = Acting(scene.desk.spawn, scene.text)
    widget = ActAs(scene.actions.acting_voice, scene.store, acting, scene.look, scene.text)
    acting.setParent(widget)
    scene.look.dress(widget)
    widget.show_people(people_of(scenario(), scene.store, scene.text))
    qtbot.addWidget(widget)
    widget.resize(420, 150)
    widget.show()
    return widget


def _state(widget: ActAs) -> ActState:
    return widget._voice.view.state


def test_one_is_heard_from_the_grant_to_the_letting_go(qtbot: QtBot) -> None:
    scene = _begun()
    widget = _shown(scene, qtbot)
    group = scene.store.picture.units[U1].unit.talkgroup_ids[0]
    assert widget.where.itemData(0) == group
    answering = scene.desk.hold(DrillAct)
    QTest.mousePress(widget.button, Qt.MouseButton.LeftButton)
    asked = scene.desk.last(DrillAct)
    assert (asked.who, asked.talkgroup_id, asked.is_in_call) == ("crew", group, False)
    assert _state(widget) is ActState.ASKING
    assert not widget.who.isEnabled()
    assert ("another", True) not in scene.keys.told
    answering.answer = Done(id=asked.id, subject=U1)
    scene.desk.run()
    assert _state(widget) is ActState.TALKING
    assert scene.keys.told[-1] == ("another", True)
    assert "应急队" in widget.status.text()
    QTest.mouseRelease(widget.button, Qt.MouseButton.LeftButton)
    assert scene.keys.told[-1] == ("another", False)
    assert isinstance(scene.desk.asked[-1], DrillActEnd)
    assert _state(widget) is ActState.IDLE


def test_who_lets_go_before_the_grant_is_never_heard(qtbot: QtBot) -> None:
    scene = _begun()
    widget = _shown(scene, qtbot)
    widget.button.setFocus()
    answering = scene.desk.hold(DrillAct)
    QTest.keyPress(widget.button, Qt.Key.Key_Space)
    asked = scene.desk.last(DrillAct)
    QTest.keyRelease(widget.button, Qt.Key.Key_Space)
    answering.answer = Done(id=asked.id, subject=U1)
    scene.desk.run()
    assert _state(widget) is ActState.IDLE
    assert ("another", True) not in scene.keys.told
    assert isinstance(scene.desk.asked[-1], DrillActEnd)


@pytest.mark.parametrize("locale", Locale)
def test_a_denial_says_why_and_letting_go_forgets_it(locale: Locale, qtbot: QtBot) -> None:
    scene = _begun(locale)
    widget = _shown(scene, qtbot)
    scene.desk.refuse(DrillAct, RefusalCode.BUSY, "")
    where = widget.button.pos()
    QTest.mousePress(widget.button, Qt.MouseButton.LeftButton)
    assert _state(widget) is ActState.DENIED
    assert scene.text.refusal(RefusalCode.BUSY) in widget.status.text()
    assert widget.button.pos() == where
    QTest.mouseRelease(widget.button, Qt.MouseButton.LeftButton)
    assert _state(widget) is ActState.IDLE
    assert ("another", True) not in scene.keys.told


def test_a_floor_taken_back_or_a_lost_link_closes_the_microphone(qtbot: QtBot) -> None:
    scene = _begun()
    widget = _shown(scene, qtbot)
    for way in ("record", "link"):
        QTest.mousePress(widget.button, Qt.MouseButton.LeftButton)
        assert _state(widget) is ActState.TALKING
        scene.happen(dr.DrillActed(unit_id=U1, role="crew"), actor=ME)
        assert _state(widget) is ActState.TALKING
        if way == "record":
            scene.happen(dr.DrillActEnded(unit_id=U1, end=dr.ActEnd.REVOKED), actor=ME)
        else:
            scene.store.apply_local(LinkState(phase=LinkPhase.WAITING))
        assert _state(widget) is ActState.ENDED
        assert scene.keys.told[-1] == ("another", False)
        QTest.mouseRelease(widget.button, Qt.MouseButton.LeftButton)
        assert _state(widget) is ActState.IDLE


def test_a_citizen_has_the_telephone_and_any_unit_can_be_chosen(qtbot: QtBot) -> None:
    scene = _begun()
    widget = _shown(scene, qtbot)
    widget.who.setCurrentIndex(widget.who.findData("citizen"))
    assert [widget.where.itemData(row) for row in range(widget.where.count())] == [PHONE]
    QTest.mousePress(widget.button, Qt.MouseButton.LeftButton)
    asked = scene.desk.last(DrillAct)
    assert (asked.who, asked.is_in_call) == ("citizen", True)
    QTest.mouseRelease(widget.button, Qt.MouseButton.LeftButton)
    widget.choose_unit(unit_id(3))
    assert widget.who.currentData() == unit_id(3)
    widget.choose_unit(U1)
    assert widget.who.currentData() == "crew"
    scene.text.switch(Locale.EN)
    assert "Hold to talk" in widget.status.text()


def test_without_a_cast_there_is_nothing_to_press(qtbot: QtBot) -> None:
    scene = _begun()
    widget = _shown(scene, qtbot)
    widget.show_people(())
    QTest.mousePress(widget.button, Qt.MouseButton.LeftButton)
    assert not any(isinstance(command, DrillAct) for command in scene.desk.asked)
