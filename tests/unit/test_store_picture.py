"""Store: folds what arrives and says exactly what changed."""

from typing import Any

import numpy as np
import pytest

from comms.domain import events as ev
from comms.domain.ids import GATEWAY, CommandId, JurisdictionId, OfficerId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import Picture
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit, UnitStatus
from comms.protocol import pushes
from comms.protocol.area import Area
from comms.protocol.errors import RefusalCode
from comms.protocol.frames import FrameError, PositionColumns, encode_positions
from console.store import notices as say
from console.store.floors import TalkState, TalkView
from console.store.link import Affiliated, LinkPhase, LinkState, MediaReport, RenewalReport
from console.store.log import KEPT_EVENTS, EventLog
from console.store.notices import Notice
from console.store.positions import STATUS_CODE
from console.store.store import Store

NOW = 1_700_000_000.0
TOWN = JurisdictionId("t")
GROUP = Talkgroup(id=TalkgroupId("g1"), name="一组", jurisdiction_id=TOWN)
UNIT = Unit(id=UnitId("u1"), no=1, name="张三", jurisdiction_id=TOWN, talkgroup_ids=(GROUP.id,))
DESK = PartyId("officer:o1")


def recorded(seq: int, event: ev.Event) -> ev.Recorded:
    return ev.Recorded(seq=seq, at=NOW + seq, actor=GATEWAY, event=event)


def events(*all_events: ev.Event) -> list[pushes.EventPush]:
    return [pushes.EventPush(recorded=recorded(seq, event)) for seq, event in enumerate(all_events, 1)]


def welcome(**more: Any) -> pushes.Welcome:
    given: dict[str, object] = dict(
        id=CommandId("c"), protocol=1, party=DESK, name="李四", jurisdiction_id=TOWN, server_time=NOW + 5,
        talkgroups=(GROUP,), affiliated=(GROUP.id,),
    )  # fmt: skip
    return pushes.Welcome(**{**given, **more})


def snapshot(picture: Picture) -> pushes.PictureSnapshot:
    return pushes.PictureSnapshot(id=CommandId("p"), picture=picture)


class Desk:
    """A Store and what it told."""

    def __init__(self) -> None:
        self.store = Store(now=lambda: NOW)
        self.told: list[Notice] = []
        self.unsubscribe = self.store.subscribe(self.told.append)

    def take(self) -> list[Notice]:
        told, self.told[:] = list(self.told), []
        return told


@pytest.fixture
def desk() -> Desk:
    return Desk()


def base() -> tuple[ev.Event, ...]:
    return (
        ev.TalkgroupDefined(talkgroup=GROUP),
        ev.UnitDefined(unit=UNIT),
        ev.OfficerDefined(officer_id=OfficerId("o1"), name="李四", jurisdiction_id=TOWN),
    )


def test_an_event_is_told_as_the_row_it_changed(desk: Desk) -> None:
    for push in events(*base()):
        desk.store.apply_push(push)
    desk.take()
    event = ev.TerminalConnected(unit_id=UNIT.id)
    desk.store.apply_push(pushes.EventPush(recorded=recorded(4, event)))
    assert desk.take() == [say.Changed("unit", "u1"), say.LogGrew(recorded(4, event))]
    assert desk.store.positions.status.tolist() == [STATUS_CODE[UnitStatus.AVAILABLE]]
    desk.store.apply_push(pushes.EventPush(recorded=recorded(4, event)))
    assert desk.take() == []


def test_a_gap_stops_the_picture_until_it_is_resumed(desk: Desk) -> None:
    first, second, third = events(*base())
    desk.store.apply_push(snapshot(Picture()))
    desk.store.apply_push(first)
    desk.take()
    desk.store.apply_push(third)
    desk.store.apply_push(third)
    assert desk.take() == [say.GapFound(1)]
    in_sync = [desk.store.is_in_sync]
    desk.store.apply_push(pushes.PictureResumed(id=CommandId("r"), after_seq=1))
    desk.store.apply_push(second)
    desk.store.apply_push(third)
    assert [*in_sync, desk.store.is_in_sync] == [False, True]
    assert desk.store.picture.seq == 3


