"""Who has a right to room on the map: incidents by their weight, then units; nothing over who is in an emergency."""

from comms.domain import events as ev
from comms.domain.call import Call, CallKind
from comms.domain.ids import CallId, IncidentId, TalkgroupId, unit_party
from comms.domain.incident import Incident
from comms.domain.order import CircleTarget, OrderPriority, Place
from comms.domain.talkgroup import Talkgroup
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, unit_id
from ui.map.declutter import Occupancy, Rect
from ui.map.map_widget import MapWidget

UNIT = (23.003, 113.7)
"""Of unit 3; others stand 0.001 degrees north and south of it."""


def report(driver: WindowDriver, key: str, *places: tuple[float, float], priority: OrderPriority) -> None:
    for number, (lat, lon) in enumerate(places):
        incident = Incident(
            id=IncidentId(f"{key}{number}"),
            kind=f"道路积水{key}",
            place=Place(lat=lat, lon=lon),
            jurisdiction_id=GRID,
            priority=priority,
        )
        driver.scene.happen(ev.IncidentReported(incident=incident))


def labels(driver: WindowDriver) -> list[Rect]:
    """Of units, when what was wanted last is on the map."""
    desk_map = driver.parts.map
    desk_map.grab()
    driver.qtbot.waitUntil(lambda: desk_map.is_settled)
    desk_map.grab()
    return [label.rect for label in desk_map.drawing.units.labels]


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def named(desk_map: MapWidget, place: tuple[float, float]) -> list[str]:
    """What lies right of, left of, below and above a place."""
    x, y = desk_map.view.screen_at(lat=place[0], lon=place[1])
    hits = (
        desk_map.drawing.overlays.at(desk_map.view, x + dx, y + dy, 1.0)
        for dx, dy in ((40, 0), (-40, 0), (0, 24), (0, -24))
    )
    return [hit.id for hit in hits if hit is not None]


def test_labels_of_units_keep_clear_of_incidents(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(*UNIT, 17.0)
    before = labels(driver)
    report(driver, "a", UNIT, priority=OrderPriority.NORMAL)
    after, room = labels(driver), Occupancy(desk_map.view.width, desk_map.view.height)
    names = desk_map.drawing.overlays.claims(desk_map.view, 1.0, room)
    assert any(overlap(rect, name) for rect in before for name in names), "one would have been covered"
    assert len(after) == len(before)
    assert not any(overlap(rect, name) for rect in after for name in names)


def test_labels_of_units_lie_under_nothing_that_covers_the_map(driver: WindowDriver) -> None:
    desk_map, tools = driver.parts.map, driver.window.map_desk.tools
    view = desk_map.view
    lat, lon = view.place_at(tools.x() + tools.width() / 2, tools.y() + tools.height() + 4.0)
    desk_map.centre_on(UNIT[0] + view.lat - lat, UNIT[1] + view.place_at(view.width / 2, 0)[1] - lon, view.zoom)
    rect = (tools.x(), tools.y(), tools.width(), tools.height())
    assert not any(overlap(label, rect) for label in labels(driver))
    assert any(
        abs(label.anchor[1] - tools.geometry().bottom() - 5.0) < 1.5 and label.rect[3] / 2 > 4.0
        for label in desk_map.drawing.units.labels
    ), "named, though its usual place, to its right, is taken"


def test_labels_of_units_keep_clear_of_the_name_of_an_area_call(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(*UNIT, 17.0)
    before = labels(driver)
    area = CircleTarget(lat=UNIT[0], lon=UNIT[1] + 0.0003, radius_m=10.0)
    group = Talkgroup(id=TalkgroupId("a1"), name="圈呼 09:41", jurisdiction_id=GRID, is_ad_hoc=True)
    driver.scene.happen(ev.TalkgroupFormed(talkgroup=group, area=area, unit_ids=(unit_id(3),)))
    after, room = labels(driver), Occupancy(desk_map.view.width, desk_map.view.height)
    (name,) = desk_map.drawing.overlays.claims(desk_map.view, 1.0, room)
    assert any(overlap(rect, name) for rect in before), "one would have been covered"
    assert not any(overlap(rect, name) for rect in after)


def test_the_gravest_is_named_where_not_all_can_be(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    heap = [(UNIT[0] + 0.03 + 0.00004 * row, UNIT[1] + 0.00004 * column) for row in range(5) for column in range(5)]
    report(driver, "b", heap[12], priority=OrderPriority.CRITICAL)
    report(driver, "n", *heap, priority=OrderPriority.NORMAL)
    desk_map.centre_on(*heap[12], 17.0)
    desk_map.grab()
    assert "b0" in named(desk_map, heap[12])
    desk_map.centre_on(*heap[12], 12.0)
    desk_map.grab()
    assert named(desk_map, heap[12]) == ["b0"], "from afar the gravest alone"


def test_no_name_covers_who_is_in_an_emergency(driver: WindowDriver) -> None:
    desk_map = driver.parts.map
    desk_map.centre_on(*UNIT, 17.0)
    x, y = desk_map.view.screen_at(lat=UNIT[0], lon=UNIT[1])
    beside = desk_map.view.place_at(x - 40, y)
    report(driver, "c", beside, priority=OrderPriority.CRITICAL)
    desk_map.grab()
    assert desk_map.drawing.overlays.at(desk_map.view, x, y, 1.0) is not None, "its name lies over the unit"
    call = Call(id=CallId("e"), kind=CallKind.POINT, caller=unit_party(unit_id(3)), is_emergency=True)
    driver.scene.happen(ev.CallStarted(call=call))
    desk_map.grab()
    assert desk_map.drawing.overlays.at(desk_map.view, x, y, 1.0) is None
    assert any(abs(label.anchor[1] - y) < 1 for label in desk_map.drawing.units.labels), "and it is named"
