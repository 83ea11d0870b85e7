"""The item list's sheet: find, read, apply, break down, approve, put in force, retire; all by keyboard or click."""

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QPushButton

from comms.domain import item_events as iev
from comms.domain.events import Event
from comms.domain.ids import ItemId, PartyId
from comms.domain.item import Item, ItemStage, ItemVersion
from comms.fleet.town_items import town_items
from comms.protocol import item_commands as cmd
from comms.protocol import pushes
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.scene import TOWN, unit_id
from ui.dialogs.items import ItemsSheet
from ui.widgets.lines import LINE_ROLE

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ITEMS = town_items(TOWN)
OTHER = PartyId("officer:v01")


class Driver:
    def __init__(self, window: WindowDriver) -> None:
        self.window = window
        self.scene = window.scene
        self.happen(*(iev.ItemEntered(item=item, from_at=0.0) for item in ITEMS))
        window.key(Qt.Key.Key_I, CTRL_ALT)
        self.sheet: ItemsSheet = window.parts.sheets.items
        assert self.sheet.isVisible()

    def happen(self, *events: Event, actor: PartyId = OTHER) -> None:
        self.scene.happen(*events, actor=actor)

    def pick(self, item_id: ItemId) -> None:
        model = self.sheet.face.model
        row = next(row for row, line in enumerate(model.lines) if line.key == item_id)
        self.sheet.face.view.setCurrentIndex(model.index(row))

    def show(self, what: str) -> None:
        self.window.click(self.window.button(f"item_shows_{what}"))

    def shown(self) -> set[str]:
        buttons: dict[str, QPushButton] = self.sheet.face.buttons
        return {name for name, button in buttons.items() if button.isVisible()}

    def press(self, name: str) -> None:
        self.window.click(self.sheet.face.buttons[name])

    def asked(self, kind: type) -> object:
        return self.scene.desk.last(kind)


@pytest.fixture
def items(driver: WindowDriver) -> Driver:
    return Driver(driver)


def test_find_and_read(items: Driver) -> None:
    face = items.sheet.face
    assert face.model.rowCount() == len(ITEMS)
    items.window.type("fxcd")
    assert [line.title for line in face.model.lines] == ["飞线充电"]
    version = ItemVersion(item=ITEMS[0], from_at=0.0, until_at=86_400.0 * 30)
    items.scene.desk.answers[cmd.ItemRead] = lambda command: pushes.ItemVersions(
        id=command.id, versions=(version, ItemVersion(item=ITEMS[0], from_at=86_400.0 * 30))
    )
    key = face.model.lines[0].key
    assert isinstance(key, str)
    items.pick(ItemId(key))
    assert face.name.text() == "飞线充电"
    assert "处置时限：1 工作日" in face.facts.text()
    assert "历次版本（2）" in face.past.text()
    assert items.shown() == {"apply", "change", "retire", "close"}
    items.window.key(Qt.Key.Key_Escape)
    assert not items.sheet.isVisible()


