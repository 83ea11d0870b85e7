"""Incidents merged and taken out again: who may, what the picture says, what sources are owed."""

from typing import Any

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.case import CaseStage, CaseStep
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import IncidentId, JurisdictionId, OfficerId, OrderId, PartyId, SourceId
from comms.domain.incident import Incident, IncidentOutcome, IncidentState, Origin
from comms.domain.merge import Ground, Reason
from comms.domain.merge_rules import MergeFault, merge_fault, unmerge_fault
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.signal import sight_of, signals_of
from comms.domain.source import Source, SourceDefined
from comms.domain.states import Change
from tests.support.cases import CLOCK, GRID, INCIDENT, ROADS, TOWN, Town

F, S, P = MergeFault, CaseStage, CaseStep
MAIN, THIRD = IncidentId("main"), IncidentId("third")
OFFICER, COLLEAGUE = PartyId("officer:anybody"), PartyId("officer:dispatcher")
REASONS = (Reason(Ground.PLACE, 12.0), Reason(Ground.SAME_KIND, 1.0))


@pytest.fixture
def town() -> Town:
    town = Town()
    town.report(MAIN)
    town.report(THIRD)
    return town


def state(town: Town, key: IncidentId = INCIDENT) -> IncidentState:
    return town.picture.incidents.states[key]


def merge(town: Town, key: IncidentId = INCIDENT, into: IncidentId = MAIN) -> tuple[Change, ...]:
    return town.fold(IncidentMerged(incident_id=key, into=into, reasons=REASONS, words="同一井盖"), actor=OFFICER)


def closed(key: IncidentId) -> ev.IncidentClosed:
    return ev.IncidentClosed(incident_id=key, outcome=IncidentOutcome.HANDLED, note="已补盖")


def test_what_is_merged_is_carried_and_comes_back_exactly(town: Town) -> None:
    before = msgspec.json.encode(town.picture.incidents)
    assert merge(town) == (Change("incident", INCIDENT), Change("incident", MAIN))
    merged = state(town)
    assert merged.merge is not None
    assert (merged.merge.into, merged.merge.by, merged.merge.reasons, merged.merge.words) == (
        MAIN, OFFICER, REASONS, "同一井盖",
    )  # fmt: skip
    assert (merged.is_open, merged.stands) == (True, False)
    book = town.picture.incidents
    assert [one.incident.id for one in book.open()] == [MAIN, THIRD]
    assert book.merged_into(state(town, MAIN)) == [merged]
    assert {signal.id for signal in signals_of(sight_of(town.picture))} == {MAIN, THIRD}
    again = msgspec.convert(msgspec.to_builtins(town.picture), Picture)
    assert again.incidents == book
    assert town.fold(IncidentUnmerged(incident_id=INCIDENT)) == (
        Change("incident", INCIDENT),
        Change("incident", MAIN),
    )
    assert msgspec.json.encode(town.picture.incidents) == before
    assert town.fold(IncidentUnmerged(incident_id=INCIDENT)) == (Change("incident", INCIDENT),)


def test_the_first_who_acknowledges_counts(town: Town) -> None:
    town.fold(IncidentAcknowledged(incident_id=INCIDENT), actor=OFFICER)
    town.at += 60
    town.fold(IncidentAcknowledged(incident_id=INCIDENT), actor=COLLEAGUE)
    noted = state(town).acknowledged
    assert noted is not None
    assert (noted.by, noted.at) == (OFFICER, 100.0)
    assert state(town, MAIN).acknowledged is None


def fault(town: Town, by: str = "anybody", key: IncidentId = INCIDENT, into: IncidentId = MAIN) -> MergeFault | None:
    return merge_fault(state(town, into), state(town, key), town.picture, town.who(by))


def test_nothing_is_merged_with_itself_in_circles_or_after_its_end(town: Town) -> None:
    assert fault(town) is None
    assert fault(town, into=INCIDENT) is F.ITSELF
    merge(town)
    assert fault(town) is F.MERGED
    assert fault(town, key=MAIN, into=INCIDENT) is F.MERGED, "no circle"
    assert fault(town, key=THIRD, into=INCIDENT) is F.MERGED, "no chain"
    assert fault(town, key=MAIN, into=THIRD) is F.MERGES_OTHERS
    assert fault(town, key=THIRD) is None
    town.fold(closed(THIRD))
    assert fault(town, key=THIRD) is F.CLOSED
    assert fault(town, key=MAIN, into=THIRD) is F.CLOSED


