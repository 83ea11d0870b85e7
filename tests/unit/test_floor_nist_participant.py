"""Floor control as NIST tests it (NISTIR 8236, psc-ns3), on-network, the participant's side: a scenario a function.

Clauses are those of 3GPP TS 24.380: §6.2.4 by its states, table 11.1.1 timers, 11.2 counters, §7.1 the user's view.
`test_floor_participant.py` looks at single effects; here a server answers."""

import pytest

from comms.domain.floor_steps import FloorRules, FloorState
from comms.domain.participant_steps import ParticipantState, Tone
from tests.support.floor_call import GroupCall

S = ParticipantState


# --- §6.2.4.3 U: has no permission ----------------------------------------------------------------------------------


def test_no_permission_a_pressed_key_requests() -> None:
    """§6.2.4.3.2: Floor Request, T101 runs, U: pending Request."""
    call = GroupCall("a")
    call.lost.add(("a", "request"))
    call.press("a")
    assert (call.sent["a"], call.state("a")) == (["request"], S.PENDING_REQUEST)


def test_no_permission_taken_tells_who_talks() -> None:
    """§6.2.4.3.4, Floor Taken: the talker is shown; nothing is sent."""
    call = GroupCall("a", "b")
    call.press("b")
    assert (call.people["a"].heard, call.sent["a"]) == (call.party["b"], [])


def test_no_permission_idle_tells_that_nobody_talks() -> None:
    """§6.2.4.3.3, Floor Idle."""
    call = GroupCall("a", "b")
    call.press("b")
    call.let_go("b")
    assert call.people["a"].heard is None


def test_no_permission_t103_ends_the_talk_burst() -> None:
    """§6.2.4.3.6, T103 (as T1, 4 s) without RTP media: nobody is heard, whatever was last said."""
    call = GroupCall("a", "b")
    call.press("b")
    call.silent.add("b")
    call.lost.add(("a", "idle"))
    call.wait(4.1)
    assert call.people["a"].heard is None


def test_no_permission_media_starts_t103_again() -> None:
    """§6.2.4.3.5, RTP media."""
    call = GroupCall("a", "b")
    call.press("b")
    call.wait(20.0)
    assert call.people["a"].heard == call.party["b"]


def test_no_permission_a_revoke_means_nothing() -> None:
    """§6.2.4.1: a message that the state does not know is discarded."""
    call = GroupCall("a", "b")
    call.people["a"].revoked(0.0, floor_seq=1)
    assert (call.state("a"), call.sent["a"], call.tones["a"]) == (S.NO_PERMISSION, [], [])


def test_no_permission_a_grant_nobody_asked_for_is_given_back() -> None:
    """§6.2.4.3.7: a Floor Granted that comes after giving up is answered with Floor Release."""
    call = GroupCall("a", "b")
    call.lost.add(("a", "granted"))
    call.press("a")
    call.silent.add("a")
    call.wait(2.5)
    call.let_go("a")
    call.lost.clear()
    call.wait(6.0)
    assert (call.state("a"), call.talker) == (S.NO_PERMISSION, None)


# --- §6.2.4.4 U: pending Request ------------------------------------------------------------------------------------


def test_pending_request_granted_plays_the_talk_permit_tone() -> None:
    """§6.2.4.4.2 and §7.1, Floor Granted: the talk permission tone, U: has permission."""
    call = GroupCall("a")
    call.press("a")
    assert (call.state("a"), call.tones["a"]) == (S.HAS_PERMISSION, [Tone.TALK_PERMIT])


def test_pending_request_denied_plays_a_tone() -> None:
    """§6.2.4.4.3, Floor Deny: told so, U: has no permission; a key that is held asks no more."""
    call = GroupCall("a", "b", rules=FloorRules(queue_size=0))
    call.press("b")
    call.press("a")
    call.wait(5.0)
    assert (call.state("a"), call.tones["a"], call.sent["a"]) == (S.NO_PERMISSION, [Tone.DENIED], ["request"])


def test_pending_request_queued_plays_a_tone() -> None:
    """§6.2.4.4.9, Floor Queue Position Info: U: queued, T101 stops."""
    call = GroupCall("a", "b")
    call.press("b")
    call.press("a")
    call.wait(5.0)
    assert (call.state("a"), call.tones["a"], call.sent["a"]) == (S.QUEUED, [Tone.QUEUED], ["request"])


def test_pending_request_t101_requests_again() -> None:
    """§6.2.4.4.6, T101 (1 s): Floor Request again."""
    call = GroupCall("a")
    call.lost.add(("a", "request"))
    call.press("a")
    call.wait(1.0)
    assert call.sent["a"] == ["request", "request"]


def test_pending_request_c101_gives_up() -> None:
    """§6.2.4.4.7, C101 (3): no answer to the third: told so, U: has no permission; within 6 s in all."""
    call = GroupCall("a")
    call.lost.add(("a", "request"))
    call.press("a")
    call.wait(3.0)
    assert call.sent["a"] == ["request"] * 3
    assert (call.state("a"), call.tones["a"]) == (S.NO_PERMISSION, [Tone.NO_ANSWER])


