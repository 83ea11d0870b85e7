"""Floor control, the server's side: each timer, and pre-emption in its order."""

import pytest

from comms.domain.call import HANG_TIME_S, TalkEnd
from comms.domain.floor import Floor
from comms.domain.floor_effect import (
    CallInactive,
    CloseVoice,
    Denied,
    DenyCause,
    Effects,
    Granted,
    Idle,
    OpenVoice,
    Queued,
    RevokeCause,
    Revoked,
    Taken,
    TalkBegan,
    TalkOver,
)
from comms.domain.floor_queue import FloorQueue, Rank, effective_rank
from comms.domain.floor_steps import (
    DRAIN_S,
    EMERGENCY_TALK_S,
    END_OF_MEDIA_S,
    GRACE_S,
    GRANT_RESEND_S,
    GRANT_SENDS,
    MAX_TALK_S,
    REVOKE_RESEND_S,
    FloorRules,
    FloorState,
)
from comms.domain.ids import PartyId

WANG, LI, ZHAO, CHEN = (PartyId(f"unit:{name}") for name in ("wang", "li", "zhao", "chen"))
DESK = PartyId("officer:duty")


def a_floor(rules: FloorRules | None = None) -> Floor:
    return Floor(rules or FloorRules())


def keep_talking(floor: Floor, party: PartyId, *, since: float, until: float) -> Effects:
    """Voice every second, as a client's packets would come."""
    effects: Effects = ()
    now = since
    while now < until:
        effects += floor.media_received(now, party)
        now += 1.0
    return effects


def test_a_free_floor_is_granted_with_the_voice_open_first() -> None:
    floor = a_floor()
    assert floor.request(0.0, WANG) == (
        OpenVoice(WANG),
        Granted(WANG, MAX_TALK_S, 1),
        Taken(WANG, False, 1),
        TalkBegan(WANG, False),
    )
    assert (floor.state, floor.talker, floor.floor_seq) == (FloorState.TAKEN, WANG, 1)


def test_release_drains_before_the_floor_is_idle() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    assert floor.release(1.0, WANG, last_sequence=77) == (CloseVoice(WANG, drains=True, last_sequence=77),)
    assert floor.state is FloorState.DRAINING
    assert floor.release(1.01, WANG) == ()
    assert floor.media_drained(1.02, LI) == ()
    assert floor.media_drained(1.05, WANG) == (TalkOver(WANG, TalkEnd.RELEASED), Idle(2))


def test_a_forwarder_that_never_drains_does_not_hold_the_floor() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    assert floor.advance(1.0 + DRAIN_S) == (CloseVoice(WANG), TalkOver(WANG, TalkEnd.RELEASED), Idle(2))


def test_a_request_while_draining_is_granted_as_if_it_had_come_a_moment_later() -> None:
    floor = a_floor(FloorRules(queue_size=0))
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    assert floor.request(1.01, LI) == ()
    assert floor.request(1.02, ZHAO) == (Denied(ZHAO, DenyCause.QUEUE_FULL),)
    effects = floor.media_drained(1.05, WANG)
    assert Granted(LI, MAX_TALK_S, 2, from_queue=False) in effects


def test_requests_while_draining_wait_their_turn_when_another_comes_first() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    floor.request(1.01, LI)
    floor.request(1.02, DESK)
    effects = floor.media_drained(1.05, WANG)
    assert Granted(DESK, MAX_TALK_S, 2) in effects
    assert effects[-1] == Queued(LI, 1, 1)


def test_t1_takes_the_floor_back_without_revoke() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.media_received(2.0, WANG)
    assert floor.advance(2.0 + END_OF_MEDIA_S - 0.01) == ()
    assert floor.advance(2.0 + END_OF_MEDIA_S) == (CloseVoice(WANG), TalkOver(WANG, TalkEnd.MEDIA_LOST), Idle(2))


def test_t1_does_not_heed_another_partys_voice() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    assert floor.media_received(3.0, LI) == ()
    assert TalkOver(WANG, TalkEnd.MEDIA_LOST) in floor.advance(END_OF_MEDIA_S)


