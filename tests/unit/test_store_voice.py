"""Floors, own talk and own point calls as the Store shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind, CallPhase
from comms.domain.ids import CallId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import Picture
from comms.protocol import pushes
from console.store import notices as say
from console.store.floors import FloorView
from tests.unit.test_store_picture import DESK, GROUP, Desk, base, events, recorded, snapshot, welcome

UNIT_PARTY = PartyId("unit:u1")
CALL = CallId("k1")
INCOMING = Call(id=CALL, kind=CallKind.POINT, caller=UNIT_PARTY)
OUTGOING = Call(id=CALL, kind=CallKind.POINT, caller=DESK, callee=UNIT_PARTY)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.store.apply_push(welcome())
    desk.store.apply_push(snapshot(Picture()))
    for push in events(*base()):
        desk.store.apply_push(push)
    desk.take()
    return desk


def taken(seq: int, talker: PartyId = UNIT_PARTY) -> pushes.FloorTaken:
    return pushes.FloorTaken(
        talkgroup_id=GROUP.id, call_id=CallId("g"), floor_seq=seq, talker=talker, talker_name="张三"
    )


def test_the_floor_is_what_the_newest_push_says(desk: Desk) -> None:
    desk.store.apply_push(taken(3))
    floor = desk.store.floor(GROUP.id)
    assert (floor.talker, floor.talker_name, floor.is_own) == (UNIT_PARTY, "张三", False)
    desk.store.apply_push(pushes.FloorIdle(talkgroup_id=GROUP.id, floor_seq=2))
    assert desk.store.floor(GROUP.id) == floor
    desk.store.apply_push(pushes.FloorIdle(talkgroup_id=GROUP.id, floor_seq=4))
    assert desk.store.floor(GROUP.id).talker is None
    assert desk.take() == [say.FloorChanged(GROUP.id)] * 2


def test_an_own_grant_may_be_revoked(desk: Desk) -> None:
    desk.store.apply_push(pushes.FloorGranted(talkgroup_id=GROUP.id, call_id=CallId("g"), floor_seq=1, duration_s=30.0))
    floor = desk.store.floor(GROUP.id)
    assert (floor.talker, floor.talker_name, floor.is_own, floor.is_revoked) == (DESK, "李四", True, False)
    desk.store.apply_push(pushes.FloorRevoked(talkgroup_id=GROUP.id, floor_seq=2, cause=4, grace_s=3.0))
    assert desk.store.floor(GROUP.id).is_revoked
    desk.store.apply_push(taken(3, DESK))
    assert desk.store.floor(GROUP.id).is_own


@given(st.permutations([taken(seq, PartyId(f"unit:u{seq}")) for seq in range(6)]))
def test_in_any_order_of_arrival_the_floor_ends_the_same(order: list[pushes.FloorTaken]) -> None:
    desk = Desk()
    for push in order:
        desk.store.apply_push(push)
    assert desk.store.floor(GROUP.id).talker == "unit:u5"


def test_an_unknown_talkgroup_is_idle(desk: Desk) -> None:
    assert desk.store.floor(TalkgroupId("none")) == FloorView(talkgroup_id=TalkgroupId("none"))


# --- point calls ------------------------------------------------------------------------------------


def ring(desk: Desk) -> None:
    desk.store.apply_push(pushes.CallRinging(call=INCOMING, caller_name="张三", rings_until=9.0))


def test_a_call_rings_is_answered_and_ends(desk: Desk) -> None:
    ring(desk)
    assert desk.store.ringing[CALL].caller_name == "张三"
    desk.store.apply_push(pushes.CallConnected(call_id=CALL))
    call = desk.store.point_call
    assert call is not None
    assert (call.other, call.phase, call.is_outgoing) == (UNIT_PARTY, CallPhase.ACTIVE, False)
    desk.store.apply_push(pushes.CallFinished(call_id=CALL, end=CallEnd.HUNG_UP))
    assert desk.store.point_call is None
    assert desk.take() == [
        say.CallRang(CALL),
        say.RingingStopped(CALL),
        say.PointCallChanged(CALL),
        say.PointCallChanged(CALL, CallEnd.HUNG_UP),
    ]


def test_a_ringing_call_that_ends_just_stops(desk: Desk) -> None:
    ring(desk)
    desk.take()
    desk.store.apply_push(pushes.CallFinished(call_id=CALL, end=CallEnd.NO_ANSWER))
    assert desk.take() == [say.RingingStopped(CALL)]
    ring(desk)
    desk.store.apply_push(pushes.CallConnected(call_id=CALL))
    assert desk.store.ringing == {}
    assert desk.store.point_call is None


def placed_story() -> list[str]:
    return ["placed", "event_started", "connected", "event_answered"]


@given(st.permutations(placed_story()))
def test_whatever_comes_first_a_placed_call_ends_up_active(order: list[str]) -> None:
    """The answer, the direct push and the journal's event travel apart; all say the same call."""
    desk = Desk()
    desk.store.apply_push(welcome())
    for push in events(*base()):
        desk.store.apply_push(push)
    journal = iter([recorded(4, ev.CallStarted(call=OUTGOING)), recorded(5, ev.CallAnswered(call_id=CALL))])
    for step in order:
        if step == "placed":
            desk.store.call_placed(CALL, UnitId("u1"))
        elif step == "connected":
            desk.store.apply_push(pushes.CallConnected(call_id=CALL))
        else:
            desk.store.apply_push(pushes.EventPush(recorded=next(journal)))
    call = desk.store.point_call
    assert call is not None
    assert (call.other, call.phase, call.is_outgoing) == (UNIT_PARTY, CallPhase.ACTIVE, True)
    ended = recorded(6, ev.CallEnded(call_id=CALL, end=CallEnd.HUNG_UP))
    desk.store.apply_push(pushes.EventPush(recorded=ended))
    assert desk.store.point_call is None
    desk.store.call_placed(CALL, UnitId("u1"))
    assert desk.store.point_call is None


