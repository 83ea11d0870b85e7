"""The item an order is for: suggested by its words, chosen by typing, never in the way."""

import pytest
from PySide6.QtCore import Qt

from comms.domain.events import OrderIssued
from comms.domain.ids import OrderId
from comms.domain.item_events import ItemEntered
from comms.domain.order import Order, UnitsTarget
from comms.fleet.town_items import town_items
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.scene import TOWN, unit_id
from ui.item.choice import ItemChoice
from ui.order.controls import Beginning
from ui.panels.composer import Composer

CTRL = Qt.KeyboardModifier.ControlModifier
ITEMS = {item.name + item.terms.opens_when: item for item in town_items(TOWN)}
BY_NAME = {item.name: item for item in town_items(TOWN)}


@pytest.fixture
def listed(driver: WindowDriver) -> WindowDriver:
    """The window in a town whose list is in force."""
    driver.scene.happen(*(ItemEntered(item=item, from_at=0.0) for item in town_items(TOWN)))
    return driver


def _open(driver: WindowDriver) -> Composer:
    driver.window.selection.set_units((unit_id(1),))
    driver.key(Qt.Key.Key_N, CTRL)
    composer = driver.parts.composer
    assert isinstance(composer, Composer)
    return composer


def test_without_a_list_nothing_is_asked(driver: WindowDriver) -> None:
    composer = _open(driver)
    assert not composer.form.item.isVisible()
    driver.type("占道经营")
    driver.key(Qt.Key.Key_Return, CTRL)
    assert driver.scene.desk.last(OrderIssue).item_id is None


def test_an_order_is_written_and_sent_with_the_keys_of_before(listed: WindowDriver) -> None:
    composer = _open(listed)
    assert composer.form.item.isVisible()
    listed.type("东门有人占道摆卖")
    assert composer.form.item.item == BY_NAME["占道经营"]
    assert composer.form.item.is_suggested
    listed.key(Qt.Key.Key_Return, CTRL)
    order = listed.scene.desk.last(OrderIssue)
    assert (order.item_id, order.deadline_at) == (BY_NAME["占道经营"].id, None)
    assert _open(listed).form.item.item == BY_NAME["现场核实"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("莲塘路积水半尺", "道路积水"),
        ("三楼飞线给电动车充电", "飞线充电"),
        ("x", "现场核实"),
        ("有老人走失", "人员走失"),
        ("消防车道被堵，消防通道堵塞", "消防通道堵塞"),
    ],
)
def test_what_words_suggest(listed: WindowDriver, words: str, name: str) -> None:
    found = ItemChoice(listed.scene.store).suggest(words)
    assert found is not None
    assert found.name == name


def test_another_item_in_one_gesture(listed: WindowDriver) -> None:
    composer = _open(listed)
    listed.type("看一看")
    composer.form.item.setFocus()
    listed.type("jg")
    listed.key(Qt.Key.Key_Return, CTRL)
    order = listed.scene.desk.last(OrderIssue)
    assert order.item_id == next(item.id for item in town_items(TOWN) if item.name == "井盖")


def test_a_line_of_the_list_is_picked_by_arrow(listed: WindowDriver) -> None:
    composer = _open(listed)
    field = composer.form.item
    field.setFocus()
    listed.type("井盖")
    assert field.list.isVisible()
    assert [field.list.item(row).text() for row in range(2)] == [
        "井盖 · 缺失、移位或断裂，危及行人车辆 · 2 紧急工作时",
        "井盖 · 破损但未危及安全 · 3 工作日",
    ]
    listed.key(Qt.Key.Key_Down)
    listed.key(Qt.Key.Key_Down)
    listed.key(Qt.Key.Key_Up)
    listed.key(Qt.Key.Key_Down)
    listed.key(Qt.Key.Key_Return)
    assert not field.list.isVisible()
    assert field.item == ITEMS["井盖破损但未危及安全"]
    assert not field.is_suggested
    composer.form.title.setFocus()
    listed.type("占道经营")
    assert field.item == ITEMS["井盖破损但未危及安全"]  # chosen by hand: no word changes it
    assert "3 工作日" in field.toolTip()


def test_typed_and_not_chosen_is_no_item(listed: WindowDriver) -> None:
    composer = _open(listed)
    field = composer.form.item
    before = field.text()
    field.setFocus()
    listed.type("没有这一项")
    assert not field.list.isVisible()
    composer.form.title.setFocus()
    assert field.text() == before
    field.setFocus()
    listed.key(Qt.Key.Key_Down)
    assert field.list.count() == len(town_items(TOWN))
    listed.key(Qt.Key.Key_Escape)
    assert not field.list.isVisible()
    assert composer.isVisible()
    listed.key(Qt.Key.Key_Down)
    line = field.list.visualItemRect(field.list.item(3)).center()
    listed.click(field.list.viewport(), line)
    assert field.item == town_items(TOWN)[3]


def test_most_used_first(listed: WindowDriver) -> None:
    choice = ItemChoice(listed.scene.store)
    last = town_items(TOWN)[-1]
    order = Order(id=OrderId("o"), title="t", unit_ids=(unit_id(1),), item_id=last.id)
    listed.scene.happen(OrderIssued(order=order))
    choice.count_use()
    assert choice.find("")[0] == last
    assert [item.name for item in choice.find("巡查")][:1] == ["重点场所巡查"]
    assert choice.find("没有") == []
    assert choice.item(last.id) == last


def test_a_refusal_leads_to_an_application(listed: WindowDriver) -> None:
    wanted: list[object] = []
    composer = _open(listed)
    composer.items.applyWanted.connect(wanted.append)
    listed.type("无人机巡河")
    composer.set_target(UnitsTarget((unit_id(1),)))
    assert not listed.button("composer_apply").isVisible()
    listed.scene.desk.refuse(OrderIssue, RefusalCode.NOT_ON_LIST, "不在清单内")
    composer.confirm()
    listed.click(listed.button("composer_apply"))
    assert wanted == [Beginning(title="无人机巡河")]
    assert composer.isVisible()
