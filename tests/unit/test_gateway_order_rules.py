"""Who may order whom, what follows from a step, and what is due when."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.events import (
    Event,
    JurisdictionDefined,
    OfficerDefined,
    OrderAdvanced,
    OrderIssued,
    OrderOverdue,
    OrderReminded,
    Recorded,
    TalkgroupDefined,
    UnitDefined,
    UnitStatusChanged,
)
from comms.domain.ids import GATEWAY, CommandId, JurisdictionId, OrderId, PartyId, TalkgroupId, UnitId, unit_party
from comms.domain.order import (
    OPEN_STATES,
    TRANSITIONS,
    UNIT_STATES,
    AssignmentState,
    CircleTarget,
    JurisdictionTarget,
    Order,
    OrderTarget,
    TalkgroupTarget,
    UnitsTarget,
)
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.gateway.order_rules import (
    ENGAGED_STATUS,
    Advance,
    advance_for,
    advance_own,
    resolve_target,
    units_to_remind,
    what_is_due,
)
from comms.protocol.commands import OrderAdvance
from comms.protocol.errors import RefusalCode
from tests.support.gateway import ADMIN, CITY, NORTH, NORTH_GROUP, S1, SOUTH, U1, U2, U3, tiny_town

S = AssignmentState
OFFICER = PartyId("officer:north")
O1, O2 = OrderId("o1"), OrderId("o2")


def apply(picture: Picture, *events: Event, actor: PartyId = OFFICER, at: float = 0.0) -> None:
    for event in events:
        picture.apply(Recorded(seq=picture.seq + 1, at=at, actor=actor, event=event))


def town_picture() -> Picture:
    town, picture = tiny_town(), Picture()
    apply(picture, *(JurisdictionDefined(jurisdiction=node) for node in town.jurisdictions))
    apply(picture, *(TalkgroupDefined(talkgroup=group) for group in town.talkgroups))
    apply(picture, *(UnitDefined(unit=unit) for unit in town.units))
    apply(picture, OfficerDefined(officer_id=ADMIN, name="a", jurisdiction_id=CITY))
    return picture


def issue(
    picture: Picture,
    order_id: OrderId = O1,
    *,
    units: tuple[UnitId, ...] = (U1,),
    issued_at: float = 0.0,
    deadline_at: float | None = None,
) -> None:
    order = Order(id=order_id, title="t", unit_ids=units, issued_at=issued_at, deadline_at=deadline_at)
    apply(picture, OrderIssued(order=order))


def step(
    state: AssignmentState, *, order_id: OrderId = O1, unit_id: UnitId | None = None, reason: str = ""
) -> OrderAdvance:
    return OrderAdvance(id=CommandId("c"), order_id=order_id, state=state, unit_id=unit_id, reason=reason)


def own(picture: Picture, command: OrderAdvance, unit_id: UnitId = U1) -> Advance | RefusalCode:
    return advance_own(
        command,
        picture.orders[command.order_id],
        unit_id,
        open_orders=picture.orders.values(),
        status=picture.units[unit_id].status,
    )


def by_officer(
    picture: Picture, command: OrderAdvance, jurisdiction_id: JurisdictionId = NORTH
) -> Advance | RefusalCode:
    return advance_for(
        command,
        picture.orders[command.order_id],
        picture,
        jurisdiction_id=jurisdiction_id,
        open_orders=lambda _: picture.orders.values(),
    )


# --- targets ------------------------------------------------------------------------------------------


def resolve(target: OrderTarget, jurisdiction_id: JurisdictionId = NORTH) -> tuple[UnitId, ...] | RefusalCode:
    return resolve_target(
        target,
        town_picture(),
        jurisdiction_id=jurisdiction_id,
        within=lambda circle: [U2, S1, U1][: int(circle.radius_m)],
    )


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (UnitsTarget((U2, U1, U2)), (U2, U1)),
        (UnitsTarget((UnitId("nobody"),)), RefusalCode.NOT_FOUND),
        (UnitsTarget(()), RefusalCode.NO_UNITS),
        (TalkgroupTarget(NORTH_GROUP), (U1, U2, U3)),
        (TalkgroupTarget(TalkgroupId("none")), RefusalCode.NOT_FOUND),
        (JurisdictionTarget(NORTH), (U1, U2, U3)),
        (JurisdictionTarget(JurisdictionId("900000/s01/v01/g001")), (U1,)),
        (JurisdictionTarget(JurisdictionId("else")), RefusalCode.NOT_FOUND),
        (CircleTarget(lat=0, lon=0, radius_m=3), (U2, U1)),
        (CircleTarget(lat=0, lon=0, radius_m=0), RefusalCode.NO_UNITS),
    ],
)
def test_a_target_names_units_or_says_why_not(target: OrderTarget, expected: tuple[UnitId, ...] | RefusalCode) -> None:
    assert resolve(target) == expected


def test_the_city_may_order_everybody() -> None:
    assert resolve(UnitsTarget((U1, S1)), CITY) == (U1, S1)


# --- a unit's own steps -------------------------------------------------------------------------------------


def test_status_follows_the_assignment() -> None:
    picture = town_picture()
    issue(picture)
    shown = []
    for state in (S.DELIVERED, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETED):
        decision = own(picture, step(state))
        assert isinstance(decision, Advance)
        apply(picture, *decision.events, actor=unit_party(U1))
        shown.append(picture.units[U1].status)
    assert shown == [
        UnitStatus.AVAILABLE,
        UnitStatus.DISPATCHED,
        UnitStatus.EN_ROUTE,
        UnitStatus.ON_SCENE,
        UnitStatus.AVAILABLE,
    ]


def test_finishing_one_of_two_orders_leaves_the_other_ones_status() -> None:
    picture = town_picture()
    issue(picture, O1)
    issue(picture, O2)
    for command in (step(S.EN_ROUTE, order_id=O2), step(S.ON_SCENE, order_id=O1), step(S.COMPLETED, order_id=O1)):
        for state in (S.ACCEPTED, command.state):
            decision = own(picture, msgspec.structs.replace(command, state=state))
            if isinstance(decision, Advance):
                apply(picture, *decision.events, actor=unit_party(U1))
    assert picture.units[U1].status is UnitStatus.EN_ROUTE


def test_a_status_the_worker_chose_stays_his() -> None:
    picture = town_picture()
    issue(picture)
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U1, state=S.ACCEPTED))
    apply(picture, UnitStatusChanged(unit_id=U1, status=UnitStatus.OUT_OF_SERVICE))
    decision = own(picture, step(S.COMPLETED))
    assert isinstance(decision, Advance)
    assert [type(event) for event in decision.events] == [OrderAdvanced]


def test_refusing_without_having_accepted_changes_no_status() -> None:
    picture = town_picture()
    issue(picture)
    apply(picture, UnitStatusChanged(unit_id=U1, status=UnitStatus.BUSY))
    decision = own(picture, step(S.REFUSED, reason="too far"))
    assert isinstance(decision, Advance)
    assert [type(event) for event in decision.events] == [OrderAdvanced]


@pytest.mark.parametrize(
    ("command", "unit_id", "code"),
    [
        (step(S.ACCEPTED), U2, RefusalCode.NOT_FOUND),
        (step(S.ACCEPTED, unit_id=U2), U1, RefusalCode.NOT_ALLOWED),
        (step(S.VERIFIED), U1, RefusalCode.NOT_ALLOWED),
        (step(S.CANCELLED, reason="r"), U1, RefusalCode.NOT_ALLOWED),
        (step(S.EN_ROUTE), U1, RefusalCode.WRONG_STATE),
        (step(S.REFUSED, reason="  "), U1, RefusalCode.REASON_MISSING),
        (step(S.ISSUED), U1, RefusalCode.NOT_ALLOWED),
    ],
)
def test_what_a_unit_may_not(command: OrderAdvance, unit_id: UnitId, code: RefusalCode) -> None:
    picture = town_picture()
    issue(picture)
    assert own(picture, command, unit_id) is code


def test_a_step_that_is_done_and_one_the_officer_takes_back() -> None:
    picture = town_picture()
    issue(picture)
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U1, state=S.COMPLETED))
    assert own(picture, step(S.COMPLETED)) is RefusalCode.ALREADY_DONE
    assert own(picture, step(S.ACCEPTED, reason="again")) is RefusalCode.WRONG_STATE


# --- an officer's steps ---------------------------------------------------------------------------------------


def test_cancelling_everything_that_is_open() -> None:
    picture = town_picture()
    issue(picture, units=(U1, U2, U3))
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U1, state=S.ACCEPTED))
    apply(picture, UnitStatusChanged(unit_id=U1, status=UnitStatus.DISPATCHED))
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U2, state=S.COMPLETED))
    decision = by_officer(picture, step(S.CANCELLED, reason="resolved"))
    assert isinstance(decision, Advance)
    apply(picture, *decision.events)
    assert picture.orders[O1].assignments == {U1: S.CANCELLED, U2: S.COMPLETED, U3: S.CANCELLED}
    assert picture.units[U1].status is UnitStatus.AVAILABLE
    assert by_officer(picture, step(S.CANCELLED, reason="again")) is RefusalCode.ALREADY_DONE


def test_sending_back_and_verifying() -> None:
    picture = town_picture()
    issue(picture)
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U1, state=S.COMPLETED))
    assert by_officer(picture, step(S.ACCEPTED, unit_id=U1)) is RefusalCode.REASON_MISSING
    decision = by_officer(picture, step(S.ACCEPTED, unit_id=U1, reason="photo is dark"))
    assert isinstance(decision, Advance)
    apply(picture, *decision.events)
    assert picture.units[U1].status is UnitStatus.DISPATCHED
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U1, state=S.COMPLETED))
    assert isinstance(by_officer(picture, step(S.VERIFIED, unit_id=U1)), Advance)


@pytest.mark.parametrize(
    ("command", "jurisdiction_id", "code"),
    [
        (step(S.EN_ROUTE, unit_id=U1), NORTH, RefusalCode.NOT_ALLOWED),
        (step(S.ACCEPTED, unit_id=U1, reason="r"), NORTH, RefusalCode.NOT_ALLOWED),
        (step(S.VERIFIED), NORTH, RefusalCode.MALFORMED),
        (step(S.VERIFIED, unit_id=U1), NORTH, RefusalCode.WRONG_STATE),
        (step(S.VERIFIED, unit_id=S1), NORTH, RefusalCode.NOT_FOUND),
        (step(S.CANCELLED), NORTH, RefusalCode.REASON_MISSING),
        (step(S.CANCELLED, reason="r"), SOUTH, RefusalCode.OUT_OF_JURISDICTION),
        (step(S.CANCELLED, unit_id=U1, reason="r"), SOUTH, RefusalCode.OUT_OF_JURISDICTION),
    ],
)
def test_what_an_officer_may_not(command: OrderAdvance, jurisdiction_id: JurisdictionId, code: RefusalCode) -> None:
    picture = town_picture()
    issue(picture)
    assert by_officer(picture, command, jurisdiction_id) is code


# --- everything that can be tried ---------------------------------------------------------------------------------

attempts = st.lists(
    st.tuples(
        st.sampled_from([None, U1, U2]),
        st.sampled_from(list(AssignmentState)),
        st.sampled_from([O1, O2]),
        st.sampled_from([None, U1, U2]),
        st.sampled_from(["", "reason"]),
    ),
    max_size=30,
)


@given(attempts)
def test_no_sequence_of_attempts_leaves_the_tables(
    attempts: list[tuple[UnitId | None, AssignmentState, OrderId, UnitId | None, str]],
) -> None:
    """`None` as the first is the officer. Whatever is tried, assignments move only as the table says, a unit only
    its own, and nobody shows engaged without an engagement."""
    picture = town_picture()
    for order_id in (O1, O2):
        issue(picture, order_id, units=(U1, U2))
    for who, state, order_id, unit_id, reason in attempts:
        before = {key: dict(order.assignments) for key, order in picture.orders.items()}
        command = step(state, order_id=order_id, unit_id=unit_id, reason=reason)
        decision = by_officer(picture, command) if who is None else own(picture, command, who)
        if isinstance(decision, RefusalCode):
            continue
        apply(picture, *decision.events)
        for key, order in picture.orders.items():
            for unit, now in order.assignments.items():
                if now is not before[key][unit]:
                    assert now in TRANSITIONS[before[key][unit]]
                    assert who in (None, unit)
                    assert who is None or now in UNIT_STATES
        for unit in (U1, U2):
            engaged = {order.assignments[unit] for order in picture.orders.values()} & ENGAGED_STATUS.keys()
            is_shown = picture.units[unit].status in ENGAGED_STATUS.values()
            assert is_shown == bool(engaged)


# --- the order clock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued_at", "deadline_at", "now", "kind"),
    [
        (0, 1200, 899, None),
        (0, 1200, 900, OrderReminded),
        (0, 100, 49, None),
        (0, 100, 50, OrderReminded),
        (0, 100, 100, OrderOverdue),
        (0, 100, 5000, OrderOverdue),
    ],
)
def test_reminded_five_minutes_before_or_half_way_then_overdue(
    issued_at: float, deadline_at: float, now: float, kind: type | None
) -> None:
    picture = town_picture()
    issue(picture, units=(U1, U2), issued_at=issued_at, deadline_at=deadline_at)
    apply(picture, OrderAdvanced(order_id=O1, unit_id=U2, state=S.ACCEPTED))
    due = what_is_due(picture.orders[O1], now=now)
    assert [type(event) for event in due] == ([] if kind is None else [kind])
    for event in due:
        assert isinstance(event, OrderReminded | OrderOverdue)
        assert event.unit_ids == ((U1, U2) if kind is OrderOverdue else (U1,))
        apply(picture, event, actor=GATEWAY)
        assert what_is_due(picture.orders[O1], now=now) == [], "once"


def test_an_officers_reminder_does_not_stand_for_the_clocks() -> None:
    picture = town_picture()
    issue(picture, deadline_at=100.0)
    apply(picture, OrderReminded(order_id=O1, unit_ids=(U1,)))
    assert [type(event) for event in what_is_due(picture.orders[O1], now=60)] == [OrderReminded]


def test_nothing_is_due_without_a_deadline_or_with_everything_done() -> None:
    picture = town_picture()
    issue(picture)
    assert what_is_due(picture.orders[O1], now=1e12) == []
    issue(picture, O2, deadline_at=100.0)
    apply(picture, OrderAdvanced(order_id=O2, unit_id=U1, state=S.COMPLETED))
    assert what_is_due(picture.orders[O2], now=60) == what_is_due(picture.orders[O2], now=200) == []
    assert units_to_remind(picture.orders[O2]) == ()
    assert S.COMPLETED not in OPEN_STATES
