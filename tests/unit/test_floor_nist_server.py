"""Floor control as NIST tests it (NISTIR 8236, psc-ns3), on-network, the server's side: a scenario a function.

Clauses are those of 3GPP TS 24.380: §6.3.4 the general machine by its states, §6.3.5 the machine towards a
participant, §8.2 messages and causes, table 11.1.2 timers and 11.2 counters. `test_floor_server.py` looks at single
effects; here a server and participants speak with each other in virtual time."""

import pytest

from comms.domain.floor_effect import DenyCause, RevokeCause
from comms.domain.floor_steps import EMERGENCY_TALK_S, FloorRules, FloorState
from comms.domain.participant_steps import ParticipantState, Tone
from tests.support.floor_call import GroupCall

S = ParticipantState


def talking(*others: str, rules: FloorRules | None = None) -> GroupCall:
    """`a` has the floor for a second."""
    call = GroupCall("a", *others, rules=rules)
    call.press("a")
    call.wait(1.0)
    call.forget()
    return call


# --- the seven on-network scenarios of psc-ns3 ------------------------------------------------------------------


def test_nist_floor_release() -> None:
    """psc-ns3 "Floor Release"; §6.3.4.4 G: Floor Taken → §6.3.4.3 G: Floor Idle on Floor Release."""
    call = talking("b", "c")
    call.let_go("a")
    assert call.floor.state is FloorState.IDLE
    assert [call.news(name) for name in "abc"] == [["idle"]] * 3
    assert call.state("a") is S.NO_PERMISSION


def test_nist_floor_granted() -> None:
    """psc-ns3 "Floor Granted"; §6.3.4.3 G: Floor Idle, Floor Request: Granted to one, Taken to the others."""
    call = talking("b", "c")
    call.let_go("a")
    call.forget()
    call.press("b")
    assert [call.news(name) for name in "abc"] == [["taken:b"], ["granted:30"], ["taken:b"]]
    assert (call.talker, call.heard) == ("b", "b")


def test_nist_floor_revoke_with_audio_cut_in() -> None:
    """psc-ns3 "Floor Revoke"; §6.3.4.4, audio cut-in: revoked and granted at once, T3 is nothing. The release that the
    revoked talker sends all the same is answered with who has the floor now."""
    call = talking("desk", "c", rules=FloorRules(audio_cut_in=True))
    call.press("desk")
    assert call.news("a") == ["revoked:4/0", "taken:desk", "taken:desk"]
    assert call.talker == "desk"


def test_nist_floor_deny() -> None:
    """psc-ns3 "Floor Deny"; §6.3.4.4, Floor Request without a queue: Deny, the talker goes on."""
    call = talking("b", rules=FloorRules(queue_size=0))
    call.press("b")
    assert call.news("b") == [f"denied:{DenyCause.QUEUE_FULL.value}"]
    assert (call.talker, call.state("b"), call.tones["b"]) == ("a", S.NO_PERMISSION, [Tone.DENIED])


def test_nist_floor_queue_and_cancel() -> None:
    """psc-ns3 "Floor Queue and Cancel"; §6.3.4.4: queued, asks its place, gives it up with Floor Release."""
    call = talking("b")
    call.press("b")
    call.ask_position("b")
    assert call.news("b") == ["queued:1", "queued:1"]
    call.let_go("b")
    assert call.news("b") == ["queued:0"]
    assert (call.queue, call.talker, call.state("b")) == ([], "a", S.NO_PERMISSION)


def test_nist_floor_queue_and_granted() -> None:
    """psc-ns3 "Floor Queue and Granted"; §6.3.4.4: on release the head of the queue is granted and acknowledges."""
    call = talking("b", "c")
    call.press("b")
    call.wait(1.0)
    call.let_go("a")
    assert call.news("b") == ["queued:1", "granted:30"]
    assert call.sent["b"] == ["request", "ack"]
    assert (call.talker, call.state("b"), call.news("c")) == ("b", S.HAS_PERMISSION, ["taken:b"])


@pytest.mark.skip(reason="dual floor (§6.3.6) is not offered: an emergency pre-empts, and the desk hears four groups")
def test_nist_dual_floor_control() -> None:
    """psc-ns3 "Dual Floor Control"; §6.3.6, T11 and T12: does not apply, see the conformance table."""


