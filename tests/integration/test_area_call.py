"""圈呼 through a real gateway: a circle drawn, its units hear at once, those outside hear nothing."""

import time
from pathlib import Path

import pytest

from comms.domain.ad_hoc import AdHocEnd, PolygonTarget
from comms.domain.call import CallEnd
from comms.domain.events import (
    CallEnded,
    TalkgroupDissolved,
    TalkgroupFollowSet,
    TalkgroupFormed,
    TalkgroupJoined,
)
from comms.domain.ids import CommandId, TalkgroupId
from comms.domain.order import CircleTarget, UnitsTarget
from comms.domain.position import Fix
from comms.fleet.fleet import FleetPlan
from comms.gateway import ad_hoc_rules
from comms.protocol.commands import (
    AffiliationSet,
    CallFinish,
    CallFollow,
    CallFromArea,
    PositionReport,
)
from comms.protocol.pushes import (
    Done,
    FloorGranted,
    FloorIdle,
    FloorTaken,
    PositionTaken,
    TalkgroupAdded,
    TalkgroupRemoved,
    Welcome,
)
from tests.support.air import OnAir, desk_on_air, set_timing, unit_on_air
from tests.support.fleet_site import QUICK, running_fleet
from tests.support.gateway import ADMIN, NORTH_DUTY, NORTH_GROUP, S1, SOUTH_DUTY, U1, U2, U3, running_gateway
from tests.support.media import until
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

LAT, LON = 23.0200, 113.7500
CIRCLE = CircleTarget(lat=LAT, lon=LON, radius_m=200.0)
S = 0.001
SQUARE = PolygonTarget(
    corners=(
        (LAT - 0.001, LON - 0.001),
        (LAT + 0.001, LON - 0.001),
        (LAT + 0.001, LON + 0.001),
        (LAT - 0.001, LON + 0.001),
    )
)
FAR = 0.01


async def stand(who: Peer, *, off: float = 0.0) -> None:
    fix = Fix(at=time.time(), lat=LAT + off, lon=LON)
    await who.ask_for(PositionReport(id=new_id(), fixes=(fix,)), PositionTaken)


async def call(duty: OnAir, command: CallFromArea) -> TalkgroupId:
    done = await duty.peer.ask_for(command, Done)
    assert done.subject == command.id
    return TalkgroupId(command.id)


async def test_a_circle_is_heard_inside_and_not_outside(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        unit_on_air(site, U1) as near,
        unit_on_air(site, U2) as far,
        unit_on_air(site, S1) as neighbour,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
    ):
        await stand(near.peer)
        await stand(far.peer, off=FAR)
        await stand(neighbour.peer)
        before = near.session.affiliated
        group = await call(duty, CallFromArea(id=new_id(), target=CIRCLE, name="圈呼 09:41"))
        granted = await duty.peer.next(FloorGranted)
        assert granted.talkgroup_id == group
        added = await near.peer.next(TalkgroupAdded)
        assert (added.talkgroup.name, added.talkgroup.is_ad_hoc, added.called_by_name) == (
            "圈呼 09:41",
            True,
            "北镇值班员",
        )
        assert (await near.peer.next(FloorTaken)).talkgroup_id == group
        duty.say("everybody here")
        await near.hears("everybody here")
        assert far.heard() == [] == neighbour.heard()
        assert not far.peer.all(TalkgroupAdded)
        assert not neighbour.peer.all(TalkgroupAdded)
        formed = await duty.peer.event(TalkgroupFormed)
        assert formed.unit_ids == (U1,)
        await duty.release(group)
        await near.take_floor(group)
        near.say("here")
        await duty.hears("here")
        await duty.peer.ask_for(CallFinish(id=new_id(), talkgroup_id=group), Done)
        await near.peer.next(FloorIdle)
        assert (await near.peer.next(TalkgroupRemoved)).talkgroup_id == group
        assert near.session.affiliated == before
        assert duty.session.affiliated == (NORTH_GROUP,)
        assert (await duty.peer.event(CallEnded)).end is CallEnd.HUNG_UP
        assert (await duty.peer.event(TalkgroupDissolved)).end is AdHocEnd.ENDED
        await duty.peer.ask_for(CallFinish(id=new_id(), talkgroup_id=group), Done)
        again = CallFromArea(id=CommandId(group), target=CIRCLE)
        assert code_of(await duty.peer.ask(again)) == "already_done"


async def test_a_polygon_and_named_units(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        unit_on_air(site, U1) as one,
        unit_on_air(site, U2) as other,
        desk_on_air(site, NORTH_DUTY) as duty,
    ):
        await stand(one.peer)
        await stand(other.peer, off=FAR)
        first = await call(duty, CallFromArea(id=new_id(), target=SQUARE))
        assert (await one.peer.next(TalkgroupAdded)).talkgroup.name == "圈呼 · 北镇值班员"
        second = await call(duty, CallFromArea(id=new_id(), target=UnitsTarget((U2,))))
        await other.peer.next(TalkgroupAdded)
        assert duty.session.affiliated[:2] == (second, first)


async def test_the_same_command_again_has_no_second_effect(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        unit_on_air(site, U1) as unit,
        desk_on_air(site, NORTH_DUTY) as duty,
        desk_on_air(site, ADMIN) as admin,
    ):
        await stand(unit.peer)
        command = CallFromArea(id=new_id(), target=CIRCLE)
        group = await call(duty, command)
        await call(duty, command)
        assert code_of(await admin.peer.ask(command)) == "not_allowed"
        assert duty.session.affiliated == (group,)
        assert len(duty.peer.all(FloorGranted)) == 1
        assert len(unit.peer.all(TalkgroupAdded)) == 1


