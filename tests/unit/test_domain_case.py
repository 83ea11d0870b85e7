"""Cases: their fold, and who may take which step."""

from typing import Any

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.case import WAYS, CaseMoved, CaseStage, CaseStep, stage_after
from comms.domain.case_notice import due_steps, handlers, next_due_at, told
from comms.domain.case_rules import CaseFault, field_fault, step_fault, steps_allowed
from comms.domain.ids import GATEWAY, IncidentId, OfficerId, OrderId, PartyId, officer_party
from comms.domain.incident import IncidentOutcome
from comms.domain.incident_book import KEPT_CLOSED
from comms.domain.officer import Department, DepartmentDefined, OfficerRole
from comms.domain.states import Change
from tests.support.cases import CLOCK, INCIDENT, ROADS, TOWN, WATER, Town

P, S = CaseStep, CaseStage
HANDLER, SUPERVISOR = officer_party(OfficerId("handler")), officer_party(OfficerId("supervisor"))


def test_every_incident_has_a_case_and_an_untouched_one_costs_nothing() -> None:
    town = Town()
    assert (town.case.stage, town.case.stage_since, town.case.is_registered) == (S.REPORTED, 100.0, False)
    assert town.picture.cases.states == {}
    town.fold(ev.IncidentClosed(incident_id=INCIDENT, outcome=IncidentOutcome.DUPLICATE))
    assert town.case.stage is S.VOID, "closed on the spot"


def test_from_report_to_close_every_step_stays_in_the_flow() -> None:
    town = Town()
    town.at_stage(S.CLOSED)
    case = town.case
    assert [(line.actor, line.move.step) for line in case.flow] == [
        ("officer:acceptor", P.REGISTER),
        ("officer:dispatcher", P.DISPATCH),
        ("officer:handler", P.RECEIVE),
        ("officer:handler", P.HAND_BACK),
        ("officer:checker", P.CLOSE),
    ]
    assert (case.registered_by, case.registered_at, case.department_id) == ("officer:acceptor", 100.0, ROADS)
    assert (case.is_open, case.clock) == (False, CLOCK)


def test_a_move_is_told_and_one_of_an_unknown_incident_is_not_folded() -> None:
    town = Town()
    register = CaseMoved(incident_id=INCIDENT, step=P.REGISTER, stage=S.REGISTERED)
    assert town.fold(register) == (Change("case", INCIDENT, True),)
    assert town.fold(register) == (Change("case", INCIDENT),)
    with pytest.raises(KeyError):
        town.fold(CaseMoved(incident_id=IncidentId("no"), step=P.REGISTER, stage=S.REGISTERED))


def test_a_returned_case_has_no_department_and_registers_again() -> None:
    town = Town()
    town.at_stage(S.HANDLING)
    assert town.move("handler", P.RETURN, opinion="不属本部门").department_id is None
    assert town.move("dispatcher", P.RETURN, opinion="要件不全").stage is S.REPORTED
    town.at += 50
    case = town.move("anybody", P.REGISTER, item_id="cover")
    assert (case.registered_by, case.registered_at, case.item_id) == ("officer:anybody", 100.0, "cover")


def test_a_request_is_there_until_it_is_decided_or_the_stage_changes() -> None:
    town = Town()
    town.at_stage(S.HANDLING)
    asked = town.move("handler", P.ASK_EXTENSION, opinion="缺材料", until_at=9000.0).request
    assert asked is not None
    assert (asked.step, asked.asked_by, asked.until_at, asked.reason) == (P.ASK_EXTENSION, HANDLER, 9000.0, "缺材料")
    assert town.move("supervisor", P.DECLINE, opinion="不符合条件").request is None
    assert town.move("handler", P.ASK_SUSPENSION, opinion="待开挖许可").request is None, "without an end it is none"
    town.move("handler", P.ASK_SUSPENSION, opinion="待开挖许可", until_at=9000.0)
    case = town.move("supervisor", P.SUSPEND, until_at=9000.0)
    assert (case.stage, case.resumes_to, case.resumes_at, case.request) == (S.SUSPENDED, S.HANDLING, 9000.0, None)
    case = town.move(GATEWAY, P.RESUME)
    assert (case.stage, case.resumes_to, case.resumes_at) == (S.HANDLING, None, None)


def test_what_the_gateway_has_told_counts_for_one_deadline() -> None:
    town = Town()
    town.at_stage(S.DISPATCHED)
    town.move("dispatcher", P.REMIND)
    assert town.case.noticed == ()
    assert town.move(GATEWAY, P.WARN, to=(HANDLER,)).noticed == (P.WARN,)
    assert town.move("supervisor", P.EXTEND, clock=CLOCK).noticed == (P.WARN,)
    later = msgspec.structs.replace(CLOCK, due_at=9000.0)
    assert town.move("supervisor", P.EXTEND, clock=later).noticed == ()