def test_t2_revokes_a_talk_that_lasts_too_long_then_t3_ends_it() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    assert keep_talking(floor, WANG, since=0.0, until=MAX_TALK_S) == ()
    assert floor.advance(MAX_TALK_S) == (Revoked(WANG, RevokeCause.TOO_LONG, GRACE_S, 2),)
    floor.media_received(MAX_TALK_S, WANG)
    again = floor.advance(MAX_TALK_S + REVOKE_RESEND_S)
    assert again == (Revoked(WANG, RevokeCause.TOO_LONG, GRACE_S - REVOKE_RESEND_S, 2),)
    effects = floor.advance(MAX_TALK_S + GRACE_S)
    assert effects[-3:] == (CloseVoice(WANG), TalkOver(WANG, TalkEnd.REVOKED_TOO_LONG), Idle(3))


def test_the_talkgroup_sets_the_talk_limit() -> None:
    floor = a_floor()
    floor.rules = FloorRules(max_talk_s=10.0)
    assert Granted(WANG, 10.0, 1) in floor.request(0.0, WANG)


def test_an_emergency_is_exempt_from_the_talk_limit() -> None:
    floor = a_floor()
    assert Granted(WANG, EMERGENCY_TALK_S, 1) in floor.request(0.0, WANG, is_emergency=True)
    assert keep_talking(floor, WANG, since=0.0, until=10 * MAX_TALK_S) == ()
    assert floor.talker == WANG


def test_a_talk_can_become_an_emergency() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    assert floor.request(1.0, WANG, is_emergency=True) == (Granted(WANG, EMERGENCY_TALK_S, 2), Taken(WANG, True, 2))
    assert floor.request(2.0, WANG, is_emergency=True) == (Granted(WANG, EMERGENCY_TALK_S - 1.0, 2),)
    assert floor.request(3.0, DESK, priority=7) == (Queued(DESK, 1, 1),)


def test_the_talker_who_asks_again_hears_his_grant_again() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    assert floor.request(2.0, WANG) == (Granted(WANG, MAX_TALK_S - 2.0, 1),)


def test_t4_ends_the_call_after_the_hang_time() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    floor.media_drained(1.0, WANG)
    assert floor.advance(1.0 + HANG_TIME_S - 0.01) == ()
    assert floor.advance(1.0 + HANG_TIME_S) == (CallInactive(),)
    assert (floor.state, floor.next_deadline) == (FloorState.NO_CALL, None)
    assert Granted(LI, MAX_TALK_S, 3) in floor.request(100.0, LI)


def test_a_request_stops_the_hang_timer() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    floor.media_drained(1.0, WANG)
    floor.request(20.0, LI)
    assert CallInactive() not in keep_talking(floor, LI, since=20.0, until=40.0)


def test_pre_emption_in_order() -> None:
    """Domain report §1.2: Revoke #4, head of the queue, voice kept for T3 with Revoke at each T8, then the grant."""
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    assert floor.request(2.0, DESK) == (
        Revoked(WANG, RevokeCause.PREEMPTED, GRACE_S, 2),
        Queued(DESK, 1, 2),
        Queued(LI, 2, 2),
    )
    assert (floor.state, floor.talker) == (FloorState.PENDING_REVOKE, WANG)
    floor.media_received(2.9, WANG)
    assert floor.advance(3.0) == (Revoked(WANG, RevokeCause.PREEMPTED, 2.0, 2),)
    assert floor.advance(4.0) == (Revoked(WANG, RevokeCause.PREEMPTED, 1.0, 2),)
    assert floor.advance(5.0) == (
        CloseVoice(WANG),
        TalkOver(WANG, TalkEnd.REVOKED_PREEMPTED),
        OpenVoice(DESK),
        Granted(DESK, MAX_TALK_S, 3, from_queue=True),
        Taken(DESK, False, 3),
        TalkBegan(DESK, False),
        Queued(LI, 1, 1),
    )