async def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        running_gateway(tmp_path) as site,
        unit_on_air(site, U1) as unit,
        desk_on_air(site, NORTH_DUTY) as duty,
        desk(site, SOUTH_DUTY) as south,
    ):
        circle = CallFromArea(id=new_id(), target=CIRCLE)
        assert code_of(await duty.peer.ask(circle)) == "no_units"
        await stand(unit.peer)
        assert code_of(await south.ask(circle)) == "no_media"
        assert code_of(await unit.peer.ask(circle)) == "not_allowed"
        flat = CallFromArea(id=new_id(), target=CircleTarget(lat=LAT, lon=LON, radius_m=-1.0))
        assert code_of(await duty.peer.ask(flat)) == "malformed"
        group = await call(duty, circle)
        finish = CallFinish(id=new_id(), talkgroup_id=group)
        assert code_of(await south.ask(finish)) == "out_of_jurisdiction"
        follow = CallFollow(id=new_id(), talkgroup_id=NORTH_GROUP, is_following_area=True)
        assert code_of(await duty.peer.ask(follow)) == "not_found"
        monkeypatch.setattr(ad_hoc_rules, "MOST_GROUPS", 1)
        assert code_of(await duty.peer.ask(CallFromArea(id=new_id(), target=CIRCLE))) == "too_many"


async def test_who_comes_into_the_area_is_called_in_while_it_is_followed(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        unit_on_air(site, U1) as first,
        unit_on_air(site, U2) as second,
        unit_on_air(site, U3) as third,
        desk_on_air(site, NORTH_DUTY) as duty,
    ):
        await stand(first.peer)
        await stand(second.peer, off=FAR)
        group = await call(duty, CallFromArea(id=new_id(), target=CIRCLE, is_following_area=True))
        await stand(second.peer)
        assert (await second.peer.next(TalkgroupAdded)).called_by_name == "北镇值班员"
        assert (await second.peer.next(FloorTaken)).talkgroup_id == group, "late entry"
        assert (await duty.peer.event(TalkgroupJoined)).unit_ids == (U2,)
        duty.say("welcome")
        await second.hears("welcome")
        off = CallFollow(id=new_id(), talkgroup_id=group, is_following_area=False)
        await duty.peer.ask_for(off, Done)
        await duty.peer.ask_for(off, Done)
        assert not (await duty.peer.event(TalkgroupFollowSet)).is_following_area
        await stand(third.peer)
        on = CallFollow(id=new_id(), talkgroup_id=group, is_following_area=True)
        assert third.peer.all(TalkgroupAdded) == []
        await duty.peer.ask_for(on, Done)
        await third.peer.next(TalkgroupAdded)


async def test_it_ends_by_itself_when_nobody_talks(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, unit_on_air(site, U1) as unit, desk_on_air(site, NORTH_DUTY) as duty:
        set_timing(site, hang_time_s=0.1)
        await stand(unit.peer)
        before = unit.session.affiliated
        group = await call(duty, CallFromArea(id=new_id(), target=CIRCLE))
        await duty.release(group)
        await unit.peer.next(TalkgroupRemoved)
        assert unit.session.affiliated == before
        assert (await duty.peer.event(TalkgroupDissolved)).end is AdHocEnd.INACTIVE


async def test_a_unit_does_not_leave_by_not_knowing_and_is_back_after_a_reconnect(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk_on_air(site, NORTH_DUTY) as duty:
        async with unit_on_air(site, U1) as unit:
            await stand(unit.peer)
            group = await call(duty, CallFromArea(id=new_id(), target=CIRCLE))
            await unit.peer.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=(NORTH_GROUP,)), Done)
            assert unit.session.affiliated == (group, NORTH_GROUP)
            await unit.peer.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=(NORTH_GROUP, group)), Done)
            assert unit.session.affiliated == (NORTH_GROUP, group)
        async with unit_on_air(site, U1) as unit:
            welcome = unit.peer.all(Welcome)[0]
            assert welcome.talkgroups[0].id == group
            assert welcome.affiliated == (NORTH_GROUP, group)
            duty.say("still here")
            await unit.hears("still here")


async def test_a_restart_ends_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with unit_on_air(site, U1) as unit, desk_on_air(site, NORTH_DUTY) as duty:
            await stand(unit.peer)
            group = await call(duty, CallFromArea(id=new_id(), target=CIRCLE))
        tokens, codes = site.device_tokens, site.codes
    async with running_gateway(tmp_path, codes=codes) as site:
        site.device_tokens.update(tokens)
        assert site.gateway is not None
        assert group in site.gateway.picture.dissolved
        async with terminal(site, U1) as back:
            assert group not in back.all(Welcome)[0].affiliated


async def test_simulated_terminals_hear_it(tmp_path: Path) -> None:
    """The fleet's own terminals with real media: those inside receive voice and show the name, the others nothing."""
    async with running_gateway(tmp_path) as site:
        plan = FleetPlan(behaviour=QUICK)
        async with running_fleet(site, plan) as made, desk_on_air(site, NORTH_DUTY) as duty:
            inside, outside = made.fleet.terminal(U1), made.fleet.terminal(U2)
            group = await call(duty, CallFromArea(id=new_id(), target=UnitsTarget((U1,)), name="圈呼"))
            await until(lambda: group in inside.called_into)
            heard = outside.heard.packets
            duty.say("one", "two", "three")
            await until(lambda: inside.heard.packets >= 3)
            assert outside.heard.packets == heard
            assert outside.called_into == {}
            await duty.release(group)
            assert isinstance(await inside.press(group), FloorGranted)
            await duty.peer.ask_for(CallFinish(id=new_id(), talkgroup_id=group), Done)
            await until(lambda: group not in inside.called_into)
            assert inside.mouth is not None
            assert not inside.mouth.is_open
