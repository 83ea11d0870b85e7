"""The hub's list: exact rows under whatever happens, still under the officer's hand, found, narrowed down, grouped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu

from comms.domain import events as ev
from comms.domain.alarm import AlarmPriority
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import CommandId, IncidentId, JurisdictionId, SourceId, unit_party
from comms.domain.incident import Incident, IncidentOutcome, Origin
from comms.domain.order import AssignmentState, OrderPriority, Place
from comms.domain.picture import Picture
from comms.protocol import pushes
from comms.protocol.errors import Locale
from comms.protocol.incident_commands import IncidentClose
from tests.support.drivers import WindowDriver
from tests.support.mirror import Mirror
from tests.support.scene import ME, VILLAGE, Scene, duty_scene, unit_id
from ui.models.hub import HubModel
from ui.models.hub_order import AGE, CLOCK, COLUMNS, GRID, KIND, PRIORITY, SOURCE, STAGE, STATES, TEXT, UNITS

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
KINDS, SOURCES = ("井盖缺失", "占道经营", "火情"), ("12345 热线", "智网", "")
PRIORITIES = tuple(OrderPriority)
NONE = Qt.KeyboardModifier.NoModifier


def report(scene: Scene, number: int) -> IncidentId:
    """Number n is always the same incident."""
    source = SOURCES[number % 3]
    incident = Incident(
        id=IncidentId(f"i{number:03d}"),
        kind=KINDS[number % 2],
        place=Place(lat=23.0 + 0.0001 * number, lon=113.7, text=f"莲塘路 {number} 号"),
        jurisdiction_id=JurisdictionId(f"{VILLAGE}/g{number % 3 + 1:03d}"),
        priority=PRIORITIES[number % 3],
        text=f"情况 {number}",
        source=source,
        origin=Origin(source=SourceId(source), source_id=f"GD{number}") if source else None,
    )
    scene.happen(ev.IncidentReported(incident=incident), actor=unit_party(unit_id(1)))
    return incident.id


def close(scene: Scene, incident_id: IncidentId) -> None:
    scene.happen(ev.IncidentClosed(incident_id=incident_id, outcome=IncidentOutcome.HANDLED), actor=ME)


def dispatch(scene: Scene, incident_id: IncidentId, key: str, deadline_s: float = 900.0) -> None:
    order_id = scene.issue(key, 1, deadline_s=deadline_s)
    scene.happen(ev.IncidentLinked(incident_id=incident_id, order_id=order_id), actor=ME)


DEEDS = (
    *(
        "report",
        "report",
        "close",
        "dispatch",
        "merge",
        "unmerge",
        "acknowledge",
        "refuse",
        "hold",
        "free",
        "sort",
        "words",
        "group",
        "fold",
    ),
    *("state", "priority", "grid", "snapshot", "take_in"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.integers(0, 8),
    ),
    max_size=25,
)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_announced_rows_are_exact_under_any_sequence(steps: list[tuple[str, int]]) -> None:
    scene = duty_scene(units=2)
    model = HubModel(scene.store, scene.text)
    tester = QAbstractItemModelTester(model, FATAL)
    mirror = Mirror(model)
    for step, number in steps:
        _take(step, number, scene, model)
        model.flush()
        assert mirror.is_true()
    model.hold(False)
    model.flush()
    assert mirror.is_true()
    model.want(state="open", words=(), priorities=frozenset(), grids=frozenset(), folded=frozenset())
    listed = [model.incident_at(place) for place in range(model.rowCount())]
    states = scene.store.picture.incidents.states
    assert sorted(filter(None, listed)) == sorted(one for one, state in states.items() if state.stands)
    tester.deleteLater()
    model.deleteLater()


def _take(step: str, number: int, scene: Scene, model: HubModel) -> None:
    states = scene.store.picture.incidents.states
    incident_id = IncidentId(f"i{number:03d}")
    state = states.get(incident_id)
    match step:
        case "report" if state is None:
            report(scene, number)
        case "close" if state is not None and state.is_open:
            close(scene, incident_id)
        case "dispatch" if state is not None:
            dispatch(scene, incident_id, f"o{number}-{scene.store.picture.seq}")
        case "merge" if state is not None and state.stands and not state.merged_ids:
            main = next((one for one in states.values() if one.stands and one is not state), None)
            if main is not None:
                scene.happen(IncidentMerged(incident_id=incident_id, into=main.incident.id), actor=ME)
        case "unmerge" if state is not None and state.is_open and state.merge is not None:
            scene.happen(IncidentUnmerged(incident_id=incident_id), actor=ME)
        case "acknowledge" if state is not None:
            scene.happen(IncidentAcknowledged(incident_id=incident_id), actor=ME)
        case "refuse" if scene.store.picture.orders:
            scene.advance(list(scene.store.picture.orders)[-1], 1, AssignmentState.REFUSED, reason="远")
        case "hold" | "free":
            model.hold(step == "hold")
        case "sort":
            order = Qt.SortOrder.AscendingOrder if number % 2 else Qt.SortOrder.DescendingOrder
            model.sort(number % len(COLUMNS), order)
        case "words":
            model.want(words=(("莲塘路", "12345", "井盖")[number % 3],) if number < 6 else ())
        case "group":
            model.want(grouping=("none", "source", "kind", "grid", "stage")[number % 5], folded=frozenset())
        case "fold" if model.arrangement.groups:
            heads = np.flatnonzero(model.arrangement.shown < 0)
            model.fold(int(heads[number % len(heads)]))
        case "state":
            model.want(state=STATES[number % 4])
        case "priority":
            model.want(priorities=frozenset({number % 3}) if number < 6 else frozenset())
        case "grid":
            model.want(grids=frozenset({f"{VILLAGE}/g001"}) if number < 6 else frozenset())
        case "snapshot":
            scene.push(pushes.PictureSnapshot(id=CommandId("again"), picture=_copied(scene.store.picture)))
        case "take_in":
            model.take_in()
        case _:
            pass


def _copied(picture: Picture) -> Picture:
    fresh = Picture(seq=picture.seq)
    for name in picture.__struct_fields__:
        setattr(fresh, name, getattr(picture, name))
    return fresh


def test_under_the_officers_hand_nothing_moves_and_new_ones_are_counted(driver: WindowDriver) -> None:
    scene, hub = driver.scene, driver.parts.hub
    report(scene, 1)
    scene.clock += 5
    report(scene, 2)
    hub.model.flush()
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert hub.view.hasFocus()
    driver.key(Qt.Key.Key_Down)
    assert driver.window.selection.incident_ids == ("i001",)
    before = [hub.model.incident_at(row) for row in range(2)]
    assert before == ["i002", "i001"]
    scene.clock += 5
    report(scene, 3)
    report(scene, 4)
    close(scene, IncidentId("i002"))
    hub.model.flush()
    assert [hub.model.incident_at(row) for row in range(hub.model.rowCount())] == before
    assert (hub.model.waiting, hub.new_button.text()) == (2, "新到 2 (N)")
    top = hub.view.rowViewportPosition(1)
    driver.key(Qt.Key.Key_N)
    assert [hub.model.incident_at(row) for row in range(hub.model.rowCount())] == ["i004", "i003", "i001"]
    assert driver.window.selection.incident_ids == ("i001",)
    assert hub.view.currentIndex().row() == 2
    assert hub.view.rowViewportPosition(2) == top or hub.view.verticalScrollBar().maximum() == 0
    assert not hub.new_button.isEnabled()


def test_without_a_hand_on_it_the_list_follows(driver: WindowDriver) -> None:
    hub = driver.parts.hub
    driver.window.controls.showing.emit("hub")
    driver.parts.map.setFocus()
    report(driver.scene, 1)
    driver.qtbot.waitUntil(lambda: hub.model.rowCount() == 1)
    close(driver.scene, IncidentId("i001"))
    driver.qtbot.waitUntil(lambda: hub.model.rowCount() == 0)
    hub.model.want(state="closed")
    assert hub.model.rowCount() == 1


def test_each_column_says_what_is_and_sorts_by_it(driver: WindowDriver) -> None:
    scene, model = driver.scene, driver.parts.hub.model
    for number in range(6):
        scene.clock += 60
        report(scene, number)
    dispatch(scene, IncidentId("i004"), "o1", deadline_s=300)
    dispatch(scene, IncidentId("i001"), "o2", deadline_s=-1)
    scene.clock += 59
    model.flush()

    def column(which: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> list[str]:
        model.sort(which, order)
        return [model.index(row, which).data() for row in range(6)]

    assert column(PRIORITY)[::2] == ["特急", "紧急", "普通"]
    assert column(KIND) == [KINDS[0]] * 3 + [KINDS[1]] * 3
    assert column(TEXT, Qt.SortOrder.DescendingOrder)[0] == "情况 5"
    assert column(GRID)[0] == "第01网格"
    assert column(SOURCE)[:3] == ["本席/现场", "本席/现场", "12345 热线"]
    assert column(STAGE) == ["待派遣"] * 4 + ["处置中"] * 2
    assert column(UNITS, Qt.SortOrder.DescendingOrder)[:3] == ["王芳", "王芳", ""]
    assert column(AGE) == ["59 秒", "1 分", "2 分", "3 分", "4 分", "5 分"]
    assert column(CLOCK)[:3] == ["超 1:00", "4:01", ""]
    scene.text.switch(Locale.EN)
    assert model.headerData(CLOCK, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "Limit"
    scene.advance(next(iter(scene.store.picture.orders)), 1, AssignmentState.ACCEPTED, AssignmentState.COMPLETED)
    model.flush()
    assert column(STAGE, Qt.SortOrder.DescendingOrder)[0] == "to verify"


def test_groups_have_heads_with_counts_and_fold_by_key(driver: WindowDriver) -> None:
    hub = driver.parts.hub
    for number in range(6):
        report(driver.scene, number)
    hub.model.want(grouping="source")
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    hub.view.setCurrentIndex(hub.model.index(0, KIND))
    assert hub.model.index(0, KIND).data() == "▾ 本席/现场（2）"
    driver.key(Qt.Key.Key_Left)
    assert [hub.model.known_at(row) < 0 for row in range(3)] == [True, True, False]
    driver.key(Qt.Key.Key_Return)
    assert hub.model.rowCount() == 9
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_Left)  # not on a head: nothing folds
    assert hub.model.rowCount() == 9
    QTest.mouseClick(hub.view.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(40, 10))
    assert hub.model.rowCount() == 7
    for grouping, head in (("kind", "井盖缺失"), ("grid", "样例镇 › 兴安社区 › 第01网格"), ("stage", "待派遣")):
        hub.model.want(grouping=grouping, folded=frozenset())
        assert any(head in str(hub.model.index(row, KIND).data()) for row in range(hub.model.rowCount()))
    driver.window.grab()


def _menu(driver: WindowDriver, button: str) -> QMenu:
    driver.click(driver.button(button))
    menu: QMenu = next(found for found in driver.parts.hub.findChildren(QMenu) if found.isVisible())
    return menu


def _choose(menu: QMenu, words: str) -> None:
    entries = [entry for inner in (menu, *menu.findChildren(QMenu)) for entry in inner.actions()]
    next(entry for entry in entries if entry.text() == words).trigger()
    menu.close()


def test_narrowed_down_in_a_menu_that_counts(driver: WindowDriver) -> None:
    hub = driver.parts.hub
    driver.window.controls.showing.emit("hub")
    for number in range(6):
        report(driver.scene, number)
    hub.model.flush()
    _choose(_menu(driver, "hub_filter"), "特急（2）")
    assert hub.model.rowCount() == 2
    _choose(_menu(driver, "hub_filter"), "本席/现场（2）")
    _choose(_menu(driver, "hub_filter"), "兴安社区（6）")
    _choose(_menu(driver, "hub_filter"), "待派遣（6）")
    words = [found.text() for found in hub.findChildren(type(hub._found)) if "2 / 6" in found.text()]
    assert words == ["2 / 6 件 · 特急、待派遣、本席/现场、兴安社区"]
    _choose(_menu(driver, "hub_filter"), "取消全部筛选")
    assert hub.model.rowCount() == 6
    hub.search_field.setText("12345 gd3")
    assert [hub.model.incident_at(row) for row in range(hub.model.rowCount())] == ["i003"]
    hub.search_field.clear()
    _choose(_menu(driver, "hub_order"), "按级别排序")
    assert hub.model.incident_at(0) == "i005"
    _choose(_menu(driver, "hub_order"), "按来源")
    _choose(_menu(driver, "hub_order"), "全部收起")
    assert hub.model.rowCount() == 3


def test_the_next_that_waits_is_picked_shown_on_the_map_and_on_the_card(driver: WindowDriver) -> None:
    scene, hub = driver.scene, driver.parts.hub
    driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)  # nothing waits
    for number in range(6):
        scene.clock += 1
        report(scene, number)
    dispatch(scene, IncidentId("i002"), "o1")
    hub.model.want(words=("不在",))
    driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert driver.window.selection.incident_ids == ("i005",)
    assert hub.view.hasFocus()
    place = driver.window.selection.place
    assert place is not None
    assert place.text == "莲塘路 5 号"
    said = [line.text() for line in hub.card.lines]
    assert said[0] == "情况 5"
    assert said[3] == "尚未派单 · 建议派：李强 170 米"
    assert said[2].startswith("未确认 Alt+O · ")
    dispatch(scene, IncidentId("i005"), "o2")
    driver.qtbot.waitUntil(lambda: "在办：王芳（已发出，" in hub.card.lines[3].text())
    close(scene, IncidentId("i005"))
    driver.qtbot.waitUntil(lambda: "已处置，李建国" in hub.card.lines[3].text())


def test_several_are_closed_at_once(driver: WindowDriver) -> None:
    hub = driver.parts.hub
    for number in (3, 4):
        report(driver.scene, number)
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    driver.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(driver.window.selection.incident_ids) == 2
    driver.key(Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    menu: QMenu = next(found for found in hub.findChildren(QMenu) if found.isVisible())
    _choose(menu, "办结：误报")
    reason = driver.parts.sheets.reason.field
    reason.insert("同一人反复误报")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    closed = [one.incident_id for one in driver.scene.desk.asked if isinstance(one, IncidentClose)]
    assert sorted(closed) == ["i003", "i004"]


def test_wide_it_has_a_column_for_everything(driver: WindowDriver) -> None:
    hub = driver.parts.hub
    driver.window.controls.showing.emit("hub")
    assert hub.view.isColumnHidden(GRID)
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert not any(hub.view.isColumnHidden(column) for column in range(len(COLUMNS)))
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert hub.view.isColumnHidden(GRID)


def test_arrivals_are_heard_the_graver_the_louder_until_somebody_looks(driver: WindowDriver) -> None:
    scene, rung = driver.scene, driver.scene.player.rung
    rung.clear()
    report(scene, 0)
    report(scene, 2)
    report(scene, 5)
    assert rung == [AlarmPriority.LOW, AlarmPriority.HIGH]
    driver.window.selection.set_incidents((IncidentId("i002"),))
    assert rung[-1:] == [AlarmPriority.HIGH]
    dispatch(scene, IncidentId("i005"), "o1")
    assert rung[-1:] == [AlarmPriority.LOW]
    driver.key(Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    assert rung[-1:] == [None]
    own = Incident(id=IncidentId("own"), kind="火情", place=Place(lat=23.0, lon=113.7), jurisdiction_id=VILLAGE)
    scene.happen(ev.IncidentReported(incident=own), actor=ME)
    assert rung[-1:] == [None], "what one reports oneself is no news"


def test_the_tab_counts_who_waits_and_a_click_on_it_opens_the_next(driver: WindowDriver) -> None:
    tabs, hub = driver.window.tabs, driver.parts.hub
    report(driver.scene, 1)
    hub.model.flush()
    place = tabs.indexOf(hub)
    assert tabs.tabText(place) == "事件 1"
    QTest.mouseClick(tabs.tabBar(), Qt.MouseButton.LeftButton, NONE, tabs.tabBar().tabRect(place).center())
    assert driver.window.selection.incident_ids == ("i001",)
    dispatch(driver.scene, IncidentId("i001"), "o1")
    hub.model.take_in()
    assert tabs.tabText(place) == "事件"