def test_a_snapshot_replaces_the_picture_and_keeps_positions(desk: Desk) -> None:
    for push in events(*base()):
        desk.store.apply_push(push)
    desk.store.apply_positions(position_frame(no=1))
    desk.take()
    fresh = Picture()
    for push in events(*base(), ev.TerminalConnected(unit_id=UNIT.id)):
        fresh.apply(push.recorded)
    desk.store.apply_push(snapshot(fresh))
    assert desk.take() == [say.Reset()]
    assert desk.store.picture.seq == 4
    assert desk.store.positions.is_placed.tolist() == [True]
    assert len(desk.store.log) == 0


def test_a_snapshot_of_another_gateway_clears_the_units(desk: Desk) -> None:
    for push in events(*base()):
        desk.store.apply_push(push)
    desk.store.apply_push(snapshot(Picture()))
    assert len(desk.store.positions) == 0


def test_positions_are_told_by_row(desk: Desk) -> None:
    for push in events(*base()):
        desk.store.apply_push(push)
    desk.take()
    desk.store.apply_positions(position_frame(no=1))
    (notice,) = desk.take()
    assert isinstance(notice, say.PositionsMoved)
    assert notice.rows.tolist() == [0]
    desk.store.apply_positions(position_frame(no=99))
    assert desk.take() == []
    with pytest.raises(FrameError):
        desk.store.apply_positions(b"nonsense")


def position_frame(*, no: int) -> bytes:
    def one(value: float, kind: type = np.float32) -> Any:
        return np.array([value], kind)

    return encode_positions(
        PositionColumns(
            no=one(no, np.uint32), at=one(NOW, np.float64), lat=one(22.5, np.float64), lon=one(113.5, np.float64),
            accuracy_m=one(5), heading_deg=one(np.nan), speed_mps=one(0), battery_pct=one(50),
        )
    )  # fmt: skip


def test_a_sign_in_begins_anew(desk: Desk) -> None:
    desk.store.apply_push(welcome())
    assert desk.take() == [say.SessionChanged()]
    assert desk.store.session is not None
    assert desk.store.server_now() == NOW + 5
    assert desk.store.affiliated == (GROUP.id,)
    desk.store.apply_push(pushes.FloorIdle(talkgroup_id=GROUP.id, floor_seq=9))
    desk.store.apply_push(pushes.MediaSlot(mid="4", source=PartyId("unit:u1")))
    assert desk.take() == [say.FloorChanged(GROUP.id), say.SlotChanged("4")]
    assert desk.store.slots["4"].source == "unit:u1"
    desk.store.apply_push(welcome())
    assert desk.take() == [say.SessionChanged(), say.FloorChanged(GROUP.id), say.SlotChanged("4")]
    assert desk.store.floor(GROUP.id).seq == -1
    assert desk.store.slots == {}


def test_affiliation_and_token_change_the_session(desk: Desk) -> None:
    desk.store.set_affiliated((GROUP.id,))
    desk.store.apply_local(RenewalReport(expires_at=1.0))
    assert desk.take() == []
    assert not desk.store.affiliated
    desk.store.apply_push(welcome())
    desk.store.apply_push(pushes.FloorIdle(talkgroup_id=GROUP.id, floor_seq=9))
    desk.take()
    desk.store.set_affiliated(())
    assert desk.take() == [say.SessionChanged(), say.FloorChanged(GROUP.id)]
    desk.store.apply_local(RenewalReport(expires_at=NOW + 60, fault="try_later"))
    assert desk.store.session is not None
    assert (desk.store.session.token_expires_at, desk.store.session.renewal_fault) == (NOW + 60, "try_later")
    desk.store.apply_local(Affiliated(talkgroup_ids=(GROUP.id,)))
    assert desk.store.affiliated == (GROUP.id,)


