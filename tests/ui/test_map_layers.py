"""The layers by themselves: detail, stamps, bubbles, labels, names, orders, marks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.ids import BurstId, CallId, JurisdictionId, OrderId, TalkgroupId, UnitId, unit_party
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import AssignmentState, Order, OrderPriority, Place
from comms.domain.picture import OrderState
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import UnitStatus
from comms.protocol import pushes
from console.store.notices import Notice
from tests.ui.map_area import AREA, ready_layers
from tests.ui.map_town import Desk, desk_with_units
from ui.map.bubbles import bubble_label
from ui.map.declutter import Occupancy, Rect
from ui.map.detail import Detail, detail_for, symbol_radius_px
from ui.map.ground import way_of
from ui.map.ground_build import build_ground
from ui.map.lettering import KEPT_IMAGES, Lettering, Tone
from ui.map.live_picture import Effect, LivePicture
from ui.map.names import NamePlan, along_line, bare_plan
from ui.map.order_layer import REFUSED_SHOWN_S, OrderLayer, OrderStage, draw_pin, mark_of, stage_of
from ui.map.palette import DARK, LIGHT
from ui.map.projection import world_of
from ui.map.stamps import BUBBLE_FROM, StampSheet, bubbles, premultiplied
from ui.map.symbols import draw_status
from ui.map.unit_columns import Freshness
from ui.map.unit_frame import Emphasis
from ui.map.unit_labels import UnitLabels, calm_wishes, marked_wishes
from ui.map.unit_layer import Sprites, UnitLayer
from ui.map.view import View
from ui.text import Texts

pytestmark = pytest.mark.usefixtures("qapp")
VIEW = View(*world_of(lat=23.005, lon=113.01), 15.0, 900, 600)
GROUP = TalkgroupId("g")


def _follow(desk: Desk, live: LivePicture) -> None:
    def hear(notice: Notice) -> None:
        live.apply(notice)

    desk.store.subscribe(hear)


def overlap(first: Rect, second: Rect) -> bool:
    return (
        first[0] < second[0] + second[2]
        and second[0] < first[0] + first[2]
        and first[1] < second[1] + second[3]
        and second[1] < first[1] + first[3]
    )


def no_overlaps(rects: list[Rect]) -> bool:
    return not any(overlap(a, b) for index, a in enumerate(rects) for b in rects[index + 1 :])


@pytest.mark.parametrize(
    ("count", "crowding", "detail"),
    [
        (0, 0.0, Detail.LABELS),
        (400, 1.0, Detail.LABELS),
        (401, 1.0, Detail.SYMBOLS),
        (6000, 1.0, Detail.SYMBOLS),
        (6001, 1.0, Detail.STAMPS),
        (30_000, 1.0, Detail.STAMPS),
        (30_001, 1.0, Detail.BUBBLES),
        (500, 61.0, Detail.BUBBLES),
    ],
)
def test_detail_follows_number_and_crowding(count: int, crowding: float, detail: Detail) -> None:
    assert detail_for(count, crowding) is detail


def test_symbols_grow_as_the_map_comes_closer() -> None:
    radii = [symbol_radius_px(zoom, 100) for zoom in (12, 14, 16, 18)]
    assert radii == sorted(radii)
    assert symbol_radius_px(18, 5000) == radii[0]


class TestOccupancy:
    rects = st.tuples(st.floats(-60, 460), st.floats(-60, 360), st.floats(1, 120), st.floats(1, 40))

    @given(st.lists(rects, max_size=25))
    def test_granted_rectangles_never_overlap(self, wishes: list[Rect]) -> None:
        occupancy = Occupancy(400, 300)
        granted = [rect for rect in wishes if occupancy.claim((rect,))]
        assert no_overlaps(granted)

    def test_all_or_nothing(self) -> None:
        occupancy = Occupancy(400, 300)
        assert occupancy.claim(((10, 10, 20, 20),))
        assert not occupancy.claim(((100, 100, 20, 20), (15, 15, 5, 5)))
        assert occupancy.is_free((100, 100, 20, 20))

    def test_squares_are_taken_at_once(self) -> None:
        occupancy = Occupancy(400, 300)
        occupancy.take_squares(np.array([50.0, -900.0]), np.array([60.0, 10.0]), 4.0)
        assert not occupancy.is_free((48, 58, 2, 2))
        assert occupancy.is_free((100, 100, 10, 10))


class TestStamps:
    def test_a_dot_lies_where_it_was_asked_for(self) -> None:
        x, y = np.array([10.0, 99.0, -20.0, 0.0]), np.array([20.0, 79.0, 90.0, 0.0])
        colours = np.array([premultiplied(f"#{rgb}") for rgb in ("ff0000", "00ff00", "0000ff", "ffffff")], np.uint32)
        sheet = StampSheet(100, 80)
        sheet.stamp(x, y, colours, reach=1)
        image = sheet.clear
        assert [image.pixelColor(*at).name() for at in ((10, 20), (99, 79), (0, 0))] == [
            "#ff0000",
            "#00ff00",
            "#ffffff",
        ]
        assert image.pixelColor(14, 20).alpha() == 0
        sheet.wipe()
        sheet.stamp(x[:1], y[:1], colours[:1], reach=0)
        assert image.pixelColor(99, 79).alpha() == 0
        assert [image.pixelColor(*at).name() for at in ((10, 20), (11, 21))] == ["#ff0000", "#ff0000"]

    def test_a_faint_dot_lets_what_lies_below_through(self) -> None:
        sheet = StampSheet(20, 20)
        sheet.opaque.fill(QColor("#204060"))
        sheet.stamp(np.array([10.0]), np.array([10.0]), np.array([premultiplied("#ff8000", 0.5)], np.uint32), reach=1)
        found = sheet.opaque.pixelColor(10, 10)
        mixed = ((found.red(), 0x8F), (found.green(), 0x60), (found.blue(), 0x30))
        assert all(abs(shown - expected) <= 2 for shown, expected in mixed)

    @given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 600)), max_size=300), st.floats(-400, 400))
    @settings(max_examples=40)
    def test_bubbles_count_every_crowded_cell_and_do_not_stir(
        self, places: list[tuple[float, float]], dx: float
    ) -> None:
        x, y = (np.array([place[axis] for place in places], np.float64) for axis in (0, 1))
        found = bubbles(VIEW, x, y)
        assert sum(bubble.count for bubble in found) <= len(places)
        assert all(bubble.count >= BUBBLE_FROM for bubble in found)
        step = float(round(dx))
        moved = bubbles(VIEW.panned(step, 0), x + step, y)
        assert sorted(bubble.count for bubble in moved) == sorted(bubble.count for bubble in found)

    def test_bubble_texts_are_short(self) -> None:
        assert [bubble_label(count) for count in (12, 999, 1000, 12_345)] == ["12", "999", "1.0k", "12k"]

    def test_premultiplied_colours_carry_their_alpha(self) -> None:
        assert premultiplied("#ffffff") == 0xFFFFFFFF
        assert premultiplied("#ffffff", 0.5) == 0x80808080


class TestLettering:
    def test_pixmaps_are_cached_and_bounded(self) -> None:
        lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
        first = lettering.lettered("网格员", Tone.UNIT)
        assert lettering.lettered("网格员", Tone.UNIT) is first
        for number in range(KEPT_IMAGES + 20):
            lettering.lettered(str(number), Tone.UNIT)
        assert lettering.kept == KEPT_IMAGES

    def test_a_turned_name_has_room(self) -> None:
        lettering = Lettering(LIGHT, pixel_ratio=2.0, scale=1.5)
        turned = lettering.lettered("中山大道", Tone.MAIN_ROAD, 60)
        assert turned.height >= lettering.width("中山大道", Tone.MAIN_ROAD)
        assert turned.image.devicePixelRatio() == 2.0


class TestNames:
    def _plan(self) -> NamePlan:
        lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
        ground = replace(build_ground(AREA, {}), layers=ready_layers("cameras", "places"))
        return NamePlan(ground, lettering, lambda _: "东村")

    def _texts(self, zoom: float) -> set[str]:
        view = View(*world_of(lat=23.005, lon=113.01), zoom, 1300, 700)
        return {name.candidate.text for name in self._plan().plan(view).names}

    def test_what_is_named_depends_on_the_zoom(self) -> None:
        assert self._texts(9) == set()
        assert self._texts(14) == {"东村"}
        assert {"第一网格", "第二网格", "新华路", "三巷"} <= self._texts(16.5)
        view = View(*world_of(lat=23.004, lon=113.004), 18.5, 1300, 700)
        assert {"第一小学", "三号楼"} <= {name.candidate.text for name in self._plan().plan(view).names}

    @pytest.mark.parametrize("zoom", [13.0, 14.0, 15.0, 16.5, 17.5, 18.5, 19.75])
    def test_names_never_overlap(self, zoom: float) -> None:
        view = View(*world_of(lat=23.004, lon=113.004), zoom, 1300, 700)
        placed = self._plan().plan(view).names
        for index, first in enumerate(placed):
            for second in placed[index + 1 :]:
                assert not any(overlap(a, b) for a in first.rects(view) for b in second.rects(view))

    def test_a_plan_holds_while_panning_within_its_block(self) -> None:
        plan = self._plan()
        view = View(*world_of(lat=23.005, lon=113.01), 15.5, 900, 600)
        first = plan.plan(view)
        assert plan.plan(view.panned(0.4, 0.2)) is first
        assert first.serves(view.panned(100, 0))
        assert not first.serves(view.panned(600, 0))
        assert not first.serves(view.zoomed(16.0, 450, 300))
        assert plan.plan(view.panned(300, 0)) is not first

    def test_a_name_needs_a_straight_stretch(self) -> None:
        straight = way_of(np.array([[0.0, 0.0], [1000.0, 0.0]]))
        zigzag = way_of(np.array([[float(step * 20), 40.0 * (step % 2)] for step in range(40)]))
        scale = float(256 * 2**16)
        assert [turn for *_, turn in along_line(straight, 100.0, scale)] == [0]
        assert list(along_line(zigzag, 200.0, scale)) == []
        assert list(along_line(straight, 990.0, scale)) == []
        down = way_of(np.array([[0.0, 1000.0], [0.0, 0.0]]))
        assert [turn for *_, turn in along_line(down, 100.0, scale)] == [90]


def _placed_desk(count: int, *, spread: float = 0.009) -> Desk:
    desk = desk_with_units(count)
    roll = np.random.default_rng(5)
    desk.move(
        range(1, count + 1),
        23.0005 + roll.uniform(0, spread, count),
        113.0005 + roll.uniform(0, 2 * spread, count),
        age_s=np.where(np.arange(count) % 7 == 0, 200.0, 1.0),
    )
    return desk


def _layer(live: LivePicture) -> UnitLayer:
    sprites = Sprites(DARK, pixel_ratio=1.0, scale=1.0)
    assert len(list(sprites.steps())) > 7
    return UnitLayer(live.columns, DARK, sprites)


class TestLabels:
    def _labels(self, desk: Desk, view: View, emphasis: Emphasis) -> tuple[list[Rect], LivePicture, int]:
        live = LivePicture(desk.store, Texts())
        frame = _layer(live).prepare(view, live.now, emphasis)
        lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
        rects: list[Rect] = []
        for wishes in (marked_wishes, calm_wishes):
            labels, clear = UnitLabels(lettering, live.label, wishes), tuple(rects)
            placed = labels.place(frame, emphasis, bare_plan(view), kept_clear=clear, symbols=frame)
            again = labels.place(frame, emphasis, bare_plan(view), kept_clear=clear, symbols=frame)
            assert again.labels == placed.labels
            rects += [label.rect for label in placed.labels]
        return rects, live, len(frame.rows)

    @pytest.mark.parametrize("count", [0, 1, 60, 399])
    def test_they_never_overlap_nor_leave_the_screen(self, count: int) -> None:
        rects, _, shown = self._labels(_placed_desk(count), VIEW, Emphasis())
        assert no_overlaps(rects)
        assert all(x >= 0 and y >= 0 and x + w <= VIEW.width and y + h <= VIEW.height for x, y, w, h in rects)
        assert len(rects) >= min(shown, 1)

    def test_too_many_units_are_named_only_when_marked(self) -> None:
        desk = _placed_desk(700)
        assert self._labels(desk, VIEW, Emphasis())[0] == []
        rects, _, _ = self._labels(desk, VIEW, Emphasis(selected=np.array([3, 4]), hovered=9))
        assert len(rects) == 3

    def test_old_positions_say_how_old(self) -> None:
        live = LivePicture(_placed_desk(8).store, Texts())
        assert live.label(1, Freshness.FRESH) == "网格员2"
        assert "分钟" in live.label(0, Freshness.STALE)

    def test_names_on_the_ground_make_way(self) -> None:
        desk = desk_with_units(1)
        desk.move([1], [23.005], [113.01])
        live = LivePicture(desk.store, Texts())
        lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
        plan = NamePlan(build_ground(AREA, {}), lettering, lambda _: "")
        names = plan.plan(VIEW)
        frame = _layer(live).prepare(VIEW, live.now, Emphasis())
        result = UnitLabels(lettering, live.label, calm_wishes).place(frame, Emphasis(), names, symbols=frame)
        assert len(result.labels) == 1
        rects = [rect for name in result.names for rect in name.rects(VIEW)]
        assert not any(overlap(result.labels[0].rect, rect) for rect in rects)


def _order(**values: Any) -> Order:
    return Order(id=OrderId("o"), title="井盖破损", place=Place(lat=23.005, lon=113.01), **values)


def _state(*states: AssignmentState, is_overdue: bool = False) -> OrderState:
    assignments = {UnitId(f"u{index}"): state for index, state in enumerate(states)}
    state = OrderState(order=_order(), issued_by=unit_party(UnitId("x")), assignments=assignments, timeline=[])
    state.is_overdue = is_overdue
    return state


class TestOrders:
    @pytest.mark.parametrize(
        ("states", "is_overdue", "stage"),
        [
            ((AssignmentState.ISSUED, AssignmentState.ACCEPTED), False, OrderStage.WAITING),
            ((AssignmentState.ACCEPTED,), False, OrderStage.UNDER_WAY),
            ((AssignmentState.EN_ROUTE, AssignmentState.ON_SCENE), False, OrderStage.ON_SCENE),
            ((AssignmentState.COMPLETED,), False, OrderStage.DONE),
            ((AssignmentState.COMPLETED,), True, OrderStage.DONE),
            ((AssignmentState.ACCEPTED,), True, OrderStage.TROUBLE),
            ((AssignmentState.REFUSED, AssignmentState.ON_SCENE), False, OrderStage.TROUBLE),
            ((AssignmentState.VERIFIED, AssignmentState.CANCELLED), False, None),
        ],
    )
    def test_the_pin_says_what_needs_the_officer_first(
        self, states: tuple[AssignmentState, ...], is_overdue: bool, stage: OrderStage | None
    ) -> None:
        state = _state(*states, is_overdue=is_overdue)
        assert stage_of(state) is stage
        assert (mark_of(state) is None) == (stage is None)

    def test_pins_follow_the_picture_one_at_a_time(self) -> None:
        desk = desk_with_units(1)
        live = LivePicture(desk.store, Texts())
        _follow(desk, live)
        desk.happen(ev.OrderIssued(order=_order(unit_ids=(UnitId("u1"),), priority=OrderPriority.CRITICAL)))
        (mark,) = live.orders.marks(desk.now)
        assert (mark.stage, mark.is_critical) == (OrderStage.WAITING, True)
        desk.happen(
            ev.OrderAdvanced(order_id=OrderId("o"), unit_id=UnitId("u1"), state=AssignmentState.REFUSED, reason="远")
        )
        assert live.orders.marks(desk.now)[0].stage is OrderStage.TROUBLE
        assert live.orders.marks(desk.now + REFUSED_SHOWN_S + 1) == []
        live.orders.read(desk.store.picture, OrderId("unknown"))
        assert len(live.orders.marks(desk.now)) == 1

    def test_a_pin_is_hit_on_its_head_only(self) -> None:
        desk = desk_with_units(1)
        desk.happen(ev.OrderIssued(order=_order(unit_ids=(UnitId("u1"),))))
        layer = OrderLayer()
        layer.read_all(desk.store.picture)
        px, py = VIEW.screen_at(lat=23.005, lon=113.01)
        assert layer.at(VIEW, px, py - 19, scale=1.0, now=desk.now) is not None
        assert layer.at(VIEW, px + 30, py - 19, scale=1.0, now=desk.now) is None

    def test_every_stage_looks_different(self) -> None:
        looks = set()
        for stage in OrderStage:
            image = QImage(60, 60, QImage.Format.Format_Grayscale8)
            image.fill(0)
            painter = QPainter(image)
            painter.translate(30, 25)
            draw_pin(painter, stage, DARK, is_critical=False)
            painter.end()
            looks.add(bytes(image.constBits()))
        assert len(looks) == len(OrderStage)


def test_every_status_has_a_shape_of_its_own() -> None:
    shapes = set()
    for status in UnitStatus:
        image = QImage(40, 40, QImage.Format.Format_Mono)
        image.fill(0)
        painter = QPainter(image)
        draw_status(painter, QPointF(20, 20), 9.0, status, LIGHT)
        painter.end()
        shapes.add(bytes(image.constBits()))
    assert len(shapes) == len(UnitStatus)


class TestLivePicture:
    def _desk(self) -> tuple[Desk, LivePicture]:
        desk = desk_with_units(2)
        live = LivePicture(desk.store, Texts())
        _follow(desk, live)
        desk.move([1, 2], [23.001, 23.002], [113.001, 113.002])
        talkgroup = Talkgroup(id=GROUP, name="一组", jurisdiction_id=JurisdictionId("t"))
        desk.happen(ev.TalkgroupDefined(talkgroup=talkgroup))
        return desk, live

    def test_a_talker_is_marked_from_journal_or_floor(self) -> None:
        desk, live = self._desk()
        call = Call(id=CallId("c"), kind=CallKind.GROUP, caller=unit_party(UnitId("u1")), talkgroup_id=GROUP)
        burst = BurstId("b")
        desk.happen(
            ev.CallStarted(call=call),
            ev.TalkStarted(call_id=call.id, burst_id=burst, talkgroup_id=GROUP, talker=unit_party(UnitId("u1"))),
        )
        assert live.is_talking(UnitId("u1"))
        assert live.emphasis(selected=(), hovered=None, is_beat=False).talking == {0}
        desk.happen(ev.TalkEnded(call_id=call.id, burst_id=burst, talkgroup_id=GROUP, end=TalkEnd.RELEASED))
        assert not live.is_talking(UnitId("u1"))
        taken = pushes.FloorTaken(
            talkgroup_id=GROUP,
            call_id=call.id,
            floor_seq=5,
            talker=unit_party(UnitId("u2")),
            talker_name="二",
            is_emergency=True,
        )
        desk.store.apply_push(taken)
        assert live.is_talking(UnitId("u2"))
        assert live.is_in_emergency(UnitId("u2"))
        desk.store.apply_push(pushes.FloorIdle(talkgroup_id=GROUP, floor_seq=6))
        assert not live.is_talking(UnitId("u2"))
        assert not live.has_emergency

    def test_an_emergency_call_marks_its_caller_until_it_ends(self) -> None:
        desk, live = self._desk()
        call = Call(id=CallId("c"), kind=CallKind.POINT, caller=unit_party(UnitId("u2")), is_emergency=True)
        desk.happen(ev.CallStarted(call=call))
        assert live.has_emergency
        desk.happen(ev.CallEnded(call_id=call.id, end=CallEnd.HUNG_UP))
        assert not live.has_emergency

    def test_notices_say_what_is_to_be_done(self) -> None:
        desk, live = self._desk()
        effects: list[Effect] = []
        desk.store.subscribe(lambda notice: effects.append(live.apply(notice)))
        desk.store.apply_local(AREA)
        assert Effect.AREA in effects[-1]
        node = Jurisdiction(id=JurisdictionId("t/v1"), name="东村", level=Level.VILLAGE)
        desk.happen(ev.JurisdictionDefined(jurisdiction=node))
        assert any(Effect.NAMES in effect for effect in effects)
        assert live.jurisdiction_name(node.id) == "东村"
        effects.clear()
        desk.happen(ev.NoteAdded(text="…"))
        assert set(effects) == {Effect.NONE}
        desk.extend(ev.UnitStatusChanged(unit_id=UnitId("u1"), status=UnitStatus.BUSY))
        assert Effect.NAMES in effects[-1]

    def test_units_without_a_position_are_nowhere(self) -> None:
        desk = desk_with_units(3)
        live = LivePicture(desk.store, Texts())
        assert live.columns.row_of(UnitId("u1")) is None
        assert not len(live.columns.visible(VIEW, 10.0))
        assert not len(live.columns.in_circle(lat=23.0, lon=113.0, radius_m=1e7))
        emphasis = live.emphasis(selected=(UnitId("u1"), UnitId("nobody")), hovered=UnitId("u2"), is_beat=False)
        assert not len(emphasis.marked())

    def test_a_position_without_a_time_is_very_stale(self) -> None:
        desk, live = self._desk()
        desk.store.positions.at[0] = np.nan
        desk.now += 100
        assert list(live.columns.freshness(np.array([0, 1]), desk.now)) == [Freshness.VERY_STALE, Freshness.STALE]
