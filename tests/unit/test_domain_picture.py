"""The picture is a pure fold of events: total, told exactly, the same by every way it can be got."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.account_events import AccountChange, AccountChanged
from comms.domain.audit_events import DataExported, DigestKind, DigestSwitched, ExportKind, StretchArchived
from comms.domain.call import Call, CallEnd, CallKind, CallPhase, TalkEnd
from comms.domain.ids import (
    GATEWAY,
    BlobId,
    BurstId,
    CallId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
    officer_party,
    unit_party,
)
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import AssignmentState, Order, Place
from comms.domain.picture import KEPT_ENDED, KEPT_RECORDINGS, Change, Picture
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit, UnitStatus
from comms.domain.video import Video, VideoEnd, VideoKind, VideoPhase

TOWN = JurisdictionId("441900/s01")
U1, U2 = UnitId("u1"), UnitId("u2")
G1, G2 = TalkgroupId("g1"), TalkgroupId("g2")
O1 = OfficerId("wang")
UNITS, GROUPS, OFFICERS = (U1, U2), (G1, G2), (O1, OfficerId("li"))


class Fold:
    """A picture and the journal it is folded from."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.recorded: list[ev.Recorded] = []

    def __call__(self, event: ev.Event, *, actor: PartyId = GATEWAY) -> tuple[Change, ...]:
        recorded = ev.Recorded(seq=self.picture.seq + 1, at=1000.0 + self.picture.seq, actor=actor, event=event)
        self.recorded.append(recorded)
        return self.picture.apply(recorded)


BEGINNING: tuple[ev.Event, ...] = (
    ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="Town", level=Level.TOWN)),
    *(ev.UnitDefined(unit=Unit(id=u, no=n, name=u, jurisdiction_id=TOWN, talkgroup_ids=GROUPS)) for n, u in
      enumerate(UNITS, start=1)),
    *(ev.TalkgroupDefined(talkgroup=Talkgroup(id=g, name=g, jurisdiction_id=TOWN)) for g in GROUPS),
    *(ev.OfficerDefined(officer_id=o, name=o, jurisdiction_id=TOWN) for o in OFFICERS),
)  # fmt: skip


def begun() -> Fold:
    fold = Fold()
    for event in BEGINNING:
        fold(event)
    return fold


def group_call(call_id: str = "c1", group: TalkgroupId = G1) -> ev.CallStarted:
    return ev.CallStarted(call=Call(id=CallId(call_id), kind=CallKind.GROUP, caller=unit_party(U1), talkgroup_id=group))


def a_video(video_id: str = "v1", kind: VideoKind = VideoKind.POINT_CALL) -> Video:
    return Video(id=VideoId(video_id), kind=kind, unit_id=U1, asked_by=officer_party(O1))


def an_order(order_id: str = "o1") -> ev.OrderIssued:
    return ev.OrderIssued(order=Order(id=OrderId(order_id), title="look", unit_ids=UNITS))


# --- the fold itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seq", [0, 2, 100])
def test_a_gap_or_a_repeat_is_refused(seq: int) -> None:
    picture = Picture()
    with pytest.raises(ValueError, match="picture is at 0"):
        picture.apply(ev.Recorded(seq=seq, at=0.0, actor=GATEWAY, event=ev.NoteAdded(text="x")))
    assert picture.seq == 0


def test_what_is_defined_again_keeps_its_state() -> None:
    fold = begun()
    fold(ev.TerminalConnected(unit_id=U1))
    fold(ev.OfficerSignedOn(officer_id=O1))
    fold(group_call())
    renamed = Unit(id=U1, no=1, name="renamed", jurisdiction_id=TOWN)
    assert fold(ev.UnitDefined(unit=renamed)) == (Change("unit", U1),)
    assert fold(ev.TalkgroupDefined(talkgroup=Talkgroup(id=G1, name="renamed", jurisdiction_id=TOWN))) == (
        Change("talkgroup", G1),
    )
    assert fold(ev.OfficerDefined(officer_id=O1, name="renamed", jurisdiction_id=TOWN)) == (Change("officer", O1),)
    node = Jurisdiction(id=TOWN, name="renamed", level=Level.TOWN)
    assert fold(ev.JurisdictionDefined(jurisdiction=node)) == (Change("jurisdiction", TOWN),)
    picture = fold.picture
    assert picture.units[U1].is_online
    assert picture.units[U1].unit.name == "renamed"
    assert picture.officers[O1].is_on_duty
    assert picture.talkgroups[G1].call_id == "c1"