def test_a_collector_is_asked_and_answers() -> None:
    town = Town()
    case = town.move("acceptor", P.VERIFY, to=(PartyId("unit:u2"),), order_id=OrderId("o1"))
    assert case.check is not None
    assert (case.check.unit, case.check.asked_by, case.check.order_id) == ("unit:u2", "officer:acceptor", "o1")
    assert step_fault(case, town.who("acceptor"), P.VERIFY, now=town.at) is CaseFault.ALREADY_ASKED
    assert town.move(GATEWAY, P.VERIFIED, order_id=OrderId("o1")).check is None
    assert town.move("acceptor", P.VERIFY, to=(PartyId("unit:u2"),)).check is None, "no order, nobody asked"


def test_of_closed_cases_as_many_are_kept_as_of_incidents() -> None:
    town = Town()
    town.at_stage(S.HANDLED)
    town.move("checker", P.CLOSE)
    town.fold(ev.IncidentClosed(incident_id=INCIDENT, outcome=IncidentOutcome.HANDLED))
    for number in range(KEPT_CLOSED):
        assert INCIDENT in town.picture.cases.states
        town.report(IncidentId(f"x{number}"))
        town.fold(ev.IncidentClosed(incident_id=IncidentId(f"x{number}"), outcome=IncidentOutcome.HANDLED))
    assert INCIDENT not in town.picture.cases.states
    assert INCIDENT not in town.picture.incidents.states


# --- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "allowed"),
    [
        (S.REPORTED, {"acceptor": {P.VERIFY, P.REGISTER, P.VOID}}),
        (S.REGISTERED, {"acceptor": {P.VOID}, "dispatcher": {P.DISPATCH, P.RETURN}, "supervisor": {P.FORCE_CLOSE}}),
        (
            S.DISPATCHED,
            {
                "dispatcher": {P.RECALL, P.REMIND},
                "handler": {P.RECEIVE, P.RETURN, P.ASK_EXTENSION, P.ASK_SUSPENSION},
                "supervisor": {P.FORCE_CLOSE, P.ESCALATE},
            },
        ),
        (
            S.HANDLING,
            {
                "dispatcher": {P.REMIND},
                "handler": {P.HAND_BACK, P.RETURN, P.ASK_EXTENSION, P.ASK_SUSPENSION},
                "supervisor": {P.FORCE_CLOSE, P.ESCALATE},
            },
        ),
        (S.HANDLED, {"checker": {P.VERIFY, P.CLOSE, P.REWORK}, "supervisor": {P.FORCE_CLOSE}}),
        (S.CLOSED, {"handler": {P.APPEAL}, "checker": {P.RATE}}),
    ],
)
def test_what_each_role_may_do_at_each_stage(stage: CaseStage, allowed: dict[str, set[CaseStep]]) -> None:
    town = Town()
    case = town.at_stage(stage)
    found = {key: set(steps_allowed(case, town.who(key), now=town.at)) for key in town.picture.officers}
    del found[OfficerId("anybody")]
    assert {key: steps for key, steps in found.items() if steps} == allowed


def test_a_suspended_case_goes_on_and_other_jurisdictions_keep_away() -> None:
    town = Town()
    town.at_stage(S.HANDLING)
    case = town.move("supervisor", P.SUSPEND, until_at=9000.0)
    assert steps_allowed(case, town.who("dispatcher"), now=town.at) == (P.RESUME,)
    assert steps_allowed(case, town.who("supervisor"), now=town.at) == (P.FORCE_CLOSE,)
    stranger = msgspec.structs.replace(town.who("dispatcher"), jurisdiction_id="900000/s02")
    assert step_fault(case, stranger, P.RESUME, now=town.at) is CaseFault.OUT_OF_JURISDICTION


def test_a_department_answers_for_its_own_cases() -> None:
    town = Town()
    case = town.at_stage(S.DISPATCHED)
    assert step_fault(case, town.who("plumber"), P.RECEIVE, now=town.at) is CaseFault.OTHER_DEPARTMENT
    assert step_fault(case, town.who("anybody"), P.RECEIVE, now=town.at) is None
    town.officer("homeless", OfficerRole.HANDLER)
    assert step_fault(case, town.who("homeless"), P.RECEIVE, now=town.at) is CaseFault.OTHER_DEPARTMENT
    town.officer("both", department=WATER)
    assert step_fault(case, town.who("both"), P.RECEIVE, now=town.at) is CaseFault.OTHER_DEPARTMENT


