"""Plans over real sockets: one command forms the talkgroup and gives the orders, once; every step is told to every
desk, survives a restart, and becomes an alarm when nobody sees to it."""

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from comms.domain.alarm import AlarmKind
from comms.domain.case import CaseStep
from comms.domain.events import AlarmCleared, AlarmRaised, OrderIssued, TalkgroupDissolved
from comms.domain.ids import DepartmentId, IncidentId, PlanId, PlanRunId, TalkgroupId, UnitId
from comms.domain.incident import IncidentOutcome
from comms.domain.officer import Department
from comms.domain.order import OrderPriority, Place
from comms.domain.plan import Plan, PlanLevel, read_plans
from comms.domain.plan_events import PlanEnded, PlanRaised, PlanStarted, PlanStepTaken, StepOutcome
from comms.domain.position import Fix
from comms.fleet.town_items import town_items
from comms.gateway.__main__ import main
from comms.gateway.settings import Settings
from comms.protocol.case_commands import CaseMove
from comms.protocol.commands import PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.incident_commands import IncidentClose, IncidentReport
from comms.protocol.plan_commands import PlanEnd, PlanRaise, PlanSkip, PlanStart, PlanTick
from comms.protocol.pushes import Done, OrderPush, Refused, TalkgroupAdded, TalkgroupRemoved, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import NORTH, NORTH_DUTY, NORTH_GROUP, SOUTH_DUTY, U1, U2, running_gateway, tiny_town
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal

LAT, LON = 23.0, 113.7
NEAREST = {"by": "nearest", "count": 1}
STEPS: list[dict[str, Any]] = [
    {"do": "talkgroup", "id": "group", "name": "火情 {place}", "who": {"by": "within", "radius_m": 900}},
    {"do": "order", "id": "first", "title": "扑救：{place}", "text": "{kind}", "who": NEAREST, "items": ["火情"],
     "limit_min": 10},
    {"do": "order", "id": "second", "title": "引路", "who": NEAREST, "items": ["没有这一项", "现场核实"]},
    {"do": "order", "id": "third", "title": "再来一人", "who": NEAREST, "items": ["火情"]},
    {"do": "talkgroup", "id": "standing", "name": "常设", "who": {"by": "talkgroup", "talkgroup": "北镇组"}},
    {"do": "talkgroup", "id": "nowhere", "name": "无", "who": {"by": "talkgroup", "talkgroup": "南镇组"}},
    {"do": "order", "id": "group_order", "title": "全组待命", "who": {"by": "talkgroup", "talkgroup": NORTH_GROUP},
     "from_level": "I", "items": ["火情"]},
    {"do": "talkgroup", "id": "empty", "name": "远", "who": {"by": "within", "radius_m": 0.001}, "from_level": "II"},
    {"do": "cameras", "id": "cameras", "within_m": 500},
    {"do": "check", "id": "call", "text": "报 119", "due_min": 0.00001},
    {"do": "check", "id": "help", "text": "请求增援 {place}", "from_level": "III", "due_min": 60},
    {"do": "notify", "id": "office", "departments": ["没有", "应急"], "text": "通知应急"},
    {"do": "notify", "id": "unknown", "departments": ["没有"], "text": "通知"},
]  # fmt: skip
ITEMS = tuple(item for item in town_items(NORTH) if item.name in ("火情", "现场核实"))


def plans(name: str = "火情预案", steps: list[dict[str, Any]] = STEPS) -> tuple[Plan, ...]:
    return read_plans(json.dumps([{"id": "fire", "name": name, "kinds": ["火"], "steps": steps}]).encode())


async def stand(unit: Peer, metres_north: float) -> None:
    fix = Fix(at=time.time(), lat=LAT + metres_north / 111_320, lon=LON)
    await unit.send(PositionReport(id=new_id(), fixes=(fix,)))
    await unit.find(lambda push: getattr(push, "taken", None) == 1)


async def reported(officer: Peer, kind: str = "火情") -> IncidentId:
    place = Place(lat=LAT, lon=LON, text="长盛路 3 号")
    command = IncidentReport(id=new_id(), incident_kind=kind, place=place, priority=OrderPriority.CRITICAL)
    return IncidentId((await officer.ask_for(command, Done)).subject or "")


def start(incident_id: IncidentId, level: PlanLevel = PlanLevel.IV, **more: Any) -> PlanStart:
    return PlanStart(id=new_id(), incident_id=incident_id, plan_id=PlanId("fire"), level=level, **more)


def of_step(step_id: str, event: PlanStepTaken) -> bool:
    return event.step_id == step_id


def taken(officer: Peer) -> dict[str, tuple[StepOutcome, str]]:
    events = (event for event in officer.events if isinstance(event, PlanStepTaken))
    return {event.step_id: (event.outcome, event.code) for event in events}


async def code(peer: Peer, command: object) -> RefusalCode | None:
    answer = await peer.ask(command)  # type: ignore[arg-type]
    return answer.code if isinstance(answer, Refused) else None