def test_a_new_unit_is_affiliated_to_its_own_talkgroup_and_offline() -> None:
    fold = begun()
    unit = fold.picture.units[U1]
    shown = [unit.shown_status]
    fold(ev.TerminalConnected(unit_id=U1))
    fold(ev.UnitStatusChanged(unit_id=U1, status=UnitStatus.ON_SCENE))
    shown.append(unit.shown_status)
    fold(ev.TerminalDisconnected(unit_id=U1))
    shown.append(unit.shown_status)
    assert shown == [UnitStatus.OFFLINE, UnitStatus.ON_SCENE, UnitStatus.OFFLINE]
    affiliated = [unit.affiliated]
    fold(ev.AffiliationChanged(unit_id=U1, talkgroup_ids=(G2,)))
    assert [*affiliated, unit.affiliated] == [(G1,), (G2,)]
    assert fold(ev.TerminalEnrolled(unit_id=U1, device_name="phone")) == ()


def test_the_map_and_the_faults_are_known() -> None:
    fold = begun()
    assert fold(ev.MapPublished(blob_id=BlobId("aa"))) == (Change("map", "aa"),)
    assert fold(ev.FaultNoted(code="store_failed", detail="disk full")) == (Change("fault", "store_failed"),)
    assert fold.picture.faults == {"store_failed": "disk full"}
    fold(ev.FaultNoted(code="store_failed", is_over=True))
    fold(ev.FaultNoted(code="store_failed", is_over=True))
    assert fold.picture.faults == {}
    assert fold(ev.NoteAdded(text="quiet")) == ()
    assert fold(AccountChanged(officer_id=O1, what=AccountChange.PASSWORD)) == ()
    assert fold(ev.CommandRefused(command_kind="order.issue", code="not_allowed")) == ()


# --- voice and video ------------------------------------------------------------------------------------


def test_a_group_call_from_its_first_talker_to_its_end() -> None:
    fold = begun()
    assert fold(group_call()) == (Change("call", "c1", True), Change("talkgroup", G1))
    talk = ev.TalkStarted(call_id=CallId("c1"), burst_id=BurstId("b1"), talkgroup_id=G1, talker=unit_party(U1))
    assert fold(talk) == (Change("talkgroup", G1), Change("unit", U1))
    group = fold.picture.talkgroups[G1]
    assert (group.call_id, group.talker, group.burst_id) == ("c1", "unit:u1", "b1")
    stale = ev.TalkEnded(call_id=CallId("c1"), burst_id=BurstId("b0"), talkgroup_id=G1, end=TalkEnd.RELEASED)
    assert fold(stale) == ()
    ended = ev.TalkEnded(call_id=CallId("c1"), burst_id=BurstId("b1"), talkgroup_id=G1, end=TalkEnd.RELEASED)
    assert fold(ended) == (Change("talkgroup", G1), Change("unit", U1))
    assert group.talker is None
    assert fold(ev.CallEnded(call_id=CallId("c1"), end=CallEnd.INACTIVE)) == (
        Change("call", "c1"),
        Change("talkgroup", G1),
    )
    assert (group.call_id, fold.picture.calls[CallId("c1")].phase) == (None, CallPhase.ENDED)


def test_an_officers_talk_changes_no_unit() -> None:
    fold = begun()
    fold(group_call())
    talk = ev.TalkStarted(call_id=CallId("c1"), burst_id=BurstId("b"), talkgroup_id=G1, talker=officer_party(O1))
    assert fold(talk) == (Change("talkgroup", G1),)


def test_the_end_of_an_earlier_call_leaves_the_talkgroups_present_one() -> None:
    fold = begun()
    fold(group_call("c1"))
    fold(group_call("c2"))
    assert fold(ev.CallEnded(call_id=CallId("c1"), end=CallEnd.INACTIVE)) == (Change("call", "c1"),)
    assert fold.picture.talkgroups[G1].call_id == "c2"


def test_a_point_call_rings_is_answered_and_ends() -> None:
    fold = begun()
    call = Call(id=CallId("p1"), kind=CallKind.POINT, caller=officer_party(O1), callee=unit_party(U1))
    assert fold(ev.CallStarted(call=call)) == (Change("call", "p1", True),)
    state = fold.picture.calls[call.id]
    assert state.phase is CallPhase.RINGING
    fold(ev.CallAnswered(call_id=call.id))
    assert (state.phase, state.answered_at is not None) == (CallPhase.ACTIVE, True)
    assert fold(ev.CallEnded(call_id=call.id, end=CallEnd.HUNG_UP)) == (Change("call", "p1"),)
    assert state.end is CallEnd.HUNG_UP


