"""Floor control, the participant's side: the key, each timer, and what crosses on the wire."""

from comms.domain.floor_participant import FloorParticipant
from comms.domain.floor_steps import END_OF_MEDIA_S
from comms.domain.ids import PartyId
from comms.domain.participant_steps import (
    RELEASE_RESEND_S,
    REQUEST_RESEND_S,
    SENDS,
    UNPRESSED_GRANT_S,
    ParticipantState,
    Play,
    SendAck,
    SendRelease,
    SendRequest,
    StartTalking,
    StopTalking,
    Tone,
)

ME, OTHER = PartyId("unit:me"), PartyId("unit:other")
ASK = SendRequest(0, False)
PERMIT = (Play(Tone.TALK_PERMIT), StartTalking(20))
S = ParticipantState


def in_state(me: FloorParticipant, state: ParticipantState) -> bool:
    return me.state is state


def hears(me: FloorParticipant) -> bool:
    return me.heard == OTHER


def a_participant(*, stays_queued: bool = False) -> FloorParticipant:
    return FloorParticipant(ME, stays_queued=stays_queued)


def talking(*, floor_seq: int = 5) -> FloorParticipant:
    me = a_participant()
    me.press(0.0)
    me.granted(0.1, floor_seq=floor_seq)
    return me


def waiting(*, stays_queued: bool = False) -> FloorParticipant:
    me = a_participant(stays_queued=stays_queued)
    me.press(0.0)
    me.queued(0.1, position=2)
    return me


def test_press_talk_let_go() -> None:
    me = a_participant()
    assert me.press(0.0, priority=2) == (SendRequest(2, False),)
    assert in_state(me, S.PENDING_REQUEST)
    assert me.granted(0.1, floor_seq=1, frame_ms=40) == (Play(Tone.TALK_PERMIT), StartTalking(40))
    assert me.let_go(3.0) == (StopTalking(), SendRelease())
    assert in_state(me, S.PENDING_RELEASE)
    assert me.idle(3.1, floor_seq=2) == ()
    assert in_state(me, S.NO_PERMISSION)
    assert me.next_deadline is None
    assert me.let_go(3.2) == ()


def test_t101_asks_again_then_gives_up() -> None:
    me = a_participant()
    me.press(0.0)
    for sent in range(1, SENDS):
        assert me.advance(sent * REQUEST_RESEND_S) == (ASK,)
    assert me.advance(SENDS * REQUEST_RESEND_S) == (Play(Tone.NO_ANSWER),)
    assert in_state(me, S.NO_PERMISSION)


def test_a_grant_after_giving_up_is_given_back() -> None:
    me = a_participant()
    me.press(0.0)
    me.advance(SENDS * REQUEST_RESEND_S)
    assert me.granted(4.0, floor_seq=1) == (SendRelease(),)
    me.idle(4.1, floor_seq=2)
    assert in_state(me, S.NO_PERMISSION)


def test_t100_releases_again_then_gives_up() -> None:
    me = talking()
    me.let_go(1.0)
    for sent in range(1, SENDS):
        assert me.advance(1.0 + sent * RELEASE_RESEND_S) == (SendRelease(),)
    assert me.advance(1.0 + SENDS * RELEASE_RESEND_S) == ()
    assert in_state(me, S.NO_PERMISSION)


def test_whatever_answers_a_release_sent_again() -> None:
    me = talking()
    me.let_go(1.0)
    me.advance(1.0 + RELEASE_RESEND_S)
    me.idle(2.1, floor_seq=5)
    assert in_state(me, S.NO_PERMISSION)


def test_denied_plays_the_tone_and_a_held_key_asks_no_more() -> None:
    me = a_participant()
    me.press(0.0)
    assert me.denied(0.1) == (Play(Tone.DENIED),)
    assert me.advance(10.0) == ()
    assert me.denied(11.0) == ()
    assert me.press(12.0) == (ASK,)


def test_let_go_before_the_answer_takes_the_request_back() -> None:
    me = a_participant()
    me.press(0.0)
    assert me.let_go(0.05) == (SendRelease(),)
    assert me.taken(0.1, floor_seq=3, talker=OTHER) == ()
    assert in_state(me, S.PENDING_RELEASE), "another's floor answers nothing of ours"
    assert me.granted(0.1, floor_seq=4) == ()
    me.idle(0.2, floor_seq=5)
    assert in_state(me, S.NO_PERMISSION)


