"""What of the picture ought to be an alarm, by a clock that the test turns."""

import pytest

from comms.domain.alarm import AlarmPriority
from comms.domain.events import (
    OfficerDefined,
    OrderIssued,
    OrderOverdue,
    Recorded,
    TerminalConnected,
    UnitDefined,
)
from comms.domain.ids import GATEWAY, JurisdictionId, OfficerId, OrderId, PartyId, UnitId, officer_party, unit_party
from comms.domain.order import AssignmentState, Order, OrderPriority
from comms.domain.picture import Picture
from comms.domain.unit import Unit
from comms.gateway import alarm_conditions as conditions

TOWN, GRID = JurisdictionId("t"), JurisdictionId("t/v/g")
U1, ORDER = UnitId("u1"), OrderId("o1")


def town(*, priority: OrderPriority = OrderPriority.NORMAL, issuer: PartyId | None = None) -> Picture:
    picture = Picture()
    order = Order(id=ORDER, title="占道经营", priority=priority, deadline_at=100.0, unit_ids=(U1,))
    for actor, event in (
        (GATEWAY, OfficerDefined(officer_id=OfficerId("duty"), name="李", jurisdiction_id=TOWN)),
        (GATEWAY, UnitDefined(unit=Unit(id=U1, no=1, name="王", jurisdiction_id=GRID))),
        (GATEWAY, TerminalConnected(unit_id=U1)),
        (issuer or officer_party(OfficerId("duty")), OrderIssued(order=order)),
        (GATEWAY, OrderOverdue(order_id=ORDER, unit_ids=(U1,))),
    ):
        picture.apply(Recorded(seq=picture.seq + 1, at=90.0, actor=actor, event=event))
    return picture


@pytest.mark.parametrize(
    ("priority", "late_s", "expected"),
    [
        (OrderPriority.NORMAL, 1.0, AlarmPriority.MEDIUM),
        (OrderPriority.NORMAL, conditions.OVERDUE_HIGH_AFTER_S, AlarmPriority.HIGH),
        (OrderPriority.URGENT, 1.0, AlarmPriority.HIGH),
    ],
)
def test_how_urgent_a_late_order_is(priority: OrderPriority, late_s: float, expected: AlarmPriority) -> None:
    picture = town(priority=priority)
    (alarm,) = conditions.overdue(picture, picture.orders.values(), now=100.0 + late_s)
    assert alarm.priority is expected
    assert alarm.jurisdiction_id == TOWN


def test_an_order_nobody_at_a_desk_gave_is_the_units_own() -> None:
    picture = town(issuer=GATEWAY)
    (alarm,) = conditions.overdue(picture, picture.orders.values(), now=101.0)
    assert alarm.jurisdiction_id == GRID


def test_what_is_finished_is_not_late() -> None:
    picture = town()
    picture.orders[ORDER].assignments[U1] = AssignmentState.COMPLETED
    assert conditions.overdue(picture, picture.orders.values(), now=101.0) == []


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [
        (conditions.SILENT_AFTER_S - 1, None),
        (conditions.SILENT_AFTER_S, AlarmPriority.MEDIUM),
        (conditions.SILENT_HIGH_AFTER_S, AlarmPriority.HIGH),
    ],
)
def test_silence_with_work_in_hand(after_s: float, expected: AlarmPriority | None) -> None:
    picture = town()
    work = {U1: picture.orders[ORDER]}
    alarms = conditions.silent(picture, {U1: 0.0}, work, now=after_s)
    assert [alarm.priority for alarm in alarms] == ([expected] if expected else [])
    assert all(alarm.id == conditions.silent_id(U1) and alarm.name == "占道经营" for alarm in alarms)


def test_an_emergency_is_of_who_calls() -> None:
    picture = town()
    alarm = conditions.emergency(picture, unit_party(U1), None)
    assert (alarm.unit_id, alarm.jurisdiction_id, alarm.priority) == (U1, GRID, AlarmPriority.HIGH)
    of_officer = conditions.emergency(picture, officer_party(OfficerId("duty")), None)
    assert (of_officer.unit_id, of_officer.jurisdiction_id) == (None, None)