def test_a_video_is_asked_for_watched_and_ended() -> None:
    fold = begun()
    assert fold(ev.VideoAsked(video=a_video())) == (Change("video", "v1", True), Change("unit", U1))
    assert fold(ev.VideoStarted(video=a_video())) == (Change("video", "v1"), Change("unit", U1))
    state = fold.picture.videos[VideoId("v1")]
    assert state.phase is VideoPhase.LIVE
    watchers = []
    for _ in range(2):
        fold(ev.VideoWatched(video_id=VideoId("v1"), officer_id=O1))
        watchers.append(state.watchers)
    fold(ev.VideoUnwatched(video_id=VideoId("v1"), officer_id=O1))
    assert [*watchers, state.watchers] == [(O1,), (O1,), ()]
    fold(ev.VideoWatched(video_id=VideoId("v1"), officer_id=O1))
    assert fold(ev.VideoEnded(video_id=VideoId("v1"), end=VideoEnd.STOPPED)) == (
        Change("video", "v1"),
        Change("unit", U1),
    )
    assert (state.phase, state.watchers) == (VideoPhase.ENDED, ())


def test_of_what_has_ended_only_the_newest_is_kept() -> None:
    fold = begun()
    fold(group_call("going on", G2))
    fold(ev.VideoStarted(video=a_video("live")))
    for number in range(KEPT_ENDED + 5):
        fold(group_call(f"c{number}"))
        fold(ev.CallEnded(call_id=CallId(f"c{number}"), end=CallEnd.INACTIVE))
        fold(ev.VideoStarted(video=a_video(f"v{number}")))
        fold(ev.VideoEnded(video_id=VideoId(f"v{number}"), end=VideoEnd.STOPPED))
    assert len(fold.picture.calls) == len(fold.picture.videos) == KEPT_ENDED + 1
    assert {"going on", f"c{KEPT_ENDED + 4}"} <= set(fold.picture.calls)
    assert "c4" not in fold.picture.calls
    for number in range(KEPT_RECORDINGS + 3):
        fold(
            ev.RecordingSaved(
                call_id=CallId("c"),
                burst_id=BurstId(f"b{number}"),
                talker=unit_party(U1),
                blob_id=BlobId("aa"),
                started_at=1.0,
                duration_s=2.0,
            )
        )
    assert len(fold.picture.recordings) == KEPT_RECORDINGS
    assert "b2" not in fold.picture.recordings


# --- orders -----------------------------------------------------------------------------------------------


def test_an_order_keeps_every_step() -> None:
    fold = begun()
    assert fold(an_order(), actor=officer_party(O1)) == (Change("order", "o1", True),)
    state = fold.picture.orders[OrderId("o1")]
    assert state.assignments == {U1: AssignmentState.ISSUED, U2: AssignmentState.ISSUED}
    step = ev.OrderAdvanced(
        order_id=OrderId("o1"),
        unit_id=U1,
        state=AssignmentState.ACCEPTED,
        reason="on my way",
        attachments=(BlobId("aa"),),
        place=Place(lat=23.0, lon=113.0),
        occurred_at=900.0,
    )
    assert fold(step, actor=unit_party(U1)) == (Change("order", "o1"), Change("unit", U1))
    assert fold(ev.OrderReminded(order_id=OrderId("o1"), unit_ids=(U2,))) == (Change("order", "o1"),)
    overdue = [state.is_overdue]
    fold(ev.OrderOverdue(order_id=OrderId("o1"), unit_ids=(U2,)))
    fold(ev.OrderReminded(order_id=OrderId("o1"), unit_ids=(U2,)))
    assert [*overdue, state.is_overdue] == [False, True]
    assert [(line.what, line.unit_id) for line in state.timeline] == [
        ("issued", None),
        ("accepted", U1),
        ("reminded", U2),
        ("overdue", U2),
        ("reminded", U2),
    ]
    assert state.timeline[1].at == 900.0, "when the worker did it"


# --- any sequence -----------------------------------------------------------------------------------------


_calls = [CallId("c1"), CallId("c2")]
_bursts = st.sampled_from([BurstId("b1"), BurstId("b2")])
_unit, _group, _officer = st.sampled_from(UNITS), st.sampled_from(GROUPS), st.sampled_from(OFFICERS)