def test_let_go_before_the_answer_which_is_the_queue() -> None:
    me = a_participant()
    me.press(0.0)
    me.let_go(0.05)
    me.queued(0.1, position=1)
    assert in_state(me, S.PENDING_RELEASE)
    me.queued(0.1, position=1)
    me.queued(0.15, position=0)
    assert in_state(me, S.NO_PERMISSION)


def test_let_go_before_the_answer_which_is_no() -> None:
    me = a_participant()
    me.press(0.0)
    me.let_go(0.05)
    assert me.denied(0.1) == ()
    assert in_state(me, S.NO_PERMISSION)


def test_a_key_pressed_before_the_release_is_answered_asks_then() -> None:
    me = talking()
    me.let_go(1.0)
    assert me.press(1.05, is_emergency=True) == ()
    assert me.idle(1.1, floor_seq=6) == (SendRequest(0, True),)
    assert in_state(me, S.PENDING_REQUEST)


def test_a_key_tapped_before_the_release_is_answered_asks_nothing() -> None:
    me = talking()
    me.let_go(1.0)
    me.press(1.02)
    me.let_go(1.04)
    assert me.idle(1.1, floor_seq=6) == ()


def test_queued_then_granted_with_the_key_held() -> None:
    me = waiting()
    assert in_state(me, S.QUEUED)
    assert me.queued(1.0, position=1) == ()
    assert me.granted(2.0, floor_seq=7, from_queue=True) == (SendAck(7), *PERMIT)
    assert me.granted(3.0, floor_seq=7, from_queue=True) == (SendAck(7),)
    assert in_state(me, S.HAS_PERMISSION)


def test_the_first_answer_to_a_request_may_be_the_queue_with_a_tone() -> None:
    me = a_participant()
    me.press(0.0)
    assert me.queued(0.1, position=0) == ()
    assert me.queued(0.2, position=3) == (Play(Tone.QUEUED),)
    assert me.next_deadline is None


def test_letting_go_while_queued_gives_up_the_place() -> None:
    me = waiting()
    assert me.let_go(1.0) == (SendRelease(),)
    me.queued(1.1, position=0)
    assert in_state(me, S.NO_PERMISSION)


def test_a_grant_that_crosses_the_giving_up_is_followed_by_its_idle() -> None:
    me = waiting()
    me.let_go(1.0)
    assert me.granted(1.01, floor_seq=8, from_queue=True) == (SendAck(8),)
    assert in_state(me, S.PENDING_RELEASE)
    me.idle(1.2, floor_seq=9)
    assert in_state(me, S.NO_PERMISSION)


def test_t132_gives_back_a_grant_whose_key_is_not_pressed() -> None:
    me = waiting(stays_queued=True)
    assert me.let_go(1.0) == ()
    assert me.granted(5.0, floor_seq=7, from_queue=True) == (SendAck(7), Play(Tone.YOUR_TURN))
    assert me.granted(6.0, floor_seq=7, from_queue=True) == (SendAck(7),)
    assert me.advance(5.0 + UNPRESSED_GRANT_S) == (SendRelease(),)
    assert in_state(me, S.PENDING_RELEASE)


def test_a_press_within_t132_talks() -> None:
    me = waiting(stays_queued=True)
    me.let_go(1.0)
    me.granted(5.0, floor_seq=7, from_queue=True)
    assert me.press(6.0) == PERMIT
    assert me.next_deadline is None


def test_cancel_gives_up_place_or_unused_grant() -> None:
    me = waiting(stays_queued=True)
    me.let_go(0.5)
    assert me.cancel(1.0) == (SendRelease(),)
    me = waiting(stays_queued=True)
    me.let_go(0.5)
    me.granted(1.0, floor_seq=7, from_queue=True)
    assert me.cancel(1.5) == (SendRelease(),)
    assert a_participant().cancel(0.0) == ()


def test_a_lost_place_is_told() -> None:
    assert waiting().queued(1.0, position=0) == (Play(Tone.DENIED),)
    me = waiting()
    assert me.idle(1.0, floor_seq=3) == (Play(Tone.DENIED),)
    assert in_state(me, S.NO_PERMISSION)


