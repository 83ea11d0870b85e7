"""Quarantine at the desk: seen, corrected, released and discarded by keyboard, one or many, beside other desks."""

import json
from functools import partial
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from comms.domain.ids import BlobId, IncidentId, OfficerId, SourceId, officer_party, source_party
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority, Place
from comms.domain.quarantine import Part
from comms.domain.source import Source, SourceDefined, WorkOrderField
from comms.domain.work_order import (
    Fault,
    FaultCode,
    WorkOrder,
    WorkOrderDiscarded,
    WorkOrderQuarantined,
    WorkOrderReleased,
)
from comms.protocol import pushes
from comms.protocol.commands import BlobGet
from comms.protocol.errors import RefusalCode
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease
from tests.support.drivers import WindowDriver
from tests.support.scene import TOWN
from ui.quarantine.sheet import QuarantineSheet
from ui.widgets.lines import LINE_ROLE

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
HOTLINE = SourceId("12345")
_T = TypeVar("_T")
FROM = source_party(HOTLINE)
LI = officer_party(OfficerId("li"))
UNKNOWN = (Fault(FaultCode.UNKNOWN_KIND, "0102"),)
NOWHERE = (Fault(FaultCode.NO_KIND), Fault(FaultCode.NO_PLACE))


def key(number: int) -> IncidentId:
    return Origin(source=HOTLINE, source_id=f"HX-{number}").incident_id


class Driver:
    def __init__(self, window: WindowDriver) -> None:
        self.window, self.scene = window, window.scene
        source = Source(
            id=HOTLINE,
            name="12345 热线",
            jurisdiction_id=TOWN,
            kinds={"0101": "井盖缺失", "0201": "占道经营"},
            fields={WorkOrderField.KIND: ("case.type",)},
        )
        self.scene.happen(SourceDefined(source=source))
        record = {"case": {"type": "0102"}, "lat": 23.0, "text": "人行道中间"}
        self.scene.desk.answers[BlobGet] = lambda command: pushes.BlobContent(
            id=command.id, blob_id=command.blob_id, media_type="application/json", data=json.dumps(record).encode()
        )

    def wait(self, number: int, faults: tuple[Fault, ...] = UNKNOWN, *, digest: str = "d", **more: Any) -> None:
        order = WorkOrder(origin=Origin(source=HOTLINE, source_id=f"HX-{number}"), **more)
        event = WorkOrderQuarantined(order=order, faults=faults, digest=digest, blob_id=BlobId("0" * 64))
        self.scene.happen(event, actor=FROM)

    def open(self) -> QuarantineSheet:
        self.window.key(Qt.Key.Key_U, CTRL | ALT)
        sheet = self.window.window.shows.work_sheets.sheet("quarantine")
        assert isinstance(sheet, QuarantineSheet)
        assert sheet.isVisible()
        return sheet

    def lines(self, sheet: QuarantineSheet) -> list[str]:
        model = sheet.face.model
        return [model.index(row).data(LINE_ROLE).detail for row in range(model.rowCount())]

    def asked(self, kind: type[_T]) -> list[_T]:
        return [command for command in self.scene.desk.asked if isinstance(command, kind)]


@pytest.fixture
def desk(driver: WindowDriver) -> Driver:
    return Driver(driver)


def mark(sheet: QuarantineSheet, part: Part) -> str:
    return sheet.form.mark_of(part)