# --- §6.3.4.2 Start-stop and §6.3.4.3 G: Floor Idle ---------------------------------------------------------------


def test_start_stop_a_request_begins_the_call() -> None:
    """§6.3.4.2 Start-stop: the call is set up with an implicit request, which is granted."""
    call = GroupCall("a", "b")
    call.press("a")
    assert (call.news("a"), call.news("b")) == (["granted:30"], ["taken:a"])


def test_start_stop_discards_what_it_does_not_know() -> None:
    """§6.3.4.1: release, packet, acknowledgement and position in Start-stop change no state."""
    call = GroupCall("a")
    call.stray_packet("a")
    call.ask_position("a")
    call.lose_link("a")
    assert call.floor.state is FloorState.NO_CALL
    assert call.news("a") == ["queued:0"]


def test_idle_discards_a_stray_packet() -> None:
    """§6.3.4.3 and §6.3.5 U: not permitted but sends media: what is not permitted is not let through."""
    call = talking("b")
    call.let_go("a")
    call.stray_packet("b")
    assert (call.floor.state, call.heard, call.talker) == (FloorState.IDLE, None, None)


def test_idle_release_is_answered_with_idle() -> None:
    """§6.3.4.3, Floor Release in G: Floor Idle: answered with Floor Idle, the state is kept."""
    call = talking("b")
    call.let_go("a")
    call.forget()
    call.join("b")
    assert call.news("b") == ["idle"]
    assert call.floor.state is FloorState.IDLE


def test_idle_t4_ends_the_call() -> None:
    """§6.3.4.3, T4 (inactivity, 30 s): the call is released."""
    call = talking("b")
    call.let_go("a")
    call.wait(29.99)
    assert not call.is_over
    call.wait(0.01)
    assert (call.is_over, call.floor.state) == (True, FloorState.NO_CALL)


def test_idle_a_request_stops_t4() -> None:
    """§6.3.4.3: T4 does not run while somebody talks."""
    call = talking("b")
    call.let_go("a")
    call.wait(29.0)
    call.press("b")
    call.wait(10.0)
    assert (call.is_over, call.talker) == (False, "b")


def test_after_t4_a_request_begins_anew() -> None:
    """§6.3.4.2 after §6.3.4.6 Releasing: the group can be called again."""
    call = talking("b")
    call.let_go("a")
    call.wait(60.0)
    call.forget()
    call.press("b")
    assert call.news("b") == ["granted:30"]


def test_late_entry_into_an_idle_call() -> None:
    """§6.3.5.2, a participant joins in G: Floor Idle: Floor Idle to him alone."""
    call = talking("b", "c")
    call.let_go("a")
    call.forget()
    call.join("c")
    assert (call.news("c"), call.news("b")) == (["idle"], [])


# --- §6.3.4.4 G: Floor Taken --------------------------------------------------------------------------------------


def test_late_entry_into_a_taken_call() -> None:
    """§6.3.5.2, a participant joins in G: Floor Taken: Floor Taken with the talker to him alone."""
    call = talking("b", "c")
    call.join("c")
    assert (call.news("c"), call.news("b")) == (["taken:a"], [])
    assert call.people["c"].heard == call.party["a"]


def test_taken_t1_end_of_media() -> None:
    """§6.3.4.4.3, T1 (4 s) expires: the floor is idle, and no Floor Revoke is sent."""
    call = talking("b")
    call.silent.add("a")
    call.wait(4.1)
    assert call.news("a") == ["idle"]
    assert call.ends == [("a", "media_lost")]
    assert (call.state("a"), call.tones["a"]) == (S.NO_PERMISSION, [Tone.FLOOR_LOST])


def test_taken_every_packet_starts_t1_again() -> None:
    """§6.3.4.4, RTP media: a talk with pauses below T1 goes on."""
    call = talking("b")
    for _ in range(3):
        call.silent.add("a")
        call.wait(3.5)
        call.silent.clear()
        call.wait(0.4)
    assert call.talker == "a"


def test_taken_t1_grants_the_head_of_the_queue() -> None:
    """§6.3.4.4.3 with a queue: who waits gets the floor instead of an idle one."""
    call = talking("b")
    call.press("b")
    call.silent.add("a")
    call.wait(4.1)
    assert (call.talker, call.news("a")) == ("b", ["taken:b"])


