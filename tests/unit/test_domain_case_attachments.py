"""What attaches itself to a case: only of units that are on it, only while it is open."""

import msgspec

from comms.domain import events as ev
from comms.domain.call import Call, CallKind
from comms.domain.case import CaseStage, CaseStep
from comms.domain.case_attachments import KEPT_A_CASE, KEPT_CALLS, AttachmentKind
from comms.domain.case_evidence import evidence_of
from comms.domain.ids import BlobId, BurstId, CallId, OrderId, PartyId, UnitId, VideoId, unit_party
from comms.domain.incident import IncidentOutcome
from comms.domain.order import AssignmentState, Order
from comms.domain.states import Change
from comms.domain.unit import Unit
from comms.domain.video import Video, VideoKind
from tests.support.cases import GRID, INCIDENT, Town

K = AttachmentKind
U1, U2, ORDER = UnitId("u1"), UnitId("u2"), OrderId("o1")
OFFICER = PartyId("officer:dispatcher")


def at_work() -> Town:
    """u1 has an order for the incident, u2 has nothing to do with it."""
    town = Town()
    for number, unit_id in enumerate((U1, U2)):
        town.fold(ev.UnitDefined(unit=Unit(id=unit_id, no=number, name=unit_id, jurisdiction_id=GRID)))
    give(town, ORDER, U1)
    return town


def give(town: Town, order_id: OrderId, unit_id: UnitId) -> None:
    town.fold(ev.OrderIssued(order=Order(id=order_id, title="补盖", unit_ids=(unit_id,), incident_id=INCIDENT)))
    town.fold(ev.IncidentLinked(incident_id=INCIDENT, order_id=order_id))


def call(town: Town, key: str, unit_id: UnitId) -> tuple[Change, ...]:
    made = Call(id=CallId(key), kind=CallKind.POINT, caller=OFFICER, callee=unit_party(unit_id))
    return town.fold(ev.CallStarted(call=made))


def recording(town: Town, call_id: str, talker: PartyId, key: str = "b") -> tuple[Change, ...]:
    saved = ev.RecordingSaved(
        call_id=CallId(call_id),
        burst_id=BurstId(key),
        talker=talker,
        blob_id=BlobId(f"blob-{key}"),
        started_at=town.at,
        duration_s=2.5,
    )
    return town.fold(saved)


def kinds(town: Town) -> list[tuple[AttachmentKind, str]]:
    return [(one.kind, one.party) for one in evidence_of(town.picture, INCIDENT)]


def test_calls_recordings_and_videos_with_who_is_on_it() -> None:
    town = at_work()
    assert Change("case", INCIDENT) in call(town, "c1", U1)
    call(town, "c2", U2)
    recording(town, "c1", OFFICER, "b1")
    recording(town, "group", unit_party(U1), "b2")
    recording(town, "group", unit_party(U2), "b3")
    for key, unit_id in (("v1", U1), ("v2", U2)):
        video = Video(id=VideoId(key), kind=VideoKind.RETURN, unit_id=unit_id, asked_by=unit_party(unit_id))
        town.fold(ev.VideoStarted(video=video))
    assert kinds(town) == [
        (K.CALL, "unit:u1"), (K.RECORDING, OFFICER), (K.RECORDING, "unit:u1"), (K.VIDEO, "unit:u1"),
    ]  # fmt: skip
    heard = evidence_of(town.picture, INCIDENT)[1]
    assert (heard.blob_id, heard.call_id, heard.duration_s) == ("blob-b1", "c1", 2.5)


def test_nothing_before_the_order_or_after_the_work_or_the_case() -> None:
    town = at_work()
    town.fold(ev.OrderAdvanced(order_id=ORDER, unit_id=U1, state=AssignmentState.COMPLETED))
    assert call(town, "c1", U1) == (Change("call", "c1", True),)
    town.fold(ev.OrderAdvanced(order_id=ORDER, unit_id=U1, state=AssignmentState.ACCEPTED, reason="再看看"))
    call(town, "c2", U1)
    assert [one.call_id for one in evidence_of(town.picture, INCIDENT)] == ["c2"]
    town.fold(ev.IncidentClosed(incident_id=INCIDENT, outcome=IncidentOutcome.HANDLED))
    assert call(town, "c3", U1) == (Change("call", "c3", True),)
    assert town.picture.cases.attachments.on_case[U1] == {}, "what is over is let go"
    give(town, OrderId("o2"), U1)
    town.fold(ev.OrderAdvanced(order_id=OrderId("o2"), unit_id=U1, state=AssignmentState.CANCELLED, reason="x"))
    assert call(town, "c4", U1) == (Change("call", "c4", True),)


def test_a_group_call_itself_is_nobodys_and_an_order_may_be_unknown() -> None:
    town = at_work()
    town.fold(ev.IncidentLinked(incident_id=INCIDENT, order_id=OrderId("unknown")))
    assert town.picture.cases.attachments.on_case == {U1: {ORDER: INCIDENT}}


def test_only_so_much_is_kept_and_all_of_it_goes_with_the_incident() -> None:
    town = at_work()
    for number in range(KEPT_A_CASE + 5):
        recording(town, "group", unit_party(U1), f"b{number}")
    for number in range(KEPT_CALLS + 5):
        call(town, f"c{number}", U1)
    book = town.picture.cases.attachments
    assert (len(book.made[INCIDENT]), len(book.calls)) == (KEPT_A_CASE, KEPT_CALLS)
    town.picture.cases.forget(INCIDENT)
    assert book.made == {}


def test_photos_before_and_after() -> None:
    town = at_work()
    state = town.picture.incidents.states[INCIDENT]
    state.incident = msgspec.structs.replace(state.incident, photos=(BlobId("found"),))
    give(town, OrderId("look"), U2)
    town.at += 1
    town.move("acceptor", CaseStep.VERIFY, to=(unit_party(U2),), order_id=OrderId("look"))
    town.fold(
        ev.OrderAdvanced(
            order_id=OrderId("look"), unit_id=U2, state=AssignmentState.COMPLETED, attachments=(BlobId("seen"),)
        )
    )
    town.at += 1
    town.move("gateway", CaseStep.VERIFIED, to=(unit_party(U2),), photos=(BlobId("seen"),))
    town.at_stage(CaseStage.HANDLING)
    for state_, blob in ((AssignmentState.ON_SCENE, "arrived"), (AssignmentState.COMPLETED, "done")):
        town.at += 1
        town.fold(
            ev.OrderAdvanced(order_id=ORDER, unit_id=U1, state=state_, attachments=(BlobId(blob),)),
            actor=unit_party(U1),
        )
    town.at += 1
    town.move("handler", CaseStep.HAND_BACK, photos=(BlobId("handed"),))
    town.at += 1
    town.move("gateway", CaseStep.VERIFIED, to=(unit_party(U2),), photos=(BlobId("checked"),))
    assert [(one.kind, one.blob_id, one.party) for one in evidence_of(town.picture, INCIDENT)] == [
        (K.PHOTO_BEFORE, "found", "unit:u1"),
        (K.PHOTO_BEFORE, "seen", "unit:u2"),
        (K.PHOTO_BEFORE, "arrived", "unit:u1"),
        (K.PHOTO_AFTER, "done", "unit:u1"),
        (K.PHOTO_AFTER, "handed", "officer:handler"),
        (K.PHOTO_AFTER, "checked", "unit:u2"),
    ]
