"""Commands are data: every one has a name, an icon and keys nobody else claims."""

from dataclasses import replace
from importlib import resources

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from comms.domain.order import AssignmentState
from comms.protocol.errors import Locale
from console.store.link import LinkPhase, LinkState
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, Scene, unit_id
from ui.command import Command
from ui.commands import BY_ID, COMMANDS, HOLD_KEYS, conflicts
from ui.commands import GROUPS as COMMAND_GROUPS
from ui.text import Texts

each = pytest.mark.parametrize("command", COMMANDS, ids=[command.id for command in COMMANDS])


def test_no_two_claim_the_same_key() -> None:
    assert conflicts() == {}


def test_a_conflict_is_found() -> None:
    again = replace(BY_ID["answer"], id="again", keys=("f1",))
    assert conflicts((*COMMANDS, again)) == {"f1": ["again", "talk_card_1"]}


@each
def test_each_has_a_name_in_both_languages_an_icon_and_real_keys(command: Command, qapp: object) -> None:
    assert command.group in COMMAND_GROUPS
    assert resources.files("resources").joinpath("icons", f"{command.icon}.svg").is_file()
    assert command.name(Texts(Locale.ZH_CN)) != command.name(Texts(Locale.EN))
    assert all(QKeySequence(key).toString() for key in command.keys)


def test_hold_keys_have_names_too(qapp: object) -> None:
    text = Texts(Locale.EN)
    assert all(hold.name(text) for hold in HOLD_KEYS)


def test_about_units_only_with_a_unit_that_can_be_reached(driver: WindowDriver, scene: Scene) -> None:
    controls = driver.window.controls
    assert not BY_ID["unit_call"].is_enabled(controls)
    driver.window.selection.set_units((unit_id(1),))
    assert BY_ID["unit_call"].is_enabled(controls)
    assert BY_ID["unit_video"].is_enabled(controls)
    driver.window.selection.set_units((unit_id(6),))  # offline
    assert not BY_ID["unit_video"].is_enabled(controls)
    assert BY_ID["unit_order"].is_enabled(controls)
    driver.window.selection.set_units((unit_id(1),))
    scene.store.apply_local(LinkState(phase=LinkPhase.WAITING))
    assert not BY_ID["unit_call"].is_enabled(controls)


def test_about_orders_only_as_far_as_they_are(driver: WindowDriver, scene: Scene) -> None:
    controls = driver.window.controls
    order_id = scene.issue("o1", 1, 2)
    driver.window.selection.set_order(order_id)
    assert BY_ID["order_cancel"].is_enabled(controls)
    assert not BY_ID["order_verify"].is_enabled(controls)
    scene.advance(order_id, 1, AssignmentState.ACCEPTED, AssignmentState.COMPLETED)
    assert BY_ID["order_verify"].is_enabled(controls)
    scene.advance(order_id, 2, AssignmentState.REFUSED, reason="x")
    assert not BY_ID["order_remind"].is_enabled(controls)


def test_keys_run_commands_and_a_disabled_one_does_nothing(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_F9)
    assert not driver.scene.desk.asked
    driver.key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert driver.window.selection.talkgroup_id == GROUPS[1].id


def test_every_command_runs_on_an_empty_desk(driver: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is chosen: nothing may break, whatever is pressed. A window of its own would outlive the test."""
    monkeypatch.setattr("ui.review.child.program_of_ours", lambda _: ("true", []))
    selection = driver.window.selection
    assert {command.group for command in COMMANDS} == set(COMMAND_GROUPS)
    for command in COMMANDS:
        command.run(driver.window.controls)
        driver.settle()
        for dialog in driver.window.findChildren(QDialog):
            dialog.close()
        selection.set_units(())
        selection.set_order(None)
        selection.set_talkgroup(None)
        selection.set_place(None)
        selection.set_alarms(())