def test_taken_t2_revokes_with_cause_2() -> None:
    """§6.3.4.4.4, T2 (30 s) expires: Floor Revoke, cause 2, media burst too long, and G: pending Floor Revoke."""
    call = talking("b")
    call.lost.add(("a", "revoked"))
    call.wait(29.0)
    assert call.news("a") == [f"revoked:{RevokeCause.TOO_LONG.value}/3"]
    assert (call.floor.state, call.heard) == (FloorState.PENDING_REVOKE, "a")


def test_taken_t2_of_the_talkgroup() -> None:
    """Table 11.1.2, T2 is configurable: the Duration of Floor Granted is what is left of it."""
    call = GroupCall("a", rules=FloorRules(max_talk_s=10.0))
    call.press("a")
    assert call.news("a") == ["granted:10"]
    call.lost.add(("a", "revoked"))
    call.wait(10.0)
    assert call.news("a") == ["revoked:2/3"]


def test_taken_emergency_is_exempt_from_t2() -> None:
    """Table 11.1.2, T2 is not for emergency calls."""
    call = GroupCall("a", "b")
    call.press("a", is_emergency=True)
    call.wait(120.0)
    assert (call.talker, call.news("a"), call.news("b")) == ("a", [f"granted:{EMERGENCY_TALK_S:g}"], ["taken:a!"])


def test_taken_a_request_of_the_same_priority_is_queued() -> None:
    """§6.3.4.4.5, Floor Request: queued, with Floor Queue Position Info to him alone."""
    call = talking("b", "c")
    call.press("b")
    assert (call.news("b"), call.news("a"), call.news("c")) == (["queued:1"], [], [])


def test_taken_queue_is_ordered_by_priority_then_time() -> None:
    """§4.1.1.4 effective priority: higher first, equals by the time they came, each told of his new place."""
    call = GroupCall("desk", "a", "b", "c")
    call.press("desk", priority=7)
    call.forget()
    call.press("a", priority=1)
    call.press("b", priority=5)
    call.press("c", priority=1)
    assert call.queue == ["b", "a", "c"]
    assert call.news("a") == ["queued:1", "queued:2"]


def test_taken_an_emergency_goes_before_all_that_wait() -> None:
    """§4.1.1.4: an emergency is never behind what is none, not even an officer's request."""
    call = GroupCall("a", "desk", "b")
    call.press("a", is_emergency=True)
    call.press("desk", priority=7)
    call.press("b", is_emergency=True)
    assert call.queue == ["b", "desk"]


def test_taken_a_full_queue_denies_with_cause_7() -> None:
    """§8.2.6.2, Reject Cause 7 queue full."""
    call = talking("b", "c", rules=FloorRules(queue_size=1))
    call.press("b")
    call.press("c")
    assert call.news("c") == ["denied:7"]
    assert call.queue == ["b"]


def test_taken_a_full_queue_takes_who_may_pre_empt() -> None:
    """§6.3.4.4.5: who pre-empts is not turned away because others wait."""
    call = talking("b", "desk", rules=FloorRules(queue_size=1))
    call.press("b")
    call.press("desk")
    assert (call.news("desk"), call.talker, call.queue) == (["queued:1", "granted:30"], "desk", ["b"])


def test_taken_queued_release_leaves_and_moves_the_others_up() -> None:
    """§6.3.4.4.8, Floor Release of one who waits: out of the queue, the others are told their places."""
    call = talking("b", "c")
    call.press("b")
    call.press("c")
    call.forget()
    call.let_go("b")
    assert (call.news("b"), call.news("c")) == (["queued:0"], ["queued:1"])


def test_taken_position_is_told_when_asked() -> None:
    """§6.3.4.4.9, Floor Queue Position Request: Floor Queue Position Info, the queue is kept."""
    call = talking("b", "c")
    call.press("b")
    call.press("c")
    call.forget()
    call.ask_position("c")
    assert (call.news("c"), call.queue) == (["queued:2"], ["b", "c"])