def test_pending_request_a_released_key_takes_it_back() -> None:
    """§6.2.4.4.5: Floor Release, U: pending Release; the grant that crosses it is not used."""
    call = GroupCall("a", "b")
    call.lost.add(("a", "granted"))
    call.press("a")
    call.lost.clear()
    call.let_go("a")
    assert call.talker is None
    call.wait(1.0)
    assert (call.sent["a"], call.state("a")) == (["request", "release", "release"], S.NO_PERMISSION)


def test_pending_request_taken_does_not_end_it() -> None:
    """§6.2.4.4.8: a deviation, see the conformance table. Our messages keep their order, the own answer follows."""
    call = GroupCall("a", "b")
    call.lost.add(("a", "queued"))
    call.press("b")
    call.press("a")
    call.people["a"].taken(call.now, floor_seq=call.floor.floor_seq, talker=call.party["b"])
    assert call.state("a") is S.PENDING_REQUEST


def test_pending_request_an_emergency_raises_it() -> None:
    """TS 24.379 §6.2.8.1: the emergency key over an ordinary request sends it anew, as an emergency, once."""
    call = GroupCall("a", "b")
    call.lost.add(("a", "request"))
    call.press("a")
    call.press("a", is_emergency=True)
    call.press("a", is_emergency=True)
    assert call.sent["a"] == ["request", "request"]


def test_implicit_request_sets_the_call_up() -> None:
    """§6.2.4.2.2, implicit request in the call's set-up: answered like any other, T101 is over with the answer."""
    call = GroupCall("a", "b")
    assert call.floor.state is FloorState.NO_CALL
    call.press("a")
    call.wait(3.5)
    assert (call.sent["a"], call.state("a")) == (["request"], S.HAS_PERMISSION)


# --- §6.2.4.5 U: has permission -------------------------------------------------------------------------------------


def test_has_permission_a_released_key_releases() -> None:
    """§6.2.4.5.3: no media after it, Floor Release, U: pending Release until it is answered."""
    call = GroupCall("a")
    call.press("a")
    call.lost.add(("a", "release"))
    call.let_go("a")
    assert (call.sent["a"], call.state("a")) == (["request", "release"], S.PENDING_RELEASE)


def test_has_permission_revoked_stops_and_releases() -> None:
    """§6.2.4.5.5, Floor Revoke: no media from now on, Floor Release, and a tone; the held key does not ask again."""
    call = GroupCall("a", "desk")
    call.press("a")
    call.press("desk")
    call.wait(2.0)
    assert call.sent["a"] == ["request", "release"]
    assert (call.state("a"), call.tones["a"]) == (S.NO_PERMISSION, [Tone.TALK_PERMIT, Tone.REVOKED])


def test_has_permission_too_long_is_revoked() -> None:
    """§6.2.4.5.5 after T2: the talker is told, and stops."""
    call = GroupCall("a", rules=FloorRules(max_talk_s=5.0))
    call.press("a")
    call.wait(5.0)
    assert call.tones["a"][-1] is Tone.REVOKED
    assert call.ends == [("a", "revoked_too_long")]


def test_has_permission_idle_takes_the_floor() -> None:
    """§6.2.4.5.6: a newer Floor Idle says that the floor was taken back: stop, and say so."""
    call = GroupCall("a", "b")
    call.press("a")
    call.silent.add("a")
    call.wait(4.0)
    assert (call.state("a"), call.tones["a"][-1]) == (S.NO_PERMISSION, Tone.FLOOR_LOST)


def test_has_permission_a_repeated_grant_changes_nothing() -> None:
    """§6.2.4.5.4, Floor Granted again: talks on, no second tone."""
    call = GroupCall("a")
    call.press("a")
    call.people["a"].granted(call.now, floor_seq=call.floor.floor_seq)
    assert call.tones["a"] == [Tone.TALK_PERMIT]


def test_has_permission_an_old_message_changes_nothing() -> None:
    """§8.2.3.10, message sequence number: older than what was seen is discarded."""
    call = GroupCall("a", "b")
    call.press("b")
    call.let_go("b")
    call.press("a")
    call.people["a"].idle(call.now, floor_seq=1)
    call.people["a"].revoked(call.now, floor_seq=1)
    assert call.state("a") is S.HAS_PERMISSION


# --- §6.2.4.6 U: pending Release ------------------------------------------------------------------------------------


def releasing() -> GroupCall:
    call = GroupCall("a", "b")
    call.press("a")
    call.lost.add(("a", "release"))
    call.let_go("a")
    call.forget()
    return call


def test_pending_release_idle_ends_it() -> None:
    """§6.2.4.6.5, Floor Idle: U: has no permission."""
    call = releasing()
    call.lost.clear()
    call.wait(1.0)
    assert call.state("a") is S.NO_PERMISSION


