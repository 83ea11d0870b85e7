"""What a step takes from the item a case is registered under."""

from typing import Any

from comms.domain.case import CaseMoved, CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.ids import CommandId, ItemId, JurisdictionId
from comms.domain.item import Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemEntered
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.gateway.calendars import load_calendar
from comms.gateway.case_steps import decide
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode
from tests.support.cases import INCIDENT, ROADS, TOWN, TWO_HOURS, WATER, Town

WORK = ClockWork(load_calendar(None))
COVER, ELSEWHERE = ItemId("cover"), ItemId("elsewhere")
FIVE_DAYS = TimeLimit(amount=5, unit=TimeUnit.WORK_DAY)


def town_with_list() -> Town:
    town = Town()
    for item_id, where in ((COVER, TOWN), (ELSEWHERE, JurisdictionId("900000/s02"))):
        terms = ItemTerms(limit=FIVE_DAYS, department_id=ROADS)
        named = ItemClass(kind=ItemKind.COMPONENT, major="公用设施", minor="上水井盖")
        item = Item(id=item_id, jurisdiction_id=where, item_class=named, terms=terms)
        town.fold(ItemEntered(item=item, from_at=0.0))
    return town


def decided(town: Town, by: str, step: CaseStep, **fields: Any) -> CaseMoved | RefusalCode:
    command = CaseMove(id=CommandId("c"), incident_id=INCIDENT, step=step, **fields)
    return decide(command, town.case, town.picture, officer=town.who(by), work=WORK, now=town.at)


def test_a_case_is_registered_under_an_item_in_force_where_it_happened() -> None:
    town = town_with_list()
    for item_id in (ItemId("none"), ELSEWHERE):
        assert decided(town, "acceptor", CaseStep.REGISTER, item_id=item_id) is RefusalCode.NOT_ON_LIST
    move = decided(town, "acceptor", CaseStep.REGISTER, item_id=COVER)
    assert isinstance(move, CaseMoved)
    assert move.item_id == COVER


def test_the_item_says_who_handles_it_and_within_what_time() -> None:
    town = town_with_list()
    town.move("acceptor", CaseStep.REGISTER, item_id=COVER)
    usual = decided(town, "dispatcher", CaseStep.DISPATCH)
    assert isinstance(usual, CaseMoved)
    assert usual.clock is not None
    assert (usual.department_id, usual.clock.limit) == (ROADS, FIVE_DAYS)
    otherwise = decided(town, "dispatcher", CaseStep.DISPATCH, department_id=WATER, limit=TWO_HOURS)
    assert isinstance(otherwise, CaseMoved)
    assert otherwise.clock is not None
    assert (otherwise.department_id, otherwise.clock.limit) == (WATER, TWO_HOURS)
    del town.picture.departments[ROADS]
    assert decided(town, "dispatcher", CaseStep.DISPATCH) is RefusalCode.DEPARTMENT_MISSING