def test_revoked_stops_at_once_and_needs_a_new_press() -> None:
    me = talking(floor_seq=5)
    assert me.revoked(2.0, floor_seq=6) == (StopTalking(), SendRelease(), Play(Tone.REVOKED))
    assert me.revoked(3.0, floor_seq=6) == (SendRelease(),), "the release resent, not the tone"
    assert me.idle(3.5, floor_seq=6) == ()
    assert in_state(me, S.NO_PERMISSION)


def test_revoked_before_the_key_was_pressed() -> None:
    me = waiting(stays_queued=True)
    me.let_go(0.5)
    me.granted(1.0, floor_seq=7, from_queue=True)
    assert me.revoked(1.5, floor_seq=8) == (SendRelease(), Play(Tone.REVOKED))


def test_revoked_without_the_floor_means_nothing() -> None:
    assert a_participant().revoked(0.0, floor_seq=3) == ()


def test_a_floor_taken_back_stops_the_talker() -> None:
    me = talking(floor_seq=5)
    assert me.idle(2.0, floor_seq=5) == ()
    assert me.idle(2.0, floor_seq=6) == (StopTalking(), Play(Tone.FLOOR_LOST))
    assert in_state(me, S.NO_PERMISSION)


def test_stale_messages_are_ignored() -> None:
    me = talking(floor_seq=5)
    assert me.granted(1.0, floor_seq=4) == ()
    assert me.revoked(1.0, floor_seq=4) == ()
    assert me.idle(1.0, floor_seq=4) == ()
    assert me.taken(1.0, floor_seq=4, talker=OTHER) == ()
    assert in_state(me, S.HAS_PERMISSION)
    assert me.heard is None


def test_taken_does_not_end_a_pending_request() -> None:
    me = a_participant()
    me.press(0.0)
    assert me.taken(0.1, floor_seq=1, talker=OTHER) == ()
    assert in_state(me, S.PENDING_REQUEST)


def test_ones_own_taken_is_nothing_new() -> None:
    me = talking(floor_seq=5)
    assert me.taken(1.0, floor_seq=5, talker=ME) == ()
    assert me.heard is None


def test_t103_ends_a_talk_burst_without_media() -> None:
    me = a_participant()
    me.taken(0.0, floor_seq=1, talker=OTHER)
    me.media_received(3.0)
    me.advance(END_OF_MEDIA_S + 1.0)
    assert hears(me)
    me.advance(3.0 + END_OF_MEDIA_S)
    assert not hears(me)
    me.media_received(9.0)
    assert me.next_deadline is None


def test_idle_ends_what_is_heard() -> None:
    me = a_participant()
    me.taken(0.0, floor_seq=1, talker=OTHER)
    me.idle(1.0, floor_seq=2)
    assert not hears(me)
    assert me.next_deadline is None


def test_the_emergency_key_raises_a_request_once() -> None:
    for me in (a_participant(), waiting(), talking()):
        me.press(0.0)
        assert me.press(0.2, is_emergency=True) == (SendRequest(0, True),)
        assert me.press(0.3, is_emergency=True) == ()
        assert me.press(0.4) == ()


def test_a_raised_talk_keeps_talking() -> None:
    me = talking(floor_seq=5)
    me.press(1.0, is_emergency=True)
    assert me.granted(1.1, floor_seq=6) == ()
    assert me.let_go(2.0) == (StopTalking(), SendRelease())


def test_a_lost_link_leaves_nobody_talking() -> None:
    me = talking()
    assert me.link_lost(1.0) == (StopTalking(), Play(Tone.FLOOR_LOST))
    assert in_state(me, S.NO_PERMISSION)
    assert me.next_deadline is None
    assert waiting().link_lost(1.0) == (Play(Tone.NO_ANSWER),)
    me = talking()
    me.let_go(1.0)
    me.press(1.1)
    assert me.link_lost(1.2) == ()
    assert a_participant().link_lost(0.0) == ()


def test_after_a_lost_link_a_gateway_that_counts_anew_is_heard() -> None:
    me = talking(floor_seq=900)
    me.link_lost(1.0)
    me.let_go(1.5)
    me.press(2.0)
    assert me.granted(2.1, floor_seq=1) == PERMIT
