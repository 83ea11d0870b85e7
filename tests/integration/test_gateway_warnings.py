"""Early warning over real sockets: orders at one place raise it with their ids, and their end ends it."""

import asyncio
from pathlib import Path

import pytest

from comms.domain.alarm import AlarmKind, AlarmPriority
from comms.domain.events import AlarmCleared, AlarmRaised
from comms.domain.order import Place, UnitsTarget
from comms.domain.warning import ClusterRule
from comms.gateway.settings import Settings
from comms.gateway.warning_rules import load_rules
from comms.gateway.warning_watch import WarningWatch
from comms.protocol.commands import OrderIssue
from comms.protocol.pushes import Done
from tests.support.gateway import NORTH_DUTY, U1, running_gateway, spawn_gateway
from tests.support.nursery import Nursery
from tests.support.terminal import desk, new_id

RULE = ClusterRule(
    id="again",
    about=("order",),
    count=3,
    within_m=50.0,
    within_min=60.0,
    priority=AlarmPriority.HIGH,
    sentences={"zh_CN": "同一地点 {count} 起", "en": "{count} at one place"},
)


async def test_orders_at_one_place_are_a_warning_with_its_evidence(tmp_path: Path) -> None:
    settings = Settings(warning_rules=(RULE,))
    async with running_gateway(tmp_path, settings=settings) as site, desk(site, NORTH_DUTY) as officer:
        assert site.gateway is not None
        await officer.subscribe()
        issued = []
        for _ in range(3):
            place = Place(lat=23.0, lon=113.7)
            order = OrderIssue(id=new_id(), title="垃圾", target=UnitsTarget((U1,)), place=place)
            issued.append((await officer.ask_for(order, Done)).subject)
        await site.gateway.warnings.look()
        await site.gateway.warnings.look()
        raised = await officer.event(AlarmRaised)
        assert (raised.alarm.kind, raised.alarm.rule_id) == (AlarmKind.WARNING, "again")
        assert [evidence.id for evidence in raised.alarm.evidence] == issued
        assert raised.alarm.sentences["zh_CN"] == "同一地点 3 起"
        assert site.gateway.picture.alarms.scores["again"].slices[0].raised == 1
        gateway = site.gateway
        without = WarningWatch(clock=gateway.clock, journal=gateway.journal, alarms=gateway.alarms, rules=())
        await without.look()
        await without.close()
        assert (await officer.event(AlarmCleared)).alarm_id == raised.alarm.id


def test_a_file_of_the_sites_own(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text("[]", encoding="utf-8")
    assert load_rules(path) == ()


async def test_a_gateway_does_not_start_with_rules_it_cannot_read(tmp_path: Path, nursery: Nursery) -> None:
    path = tmp_path / "rules.json"
    path.write_text('[{"kind":"no"}]', encoding="utf-8")
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(spawn_gateway(tmp_path / "data", "--warning-rules", str(path), nursery=nursery), 60)
