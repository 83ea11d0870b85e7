"""Fences over real sockets: who may draw them, and that a worker who walks in is an alarm."""

import time
from pathlib import Path

import msgspec

from comms.domain.alarm import AlarmKind, AlarmPhase
from comms.domain.events import AlarmCleared, AlarmRaised, FenceChanged, FenceDrawn, FenceErased
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceTrigger
from comms.domain.ids import FenceId, JurisdictionId, TalkgroupId, UnitId
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget
from comms.domain.position import Fix
from comms.protocol.alarm_commands import AlarmAcknowledge, FenceChange, FenceDraw, FenceErase
from comms.protocol.commands import PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, PositionTaken
from tests.support.gateway import CITY, NORTH, NORTH_DUTY, NORTH_GROUP, SOUTH, SOUTH_DUTY, U1, Site, running_gateway
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

FENCE = Fence(
    id=FenceId(""),
    name="危化品仓库",
    jurisdiction_id=NORTH,
    shape=FenceCircle(lat=23.0, lon=113.7, radius_m=200.0),
    subject=JurisdictionTarget(NORTH),
    rules=(FenceRule(trigger=FenceTrigger.ENTER),),
)


def with_(**changes: object) -> Fence:
    return msgspec.structs.replace(FENCE, **changes)


async def drawn(officer: Peer, fence: Fence = FENCE) -> FenceId:
    return FenceId((await officer.ask_for(FenceDraw(id=new_id(), fence=fence), Done)).subject or "")


async def report(worker: Peer, *, at: float, lat: float) -> None:
    fix = Fix(at=at, lat=lat, lon=113.7, accuracy_m=5.0)
    await worker.ask_for(PositionReport(id=new_id(), fixes=(fix,)), PositionTaken)


def look(site: Site) -> None:
    """What the gateway does each second, now."""
    assert site.gateway is not None
    site.gateway.fences.look()


async def walk(site: Site, worker: Peer, *lats: float) -> None:
    start = time.time() - 30
    for step, lat in enumerate(lats):
        await report(worker, at=start + step, lat=lat)
        look(site)


async def test_who_walks_in_is_an_alarm_until_he_is_out_or_the_fence_is_gone(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
    ):
        await officer.subscribe()
        fence_id = await drawn(officer)
        await walk(site, worker, 23.01, 23.01, 23.0, 23.0)
        raised = await officer.event(AlarmRaised)
        assert (raised.alarm.kind, raised.alarm.unit_id) == (AlarmKind.FENCE_ENTERED, U1)
        assert (raised.alarm.fence_id, raised.alarm.name, raised.alarm.jurisdiction_id) == (
            fence_id,
            "危化品仓库",
            NORTH,
        )
        await officer.ask_for(AlarmAcknowledge(id=new_id(), alarm_ids=(raised.alarm.id,)), Done)
        off = with_(id=fence_id, is_on=False)
        await officer.ask_for(FenceChange(id=new_id(), fence=off), Done)
        assert (await officer.event(AlarmCleared)).alarm_id == raised.alarm.id
        assert code_of(await officer.ask(FenceChange(id=new_id(), fence=off))) == RefusalCode.ALREADY_DONE
        await officer.event(FenceChanged)
        await officer.ask_for(FenceErase(id=new_id(), fence_id=fence_id), Done)
        assert (await officer.event(FenceErased)).name == "危化品仓库"
        assert site.gateway is not None
        assert site.gateway.picture.fences == {}
        assert site.gateway.picture.alarms.states[raised.alarm.id].phase is AlarmPhase.OVER


async def test_a_restart_knows_who_was_inside(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        await officer.subscribe()
        await drawn(officer)
        await walk(site, worker, 23.01, 23.01, 23.0, 23.0)
        await officer.event(AlarmRaised)
        codes, tokens = site.codes, site.device_tokens
    async with running_gateway(tmp_path, codes=codes) as site:
        site.device_tokens.update(tokens)
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
            await officer.subscribe()
            await walk(site, worker, 23.0, 23.0)
            assert site.gateway is not None
            (state,) = site.gateway.picture.alarms.states.values()
            assert state.phase is AlarmPhase.ACTIVE
            await report(worker, at=time.time() - 1, lat=23.01)
            look(site)
            await report(worker, at=time.time(), lat=23.01)
            look(site)
            await officer.event(AlarmCleared)


async def test_what_is_refused(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        bow_tie = FencePolygon(ring=((23.0, 113.0), (23.1, 113.1), (23.1, 113.0), (23.0, 113.1)))
        for fence, code in (
            (with_(name=""), RefusalCode.BAD_FENCE),
            (with_(shape=bow_tie), RefusalCode.BAD_FENCE),
            (with_(jurisdiction_id=CITY), RefusalCode.OUT_OF_JURISDICTION),
            (with_(jurisdiction_id=SOUTH), RefusalCode.OUT_OF_JURISDICTION),
            (with_(subject=JurisdictionTarget(JurisdictionId("none"))), RefusalCode.NOT_FOUND),
            (with_(subject=UnitsTarget((UnitId("none"),))), RefusalCode.NOT_FOUND),
            (with_(subject=TalkgroupTarget(TalkgroupId("none"))), RefusalCode.NOT_FOUND),
        ):
            assert code_of(await north.ask(FenceDraw(id=new_id(), fence=fence))) == code
        await north.subscribe()
        again = FenceDraw(id=new_id(), fence=with_(subject=TalkgroupTarget(NORTH_GROUP)))
        first, second = await north.ask_for(again, Done), await north.ask_for(again, Done)
        assert first.subject == second.subject == again.id
        fence_id = FenceId(again.id)
        assert code_of(await south.ask(again)) == RefusalCode.OUT_OF_JURISDICTION
        theirs = (FenceChange(id=new_id(), fence=with_(id=fence_id)), FenceErase(id=new_id(), fence_id=fence_id))
        for command in theirs:
            assert code_of(await south.ask(command)) == RefusalCode.OUT_OF_JURISDICTION
            assert code_of(await worker.ask(command)) == RefusalCode.NOT_ALLOWED
        unknown = FenceId("none")
        for command in (FenceChange(id=new_id(), fence=with_(id=unknown)), FenceErase(id=new_id(), fence_id=unknown)):
            assert code_of(await north.ask(command)) == RefusalCode.NOT_FOUND
        bad = FenceChange(id=new_id(), fence=with_(id=fence_id, rules=()))
        assert code_of(await north.ask(bad)) == RefusalCode.BAD_FENCE
        await north.event(FenceDrawn)