async def test_one_command_does_it_all_once(tmp_path: Path) -> None:
    settings = Settings(plans=plans())
    async with (
        running_gateway(tmp_path, settings=settings) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, SOUTH_DUTY) as stranger,
        terminal(site, U1) as near,
        terminal(site, U2) as far,
    ):
        await officer.subscribe()
        await stand(near, 100)
        await stand(far, 400)
        incident_id = await reported(officer)
        wrong = msgspec.structs.replace(start(incident_id), plan_id=PlanId("none"))
        assert await code(officer, wrong) is RefusalCode.NOT_FOUND
        assert await code(stranger, start(incident_id)) is RefusalCode.OUT_OF_JURISDICTION
        assert code_of(await near.ask(start(incident_id))) == RefusalCode.NOT_ALLOWED
        # The farther one was seen named; a unit that does not exist is simply not there.
        command = start(incident_id, choices={"first": (UnitId("ghost"), U2)})
        run_id = (await officer.ask_for(command, Done)).subject
        assert run_id == command.id
        first = await far.next(OrderPush)
        assert (first.order.title, first.order.text, first.order.priority) == ("扑救：长盛路 3 号", "火情", "critical")
        assert first.order.deadline_at == first.order.issued_at + 600
        assert (await near.next(OrderPush)).order.title == "引路"
        for unit in (near, far):
            assert (await unit.next(TalkgroupAdded)).talkgroup.name == "火情 长盛路 3 号"
        assert taken(officer) == {
            "group": (StepOutcome.DONE, ""),
            "first": (StepOutcome.DONE, ""),
            "second": (StepOutcome.DONE, ""),
            "third": (StepOutcome.REFUSED, "no_units"),
            "standing": (StepOutcome.DONE, ""),
            "nowhere": (StepOutcome.REFUSED, "not_found"),
            "office": (StepOutcome.BY_HAND, "not_found"),
            "unknown": (StepOutcome.BY_HAND, "not_found"),
        }
        assert (await officer.ask_for(command, Done)).subject == run_id
        assert await code(officer, start(incident_id)) is RefusalCode.PLAN_RUNNING
        assert sum(isinstance(event, PlanStarted) for event in officer.events) == 1
        assert sum(isinstance(event, OrderIssued) for event in officer.events) == 2
        assert site.gateway is not None
        group = site.gateway.picture.talkgroups[TalkgroupId(f"{run_id}.group")]
        assert group.ad_hoc is not None
        assert set(group.ad_hoc.unit_ids) == {U1, U2}
        assert len(site.gateway.picture.incidents.states[incident_id].order_ids) == 2
        await the_rest(officer, stranger, near, PlanRunId(run_id or ""), incident_id)


async def the_rest(officer: Peer, stranger: Peer, near: Peer, run_id: PlanRunId, incident_id: IncidentId) -> None:
    """Raised, ticked, skipped, ended; then another that ends with its incident."""
    assert await code(officer, PlanRaise(id=new_id(), run_id=run_id, level=PlanLevel.IV)) is RefusalCode.ALREADY_DONE
    assert (
        await code(officer, PlanRaise(id=new_id(), run_id=PlanRunId("x"), level=PlanLevel.I)) is RefusalCode.NOT_FOUND
    )
    assert await code(officer, PlanRaise(id=new_id(), run_id=run_id, level=PlanLevel.II)) is None
    assert (await officer.event(PlanRaised)).level is PlanLevel.II
    assert taken(officer)["empty"] == (StepOutcome.REFUSED, "no_units")
    assert await code(officer, PlanRaise(id=new_id(), run_id=run_id, level=PlanLevel.I)) is None
    assert taken(officer)["group_order"] == (StepOutcome.DONE, "")
    tick = PlanTick(id=new_id(), run_id=run_id, step_id="call", words=" 已报 ")
    assert await code(stranger, tick) is RefusalCode.OUT_OF_JURISDICTION
    assert await code(officer, tick) is None
    assert await code(officer, tick) is None  # sent again: answered again
    assert await code(officer, msgspec.structs.replace(tick, id=new_id())) is RefusalCode.ALREADY_DONE
    assert (await officer.event(PlanStepTaken, partial(of_step, "call"))).words == "已报"
    skip = PlanSkip(id=new_id(), run_id=run_id, step_id="third", reason="")
    assert await code(officer, skip) is RefusalCode.REASON_MISSING
    assert await code(officer, msgspec.structs.replace(skip, id=new_id(), reason="人手够了")) is None
    end = PlanEnd(id=new_id(), run_id=run_id)
    assert await code(officer, end) is RefusalCode.REASON_MISSING
    assert await code(officer, msgspec.structs.replace(end, id=new_id(), note="扑灭")) is None
    assert (await near.next(TalkgroupRemoved)).talkgroup_id == f"{run_id}.group"
    assert await code(officer, msgspec.structs.replace(end, id=new_id())) is RefusalCode.WRONG_STATE
    again = (await officer.ask_for(start(incident_id), Done)).subject
    close = IncidentClose(id=new_id(), incident_id=incident_id, outcome=IncidentOutcome.HANDLED)
    assert await code(officer, close) is None
    assert (await officer.event(PlanEnded, lambda event: event.is_by_closing)).run_id == again
    await officer.event(TalkgroupDissolved, lambda event: event.talkgroup_id == f"{again}.group")
    assert await code(officer, start(incident_id)) is RefusalCode.INCIDENT_CLOSED


