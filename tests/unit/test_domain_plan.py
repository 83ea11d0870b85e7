"""Plans as data: what the file may say, what fits, what a run is, who may do what."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from comms.domain.ids import (
    GATEWAY,
    IncidentId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PlanId,
    PlanRunId,
    TalkgroupId,
    UnitId,
)
from comms.domain.incident import Incident, IncidentState
from comms.domain.officer import OfficerRole
from comms.domain.order import OrderPriority, Place
from comms.domain.plan import CheckStep, Plan, PlanFileError, PlanLevel, read_plans, said, text_of
from comms.domain.plan_book import KEPT_ENDED, PlanBook, due_at
from comms.domain.plan_events import (
    PlanEnded,
    PlanPublished,
    PlanRaised,
    PlanStarted,
    PlanStepTaken,
    PlanWithdrawn,
    StepOutcome,
)
from comms.domain.plan_fit import fits
from comms.domain.plan_rules import PlanFault, end_fault, raise_fault, settle_fault, start_fault
from comms.domain.states import OfficerState
from comms.gateway.plan_file import load_plans
from tests.support.gateway import NORTH, NORTH_GRID, SOUTH

I1 = IncidentId("i1")
R1 = PlanRunId("r1")
RAW: dict[str, Any] = {
    "id": "fire",
    "name": {"zh_CN": "火情预案", "en": "Fire"},
    "kinds": ["火", "火情"],
    "steps": [
        {"do": "talkgroup", "id": "group", "name": "火情 {place}", "who": {"by": "nearest", "count": 3}},
        {
            "do": "order",
            "id": "first",
            "title": "扑救：{place}",
            "text": "{kind}，{text}",
            "who": {"by": "within", "radius_m": 500},
        },
        {"do": "cameras", "id": "cameras", "within_m": 500},
        {"do": "layers", "id": "layers", "layers": ["risks"]},
        {"do": "check", "id": "call", "text": "报 119", "whose": "值班员", "due_min": 2},
        {"do": "check", "id": "help", "text": {"zh_CN": "请求增援", "en": "Ask for help"}, "from_level": "II"},
        {"do": "notify", "id": "office", "departments": ["emergency"], "text": "通知应急", "from_level": "III"},
    ],
}
FIRE = read_plans(json.dumps([RAW]).encode())[0]


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    raw = json.loads(json.dumps(RAW))
    change(raw)
    return json.dumps([raw]).encode()


def incident(kind: str = "火情", *, text: str = "", priority: OrderPriority = OrderPriority.URGENT) -> Incident:
    place = Place(lat=23.0, lon=113.7, text="长盛路 3 号")
    return Incident(id=I1, kind=kind, place=place, jurisdiction_id=NORTH_GRID, text=text, priority=priority)


def test_the_products_own_plans() -> None:
    """Each says all it says in both languages, has levels, and times for its lines."""
    plans = load_plans(None)
    full = {plan.id: plan for plan in plans if len(plan.levels) == 4}
    assert {"flood", "chemical", "rental_fire", "missing_child", "crowd", "gas_leak"} <= {plan.id for plan in plans}
    assert {"flood", "chemical", "rental_fire", "crowd", "gas_leak"} == set(full)
    for plan in plans:
        texts = [plan.name, *(text_of(step) for step in plan.steps), *(step.whose for step in plan.steps)]
        assert all(set(words) == {"zh_CN", "en"} for words in texts if isinstance(words, dict))
        assert all(step.due_min for step in plan.steps if isinstance(step, CheckStep))
        counts = [len(plan.steps_at(level)) for level in PlanLevel]
        assert counts == sorted(counts)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"{}", "no list of plans in JSON"),
        (b"\xff", "no list of plans in JSON"),
        (b"[]", "has 0 plans"),
        (json.dumps([RAW, RAW]).encode(), "Two plans have the id fire"),
        (changed(lambda raw: raw.pop("kinds")), r"Plan 1 \(fire\): .*`kinds`"),
        (changed(lambda raw: raw.update(id="Fire!")), r"Plan 1 \(Fire!\)"),
        (changed(lambda raw: raw.update(name="")), "has no name"),
        (changed(lambda raw: raw.update(kinds=[""])), "length >= 1"),
        (changed(lambda raw: raw["steps"].append(raw["steps"][0])), "two steps have the id group"),
        (changed(lambda raw: raw["steps"][0]["who"].update(count=0)), r"step 1 \(group\): .*>= 1"),
        (changed(lambda raw: raw["steps"][1].update(do="sing")), r"step 2 \(first\): .*sing"),
        (changed(lambda raw: raw["steps"][4].update(text="")), r"step 5 \(call\) says nothing"),
        (changed(lambda raw: raw["steps"][1].update(title="去 {where}")), r"\{where\} is nothing a plan can fill in"),
        (changed(lambda raw: raw["steps"][1].update(text="去 {place")), "has no partner"),
        (changed(lambda raw: raw["steps"][1].update(text="长" * 501)), "501 characters long"),
    ],
)
def test_what_cannot_work_is_said_plainly(data: bytes, sentence: str) -> None:
    with pytest.raises(PlanFileError, match=sentence):
        read_plans(data)


def test_words() -> None:
    assert said(FIRE.name, "en") == "Fire"
    assert said({"zh_CN": "甲"}, "en") == "甲"
    assert said({}, "en") == ""
    assert said("去 {place}", "en", place="桥头") == "去 桥头"
    assert [text_of(step) for step in FIRE.steps][2:5] == ["", "", "报 119"]
    assert FIRE.levels == (PlanLevel.IV, PlanLevel.III, PlanLevel.II)
    assert [len(FIRE.steps_at(level)) for level in PlanLevel] == [5, 6, 7, 7]
    assert FIRE.step("none") is None


def test_what_fits_and_why() -> None:
    flood, grave = (
        Plan(id=PlanId(key), name=key, kinds=kinds, steps=FIRE.steps, priorities=priorities)
        for key, kinds, priorities in (
            ("flood", ("积水",), ()),
            ("grave", ("火情爆炸", "爆炸"), (OrderPriority.CRITICAL,)),
        )
    )
    found = fits((flood, grave, FIRE), incident("厂房火情"))
    assert next((one.plan.id, one.word, one.is_fitting) for one in found) == ("fire", "火情", True)
    assert not any(one.is_fitting for one in found[1:])
    found = fits((flood, grave, FIRE), incident("路面", text="有积水，像有爆炸"))
    assert [(one.plan.id, one.is_in_text, one.is_fitting) for one in found] == [
        ("flood", True, True),
        ("grave", True, False),
        ("fire", False, False),
    ]
    found = fits((FIRE, grave), incident("火情爆炸", priority=OrderPriority.CRITICAL))
    assert [one.plan.id for one in found] == ["grave", "fire"]


def started(book: PlanBook, run_id: PlanRunId = R1, *, at: float = 100.0) -> None:
    book.apply(
        PlanStarted(run_id=run_id, plan_id=FIRE.id, incident_id=I1, level=PlanLevel.IV, jurisdiction_id=NORTH_GRID),
        at=at,
        actor=GATEWAY,
    )


def test_a_run_from_start_to_end() -> None:
    book = PlanBook()
    assert book.apply(PlanPublished(plan=FIRE, version=1), at=1.0, actor=GATEWAY)[0].is_new
    started(book)
    run = book.runs[R1]
    assert (run.version, run.unsettled, book.running(I1)) == (1, 5, [run])
    assert book.running(IncidentId("other")) == []
    for step_id, more in (
        ("first", {"order_id": OrderId("o1"), "unit_ids": (UnitId("u1"),)}),
        ("group", {"talkgroup_id": TalkgroupId("g1"), "unit_ids": (UnitId("u1"), UnitId("u2"))}),
    ):
        taken = PlanStepTaken(run_id=R1, step_id=step_id, outcome=StepOutcome.DONE, **more)  # type: ignore[arg-type]
        book.apply(taken, at=101.0, actor=GATEWAY)
    assert (run.talkgroup_ids, run.ordered_ids) == ((TalkgroupId("g1"),), frozenset({UnitId("u1")}))
    parts = dict((step.id, (step, state)) for step, state in run.parts())
    assert list(parts) == ["group", "first", "cameras", "layers", "call"]
    assert due_at(*parts["call"]) == 220.0
    assert due_at(*parts["cameras"]) is None
    book.apply(PlanRaised(run_id=R1, level=PlanLevel.II), at=160.0, actor=GATEWAY)
    assert (run.steps["help"].since, run.steps["call"].since, run.level) == (160.0, 100.0, PlanLevel.II)
    skipped = PlanStepTaken(run_id=R1, step_id="call", outcome=StepOutcome.SKIPPED, words="误报")
    book.apply(skipped, at=170.0, actor=GATEWAY)
    assert due_at(FIRE.steps[4], run.steps["call"]) is None
    again = PlanPublished(plan=FIRE, version=2)
    assert not book.apply(again, at=2.0, actor=GATEWAY)[0].is_new
    book.apply(PlanWithdrawn(plan_id=FIRE.id), at=3.0, actor=GATEWAY)
    assert (book.plans, book.versions) == ({}, {FIRE.id: 2})
    book.apply(PlanEnded(run_id=R1, note="扑灭"), at=200.0, actor=GATEWAY)
    assert (run.is_running, run.note, book.running()) == (False, "扑灭", [])


def test_ended_runs_are_forgotten_in_time() -> None:
    book = PlanBook()
    book.apply(PlanPublished(plan=FIRE, version=1), at=1.0, actor=GATEWAY)
    for number in range(KEPT_ENDED + 2):
        run_id = PlanRunId(f"r{number}")
        started(book, run_id)
        book.apply(PlanEnded(run_id=run_id), at=2.0, actor=GATEWAY)
    assert len(book.runs) == KEPT_ENDED
    assert "r0" not in book.runs


def officer(*roles: OfficerRole, where: JurisdictionId = NORTH) -> OfficerState:
    return OfficerState(id=OfficerId("a"), name="甲", jurisdiction_id=where, roles=roles)


def test_who_may() -> None:
    book = PlanBook()
    book.apply(PlanPublished(plan=FIRE, version=1), at=1.0, actor=GATEWAY)
    state = IncidentState(incident=incident(), reported_by=GATEWAY, reported_at=0.0)
    closed = IncidentState(incident=incident(), reported_by=GATEWAY, reported_at=0.0, closed_at=1.0)
    leader, handler, stranger = officer(OfficerRole.DISPATCHER), officer(OfficerRole.HANDLER), officer(where=SOUTH)
    assert start_fault(book, state, FIRE.id, leader) is None
    assert start_fault(book, state, FIRE.id, officer()) is None
    assert start_fault(book, state, FIRE.id, handler) is PlanFault.NOT_ALLOWED
    assert start_fault(book, state, FIRE.id, stranger) is PlanFault.OUT_OF_JURISDICTION
    assert start_fault(book, closed, FIRE.id, leader) is PlanFault.INCIDENT_CLOSED
    assert start_fault(book, None, FIRE.id, leader) is PlanFault.NOT_FOUND
    assert start_fault(book, state, PlanId("no"), leader) is PlanFault.NOT_FOUND
    started(book)
    run = book.runs[R1]
    assert start_fault(book, state, FIRE.id, leader) is PlanFault.PLAN_RUNNING
    assert raise_fault(run, PlanLevel.III, leader) is None
    assert raise_fault(run, PlanLevel.IV, leader) is PlanFault.ALREADY_DONE
    assert raise_fault(run, PlanLevel.III, handler) is PlanFault.NOT_ALLOWED
    assert raise_fault(None, PlanLevel.III, leader) is PlanFault.NOT_FOUND
    assert settle_fault(run, "call", StepOutcome.DONE, "", handler) is None
    assert settle_fault(run, "call", StepOutcome.SKIPPED, " ", handler) is PlanFault.REASON_MISSING
    assert settle_fault(run, "help", StepOutcome.DONE, "", handler) is PlanFault.NOT_FOUND
    assert settle_fault(run, "call", StepOutcome.DONE, "", stranger) is PlanFault.OUT_OF_JURISDICTION
    run.steps["call"].outcome = StepOutcome.DONE
    assert settle_fault(run, "call", StepOutcome.DONE, "", handler) is PlanFault.ALREADY_DONE
    assert end_fault(run, "", leader) is PlanFault.REASON_MISSING
    assert end_fault(run, "扑灭", leader) is None
    assert end_fault(run, "扑灭", handler) is PlanFault.NOT_ALLOWED
    run.ended_at = 1.0
    assert end_fault(run, "扑灭", leader) is PlanFault.WRONG_STATE