def test_pending_release_t100_releases_again() -> None:
    """§6.2.4.6.2, T100 (1 s): Floor Release again."""
    call = releasing()
    call.wait(1.0)
    assert call.sent["a"] == ["release"]


def test_pending_release_c100_gives_up() -> None:
    """§6.2.4.6.3, C100 (3): after the third U: has no permission; below 6 s in all."""
    call = releasing()
    call.wait(3.0)
    assert (call.sent["a"], call.state("a")) == (["release", "release"], S.NO_PERMISSION)


def test_pending_release_a_new_press_asks_once_it_is_answered() -> None:
    """§7.1, pressing is held until resolved: the next talk is asked for after the release of the last."""
    call = releasing()
    call.press("a")
    assert call.sent["a"] == []
    call.lost.clear()
    call.wait(1.0)
    assert (call.sent["a"], call.state("a")) == (["release", "request"], S.HAS_PERMISSION)


def test_pending_release_taken_by_another_ends_it() -> None:
    """§6.2.4.6.6, Floor Taken: the floor is another's, so it was released."""
    call = GroupCall("a", "b")
    call.press("a")
    call.press("b")
    call.lost.add(("a", "idle"))
    call.let_go("a")
    assert (call.state("a"), call.people["a"].heard) == (S.NO_PERMISSION, call.party["b"])


# --- §6.2.4.9 U: queued ---------------------------------------------------------------------------------------------


def waiting(*, stays: bool = False) -> GroupCall:
    call = GroupCall("a", "b", "c", stays_queued=stays)
    call.press("b")
    call.press("a")
    call.forget()
    return call


def test_queued_a_new_place_is_shown() -> None:
    """§6.2.4.9.3, Floor Queue Position Info: U: queued is kept."""
    call = waiting()
    call.press("c", is_emergency=True)
    assert call.state("a") is S.QUEUED
    assert call.news("a")[-1] == "queued:1"


def test_queued_granted_with_the_key_held_talks() -> None:
    """§6.2.4.9.4, Floor Granted and the key pressed: U: has permission, Floor Ack."""
    call = waiting()
    call.let_go("b")
    assert (call.state("a"), call.sent["a"]) == (S.HAS_PERMISSION, ["ack"])


def test_queued_granted_without_the_key_waits_for_it() -> None:
    """§6.2.4.9.4, Floor Granted and the key let go: told that it is his turn, T132 runs."""
    call = waiting(stays=True)
    call.let_go("a")
    call.let_go("b")
    assert (call.state("a"), call.tones["a"]) == (S.GRANTED_UNPRESSED, [Tone.YOUR_TURN])
    call.press("a")
    assert call.state("a") is S.HAS_PERMISSION


def test_queued_t132_gives_the_grant_back() -> None:
    """§6.2.4.9.9, T132 (2 s): Floor Release."""
    call = waiting(stays=True)
    call.let_go("a")
    call.let_go("b")
    call.wait(2.0)
    assert (call.sent["a"], call.state("a"), call.talker) == (["ack", "release"], S.NO_PERMISSION, None)


def test_queued_a_released_key_leaves_the_queue() -> None:
    """§6.2.4.9.5, the user gives up: Floor Release, answered with place 0."""
    call = waiting()
    call.let_go("a")
    assert (call.sent["a"], call.news("a"), call.state("a")) == (["release"], ["queued:0"], S.NO_PERMISSION)


def test_queued_cancel_leaves_the_queue() -> None:
    """§6.2.4.9.5 with a locked key: cancelled by itself."""
    call = waiting(stays=True)
    call.let_go("a")
    assert call.queue == ["a"]
    call.cancel("a")
    assert (call.queue, call.state("a")) == ([], S.NO_PERMISSION)


def test_queued_denied_is_told() -> None:
    """§6.2.4.9.6: the place is lost (an idle floor has no queue): told so, U: has no permission."""
    call = waiting()
    call.people["a"].idle(call.now, floor_seq=call.floor.floor_seq + 1)
    assert call.state("a") is S.NO_PERMISSION


@pytest.mark.skip(reason="T104 and C104 are not needed: places are told unasked, in order, over a connection")
def test_queued_t104_asks_for_the_position_again() -> None:
    """§6.2.4.9.7 and .8, T104 and C104: does not apply, see the conformance table."""


# --- §6.2.4.7 in any state --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["asking", "queued", "talking", "releasing"])
def test_any_state_the_call_is_released(where: str) -> None:
    """§6.2.4.7.2 and §6.2.4.8 Releasing: no floor control and no media any more, from whatever state."""
    call = GroupCall("a", "b")
    if where == "queued":
        call.press("b")
    if where == "asking":
        call.lost.add(("a", "request"))
    call.press("a")
    if where == "releasing":
        call.lost.add(("a", "release"))
        call.let_go("a")
    call.lose_link("a")
    call.lost.clear()
    sent = len(call.sent["a"])
    call.wait(10.0)
    assert (call.state("a"), len(call.sent["a"])) == (S.NO_PERMISSION, sent)
    assert call.floor.talker != call.party["a"]
