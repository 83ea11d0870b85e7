"""The map as the officer has it: pixels, clicks, boxes, circles, following, and what it tells the other panels."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.ids import CallId, OrderId, UnitId, unit_party
from comms.domain.order import Order, Place
from comms.domain.position import distance_m
from comms.domain.unit import UnitStatus
from comms.protocol.area import Area
from comms.protocol.errors import Locale
from tests.ui.map_area import AREA
from tests.ui.map_town import Desk, desk_with_units, town_desk
from ui.map.backdrop import MARGIN_PX
from ui.map.battery_sign import SIGN
from ui.map.declutter import Rect
from ui.map.drawing import MapLayers
from ui.map.map_widget import MapWidget
from ui.map.palette import DARK, LIGHT, MapPalette
from ui.map.projection import Floats
from ui.map.stamps import Bubble
from ui.map.status_line import StatusLine
from ui.map.tools import MapTool
from ui.map.unit_frame import UnitFrame
from ui.text import Texts

Show = Callable[..., MapWidget]
SIZE = (900, 640)
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Maps on screen, closed afterwards."""
    shown: list[MapWidget] = []

    def make(desk: Desk, palette: MapPalette = DARK, *, scale: float = 1.0) -> MapWidget:
        widget = MapWidget(desk.store, Texts(), palette, scale=scale)
        qtbot.addWidget(widget)
        widget.resize(*SIZE)
        widget.show()
        shown.append(widget)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        return widget

    yield make
    for widget in shown:
        widget.close()


def _selected(widget: MapWidget) -> list[str]:
    return list(widget.selected)


def _tool(widget: MapWidget) -> str:
    return widget.tool.value


def _detail(widget: MapWidget) -> str:
    return _frame(widget).detail.value


def _frame(widget: MapWidget) -> UnitFrame:
    assert widget.drawing.units.frame is not None
    return widget.drawing.units.frame


def _bubbles(widget: MapWidget) -> tuple[Bubble, ...]:
    return widget.drawing.units.bubbles


def _label_rects(widget: MapWidget) -> list[Rect]:
    return [label.rect for label in widget.drawing.units.labels]


def _columns(widget: MapWidget) -> tuple[Floats, Floats]:
    return widget.drawing.live.columns.x, widget.drawing.live.columns.y


def _is_drawn(widget: MapWidget) -> bool:
    widget.repaint()
    return widget.is_settled


def _placed(*places: tuple[float, float], area: Area | None = AREA) -> Desk:
    desk = desk_with_units(len(places), area=area)
    if places:
        desk.move(range(1, len(places) + 1), [lat for lat, _ in places], [lon for _, lon in places])
    return desk


def _at(widget: MapWidget, lat: float, lon: float) -> QPoint:
    px, py = widget.view.screen_at(lat=lat, lon=lon)
    return QPoint(round(px), round(py))


def _pixel(widget: MapWidget, point: QPoint) -> str:
    return QColor(widget.grab().toImage().pixel(point)).name()


