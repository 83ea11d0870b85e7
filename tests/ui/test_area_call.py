"""圈呼 at the desk: one gesture calls, the talk key takes the floor over, the card stays where it is."""

from copy import deepcopy

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from comms.domain import events as ev
from comms.domain.ad_hoc import AdHocEnd, AreaTarget, PolygonTarget
from comms.domain.ids import CommandId, TalkgroupId
from comms.domain.order import CircleTarget, UnitsTarget
from comms.domain.talkgroup import Talkgroup
from comms.protocol.commands import CallFinish, CallFollow, CallFromArea
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import PictureSnapshot
from tests.support.drivers import LEFT, WindowDriver
from tests.support.scene import GROUPS, ME, TOWN, unit_id
from ui.map.tools import MapTool
from ui.push_to_talk import CALLED

NONE = Qt.KeyboardModifier.NoModifier
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
CIRCLE = CircleTarget(lat=23.003, lon=113.7, radius_m=300.0)


def form(
    driver: WindowDriver, key: str, area: AreaTarget = CIRCLE, *, name: str = "圈呼 09:41", is_following: bool = False
) -> TalkgroupId:
    group = Talkgroup(id=TalkgroupId(key), name=name, jurisdiction_id=TOWN, is_ad_hoc=True)
    formed = ev.TalkgroupFormed(
        talkgroup=group, area=area, unit_ids=(unit_id(1), unit_id(2)), is_following_area=is_following
    )
    driver.scene.happen(formed, actor=ME)
    return group.id


def dissolve(driver: WindowDriver, key: TalkgroupId) -> None:
    driver.scene.happen(ev.TalkgroupDissolved(talkgroup_id=key, end=AdHocEnd.ENDED), actor=ME)


def drag(driver: WindowDriver, start: QPoint, end: QPoint) -> None:
    desk_map = driver.parts.map
    QTest.mousePress(desk_map, LEFT, NONE, start)
    QTest.mouseMove(desk_map, end)
    QTest.mouseRelease(desk_map, LEFT, NONE, end)


def call_by_circle(driver: WindowDriver) -> CallFromArea:
    driver.tool("map_call").click()
    drag(driver, QPoint(260, 200), QPoint(340, 200))
    command = driver.scene.desk.last(CallFromArea)
    assert isinstance(command, CallFromArea)
    return command


def test_draw_release_and_the_call_is_up(driver: WindowDriver) -> None:
    command = call_by_circle(driver)
    group = TalkgroupId(command.id)
    assert isinstance(command.target, CircleTarget)
    assert command.name.startswith("圈呼 ")
    assert driver.scene.keys.told == [("expect", group)], "the floor comes with the call, it is not asked for again"
    assert driver.scene.store.affiliated[0] == group
    assert driver.window.selection.talkgroup_id == group
    assert driver.parts.map.tool is MapTool.PAN
    assert not driver.parts.composer.isVisible()


def test_the_talk_key_takes_the_floor_over_and_gives_it_back(driver: WindowDriver) -> None:
    group = TalkgroupId(call_by_circle(driver).id)
    driver.key_down(Qt.Key.Key_Space)
    driver.window.push_to_talk._called.timeout.emit()
    assert driver.voice.open_floors == [group], "held by the key now"
    driver.key_up(Qt.Key.Key_Space)
    assert driver.voice.open_floors == []
    assert driver.scene.keys.told == [("expect", group), ("release", group)]


def test_without_a_key_the_floor_is_given_back(driver: WindowDriver) -> None:
    group = TalkgroupId(call_by_circle(driver).id)
    assert driver.window.push_to_talk.held == (group,)
    assert driver.window.push_to_talk._called.isActive()
    driver.window.push_to_talk._called.timeout.emit()
    assert driver.voice.open_floors == []


