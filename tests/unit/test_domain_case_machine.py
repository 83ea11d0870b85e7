"""Any sequence of steps: no illegal transition, every one recorded, and gateway, table and books agree."""

from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comms.domain import events as ev
from comms.domain.case import WAYS, CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.case_notice import due_steps, next_due_at
from comms.domain.case_rules import step_fault, steps_allowed
from comms.domain.ids import GATEWAY, CommandId, OfficerId, OrderId, PartyId, officer_party
from comms.domain.officer import CASE_ROLES, OfficerRole
from comms.domain.picture import Picture
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.gateway.calendars import load_calendar
from comms.gateway.case_steps import FAULT_CODES, decide, own_move, with_its_end
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode
from tests.support.cases import INCIDENT, ROADS, WATER, WORKER, Town

CALENDAR = load_calendar(None)
WORK = ClockWork(CALENDAR)
LEGAL = """
reported verify reported, reported verified reported, reported register registered, reported void void,
registered void void, registered dispatch dispatched, registered return reported, registered force_close force_closed,
dispatched recall registered, dispatched void void, dispatched receive handling, dispatched return registered,
dispatched force_close force_closed, dispatched ask_extension dispatched, dispatched extend dispatched,
dispatched ask_suspension dispatched, dispatched suspend suspended, dispatched decline dispatched,
dispatched warn dispatched, dispatched remind dispatched, dispatched escalate dispatched,
handling hand_back handled, handling return registered, handling force_close force_closed,
handling ask_extension handling, handling extend handling, handling ask_suspension handling,
handling suspend suspended, handling decline handling, handling warn handling, handling remind handling,
handling escalate handling,
handled verify handled, handled verified handled, handled rework handling, handled close closed,
handled force_close force_closed,
suspended resume dispatched, suspended resume handling, suspended force_close force_closed,
closed appeal closed, closed pass_appeal closed, closed grant_appeal closed, closed deny_appeal closed,
force_closed appeal force_closed, force_closed pass_appeal force_closed, force_closed grant_appeal force_closed,
force_closed deny_appeal force_closed,
closed rate closed, force_closed rate force_closed
"""
"""Written down from the procedure, not from the table: stage, step, stage after."""
LEGAL_MOVES = {tuple(move.split()) for move in LEGAL.replace("\n", " ").split(",")}
STRAIGHT = (
    ("acceptor0", CaseStep.REGISTER),
    ("dispatcher0", CaseStep.DISPATCH),
    ("anybody0", CaseStep.RECEIVE),
    ("anybody0", CaseStep.HAND_BACK),
    ("checker1", CaseStep.CLOSE),
)
HANDLES, CHECKS = {"receive", "hand_back"}, {"rework", "close", "force_close"}
FINAL = {"closed", "void", "force_closed"}
WITH_DEPARTMENT = {"dispatched", "handling"}


