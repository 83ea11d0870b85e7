"""What the desk's session keeps: credentials, the feed's order, the microphone's gate, the bell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.ids import GATEWAY, CallId, CommandId, JurisdictionId, PartyId
from comms.domain.picture import Picture
from comms.protocol import pushes
from comms.protocol.commands import DeskResume, DeskSignIn, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import EventPush, Push, Refused
from console.media.frames import FrameBoard
from console.media.gate import CALL_FRAME_MS, MicrophoneGate
from console.media.ringer import Ringer
from console.media.tones import REPEATING, SAMPLE_RATE_HZ, CallTone, Cue, synthesise_all
from console.session.credentials import RENEW_BEFORE_S, Credentials
from console.session.feed import PictureFeed

NOW = 1_700_000_000.0


class Wall:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


# --- credentials ------------------------------------------------------------------------------------


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def credentials(wall: Wall) -> Credentials:
    return Credentials(new_id=lambda: CommandId("c"), now=wall, locale=Locale.EN)


def welcome(**more: Any) -> pushes.Welcome:
    given: dict[str, object] = dict(
        id=CommandId("c"), protocol=1, party=PartyId("officer:o1"), name="", jurisdiction_id=JurisdictionId("t"),
        server_time=NOW + 100,
    )  # fmt: skip
    return pushes.Welcome(**{**given, **more})


def signed_in(credentials: Credentials) -> Credentials:
    credentials.offer("li", "secret")
    credentials.next_command()
    credentials.welcomed(welcome(token="t1", token_expires_at=NOW + 1000, refresh_token="r1"))
    return credentials


def refused(code: RefusalCode) -> Refused:
    return Refused(code=code, text="")


def test_a_password_is_used_once_and_then_the_token(credentials: Credentials) -> None:
    assert credentials.next_command() is None
    assert not credentials.has_any
    credentials.offer("li", "secret")
    command = credentials.next_command()
    assert isinstance(command, DeskSignIn)
    assert (command.name, command.password, command.locale) == ("li", "secret", Locale.EN)
    signed_in(credentials)
    again = credentials.next_command()
    assert isinstance(again, DeskResume)
    assert again.token == "t1"
    assert credentials.has_any


def test_a_stale_token_is_renewed_first(credentials: Credentials, wall: Wall) -> None:
    signed_in(credentials)
    assert credentials.renew_in_s() == 1000 - 100 - RENEW_BEFORE_S
    wall.at = NOW + 899
    assert credentials.renew_in_s() == 0.0
    command = credentials.next_command()
    assert isinstance(command, TokenRefresh)
    assert command.refresh_token == "r1"
    credentials.granted(
        pushes.TokenGranted(id=CommandId("c"), token="t2", token_expires_at=NOW + 3000, refresh_token="r2")
    )
    resume = credentials.next_command()
    assert isinstance(resume, DeskResume)
    assert resume.token == "t2"


def test_a_drills_calendar_ends_no_token(credentials: Credentials) -> None:
    """Its clock may say any day; tokens end by the world's."""
    tokens = dict(token="t1", token_expires_at=NOW + 1000, refresh_token="r1")
    credentials.welcomed(welcome(server_time=NOW - 9_000_000, wall_time=NOW + 100, **tokens))
    assert credentials.renew_in_s() == 1000 - 100 - RENEW_BEFORE_S
    assert isinstance(credentials.next_command(), DeskResume)


def test_what_was_refused_is_not_tried_again(credentials: Credentials) -> None:
    signed_in(credentials)
    credentials.next_command()
    credentials.refused(refused(RefusalCode.TRY_LATER))
    assert isinstance(credentials.next_command(), DeskResume)
    credentials.refused(refused(RefusalCode.TOKEN_EXPIRED))
    assert isinstance(credentials.next_command(), TokenRefresh)
    credentials.refused(refused(RefusalCode.TOKEN_EXPIRED))
    assert credentials.next_command() is None
    assert credentials.renew_in_s() is None
    assert credentials.refresh_command() is None


def test_a_wrong_password_is_forgotten_and_signing_out_forgets_all(credentials: Credentials) -> None:
    credentials.offer("li", "wrong")
    credentials.next_command()
    credentials.refused(refused(RefusalCode.WRONG_CREDENTIALS))
    assert credentials.next_command() is None
    credentials.refused(refused(RefusalCode.WRONG_CREDENTIALS))
    signed_in(credentials).forget()
    assert not credentials.has_any