def test_a_refused_call_holds_nothing(driver: WindowDriver) -> None:
    driver.scene.desk.refuse(CallFromArea, RefusalCode.NO_UNITS, "所选范围内没有网格员")
    call_by_circle(driver)
    assert driver.voice.open_floors == []
    assert CALLED not in driver.window.push_to_talk._held
    assert driver.window.selection.talkgroup_id == GROUPS[0].id


def test_cards_stay_where_they_are(driver: WindowDriver) -> None:
    bar = driver.parts.talkgroups
    before = bar.cards
    tops = [card.y() for card in before]
    first, second = form(driver, "a1"), form(driver, "a2", name="第二个")
    driver.settle()
    assert bar.cards[: len(before)] == before, "not even made anew"
    assert [card.talkgroup.id for card in bar.cards[-2:]] == [first, second]
    place = bar.card(second).y()
    dissolve(driver, first)
    driver.settle()
    assert [card.y() for card in before] == tops
    assert bar.card(second).y() == place
    third = form(driver, "a3", name="第三个")
    driver.settle()
    assert bar.card(third).y() < place, "the place that was free"
    assert driver.scene.store.cards[len(GROUPS)] == bar.card(third).talkgroup
    dissolve(driver, third)
    dissolve(driver, second)
    driver.settle()
    assert bar.cards == before
    assert len(driver.scene.store.cards) == len(GROUPS)


def test_the_card_of_an_own_call_is_brought_into_sight_and_goes_without_moving_the_others(driver: WindowDriver) -> None:
    bar = driver.parts.talkgroups
    for number in range(8):
        form(driver, f"old{number}", name=f"第{number}个")
    driver.settle()
    place = bar.verticalScrollBar().value
    assert place() == 0
    group = form(driver, call_by_circle(driver).id)
    driver.qtbot.waitUntil(lambda: place() > 0)
    assert bar.viewport().rect().contains(bar.card(group).geometry().translated(0, -place()))
    there = place()
    driver.window.push_to_talk.drop_called()
    dissolve(driver, group)
    driver.settle()
    assert driver.window.selection.talkgroup_id == GROUPS[0].id
    assert abs(place() - there) <= bar.cards[0].height() + 3, "no further than the card that is gone"


def test_an_own_call_that_ended_by_itself_is_said_to_be_over(driver: WindowDriver) -> None:
    scene, toasts = driver.scene, driver.parts.toasts
    said: list[tuple[str, str]] = []
    driver.window.acting.said.connect(lambda tone, sentence, _: said.append((tone, sentence)))
    dissolve(driver, form(driver, "a1"))
    assert said == [], "the officer ended it"
    group = form(driver, "a2")
    scene.happen(ev.TalkgroupDissolved(talkgroup_id=group, end=AdHocEnd.GATEWAY_RESTARTED))
    assert said.pop() == ("warn", "网关重启，圈呼“圈呼 09:41”已结束")
    assert toasts.toasts
    group = form(driver, "a3")
    without = deepcopy(scene.store.picture)
    del without.talkgroups[group]
    scene.push(PictureSnapshot(id=CommandId("c"), picture=without))
    assert said == [("warn", "圈呼“圈呼 09:41”已在断线期间结束")]


def test_the_card_ends_the_call_and_switches_following(driver: WindowDriver) -> None:
    group = form(driver, "a1")
    driver.settle()
    card = driver.parts.talkgroups.card(group)
    assert card.tools is not None
    driver.tool("area_call_follow").click()
    assert driver.scene.desk.last(CallFollow).is_following_area
    assert not driver.tool("area_call_follow").isChecked(), "shown when the gateway has said so"
    driver.scene.happen(ev.TalkgroupFollowSet(talkgroup_id=group, is_following_area=True), actor=ME)
    assert driver.tool("area_call_follow").isChecked()
    driver.tool("area_call_end").click()
    assert driver.scene.desk.last(CallFinish).talkgroup_id == group


def test_a_call_of_named_units_has_no_area_to_follow(driver: WindowDriver) -> None:
    form(driver, "a1", UnitsTarget((unit_id(1),)))
    driver.settle()
    assert not driver.tool("area_call_follow").isEnabled()