class Procedure(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.town.at = 1_780_000_000.0
        for number in range(2):
            for role in sorted(CASE_ROLES):
                department = ROADS if role is OfficerRole.HANDLER else None
                self.town.officer(f"{role.value}{number}", role, department=department)
            self.town.officer(f"anybody{number}")
        self.journal: list[ev.Recorded] = []
        self.stages = ["reported"]

    @initialize(
        finder=st.sampled_from([WORKER, WORKER, "officer:anybody", "officer:handler0", "officer:checker0"]),
        length=st.integers(0, len(STRAIGHT)),
    )
    def report(self, finder: str, length: int) -> None:
        """Some way along the shortest way, so that what comes late is tried as often as what comes first."""
        self.town.picture.incidents.states[INCIDENT].reported_by = PartyId(finder)
        for key, step in STRAIGHT[:length]:
            self._take(key, step, True)

    # --- what happens -----------------------------------------------------------------------------------

    @rule(data=st.data(), step=st.sampled_from(CaseStep), is_complete=st.booleans())
    def somebody_tries(self, data: st.DataObject, step: CaseStep, is_complete: bool) -> None:
        """Any officer, any step: what may not be is refused, and why is what the panel would say."""
        key = data.draw(st.sampled_from(sorted(self.town.picture.officers)))
        self._take(key, step, is_complete)

    @rule(data=st.data())
    def somebody_does_what_he_may(self, data: st.DataObject) -> None:
        may: dict[CaseStep, list[str]] = {}
        case, now = self.town.case, self.town.at
        from_here = [step for step, ways in WAYS.items() if case.stage in ways]
        for key, officer in sorted(self.town.picture.officers.items()):
            for step in from_here:
                if step_fault(case, officer, step, now=now) is None:
                    may.setdefault(step, []).append(key)
        if may:
            step = data.draw(st.sampled_from(list(may)))
            self._take(data.draw(st.sampled_from(may[step])), step, True)

    @rule(seconds=st.sampled_from([60, 3600, 40_000, 200_000]))
    def time_passes(self, seconds: int) -> None:
        self.town.at += seconds
        case = self.town.case
        for _ in range(2):  # one suspended on its deadline goes on with no time left: what follows is due at once
            for step in due_steps(case, now=self.town.at):
                self._record([own_move(case, step, self.town.picture, work=WORK, now=self.town.at)], GATEWAY)
        at = next_due_at(case, now=self.town.at)
        assert at is None or at > self.town.at

    @precondition(lambda self: self.town.case.check is not None)
    @rule()
    def the_collector_answers(self) -> None:
        case = self.town.case
        answer = CaseMoved(incident_id=INCIDENT, step=CaseStep.VERIFIED, stage=case.stage, order_id=OrderId("o"))
        self._record([answer], GATEWAY)

    @rule()
    def a_desk_joins_by_a_snapshot(self) -> None:
        joined = msgspec.json.decode(msgspec.json.encode(self.town.picture), type=Picture)
        assert joined == self.town.picture
        self.town.picture = joined

    def _take(self, key: str, step: CaseStep, is_complete: bool) -> None:
        case, officer = self.town.case, self.town.who(key)
        fault = step_fault(case, officer, step, now=self.town.at)
        assert (step in steps_allowed(case, officer, now=self.town.at)) is (fault is None)
        fields = self._fields(step) if is_complete else {}
        command = CaseMove(id=CommandId("c"), incident_id=INCIDENT, step=step, **fields)
        decided = decide(command, case, self.town.picture, officer=officer, work=WORK, now=self.town.at)
        if fault is not None:
            assert decided is FAULT_CODES[fault]
        elif isinstance(decided, RefusalCode):
            assert not is_complete, (step, decided)
        else:
            if step is CaseStep.VERIFY:
                decided = msgspec.structs.replace(decided, to=(WORKER,), order_id=OrderId("o"))
            self._record(with_its_end(decided, None), officer_party(OfficerId(key)))

    def _fields(self, step: CaseStep) -> dict[str, Any]:
        clock, now = self.town.case.clock, self.town.at
        asks_for_more = step is CaseStep.ASK_EXTENSION and clock is not None
        return {
            "opinion": "因由",
            "is_satisfied": int(now) % 2 == 0,
            "department_id": ROADS if int(now) % 3 else WATER,
            "limit": TimeLimit(amount=1 + int(now) % 5, unit=list(TimeUnit)[int(now) % 5]),
            "until_at": (clock.due_at if asks_for_more and clock is not None else now) + 3600,
        }

    def _record(self, events: list[ev.Event], actor: PartyId) -> None:
        for event in events:
            recorded = ev.Recorded(seq=self.town.picture.seq + 1, at=self.town.at, actor=actor, event=event)
            self.town.picture.apply(recorded)
            self.journal.append(recorded)
            if isinstance(event, CaseMoved):
                assert (self.stages[-1], event.step.value, event.stage.value) in LEGAL_MOVES
                self.stages.append(event.stage.value)

    # --- what always holds --------------------------------------------------------------------------------

    @invariant()
    def every_step_is_in_the_flow(self) -> None:
        told = [
            (one.at, one.actor, msgspec.structs.replace(one.event, clock=None))
            for one in self.journal
            if isinstance(one.event, CaseMoved)
        ]
        assert [(line.at, line.actor, line.move) for line in self.town.case.flow] == told
        assert self.town.case.stage == self.stages[-1]

    @invariant()
    def the_case_and_its_incident_end_together(self) -> None:
        incident = self.town.picture.incidents.states[INCIDENT]
        assert incident.is_open is (self.stages[-1] not in FINAL)

    @invariant()
    def finder_handler_and_checker_are_three(self) -> None:
        def who(steps: set[str]) -> set[PartyId]:
            return {
                one.actor for one in self.journal if isinstance(one.event, CaseMoved) and one.event.step.value in steps
            }

        finder = {self.town.picture.incidents.states[INCIDENT].reported_by}
        assert not who(HANDLES) & who(CHECKS)
        assert not finder & (who(HANDLES) | who(CHECKS))

    @invariant()
    def the_clock_runs_while_a_department_has_it(self) -> None:
        clock = self.town.case.clock
        assert clock is None or (clock.running_since is not None) is (self.stages[-1] in WITH_DEPARTMENT)
        if clock is not None and clock.running_since is not None and not clock.is_late:
            if clock.counted_s >= clock.allowed_s:  # granted when even the extended time had passed
                assert clock.due_at <= clock.running_since
                return
            left = CALENDAR.elapsed_s(clock.running_since, clock.due_at, clock.limit.unit)
            assert abs(clock.counted_s + left - clock.allowed_s) < 1e-3

    def teardown(self) -> None:
        assert sum(isinstance(one.event, CaseMoved) and one.event.step is CaseStep.APPEAL for one in self.journal) <= 1


Procedure.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestProcedure = Procedure.TestCase


def test_the_table_is_the_procedure_and_nothing_more() -> None:
    found = {
        (stage.value, step.value, target.value)
        for step, ways in WAYS.items()
        for stage, way in ways.items()
        for target in ((way.target,) if way.target is not None else (CaseStage.DISPATCHED, CaseStage.HANDLING))
    }
    assert found == LEGAL_MOVES