_known, _video, _order = st.sampled_from(_calls), st.just(VideoId("v1")), st.just(OrderId("o1"))
_party = _unit.map(unit_party) | _officer.map(officer_party)
_later: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(ev.OfficerSignedOn, officer_id=_officer),
    st.builds(ev.OfficerSignedOff, officer_id=_officer),
    st.builds(ev.TerminalConnected, unit_id=_unit),
    st.builds(ev.TerminalDisconnected, unit_id=_unit),
    st.builds(ev.UnitStatusChanged, unit_id=_unit, status=st.sampled_from(UnitStatus)),
    st.builds(ev.AffiliationChanged, unit_id=_unit, talkgroup_ids=st.lists(_group, unique=True).map(tuple)),
    st.builds(ev.CallAnswered, call_id=_known),
    st.builds(ev.CallEnded, call_id=_known, end=st.sampled_from(CallEnd)),
    st.builds(ev.TalkStarted, call_id=_known, burst_id=_bursts, talkgroup_id=_group, talker=_party),
    st.builds(ev.TalkEnded, call_id=_known, burst_id=_bursts, talkgroup_id=_group, end=st.sampled_from(TalkEnd)),
    st.just(ev.VideoStarted(video=a_video())),
    st.builds(ev.VideoWatched, video_id=_video, officer_id=_officer),
    st.builds(ev.VideoUnwatched, video_id=_video, officer_id=_officer),
    st.builds(ev.VideoEnded, video_id=_video, end=st.sampled_from(VideoEnd)),
    st.builds(ev.OrderAdvanced, order_id=_order, unit_id=_unit, state=st.sampled_from(AssignmentState)),
    st.builds(ev.OrderReminded, order_id=_order, unit_ids=st.just(UNITS)),
    st.builds(ev.OrderOverdue, order_id=_order, unit_ids=st.just(UNITS)),
    st.builds(ev.FaultNoted, code=st.just("f"), is_over=st.booleans()),
    st.builds(ev.NoteAdded, text=st.text(max_size=5)),
)
_defined: tuple[ev.Event, ...] = (
    *BEGINNING, group_call("c1", G1), group_call("c2", G2), ev.VideoAsked(video=a_video()), an_order(),
)  # fmt: skip
_events: st.SearchStrategy[list[ev.Event]] = st.lists(_later, max_size=25).map(lambda later: [*_defined, *later])
"""A journal: everything named was defined first, in whatever order the rest comes."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_events, st.data())
def test_however_a_picture_is_got_it_is_the_same(events: list[ev.Event], data: st.DataObject) -> None:
    """Live, as a snapshot that crossed the wire and went on, and replayed from a journal that was written down."""
    live = Fold()
    snapshot_at = data.draw(st.integers(0, len(events)))
    snapshot = msgspec.json.encode(live.picture)
    for number, event in enumerate(events, start=1):
        for change in live(event):
            assert change.id
        if number == snapshot_at:
            snapshot = msgspec.json.encode(live.picture)
    rejoined = msgspec.json.decode(snapshot, type=Picture)
    for recorded in live.recorded[rejoined.seq :]:
        rejoined.apply(recorded)
    replayed = Picture()
    for recorded in live.recorded:
        replayed.apply(msgspec.json.decode(msgspec.json.encode(recorded), type=ev.Recorded))
    assert rejoined == live.picture
    assert replayed == live.picture
    assert msgspec.json.encode(replayed) == msgspec.json.encode(live.picture)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_events)
def test_every_change_is_told(events: list[ev.Event]) -> None:
    """A row that no change names is as it was: a desk may repaint just what it is told."""
    nouns = {
        "unit": "units",
        "talkgroup": "talkgroups",
        "call": "calls",
        "order": "orders",
        "video": "videos",
        "officer": "officers",
    }
    fold = Fold()
    for event in events:
        before = {noun: _rows(fold.picture, table) for noun, table in nouns.items()}
        told = {(change.noun, change.id) for change in fold(event)}
        for noun, table in nouns.items():
            after = _rows(fold.picture, table)
            changed = {key for key in before[noun].keys() | after.keys() if before[noun].get(key) != after.get(key)}
            forgotten = before[noun].keys() - after.keys()
            assert {(noun, key) for key in changed - forgotten} <= told


def _rows(picture: Picture, table: str) -> dict[str, bytes]:
    return {key: msgspec.json.encode(row) for key, row in getattr(picture, table).items()}


def test_what_is_done_with_the_journal_changes_nothing_in_the_town() -> None:
    fold = Fold()
    for event in BEGINNING:
        fold(event)
    before = msgspec.json.encode(msgspec.structs.replace(fold.picture, seq=0))
    assert fold(DataExported(what=ExportKind.LOG, is_masked=True)) == ()
    assert fold(DigestSwitched(before=DigestKind.SHA256, after=DigestKind.SM3)) == ()
    assert fold(StretchArchived(first_seq=1, last_seq=2, last_hash="", file="x")) == ()
    assert msgspec.json.encode(msgspec.structs.replace(fold.picture, seq=0)) == before