def test_selected_units_are_called_by_key(driver: WindowDriver) -> None:
    driver.window.selection.set_units((unit_id(1), unit_id(3)))
    driver.key(Qt.Key.Key_G, CTRL_SHIFT)
    command = driver.scene.desk.last(CallFromArea)
    assert command.target == UnitsTarget((unit_id(1), unit_id(3)))
    form(driver, command.id, command.target)
    driver.key(Qt.Key.Key_F, CTRL_SHIFT)
    assert driver.scene.desk.last(CallFollow).is_following_area
    driver.key(Qt.Key.Key_E, CTRL_SHIFT)
    assert driver.scene.desk.last(CallFinish).talkgroup_id == command.id
    assert driver.voice.open_floors == []


def test_a_circle_is_called_by_keys_alone(driver: WindowDriver) -> None:
    driver.parts.map.setFocus()
    middle = driver.parts.map.view
    driver.key(Qt.Key.Key_C, CTRL_SHIFT)
    for _ in range(3):
        driver.key(Qt.Key.Key_Plus)
    driver.key(Qt.Key.Key_Left)
    driver.key(Qt.Key.Key_Minus)
    driver.key(Qt.Key.Key_Return)
    circle = driver.scene.desk.last(CallFromArea).target
    assert isinstance(circle, CircleTarget)
    here = driver.parts.map.view
    assert here.x < middle.x
    assert (circle.lat, circle.lon) == pytest.approx(here.place_at(here.width / 2, here.height / 2), abs=1e-6)
    assert circle.radius_m == pytest.approx(90 * 1.25**2 * here.metres_per_px, rel=0.02)


def test_a_polygon_is_called_by_clicks(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.set_tool(MapTool.CALL_POLYGON)
    for x, y in ((200, 150), (320, 150), (320, 260)):
        QTest.mouseClick(desk_map, LEFT, NONE, QPoint(x, y))
    QTest.mouseDClick(desk_map, LEFT, NONE, QPoint(320, 260))
    polygon = driver.scene.desk.last(CallFromArea).target
    assert isinstance(polygon, PolygonTarget)
    assert len(polygon.corners) == 3
    assert polygon.corners[0] == pytest.approx(desk_map.view.place_at(200, 150))


def test_the_area_stays_on_the_map_and_leads_to_its_card(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(CIRCLE.lat, CIRCLE.lon, 15.0)
    empty = desk_map.grab().toImage()
    group = form(driver, "a1")
    picture = desk_map.grab().toImage()
    view = desk_map.view
    x, y = view.screen_at(lat=CIRCLE.lat, lon=CIRCLE.lon)
    radius = CIRCLE.radius_m / view.metres_per_px
    edge = QPointF(x + radius, y).toPoint()
    changed = sum(
        picture.pixelColor(edge.x() + dx, edge.y() + dy) != empty.pixelColor(edge.x() + dx, edge.y() + dy)
        for dx in range(-3, 4)
        for dy in range(-8, 9)
    )
    assert changed > 10
    QTest.mouseClick(desk_map, LEFT, NONE, edge)
    assert driver.window.selection.talkgroup_id == group
    dissolve(driver, group)
    driver.settle()
    assert driver.window.selection.talkgroup_id == GROUPS[0].id


def test_a_polygon_area_is_hit_on_its_edge(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(23.003, 113.7, 15.0)
    corners = ((23.0, 113.697), (23.006, 113.697), (23.006, 113.703), (23.0, 113.703))
    group = form(driver, "a1", PolygonTarget(corners=corners), is_following=True)
    form(driver, "a2", UnitsTarget((unit_id(1),)))
    desk_map.grab()
    view = desk_map.view
    QTest.mouseClick(desk_map, LEFT, NONE, QPointF(*view.screen_at(lat=23.0055, lon=113.697)).toPoint())
    assert driver.window.selection.talkgroup_id == group