def test_one_is_seen_corrected_refused_and_released_by_keyboard_alone(desk: Driver) -> None:
    window = desk.window
    desk.wait(1, NOWHERE, text="人行道中间")
    desk.wait(2)
    foot = window.button("hub_quarantine")
    assert foot.text() == "隔离工单：2 条待处理"
    sheet = desk.open()
    face, form = sheet.face, sheet.form
    assert desk.lines(sheet) == [
        "2 处问题：没有事件类别，请补上类别。 没有地点，请补上坐标、网格编码或地址。",
        "类别代码未登记，请改用已登记的代码（0102）。",
    ]
    assert mark(sheet, Part.KIND) == "没有事件类别，请补上类别。"
    assert mark(sheet, Part.PLACE).startswith("没有地点")
    assert mark(sheet, Part.TEXT) == ""
    desk.window.qtbot.waitUntil(lambda: face.record.table.rowCount() == 3)
    index = face.record.table.model().index
    assert [index(row, 0).data() for row in range(3)] == ["case.type（类别）", "lat（地点）", "text（描述）"]
    # Enter: the keyboard is in the first field that is wrong; nothing is sent without a kind
    window.key(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is form.kind
    window.key(Qt.Key.Key_Return, CTRL)
    assert desk.asked(WorkOrderRelease) == []
    assert face.note.text() == "没有事件类别，请补上类别。"
    form.kind_field.insert("井盖缺失")
    form.time.setText("昨天")
    window.key(Qt.Key.Key_Return, CTRL)
    assert mark(sheet, Part.TIME).startswith("时间无法识别")
    form.time.setText("2026-01-31 08:30")
    form.grid_code.setText("g777")
    form.priority.choose(OrderPriority.URGENT.value)
    # refused: why it is stands at its field, and all that was typed is there
    wrong = (Fault(FaultCode.UNKNOWN_GRID, "g777"),)
    desk.scene.desk.answers[WorkOrderRelease] = lambda command: pushes.Refused(
        id=command.id, code=RefusalCode.STILL_FAULTY, text="工单仍有问题。", faults=wrong
    )
    window.key(Qt.Key.Key_Return, CTRL)
    assert mark(sheet, Part.PLACE).startswith("网格编码不存在")
    assert (mark(sheet, Part.KIND), face.note.text()) == ("", "工单仍有问题。")
    assert QApplication.focusWidget() is form.grid_code
    assert (form.said.kind, form.said.time, form.said.text) == ("井盖缺失", "2026-01-31 08:30", "人行道中间")
    form.grid_code.setText("g009")
    desk.scene.desk.answers[WorkOrderRelease] = partial(released, desk)
    window.key(Qt.Key.Key_Return, CTRL)
    command = desk.scene.desk.last(WorkOrderRelease)
    assert (command.incident_id, command.incident_kind, command.grid_code) == (key(1), "井盖缺失", "g009")
    assert (command.priority, command.text, command.place) == (OrderPriority.URGENT, None, None)
    assert command.occurred_at is not None
    # done: it says so where it stands, and the next is in hand, the keyboard in its fields
    assert desk.lines(sheet)[0].endswith("已放行")
    assert sheet.correcting.chosen == key(2)
    assert face.note.text() == "已放行 1 条。"
    assert QApplication.focusWidget() is form.kind
    assert foot.text() == "隔离工单：1 条待处理"
    window.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def released(desk: Driver, command: WorkOrderRelease) -> pushes.Push:
    """As the gateway tells it: first everybody, then who asked."""
    desk.scene.happen(WorkOrderReleased(incident_id=command.incident_id), actor=LI)
    return pushes.Done(id=command.id, subject=command.incident_id)


def test_forty_with_the_same_fault_get_one_kind_or_one_reason(desk: Driver) -> None:
    for number in range(40):
        desk.wait(number, lat=23.0, lon=113.7)
    desk.wait(50, (Fault(FaultCode.UNKNOWN_KIND, "0103"),))
    desk.wait(51, NOWHERE)
    desk.wait(52, NOWHERE)
    sheet = desk.open()
    assert sheet.face.together.text() == "与同样问题的其余 39 条一起处理 Alt+T"
    desk.window.key(Qt.Key.Key_T, ALT)
    assert not sheet.form.grid_code.isEnabled()
    sheet.form.kind.setCurrentText("占道经营")
    desk.scene.desk.answers[WorkOrderRelease] = partial(released, desk)
    desk.window.key(Qt.Key.Key_Return, CTRL)
    asked = desk.asked(WorkOrderRelease)
    assert {command.incident_id for command in asked} == {key(number) for number in range(40)}
    assert {(one.incident_kind, one.text) for one in asked} == {("占道经营", None)}
    assert sheet.face.note.text() == "已放行 40 条。"
    assert sheet.correcting.chosen == key(50)
    assert not sheet.face.together.isEnabled()
    # places are each their own: together they can only be discarded, with one reason
    desk.window.key(Qt.Key.Key_Down, ALT)
    desk.window.key(Qt.Key.Key_T, ALT)
    assert not sheet.face.buttons["release"].isEnabled()
    assert sheet.face.note.text().startswith("这些工单的地点或内容各不相同")
    desk.window.key(Qt.Key.Key_X, ALT)
    assert desk.window.parts.sheets.reason.isVisible()
    desk.window.type("测试数据")
    refusing = iter([RefusalCode.NOT_FOUND, None])
    desk.scene.desk.answers[WorkOrderDiscard] = lambda command: (
        pushes.Refused(id=command.id, code=RefusalCode.NOT_FOUND, text="没有这条")
        if next(refusing)
        else pushes.Done(id=command.id)
    )
    desk.window.key(Qt.Key.Key_Return)
    assert {(one.incident_id, one.reason) for one in desk.asked(WorkOrderDiscard)} == {
        (key(51), "测试数据"),
        (key(52), "测试数据"),
    }
    assert sheet.face.note.text() == "已作废 1 条。 1 条未成：没有这条"
    # what was dealt with goes when the officer says so
    desk.window.click(sheet.face.buttons["clear"])
    assert sheet.face.model.rowCount() == 3


def test_a_place_is_picked_on_the_map_by_keys_or_given_up(desk: Driver) -> None:
    window = desk.window
    desk.wait(1, NOWHERE, kind="井盖缺失", address="莲塘路 12 号")
    sheet = desk.open()
    window.key(Qt.Key.Key_V, ALT)
    assert not sheet.isVisible()
    window.key(Qt.Key.Key_Escape)
    window.qtbot.waitUntil(sheet.isVisible)
    assert place_of(sheet) is None
    window.key(Qt.Key.Key_V, ALT)
    view = window.parts.map.view
    window.key(Qt.Key.Key_Return)
    assert sheet.isVisible()
    place = place_of(sheet)
    assert place is not None
    lat, lon = view.place_at(view.width / 2, view.height / 2)
    assert (round(place.lat, 4), round(place.lon, 4)) == (round(lat, 4), round(lon, 4))
    assert QApplication.focusWidget() is sheet.form.pick_button
    sheet.form.kind.setCurrentText("井盖缺失")
    window.key(Qt.Key.Key_Return, CTRL)
    command = desk.scene.desk.last(WorkOrderRelease)
    assert command.place.text == "莲塘路 12 号"
    window.click(sheet.form.unpick_button)
    assert place_of(sheet) is None


def place_of(sheet: QuarantineSheet) -> Place | None:
    return sheet.form.said.place


def test_it_stands_still_while_others_work_and_new_ones_come(desk: Driver) -> None:
    window = desk.window
    for number in range(3):
        desk.wait(number, NOWHERE)
    sheet = desk.open()
    face, form = sheet.face, sheet.form
    window.key(Qt.Key.Key_Down)
    form.kind.setCurrentText("占道经营")
    desk.wait(9)
    assert [face.model.id_at(row) for row in range(4)] == [key(0), key(1), key(2), key(9)]
    window.qtbot.waitUntil(lambda: face.count.text() == "4 条待处理，新到 1 条排在末尾")
    # its source sends the one in hand again: the record is new, what was typed stays
    desk.wait(1, UNKNOWN, digest="again")
    assert form.said.kind == "占道经营"
    assert mark(sheet, Part.KIND).startswith("类别代码未登记")
    assert face.note.text().startswith("来源刚刚重发了这条")
    # a draft waits with its work order
    window.key(Qt.Key.Key_Up, ALT)
    assert form.said.kind == ""
    window.key(Qt.Key.Key_Down, ALT)
    assert form.said.kind == "占道经营"
    # another desk is first
    desk.scene.happen(WorkOrderDiscarded(incident_id=key(1), reason="重复"), actor=LI)
    assert face.why.text().endswith("已作废：重复")
    assert not face.buttons["release"].isEnabled()
    assert not form.isEnabled()
    desk.scene.happen(WorkOrderReleased(incident_id=key(0)), actor=FROM)
    assert desk.lines(sheet)[0].endswith("已放行")
    assert face.model.rowCount() == 4
    # looked for by its number, and in the other language
    face.search_field.setText("hx-9")
    assert sheet.correcting.chosen == key(9)
    window.window.shows.show("language")
    assert face.buttons["discard"].text() == "Discard… Alt+X"
    assert desk.lines(sheet) == ["Its kind is not set up; use one that is (0102)."]
    face.search_field.setText("nothing like it")
    assert face.name.text() == "Nothing waits"
    window.scene.desk.answers[BlobGet] = lambda command: pushes.Refused(
        id=command.id, code=RefusalCode.NOT_FOUND, text="gone"
    )
    face.search_field.clear()
    assert face.record.raw.toPlainText().startswith("The record cannot be read now")