def _drag(widget: MapWidget, first: QPoint, second: QPoint, modifiers: Qt.KeyboardModifier | None = None) -> None:
    """Press, move in two steps, release."""
    held = modifiers or Qt.KeyboardModifier.NoModifier
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    steps = (
        (QEvent.Type.MouseButtonPress, first, left, left),
        (QEvent.Type.MouseMove, QPoint((first.x() + second.x()) // 2, (first.y() + second.y()) // 2), none, left),
        (QEvent.Type.MouseMove, second, none, left),
        (QEvent.Type.MouseButtonRelease, second, left, none),
    )
    for kind, at, button, buttons in steps:
        event = QMouseEvent(kind, QPointF(at), widget.mapToGlobal(QPointF(at)), button, buttons, held)
        QApplication.sendEvent(widget, event)


def _hover(widget: MapWidget, at: QPoint) -> None:
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        widget.mapToGlobal(QPointF(at)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def _wheel(widget: MapWidget, at: QPoint, angle: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(at),
        QPoint(0, 0),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


class TestPixels:
    @pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
    @pytest.mark.parametrize("status", list(UnitStatus))
    def test_a_unit_is_where_the_projection_says_in_its_colour(
        self, show: Show, status: UnitStatus, palette: MapPalette
    ) -> None:
        desk = _placed((23.0071, 113.0043))
        if status is UnitStatus.OFFLINE:
            desk.happen(ev.TerminalDisconnected(unit_id=UnitId("u1")))
        else:
            desk.happen(ev.UnitStatusChanged(unit_id=UnitId("u1"), status=status))
        widget = show(desk, palette)
        assert _pixel(widget, _at(widget, 23.0071, 113.0043)) == palette.status(status)

    def test_moving_a_unit_moves_its_pixels(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043))
        widget = show(desk)
        desk.now += 1
        desk.move([1], [23.0031], [113.0155])
        here = _at(widget, 23.0031, 113.0155)
        qtbot.waitUntil(lambda: _pixel(widget, here) == DARK.status(UnitStatus.AVAILABLE))
        assert _pixel(widget, _at(widget, 23.0071, 113.0043)) == DARK.land

    def test_old_positions_look_hollow_and_older_ones_fainter(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043))
        widget = show(desk)
        here = _at(widget, 23.0071, 113.0043)
        fresh = widget.grab().toImage()
        desk.now += 100
        qtbot.waitUntil(lambda: _is_drawn(widget))
        stale = widget.grab().toImage()
        desk.now += 400
        qtbot.waitUntil(lambda: _is_drawn(widget))
        very_stale = widget.grab().toImage()
        assert QColor(fresh.pixel(here)).name() == DARK.status(UnitStatus.AVAILABLE)
        assert QColor(stale.pixel(here)).name() == QColor(very_stale.pixel(here)).name() == DARK.land

        def greenness(image: QImage) -> int:
            around = [here + QPoint(dx, dy) for dx in range(-9, 10) for dy in range(-9, 10)]
            colours = [QColor(image.pixel(point)) for point in around]
            return sum(max(0, colour.green() - colour.blue()) for colour in colours)

        assert greenness(fresh) > greenness(stale) > greenness(very_stale) > 0

    def test_a_talker_an_emergency_and_a_selection_stand_out(self, show: Show) -> None:
        desk = _placed((23.0071, 113.0043))
        widget = show(desk)
        plain = widget.grab().toImage()
        widget.select([UnitId("u1")])
        selected = widget.grab().toImage()
        call = Call(id=CallId("c"), kind=CallKind.POINT, caller=unit_party(UnitId("u1")), is_emergency=True)
        desk.happen(ev.CallStarted(call=call))
        alarmed = widget.grab().toImage()
        assert plain != selected
        assert selected != alarmed
        here = _at(widget, 23.0071, 113.0043)

        def is_red(image: QImage) -> bool:
            near = [QColor(image.pixel(here + QPoint(dx, 0))) for dx in range(-20, 21)]
            return any(colour.red() > 200 and colour.green() < 110 for colour in near)

        assert is_red(alarmed)
        assert not is_red(plain)

    def test_an_emergency_beats_until_it_is_over_and_shows_at_the_edge(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043))
        widget = show(desk)
        caller = unit_party(UnitId("u1"))
        desk.happen(ev.CallStarted(call=Call(id=CallId("c"), kind=CallKind.POINT, caller=caller, is_emergency=True)))
        first = widget.grab().toImage()
        qtbot.waitUntil(lambda: widget.grab().toImage() != first)
        widget.centre_on(23.0071, 113.2)
        _is_drawn(widget)
        edge = widget.grab().toImage()
        reds = [QColor(edge.pixel(x, y)).name() for x in range(10, 60) for y in range(260, 340)]
        assert DARK.emergency in reds
        desk.happen(ev.CallEnded(call_id=CallId("c"), end=CallEnd.HUNG_UP))
        calm = widget.grab().toImage()
        assert DARK.emergency not in [QColor(calm.pixel(x, y)).name() for x in range(10, 60) for y in range(260, 340)]

    def test_headings_and_accuracy_are_drawn(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043), (23.0031, 113.0143))
        widget = show(desk)
        widget.centre_on(23.0051, 113.0093, 16.0)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        before = widget.grab().toImage()
        desk.now += 1
        desk.move([1], [23.0071], [113.0043], heading_deg=90.0, speed_mps=2.0, accuracy_m=200.0)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert widget.grab().toImage() != before

    @pytest.mark.parametrize("scale", [1.0, 1.75])
    def test_everything_scales(self, show: Show, scale: float) -> None:
        widget = show(_placed((23.0071, 113.0043)), scale=scale)
        assert _pixel(widget, _at(widget, 23.0071, 113.0043)) == DARK.status(UnitStatus.AVAILABLE)
        assert widget.view.height == SIZE[1] - round(24 * scale)

    def test_another_palette_and_other_layers_show(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        widget.set_palette(LIGHT)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert _pixel(widget, _at(widget, 23.0071, 113.0043)) == LIGHT.status(UnitStatus.AVAILABLE)
        assert _pixel(widget, _at(widget, 23.0031, 113.0143)) == LIGHT.land
        widget.set_layers(MapLayers(area_layers=(), names=False, unit_labels=False, orders=False))
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert _label_rects(widget) == []
        assert not widget.drawing.units.names
        widget.set_scale(2.0)
        assert widget.view.height == SIZE[1] - 48


class TestEmptiness:
    def test_nothing_at_all(self, show: Show) -> None:
        widget = show(Desk())
        assert _detail(widget) == "labels"
        assert not widget.centre_on_unit(UnitId("nobody"))
        widget.fit_area()
        widget.fit_units([UnitId("nobody")])
        widget.follow(UnitId("nobody"))
        assert not widget.grab().isNull()

    def test_units_without_positions_and_without_area(self, show: Show) -> None:
        widget = show(desk_with_units(3))
        assert _label_rects(widget) == []

    def test_the_map_finds_the_units_when_there_is_no_area(self, show: Show) -> None:
        desk = desk_with_units(2)
        widget = show(desk)
        desk.move([1, 2], [23.001, 23.009], [113.001, 113.019])
        for lat, lon in ((23.001, 113.001), (23.009, 113.019)):
            assert widget.rect().contains(_at(widget, lat, lon))

    def test_the_map_fits_an_area_that_comes_later(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043), area=None)
        widget = show(desk)
        desk.store.apply_local(AREA)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert _pixel(widget, _at(widget, 23.0021, 113.0153)) == DARK.land
        assert "小样镇" in widget.status_line.texts[2]
        widget.resize(500, 400)
        assert widget.view.screen_at(lat=23.0, lon=113.02)[0] <= 500