async def test_the_list_binds_plans_too(tmp_path: Path) -> None:
    """What is not on the list is refused, step by step, and said so; the case of a registered incident is sent out."""
    office = Department(id=DepartmentId("emergency"), name="应急管理分局", jurisdiction_id=NORTH)
    town = msgspec.structs.replace(tiny_town(), items=ITEMS, items_from_at=time.time() - 86_400, departments=(office,))
    unlisted = [{**step, "items": ["不在清单"]} if step["id"] == "first" else step for step in STEPS]
    async with (
        running_gateway(tmp_path, town=town, settings=Settings(plans=plans(steps=unlisted))) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as near,
    ):
        await officer.subscribe()
        await stand(near, 100)
        fresh, registered = await reported(officer), await reported(officer)
        register = CaseMove(id=new_id(), incident_id=registered, step=CaseStep.REGISTER)
        assert await code(officer, register) is None
        await officer.ask_for(start(fresh), Done)
        found = taken(officer)
        assert found["first"] == (StepOutcome.REFUSED, "not_on_list")
        assert found["second"] == (StepOutcome.DONE, "")
        assert found["office"] == (StepOutcome.BY_HAND, "wrong_state")
        look = (await near.next(OrderPush)).item
        assert look is not None
        assert look.name == "现场核实"
        await officer.ask_for(start(registered), Done)
        assert taken(officer)["office"] == (StepOutcome.DONE, "")
        assert site.gateway is not None
        assert site.gateway.picture.cases.states[registered].department_id == "emergency"
        titles = [event.order.title for event in officer.events if isinstance(event, OrderIssued)]
        assert "扑救：长盛路 3 号" not in titles


async def test_a_restart_in_the_middle(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path, settings=Settings(plans=plans())) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as near,
    ):
        codes, tokens = site.codes, site.device_tokens
        await officer.subscribe()
        await stand(near, 100)
        incident_id = await reported(officer)
        command = start(incident_id)
        await officer.ask_for(command, Done)
        alarm = await officer.event(AlarmRaised, lambda event: event.alarm.kind is AlarmKind.PLAN_OVERDUE)
        assert alarm.alarm.sentences["zh_CN"] == "火情预案 · 报 119"
        assert alarm.alarm.evidence[0].id == incident_id
    run_id, group_id = PlanRunId(command.id), TalkgroupId(f"{command.id}.group")
    settings = Settings(plans=plans("新火情预案"))
    async with running_gateway(tmp_path, settings=settings, codes=codes) as site, desk(site, NORTH_DUTY) as officer:
        site.device_tokens = tokens
        picture = (await officer.subscribe()).picture
        run = picture.plans.runs[run_id]
        assert (run.is_running, run.version, run.plan.name) == (True, 1, "火情预案")
        assert (picture.plans.plans[PlanId("fire")].version, picture.plans.plans[PlanId("fire")].plan.name) == (
            2,
            "新火情预案",
        )
        assert group_id in picture.talkgroups
        async with peer(site) as made:
            welcome = await made.sign_in_terminal(tokens[U1])
            assert isinstance(welcome, Welcome)
            assert (welcome.protocol, welcome.affiliated[0]) == (PROTOCOL_VERSION, group_id)
            assert (await made.next(OrderPush)).order.title == "扑救：长盛路 3 号"
        assert (await officer.ask_for(command, Done)).subject == run_id
        assert await code(officer, start(incident_id)) is RefusalCode.PLAN_RUNNING
        assert await code(officer, PlanTick(id=new_id(), run_id=run_id, step_id="call")) is None
        assert (await officer.event(AlarmCleared)).alarm_id.startswith("plan_overdue/")
        assert site.gateway is not None
        end = PlanEnd(id=new_id(), run_id=run_id, note="扑灭")
        assert await code(officer, end) is None
        assert group_id in site.gateway.picture.dissolved
    # Withdrawn: what the file no longer says cannot be started.
    other = (msgspec.structs.replace(plans()[0], id=PlanId("other")),)
    async with running_gateway(tmp_path, settings=Settings(plans=other), codes=codes) as site:
        assert site.gateway is not None
        assert list(site.gateway.picture.plans.plans) == ["other"]


def test_a_wrong_file_is_told_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "plans.json"
    wrong.write_text(
        '[{"id": "fire", "name": "火情", "kinds": ["火"], "steps": [{"do": "check", "id": "x", "text": ""}]}]'
    )
    assert main(["--data", str(tmp_path / "data"), "--port", "0", "--plans", str(wrong)]) == 2
    assert "check --plans. Plan 1 (fire), step 1 (x) says nothing" in capsys.readouterr().err