def test_a_revoked_talker_who_releases_makes_room_at_once() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(2.0, DESK)
    assert floor.release(2.1, WANG, last_sequence=5) == (CloseVoice(WANG, drains=True, last_sequence=5),)
    effects = floor.media_drained(2.15, WANG)
    assert effects[0] == TalkOver(WANG, TalkEnd.REVOKED_PREEMPTED)
    assert Granted(DESK, MAX_TALK_S, 2 + 1, from_queue=True) in effects


def test_audio_cut_in_leaves_no_grace() -> None:
    floor = a_floor(FloorRules(audio_cut_in=True))
    floor.request(0.0, WANG)
    assert floor.request(2.0, LI, is_emergency=True) == (
        Revoked(WANG, RevokeCause.PREEMPTED, 0.0, 2),
        CloseVoice(WANG),
        TalkOver(WANG, TalkEnd.REVOKED_PREEMPTED),
        OpenVoice(LI, True),
        Granted(LI, EMERGENCY_TALK_S, 3),
        Taken(LI, True, 3),
        TalkBegan(LI, True),
    )


def test_a_cut_in_inherits_no_timer_of_the_talk_it_cut() -> None:
    floor = a_floor(FloorRules(audio_cut_in=True))
    floor.request(0.0, WANG)
    floor.request(0.5, LI)
    floor.release(1.0, WANG)
    floor.media_drained(1.0, WANG)  # Li from the queue: T20 runs
    floor.request(1.5, DESK)
    assert floor.advance(2.1) == ()


def test_equals_queue_in_order_of_time_and_higher_ones_before_them() -> None:
    floor = a_floor()
    floor.request(0.0, DESK, priority=7)
    for now, (party, priority) in enumerate([(WANG, 1), (LI, 1), (ZHAO, 4), (CHEN, 1)], start=1):
        floor.request(now / 2, party, priority=priority)
    assert floor.queue == (ZHAO, WANG, LI, CHEN)
    assert floor.queue_position(3.0, LI) == (Queued(LI, 3, 4),)
    assert floor.queue_position(3.0, DESK) == (Queued(DESK, 0, 4),)


def test_one_that_asks_again_keeps_its_turn_or_moves_up() -> None:
    floor = a_floor()
    floor.request(0.0, DESK, is_emergency=True)
    floor.request(1.0, WANG)
    floor.request(2.0, LI)
    assert floor.request(3.0, WANG) == (Queued(WANG, 1, 2),)
    assert floor.request(3.5, LI, is_emergency=True) == (Queued(LI, 1, 2), Queued(WANG, 2, 2))


def test_a_queued_request_raised_to_emergency_pre_empts() -> None:
    floor = a_floor()
    floor.request(0.0, DESK)
    floor.request(1.0, WANG)
    effects = floor.request(2.0, WANG, is_emergency=True)
    assert effects == (Revoked(DESK, RevokeCause.PREEMPTED, GRACE_S, 2), Queued(WANG, 1, 1))


def test_a_full_queue_denies_but_never_who_may_pre_empt() -> None:
    floor = a_floor(FloorRules(queue_size=1))
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    assert floor.request(2.0, ZHAO) == (Denied(ZHAO, DenyCause.QUEUE_FULL),)
    assert floor.request(2.5, LI) == (Queued(LI, 1, 1),)
    assert Queued(DESK, 1, 2) in floor.request(3.0, DESK)
    assert floor.request(3.1, ZHAO) == (Denied(ZHAO, DenyCause.QUEUE_FULL),)
    assert Queued(CHEN, 1, 3) in floor.request(3.2, CHEN, is_emergency=True)


def test_leaving_the_queue_is_answered_and_moves_the_others_up() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    floor.request(2.0, ZHAO)
    assert floor.release(3.0, LI) == (Queued(LI, 0, 1), Queued(ZHAO, 1, 1))
    assert floor.release(3.1, LI) == (Taken(WANG, False, 1, to=LI),)


def test_a_release_with_nothing_to_release_is_answered_with_what_is() -> None:
    floor = a_floor()
    assert floor.release(0.0, LI) == (Idle(0, to=LI),)


