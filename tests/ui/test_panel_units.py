"""The list of units: exact rows under whatever happens, quick with a thousand, still under the officer's hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.ids import CommandId, UnitId
from comms.domain.order import AssignmentState, Place
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.protocol import pushes
from comms.protocol.commands import CallPlace, VideoAsk
from comms.protocol.errors import Locale
from tests.support.drivers import WindowDriver
from tests.support.mirror import Mirror
from tests.support.scene import Scene, duty_scene, unit_id
from ui.models.unit_cells import AGE, BATTERY, DISTANCE, NAME, STATUS
from ui.models.units import UNIT_ID_ROLE, UnitsModel

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("define"), st.integers(1, 9)),
        st.tuples(st.just("connect"), st.integers(1, 9)),
        st.tuples(st.just("disconnect"), st.integers(1, 9)),
        st.tuples(st.just("status"), st.integers(1, 9)),
        st.tuples(st.just("move"), st.integers(1, 9)),
        st.tuples(st.just("snapshot"), st.just(0)),
        st.tuples(st.just("measure"), st.just(0)),
        st.tuples(st.just("sort"), st.integers(0, 4)),
        st.tuples(st.just("words"), st.integers(0, 9)),
        st.tuples(st.just("chips"), st.integers(0, 4)),
        st.tuples(st.just("refilter"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_announced_rows_are_exact_under_any_sequence(steps: list[tuple[str, int]]) -> None:
    scene = duty_scene(units=3)
    model = UnitsModel(scene.store, scene.text)
    tester = QAbstractItemModelTester(model, FATAL)
    mirror = Mirror(model)
    for kind, number in steps:
        _take(scene, model, kind, number)
        assert mirror.is_true(), kind
    tester.deleteLater()
    model.deleteLater()


def _take(scene: Scene, model: UnitsModel, kind: str, number: int) -> None:
    known = unit_id(number) in scene.store.picture.units
    match kind:
        case "define":
            scene.define_unit(number)
        case "connect" if known:
            scene.happen(ev.TerminalConnected(unit_id=unit_id(number)))
        case "disconnect" if known:
            scene.happen(ev.TerminalDisconnected(unit_id=unit_id(number)))
        case "status" if known:
            scene.happen(ev.UnitStatusChanged(unit_id=unit_id(number), status=UnitStatus.BUSY))
        case "move":
            scene.place(*((23.0 + 0.01 * number, 113.7) for _ in range(number)), battery_pct=50 + number)
            model._announce_moved()
        case "snapshot":
            scene.push(pushes.PictureSnapshot(id=CommandId("s"), picture=scene.store.picture))
        case "measure":
            model.set_reference(23.0, 113.7)
        case "sort":
            model.sort(number, Qt.SortOrder.DescendingOrder)
        case "words":
            model.set_words(str(number) if number else "")
        case "chips":
            model.set_statuses(frozenset(tuple(UnitStatus)[:number]))
        case "refilter":
            model.refilter()
        case _:
            pass


def test_only_the_columns_that_changed_are_announced(qtbot: QtBot, scene: Scene) -> None:
    model = UnitsModel(scene.store, scene.text)
    told: list[tuple[int, int, int, int]] = []
    model.dataChanged.connect(lambda a, b: told.append((a.row(), b.row(), a.column(), b.column())))
    scene.store.apply_positions(_columns(scene, (2, 3, 5)))
    assert told == []  # a list is read, not watched
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(1, 2, BATTERY, AGE), (4, 4, BATTERY, AGE)]
    told.clear()
    scene.happen(ev.UnitStatusChanged(unit_id=unit_id(2), status=UnitStatus.BUSY))
    assert told == [(1, 1, STATUS, AGE)]
    model.deleteLater()


def _columns(scene: Scene, numbers: tuple[int, ...]) -> bytes:
    from comms.protocol.frames import PositionColumns, encode_positions

    blank = np.full(len(numbers), np.nan, np.float32)
    return encode_positions(
        PositionColumns(
            no=np.array(numbers, np.uint32),
            at=np.full(len(numbers), scene.clock),
            lat=np.full(len(numbers), 23.1),
            lon=np.full(len(numbers), 113.7),
            accuracy_m=blank,
            heading_deg=blank,
            speed_mps=blank,
            battery_pct=blank,
        )
    )


def test_cells_say_what_an_officer_reads(scene: Scene) -> None:
    model = UnitsModel(scene.store, scene.text)
    model.set_reference(23.001, 113.7)
    first = [model.index(0, column).data() for column in range(model.columnCount())]
    assert first == ["空闲", "王芳", "0 米", "80%", "3 秒"]
    second = model.index(1, DISTANCE).data()
    assert second == "110 米"
    scene.define_unit(9)
    last = model.rowCount() - 1
    assert [model.index(last, column).data() for column in (STATUS, DISTANCE, BATTERY, AGE)] == ["离线", "", "", "无"]
    assert model.headerData(NAME, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "姓名"
    assert model.data(QModelIndex()) is None
    scene.text.switch(Locale.EN)
    assert model.index(0, STATUS).data() == "Available"
    model.deleteLater()


def test_the_filter_finds_by_name_id_and_telephone(scene: Scene) -> None:
    model = UnitsModel(scene.store, scene.text)
    tester = QAbstractItemModelTester(model, FATAL)

    def found(words: str, *statuses: UnitStatus) -> list[str]:
        model.set_words(words)
        model.set_statuses(frozenset(statuses))
        return [model.index(row, NAME).data() for row in range(model.rowCount())]

    assert found("王") == ["王芳"]
    assert found("13800000002") == ["李强"]
    assert found("U003") == ["张伟"]
    assert found("王 138") == ["王芳"]
    assert found("", UnitStatus.OFFLINE) == ["赵磊"]
    assert found("王", UnitStatus.OFFLINE) == []
    assert len(found("")) == 6
    tester.deleteLater()
    model.deleteLater()


def test_order_changes_when_the_officer_asks_and_never_by_itself(driver: WindowDriver) -> None:
    view = driver.parts.units.view

    def names() -> list[str]:
        return [view.model().index(row, NAME).data() for row in range(view.model().rowCount())]

    view.sortByColumn(STATUS, Qt.SortOrder.AscendingOrder)
    before = names()
    driver.scene.happen(ev.UnitStatusChanged(unit_id=unit_id(1), status=UnitStatus.BUSY))
    driver.scene.happen(ev.TerminalConnected(unit_id=unit_id(6)))
    driver.settle()
    assert names() == before
    driver.window.selection.set_units((unit_id(1),))
    view.sortByColumn(STATUS, Qt.SortOrder.DescendingOrder)
    assert names()[0] == "王芳"
    assert [index.data() for index in view.selectionModel().selectedRows(NAME)] == ["王芳"], "picked wherever it went"


def test_sorting_by_every_column_works(driver: WindowDriver) -> None:
    driver.window.selection.set_place(Place(lat=23.006, lon=113.7))
    view = driver.parts.units.view
    view.sortByColumn(DISTANCE, Qt.SortOrder.AscendingOrder)
    assert view.model().index(0, NAME).data() == "赵磊"
    for column in (STATUS, NAME, BATTERY, AGE):
        view.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        assert view.model().rowCount() == 6


def test_chips_narrow_and_count(driver: WindowDriver) -> None:
    panel = driver.parts.units
    assert panel.chips.chip(UnitStatus.AVAILABLE).text() == "5"
    driver.click(panel.chips.chip(UnitStatus.OFFLINE))
    assert panel.view.model().rowCount() == 1
    assert panel._found.text() == "1 / 6"
    driver.scene.happen(ev.TerminalConnected(unit_id=unit_id(6)))
    driver.qtbot.waitUntil(lambda: panel.chips.chip(UnitStatus.OFFLINE).text() == "0")
    assert panel.view.model().rowCount() == 1, "the row stays while it may be about to be pressed"
    panel.view.setFocus()
    panel._filter_again()
    assert panel.view.model().rowCount() == 1
    panel.search_field.setFocus()
    panel._filter_again()
    assert panel.view.model().rowCount() == 0


def test_a_unit_is_found_and_picked_by_keys_alone(driver: WindowDriver) -> None:
    driver.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    driver.type("王芳")
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.unit_ids == (unit_id(1),)
    driver.window.selection.set_units(())
    driver.key(Qt.Key.Key_Down)
    assert driver.window.selection.unit_ids == (unit_id(1),)
    assert driver.parts.units.view.hasFocus()


def test_a_narrowed_list_keeps_what_is_picked_and_where_the_officer_was(driver: WindowDriver) -> None:
    panel, bar = driver.parts.units, driver.parts.units.view.verticalScrollBar()
    for number in range(10, 60):
        driver.scene.define_unit(number)
    driver.settle()
    assert panel._found.text() == "56 / 56"
    driver.window.selection.set_units((unit_id(2), unit_id(59)))
    bar.setValue(20)
    driver.click(panel.chips.chip(UnitStatus.OFFLINE))
    assert driver.window.selection.unit_ids == (unit_id(2), unit_id(59)), "the list forgets nobody"
    assert [index.data(UNIT_ID_ROLE) for index in panel.view.selectionModel().selectedRows(NAME)] == [unit_id(59)]
    assert bar.value() == 20
    driver.click(panel.chips.chip(UnitStatus.OFFLINE))
    assert len(panel.view.selectionModel().selectedRows(NAME)) == 2


def test_picking_is_shared_with_the_map_and_back(driver: WindowDriver) -> None:
    view, selection = driver.parts.units.view, driver.window.selection
    middle = view.visualRect(view.model().index(1, NAME)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert selection.unit_ids == (unit_id(2),)
    assert driver.parts.map.selected == (unit_id(2),)
    selection.set_units((unit_id(3), unit_id(5)))
    chosen = {index.data(UNIT_ID_ROLE) for index in view.selectionModel().selectedRows(NAME)}
    assert chosen == {unit_id(3), unit_id(5)}
    driver.parts.units.search_field.setText("王芳")
    selection.set_units((UnitId("nobody"), unit_id(3)))  # not listed now
    assert not view.selectionModel().selectedRows(NAME)


def test_the_card_tells_and_acts(driver: WindowDriver) -> None:
    card = driver.parts.units._card
    assert card._name.text() == "未选择力量"
    order_id = driver.scene.issue("o1", 1, title="巡查河堤")
    driver.scene.advance(order_id, 1, AssignmentState.ACCEPTED)
    driver.window.selection.set_units((unit_id(1), unit_id(2)))
    lines = [line.text() for line in card._lines]
    assert card._name.text() == "王芳 等 2 人"
    assert lines[0] == "辖区：样例镇 › 兴安社区 › 第01网格"
    assert lines[1] == "通话组：兴安社区　电话：13800000001"
    assert lines[2] == "定位：3 秒前，精度 8 米　电量 80%"
    assert lines[3] == "在办 1 件：巡查河堤"
    driver.scene.clock += 600
    card._read()
    assert card._lines[2].text().startswith("已过时")
    driver.click(driver.button("unit_video"))
    assert driver.scene.desk.last(VideoAsk).unit_id == unit_id(1)
    driver.click(driver.button("unit_call"))
    assert driver.scene.desk.last(CallPlace).unit_id == unit_id(1)
    driver.click(driver.button("unit_talkgroup"))
    assert driver.window.selection.talkgroup_id == "tg3"


def test_the_card_follows_its_unit(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1),))
    card = driver.parts.units._card
    driver.scene.happen(ev.UnitStatusChanged(unit_id=unit_id(1), status=UnitStatus.ON_SCENE))
    driver.qtbot.waitUntil(lambda: card._status.text() == "到场")
    driver.scene.happen(ev.TerminalDisconnected(unit_id=unit_id(1)))
    driver.qtbot.waitUntil(lambda: not driver.button("unit_call").isEnabled())


def test_a_unit_without_position_or_common_talkgroup_says_so(driver: WindowDriver) -> None:
    driver.scene.define_unit(9)
    driver.scene.happen(ev.AffiliationChanged(unit_id=unit_id(9), talkgroup_ids=()))
    driver.scene.happen(ev.TerminalConnected(unit_id=unit_id(9)))
    driver.window.selection.set_units((unit_id(9),))
    assert driver.parts.units._card._lines[2].text() == "无定位"
    driver.click(driver.button("unit_centre"))
    driver.click(driver.button("unit_talkgroup"))
    assert "吴霞" in driver.parts.toasts.toasts[0].sentence


def test_the_menu_of_a_row(driver: WindowDriver) -> None:
    view = driver.parts.units.view
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(0, NAME)).center())
    menu = driver.window.findChild(QMenu, "", Qt.FindChildOption.FindChildrenRecursively)
    menus = [found for found in driver.window.findChildren(QMenu) if found.isVisible()]
    assert menu is not None
    assert len(menus) == 1
    assert "点呼所选" in [action.text() for action in menus[0].actions()]
    menus[0].actions()[0].trigger()
    assert driver.scene.desk.last(CallPlace).unit_id == unit_id(1)
    menus[0].close()
    view.customContextMenuRequested.emit(QPoint(5, view.viewport().height() - 2))  # beneath the last row


def test_a_thousand_units_cost_one_pass_and_no_reset(qapp: object) -> None:
    scene = duty_scene(units=1)
    for number in range(2, 1166):
        scene.define_unit(number)
    model = UnitsModel(scene.store, scene.text)
    resets: list[int] = []
    changes: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda a, b: changes.append(b.row() - a.row() + 1))
    scene.place(*((23.0 + 0.00001 * number, 113.7) for number in range(1165)))
    model._announce_moved()
    model.refilter()
    assert (model.rowCount(), resets, changes) == (1165, [], [1165])
    assert model.cell(0, STATUS).status is UnitStatus.OFFLINE
    model.deleteLater()


def test_a_snapshot_of_another_town_replaces_the_rows(scene: Scene) -> None:
    model = UnitsModel(scene.store, scene.text)
    scene.push(pushes.PictureSnapshot(id=CommandId("s"), picture=Picture()))
    assert model.rowCount() == 0
    assert model.row_of(unit_id(1)) is None
    model.deleteLater()
