"""Faults against the real gateway: whatever the field does, it is answered in words and the terminals come back."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from comms.domain.call import TalkEnd
from comms.domain.events import TalkEnded, TalkStarted
from comms.domain.ids import CommandId, UnitId
from comms.domain.participant_steps import ParticipantState
from comms.fleet.behaviour import PRESETS
from comms.fleet.duty import say_something
from comms.fleet.faults import OCCASIONAL, Fault, FaultPlan
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.misfortune import Misfortune, befall
from comms.fleet.terminal_link import Credentials, LinkPhase
from comms.fleet.town import WHOLE_TOWN
from comms.link.clock import WallClock
from comms.link.line import LinkLostError
from comms.protocol.commands import TerminalSignIn
from comms.protocol.errors import RefusalCode
from comms.protocol.frames import decode_positions
from comms.protocol.pushes import FloorGranted, Refused
from tests.integration.test_fleet_terminal import until
from tests.support.fleet_site import QUICK, credentials, duty_desk, fleet_site, running_fleet
from tests.support.gateway import prepare_site, running_gateway, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.town import sample_town

DICE = random.Random(1)


def plan(*faults: Fault, has_media: bool = True) -> FleetPlan:
    rates = dict.fromkeys(faults, 1.0)
    return FleetPlan(behaviour=QUICK, position_interval_s=0.2, has_media=has_media, faults=FaultPlan(rates, seed=3))


@pytest.mark.parametrize("fault", [Fault.NULL_ISLAND, Fault.CLOCK_AHEAD])
async def test_readings_that_cannot_be_are_refused(tmp_path: Path, fault: Fault) -> None:
    async with fleet_site(tmp_path, units=2, plan=plan(fault, has_media=False)) as made:
        await until(lambda: made.fleet.stats().positions_refused >= 2)


async def test_a_low_battery_is_seen(tmp_path: Path) -> None:
    async with (
        fleet_site(tmp_path, units=1, plan=plan(Fault.BATTERY_LOW, has_media=False)) as made,
        duty_desk(made.site) as desk,
    ):
        at = 0
        while not (columns := decode_positions(await desk.frame(at))):
            at += 1
        assert columns.battery_pct.tolist() == [3.0]


async def test_readings_taken_while_the_network_is_away_arrive_later(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=1, plan=plan(has_media=False)) as made:
        terminal = made.terminals[0]
        terminal.lose_network(0.5)
        before = terminal.reporting.sent
        assert not terminal.link.is_up
        await until(lambda: terminal.link.is_up and terminal.reporting.sent > before + 2)
        assert terminal.counts.sign_ins == 2


async def test_one_who_talks_too_long_is_cut_off(tmp_path: Path) -> None:
    town = sample_town(units=2)
    hasty = [
        group
        if group.id != WHOLE_TOWN
        else type(group)(id=group.id, name=group.name, jurisdiction_id=group.jurisdiction_id, max_talk_s=0.2)
        for group in town.talkgroups
    ]
    town = type(town)(
        area=town.area,
        jurisdictions=town.jurisdictions,
        units=town.units,
        talkgroups=tuple(hasty),
        officers=town.officers,
    )
    async with (
        running_gateway(tmp_path, town=town) as site,
        running_fleet(site, plan(Fault.TALK_TOO_LONG)) as made,
        duty_desk(site) as desk,
    ):
        talker = made.terminals[0]
        assert await say_something(talker, WHOLE_TOWN, for_s=0.01, clock=WallClock())
        ended = await desk.event(TalkEnded)
        assert ended.end is TalkEnd.REVOKED_TOO_LONG


async def test_one_who_dies_talking_frees_the_floor(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=2, plan=plan(Fault.DIE_TALKING)) as made, duty_desk(made.site) as desk:
        talker, other = made.terminals
        assert isinstance(await talker.press(WHOLE_TOWN), FloorGranted)
        assert (await desk.event(TalkStarted)).talker == talker.party
        ended = await desk.event(TalkEnded)
        assert ended.end in (TalkEnd.MEDIA_LOST, TalkEnd.LEFT)
        await until(lambda: talker._key(WHOLE_TOWN).state is ParticipantState.NO_PERMISSION)
        other.faults.clear()
        assert isinstance(await other.press(WHOLE_TOWN), FloorGranted)


async def test_a_key_held_when_the_network_goes_is_told(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=2, plan=plan()) as made:
        first = made.terminals[0]
        assert isinstance(await first.press(WHOLE_TOWN), FloorGranted)
        waiting = asyncio.create_task(first.calling.place())
        await asyncio.sleep(0)
        first.lose_network(30.0)
        with pytest.raises(LinkLostError):
            await waiting
        assert not await say_something(first, WHOLE_TOWN, for_s=0, clock=WallClock())


@pytest.mark.parametrize("fault", sorted(OCCASIONAL - {Fault.GARBAGE}))
async def test_terminals_come_back_from_everything_that_passes(tmp_path: Path, fault: Fault) -> None:
    times: list[float] = []
    async with (
        running_gateway(tmp_path, town=sample_town(units=2)) as site,
        running_fleet(site, plan(), on_all_ready=times.append) as made,
    ):
        terminal = made.terminals[0]
        befall(terminal, fault, for_s=0.05, dice=DICE)
        await until(lambda: terminal.counts.sign_ins == 2 and terminal.is_ready)
        await made.fleet.all_ready()
        assert len(times) == 2


async def test_garbage_costs_nobody_anything(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=1, plan=plan(has_media=False)) as made:
        terminal = made.terminals[0]
        for _ in range(20):
            befall(terminal, Fault.GARBAGE, for_s=0, dice=DICE)
        before = terminal.reporting.sent
        await until(lambda: terminal.reporting.sent > before)
        assert terminal.counts.sign_ins == 1


async def test_lasting_faults_can_begin_at_any_time(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=1, plan=plan(has_media=False)) as made:
        terminal = made.terminals[0]
        for fault in set(Fault) - OCCASIONAL:
            befall(terminal, fault, for_s=0, dice=DICE)
        assert terminal.link.asking.says_twice
        assert terminal.filming.refuses_camera
        assert Fault.NULL_ISLAND in terminal.faults
        with pytest.raises(ValueError, match="without media"):
            await terminal.press(WHOLE_TOWN)


async def test_misfortune_strikes_by_itself_and_again(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, units=3, plan=plan(Fault.LOSE_NETWORK, has_media=False)) as made:
        misfortune = Misfortune(made.terminals, clock=WallClock(), seed=1)
        now_s = WallClock().monotonic()
        misfortune.strike(now_s)
        assert all(terminal.link.is_up for terminal in made.terminals)
        misfortune.strike(now_s + 200.0)
        assert not any(terminal.link.is_up for terminal in made.terminals)
        struck = [terminal.link.phase for terminal in made.terminals]
        assert struck == [LinkPhase.DOWN] * 3


async def test_a_wrong_code_is_refused_for_good_and_the_rest_begin(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, town=sample_town(units=2)) as site:
        held = [*credentials(site, 1), Credentials(UnitId("u0002"), "XXXX-XXXX")]
        async with running_fleet(site, plan(has_media=False), held=held) as made:
            refused = made.terminals[1]
            assert refused.is_refused
            assert refused.refused is not None
            assert refused.refused.code is RefusalCode.WRONG_CREDENTIALS
            assert made.fleet.stats().refused == 1


async def test_a_stale_token_falls_back_to_the_code_and_tokens_serve_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, town=sample_town(units=1)) as site:
        held = credentials(site)
        held[0].device_token = "of-another-gateway"
        async with running_fleet(site, plan(has_media=False), held=held) as made:
            token = made.tokens[made.terminals[0].unit_id]
        again = Credentials(UnitId("u0001"), None, token)
        assert isinstance(again.sign_in(CommandId("x"), video_consent=QUICK.video_consent), TerminalSignIn)
        async with running_fleet(site, plan(has_media=False), held=[again]) as made:
            assert made.terminals[0].is_ready
            assert made.tokens == {}


async def test_a_second_terminal_of_a_unit_replaces_the_first(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path, town=sample_town(units=1)) as site,
        running_fleet(site, plan(has_media=False)) as first,
    ):
        again = Credentials(UnitId("u0001"), None, first.tokens[UnitId("u0001")])
        async with running_fleet(site, plan(has_media=False), held=[again]):
            await until(lambda: first.terminals[0].is_refused)
            refused = first.terminals[0].refused
            assert isinstance(refused, Refused)
            assert refused.code is RefusalCode.REPLACED


async def test_a_killed_gateway_is_found_again_by_all(tmp_path: Path, nursery: Nursery) -> None:
    """Enrolled terminals come back with media, and with orders and readings kept meanwhile."""
    codes = await prepare_site(tmp_path / "data", sample_town(units=12))
    site = await spawn_gateway(tmp_path / "data", codes=codes, nursery=nursery)
    fleet = Fleet(site.url, credentials(site), FleetPlan(behaviour=PRESETS["quick"], position_interval_s=0.2))
    again = None
    try:
        await fleet.start()
        assert all(terminal.is_ready for terminal in fleet.terminals)
        await stop_gateway(site, number=signal.SIGKILL)
        await until(lambda: not any(terminal.link.is_up for terminal in fleet.terminals))
        again = await spawn_gateway(tmp_path / "data", "--port", str(site.port), nursery=nursery)
        async with asyncio.timeout(60):
            await fleet.all_ready()
        assert [terminal.counts.sign_ins for terminal in fleet.terminals] == [2] * 12
    finally:
        await fleet.stop()
        if again is not None:
            await stop_gateway(again)
        elif site.process is not None and site.process.returncode is None:
            await stop_gateway(site)