class TestSelecting:
    PLACES = ((23.0071, 113.0043), (23.0071, 113.0083), (23.0031, 113.0143))

    def test_click_selects_exactly_the_unit_under_it(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        heard: list[object] = []
        widget.unitSelected.connect(heard.append)
        widget.unitsSelected.connect(heard.append)
        for number, place in enumerate(self.PLACES, start=1):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, _at(widget, *place))
            assert _selected(widget) == [f"u{number}"]
            assert heard[-2:] == [[f"u{number}"], f"u{number}"]

    def test_ctrl_click_adds_and_takes_out(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        ctrl = Qt.KeyboardModifier.ControlModifier
        for place in (*self.PLACES, self.PLACES[0]):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, ctrl, _at(widget, *place))
        assert _selected(widget) == ["u2", "u3"]
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, ctrl, QPoint(5, 5))
        assert _selected(widget) == ["u2", "u3"]

    def test_clicks_go_through_a_heap(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*[(23.0071, 113.0043)] * 3))
        seen = []
        for _ in range(4):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, _at(widget, 23.0071, 113.0043))
            seen.append(widget.selected[0])
        assert set(seen[:3]) == {"u1", "u2", "u3"}
        assert seen[3] == seen[0]

    def test_a_label_is_as_good_as_its_symbol(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(self.PLACES[0]))
        ((x, y, width, height),) = _label_rects(widget)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, QPoint(int(x + width / 2), int(y + height / 2)))
        assert _selected(widget) == ["u1"]

    def test_the_ground_gives_its_grid_and_clears_the_selection(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        widget.select([UnitId("u1")])
        before = widget.grab().toImage()
        with qtbot.waitSignal(widget.gridSelected) as told:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, _at(widget, 23.0021, 113.0173))
        assert told.args == ["t/v1/g2"]
        assert _selected(widget) == []
        assert widget.grab().toImage() != before
        with qtbot.assertNotEmitted(widget.gridSelected):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, QPoint(3, 3))

    def test_shift_drag_selects_exactly_what_is_in_the_box(self, show: Show) -> None:
        roll = np.random.default_rng(2)
        lat, lon = 23.0 + roll.uniform(0, 0.01, 80), 113.0 + roll.uniform(0, 0.02, 80)
        desk = _placed(*zip(lat.tolist(), lon.tolist(), strict=True))
        widget = show(desk)
        first, second = QPoint(700, 150), QPoint(240, 420)
        _drag(widget, first, second, Qt.KeyboardModifier.ShiftModifier)
        x, y = widget.view.screens_of(*_columns(widget))
        expected = {f"u{row + 1}" for row in np.flatnonzero((x >= 240) & (x <= 700) & (y >= 150) & (y <= 420))}
        assert set(widget.selected) == expected
        assert expected

    def test_a_circle_selects_by_great_circle_and_tells_its_place(self, show: Show, qtbot: QtBot) -> None:
        roll = np.random.default_rng(3)
        lat, lon = (23.0 + roll.uniform(0, 0.01, 120)).tolist(), (113.0 + roll.uniform(0, 0.02, 120)).tolist()
        desk = _placed(*zip(lat, lon, strict=True))
        widget = show(desk)
        widget.set_tool(MapTool.CIRCLE)
        with qtbot.waitSignal(widget.circleDrawn) as told:
            _drag(widget, QPoint(450, 300), QPoint(570, 300))
        assert told.args is not None
        circle = told.args
        place = widget.view.place_at(450, 300)
        assert circle[:2] == pytest.approx(list(place))
        table = desk.store.positions
        inside = {
            f"u{row + 1}"
            for row in range(120)
            if distance_m(lat_a=circle[0], lon_a=circle[1], lat_b=table.lat[row], lon_b=table.lon[row]) <= circle[2]
        }
        assert set(widget.selected) == inside
        assert inside
        assert _tool(widget) == "pan"

    def test_the_circle_says_count_and_radius_while_it_is_drawn(self, show: Show) -> None:
        desk = _placed(*self.PLACES)
        desk.happen(ev.TerminalDisconnected(unit_id=UnitId("u2")))
        widget = show(desk)
        widget.set_tool(MapTool.CIRCLE)
        centre = _at(widget, *self.PLACES[0])
        held = Qt.KeyboardModifier.NoModifier
        for kind, at in (
            (QEvent.Type.MouseButtonPress, centre),
            (QEvent.Type.MouseMove, centre + QPoint(300, 0)),
        ):
            left = Qt.MouseButton.LeftButton
            QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(at), QPointF(at), left, left, held))
        tag = widget.shown().tag
        assert "2 人" in tag
        assert "在线 1" in tag
        assert "米" in tag
        assert not widget.grab().isNull()

    def test_a_slip_with_the_tool_draws_nothing_and_escape_lays_it_down(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        widget.set_tool(MapTool.CIRCLE)
        with qtbot.assertNotEmitted(widget.circleDrawn):
            _drag(widget, QPoint(450, 300), QPoint(450, 300))
        assert _tool(widget) == "circle"
        QTest.keyClick(widget, Qt.Key.Key_Escape)
        assert _tool(widget) == "pan"

    def test_measuring_shows_a_length_and_selects_nothing(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        widget.set_tool(MapTool.MEASURE)
        with qtbot.assertNotEmitted(widget.unitsSelected):
            _drag(widget, _at(widget, 23.001, 113.001), _at(widget, 23.001, 113.011))
        assert widget.shown().tag == "1.0 公里"
        assert not widget.grab().isNull()
        QTest.keyClick(widget, Qt.Key.Key_Escape)
        assert widget.shown().tag == ""

    def test_escape_gives_up_one_thing_at_a_time(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        widget.select([UnitId("u1")])
        widget.follow(UnitId("u1"))
        QTest.keyClick(widget, Qt.Key.Key_Escape)
        assert widget.followed is None
        assert _selected(widget) == ["u1"]
        QTest.keyClick(widget, Qt.Key.Key_Escape)
        assert _selected(widget) == []
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(100, 100))
        _hover(widget, QPoint(300, 300))
        assert widget.shown().box is not None
        QTest.keyClick(widget, Qt.Key.Key_Escape)
        assert widget.shown().box is None

    def test_what_others_select_is_not_told_back(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed(*self.PLACES))
        with qtbot.assertNotEmitted(widget.unitsSelected):
            widget.select([UnitId("u2"), UnitId("u2")])
        assert _selected(widget) == ["u2"]


class TestContext:
    def _ask(self, widget: MapWidget, at: QPoint, *, keyboard: bool = False) -> None:
        reason = QContextMenuEvent.Reason.Keyboard if keyboard else QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))

    def test_on_a_unit_on_the_ground_and_from_the_keyboard(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        unit_at = _at(widget, 23.0071, 113.0043)
        with qtbot.waitSignal(widget.contextRequested) as told:
            self._ask(widget, unit_at)
        assert told.args is not None
        assert told.args[0] == "u1"
        assert _selected(widget) == ["u1"]
        with qtbot.waitSignal(widget.contextRequested) as told:
            self._ask(widget, QPoint(600, 400))
        assert told.args is not None
        assert told.args[0] is None
        assert tuple(told.args[1:]) == pytest.approx(widget.view.place_at(600, 400))
        with qtbot.waitSignal(widget.contextRequested) as told:
            self._ask(widget, QPoint(0, 0), keyboard=True)
        assert told.args is not None
        assert told.args[0] == "u1"
        assert tuple(told.args[1:]) == pytest.approx((23.0071, 113.0043), abs=1e-6)
        widget.select([])
        with qtbot.waitSignal(widget.contextRequested) as told:
            self._ask(widget, QPoint(0, 0), keyboard=True)
        assert told.args is not None
        assert told.args[0] is None


class TestMoving:
    def test_dragging_pans_and_a_shaky_click_does_not(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        place = widget.view.place_at(400, 300)
        _drag(widget, QPoint(400, 300), QPoint(460, 250))
        assert widget.view.place_at(460, 250) == pytest.approx(place)
        held = widget.view
        _drag(widget, QPoint(400, 300), QPoint(402, 301))
        assert widget.view == held

    def test_the_wheel_zooms_to_the_cursor_on_quarter_levels(self, show: Show) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        at = QPoint(620, 170)
        place, zoom = widget.view.place_at(620, 170), widget.view.zoom
        _wheel(widget, at, 120)
        assert widget.view.zoom == zoom + 0.5
        assert widget.view.place_at(620, 170) == pytest.approx(place)
        for _ in range(8):
            _wheel(widget, at, -15)  # a touch pad's crumbs add up
        assert widget.view.zoom == zoom

    def test_double_click_zooms_in_there(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        place, zoom = widget.view.place_at(200, 200), widget.view.zoom
        QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, NONE, QPoint(200, 200))
        assert widget.view.zoom == zoom + 1
        assert widget.view.place_at(200, 200) == pytest.approx(place)

    def test_keys(self, show: Show, qtbot: QtBot) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        home = widget.view
        for key, away in (
            (Qt.Key.Key_Left, Qt.Key.Key_Right),
            (Qt.Key.Key_Up, Qt.Key.Key_Down),
            (Qt.Key.Key_Plus, Qt.Key.Key_Minus),
        ):
            QTest.keyClick(widget, key)
            assert widget.view != home
            QTest.keyClick(widget, away)
            assert (widget.view.x, widget.view.y) == pytest.approx((home.x, home.y))
        QTest.keyClick(widget, Qt.Key.Key_Right)
        QTest.keyClick(widget, Qt.Key.Key_Home)
        assert widget.view == home
        QTest.keyClick(widget, Qt.Key.Key_F9)
        assert widget.view == home

    def test_centring_fitting_and_following(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043), (23.0031, 113.0143))
        widget = show(desk)
        assert widget.centre_on_unit(UnitId("u2"))
        middle = QPoint(widget.view.width // 2, widget.view.height // 2)
        assert (_at(widget, 23.0031, 113.0143) - middle).manhattanLength() <= 2
        assert widget.view.zoom == 16.5
        widget.centre_on(23.005, 113.005, 14.1)
        assert widget.view.zoom == 14.0
        widget.fit_units([UnitId("u1"), UnitId("u2"), UnitId("nobody")])
        assert widget.rect().contains(_at(widget, 23.0071, 113.0043))
        with qtbot.waitSignal(widget.followChanged):
            widget.follow(UnitId("u1"))
        assert "网格员1" in widget.shown().banner
        desk.now += 1
        desk.move([1], [23.0085], [113.0095])
        qtbot.waitUntil(lambda: (_at(widget, 23.0085, 113.0095) - middle).manhattanLength() <= 2)
        with qtbot.waitSignal(widget.followChanged):
            _drag(widget, QPoint(400, 300), QPoint(300, 300))
        assert widget.followed is None


class TestHover:
    def test_what_is_near_is_looked_up_now_and_then(self, show: Show) -> None:
        widget = show(_placed((23.0071, 113.0043)))
        asked: list[tuple[float, float]] = []

        def address(lat: float, lon: float) -> str:
            asked.append((lat, lon))
            return f"第 {len(asked)} 街 5 米"

        widget.pointed.address = address
        for x in (300, 310, 320):
            _hover(widget, QPoint(x, 300))
        assert len(asked) == 1, "the next when the last has been read"
        assert widget.status_line.texts[1].startswith("第 1 街 5 米   ")
        widget.pointed._timer.timeout.emit()
        assert asked[1] == pytest.approx(widget.view.place_at(320, 300))
        assert widget.status_line.texts[1].startswith("第 2 街 5 米   ")
        _hover(widget, QPoint(5, SIZE[1] - 3))
        widget.pointed._timer.timeout.emit()
        assert (len(asked), widget.status_line.texts[1]) == (2, "")

    def test_coordinates_are_the_last_that_a_narrow_window_cuts(self, qtbot: QtBot) -> None:
        host = QWidget()
        qtbot.addWidget(host)
        line = StatusLine(DARK, 1.0, host)
        words = ("新华路与中山大道交叉口 120 米", "北纬 23.00510°  东经 113.71230°", "兴安社区第01网格")
        line.say_place(near=words[0], coordinates=words[1], grid=words[2])
        assert line.fitted(700.0) == words
        near, coordinates, grid = line.fitted(450.0)
        assert (near, coordinates) == words[:2]
        assert grid == "" or grid.endswith("…")
        near, coordinates, grid = line.fitted(300.0)
        assert (near[0], near[-1], coordinates, grid) == ("新", "…", words[1], "")
        assert line.fitted(225.0) == ("", words[1], "")
        line.say_place(coordinates=words[1], grid=words[2])
        assert line.fitted(400.0) == ("", *words[1:])

    def test_the_card_and_the_status_line(self, show: Show, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043))
        order = Order(id=OrderId("o"), title="井盖破损", place=Place(lat=23.003, lon=113.015), unit_ids=(UnitId("u1"),))
        desk.happen(ev.OrderIssued(order=order))
        widget = show(desk)
        _hover(widget, _at(widget, 23.0071, 113.0043))
        card = widget.shown().card
        assert card is not None
        texts = [line.text for line in card.lines]
        assert texts[0] == "网格员1"
        assert "空闲" in texts
        assert any("电量 80%" in text for text in texts)
        desk.store.positions.battery_pct[0] = 20.0
        card = widget.shown().card
        assert card is not None
        texts = [line.text for line in card.lines]
        assert f"{SIGN}电量低 20%" in texts
        assert not any("电量 20%" in text for text in texts)
        widget.select((UnitId("u1"),))
        desk.now += 2.0
        widget.grab()
        assert f"网格员1 {SIGN}20%" in [label.text for label in widget.drawing.units.labels]
        widget.select(())
        assert "23.007" in widget.status_line.texts[1]
        assert "第一网格" in widget.status_line.texts[1]
        assert not widget.grab().isNull()
        head = _at(widget, 23.003, 113.015) - QPoint(0, 19)
        _hover(widget, head)
        card = widget.shown().card
        assert card is not None
        assert [line.text for line in card.lines] == ["井盖破损", "等待接单"]
        assert not widget.grab().isNull()
        with qtbot.waitSignal(widget.orderSelected) as told:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, head)
        assert told.args == ["o"]
        QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
        assert widget.shown().card is None
        assert widget.status_line.texts[1] == ""
        _hover(widget, QPoint(5, 5))
        assert "网格外" in widget.status_line.texts[1]
        _hover(widget, QPoint(5, SIZE[1] - 3))
        assert widget.status_line.texts[1] == ""

    def test_the_language_switches_live(self, show: Show) -> None:
        desk = _placed((23.0071, 113.0043))
        text = Texts()
        widget = MapWidget(desk.store, text, DARK)
        assert widget.accessibleName() == "地图"
        text.switch(Locale.EN)
        assert widget.accessibleName() == "Map"
        assert "streets" in widget.status_line.texts[2]
        widget.close()
        widget.deleteLater()