@pytest.mark.parametrize("finder", ["handler", "anybody"])
def test_who_found_it_neither_handles_nor_checks(finder: str) -> None:
    town = Town()
    case = town.at_stage(S.DISPATCHED)
    case.found_by = officer_party(OfficerId(finder))
    assert step_fault(case, town.who(finder), P.RECEIVE, now=town.at) is CaseFault.SAME_PERSON
    town.at_stage(S.HANDLED)
    for step in (P.CLOSE, P.FORCE_CLOSE, P.REWORK):
        assert step_fault(case, town.who(finder), step, now=town.at) in (CaseFault.SAME_PERSON, CaseFault.WRONG_ROLE)
    case.found_by = PartyId("unit:u1")
    town.move("anybody", P.REWORK, opinion="未恢复原状")
    assert step_fault(case, town.who("anybody"), P.HAND_BACK, now=town.at) is CaseFault.SAME_PERSON, "he has checked it"
    town.move("handler", P.HAND_BACK)
    assert step_fault(case, town.who("anybody"), P.CLOSE, now=town.at) is None


def test_who_asks_does_not_decide() -> None:
    town = Town()
    town.at_stage(S.HANDLING)
    case = town.move("anybody", P.ASK_EXTENSION, opinion="缺材料", until_at=9000.0)
    who = town.who("anybody")
    assert step_fault(case, who, P.EXTEND, now=town.at) is CaseFault.SAME_PERSON
    assert step_fault(case, town.who("handler"), P.ASK_EXTENSION, now=town.at) is CaseFault.ALREADY_ASKED
    assert step_fault(case, town.who("supervisor"), P.SUSPEND, now=town.at) is CaseFault.NOTHING_ASKED
    assert step_fault(case, town.who("supervisor"), P.EXTEND, now=town.at) is None


def test_more_time_is_asked_for_before_the_time_is_up() -> None:
    town = Town()
    case = town.at_stage(S.DISPATCHED)
    handler = town.who("handler")
    assert step_fault(case, handler, P.ASK_EXTENSION, now=CLOCK.due_at) is None
    for step in (P.ASK_EXTENSION, P.ASK_SUSPENSION):
        assert step_fault(case, handler, step, now=CLOCK.due_at + 1) is CaseFault.DEADLINE_PASSED
    case.clock = None
    assert step_fault(case, handler, P.ASK_EXTENSION, now=town.at) is CaseFault.WRONG_STAGE, "there is no deadline"
    assert step_fault(case, handler, P.ASK_SUSPENSION, now=town.at) is None


def test_an_appeal_is_heard_once_in_two_steps_by_others() -> None:
    town = Town()
    case = town.at_stage(S.CLOSED)
    town.officer("second", OfficerRole.CHECKER)
    second, supervisor = town.who("second"), town.who("supervisor")
    assert step_fault(case, second, P.PASS_APPEAL, now=town.at) is CaseFault.NOTHING_ASKED
    town.move("handler", P.APPEAL, opinion="时限计算有误")
    assert step_fault(case, town.who("handler"), P.APPEAL, now=town.at) is CaseFault.ALREADY_APPEALED
    assert step_fault(case, town.who("checker"), P.PASS_APPEAL, now=town.at) is CaseFault.SAME_PERSON, "he closed it"
    assert step_fault(case, second, P.DENY_APPEAL, now=town.at) is None
    assert step_fault(case, supervisor, P.DENY_APPEAL, now=town.at) is CaseFault.WRONG_ROLE, "not yet his"
    assert step_fault(case, supervisor, P.GRANT_APPEAL, now=town.at) is CaseFault.NOTHING_ASKED
    town.move("second", P.PASS_APPEAL)
    assert step_fault(case, second, P.PASS_APPEAL, now=town.at) is CaseFault.SAME_PERSON
    town.officer("third", OfficerRole.CHECKER)
    assert step_fault(case, town.who("third"), P.PASS_APPEAL, now=town.at) is CaseFault.ALREADY_ASKED
    assert step_fault(case, supervisor, P.DENY_APPEAL, now=town.at) is None
    appeal = town.move("supervisor", P.GRANT_APPEAL).appeal
    assert appeal is not None
    assert (appeal.asked_by, appeal.reason, appeal.passed_by, appeal.is_granted) == (
        HANDLER, "时限计算有误", "officer:second", True,
    )  # fmt: skip
    assert step_fault(case, supervisor, P.DENY_APPEAL, now=town.at) is CaseFault.NOTHING_ASKED