def test_a_call_of_others_is_not_ours(desk: Desk) -> None:
    other = Call(id=CALL, kind=CallKind.POINT, caller=PartyId("officer:o2"), callee=UNIT_PARTY)
    desk.store.apply_push(pushes.EventPush(recorded=recorded(4, ev.CallStarted(call=other))))
    assert desk.store.point_call is None


def test_a_call_in_progress_is_found_in_the_snapshot(desk: Desk) -> None:
    picture = Picture()
    to_desk = Call(id=CALL, kind=CallKind.POINT, caller=UNIT_PARTY, callee=DESK)
    for push in events(*base(), ev.CallStarted(call=to_desk), ev.CallAnswered(call_id=CALL)):
        picture.apply(push.recorded)
    desk.store.apply_push(snapshot(picture))
    call = desk.store.point_call
    assert call is not None
    assert (call.other, call.is_outgoing) == (UNIT_PARTY, False)
    desk.take()
    desk.store.apply_push(welcome())
    assert say.PointCallChanged(CALL) in desk.take()
    assert desk.store.point_call is None


def test_a_new_session_stops_the_ringing(desk: Desk) -> None:
    ring(desk)
    desk.take()
    desk.store.apply_push(welcome())
    assert desk.take() == [say.SessionChanged(), say.RingingStopped(CALL)]


def test_a_second_report_of_an_active_call_changes_nothing(desk: Desk) -> None:
    desk.store.call_placed(CALL, UnitId("u1"))
    desk.store.apply_push(pushes.CallConnected(call_id=CALL))
    desk.take()
    desk.store.apply_push(pushes.CallConnected(call_id=CALL))
    desk.store.call_placed(CALL, UnitId("u1"))
    ring(desk)
    assert desk.take() == []