def test_local_reports_are_kept_and_told(desk: Desk) -> None:
    link, media = LinkState(phase=LinkPhase.ONLINE, latency_ms=2.0), MediaReport(is_up=True)
    talk = TalkView(talkgroup_id=GROUP.id, state=TalkState.TALKING)
    for report in (link, media, talk):
        desk.store.apply_local(report)
    assert desk.take() == [say.LinkChanged(), say.MediaChanged(), say.TalkChanged(GROUP.id)]
    assert (desk.store.link, desk.store.media, desk.store.talk(GROUP.id)) == (link, media, talk)
    desk.store.apply_local(TalkView(talkgroup_id=GROUP.id))
    assert desk.store.voice.talks == {}
    assert desk.store.talk(GROUP.id).state is TalkState.IDLE


def test_the_rest_is_told_too(desk: Desk) -> None:
    desk.store.apply_push(pushes.SessionEnded(code=RefusalCode.REPLACED, text="elsewhere"))
    desk.store.apply_push(pushes.Refused(code=RefusalCode.STORE_FAILED, text="disk"))
    desk.store.apply_push(pushes.Refused(code=RefusalCode.BUSY, text="an answer", id=CommandId("x")))
    desk.store.apply_push(pushes.Pong(id=CommandId("x"), server_time=1.0))
    area = Area(name="a", bounds=(0, 0, 1, 1))
    desk.store.apply_local(area)
    assert desk.take() == [
        say.SessionClosed(RefusalCode.REPLACED, "elsewhere"),
        say.Warned(RefusalCode.STORE_FAILED, "disk"),
        say.Changed("fault", "store_failed"),
        say.AreaLoaded(),
    ]
    assert desk.store.area is area
    assert desk.store.recording.is_failing
    desk.unsubscribe()
    desk.unsubscribe()
    desk.store.apply_local(area)
    assert desk.take() == []


def test_parties_have_names(desk: Desk) -> None:
    for push in events(*base()):
        desk.store.apply_push(push)
    names = [desk.store.party_name(PartyId(party)) for party in ("unit:u1", "officer:o1", "unit:x", "gateway")]
    assert names == ["张三", "李四", "unit:x", "gateway"]


def test_older_pages_are_put_in_front_of_the_log(desk: Desk) -> None:
    notes = [recorded(seq, ev.NoteAdded(text=str(seq))) for seq in range(1, 7)]
    desk.store.apply_push(snapshot(Picture(seq=4)))
    for note in notes[4:]:
        desk.store.apply_push(pushes.EventPush(recorded=note))
    desk.take()
    desk.store.fill_log(pushes.LogPage(id=CommandId("l"), events=tuple(notes[1:5])))
    assert desk.take() == [say.LogFilled()]
    assert [held.seq for held in desk.store.log.events] == [2, 3, 4, 5, 6]
    desk.store.fill_log(pushes.LogPage(id=CommandId("l"), events=()))
    assert desk.take() == []


def test_the_log_is_bounded_and_has_no_holes() -> None:
    log = EventLog()
    note = ev.NoteAdded(text="x")
    for seq in range(1, KEPT_EVENTS + 11):
        assert log.add(recorded(seq, note))
    assert (len(log), log.events[0].seq) == (KEPT_EVENTS, 11)
    assert not log.add(recorded(5, note))
    assert log.fill([recorded(10, note)]) == 0
    assert log.add(recorded(KEPT_EVENTS + 50, note))
    assert [held.seq for held in log.events] == [KEPT_EVENTS + 50]
    log.clear()
    assert log.fill([recorded(3, note), recorded(4, note)]) == 2


def test_that_the_journal_fails_stands_until_it_has_taken_down_that_it_did(desk: Desk) -> None:
    failed = pushes.Refused(code=RefusalCode.STORE_FAILED, text="disk")
    said = []
    desk.store.apply_push(failed)
    said.append(desk.store.recording.is_failing)
    for push in events(ev.FaultNoted(code="store_failed"), ev.FaultNoted(code="store_failed", is_over=True)):
        desk.store.apply_push(push)
    said.append(desk.store.recording.is_failing)
    desk.store.apply_push(failed)
    desk.store.apply_push(welcome())  # another session is told anew
    said.append(desk.store.recording.is_failing)
    assert said == [True, False, False]