@pytest.mark.no_cover  # many units of what is measured with few
class TestCrowds:
    def test_bubbles_count_and_open_on_a_click(self, show: Show, qtbot: QtBot) -> None:
        count = 900
        desk = desk_with_units(count, area=AREA)
        roll = np.random.default_rng(1)
        desk.move(range(1, count + 1), 23.005 + roll.normal(0, 1e-4, count), 113.005 + roll.normal(0, 1e-4, count))
        widget = show(desk)
        assert _detail(widget) == "bubbles"
        assert sum(bubble.count for bubble in _bubbles(widget)) == pytest.approx(count, abs=60)
        biggest = max(_bubbles(widget), key=lambda bubble: bubble.count)
        zoom = widget.view.zoom
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, QPoint(round(biggest.x), round(biggest.y)))
        assert widget.view.zoom == zoom + 1.5
        assert _selected(widget) == []

    def test_a_town_on_duty_has_no_overlapping_labels(self, show: Show, qtbot: QtBot) -> None:
        desk, town = town_desk(units=1165)
        widget = show(desk)
        assert _detail(widget) == "symbols"
        south, west, north, east = town.area.bounds
        widget.centre_on((south + north) / 2, (west + east) / 2, 15.75)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        rects = _label_rects(widget)
        assert _detail(widget) == "labels"
        assert len(rects) > 20
        for index, (x, y, width, height) in enumerate(rects):
            for other_x, other_y, other_width, other_height in rects[index + 1 :]:
                assert (
                    x + width <= other_x
                    or other_x + other_width <= x
                    or y + height <= other_y
                    or other_y + other_height <= y
                )

    def test_a_hundred_thousand_units_can_be_panned_zoomed_and_moved(self, show: Show, qtbot: QtBot) -> None:
        count = 100_000
        desk = desk_with_units(count, area=AREA)
        roll = np.random.default_rng(1)
        lat, lon = 23.0 + roll.uniform(0, 0.01, count), 113.0 + roll.uniform(0, 0.02, count)
        desk.move(range(1, count + 1), lat, lon)
        widget = show(desk)
        assert _detail(widget) == "bubbles"
        _drag(widget, QPoint(400, 300), QPoint(300, 200))
        for _ in range(12):
            _wheel(widget, QPoint(450, 300), 120)
            widget.repaint()
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert _detail(widget) in ("symbols", "labels")
        desk.now += 1
        desk.move(range(1, 2001), lat[:2000] + 1e-5, lon[:2000])
        for _ in range(12):
            _wheel(widget, QPoint(450, 300), -120)
            widget.repaint()
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert _detail(widget) == "bubbles"