def test_a_gateway_without_tokens_keeps_those_there_are(credentials: Credentials) -> None:
    signed_in(credentials).welcomed(welcome())
    assert credentials.expires_at == NOW + 1000


# --- the feed ---------------------------------------------------------------------------------------


def event(seq: int) -> EventPush:
    return EventPush(recorded=ev.Recorded(seq=seq, at=NOW, actor=GATEWAY, event=ev.NoteAdded(text=str(seq))))


def snapshot(seq: int) -> pushes.PictureSnapshot:
    return pushes.PictureSnapshot(id=CommandId("s"), picture=Picture(seq=seq))


def seqs(put: list[Push]) -> list[int]:
    return [push.recorded.seq for push in put if isinstance(push, EventPush)]


def test_events_that_overtake_the_snapshot_come_after_it() -> None:
    put: list[Push] = []
    feed = PictureFeed(put.append)
    assert feed.take(event(5))
    assert feed.take(event(6))
    assert put == []
    assert feed.answered(snapshot(5))
    assert isinstance(put[0], pushes.PictureSnapshot)
    assert seqs(put) == [6]
    assert feed.last_seq == 6


def test_a_gap_is_noticed_and_filled_by_resuming() -> None:
    put: list[Push] = []
    feed = PictureFeed(put.append)
    assert feed.answered(snapshot(1))
    assert not feed.take(event(4))
    feed.begin()
    assert feed.take(event(5))
    assert feed.answered(pushes.PictureResumed(id=CommandId("r"), after_seq=1)) is False
    for seq in (2, 3, 4, 5):
        assert feed.take(event(seq))
    assert seqs(put) == [2, 3, 4, 5]
    feed.forget()
    assert feed.last_seq is None


@given(st.lists(st.integers(1, 12), max_size=40), st.integers(0, 6))
def test_whatever_arrives_is_put_in_order_without_gap_or_repeat(arriving: list[int], held: int) -> None:
    put: list[Push] = []
    feed = PictureFeed(put.append)
    for seq in arriving[:held]:
        feed.take(event(seq))
    feed.answered(snapshot(2))
    for seq in arriving[held:]:
        feed.take(event(seq))
    assert seqs(put) == list(range(3, 3 + len(seqs(put))))


# --- the microphone -----------------------------------------------------------------------------------


class Peer:
    def __init__(self) -> None:
        self.said: list[object] = []

    def start_talking(self, frame_ms: int) -> None:
        self.said.append(frame_ms)

    def stop_talking(self) -> int | None:
        self.said.append("stop")
        return 9


def test_the_microphone_is_open_while_a_floor_or_a_call_wants_it() -> None:
    gate, peer = MicrophoneGate(), Peer()
    gate.start_talking(40)
    was_open = [gate.is_open]
    gate.set_peer(peer)
    was_open.append(gate.is_open)
    gate.set_call(True)
    assert gate.stop_talking() is None
    was_open.append(gate.is_open)
    gate.set_call(False)
    assert was_open == [False, True, True]
    assert peer.said == [40, "stop"]
    gate.start_talking(20)
    assert gate.stop_talking() == 9


def test_a_muted_call_is_silent_but_hold_to_talk_is_heard() -> None:
    gate, peer = MicrophoneGate(), Peer()
    gate.set_peer(peer)
    gate.set_call(True)
    gate.mute(True)
    was_open = [gate.is_open]
    gate.start_talking(20)
    was_open.append(gate.is_open)
    assert was_open == [False, True]
    gate.stop_talking()
    gate.mute(False)
    assert peer.said == [CALL_FRAME_MS, "stop", 20, "stop", CALL_FRAME_MS]


def test_who_acts_is_heard_without_a_floor_also_while_a_call_is_muted() -> None:
    gate, peer = MicrophoneGate(), Peer()
    gate.set_peer(peer)
    gate.set_call(True)
    gate.mute(True)
    gate.set_acting(True)
    gate.set_acting(False)
    assert not gate.is_open
    assert peer.said == [CALL_FRAME_MS, "stop", CALL_FRAME_MS, "stop"]


