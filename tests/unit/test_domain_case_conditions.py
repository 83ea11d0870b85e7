"""What an item asks before a case is opened and closed: every condition for itself, evidence by what there is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.case import CaseStage, CaseStep
from comms.domain.case_conditions import (
    ASKING,
    MOST_CONDITIONS,
    NOTHING,
    Asked,
    asked,
    conditions_of,
    shown,
    unshown,
    unticked,
)
from comms.domain.ids import BlobId, IncidentId, ItemId, OrderId, PartyId, UnitId, unit_party
from comms.domain.incident import Incident
from comms.domain.item import Evidence, Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemApplied, ItemEntered
from comms.domain.order import AssignmentState, Order, Place
from comms.domain.unit import Unit
from tests.support.cases import GRID, INCIDENT, TOWN, Town

COVER = ItemId("cover")
WORD = st.text(string.ascii_letters + "缺失、；移位。", min_size=1, max_size=12).map(str.strip).filter(bool)


def item(opens: str = "缺失\n危及行人", closes: str = "补齐，且围挡撤除", *evidence: Evidence) -> Item:
    named = ItemClass(kind=ItemKind.COMPONENT, major="公用设施", minor="井盖")
    terms = ItemTerms(opens_when=opens, closes_when=closes, evidence=evidence)
    return Item(id=COVER, jurisdiction_id=TOWN, item_class=named, terms=terms)


def town(of: Item | None = None) -> Town:
    made = Town()
    made.fold(ItemEntered(item=of or item(), from_at=0.0))
    return made


def wanted(town: Town, step: CaseStep, item_id: ItemId | None = None) -> Asked:
    return asked(town.picture, town.case, step, item_id, now=town.at)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ()),
        ("缺失、移位或断裂，危及行人车辆", ("缺失、移位或断裂，危及行人车辆",)),
        ("未设标志；未备器材", ("未设标志；未备器材",)),
        ("补齐，且围挡撤除；同时路面清洁", ("补齐", "围挡撤除", "路面清洁")),
        ("  缺失 \n\n 危及行人\n缺失", ("缺失", "危及行人")),
    ],
)
def test_only_what_must_hold_together_is_taken_apart(words: str, expected: tuple[str, ...]) -> None:
    assert conditions_of(words) == expected


@given(st.lists(WORD, max_size=2 * MOST_CONDITIONS))
def test_of_the_words_nothing_is_lost_and_no_condition_is_said_twice(lines: list[str]) -> None:
    found = conditions_of("\n".join(lines))
    assert len(found) == len(set(found)) <= MOST_CONDITIONS
    assert {word for line in found for word in line.split("\n")} == set(lines)


@given(st.lists(WORD, unique=True, min_size=1, max_size=6), st.data())
def test_all_ticked_or_the_first_that_is_not_is_named(lines: list[str], data: st.DataObject) -> None:
    ticked = tuple(data.draw(st.lists(st.sampled_from([*lines, "别的"]))))
    missing = unticked(Asked(tuple(lines), ()), ticked)
    assert (missing is None) == (set(lines) <= set(ticked))
    assert missing is None or missing == next(line for line in lines if line not in ticked)


def test_only_registering_and_closing_under_an_item_ask_for_anything() -> None:
    made = town(item("缺失", "补齐", *Evidence))
    for step in CaseStep:
        assert (wanted(made, step, COVER) != NOTHING) is (step in ASKING)
    assert wanted(made, CaseStep.REGISTER) == NOTHING
    assert wanted(made, CaseStep.REGISTER, ItemId("none")) == NOTHING


def test_a_case_is_closed_by_the_wording_it_was_registered_under() -> None:
    made = town()
    made.move("acceptor", CaseStep.REGISTER, item_id=COVER)
    made.at += 50.0
    made.fold(ItemEntered(item=item("缺失", "换新"), from_at=made.at))
    made.at += 50.0
    assert wanted(made, CaseStep.CLOSE).conditions == ("补齐", "围挡撤除")
    assert wanted(made, CaseStep.REGISTER).conditions == ("缺失",), "one registered again is by today's"
    made.picture.items.states[COVER].versions = made.picture.items.states[COVER].versions[1:]
    assert wanted(made, CaseStep.CLOSE).conditions == ("换新",), "what is no longer known cannot bind"


def test_words_that_are_not_in_force_are_better_than_none() -> None:
    made = Town()
    made.fold(ItemApplied(item=item()))
    assert wanted(made, CaseStep.CLOSE, COVER).conditions == ("补齐", "围挡撤除")


def test_who_was_there_shows_a_picture_before_it_is_opened_and_all_do_before_it_is_closed() -> None:
    made = town(item("缺失", "补齐", *Evidence))
    assert wanted(made, CaseStep.REGISTER, COVER).evidence == (Evidence.PHOTO_BEFORE,)
    assert wanted(made, CaseStep.CLOSE, COVER).evidence == tuple(Evidence)
    told = IncidentId("told")
    made.report(told, by=PartyId("source:12345"))
    case = made.picture.cases.of(made.picture.incidents.states[told])
    assert asked(made.picture, case, CaseStep.REGISTER, COVER, now=made.at).evidence == ()


def test_what_a_case_can_show() -> None:
    made = town(item("缺失", "补齐", *Evidence))
    step, photo = CaseStep.CLOSE, (BlobId("b"),)
    assert shown(made.picture, INCIDENT, step=step) == {Evidence.POSITION}
    assert shown(made.picture, INCIDENT, step=step, photos=photo) == {Evidence.POSITION, Evidence.PHOTO_AFTER}
    made.move("acceptor", CaseStep.REGISTER, photos=photo)
    made.at_stage(CaseStage.HANDLING)
    made.move("handler", CaseStep.HAND_BACK, photos=photo)
    has = shown(made.picture, INCIDENT, step=step)
    assert has == {Evidence.POSITION, Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER}
    assert unshown(wanted(made, step, COVER), has) == (Evidence.VIDEO, Evidence.VOICE)
    opening = shown(made.picture, INCIDENT, step=CaseStep.REGISTER, photos=photo)
    assert Evidence.PHOTO_BEFORE in opening


def test_a_place_found_by_words_is_a_position_once_somebody_was_there() -> None:
    made, key = town(), IncidentId("by-words")
    vague = Incident(
        id=key, kind="井盖", place=Place(lat=23.0, lon=113.7), jurisdiction_id=GRID, is_place_approximate=True
    )
    made.fold(ev.IncidentReported(incident=vague))
    assert shown(made.picture, key, step=CaseStep.CLOSE) == frozenset()
    unit_id, order_id = UnitId("u1"), OrderId("o1")
    made.fold(ev.UnitDefined(unit=Unit(id=unit_id, no=1, name="王", jurisdiction_id=GRID)))
    made.fold(ev.OrderIssued(order=Order(id=order_id, title="看", unit_ids=(unit_id,))))
    made.fold(ev.IncidentLinked(incident_id=key, order_id=order_id))
    made.fold(
        ev.OrderAdvanced(order_id=order_id, unit_id=unit_id, state=AssignmentState.ON_SCENE), actor=unit_party(unit_id)
    )
    assert shown(made.picture, key, step=CaseStep.CLOSE) == {Evidence.POSITION}