class TestCrowdPicture:
    def _shown(self, show: Show, qtbot: QtBot) -> tuple[Desk, MapWidget]:
        count = 8_000
        desk = desk_with_units(count, area=AREA)
        roll = np.random.default_rng(2)
        desk.move(range(1, count + 1), 23.0 + roll.uniform(0, 0.01, count), 113.0 + roll.uniform(0, 0.02, count))
        widget = show(desk)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        return desk, widget

    def test_it_moves_with_the_map_until_the_next_has_come(self, show: Show, qtbot: QtBot) -> None:
        _, widget = self._shown(show, qtbot)
        first = widget.drawing.units.backdrop.picture
        assert first is not None
        widget.show_view(widget.view.panned(30, 20))
        widget.repaint()
        assert widget.drawing.units.backdrop.picture is first
        widget.show_view(widget.view.panned(2 * MARGIN_PX, 0))
        widget.repaint()
        assert widget.drawing.units.backdrop.picture is first
        assert not widget.is_settled, "it does not reach so far"
        qtbot.waitUntil(lambda: _is_drawn(widget))
        second = widget.drawing.units.backdrop.picture
        assert second is not None
        assert second.slack_px(widget.view) >= 0

    def test_positions_that_moved_are_in_the_next(self, show: Show, qtbot: QtBot) -> None:
        desk, widget = self._shown(show, qtbot)
        assert len(_bubbles(widget)) > 20
        desk.now += 1
        desk.move(range(1, 8_001), np.full(8_000, 23.005), np.full(8_000, 113.01))
        qtbot.waitUntil(lambda: _is_drawn(widget))
        (bubble,) = _bubbles(widget)
        assert bubble.count == 8_000
        widget.show_view(widget.view.panned(-50, 0))
        widget.repaint()
        assert _bubbles(widget)[0].x == pytest.approx(bubble.x - 50)

    def test_another_palette_is_drawn_anew(self, show: Show, qtbot: QtBot) -> None:
        _, widget = self._shown(show, qtbot)
        first = widget.drawing.units.backdrop.picture
        widget.set_palette(LIGHT)
        qtbot.waitUntil(lambda: _is_drawn(widget))
        assert widget.drawing.units.backdrop.picture is not first


