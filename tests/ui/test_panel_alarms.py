"""The alarm list in the window: order, stillness under the hand, keys, the flood, the load, the tone."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority, Evidence
from comms.domain.fence import Fence, FenceCircle, FenceRule, FenceTrigger
from comms.domain.ids import AlarmId, FenceId, JurisdictionId
from comms.domain.order import JurisdictionTarget, Place
from comms.protocol.alarm_commands import AlarmAcknowledge, AlarmMark, AlarmShelve, AlarmUnshelve
from tests.support.scene import GRID, ME, TOWN, Scene, duty_scene, unit_id
from ui.alarm.own_alarms import MANY
from ui.alarm.words import sentence
from ui.main_window import MainWindow
from ui.panels.alarms import AlarmsPanel
from ui.panels.alerts import read_alerts
from ui.theme import LIGHT

LOW, MEDIUM, HIGH = AlarmPriority.LOW, AlarmPriority.MEDIUM, AlarmPriority.HIGH


class Alarmed:
    def __init__(self, scene: Scene, window: MainWindow) -> None:
        self.scene, self.window = scene, window
        self.panel: AlarmsPanel = window.parts.alarms
        window.shows.show("alarms")
        window.parts.map.setFocus()
        self.panel.model.hold(False)

    def comes(self, name: str, priority: AlarmPriority = MEDIUM, **more: Any) -> AlarmId:
        self.scene.clock += 1
        fields = {"kind": AlarmKind.FENCE_ENTERED, "jurisdiction_id": GRID, "unit_id": unit_id(1), "name": name, **more}
        alarm = Alarm(source=f"fence:{name}", priority=priority, **fields)
        self.scene.happen(ev.AlarmRaised(alarm=alarm))
        return alarm.id

    def seen(self, *alarm_ids: AlarmId) -> None:
        self.scene.happen(ev.AlarmAcknowledged(alarm_ids=alarm_ids), actor=ME)

    @property
    def names(self) -> list[str]:
        states = self.scene.store.picture.alarms.states
        return [states[row.ids[0]].alarm.name for row in self.panel.model.rows]

    def pick(self, place: int) -> None:
        self.panel.view.setCurrentIndex(self.panel.model.index(place))

    def press(self, key: Qt.Key) -> None:
        self.panel.view.setFocus()
        QTest.keyClick(self.panel.view, key)


@pytest.fixture
def alarmed(qtbot: QtBot) -> Iterator[Alarmed]:
    scene = duty_scene()
    window = scene.window()
    qtbot.addWidget(window)
    QAbstractItemModelTester(window.parts.alarms.model, window)
    window.show()
    yield Alarmed(scene, window)
    scene.desk.close()


def test_the_most_urgent_is_on_top_and_what_was_seen_sinks(alarmed: Alarmed) -> None:
    alarmed.comes("a", LOW)
    second = alarmed.comes("b", HIGH)
    alarmed.comes("c", HIGH)
    assert alarmed.names == ["c", "b", "a"]
    alarmed.seen(second)
    assert alarmed.names == ["c", "a", "b"]


def test_a_neighbours_alarm_is_not_ours(alarmed: Alarmed) -> None:
    alarmed.comes("a", jurisdiction_id=JurisdictionId("441900/s02"))
    assert alarmed.names == []
    alarmed.comes("b", jurisdiction_id=None)
    assert alarmed.names == ["b"]


def test_nothing_moves_under_the_pointer(alarmed: Alarmed) -> None:
    first = alarmed.comes("a", LOW)
    alarmed.comes("b", MEDIUM)
    place = QPointF(10, 10)
    QApplication.sendEvent(alarmed.panel.view.viewport(), QEnterEvent(place, place, place))
    alarmed.comes("c", HIGH)
    assert alarmed.names == ["b", "a", "c"]
    alarmed.seen(first)
    alarmed.scene.happen(ev.AlarmCleared(alarm_id=first))
    assert alarmed.names == ["b", "a", "c"]
    QApplication.sendEvent(alarmed.panel.view.viewport(), QEvent(QEvent.Type.Leave))
    assert alarmed.names == ["c", "b"]


def test_many_alarms_are_read_together_and_the_first_at_once(alarmed: Alarmed, qtbot: QtBot) -> None:
    own, told = alarmed.window.controls.alarms.own, list[frozenset[AlarmId] | None]()
    for number in range(MANY + 1):
        alarmed.comes(f"a{number}", kind=list(AlarmKind)[number % 12], jurisdiction_id=TOWN)
    qtbot.waitUntil(lambda: not own.is_behind)
    own.changed.connect(told.append)
    ids = [alarmed.comes(f"b{number}", HIGH) for number in range(100)]
    assert told == [frozenset(ids[:1])]
    assert alarmed.window.controls.alarms.alarm_ids == tuple(ids), "a key acts on what is, not on what is shown"
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1] == frozenset(ids[1:])
    assert alarmed.panel.model.rows[0].ids == tuple(ids)
    assert alarmed.panel.unseen == MANY + 1 + 100


def test_nothing_moves_while_the_keyboard_is_in_the_list(alarmed: Alarmed) -> None:
    alarmed.comes("a", LOW)
    alarmed.panel.view.setFocus()
    alarmed.comes("b", HIGH)
    assert alarmed.names == ["a", "b"]
    alarmed.window.parts.map.setFocus()
    assert alarmed.names == ["b", "a"]


def test_keys_act_on_what_is_picked(alarmed: Alarmed) -> None:
    alarmed.comes("a")
    picked = alarmed.comes("b", place=Place(lat=23.0, lon=113.7), fence_id=FenceId("f"))
    alarmed.pick(0)
    alarmed.press(Qt.Key.Key_A)
    assert alarmed.scene.desk.last(AlarmAcknowledge).alarm_ids == (picked,)
    alarmed.press(Qt.Key.Key_Return)
    assert alarmed.window.selection.unit_ids == (unit_id(1),)
    alarmed.press(Qt.Key.Key_S)
    sheet = alarmed.window.parts.sheets.shelf
    assert sheet.isVisible()
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    assert sheet.isVisible(), "a reason is needed"
    sheet.spans.button(60).click()
    sheet.field.setText("已派人")
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    asked = alarmed.scene.desk.last(AlarmShelve)
    assert (asked.alarm_id, asked.reason) == (picked, "已派人")
    assert asked.until_at == alarmed.scene.store.server_now() + 3600


def test_a_false_alarm_is_marked_with_a_reason_and_unmarked(alarmed: Alarmed) -> None:
    picked = alarmed.comes("a")
    alarmed.pick(0)
    alarmed.press(Qt.Key.Key_F)
    reason = alarmed.window.parts.sheets.reason
    reason.field.setText("定位漂移")
    QTest.keyClick(reason.field, Qt.Key.Key_Return)
    assert alarmed.scene.desk.last(AlarmMark).false_reason == "定位漂移"
    alarmed.scene.happen(ev.AlarmMarked(alarm_id=picked, false_reason="定位漂移"), actor=ME)
    alarmed.press(Qt.Key.Key_F)
    assert alarmed.scene.desk.last(AlarmMark).false_reason == ""


def test_who_is_silent_with_nothing_in_hand_is_told_without_an_order(alarmed: Alarmed) -> None:
    silent = Alarm(kind=AlarmKind.UNIT_SILENT, source="unit:u1", priority=HIGH)
    store, text = alarmed.scene.store, alarmed.scene.text
    assert sentence(silent, store, text).endswith(text("alarm.said.unit_silent.idle", unit=""))
    assert "“甲”" in sentence(msgspec.structs.replace(silent, name="甲"), store, text)


def test_beside_a_warning_stands_how_often_its_rule_was_wrong(alarmed: Alarmed) -> None:
    scene = alarmed.scene
    for number in range(4):
        warning = Alarm(
            kind=AlarmKind.WARNING, source=f"rule:r/{number}", priority=LOW, rule_id="r", sentences={"zh_CN": "聚集"}
        )
        scene.happen(ev.AlarmRaised(alarm=warning))
    scene.happen(ev.AlarmMarked(alarm_id=warning.id, false_reason="演练"), actor=ME)
    model = alarmed.window.parts.alarms.model
    words = [model.index(row).data() for row in range(model.rowCount())]
    assert any("规则误报 25%（1/4）" in each for each in words)
    scene.happen(ev.AlarmMarked(alarm_id=warning.id, false_reason=""), actor=ME)
    assert any("规则误报 0%（0/4）" in model.index(row).data() for row in range(model.rowCount()))


def test_the_list_of_rules_says_how_each_does_and_leads_to_its_fence(alarmed: Alarmed) -> None:
    scene, rules = alarmed.scene, alarmed.window.places.rules
    trigger = (FenceRule(trigger=FenceTrigger.ENTER), FenceRule(trigger=FenceTrigger.SPEED, limit=40.0))
    fence = Fence(
        id=FenceId("f1"), name="仓库", jurisdiction_id=TOWN, shape=FenceCircle(lat=23.0, lon=113.7, radius_m=90.0),
        subject=JurisdictionTarget(TOWN), rules=trigger,
    )  # fmt: skip
    scene.happen(ev.FenceDrawn(fence=fence), actor=ME)
    raised = [alarmed.comes(f"u{number}", fence_id=fence.id) for number in range(4)]
    warning = Alarm(kind=AlarmKind.WARNING, source="rule:r/1", priority=LOW, rule_id="order_rise")
    scene.happen(*(ev.AlarmMarked(alarm_id=each, false_reason="漂移") for each in raised[:2]), actor=ME)
    scene.happen(ev.AlarmRaised(alarm=warning))
    QTest.keyClick(alarmed.window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    lines = {line.title: line for line in rules.model.lines if not line.is_head}
    assert lines["仓库 · 进入围栏"].detail == "近 7 天 4 次告警，2 次误报 · 误报过半，请调整"
    assert lines["仓库 · 超速"].detail == "近 7 天没有告警"
    assert lines["派单量骤增"].detail == "近 7 天 1 次告警，0 次误报"
    scene.happen(ev.AlarmMarked(alarm_id=raised[0], false_reason=""), actor=ME)
    scene.happen(ev.FenceChanged(fence=msgspec.structs.replace(fence, name="新")), actor=ME)
    rules._timer.timeout.emit()
    assert (rules.model.lines[1].title, "1 次误报" in rules.model.lines[1].detail) == ("新 · 进入围栏", True)
    rules.view.setCurrentIndex(rules.model.index(1))
    QTest.keyClick(rules.view, Qt.Key.Key_Return)
    assert not rules.isVisible()
    assert alarmed.window.parts.sheets.fence.isVisible()
    assert alarmed.window.parts.sheets.fence.name.text() == "新"


def test_what_is_shelved_has_a_list_of_its_own(alarmed: Alarmed) -> None:
    picked = alarmed.comes("a")
    until = alarmed.scene.clock + 600
    alarmed.scene.happen(ev.AlarmShelved(alarm_id=picked, until_at=until, reason="施工"), actor=ME)
    assert alarmed.names == []
    shelved = alarmed.panel.findChild(QPushButton, "alarms_shelved")
    assert shelved is not None
    shelved.click()
    assert alarmed.names == ["a"]
    alarmed.pick(0)
    alarmed.press(Qt.Key.Key_S)
    assert alarmed.scene.desk.last(AlarmUnshelve).alarm_id == picked
    assert not alarmed.panel.grab().isNull()


def is_flood(alarmed: Alarmed) -> bool:
    return alarmed.panel.model.is_flood


def test_a_flood_is_grouped_and_none_is_lost(alarmed: Alarmed) -> None:
    urgent = alarmed.comes("u", HIGH)
    ids = {alarmed.comes(f"f{number}") for number in range(12)}
    alarmed.comes("o", HIGH)
    rows = alarmed.panel.model.rows
    assert is_flood(alarmed)
    assert alarmed.names == ["u", "o", "f0"], "the oldest high one on top"
    assert rows[0].ids == (urgent,)
    assert set(rows[2].ids) == ids
    assert "14" in alarmed.panel.gauge.words
    alarmed.pick(2)
    alarmed.press(Qt.Key.Key_A)
    assert set(alarmed.scene.desk.last(AlarmAcknowledge).alarm_ids) == ids
    alarmed.window.parts.map.setFocus()
    alarmed.scene.clock += 700
    alarmed.panel._tick()
    assert not is_flood(alarmed)
    assert len(alarmed.panel.model.rows) == 14


def test_one_tone_of_the_loudest_until_it_is_seen(alarmed: Alarmed) -> None:
    rung = alarmed.scene.player.rung
    rung.clear()
    low = alarmed.comes("a", LOW)
    high = alarmed.comes("b", HIGH)
    alarmed.comes("c", HIGH)
    assert rung == [LOW, HIGH]
    alarmed.seen(high, AlarmId("fence_entered/fence:c"))
    assert rung == [LOW, HIGH, LOW]
    alarmed.seen(low)
    assert rung[-1] is None
    worse = Alarm(
        kind=AlarmKind.FENCE_ENTERED,
        source="fence:a",
        priority=HIGH,
        jurisdiction_id=GRID,
        unit_id=unit_id(1),
        name="a",
    )
    alarmed.scene.happen(ev.AlarmUpdated(alarm=worse, count=2))
    assert rung[-1] is HIGH, "it returns when it gets worse"


def test_the_strip_says_how_many_urgent_ones_wait_and_leads_there(alarmed: Alarmed) -> None:
    alarmed.comes("a", MEDIUM)
    alarmed.comes("b", HIGH)
    fault = Alarm(kind=AlarmKind.GATEWAY_FAULT, source="fault:x", priority=HIGH)
    alarmed.scene.happen(ev.AlarmRaised(alarm=fault))
    (alert,) = read_alerts(alarmed.scene.store, alarmed.scene.text, alarmed.window.controls.alarms.own.states.values())
    assert "1" in alert.sentence
    alarmed.window.shows.show("units")
    alarmed.window.going.go_to_alert(alert)
    assert alarmed.window.tabs.currentWidget() is alarmed.panel
    assert alarmed.panel.view.hasFocus()


def test_the_tab_says_how_many_wait(alarmed: Alarmed) -> None:
    tabs = alarmed.window.tabs
    place = tabs.indexOf(alarmed.panel)
    assert tabs.tabText(place) == "告警"
    alarmed.comes("a")
    assert tabs.tabText(place) == "告警 1"


def test_it_speaks_both_languages_and_wears_both_themes(alarmed: Alarmed) -> None:
    from comms.protocol.errors import Locale

    for kind in AlarmKind:
        alarmed.comes(kind.value, kind=kind, sentences={"zh_CN": "预警", "en": "warning"}, value=5.0, limit=3.0)
    chattering = Alarm(kind=AlarmKind.FENCE_DWELL, source="fence:fence_dwell", priority=MEDIUM, jurisdiction_id=GRID)
    alarmed.scene.happen(ev.AlarmUpdated(alarm=chattering, count=4, is_chattering=True))
    alarmed.scene.text.switch(Locale.EN)
    alarmed.scene.look.set_theme(LIGHT)
    assert "entered" in alarmed.panel.model.index(0).data() or alarmed.panel.model.rowCount() > 0
    assert not alarmed.panel.grab().isNull()
    alarmed.scene.clock += 90_000
    assert not alarmed.panel.grab().isNull()


def test_the_evidence_of_the_picked_one_is_on_the_map(alarmed: Alarmed) -> None:
    desk_map = alarmed.window.parts.map
    desk_map.centre_on(23.0, 113.7, 15.0)
    evidence = (Evidence(noun="order", id="o1", lat=23.001, lon=113.701), Evidence(noun="order", id="o2"))
    alarmed.comes("a", kind=AlarmKind.WARNING, place=Place(lat=23.0, lon=113.7), evidence=evidence)
    alarmed.comes("b", LOW)
    before = desk_map.grab().toImage()
    alarmed.pick(0)
    assert desk_map.grab().toImage() != before
    alarmed.pick(1)
    assert desk_map.grab().toImage() == before