def test_an_appeal_is_the_department_s_and_nothing_follows_from_nothing() -> None:
    town = Town()
    case = town.at_stage(S.CLOSED)
    town.move("second", P.PASS_APPEAL)
    assert case.appeal is None
    case.department_id = None
    assert step_fault(case, town.who("anybody"), P.APPEAL, now=town.at) is CaseFault.WRONG_STAGE


def test_the_gateways_own_steps_are_nobody_elses() -> None:
    town = Town()
    case = town.at_stage(S.HANDLING)
    assert step_fault(case, town.who("anybody"), P.WARN, now=town.at) is CaseFault.WRONG_ROLE
    assert stage_after(case, P.RESUME) is None


@pytest.mark.parametrize(
    ("step", "fields", "expected"),
    [
        (P.RETURN, {"opinion": "  "}, CaseFault.REASON_MISSING),
        (P.RETURN, {"opinion": "不属本部门"}, None),
        (P.DISPATCH, {}, CaseFault.DEPARTMENT_MISSING),
        (P.DISPATCH, {"department_id": ROADS}, None),
        (P.ASK_EXTENSION, {"opinion": "x"}, CaseFault.BAD_UNTIL),
        (P.ASK_EXTENSION, {"opinion": "x", "until_at": CLOCK.due_at}, CaseFault.BAD_UNTIL),
        (P.ASK_EXTENSION, {"opinion": "x", "until_at": CLOCK.due_at + 1}, None),
        (P.ASK_SUSPENSION, {"opinion": "x", "until_at": 100.0}, CaseFault.BAD_UNTIL),
        (P.ASK_SUSPENSION, {"opinion": "x", "until_at": float("nan")}, CaseFault.BAD_UNTIL),
        (P.ASK_SUSPENSION, {"opinion": "x", "until_at": 9e9}, CaseFault.BAD_UNTIL),
        (P.ASK_SUSPENSION, {"opinion": "x", "until_at": 101.0}, None),
        (CaseStep.RATE, {}, CaseFault.RATING_MISSING),
        (CaseStep.RATE, {"is_satisfied": False}, None),
    ],
)
def test_what_a_step_has_to_say(step: CaseStep, fields: dict[str, Any], expected: CaseFault | None) -> None:
    town = Town()
    case = town.at_stage(S.HANDLING)
    move = CaseMoved(incident_id=INCIDENT, step=step, stage=case.stage, **fields)
    assert field_fault(case, move, now=100.0) is expected


def test_who_is_told() -> None:
    town = Town()
    assert handlers(town.picture, town.case) == (), "it is with nobody yet"
    case = town.at_stage(S.DISPATCHED)
    assert told(town.picture, case, P.REMIND) == (HANDLER,)
    assert told(town.picture, case, P.ESCALATE) == (HANDLER, SUPERVISOR)


def test_what_falls_due_by_the_clock() -> None:
    town = Town()
    case = town.at_stage(S.DISPATCHED)
    planned = []
    while (at := next_due_at(case, now=town.at)) is not None:
        town.at = at
        (step,) = due_steps(case, now=at)
        assert due_steps(case, now=at - 1) == ()
        planned.append((step, at))
        town.move(GATEWAY, step)
    assert planned == [(P.WARN, CLOCK.warn_at), (P.REMIND, CLOCK.due_at), (P.ESCALATE, CLOCK.escalate_at)]
    late = Town().at_stage(S.DISPATCHED)
    assert due_steps(late, now=CLOCK.escalate_at) == (P.REMIND, P.ESCALATE), "the warning comes too late"
    assert next_due_at(Town().at_stage(S.HANDLED), now=0.0) is None


def test_a_suspension_ends_by_itself() -> None:
    town = Town()
    town.at_stage(S.HANDLING)
    case = town.move("supervisor", P.SUSPEND, until_at=9000.0)
    assert (next_due_at(case, now=0.0), due_steps(case, now=8999.0)) == (9000.0, ())
    assert due_steps(case, now=9000.0) == (P.RESUME,)
    case.resumes_at = None
    assert next_due_at(case, now=0.0) is None


def test_every_step_has_a_way() -> None:
    assert set(WAYS) == set(CaseStep)


def test_a_department_is_renamed() -> None:
    town = Town()
    renamed = DepartmentDefined(department=Department(id=ROADS, name="市政维护", jurisdiction_id=TOWN))
    assert town.fold(renamed) == (Change("department", ROADS),)
    assert town.picture.departments[ROADS].name == "市政维护"
