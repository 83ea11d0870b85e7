"""Incidents folded from their events; which grid a place lies in."""

from dataclasses import dataclass

import msgspec

from comms.domain import events as ev
from comms.domain.grid_tree import GridTree, polygons
from comms.domain.ids import (
    GATEWAY,
    IncidentId,
    JurisdictionId,
    OrderId,
    PartyId,
    SourceId,
    party_source,
    source_party,
)
from comms.domain.incident import Incident, IncidentOutcome, Origin
from comms.domain.incident_book import KEPT_CLOSED
from comms.domain.order import Place
from comms.domain.picture import Picture

GRID = JurisdictionId("900000/s01/v01/g001")
OFFICER, WORKER = PartyId("officer:duty"), PartyId("unit:u1")


def incident(key: str = "i1") -> Incident:
    return Incident(id=IncidentId(key), kind="火情", place=Place(lat=23.0, lon=113.7), jurisdiction_id=GRID)


def fold(picture: Picture, *events: ev.Event, actor: PartyId = WORKER, at: float = 5.0) -> None:
    for event in events:
        picture.apply(ev.Recorded(seq=picture.seq + 1, at=at, actor=actor, event=event))


def test_from_report_to_close() -> None:
    picture = Picture()
    fold(picture, ev.IncidentReported(incident=incident()), at=1.0)
    state = picture.incidents.states[IncidentId("i1")]
    assert (state.reported_by, state.reported_at, state.is_open) == (WORKER, 1.0, True)
    assert picture.incidents.open() == [state]
    linked = ev.IncidentLinked(incident_id=state.incident.id, order_id=OrderId("o1"))
    fold(picture, linked, linked)
    assert state.order_ids == ("o1",)
    closed = ev.IncidentClosed(incident_id=state.incident.id, outcome=IncidentOutcome.HANDLED, note="已扑灭")
    fold(picture, closed, actor=OFFICER, at=9.0)
    assert (state.closed_at, state.closed_by, state.outcome, state.note) == (9.0, OFFICER, "handled", "已扑灭")
    assert picture.incidents.open() == []


def test_only_the_newest_closed_are_kept_and_every_open_one() -> None:
    picture = Picture()
    fold(picture, ev.IncidentReported(incident=incident("open")))
    for number in range(KEPT_CLOSED + 3):
        one = incident(f"i{number}")
        fold(picture, ev.IncidentReported(incident=one), at=float(number))
        closed = ev.IncidentClosed(incident_id=one.id, outcome=IncidentOutcome.DUPLICATE)
        fold(picture, closed, at=float(number))
    states = picture.incidents.states
    assert len(states) == KEPT_CLOSED + 1
    assert IncidentId("open") in states
    assert IncidentId("i2") not in states
    assert IncidentId("i3") in states


def test_what_was_closed_first_is_forgotten_first_also_after_a_checkpoint_of_an_older_version() -> None:
    picture = Picture()
    for number in range(KEPT_CLOSED):
        fold(picture, ev.IncidentReported(incident=incident(f"i{number}")))
    order = [f"i{number}" for number in reversed(range(KEPT_CLOSED))]
    closings = [ev.IncidentClosed(incident_id=IncidentId(key), outcome=IncidentOutcome.HANDLED) for key in order]
    for at, closed in enumerate(closings):
        fold(picture, closed, closed, at=float(at))  # said twice, closed once
    kept = msgspec.to_builtins(picture)
    del kept["incidents"]["closed_ids"]
    again = msgspec.convert(kept, Picture)
    assert again == picture
    fold(again, ev.IncidentReported(incident=incident("last")))
    fold(again, ev.IncidentClosed(incident_id=IncidentId("last"), outcome=IncidentOutcome.HANDLED))
    assert order[0] not in again.incidents.states
    assert order[1] in again.incidents.states


def test_a_work_order_is_the_same_incident_for_ever() -> None:
    picture = Picture()
    origin = Origin(source=SourceId("12345"), source_id="HX-1")
    assert picture.incidents.of_origin(origin) is None
    accepted = msgspec.structs.replace(incident(origin.incident_id), origin=origin)
    fold(picture, ev.IncidentReported(incident=accepted), actor=source_party(origin.source))
    assert picture.incidents.of_origin(origin) == origin.incident_id == accepted.id
    others = [Origin(source=SourceId("1234"), source_id="5HX-1"), Origin(source=SourceId("12345"), source_id="hx-1")]
    assert all(picture.incidents.of_origin(other) is None for other in others)
    assert party_source(source_party(origin.source)) == "12345"
    assert party_source(GATEWAY) is None


@dataclass(frozen=True)
class Outline:
    jurisdiction_id: JurisdictionId
    rings: tuple[tuple[tuple[float, float], ...], ...]


def square(key: str, south: float, west: float, *holes: tuple[tuple[float, float], ...]) -> Outline:
    ring = ((south, west), (south, west + 1), (south + 1, west + 1), (south + 1, west))
    return Outline(JurisdictionId(key), (ring, *holes))


def test_which_grid_a_place_lies_in() -> None:
    hole = ((0.4, 0.4), (0.4, 0.6), (0.6, 0.6), (0.6, 0.4))
    tree = GridTree([square("a", 0, 0, hole), square("b", 0, 1)])
    assert tree.at(lat=0.2, lon=0.2) == "a"
    assert tree.at(lat=0.5, lon=0.5) is None
    assert tree.at(lat=0.2, lon=1.2) == "b"
    assert tree.at(lat=0.2, lon=1.0) == "a"
    assert tree.at(lat=5, lon=5) is None
    assert GridTree(()).at(lat=0, lon=0) is None


def test_outlines_that_are_broken_break_nothing() -> None:
    bow_tie = Outline(JurisdictionId("tie"), (((0, 0), (1, 1), (1, 0), (0, 1)),))
    bare = Outline(JurisdictionId("bare"), ())
    line = Outline(JurisdictionId("line"), (((0, 0), (9, 9)),))
    tree = GridTree([bare, line, bow_tie, square("a", 0, 5, ((0.4, 5.4), (0.5, 5.5)))])
    assert tree.at(lat=0.5, lon=0.1) == "tie" or tree.at(lat=0.1, lon=0.5) == "tie"
    assert tree.at(lat=0.45, lon=5.45) == "a"
    assert [shape.is_empty for shape in tree.shapes] == [True, True, False, False]


def test_many_grids_are_made_into_shapes_portion_by_portion() -> None:
    grids = [square(f"g{number}", number, 0) for number in range(80)] * 7
    tree = GridTree(grids)
    assert tree.row_at(lat=41.5, lon=0.5) == 41
    assert [shape.bounds[1] for shape in tree.shapes[:81]] == [*range(80), 0]
    assert len(tree.shapes_of(JurisdictionId("g3"))) == 7


def test_outlines_of_nothing_are_empty_polygons() -> None:
    assert not len(polygons([]))
    assert [shape.is_empty for shape in polygons([(), (((0.0, 0.0), (0.0, 1.0)),)])] == [True, True]
