"""Work orders in the picture: quarantine, what is set aside, what a source is owed; names found in addresses."""

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.gazetteer import Gazetteer, Named
from comms.domain.ids import BlobId, JurisdictionId, OfficerId, OrderId, SourceId, officer_party, source_party
from comms.domain.incident import Incident, IncidentOutcome, Origin
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.source import Source, SourceDefined, WorkOrderField
from comms.domain.states import Change
from comms.domain.work_order import (
    AnswerState,
    Fault,
    FaultCode,
    IncidentAmended,
    SetAside,
    WorkOrder,
    WorkOrderAnswered,
    WorkOrderAtSource,
    WorkOrderDiscarded,
    WorkOrderQuarantined,
    WorkOrderReleased,
    WorkOrderSetAside,
)
from comms.domain.work_order_book import KEPT_SETTLED, Settled

CITY = JurisdictionId("900000")
HOTLINE = SourceId("12345")
OFFICER = officer_party(OfficerId("duty"))
BLOB = BlobId("0" * 64)


def origin(number: int) -> Origin:
    return Origin(source=HOTLINE, source_id=f"HX-{number}")


def incident(number: int = 1) -> Incident:
    place = Place(lat=23.0, lon=113.7)
    key = origin(number)
    return Incident(id=key.incident_id, kind="井盖缺失", place=place, jurisdiction_id=CITY, origin=key)


def fold(picture: Picture, *events: ev.Event, at: float = 5.0) -> list[Change]:
    changes: list[Change] = []
    for event in events:
        record = ev.Recorded(seq=picture.seq + 1, at=at, actor=source_party(HOTLINE), event=event)
        changes += picture.apply(record)
    return changes


@pytest.fixture
def picture() -> Picture:
    picture = Picture()
    source = Source(id=HOTLINE, name="12345 热线", jurisdiction_id=CITY, is_answered=True)
    assert fold(picture, SourceDefined(source=source)) == [Change("source", "12345", True)]
    return picture


def quarantined(number: int = 1, digest: str = "d") -> WorkOrderQuarantined:
    faults = (Fault(FaultCode.NO_PLACE),)
    return WorkOrderQuarantined(order=WorkOrder(origin=origin(number)), faults=faults, digest=digest, blob_id=BLOB)


def test_a_field_stands_where_the_source_says_or_under_its_own_name() -> None:
    fields: dict[WorkOrderField, tuple[str, ...]] = {WorkOrderField.KIND: ("case.type",)}
    source = Source(id=HOTLINE, name="x", jurisdiction_id=CITY, fields=fields)
    assert source.names_of(WorkOrderField.KIND) == ("case.type",)
    assert source.names_of(WorkOrderField.TEXT) == ("text",)


def test_quarantine_holds_all_that_wait_and_the_newest_of_what_was_discarded(picture: Picture) -> None:
    book = picture.work_orders
    key = origin(1).incident_id
    assert fold(picture, quarantined()) == [Change("work_order", key, True)]
    assert fold(picture, quarantined(digest="again")) == [Change("work_order", key, False)]
    assert book.quarantine[key].digest == "again"
    fold(picture, WorkOrderReleased(incident_id=key), ev.IncidentReported(incident=incident(), digest="again"))
    assert not book.quarantine
    assert book.settled[key] == Settled(by=source_party(HOTLINE), at=5.0)
    assert picture.incidents.states[key].digest == "again"
    for number in range(KEPT_SETTLED + 2):
        fold(picture, quarantined(number))
    assert len(book.quarantine) == KEPT_SETTLED + 2
    for number in range(KEPT_SETTLED + 2):
        fold(picture, WorkOrderDiscarded(incident_id=origin(number).incident_id, reason="重复"), at=9.0)
    assert not book.quarantine
    assert len(book.discarded) == KEPT_SETTLED
    newest = book.discarded[origin(KEPT_SETTLED + 1).incident_id]
    assert (newest.discarded_at, newest.reason) == (9.0, "重复")
    assert len(book.settled) == KEPT_SETTLED
    assert book.settled[origin(9).incident_id] == Settled(by=source_party(HOTLINE), at=9.0, reason="重复")
    assert origin(1).incident_id not in book.discarded


def test_an_exercise_is_kept_and_is_no_incident(picture: Picture) -> None:
    aside = WorkOrderSetAside(order=WorkOrder(origin=origin(1), kind="暴雨"), why=SetAside.EXERCISE, blob_id=BLOB)
    fold(picture, aside)
    assert picture.work_orders.aside[origin(1).incident_id].why is SetAside.EXERCISE
    assert not picture.incidents.states
    assert not picture.weather.states


