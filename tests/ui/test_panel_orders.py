"""The orders' board: exact rows, what the officer can do with an order, and what it tells of every unit."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QListView, QMenu

from comms.domain import events as ev
from comms.domain.ids import BlobId, CommandId, OrderId, unit_party
from comms.domain.order import TRANSITIONS, AssignmentState, Order, OrderPriority, Place
from comms.protocol import pushes
from comms.protocol.commands import BlobGet, OrderAdvance, OrderRemind
from comms.protocol.errors import Locale, RefusalCode
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, Scene, duty_scene, unit_id
from ui.dialogs.photo import PhotoDialog
from ui.models.entries import WORDS_ROLE
from ui.models.orders import ORDER_ROLE, STATE_ROLE, AssignmentsModel, OrderFilter, OrdersModel, StepsModel
from ui.widgets.order_delegates import counts_words

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
A = AssignmentState


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["issue", "advance", "overdue", "remind", "snapshot"]), st.integers(0, 5),
                          st.sampled_from(list(A))), max_size=25))  # fmt: skip
def test_rows_are_exact_under_any_sequence(steps: list[tuple[str, int, AssignmentState]]) -> None:
    scene = duty_scene(units=4)
    orders, units, timeline = OrdersModel(scene.store), AssignmentsModel(scene.store, scene.text), StepsModel(
        scene.store, scene.text
    )  # fmt: skip
    filtered = OrderFilter(orders)
    testers = [QAbstractItemModelTester(model, FATAL) for model in (orders, filtered, units, timeline)]
    titles = _watch(orders)
    first = scene.issue("first", 1, 2, 3)
    units.set_order(first)
    timeline.set_order(first)
    for kind, number, state in steps:
        _take(scene, kind, number, state)
        held = scene.store.picture.orders
        assert titles == [order.order.title for order in reversed(held.values())]
        assert [units.index(row).data(STATE_ROLE) for row in range(3)] == list(held[first].assignments.values())
        assert timeline.rowCount() == len(held[first].timeline)
        assert filtered.rowCount() <= orders.rowCount()
    for thing in (*testers, filtered, orders, units, timeline):
        thing.deleteLater()


def _watch(model: OrdersModel) -> list[str]:
    """Titles as one would show them who only listens to announcements."""
    titles: list[str] = []

    def inserted(_parent: QModelIndex, first: int, last: int) -> None:
        titles[first:first] = [model.index(row).data() for row in range(first, last + 1)]

    model.rowsInserted.connect(inserted)
    return titles


def _take(scene: Scene, kind: str, number: int, state: AssignmentState) -> None:
    first = next(iter(scene.store.picture.orders))
    match kind:
        case "issue":
            count = len(scene.store.picture.orders)
            scene.issue(f"o{count}", number % 3 + 1, title=f"第 {count} 件")
        case "advance":
            now = scene.store.picture.orders[first].assignments[unit_id(number % 3 + 1)]
            if state in TRANSITIONS[now]:
                scene.advance(first, number % 3 + 1, state)
        case "overdue":
            scene.happen(ev.OrderOverdue(order_id=first, unit_ids=(unit_id(1),)))
        case "remind":
            scene.happen(ev.OrderReminded(order_id=first, unit_ids=(unit_id(1),)), actor=ME)
        case _:
            scene.push(pushes.PictureSnapshot(id=CommandId("s"), picture=scene.store.picture))


def test_counts_say_how_many_are_how_far(qapp: object) -> None:
    scene = duty_scene()
    order_id = scene.issue("o1", 1, 2, 3, 4, 5)
    scene.advance(order_id, 1, A.ACCEPTED, A.EN_ROUTE)
    scene.advance(order_id, 2, A.READ)
    scene.advance(order_id, 3, A.ACCEPTED, A.COMPLETED)
    scene.advance(order_id, 4, A.REFUSED, reason="忙")
    words = counts_words(scene.store.picture.orders[order_id], scene.text)
    assert words == "5 人：未接 2 · 途中 1 · 待核实 1 · 拒接 1"


def _steps(driver: WindowDriver) -> list[str]:
    model = driver.parts.orders.detail.steps_view.model()
    return [model.index(row, 0).data(WORDS_ROLE) for row in range(model.rowCount())]


def test_the_timeline_tells_who_did_what(driver: WindowDriver) -> None:
    scene = driver.scene
    order_id = scene.issue("o1", 1, 2)
    driver.window.selection.set_order(order_id)
    scene.advance(order_id, 1, A.ACCEPTED)
    scene.advance(order_id, 2, A.REFUSED, reason="正在送医")
    scene.happen(ev.OrderReminded(order_id=order_id, unit_ids=(unit_id(1),)), actor=ME)
    scene.happen(
        ev.OrderAdvanced(order_id=order_id, unit_id=unit_id(1), state=A.COMPLETED, attachments=(BlobId("ab"),)),
        actor=unit_party(unit_id(1)),
    )
    assert _steps(driver) == [
        "李建国：已发出",
        "王芳：已接受",
        "李强：已拒接（原因：正在送医）",
        "李建国：王芳 已催办",
        "王芳：已完成　照片 1 张",
    ]
    scene.text.switch(Locale.EN)
    assert _steps(driver)[3] == "李建国: 王芳 Reminded"


def test_picking_a_row_shows_the_order(driver: WindowDriver) -> None:
    driver.scene.issue("o1", 1, title="占道经营")
    driver.scene.happen(
        ev.OrderIssued(
            order=Order(
                id=OrderId("o2"), title="井盖破损", text="请带警示牌", priority=OrderPriority.CRITICAL,
                place=Place(lat=23.0, lon=113.7, text="新河路"), issued_at=driver.scene.clock,
                deadline_at=driver.scene.clock + 600, unit_ids=(unit_id(1),),
            )
        ),
        actor=ME,
    )  # fmt: skip
    driver.window.shows.show("orders")
    view = driver.parts.orders.view
    assert view.model().index(0, 0).data() == "井盖破损"
    _click(view, 0)
    detail = driver.parts.orders.detail
    assert detail._title.text() == "井盖破损"
    assert "李建国" in detail._lines[0].text()
    assert "新河路" in detail._lines[0].text()
    assert "剩 10:00" in detail._lines[0].text()
    assert detail._lines[1].text() == "请带警示牌"
    assert driver.window.selection.order_id == "o2"


def _click(view: QListView, row: int, where: QPoint | None = None) -> None:
    spot = where or view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def _show(driver: WindowDriver, *numbers: int) -> str:
    order_id = driver.scene.issue("o1", *numbers)
    driver.window.selection.set_order(order_id)
    driver.window.shows.show("orders")
    driver.settle()
    return order_id


def test_reminding_tells_when_done(driver: WindowDriver) -> None:
    _show(driver, 1)
    driver.click(driver.button("order_remind"))
    assert driver.scene.desk.last(OrderRemind).order_id == "o1"
    assert [toast.sentence for toast in driver.parts.toasts.toasts] == ["已催办"]


def test_cancelling_needs_a_reason(driver: WindowDriver) -> None:
    _show(driver, 1, 2)
    driver.click(driver.button("order_cancel"))
    sheet = driver.parts.sheets.reason
    assert sheet.isVisible()
    driver.key(Qt.Key.Key_Return)
    assert not driver.scene.desk.asked
    driver.type("误报")
    driver.key(Qt.Key.Key_Return)
    asked = driver.scene.desk.last(OrderAdvance)
    assert (asked.order_id, asked.unit_id, asked.state, asked.reason) == ("o1", None, A.CANCELLED, "误报")
    assert not sheet.isVisible()


def test_thinking_better_of_it_changes_nothing(driver: WindowDriver) -> None:
    _show(driver, 1)
    driver.click(driver.button("order_cancel"))
    driver.type("x")
    driver.key(Qt.Key.Key_Escape)
    assert not driver.parts.sheets.reason.isVisible()
    assert not driver.scene.desk.asked


def test_verifying_and_sending_back_all_that_are_completed(driver: WindowDriver) -> None:
    _show(driver, 1, 2, 3)
    for number in (1, 2):
        driver.scene.advance("o1", number, A.ACCEPTED, A.COMPLETED)
    driver.click(driver.button("order_verify"))
    verified = [command for command in driver.scene.desk.asked if isinstance(command, OrderAdvance)]
    assert [(one.unit_id, one.state) for one in verified] == [(unit_id(1), A.VERIFIED), (unit_id(2), A.VERIFIED)]
    driver.scene.desk.asked.clear()
    driver.click(driver.button("order_send_back"))
    driver.type("照片不清")
    driver.key(Qt.Key.Key_Return)
    back = [command for command in driver.scene.desk.asked if isinstance(command, OrderAdvance)]
    assert [(one.unit_id, one.state, one.reason) for one in back] == [
        (unit_id(1), A.ACCEPTED, "照片不清"),
        (unit_id(2), A.ACCEPTED, "照片不清"),
    ]


def test_one_unit_by_its_own_buttons(driver: WindowDriver) -> None:
    _show(driver, 1, 2)
    driver.scene.advance("o1", 2, A.ACCEPTED, A.COMPLETED)
    driver.settle()
    view = driver.parts.orders.detail.units_view
    rows = view.itemDelegate()
    verify, back = rows._buttons(view.visualRect(view.model().index(1, 0)))
    _click(view, 1, verify.center())
    assert driver.scene.desk.last(OrderAdvance).unit_id == unit_id(2)
    _click(view, 1, back.center())
    driver.type("重做")
    driver.key(Qt.Key.Key_Return)
    assert driver.scene.desk.last(OrderAdvance).state is A.ACCEPTED
    _click(view, 0)
    assert driver.window.selection.unit_ids == (unit_id(1),)


def test_one_unit_by_its_menu(driver: WindowDriver) -> None:
    _show(driver, 1, 2)
    view = driver.parts.orders.detail.units_view
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(0, 0)).center())
    menu = next(found for found in driver.window.findChildren(QMenu) if found.isVisible())
    enabled = [action.text() for action in menu.actions() if action.isEnabled()]
    assert enabled == ["撤销此人的任务"]
    menu.actions()[-1].trigger()
    menu.close()
    driver.type("换人")
    driver.key(Qt.Key.Key_Return)
    asked = driver.scene.desk.last(OrderAdvance)
    assert (asked.unit_id, asked.state, asked.reason) == (unit_id(1), A.CANCELLED, "换人")
    view.customContextMenuRequested.emit(QPoint(2, view.viewport().height() - 1))


def test_a_refusal_is_a_plain_sentence_with_its_code_under_details(driver: WindowDriver) -> None:
    _show(driver, 1)
    driver.scene.desk.refuse(OrderRemind, RefusalCode.WRONG_STATE, "")
    driver.click(driver.button("order_remind"))
    toast = driver.parts.toasts.toasts[0]
    assert toast.sentence == driver.scene.text.refusal(RefusalCode.WRONG_STATE)
    assert not toast._detail.isVisible()
    driver.click(toast._more)
    assert toast._detail.text() == "wrong_state"
    assert toast._detail.isVisible()


def test_kinds_narrow_the_board(driver: WindowDriver) -> None:
    scene, panel = driver.scene, driver.parts.orders
    scene.issue("o1", 1)
    scene.issue("o2", 2)
    scene.advance("o1", 1, A.REFUSED, reason="x")
    assert panel.view.model().rowCount() == 1
    driver.click(driver.button("orders_all"))
    assert panel.view.model().rowCount() == 2
    driver.click(driver.button("orders_overdue"))
    assert panel.view.model().rowCount() == 0
    assert not panel._empty.isHidden()
    scene.happen(ev.OrderOverdue(order_id=OrderId("o2"), unit_ids=(unit_id(2),)))
    assert panel.view.model().rowCount() == 1
    assert panel.view.model().index(0, 0).data(ORDER_ROLE).is_overdue


def test_a_new_order_does_not_move_what_is_in_sight(driver: WindowDriver) -> None:
    driver.window.shows.show("orders")
    for number in range(30):
        driver.scene.issue(f"o{number}", 1, title=f"第 {number} 件")
    view = driver.parts.orders.view
    driver.settle()
    view.verticalScrollBar().setValue(200)
    index = view.indexAt(QPoint(20, 20))
    title, top = index.data(), view.visualRect(index).top()
    driver.scene.issue("new", 1, title="新来的")
    driver.settle()
    again = view.indexAt(QPoint(20, 20))
    assert (again.data(), view.visualRect(again).top()) == (title, top)


def test_photos_of_a_step_are_fetched_and_leafed_through(driver: WindowDriver) -> None:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage

    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    packed = QByteArray()
    buffer = QBuffer(packed)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the form with bytes

    def content(command: BlobGet) -> pushes.Push:
        if command.blob_id == "bad":
            return pushes.Refused(id=command.id, code=RefusalCode.NOT_FOUND, text="")
        return pushes.BlobContent(
            id=command.id, blob_id=command.blob_id, media_type="image/png", data=bytes(packed.data())
        )

    driver.scene.desk.answers[BlobGet] = content
    driver.parts.orders.detail.photosWanted.emit((BlobId("one"), BlobId("bad")))
    dialog = driver.window.findChild(PhotoDialog)
    assert dialog is not None
    assert dialog._says.text() == "第 1 张，共 2 张"
    assert dialog._view._image.size() == image.size()
    dialog.grab()
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog._says.text() == "第 2 张无法读取，共 2 张"
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    QTest.keyClick(dialog, Qt.Key.Key_A)
    assert dialog._says.text() == "第 1 张，共 2 张"
    dialog.close()


def test_an_answer_to_a_closed_window_is_let_go(driver: WindowDriver) -> None:
    waiting = driver.scene.desk.hold(BlobGet)
    driver.parts.orders.detail.photosWanted.emit((BlobId("one"),))
    dialog = driver.window.findChild(PhotoDialog)
    assert dialog is not None
    dialog.close()
    driver.qtbot.waitUntil(lambda: driver.window.findChild(PhotoDialog) is None)
    waiting.answer = pushes.BlobContent(id=CommandId("x"), blob_id=BlobId("one"), media_type="", data=b"")
    driver.scene.desk.run()
