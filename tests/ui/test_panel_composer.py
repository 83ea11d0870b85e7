"""The order sheet: whom, where, until when; and no word that was typed is ever lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from comms.domain import events as ev
from comms.domain.ids import CommandId
from comms.domain.order import (
    CircleTarget,
    JurisdictionTarget,
    OrderPriority,
    OrderTarget,
    Place,
    TalkgroupTarget,
    UnitsTarget,
)
from comms.protocol import pushes
from comms.protocol.commands import BlobPut, OrderIssue
from comms.protocol.errors import Locale, RefusalCode
from console.actions.requester import UnsentError
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, GROUPS, unit_id
from ui.order.controls import Beginning
from ui.panels.composer import Composer
from ui.widgets.photos import LONGEST_SIDE_PX, read_photo

CTRL = Qt.KeyboardModifier.ControlModifier


def _open(driver: WindowDriver, *numbers: int) -> Composer:
    driver.window.selection.set_units(tuple(unit_id(number) for number in numbers))
    driver.key(Qt.Key.Key_N, CTRL)
    composer = driver.parts.composer
    assert isinstance(composer, Composer)
    assert composer.isVisible()
    return composer


def test_typed_and_sent_by_keyboard_alone(driver: WindowDriver) -> None:
    composer = _open(driver, 1, 2)
    driver.type("占道经营")
    driver.key(Qt.Key.Key_Tab)
    driver.type("请拍照")
    driver.key(Qt.Key.Key_Return, CTRL)
    order = driver.scene.desk.last(OrderIssue)
    assert (order.title, order.text, order.priority) == ("占道经营", "请拍照", OrderPriority.NORMAL)
    assert order.target == UnitsTarget((unit_id(1), unit_id(2)))
    assert order.deadline_at is None
    assert order.place is None
    assert not composer.isVisible()
    assert driver.window.selection.order_id == order.id
    assert driver.window.tabs.currentWidget() is driver.parts.orders
    assert [toast.sentence for toast in driver.parts.toasts.toasts] == ["指令已发出"]


def test_priority_and_time_limit(driver: WindowDriver) -> None:
    _open(driver, 1)
    driver.type("x")
    driver.click(driver.button("priority_critical"))
    driver.click(driver.button("deadline_30"))
    driver.click(driver.button("composer_send"))
    order = driver.scene.desk.last(OrderIssue)
    assert order.priority is OrderPriority.CRITICAL
    assert order.deadline_at == driver.scene.clock + 1800


def test_nothing_is_sent_without_title_or_target(driver: WindowDriver) -> None:
    composer = _open(driver)
    driver.key(Qt.Key.Key_Return, CTRL)
    driver.type("有标题")
    assert not driver.button("composer_send").isEnabled()
    driver.key(Qt.Key.Key_Return, CTRL)
    assert not driver.scene.desk.asked
    composer.set_target(TalkgroupTarget(GROUPS[0].id))
    assert driver.button("composer_send").isEnabled()


def _written(composer: Composer) -> tuple[object, ...]:
    form = composer.form
    return (
        form.title.text(),
        form.details.toPlainText(),
        form.priority.chosen,
        form.deadline.chosen,
        composer.target,
        composer.order_place,
        len(composer.tray.photos),
    )


def _fill(driver: WindowDriver, tmp_path: Path) -> Composer:
    composer = _open(driver, 1)
    driver.type("飞线充电")
    composer.form.details.setPlainText("三楼走廊")
    driver.click(driver.button("priority_urgent"))
    driver.click(driver.button("deadline_60"))
    driver.window.selection.set_place(Place(lat=23.0, lon=113.7, text="新河路"))
    driver.click(driver.button("composer_place"))
    composer.tray.add([str(_photo(tmp_path))])
    return composer


def _photo(folder: Path, *, side: int = 2400) -> Path:
    image = QImage(side, side // 2, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    path = folder / "现场.png"
    image.save(str(path))
    return path


def test_a_refusal_is_shown_on_the_sheet_and_every_word_stays(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _fill(driver, tmp_path)
    before = _written(composer)
    driver.scene.desk.refuse(OrderIssue, RefusalCode.OUT_OF_JURISDICTION, "对象不在您的辖区内")
    driver.click(driver.button("composer_send"))
    assert composer.isVisible()
    assert composer.refusal == "对象不在您的辖区内"
    assert _written(composer) == before
    del driver.scene.desk.answers[OrderIssue]
    driver.click(driver.button("composer_send"))
    assert composer.refusal == ""
    assert driver.scene.desk.last(OrderIssue).attachments == ("blob",)
    assert not composer.isVisible()


def test_a_lost_link_keeps_every_word(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _fill(driver, tmp_path)
    before = _written(composer)

    def lost(_command: object) -> pushes.Push:
        raise UnsentError

    driver.scene.desk.answers[BlobPut] = lost
    driver.click(driver.button("composer_send"))
    assert _written(composer) == before
    assert composer.refusal == driver.scene.text("toast.unsent")
    del driver.scene.desk.answers[BlobPut]
    driver.scene.desk.answers[OrderIssue] = lost
    driver.click(driver.button("composer_send"))
    assert not composer.isVisible(), "the link keeps the order and sends it again"
    assert driver.scene.text("toast.unsent_kept") in [toast.sentence for toast in driver.parts.toasts.toasts]


def test_a_photo_the_gateway_refuses_stops_the_order(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _fill(driver, tmp_path)
    driver.scene.desk.refuse(BlobPut, RefusalCode.TOO_LARGE, "")
    driver.click(driver.button("composer_send"))
    assert composer.refusal == driver.scene.text.refusal(RefusalCode.TOO_LARGE)
    assert not [command for command in driver.scene.desk.asked if isinstance(command, OrderIssue)]


@pytest.mark.allow_warnings
def test_a_fault_of_our_own_keeps_every_word_and_is_said(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _fill(driver, tmp_path)
    before = _written(composer)
    driver.scene.desk.answers[OrderIssue] = lambda command: pushes.Pong(id=command.id, server_time=0)
    driver.click(driver.button("composer_send"))
    assert _written(composer) == before
    assert driver.button("composer_send").isEnabled()
    assert driver.parts.toasts.toasts[0].sentence == driver.scene.text("toast.action_failed")


def test_while_it_is_being_sent_it_cannot_be_sent_again(driver: WindowDriver) -> None:
    composer = _open(driver, 1)
    driver.type("一次")
    waiting = driver.scene.desk.hold(OrderIssue)
    driver.click(driver.button("composer_send"))
    composer.confirm()
    assert not driver.button("composer_send").isEnabled()
    assert driver.button("composer_send").text() == "正在发出…"
    waiting.answer = pushes.Done(id=CommandId("x"), subject="x")
    driver.scene.desk.run()
    assert len(driver.scene.desk.asked) == 1
    assert composer.form.title.text() == ""


def test_putting_away_and_opening_again_keeps_the_draft(driver: WindowDriver) -> None:
    composer = _open(driver, 1)
    driver.type("未写完")
    driver.key(Qt.Key.Key_Escape)
    assert not composer.isVisible()
    driver.window.controls.orders.compose(Beginning(place=Place(lat=23.0, lon=113.7)))
    assert composer.form.title.text() == "未写完"
    assert composer.target == UnitsTarget((unit_id(1),))
    assert composer.form.place.text() == "北纬 23.00000，东经 113.70000"
    driver.click(driver.button("composer_no_place"))
    assert composer.order_place is None
    driver.click(driver.button("composer_discard"))
    driver.window.controls.orders.compose()
    assert composer.form.title.text() == ""


def test_targets_are_said_as_an_officer_would(driver: WindowDriver) -> None:
    composer = _open(driver, 1, 2, 3, 4)
    said = composer.form.target
    assert said.text() == "王芳、李强、张伟 等 4 人"
    composer.set_target(TalkgroupTarget(GROUPS[1].id))
    assert said.text() == "通话组 应急分队"
    composer.set_target(JurisdictionTarget(GRID))
    assert said.text() == "网格 第01网格"
    composer.set_target(CircleTarget(lat=23.002, lon=113.7, radius_m=150.0))
    assert said.text() == "半径 150 米 圈内 3 人"
    composer.set_target(UnitsTarget((unit_id(9),)))
    assert said.text() == "u009"
    driver.scene.text.switch(Locale.EN)
    composer.set_target(CircleTarget(lat=23.002, lon=113.7, radius_m=1500.0))
    assert said.text() == "6 units within 1.5 km"


def _target(composer: Composer) -> OrderTarget | None:
    return composer.target


def test_targets_from_lists_and_the_map(driver: WindowDriver) -> None:
    composer = _open(driver)
    driver.window.selection.set_units((unit_id(2),))
    driver.click(driver.button("composer_units"))
    assert _target(composer) == UnitsTarget((unit_id(2),))
    choices: tuple[tuple[str, OrderTarget], ...] = (
        ("group", TalkgroupTarget(GROUPS[0].id)),
        ("grid", JurisdictionTarget(GRID)),
    )
    for name, wanted in choices:
        driver.click(driver.button(f"composer_{name}"))
        menu = next(found for found in composer.findChildren(QMenu) if found.isVisible())
        action = next(action for action in menu.actions() if action.data() == wanted)
        action.trigger()
        menu.close()
        assert _target(composer) == wanted
    driver.parts.map.gridSelected.emit(GRID)
    assert _target(composer) == JurisdictionTarget(GRID)
    driver.click(driver.button("composer_circle"))
    assert driver.parts.map.tool.value == "circle"
    driver.parts.map.circleDrawn.emit(23.003, 113.7, 250.0)
    assert _target(composer) == CircleTarget(lat=23.003, lon=113.7, radius_m=250.0)


def test_the_nearest_free_units(driver: WindowDriver) -> None:
    composer = _open(driver)
    assert not driver.button("composer_nearest").isEnabled()
    driver.window.selection.set_place(Place(lat=23.0, lon=113.7))
    driver.click(driver.button("composer_nearest"))
    assert composer.target == UnitsTarget((unit_id(1), unit_id(2), unit_id(3)))
    driver.scene.happen(*(ev.TerminalDisconnected(unit_id=unit_id(number)) for number in range(1, 6)))
    driver.click(driver.button("composer_nearest"))
    assert driver.parts.toasts.toasts[-1].sentence == driver.scene.text("toast.nobody_near")


def test_photos_are_shrunk_and_bad_ones_said(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _open(driver, 1)
    bad = tmp_path / "文档.jpg"
    bad.write_text("not a picture")
    composer.tray.add([str(_photo(tmp_path)), str(bad)])
    assert composer.form.photos.text() == "1 张"
    assert "文档.jpg" in driver.parts.toasts.toasts[0].sentence
    packed = QImage.fromData(composer.tray.photos[0].data)
    assert (packed.width(), packed.height()) == (LONGEST_SIDE_PX, LONGEST_SIDE_PX // 2)
    composer.tray.add([str(_photo(tmp_path, side=10))] * 12)
    assert len(composer.tray.photos) == 10
    driver.click(driver.button("composer_no_photos"))
    assert composer.form.photos.text() == "无"
    assert read_photo(tmp_path / "missing.png") is None


def test_the_file_dialog_hands_its_photos_over(driver: WindowDriver, tmp_path: Path) -> None:
    composer = _open(driver, 1)
    path = _photo(tmp_path, side=20)
    driver.click(driver.button("composer_add_photo"))
    dialog = driver.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.filesSelected.emit([str(path)])
    dialog.close()
    assert len(composer.tray.photos) == 1