def test_what_a_source_is_owed_is_told_in_order_and_once(picture: Picture) -> None:
    book, key = picture.work_orders, incident().id
    fold(picture, ev.IncidentReported(incident=incident(), digest="d"))
    fold(picture, ev.IncidentLinked(incident_id=key, order_id=OrderId("o1")))
    fold(picture, ev.IncidentLinked(incident_id=key, order_id=OrderId("o2")))
    fold(picture, ev.IncidentClosed(incident_id=key, outcome=IncidentOutcome.HANDLED, note="已补盖"))
    owed = book.owed[key]
    assert [one.state for one in owed] == [AnswerState.ACCEPTED, AnswerState.DISPATCHED, AnswerState.CLOSED]
    assert (owed[-1].outcome, owed[-1].note) == ("handled", "已补盖")
    for state in AnswerState:
        fold(picture, WorkOrderAnswered(incident_id=key, state=state))
    assert key not in book.owed
    fold(picture, WorkOrderAnswered(incident_id=key, state=AnswerState.CLOSED))
    assert msgspec.json.decode(msgspec.json.encode(picture), type=Picture) == picture


def test_nobody_is_told_of_incidents_that_were_no_work_orders_or_whose_source_wants_no_answer(picture: Picture) -> None:
    own = msgspec.structs.replace(incident(), origin=None)
    fold(picture, ev.IncidentReported(incident=own))
    silent = Source(id=HOTLINE, name="x", jurisdiction_id=CITY)
    assert fold(picture, SourceDefined(source=silent)) == [Change("source", "12345", False)]
    fold(picture, ev.IncidentReported(incident=incident(2)))
    assert not picture.work_orders.owed


def test_an_amended_incident_is_what_its_source_tells_now(picture: Picture) -> None:
    fold(picture, ev.IncidentReported(incident=incident(), digest="one"))
    amended = msgspec.structs.replace(incident(), text="井盖已碎")
    assert fold(picture, IncidentAmended(incident=amended, digest="two")) == [Change("incident", amended.id)]
    state = picture.incidents.states[amended.id]
    assert (state.incident.text, state.digest, state.reported_at) == ("井盖已碎", "two", 5.0)
    assert state.amended_at == 5.0


def test_what_its_source_closes_there_is_noted_until_it_ends_here_or_is_opened_again(picture: Picture) -> None:
    book, key, held = picture.work_orders, incident().id, origin(2).incident_id
    fold(picture, ev.IncidentReported(incident=incident(), digest="d"), quarantined(2))
    for incident_id in (key, held):
        changes = fold(picture, WorkOrderAtSource(incident_id=incident_id, is_closed=True, note="已补盖", at=4.0))
        assert Change("work_order", incident_id) in changes
        assert (Change("incident", incident_id) in changes) is (incident_id == key)
    assert book.closed_there[key].note == "已补盖"
    fold(picture, WorkOrderAtSource(incident_id=key, is_closed=False))
    assert list(book.closed_there) == [held]
    fold(picture, WorkOrderAtSource(incident_id=key, is_closed=True))
    fold(picture, ev.IncidentClosed(incident_id=key, outcome=IncidentOutcome.HANDLED))
    fold(picture, WorkOrderDiscarded(incident_id=held, reason="重复"))
    assert not book.closed_there


def test_the_longest_name_in_an_address_that_stands_for_one_place() -> None:
    places = (
        Named("莲塘路", 23.0, 113.0),
        Named("莲塘路幼儿园", 23.1, 113.1),
        Named("人民路", 22.0, 113.0),
        Named("人民路", 23.0, 113.0),
        Named("广场", 23.2, 113.2),
        Named("广场", 23.2001, 113.2001),
        Named("7", 1.0, 1.0),
        Named("12", 1.0, 1.0),
        Named("ab", 1.0, 1.0),
    )
    gazetteer = Gazetteer(places)
    for address, name in (
        ("市区莲塘路幼儿园门口", "莲塘路幼儿园"),
        ("莲塘路 12 号", "莲塘路"),
        ("人民路 7 号广场", "广场"),
        ("人民路 12 号 ab", None),
        ("", None),
    ):
        found = gazetteer.find(address)
        assert (found.name if found is not None else None) == name
    assert Gazetteer(()).find("莲塘路") is None