def test_a_new_path_takes_up_what_is_wanted() -> None:
    gate, old, new = MicrophoneGate(), Peer(), Peer()
    gate.set_peer(old)
    gate.set_call(True)
    gate.set_peer(None)
    gate.set_peer(new)
    assert (old.said, new.said) == ([CALL_FRAME_MS, "stop"], [CALL_FRAME_MS])
    gate.set_call(False)
    gate.set_peer(None)
    assert new.said == [CALL_FRAME_MS, "stop"]


# --- the bell -----------------------------------------------------------------------------------------


class Ear:
    def __init__(self) -> None:
        self.heard: list[object] = []
        self.ringer = Ringer(play=self.heard.append, repeat=self.repeat, in_call=self.in_call)

    def repeat(self, cue: Cue | None) -> None:
        self.heard.append(("repeat", cue))

    def in_call(self, is_in_call: bool) -> None:
        self.heard.append(("call", is_in_call))


def ringing(call_id: str) -> pushes.CallRinging:
    call = Call(id=CallId(call_id), kind=CallKind.POINT, caller=PartyId("unit:u1"))
    return pushes.CallRinging(call=call, caller_name="", rings_until=0.0)


def test_a_call_rings_until_answered_and_ends_with_a_tone() -> None:
    ear = Ear()
    ear.ringer.on_push(ringing("k1"))
    ear.ringer.on_push(ringing("k1"))
    ear.ringer.on_push(pushes.CallConnected(call_id=CallId("k1")))
    ear.ringer.on_push(ringing("k2"))
    ear.ringer.on_push(pushes.CallFinished(call_id=CallId("k1"), end=CallEnd.HUNG_UP))
    ear.ringer.on_push(pushes.CallFinished(call_id=CallId("k2"), end=CallEnd.NO_ANSWER))
    assert ear.heard == [
        ("repeat", CallTone.RINGING), ("call", True), ("repeat", None), ("call", False), CallTone.ENDED,
        ("repeat", CallTone.RINGING), ("repeat", None),
    ]  # fmt: skip


def test_a_placed_call_has_ringback_and_a_late_answer_to_placing_it_is_ignored() -> None:
    ear = Ear()
    ear.ringer.placed(CallId("k1"))
    ear.ringer.on_push(pushes.CallFinished(call_id=CallId("k1"), end=CallEnd.BUSY))
    ear.ringer.placed(CallId("k1"))
    assert ear.heard == [("repeat", CallTone.RINGBACK), CallTone.ENDED, ("repeat", None)]
    ear.ringer.on_push(pushes.Pong(id=CommandId("x"), server_time=0.0))


def test_a_lost_link_ends_the_call_and_the_ringing() -> None:
    ear = Ear()
    ear.ringer.on_push(ringing("k1"))
    ear.ringer.reset()
    ear.ringer.on_push(pushes.CallConnected(call_id=CallId("k2")))
    ear.ringer.reset()
    assert ear.heard == [
        ("repeat", CallTone.RINGING), ("repeat", None), ("call", True), ("call", False), CallTone.ENDED,
    ]  # fmt: skip


# --- tones and frames -----------------------------------------------------------------------------------


def test_every_cue_has_a_tone_that_begins_and_ends_in_silence() -> None:
    tones = synthesise_all()
    assert set(CallTone) <= set(tones)
    assert set(tones) >= REPEATING
    for cue, samples in tones.items():
        assert 0.05 * SAMPLE_RATE_HZ < len(samples) < 8 * SAMPLE_RATE_HZ, cue
        assert samples[0] == 0
        assert abs(int(samples[-1])) < 400
        assert 4000 < abs(samples).max() < 12_000


def test_a_tile_sees_only_the_newest_frame_and_each_once() -> None:
    board: FrameBoard[str] = FrameBoard()
    assert board.newest("4") is None
    for frame in ("a", "b"):
        board.put("4", frame)
    shown = board.newest("4")
    assert shown is not None
    assert (shown.frame, shown.number) == ("b", 2)
    assert board.newest("4", after=2) is None
    board.clear("4")
    assert board.newest("4") is None
    board.put("4", "c")
    assert board.newest("4", after=2) is not None