def test_t20_sends_the_grant_again_then_takes_the_floor_back() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    floor.release(2.0, WANG)
    floor.media_drained(2.0, WANG)
    for sent in range(1, GRANT_SENDS):
        effects = floor.advance(2.0 + sent * GRANT_RESEND_S)
        assert effects == (Granted(LI, MAX_TALK_S - sent * GRANT_RESEND_S, 2, from_queue=True),)
    effects = floor.advance(2.0 + GRANT_SENDS * GRANT_RESEND_S)
    assert effects == (CloseVoice(LI), TalkOver(LI, TalkEnd.MEDIA_LOST), Idle(3))


@pytest.mark.parametrize("confirms", ["ack", "voice"])
def test_a_confirmed_grant_is_not_sent_again(confirms: str) -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    floor.release(2.0, WANG)
    floor.media_drained(2.0, WANG)
    if confirms == "ack":
        floor.ack(2.1, LI, floor_seq=2)
    else:
        floor.media_received(2.1, LI)
    assert floor.advance(2.0 + END_OF_MEDIA_S - 0.01) == ()


def test_an_ack_of_another_floor_confirms_nothing() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    floor.release(2.0, WANG)
    floor.media_drained(2.0, WANG)
    floor.ack(2.1, LI, floor_seq=1)
    floor.ack(2.1, ZHAO, floor_seq=2)
    assert len(floor.advance(3.0)) == 1


def test_late_entry_learns_who_talks() -> None:
    floor = a_floor()
    assert floor.joined(0.0, LI) == (Idle(0, to=LI),)
    floor.request(1.0, WANG, is_emergency=True)
    assert floor.joined(2.0, LI) == (Taken(WANG, True, 1, to=LI),)
    assert floor.joined(2.0, WANG) == ()


def test_who_leaves_gives_back_floor_and_place() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, LI)
    floor.request(1.0, ZHAO)
    assert floor.left(2.0, LI) == (Queued(ZHAO, 1, 1),)
    effects = floor.left(3.0, WANG)
    assert effects[:2] == (CloseVoice(WANG), TalkOver(WANG, TalkEnd.LEFT))
    assert floor.talker == ZHAO


def test_who_leaves_while_his_voice_drains_had_released() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.release(1.0, WANG)
    assert TalkOver(WANG, TalkEnd.RELEASED) in floor.left(1.01, WANG)


def test_a_revoked_talker_may_queue_for_another_turn() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    floor.request(1.0, DESK)
    assert floor.request(1.5, WANG) == (Queued(WANG, 2, 2),)


def test_unknown_inputs_are_discarded() -> None:
    floor = a_floor()
    assert floor.ack(0.0, WANG, floor_seq=0) == ()
    assert floor.media_received(0.0, WANG) == ()
    assert floor.media_drained(0.0, WANG) == ()
    assert floor.left(0.0, WANG) == ()
    assert floor.advance(1000.0) == ()
    assert floor.state is FloorState.NO_CALL


def test_a_clock_read_late_finds_what_a_punctual_one_would() -> None:
    floor = a_floor()
    floor.request(0.0, WANG)
    effects = floor.advance(1000.0)
    assert effects == (CloseVoice(WANG), TalkOver(WANG, TalkEnd.MEDIA_LOST), Idle(2), CallInactive())


def test_effective_rank_puts_emergency_first_then_officers() -> None:
    unit = effective_rank(WANG, priority=7, is_emergency=False)
    officer = effective_rank(DESK, priority=0, is_emergency=False)
    emergency = effective_rank(WANG, priority=0, is_emergency=True)
    assert unit < officer < emergency


def test_an_empty_queue_has_no_highest() -> None:
    queue = FloorQueue()
    assert (queue.highest, queue.remove(WANG), queue.place(WANG)) == (None, False, 0)
    queue.put(WANG, Rank())
    assert queue.highest == Rank()


def test_the_rules_of_a_floor_can_be_read_and_replaced() -> None:
    floor = Floor(FloorRules())
    assert floor.rules == FloorRules()
    other = FloorRules(queue_size=3)
    floor.rules = other
    assert floor.rules == other