@pytest.mark.parametrize(
    ("stage", "by", "wanted"),
    [
        (S.REPORTED, "acceptor", None),
        (S.REPORTED, "dispatcher", F.WRONG_ROLE),
        (S.REGISTERED, "acceptor", None),
        (S.DISPATCHED, "dispatcher", None),
        (S.DISPATCHED, "acceptor", F.WRONG_ROLE),
        (S.HANDLING, "anybody", F.UNDER_WAY),
        (S.HANDLED, "anybody", F.UNDER_WAY),
        (S.CLOSED, "anybody", F.UNDER_WAY),
    ],
)
def test_as_long_as_no_department_has_begun(town: Town, stage: CaseStage, by: str, wanted: MergeFault | None) -> None:
    town.at_stage(stage)
    assert fault(town, by) is wanted
    assert fault(town, key=MAIN, into=INCIDENT) is None, "what carries may be anywhere on its way"
    merge(town)
    assert unmerge_fault(state(town), town.picture, town.who(by)) is wanted


def test_within_ones_own_jurisdiction(town: Town) -> None:
    town.fold(ev.OfficerDefined(officer_id=OfficerId("far"), name="外镇", jurisdiction_id=JurisdictionId("900000/s02")))
    assert fault(town, "far") is F.OUT_OF_JURISDICTION
    elsewhere = msgspec.structs.replace(state(town).incident, jurisdiction_id=JurisdictionId("900000/s02/v01"))
    state(town).incident = elsewhere
    assert fault(town) is F.OUT_OF_JURISDICTION
    merge(town)
    assert unmerge_fault(state(town), town.picture, town.who("anybody")) is F.OUT_OF_JURISDICTION


def test_only_what_is_merged_and_open_is_taken_out(town: Town) -> None:
    officer = town.who("anybody")
    assert unmerge_fault(state(town), town.picture, officer) is F.NOT_MERGED
    merge(town)
    assert unmerge_fault(state(town), town.picture, officer) is None
    town.fold(closed(INCIDENT))
    assert unmerge_fault(state(town), town.picture, officer) is F.CLOSED
    assert state(town).merge is not None, "that it was is still said"


def test_a_clock_stands_as_it_was(town: Town) -> None:
    town.at_stage(S.DISPATCHED)
    merge(town)
    town.fold(IncidentUnmerged(incident_id=INCIDENT))
    assert town.case.clock == CLOCK
    assert (town.case.stage, town.case.department_id, len(town.case.flow)) == (S.DISPATCHED, ROADS, 2)


def owed(town: Town, key: IncidentId) -> list[tuple[str, str, str]]:
    found = town.picture.work_orders.owed.get(key, ())
    return [(one.state.value, one.outcome, one.note) for one in found]


def test_a_source_is_owed_the_main_ones_fate(town: Town) -> None:
    hotline = SourceId("12345")
    told = Source(id=hotline, name="12345 热线", jurisdiction_id=TOWN, is_answered=True)
    town.fold(SourceDefined(source=told))
    calls = []
    for number in ("A-1", "A-2", "A-3"):
        origin = Origin(source=hotline, source_id=number)
        fields: dict[str, Any] = {"kind": "井盖缺失", "place": Place(lat=23.0, lon=113.7), "jurisdiction_id": GRID}
        incident = Incident(id=origin.incident_id, origin=origin, **fields)
        town.fold(ev.IncidentReported(incident=incident))
        calls.append(incident.id)
    first, sent, late = calls
    accepted = [("accepted", "", "")]
    town.fold(ev.IncidentLinked(incident_id=sent, order_id=OrderId("o0")))
    own = owed(town, sent)
    for key in (first, sent):
        merge(town, key)
    assert owed(town, first) == accepted, "nobody was sent yet"
    for order_id in (OrderId("o1"), OrderId("o2")):
        town.fold(ev.IncidentLinked(incident_id=MAIN, order_id=order_id))
    assert owed(town, first) == [*accepted, ("dispatched", "", "")]
    assert owed(town, sent) == own, "it was told before"
    merge(town, late)
    assert owed(town, late) == [*accepted, ("dispatched", "", "")]
    assert town.picture.incidents.is_sent(state(town, late))
    assert not town.picture.incidents.is_sent(state(town, THIRD))
    town.fold(closed(first))
    assert owed(town, first)[-1] == ("closed", "handled", "已补盖")
    assert MAIN not in town.picture.work_orders.owed
