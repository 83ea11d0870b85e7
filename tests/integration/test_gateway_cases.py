"""Cases over real sockets: every step by whose it is, refused to everybody else, also when the frame is crafted."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from comms.domain.case import CaseMoved, CaseStage, CaseState, CaseStep
from comms.domain.case_clock import CaseClock
from comms.domain.events import CommandRefused, IncidentClosed, OrderIssued
from comms.domain.ids import GATEWAY, DepartmentId, ItemId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.item import Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemEntered
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.position import Fix
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.domain.work_calendar import CalendarYear, WorkCalendar
from comms.gateway.cases import CALENDAR_FAULT
from comms.gateway.settings import Settings
from comms.protocol.commands import OrderAdvance, OrderIssue, PositionReport
from comms.protocol.errors import RefusalCode as R
from comms.protocol.hub_commands import IncidentMerge, IncidentUnmerge, MergePart
from comms.protocol.incident_commands import IncidentClose
from comms.protocol.pushes import Done, PositionTaken, Refused
from tests.support.case_hall import ROADS, SOUTH_ROADS, hall
from tests.support.gateway import NORTH, NORTH_DUTY, U1, U2, running_gateway
from tests.support.terminal import new_id, terminal

TWO_HOURS = TimeLimit(amount=2, unit=TimeUnit.EMERGENCY_HOUR)
P = CaseStep


def is_running(case: CaseState) -> bool:
    return case.clock is not None and case.clock.running_since is not None


async def test_a_case_from_report_to_close_and_nobody_takes_anothers_step(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        watcher = await it.desk("supervisor")
        await watcher.subscribe()
        assert await it.refusal("handler", P.REGISTER) is R.NOT_ALLOWED
        assert (await watcher.event(CommandRefused)).command_kind == "case.move"
        assert await it.refusal("south", P.REGISTER) is R.OUT_OF_JURISDICTION
        assert (await it.move("acceptor", P.REGISTER)).stage is CaseStage.REGISTERED
        close = IncidentClose(id=new_id(), incident_id=it.incident_id, outcome=IncidentOutcome.HANDLED)
        acceptor = await it.desk("acceptor")
        assert (await acceptor.ask_for(close, Refused)).code is R.CASE_REGISTERED
        for wanted, fields in (
            (R.DEPARTMENT_MISSING, {}),
            (R.NOT_FOUND, {"department_id": DepartmentId("none")}),
            (R.OUT_OF_JURISDICTION, {"department_id": SOUTH_ROADS}),
            (R.BAD_DEADLINE, {"department_id": ROADS, "limit": TimeLimit(amount=0, unit=TimeUnit.WORK_DAY)}),
            (R.NOT_FOUND, {"department_id": ROADS, "photos": ("0" * 64,)}),
        ):
            assert await it.refusal("dispatcher", P.DISPATCH, **fields) is wanted
        case = await it.move("dispatcher", P.DISPATCH, department_id=ROADS, limit=TWO_HOURS)
        assert case.clock is not None
        assert case.clock.due_at == pytest.approx(it.gateway.clock.now() + 7200, abs=60)
        assert case.flow[-1].move.to == ("officer:handler",)
        await it.move("handler", P.RECEIVE)
        back = it.command(P.HAND_BACK, opinion="已更换")
        for _ in range(2):  # sent again, it has no second effect
            assert (await (await it.desk("handler")).ask_for(back, Done)).subject == it.incident_id
        assert is_running(it.case) is False
        assert await it.refusal("handler", P.CLOSE) is R.NOT_ALLOWED
        assert await it.refusal("checker", P.REWORK) is R.REASON_MISSING
        await it.move("checker", P.REWORK, opinion="井盖松动")
        assert is_running(it.case) is True
        await it.move("handler", P.HAND_BACK)
        await it.move("checker", P.CLOSE, opinion="合格")
        assert (await watcher.event(IncidentClosed)).note == "合格"
        assert [line.move.step for line in it.case.flow] == [
            P.REGISTER, P.DISPATCH, P.RECEIVE, P.HAND_BACK, P.REWORK, P.HAND_BACK, P.CLOSE,
        ]  # fmt: skip
        assert await it.refusal("checker", P.CLOSE) is R.WRONG_STATE


async def test_a_crafted_frame_gets_no_further(tmp_path: Path) -> None:
    async with hall(tmp_path) as it, terminal(it.site, U2) as worker:
        acceptor = await it.desk("acceptor")
        frame = {"kind": "case.move", "id": "craft", "incident_id": it.incident_id, "step": "register"}
        for changed, code in (
            ({"step": "warn"}, R.WRONG_STATE),  # only the gateway warns, and not at this stage
            ({"step": "nonsense"}, R.MALFORMED),
            ({"stage": "closed"}, R.MALFORMED),
            ({"actor": "officer:checker"}, R.MALFORMED),
            ({"incident_id": "none"}, R.NOT_FOUND),
            ({"limit": {"amount": -1, "unit": "work_day"}}, R.BAD_DEADLINE),
        ):
            number = new_id()
            after = len(acceptor.pushes)
            await acceptor.send_text(json.dumps({**frame, "id": number, **changed}))
            answer = await acceptor.find(lambda push: isinstance(push, Refused), after=after)
            assert isinstance(answer, Refused)
            assert answer.code is code, changed
        assert (await worker.ask_for(it.command(P.REGISTER), Refused)).code is R.NOT_ALLOWED
        assert it.case.flow == []


async def test_more_time_is_asked_for_and_granted_by_another(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        clock = (await it.dispatched(limit=TWO_HOURS)).clock
        assert clock is not None
        assert await it.refusal("supervisor", P.EXTEND) is R.NOTHING_ASKED
        asking = {"opinion": "缺材料", "until_at": clock.due_at + 3600}
        assert await it.refusal("handler", P.ASK_EXTENSION, opinion="缺材料", until_at=clock.due_at) is R.BAD_DEADLINE
        await it.move("handler", P.ASK_EXTENSION, **asking)
        extended = (await it.move("supervisor", P.EXTEND)).clock
        assert extended is not None
        assert (extended.due_at, extended.allowed_s) == (clock.due_at + 3600, 3 * 3600)
        await it.move("handler", P.ASK_SUSPENSION, opinion="待批复", until_at=clock.due_at + 9000)
        suspended = await it.move("supervisor", P.SUSPEND)
        assert (suspended.stage, suspended.resumes_at) == (CaseStage.SUSPENDED, clock.due_at + 9000)
        resumed = await it.move("dispatcher", P.RESUME)
        assert resumed.stage is CaseStage.DISPATCHED
        assert resumed.clock is not None
        assert resumed.clock.running_since is not None


async def test_the_nearest_collector_is_asked_and_his_answer_comes_back(tmp_path: Path) -> None:
    async with hall(tmp_path) as it, terminal(it.site, U1) as near, terminal(it.site, U2) as far:
        watcher = await it.desk("supervisor")
        await watcher.subscribe()
        assert await it.refusal("acceptor", P.VERIFY) is R.NO_UNITS
        for peer, lat in ((near, 23.001), (far, 23.01)):
            fix = Fix(lat=lat, lon=113.7, at=it.gateway.clock.now())
            await peer.ask_for(PositionReport(id=new_id(), fixes=(fix,)), PositionTaken)
        case = await it.move("acceptor", P.VERIFY, opinion="井盖编号看不清")
        order = (await watcher.event(OrderIssued)).order
        assert (order.unit_ids, order.incident_id) == ((U1,), it.incident_id)
        assert order.title == "Look before registering: 井盖缺失"
        assert case.check is not None
        await near.ask_for(
            OrderAdvance(id=new_id(), order_id=order.id, state=AssignmentState.REFUSED, reason="已无人看守"), Done
        )
        answer = await watcher.event(CaseMoved, lambda event: event.step is P.VERIFIED)
        assert (answer.opinion, answer.order_id, answer.to) == ("已无人看守", order.id, ("unit:u1", "officer:acceptor"))
        assert it.case.check is None
        # Before closing nobody looks at what he did himself.
        await it.dispatched()
        duty = await it.desk("north")
        done = await duty.ask_for(
            OrderIssue(id=new_id(), title="补盖", target=UnitsTarget((U1,)), incident_id=it.incident_id), Done
        )
        assert OrderId(done.subject or "") in it.gateway.picture.orders
        await it.move("handler", P.RECEIVE)
        await it.move("handler", P.HAND_BACK)
        assert await it.refusal("checker", P.VERIFY, unit_id=U1) is R.SAME_PERSON
        assert await it.refusal("checker", P.VERIFY, unit_id="nobody") is R.NOT_FOUND
        assert await it.refusal("checker", P.VERIFY, unit_id="s1") is R.OUT_OF_JURISDICTION
        case = await it.move("checker", P.VERIFY)
        assert case.flow[-1].move.to == ("unit:u2",)


async def test_nobody_is_asked_to_look_at_what_is_not_on_the_list(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:

        def entered(key: str, *, is_general: bool) -> ItemEntered:
            named = ItemClass(kind=ItemKind.EVENT, major="其他", minor=key)
            item = Item(id=ItemId(key), jurisdiction_id=NORTH, item_class=named, terms=ItemTerms(is_general=is_general))
            return ItemEntered(item=item, from_at=0.0)

        await it.gateway.record(GATEWAY, [entered("占道经营", is_general=False)])
        assert await it.refusal("acceptor", P.VERIFY, unit_id=U1) is R.NOT_ON_LIST
        assert await it.refusal("acceptor", P.REGISTER, item_id="none") is R.NOT_ON_LIST
        await it.gateway.record(GATEWAY, [entered("现场核实", is_general=True)])
        case = await it.move("acceptor", P.VERIFY, unit_id=U1)
        assert case.check is not None
        assert it.gateway.picture.orders[case.check.order_id].order.item_id == "现场核实"
        await it.move("acceptor", P.REGISTER, item_id=ItemId("占道经营"))


async def test_the_clock_warns_reminds_and_escalates_also_after_a_restart(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        await it.dispatched(limit=TWO_HOURS)
        clock = it.case.clock
        assert clock is not None
        await it.gateway.record(GATEWAY, [_moved_on(it.case, _shifted(clock, -10_000))])
        codes, incident_id = it.site.codes, it.incident_id
    async with running_gateway(tmp_path, codes=codes) as site:
        assert site.gateway is not None
        gateway = site.gateway
        gateway.cases.look()
        case = gateway.picture.cases.states[incident_id]
        assert [(line.actor, line.move.to) for line in case.flow if line.move.step is P.REMIND] == [
            (GATEWAY, ("officer:handler",))
        ], "once, in whichever run"
        await gateway.record(GATEWAY, [_moved_on(case, _shifted(clock, -20_000))])
        for _ in range(2):
            gateway.cases.look()
            assert [line.move.step for line in case.flow[-2:]] == [P.REMIND, P.ESCALATE], "and told once"
        assert case.flow[-1].move.to == ("officer:handler", "officer:supervisor")


def _shifted(clock: CaseClock, by_s: float) -> CaseClock:
    """The same clock as if everything had been earlier."""
    return msgspec.structs.replace(
        clock,
        running_since=(clock.running_since or 0) + by_s,
        due_at=clock.due_at + by_s,
        warn_at=clock.warn_at + by_s,
        escalate_at=clock.escalate_at + by_s,
    )


def _moved_on(case: CaseState, clock: CaseClock) -> CaseMoved:
    return CaseMoved(incident_id=case.incident_id, step=P.DISPATCH, stage=case.stage, clock=clock)


async def test_a_deadline_beyond_the_calendar_is_a_fault_until_the_years_file_is_there(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        this_year = datetime.fromtimestamp(it.gateway.clock.now(), UTC).year
        await it.dispatched(limit=TimeLimit(amount=366, unit=TimeUnit.NATURAL_DAY))
        codes = it.site.codes
    hours = ((0, 3600),)
    for years, is_missing in (((this_year,), True), ((this_year, this_year + 1, this_year + 2), False)):
        calendar = WorkCalendar(CalendarYear(year=year, hours=hours) for year in years)
        async with running_gateway(tmp_path, codes=codes, settings=Settings(calendar=calendar)) as site:
            assert site.gateway is not None
            assert (CALENDAR_FAULT in site.gateway.picture.faults) is is_missing


async def test_on_the_spot_the_acceptor_closes(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        close = IncidentClose(id=new_id(), incident_id=it.incident_id, outcome=IncidentOutcome.HANDLED)
        handler = await it.desk("handler")
        assert (await handler.ask_for(close, Refused)).code is R.NOT_ALLOWED
        duty = await it.desk(NORTH_DUTY)
        await duty.ask_for(msgspec.structs.replace(close, id=new_id()), Done)
        assert it.case.stage is CaseStage.CLOSED
        assert await it.refusal("acceptor", P.REGISTER) is R.WRONG_STATE
        assert it.gateway.picture.cases.states == {}


async def test_a_merged_case_is_told_of_nothing_comes_back_as_it_was_and_ends_void(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        clock = (await it.dispatched(limit=TWO_HOURS)).clock
        assert clock is not None
        duty, other = await it.desk(NORTH_DUTY), it.incident_id
        await it.report(duty)
        main, it.incident_id = it.incident_id, other
        merge = IncidentMerge(id=new_id(), incident_id=main, parts=(MergePart(incident_id=other),))
        await duty.ask_for(merge, Done)
        assert await it.refusal("handler", P.RECEIVE) is R.INCIDENT_MERGED
        late = _shifted(clock, -10_000)
        await it.gateway.record(GATEWAY, [_moved_on(it.case, late)])
        it.gateway.cases.look()
        assert not it.case.noticed
        await duty.ask_for(IncidentUnmerge(id=new_id(), incident_id=other), Done)
        it.gateway.cases.look()
        assert it.case.clock == late
        assert [step.value for step in it.case.noticed] == ["remind"]
        await duty.ask_for(msgspec.structs.replace(merge, id=new_id()), Done)
        close = IncidentClose(id=new_id(), incident_id=main, outcome=IncidentOutcome.HANDLED)
        await duty.ask_for(close, Done)
        incident = it.gateway.picture.incidents.states[other]
        assert (it.case.stage, incident.outcome) == (CaseStage.VOID, IncidentOutcome.HANDLED)
        assert it.case.flow[-1].move.opinion == f"closed with the main incident {main[:8].upper()}"
        assert is_running(it.case) is False
