"""Patrols: periods by the calendar, what is due, who has to go, codes nobody can make, forms and what they find."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import patrol_events as ev
from comms.domain.ids import (
    BlobId,
    DepartmentId,
    ItemId,
    JurisdictionId,
    PartyId,
    PatrolPlaceId,
    PatrolPlanId,
    QuestionId,
    UnitId,
    VisitId,
)
from comms.domain.item import Item
from comms.domain.item_book import ItemBook
from comms.domain.item_events import ItemEntered
from comms.domain.order import Place
from comms.domain.patrol import (
    Answer,
    AnswerFault,
    AnswerKind,
    Due,
    FailReason,
    Finding,
    PatrolPlace,
    PatrolPlan,
    Question,
    Rhythm,
    Selection,
    Visit,
    VisitMark,
    Window,
    answer_fault,
    is_finding,
)
from comms.domain.patrol_book import KEPT_ROUNDS, PatrolBook
from comms.domain.patrol_codes import as_typed, is_scanned, place_of_scanned, scanned_code, typed_code, typed_codes
from comms.domain.patrol_crew import Crew, is_right_worker
from comms.domain.patrol_period import date_of, deadline_of, period, period_at, previous
from comms.domain.patrol_places import PlaceTable
from comms.domain.patrol_round import PlanRound, Tally, missed_by_grid, unclosed
from comms.domain.patrol_rules import (
    PlanFault,
    form_fault,
    incidents_of,
    is_item_in_force,
    marks_of,
    may_read,
    plan_fault,
    question_fault,
    still_asked,
    strict_fault,
)
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.domain.unit import Unit
from comms.domain.work_calendar import CalendarYear, WorkCalendar
from comms.fleet.town_items import town_items
from comms.protocol.area import Area, KeyPlace, RiskSource
from comms.protocol.patrol_places import PlaceRegister, decode_places, encode_places, in_grid, places_of

TOWN = JurisdictionId("900000/s01")
VILLAGE = JurisdictionId("900000/s01/v01")
G1, G2, G3 = (JurisdictionId(f"{VILLAGE}/g00{number}") for number in (1, 2, 3))
FIRE, POLICE = DepartmentId("fire"), DepartmentId("police")
CHINA_S = 8 * 3600
CALENDAR = WorkCalendar([CalendarYear(year=2026, hours=((8 * 3600, 12 * 3600), (14 * 3600, 18 * 3600)))])
ITEM: Item = msgspec.structs.replace(town_items(TOWN)[0], id=ItemId("i1"))


def at(year: int, month: int, day: int, hour: int = 0) -> float:
    """An instant in China."""
    return datetime(year, month, day, hour, tzinfo=UTC).timestamp() - CHINA_S


def question(number: int = 1, **more: Any) -> Question:
    fields: dict[str, Any] = {
        "id": QuestionId(f"q{number}"),
        "words": "消防通道是否畅通",
        "kind": AnswerKind.YES_NO,
        "item_id": ItemId("i1"),
        "jurisdiction_id": TOWN,
        "departments": (FIRE,),
    }
    return Question(**(fields | more))


def plan(**more: Any) -> PatrolPlan:
    fields: dict[str, Any] = {
        "id": PatrolPlanId("p1"),
        "name": "月巡",
        "jurisdiction_id": TOWN,
        "question_ids": (QuestionId("q1"),),
    }
    return PatrolPlan(**(fields | more))


def place(number: int, grid: JurisdictionId = G1, **more: Any) -> PatrolPlace:
    fields: dict[str, Any] = {
        "id": PatrolPlaceId(f"place:{number}"),
        "name": f"店 {number}",
        "category": "三小场所",
        "lat": 23.0 + number / 1000,
        "lon": 113.7,
        "jurisdiction_id": grid,
    }
    return PatrolPlace(**(fields | more))


def visit(**more: Any) -> Visit:
    fields: dict[str, Any] = {
        "id": VisitId("v1"),
        "place_id": PatrolPlaceId("place:1"),
        "place_name": "店 1",
        "unit_id": UnitId("u1"),
        "jurisdiction_id": G1,
        "due": (),
        "question_ids": (QuestionId("q1"), QuestionId("q2")),
        "begun_at": at(2026, 3, 2, 9),
        "place": Place(lat=23.001, lon=113.7, text="店 1"),
    }
    return Visit(**(fields | more))


# --- periods ----------------------------------------------------------------------------------------------


@given(st.datetimes(datetime(1971, 1, 1), datetime(2399, 12, 31)))
def test_periods_are_those_of_the_calendar_on_the_wall(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC).timestamp() - CHINA_S
    day = (moment - datetime(1970, 1, 1)).days
    assert date_of(day) == (moment.year, moment.month, moment.day)
    monday = datetime(moment.year, moment.month, moment.day) - timedelta(days=moment.weekday())
    quarter = (moment.month - 1) // 3 * 3 + 1
    begins = {
        Rhythm.DAILY: datetime(moment.year, moment.month, moment.day),
        Rhythm.WEEKLY: monday,
        Rhythm.MONTHLY: datetime(moment.year, moment.month, 1),
        Rhythm.QUARTERLY: datetime(moment.year, quarter, 1),
    }
    for rhythm, begin in begins.items():
        found = period_at(rhythm, instant, CALENDAR)
        assert found is not None
        assert found.from_at == begin.replace(tzinfo=UTC).timestamp() - CHINA_S
        assert found.from_at <= instant < found.until_at
        assert period(rhythm, found.number + 1).from_at == found.until_at
        assert previous(rhythm, instant, CALENDAR) == period(rhythm, found.number - 1)


def test_working_days_have_periods_and_days_off_have_none() -> None:
    friday, saturday, monday = at(2026, 3, 6, 9), at(2026, 3, 7, 9), at(2026, 3, 9, 9)
    assert period_at(Rhythm.WORK_DAY, saturday, CALENDAR) is None
    for day in (saturday, monday):
        assert previous(Rhythm.WORK_DAY, day, CALENDAR) == period_at(Rhythm.WORK_DAY, friday, CALENDAR)
    days = frozenset(range(20_000, 21_000))
    closed = WorkCalendar([CalendarYear(year=2026, hours=((0, 3600),), days_off=days)])
    assert previous(Rhythm.WORK_DAY, monday, closed) is None
    assert unclosed(Rhythm.WORK_DAY, since_at=0.0, closed=None, now=monday, calendar=closed) == []


def test_deadlines_run_in_working_time_and_end_with_the_period() -> None:
    month = period_at(Rhythm.MONTHLY, at(2026, 3, 20), CALENDAR)
    assert month is not None
    assert deadline_of(plan(), month, CALENDAR) == at(2026, 4, 1)
    ten_days = plan(limit=TimeLimit(amount=5, unit=TimeUnit.WORK_DAY))
    assert deadline_of(ten_days, month, CALENDAR) == at(2026, 3, 6, 18)
    late = at(2026, 3, 9, 8)
    assert deadline_of(ten_days, month, CALENDAR, since_at=late) == at(2026, 3, 13, 18)
    too_long = plan(limit=TimeLimit(amount=60, unit=TimeUnit.NATURAL_DAY))
    assert deadline_of(too_long, month, CALENDAR) == at(2026, 4, 1)


def test_rounds_that_nobody_closed_are_closed_once() -> None:
    now, since = at(2026, 3, 10, 9), at(2026, 3, 4, 12)
    days = unclosed(Rhythm.WORK_DAY, since_at=since, closed=None, now=now, calendar=CALENDAR)
    assert [date_of(each.number)[2] for each in days] == [5, 6, 9]  # the weekend is not asked
    left = unclosed(Rhythm.WORK_DAY, since_at=since, closed=days[0].number, now=now, calendar=CALENDAR)
    assert left == days[1:]
    assert len(unclosed(Rhythm.DAILY, since_at=0.0, closed=None, now=now, calendar=CALENDAR)) == 7


# --- places and rounds -------------------------------------------------------------------------------------


def test_a_plan_picks_by_kind_level_ground_and_name() -> None:
    table = PlaceTable(
        [place(1), place(2, G2), place(3, G2, category="学校"), place(4, JurisdictionId("900000/s02"), level=1)]
    )
    for chosen, rows in (
        (plan(), [0, 1, 2]),
        (plan(jurisdiction_id=G2), [1, 2]),
        (plan(jurisdiction_id=JurisdictionId("900000"), selection=Selection(levels=(1,))), [3]),
        (plan(selection=Selection(categories=("学校", "无"))), [2]),
        (plan(selection=Selection(place_ids=(PatrolPlaceId("place:2"), PatrolPlaceId("place:9")))), [1]),
        (plan(selection=Selection(place_ids=(PatrolPlaceId("place:4"),))), []),
    ):
        assert table.rows_of(chosen).tolist() == rows
    assert table.place(PatrolPlaceId("place:2")) == table.places[1]
    assert table.place(PatrolPlaceId("no")) is None
    assert table.grid_id(1) == G2
    assert table.nearest_first(table.rows_of(plan()), lat=23.003, lon=113.7).tolist() == [2, 1, 0]
    assert table.middles()[G2] == pytest.approx((23.0025, 113.7))
    empty = PlaceTable(())
    assert len(empty) == 0
    assert (empty.rows_of(plan()).tolist(), empty.middles()) == ([], {})


def test_how_a_round_stands() -> None:
    table = PlaceTable([place(1), place(2), place(3, G2, level=1), place(4, TOWN)])
    monthly = plan(by_level={1: Rhythm.WORK_DAY}, limit=TimeLimit(amount=10, unit=TimeUnit.NATURAL_DAY))
    found = PlanRound(monthly, table)
    one, two, risky = (PatrolPlaceId(f"place:{number}") for number in (1, 2, 3))
    now = at(2026, 3, 20, 9)  # a Friday
    due = found.due_at(one, now, CALENDAR)
    assert due == Due(plan_id=PatrolPlanId("p1"), rhythm=Rhythm.MONTHLY, period=2026 * 12 + 2)
    found.settle(one, due)
    found.settle(one, msgspec.structs.replace(due, period=due.period - 1))
    found.settle(two, due, is_excused=True)
    found.settle(risky, due)  # under the rhythm it had before
    found.settle(PatrolPlaceId("gone"), due)
    assert [found.due_at(each, now, CALENDAR) for each in (one, two, PatrolPlaceId("gone"))] == [None] * 3
    daily = found.due_at(risky, now, CALENDAR)
    assert daily is not None
    assert daily.rhythm is Rhythm.WORK_DAY
    standing = found.standing(now, CALENDAR)
    assert standing.is_done.tolist() == [True, False, False, False]
    assert standing.is_excused.tolist() == [False, True, False, False]
    assert standing.is_due.tolist() == [False, False, True, True]
    assert standing.is_overdue.tolist() == [False, False, False, True]
    assert found.due_at(risky, at(2026, 3, 21), CALENDAR) is None
    assert found.standing(at(2026, 3, 21), CALENDAR).is_due.tolist() == [False, False, False, True]
    assert found.due_at(one, at(2026, 4, 1), CALENDAR) is not None
    tallies: dict[JurisdictionId, Tally] = {}
    found.tally(now, CALENDAR, tallies)
    assert tallies == {G1: Tally(done=1, excused=1), G2: Tally(due=1), TOWN: Tally(due=1, overdue=1)}
    assert found.of_rhythm(Rhythm.WORK_DAY).tolist() == [2]
    rows = found.of_rhythm(Rhythm.MONTHLY)
    assert missed_by_grid(table, rows, (one, PatrolPlaceId("gone"))) == {G1: 1, TOWN: 1}
    assert missed_by_grid(table, rows, (one, two, PatrolPlaceId("place:4"))) == {}
    assert PlanRound(plan(jurisdiction_id=G2), table).index_of(one) is None
    assert PlanRound(plan(jurisdiction_id=G2), table).index_of(PatrolPlaceId("place:4")) is None


def test_whose_visits_are_whose() -> None:
    def unit(name: str, where: JurisdictionId, *skills: str) -> Unit:
        return Unit(id=UnitId(name), no=len(name), name=name, jurisdiction_id=where, skills=skills)

    units = [unit("a", G1), unit("b", G1, "消防"), unit("c", G2), unit("d", VILLAGE, "急救"), unit("e", TOWN)]
    crew = Crew(units, {G1: (23.0, 113.7), G2: (23.01, 113.7), G3: (23.012, 113.7)})
    assert crew.workers(G1, "") == ("a", "b")
    assert crew.workers(G1, "消防") == ("b",)
    assert crew.workers(G3, "") == ("c",), "the nearest grid that has anybody"
    assert crew.workers(G3, "") == ("c",)
    assert crew.workers(G2, "急救") == ("d",)
    assert crew.workers(G2, "潜水") == ()
    assert crew.owner(PatrolPlaceId("x"), G2, "潜水") is None
    shares = [crew.owner(PatrolPlaceId(f"place:{number}"), G1, "") for number in range(100)]
    assert 30 < shares.count(UnitId("a")) < 70
    for who, right in zip(units, (True, True, True, True, True), strict=True):
        assert is_right_worker(who, G1, "", (UnitId("a"),)) is right
    stranger = unit("s", JurisdictionId("900000/s02/v01/g001"))
    assert not is_right_worker(stranger, G1, "", (UnitId("a"),))
    assert is_right_worker(stranger, G1, "", (UnitId("s"),))
    assert not is_right_worker(units[0], G1, "消防", (UnitId("b"),))


def test_places_of_a_map_and_of_a_register() -> None:
    area = Area(
        name="镇",
        bounds=(22.9, 113.6, 23.1, 113.8),
        places=(KeyPlace(id="1", name="店", category="三小场所", lat=23.0, lon=113.7, address="路 1 号"),),
        risks=(RiskSource(id="1", name="气站", category="危化品", lat=23.0, lon=113.7, level=9),),
    )
    found = places_of(area)
    assert [(each.id, each.level) for each in found] == [("place:1", 4), ("risk:1", 4)]
    assert in_grid(found[0], G1).jurisdiction_id == G1
    register = PlaceRegister(places=tuple(found))
    assert decode_places(encode_places(register)) == register


# --- codes --------------------------------------------------------------------------------------------------


def test_codes_of_others_and_of_before_are_refused() -> None:
    secret, here = b"s" * 32, PatrolPlaceId("place:p1")
    code = scanned_code(secret, here, 0)
    assert is_scanned(f" {code}")
    assert place_of_scanned(secret, f" {code}\n", {}) == here
    assert place_of_scanned(secret, code, {here: 1}) is None
    assert place_of_scanned(secret, scanned_code(secret, here, 1), {here: 1}) == here
    forged = code.replace("place:p1", "place:p2")
    for wrong in (forged, code[:-1], scanned_code(b"x" * 32, here, 0), "WGV1|a|b", "WGV2" + code[4:], "中|文|字|码"):
        assert place_of_scanned(secret, wrong, {}) is None
    typed = typed_code(secret, here, 0)
    assert typed_codes(secret, [here], {}) == {typed: here}
    assert typed_codes(secret, [here], {here: 1}) != {typed: here}
    assert as_typed(f"{typed[:5].lower()}-{typed[5:]} ") == typed
    assert as_typed("oIl") == "011"
    assert not is_scanned(typed)


# --- rules ---------------------------------------------------------------------------------------------------


def listed(**more: Any) -> ItemBook:
    book = ItemBook()
    book.apply(ItemEntered(item=ITEM, from_at=at(2026, 1, 1)), at=at(2026, 1, 1), actor=PartyId("gateway"))
    return book


def test_only_what_is_on_the_list_is_asked() -> None:
    book, now = listed(), at(2026, 3, 1)
    assert is_item_in_force(book, ItemId("i1"), G1, at=now)
    assert not is_item_in_force(book, ItemId("i1"), JurisdictionId("900000"), at=now)
    assert not is_item_in_force(book, ItemId("i1"), G1, at=at(2025, 3, 1))
    assert not is_item_in_force(book, ItemId("other"), G1, at=now)
    finding = Finding(incident_kind="堵塞", answers=("no",))
    number = Finding(incident_kind="超员", above=10)
    cases: list[tuple[dict[str, Any], PlanFault | None]] = [
        ({}, None),
        ({"item_id": ItemId("other")}, PlanFault.NOT_ON_LIST),
        ({"finding": msgspec.structs.replace(finding, item_id=ItemId("other"))}, PlanFault.NOT_ON_LIST),
        ({"finding": finding}, None),
        ({"finding": msgspec.structs.replace(finding, answers=("maybe",))}, PlanFault.BAD_QUESTION),
        ({"finding": msgspec.structs.replace(finding, answers=())}, PlanFault.BAD_QUESTION),
        ({"kind": AnswerKind.CHOICE, "choices": ("好", " ")}, PlanFault.BAD_QUESTION),
        ({"kind": AnswerKind.CHOICE, "choices": ("好", "坏")}, None),
        ({"kind": AnswerKind.CHOICE, "choices": ("好", "no"), "finding": finding}, None),
        ({"kind": AnswerKind.NUMBER, "finding": number}, None),
        ({"kind": AnswerKind.NUMBER, "finding": finding}, PlanFault.BAD_QUESTION),
        ({"kind": AnswerKind.TEXT, "finding": finding}, PlanFault.BAD_QUESTION),
    ]
    for more, fault in cases:
        assert question_fault(question(**more), book, at=now) is fault, more
    asked = {QuestionId("q1"): question()}
    assert plan_fault(plan(), asked, book, at=now) is None
    assert plan_fault(plan(), asked, book, at=at(2025, 3, 1)) is PlanFault.NOT_ON_LIST
    assert plan_fault(plan(), {}, book, at=now) is PlanFault.UNKNOWN_QUESTION
    above = plan(jurisdiction_id=JurisdictionId("900000"))
    assert plan_fault(above, asked, book, at=now) is PlanFault.UNKNOWN_QUESTION
    assert plan_fault(plan(selection=Selection(levels=(5,))), asked, book, at=now) is PlanFault.BAD_LEVEL


def test_what_a_sign_in_is_marked_with() -> None:
    there = Place(lat=23.0, lon=113.7)
    near, far = Place(lat=23.0005, lon=113.7), Place(lat=23.01, lon=113.7)
    day, night = Window(from_s=8 * 3600, until_s=18 * 3600), Window(from_s=20 * 3600, until_s=6 * 3600)
    noon, late = at(2026, 3, 2, 12), at(2026, 3, 2, 23)
    _F, _N, _O = VisitMark.FAR, VisitMark.NO_POSITION, VisitMark.OUT_OF_HOURS
    for window, here, begun_at, marks in (
        (None, near, noon, ()),
        (None, far, noon, (_F,)),
        (day, None, late, (_N, _O)),
        (night, near, late, ()),
        (night, near, at(2026, 3, 2, 5), ()),
        (night, near, noon, (_O,)),
    ):
        metres, found = marks_of([plan(window=window)], there, here, begun_at=begun_at, now=begun_at, is_typed=False)
        assert found == marks
        assert (metres is None) is (here is None)
    _, told = marks_of([plan()], there, near, begun_at=noon, now=noon + 1000, is_typed=True)
    assert told == (VisitMark.TYPED, VisitMark.TOLD_LATE)
    assert strict_fault([plan(is_strict=True)], told) is None
    assert strict_fault([plan(is_strict=True), plan()], (_F,)) is _F
    assert strict_fault([plan()], (_F,)) is None


def test_what_was_answered_a_short_while_ago_is_not_asked_again() -> None:
    weekly, always = question(1, valid_days=7), question(2)
    answered = {weekly.id: at(2026, 3, 1), always.id: at(2026, 3, 1)}
    assert still_asked([weekly, always], answered, at=at(2026, 3, 7)) == (always.id,)
    assert still_asked([weekly, always], answered, at=at(2026, 3, 8)) == (weekly.id, always.id)
    assert still_asked([weekly], {}, at=at(2026, 3, 8)) == (weekly.id,)
    assert may_read(weekly, None)
    assert may_read(weekly, FIRE)
    assert not may_read(weekly, POLICE)


def test_answers_fit_their_questions() -> None:
    _Q, photo = QuestionId("q1"), (BlobId("b"),)
    choice = question(kind=AnswerKind.CHOICE, choices=("好", "坏"))
    number, text = question(kind=AnswerKind.NUMBER), question(kind=AnswerKind.TEXT)
    picture, loose = question(kind=AnswerKind.PHOTO), question(kind=AnswerKind.PHOTO, is_needed=False)
    for asked, value, photos, fault in (
        (question(), "yes", (), None),
        (question(), "ja", (), AnswerFault.NOT_A_CHOICE),
        (question(), " ", (), AnswerFault.MISSING),
        (question(is_needed=False), "", (), None),
        (choice, "好", (), None),
        (choice, "中", (), AnswerFault.NOT_A_CHOICE),
        (number, "-3.5", (), None),
        (number, "三", (), AnswerFault.NOT_A_NUMBER),
        (number, "nan", (), AnswerFault.NOT_A_NUMBER),
        (text, "随便", (), None),
        (picture, "", photo, None),
        (picture, "有", (), AnswerFault.MISSING),
        (loose, "", (), None),
    ):
        assert answer_fault(asked, Answer(question_id=_Q, value=value, photos=photos)) is fault, (asked, value)


def test_findings_become_incidents_of_the_visit() -> None:
    blocked = question(1, finding=Finding(incident_kind="堵塞", answers=("no",)))
    many = question(
        2, kind=AnswerKind.NUMBER, unit="人", finding=Finding(incident_kind="超员", above=10, item_id=ItemId("i2"))
    )
    few = question(3, kind=AnswerKind.NUMBER, finding=Finding(incident_kind="缺水", below=2))
    plain = question(4)
    asked = {each.id: each for each in (blocked, many, few, plain)}
    values = {"q1": "no", "q2": "11", "q3": "1.5", "q4": "no"}
    answers = [Answer(question_id=QuestionId(key), value=value) for key, value in values.items()]
    found = incidents_of(visit(), asked, answers, occurred_at=5.0)
    assert [(each.id, each.kind, each.item_id) for each in found] == [
        ("v1.1", "堵塞", "i1"), ("v1.2", "超员", "i2"), ("v1.3", "缺水", "i1"),
    ]  # fmt: skip
    assert [each.text for each in found[:2]] == ["消防通道是否畅通：否", "消防通道是否畅通：11人"]
    assert {(each.visit_id, each.jurisdiction_id, each.occurred_at) for each in found} == {("v1", G1, 5.0)}
    for asked_one, value in ((many, "10"), (few, "2"), (many, "x"), (blocked, "yes"), (plain, "no")):
        assert not is_finding(asked_one, Answer(question_id=asked_one.id, value=value))


def test_a_form_is_whole_or_refused() -> None:
    asked = {QuestionId("q1"): question(1), QuestionId("q2"): question(2, is_needed=False)}
    one = Answer(question_id=QuestionId("q1"), value="yes")
    assert form_fault(visit(), asked, [one]) is None
    assert form_fault(visit(), asked, []) == "q1"
    assert form_fault(visit(), asked, [one, one]) == "q1"
    assert form_fault(visit(), asked, [one, Answer(question_id=QuestionId("q9"))]) == "q9"


# --- the book -------------------------------------------------------------------------------------------------


def test_the_book_keeps_what_is_under_way_and_nothing_more() -> None:
    book = PatrolBook()
    changes = [
        *book.apply(ev.PatrolQuestionSet(question=question()), at=1.0),
        *book.apply(ev.PatrolQuestionSet(question=question(words="新")), at=2.0),
        *book.apply(ev.PatrolPlanSet(plan=plan()), at=3.0),
        *book.apply(ev.PatrolPlanSet(plan=plan(name="新")), at=4.0),
    ]
    assert [change.is_new for change in changes] == [True, False, True, False]
    state = book.plans[PatrolPlanId("p1")]
    assert (state.plan.name, state.since_at) == ("新", 3.0)
    assert [each.words for each in book.questions_of((PatrolPlanId("p1"), PatrolPlanId("gone")))] == ["新"]
    book.apply(ev.PatrolPlanSet(plan=plan(id=PatrolPlanId("p2"), question_ids=(QuestionId("no"),))), at=5.0)
    assert book.questions_of((PatrolPlanId("p2"), PatrolPlanId("p1"))) == [book.questions[QuestionId("q1")]]
    for number in range(KEPT_ROUNDS + 3):
        closed = ev.PatrolRoundClosed(plan_id=PatrolPlanId("p1"), rhythm=Rhythm.DAILY, period=number, places=1, done=1)
        book.apply(closed, at=5.0)
    assert len(state.rounds) == KEPT_ROUNDS
    assert state.closed == {Rhythm.DAILY: KEPT_ROUNDS + 2}
    book.apply(ev.PatrolPlacesPublished(blob_id=BlobId("b"), count=1), at=6.0)
    book.apply(ev.PatrolCodeRenewed(place_id=PatrolPlaceId("place:1"), number=1), at=6.0)
    assert (book.places_blob_id, book.code_numbers) == ("b", {"place:1": 1})
    book.apply(ev.VisitBegun(visit=visit()), at=7.0)
    assert list(book.visits) == ["v1"]
    book.apply(ev.VisitFinished(visit=visit(), record=BlobId("r"), occurred_at=8.0), at=8.0)
    book.apply(ev.VisitBegun(visit=visit()), at=7.0)
    book.apply(ev.VisitFailed(visit=visit(), reason=FailReason.LOCKED, occurred_at=8.0), at=8.0)
    due = Due(plan_id=PatrolPlanId("p1"), rhythm=Rhythm.DAILY, period=1)
    place_id = PatrolPlaceId("place:1")
    changes = [*book.apply(ev.VisitExcused(due=due, place_id=place_id, place_name="店", reason="r"), at=9.0)]
    assert [change.id for change in changes] == [place_id]
    assert not book.visits
    book.apply(ev.PatrolPlanEnded(plan_id=PatrolPlanId("p1")), at=9.0)
    assert list(book.plans) == ["p2"]
    with pytest.raises(KeyError):
        book.apply(ev.PatrolPlanEnded(plan_id=PatrolPlanId("p1")), at=9.0)


def test_a_quarter_is_three_months_from_its_first_day() -> None:
    found = period_at(Rhythm.QUARTERLY, at(2026, 5, 20, 9), CALENDAR)
    assert found is not None
    assert (found.from_at, found.until_at) == (at(2026, 4, 1, 0), at(2026, 7, 1, 0))
