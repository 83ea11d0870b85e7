"""Ctrl+K also finds streets, incidents, orders and coordinates, and Enter goes there."""

import msgspec
import pytest
from PySide6.QtCore import Qt

from comms.domain import events as ev
from comms.domain.ids import CommandId, IncidentId, OrderId
from comms.domain.incident import Incident
from comms.domain.order import Order, Place
from comms.domain.picture import Picture
from comms.protocol.area import Area, Street
from comms.protocol.pushes import PictureSnapshot
from tests.support.drivers import WindowDriver
from tests.support.scene import GRID, ME, unit_id
from ui.search.happening_names import AT_ONCE

AREA = Area(
    name="x",
    bounds=(22.99, 113.69, 23.02, 113.72),
    streets=(
        Street(name="长盛路", rank=1, line=((22.99, 113.7), (23.0, 113.7), (23.02, 113.7))),
        Street(name="长盛路", rank=1, line=((23.02, 113.7), (23.03, 113.7))),
    ),
)


def _search(driver: WindowDriver, words: str) -> list[tuple[str, str]]:
    driver.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    driver.type(words)
    return [(finding.kind.value, finding.title) for finding in driver.parts.sheets.palette.findings]


def _go(driver: WindowDriver) -> Place:
    driver.key(Qt.Key.Key_Return)
    place = driver.window.selection.place
    assert place is not None
    view = driver.parts.map.view
    lat, lon = view.place_at(view.width / 2, view.height / 2)
    assert (lat, lon) == pytest.approx((place.lat, place.lon), abs=2e-4)
    return place


def test_a_street_once_however_many_pieces(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    assert _search(driver, "长盛") == [("street", "长盛路")]
    assert _go(driver).text == "长盛路"


def test_the_names_made_ready_are_used(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(AREA)
    finder = driver.parts.sheets.palette.finder
    driver.qtbot.waitUntil(lambda: finder.ground is not None)
    ready = finder.ground
    _search(driver, "长盛")
    assert finder.ground is ready


def test_an_incident_by_kind_or_place(driver: WindowDriver) -> None:
    place = Place(lat=23.004, lon=113.702, text="莲塘路 12 号")
    incident = Incident(id=IncidentId("i1"), kind="井盖缺失", place=place, jurisdiction_id=GRID)
    driver.scene.happen(ev.IncidentReported(incident=incident))
    assert ("incident", "井盖缺失") in _search(driver, "莲塘")
    assert _go(driver) == place


def test_an_order_is_shown_and_its_place(driver: WindowDriver) -> None:
    place = Place(lat=23.004, lon=113.702)
    for key, where in (("o1", None), ("o2", place)):
        order = Order(id=OrderId(key), title=f"清理{key}", place=where, unit_ids=(unit_id(1),))
        driver.scene.happen(ev.OrderIssued(order=order))
    assert _search(driver, "清理o1") == [("order", "清理o1")]
    driver.key(Qt.Key.Key_Return)
    assert driver.window.selection.order_id == "o1"
    assert _search(driver, "清理o2") == [("order", "清理o2")]
    assert _go(driver) == place


@pytest.mark.parametrize("typed", ["井盖", "jgqs", "莲塘路 井盖", "缺盖 莲塘", "c0ffee", "C0FF"])
def test_incidents_and_orders_by_title_initials_address_and_number(driver: WindowDriver, typed: str) -> None:
    place = Place(lat=23.004, lon=113.702, text="莲塘路 12 号")
    key = "c0ffee5566778899aabbccddeeff0011"
    incident = Incident(id=IncidentId(key), kind="井盖缺失", place=place, jurisdiction_id=GRID, text="缺盖一处")
    order = Order(id=OrderId(f"{key[:-1]}2"), title="井盖缺失", text="缺盖一处", place=place, unit_ids=(unit_id(1),))
    driver.scene.happen(ev.IncidentReported(incident=incident), ev.OrderIssued(order=order))
    assert _search(driver, typed) == [("incident", "井盖缺失"), ("order", "井盖缺失")]
    assert driver.parts.sheets.palette.findings[1].detail == "莲塘路 12 号 · 编号 C0FFEE55"


def test_two_signs_are_no_number(driver: WindowDriver) -> None:
    driver.scene.happen(ev.OrderIssued(order=Order(id=OrderId("12ab34"), title="巡查", unit_ids=(unit_id(1),))))
    assert _search(driver, "12") == []


def test_many_are_read_beside_the_interface_and_what_came_meanwhile_is_found(driver: WindowDriver) -> None:
    """What changes later is made ready alone: nothing is read again."""
    place, picture = Place(lat=23.004, lon=113.702), Picture()
    for number in range(AT_ONCE + 1):
        incident = Incident(id=IncidentId(f"i{number}"), kind=f"积水{number}", place=place, jurisdiction_id=GRID)
        picture.apply(ev.Recorded(seq=number + 1, at=1.0, actor=ME, event=ev.IncidentReported(incident=incident)))
    driver.scene.push(PictureSnapshot(id=CommandId("c"), picture=picture))
    names = driver.parts.sheets.palette.finder.happenings
    assert not names.is_ready
    late = Incident(id=IncidentId("late"), kind="火情", place=place, jurisdiction_id=GRID)
    driver.scene.happen(ev.IncidentReported(incident=late))
    driver.qtbot.waitUntil(lambda: names.is_ready)
    assert _search(driver, "hq") == [("incident", "火情")]
    driver.scene.happen(ev.IncidentReported(incident=msgspec.structs.replace(late, id=IncidentId("l2"), kind="停电")))
    assert names.is_ready
    driver.parts.sheets.palette.field.clear()
    driver.type("积水500")
    assert [finding.title for finding in driver.parts.sheets.palette.findings] == ["积水500"]
    driver.parts.sheets.palette.field.clear()
    driver.type("td")
    assert [finding.title for finding in driver.parts.sheets.palette.findings] == ["停电"]


@pytest.mark.parametrize(
    ("typed", "lat", "lon"),
    [
        ("23.0050, 113.7010", 23.005, 113.701),
        ("23°00′18″N 113°42′03.6″E", 23.005, 113.701),
        ("GCJ-02 23.0050, 113.7010", 23.0077, 113.6958),
    ],
)
def test_coordinates(driver: WindowDriver, typed: str, lat: float, lon: float) -> None:
    found = _search(driver, typed)
    assert found[0][0] == "coordinate"
    place = _go(driver)
    assert (place.lat, place.lon) == pytest.approx((lat, lon), abs=5e-4)