def test_taken_a_repeated_request_keeps_the_place() -> None:
    """§6.3.4.4.5, T101 of a participant whose answer was lost: the same place again, no second entry."""
    call = talking("b", "c")
    call.lost.add(("b", "queued"))
    call.press("b")
    call.press("c")
    call.wait(1.0)
    assert call.news("b") == ["queued:1", "queued:1"]
    assert call.queue == ["b", "c"]


def test_taken_the_talkers_repeated_request_is_granted_again() -> None:
    """§6.3.4.4.6, the talker's own Floor Request (his grant was lost): Floor Granted with what is left of T2."""
    call = GroupCall("a", "b")
    call.lost.add(("a", "granted"))
    call.press("a")
    call.lost.clear()
    call.wait(1.0)
    assert call.news("a") == ["granted:30", "granted:29"]
    assert (call.state("a"), call.news("b")) == (S.HAS_PERMISSION, ["taken:a"])


def test_taken_a_talk_is_raised_to_an_emergency() -> None:
    """TS 24.379 §6.3.3 with §6.3.4.4.6: the condition of the call is raised while he talks; all are told."""
    call = talking("b")
    call.press("a", is_emergency=True)
    assert (call.news("a"), call.news("b")) == ([f"granted:{EMERGENCY_TALK_S:g}"], ["taken:a!"])


def test_taken_a_packet_of_another_is_not_let_through() -> None:
    """§6.3.5.7 U: not permitted but sends media: discarded; T1 of the talker does not heed it."""
    call = talking("b")
    call.silent.add("a")
    call.wait(2.0)
    call.stray_packet("b")
    call.wait(2.1)
    assert call.ends == [("a", "media_lost")]


def test_taken_the_talker_leaves() -> None:
    """§6.3.4.4.10, the talker's leg is gone: as if released, at once."""
    call = talking("b")
    call.lose_link("a")
    assert (call.floor.state, call.ends, call.news("b")) == (FloorState.IDLE, [("a", "left")], ["idle"])


def test_taken_one_who_waits_leaves() -> None:
    """§6.3.4.4.10: who leaves is not granted what he waited for."""
    call = talking("b", "c")
    call.press("b")
    call.press("c")
    call.lose_link("b")
    call.let_go("a")
    assert call.talker == "c"


# --- §6.3.4.5 G: pending Floor Revoke -----------------------------------------------------------------------------


def pre_empted() -> GroupCall:
    """`a` talks, `b` waits, the desk pre-empts; a's terminal does not answer."""
    call = talking("b", "desk")
    call.press("b")
    call.lost |= {("a", "revoked"), ("a", "release")}
    call.press("desk")
    return call


def test_pre_emption_revokes_with_cause_4_and_queues_at_the_head() -> None:
    """§6.3.4.4.7: Floor Revoke, cause 4, to the talker; who pre-empts is head of the queue until T3 is over."""
    call = pre_empted()
    assert call.news("a") == [f"revoked:{RevokeCause.PREEMPTED.value}/3"]
    assert (call.queue, call.news("desk")) == (["desk", "b"], ["queued:1"])
    assert call.news("b") == ["queued:1", "queued:2"]


def test_pre_emption_keeps_the_talkers_voice_for_the_grace() -> None:
    """§6.3.4.5.2, RTP media in G: pending Floor Revoke: forwarded until T3 expires."""
    call = pre_empted()
    call.wait(2.9)
    assert (call.heard, call.talker) == ("a", "a")


def test_pre_emption_revokes_again_at_each_t8() -> None:
    """§6.3.4.5.5, T8 (1 s): Floor Revoke again, with what is left of the grace."""
    call = pre_empted()
    call.wait(2.5)
    assert call.news("a") == ["revoked:4/3", "revoked:4/2", "revoked:4/1"]


def test_pre_emption_t3_ends_the_talk_and_grants() -> None:
    """§6.3.4.5.4, T3 (3 s) expires: Granted to who pre-empts, Taken to all others, the next one moves up."""
    call = pre_empted()
    call.forget()
    call.wait(3.0)
    assert (call.talker, call.heard) == ("desk", "desk")
    assert call.news("desk") == ["granted:30"]
    assert call.news("b") == ["taken:desk", "queued:1"]
    assert call.news("a")[-1] == "taken:desk"