class TestLifetime:
    def test_closing_stops_the_worker_and_showing_starts_it_again(self, qtbot: QtBot) -> None:
        def tile_threads() -> int:
            return sum(thread.name == "map-tiles" for thread in threading.enumerate())

        before = tile_threads()
        widget = MapWidget(_placed((23.0071, 113.0043)).store, Texts(), DARK)
        qtbot.addWidget(widget)
        widget.resize(*SIZE)
        widget.show()
        assert tile_threads() == before + 1
        widget.close()
        assert tile_threads() == before
        widget.show()
        qtbot.waitUntil(lambda: _is_drawn(widget))
        widget.close()
        assert tile_threads() == before

    def test_destroying_the_window_around_it_is_enough(self, qtbot: QtBot) -> None:
        desk = _placed((23.0071, 113.0043))
        window = QWidget()
        widget = MapWidget(desk.store, Texts(), DARK, parent=window)
        window.resize(*SIZE)
        window.show()
        widget.repaint()
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
        assert not any(thread.name == "map-tiles" for thread in threading.enumerate())
        desk.now += 1
        desk.move([1], [23.0], [113.0])  # nobody listens any more

    def test_many_notices_make_one_frame(self, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        desk = _placed((23.0071, 113.0043))
        widget = show(desk)
        frames = []
        monkeypatch.setattr(widget, "update", lambda *_: frames.append(1))
        widget.repaint()
        for step in range(200):
            desk.now += 0.01
            desk.move([1], [23.0071 + step * 1e-6], [113.0043])
        qtbot.waitUntil(lambda: bool(frames))
        assert len(frames) == 1