def test_an_application_goes_its_way(items: Driver) -> None:
    """Each step shows what may be done next; who applied does not approve (the gateway says so)."""
    items.press("apply")
    form = items.sheet.form
    items.window.type("水域")
    form.minor.setText("河面漂浮物")
    items.window.key(Qt.Key.Key_Return, CTRL)
    asked = items.asked(cmd.ItemApply)
    assert isinstance(asked, cmd.ItemApply)
    assert (asked.jurisdiction_id, asked.item_class.major, asked.item_class.minor) == (TOWN, "水域", "河面漂浮物")
    item = Item(id=ItemId("new"), jurisdiction_id=TOWN, item_class=asked.item_class, terms=asked.terms)
    items.happen(iev.ItemApplied(item=item, reason="群众反映"))
    items.show("waiting")
    items.pick(item.id)
    assert items.shown() == {"apply", "break_down", "reject", "close"}
    items.press("break_down")
    for words in ("成片漂浮", "零星漂浮"):
        form.opens.setPlainText(words)
        form.closes.setPlainText("打捞")
        form.amount.setValue(4)
        form.department.setText("水务站")
        if words == "成片漂浮":
            items.press("part")
    items.press("send")
    parts = items.asked(cmd.ItemBreakDown)
    assert isinstance(parts, cmd.ItemBreakDown)
    assert [part.opens_when for part in parts.parts] == ["成片漂浮", "零星漂浮"]
    assert all(part.is_complete for part in parts.parts)
    items.happen(iev.ItemBrokenDown(item_id=item.id, parts=(item,)))
    assert items.shown() == {"apply", "break_down", "approve", "reject", "close"}
    items.scene.desk.refuse(cmd.ItemApprove, RefusalCode.OWN_APPLICATION, "须由他人审批")
    items.press("approve")
    assert items.sheet.face.fault.text() == "须由他人审批"
    items.happen(iev.ItemApproved(item_id=item.id))
    assert items.shown() == {"apply", "put_in_force", "reject", "close"}
    items.sheet.face.date.setDate(QDate(2027, 1, 1))
    items.press("put_in_force")
    force = items.asked(cmd.ItemPutInForce)
    assert isinstance(force, cmd.ItemPutInForce)
    assert QDate(2027, 1, 1).startOfDay().toSecsSinceEpoch() == force.from_at
    items.happen(iev.ItemPutInForce(item_id=item.id, from_at=items.scene.clock + 1e6))
    items.show("all")
    line = next(line for line in items.sheet.face.model.lines if line.key == item.id)
    assert line.figure == "未到生效日"


def test_a_change_and_an_end(items: Driver) -> None:
    first = ITEMS[0]
    items.pick(first.id)
    items.press("change")
    items.sheet.form.amount.setValue(9)
    items.press("back")
    assert items.shown() == {"apply", "change", "retire", "close"}
    items.press("change")
    items.sheet.form.amount.setValue(9)
    items.window.key(Qt.Key.Key_Return, CTRL)
    asked = items.asked(cmd.ItemApply)
    assert isinstance(asked, cmd.ItemApply)
    assert asked.item_id == first.id
    assert asked.item_class == first.item_class
    assert asked.terms.department == first.terms.department
    items.press("retire")
    assert items.window.parts.sheets.reason.isVisible()
    items.window.type("并入")
    items.window.key(Qt.Key.Key_Return)
    retire = items.asked(cmd.ItemRetire)
    assert isinstance(retire, cmd.ItemRetire)
    assert retire.reason == "并入"
    items.happen(iev.ItemRetired(item_id=first.id, from_at=0.5, reason="并入"))
    items.show("all")
    items.pick(first.id)
    assert items.scene.store.picture.items.states[first.id].stage is ItemStage.RETIRED
    assert items.shown() == {"apply", "change", "close"}
    assert "状态：已停用" in items.sheet.face.facts.text()


def test_a_refused_order_becomes_an_application(items: Driver) -> None:
    window = items.window
    items.sheet.dismiss()
    window.window.selection.set_units((unit_id(1),))
    window.key(Qt.Key.Key_N, CTRL)
    window.type("无人机巡河")
    items.scene.desk.refuse(OrderIssue, RefusalCode.NOT_ON_LIST, "不在清单内")
    window.key(Qt.Key.Key_Return, CTRL)
    window.click(window.button("composer_apply"))
    assert items.sheet.isVisible()
    form = items.sheet.form
    assert (form.minor.text(), form.reason.text()) == ("无人机巡河", "派单被拒：无人机巡河")
    window.key(Qt.Key.Key_Return, CTRL)
    assert items.sheet.face.fault.text() == "请填写大类和事项名称"


def test_both_languages(items: Driver) -> None:
    items.pick(ITEMS[0].id)
    items.window.window.shows.show("language")
    assert items.sheet.face.buttons["retire"].text() == "Retire from then"
    assert items.sheet.face.view.currentIndex().data(LINE_ROLE).figure == "in force"