def test_pre_emption_release_within_the_grace_grants_at_once() -> None:
    """§6.3.4.5.3, Floor Release: the grace is not waited for."""
    call = talking("desk")
    call.press("desk")
    assert (call.now, call.talker, call.sent["a"]) == (1.0, "desk", ["release"])


def test_pre_emption_in_pending_revoke_a_higher_one_goes_before() -> None:
    """§6.3.4.5.6, Floor Request: queued by its rank; no second revoke of who is revoked already."""
    call = pre_empted()
    call.forget()
    call.press("b", is_emergency=True)
    assert (call.queue, call.news("a")) == (["b", "desk"], [])
    call.wait(3.0)
    assert call.talker == "b"


def test_pre_emption_the_revoked_may_wait_for_another_turn() -> None:
    """§6.3.4.5.6: a request of the revoked talker himself is queued behind."""
    call = talking("desk")
    call.press("desk")
    call.press("a")
    assert (call.talker, call.queue) == ("desk", ["a"])


def test_pre_emption_t1_ends_the_grace_early() -> None:
    """Table 11.1.2, T1 runs on in G: pending Floor Revoke: a talker gone silent is not waited for."""
    call = talking("desk")
    call.silent.add("a")
    call.wait(2.0)
    call.lost |= {("a", "revoked")}
    call.press("desk")
    call.wait(2.0)
    assert (call.talker, call.ends) == ("desk", [("a", "media_lost")])


def test_an_equal_does_not_pre_empt() -> None:
    """§6.3.4.4.5: only a higher effective priority pre-empts; an emergency does not cut an emergency."""
    call = GroupCall("a", "b")
    call.press("a", is_emergency=True)
    call.press("b", is_emergency=True)
    assert (call.talker, call.queue) == ("a", ["b"])


def test_an_emergency_pre_empts_an_officer() -> None:
    """§4.1.1.4: emergency before every other right."""
    call = GroupCall("desk", "a")
    call.press("desk", priority=7)
    call.press("a", is_emergency=True)
    assert call.talker == "a"


# --- grants from the queue: T20 and C20 ---------------------------------------------------------------------------


def from_queue() -> GroupCall:
    """`b` is granted from the queue and hears nothing of it."""
    call = talking("b", "c")
    call.press("b")
    call.lost |= {("b", "granted"), ("b", "ack")}
    call.let_go("a")
    call.forget()
    return call


def test_t20_grants_again_until_acknowledged() -> None:
    """Table 11.1.2, T20 (1 s): Floor Granted again; Floor Ack stops it."""
    call = from_queue()
    call.lost.clear()
    call.wait(1.0)
    assert call.news("b") == ["granted:29"]
    call.wait(2.0)
    assert (call.news("b"), call.talker) == ([], "b")


def test_c20_takes_the_floor_back() -> None:
    """Table 11.2, C20 (3): after the third Floor Granted without an answer the floor is idle."""
    call = from_queue()
    call.wait(3.0)
    assert call.news("b") == ["granted:29", "granted:28", "idle"]
    assert (call.floor.state, call.ends[-1]) == (FloorState.IDLE, ("b", "media_lost"))


def test_t20_is_stopped_by_voice() -> None:
    """§6.3.5.5, RTP media of who was granted: an acknowledgement in itself."""
    call = from_queue()
    call.stray_packet("b")
    call.wait(3.5)
    assert (call.news("b"), call.talker) == ([], "b")


# --- messages that do not arrive ----------------------------------------------------------------------------------


def test_a_lost_release_is_made_good_by_t100() -> None:
    """§6.2.4.6 with §6.3.4.4: Floor Release again after T100; nothing is said twice."""
    call = talking("b")
    call.lost.add(("a", "release"))
    call.let_go("a")
    call.lost.clear()
    call.wait(1.0)
    assert (call.sent["a"], call.floor.state) == (["release", "release"], FloorState.IDLE)


def test_every_release_lost_is_made_good_by_t1() -> None:
    """§6.3.4.4.3: when none of C100 releases arrives, T1 frees the floor after 4 s."""
    call = talking("b")
    call.lost.add(("a", "release"))
    call.let_go("a")
    call.wait(4.0)
    assert (call.floor.state, call.ends) == (FloorState.IDLE, [("a", "media_lost")])
