"""The trainer's desk: what it may say to a drill, what comes of it, and who else may say what."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from comms.domain import drill_events as dr
from comms.domain.drill_board import InjectPhase
from comms.domain.ids import OfficerId
from comms.domain.scenario import Scenario
from comms.drill.director import Director
from comms.drill.headless import run_headless
from comms.journal.reading import read_events
from comms.protocol import drill_commands as dc
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Refused
from tests.support.drill_run import desk_at, directed, short
from tests.support.gateway import NORTH_DUTY, running_gateway
from tests.support.terminal import Peer, code_of, desk, new_id

TRAINER, TRAINEE, OBSERVER = OfficerId("trainer"), OfficerId("duty"), OfficerId("observer")


def _at_a_drill(data: Path, act: Callable[[Director], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with directed(data) as director:
            await act(director)

    run_headless(main)


async def _do(at: Peer, command: Command) -> None:
    await at.ask_for(command, Done)


async def _state(at: Peer, *, is_whole: bool = False) -> dc.DrillStatus:
    return await at.ask_for(dc.DrillStateRead(id=new_id(), is_whole=is_whole), dc.DrillStatus)


def _phases(status: dc.DrillStatus) -> dict[str, InjectPhase]:
    return {state.id: state.phase for state in status.injects}


def test_a_trainer_directs_a_drill_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, TRAINER) as trainer:
            before = await _state(trainer, is_whole=True)
            assert (before.is_begun, before.is_paused, before.role) == (False, True, "lead")
            assert before.scenario is not None
            assert msgspec.json.decode(before.scenario, type=Scenario) == short()
            await _do(trainer, dc.DrillBegin(id=new_id()))
            await _do(trainer, dc.DrillPause(id=new_id(), is_frozen=True, reason="讲评"))
            await _do(trainer, dc.DrillSpeed(id=new_id(), speed=10.0))
            await _do(trainer, dc.DrillDelay(id=new_id(), inject_id="crowd", by_s=60.0))
            await _do(trainer, dc.DrillSkip(id=new_id(), inject_id="closed", reason="时间不够"))
            await _do(trainer, dc.DrillFire(id=new_id(), inject_id="extra"))
            await _do(trainer, dc.DrillNote(id=new_id(), text="看这里", objective="send", at_s=3.0))
            await _do(trainer, dc.DrillRate(id=new_id(), objective="send", rating=dr.Rating.S))
            frozen = await _state(trainer)
            assert (frozen.is_paused, frozen.speed) == (True, 10.0)
            phases = _phases(frozen)
            assert (phases["extra"], phases["closed"], phases["crowd"]) == (
                InjectPhase.FIRED,
                InjectPhase.SKIPPED,
                InjectPhase.DUE,
            )
            await _do(trainer, dc.DrillJump(id=new_id(), to_s=12.0))
            fired = await trainer.event(dr.InjectFired, lambda event: event.inject_id == "fire")
            assert fired.made[0].noun == "incident"
            await _do(trainer, dc.DrillResume(id=new_id()))
            await _do(trainer, dc.DrillEnd(id=new_id(), reason="够了"))
            ended = await trainer.event(dr.DrillEnded)
            assert (ended.is_early, ended.reason) == (True, "够了")
            assert (await _state(trainer)).is_over
            kinds = [type(event).__name__ for event in trainer.events if type(event).__module__ == dr.__name__]
        assert kinds[:4] == ["DrillBegan", "DrillJoined", "DrillJoined", "DrillJoined"]
        assert kinds[4:11] == [
            "DrillPaused", "DrillSpeedSet", "InjectDelayed", "InjectSkipped", "InjectFired", "DrillNoted", "DrillRated",
        ]  # fmt: skip
        state = director.site.gateway.picture.drill.state
        assert state is not None
        assert state.fired["extra"].is_by_hand
        assert state.roles[TRAINEE] == "duty"

    _at_a_drill(tmp_path, act)


@pytest.mark.parametrize("officer_id", [TRAINEE, OBSERVER])
def test_who_is_trained_or_observes_directs_nothing(tmp_path: Path, officer_id: OfficerId) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, officer_id) as at:
            for command in (
                dc.DrillBegin(id=new_id()),
                dc.DrillFire(id=new_id(), inject_id="extra"),
                dc.DrillEnd(id=new_id()),
            ):
                assert code_of(await at.ask(command)) == RefusalCode.NOT_ALLOWED
            await director.begin(director.trainer)
            note = await at.ask(dc.DrillNote(id=new_id(), text="慢了"))
            assert isinstance(note, Done if officer_id == OBSERVER else Refused)
            status = await _state(at, is_whole=True)
            sees_the_story = officer_id == OBSERVER
            assert bool(status.injects) is sees_the_story
            assert bool(status.standings) is sees_the_story
            assert (status.scenario is not None) is sees_the_story

    _at_a_drill(tmp_path, act)


def test_seats_are_taken_by_whom_they_are_for(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, TRAINEE) as trainee, desk_at(director, OfficerId("v01")) as late:
            assert code_of(await late.ask(dc.DrillJoin(id=new_id(), role="duty"))) == RefusalCode.WRONG_STATE
            await director.begin(director.trainer)
            assert code_of(await trainee.ask(dc.DrillJoin(id=new_id(), role="lead"))) == RefusalCode.NOT_ALLOWED
            assert code_of(await trainee.ask(dc.DrillJoin(id=new_id(), role="nobody"))) == RefusalCode.NOT_FOUND
            await _do(late, dc.DrillJoin(id=new_id(), role="duty"))
            assert (await _state(late)).role == "duty"

    _at_a_drill(tmp_path, act)


def test_what_makes_no_sense_is_refused_with_its_reason(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, TRAINER) as trainer:

            async def told(command: Command) -> str:
                return code_of(await trainer.ask(command))

            assert await told(dc.DrillResume(id=new_id())) == RefusalCode.WRONG_STATE
            assert await told(dc.DrillFire(id=new_id(), inject_id="fire")) == RefusalCode.WRONG_STATE
            await _do(trainer, dc.DrillBegin(id=new_id()))
            await _do(trainer, dc.DrillPause(id=new_id()))
            assert await told(dc.DrillBegin(id=new_id())) == RefusalCode.ALREADY_DONE
            assert await told(dc.DrillFire(id=new_id(), inject_id="nothing")) == RefusalCode.NOT_FOUND
            assert await told(dc.DrillSkip(id=new_id(), inject_id="nothing")) == RefusalCode.NOT_FOUND
            assert await told(dc.DrillSpeed(id=new_id(), speed=3.0)) == RefusalCode.BAD_FORM
            assert await told(dc.DrillJump(id=new_id(), to_s=0.0)) == RefusalCode.BAD_FORM
            assert await told(dc.DrillRate(id=new_id(), objective="none", rating=dr.Rating.P)) == RefusalCode.NOT_FOUND
            assert await told(dc.DrillNote(id=new_id(), text="x", objective="none")) == RefusalCode.NOT_FOUND
            await _do(trainer, dc.DrillSkip(id=new_id(), inject_id="extra"))
            assert await told(dc.DrillSkip(id=new_id(), inject_id="extra")) == RefusalCode.ALREADY_DONE
            await _do(trainer, dc.DrillEnd(id=new_id()))
            assert await told(dc.DrillPause(id=new_id())) == RefusalCode.WRONG_STATE

    _at_a_drill(tmp_path, act)


async def test_a_live_gateway_has_no_drill(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as at:
        assert code_of(await at.ask(dc.DrillBegin(id=new_id()))) == RefusalCode.NO_DRILL


def test_a_jump_that_is_stopped_is_recorded_as_far_as_it_came(tmp_path: Path) -> None:
    async def jump() -> None:
        async with directed(tmp_path) as director:
            await director.begin(director.trainer)
            clock, halfway = director.site.clock, asyncio.Event()
            clock.call_at(director.site.zero_s + 150.0, halfway.set)
            assert await director.jump(director.trainer, 300.0) is None
            await halfway.wait()
            assert await director.pause(director.trainer) is None
            assert await director.jump(director.trainer, 200.0) is None
            there = asyncio.Event()
            clock.call_at(director.site.zero_s + 199.0, there.set)
            await there.wait()

    run_headless(jump)
    jumps = [item.event for item in read_events(tmp_path) if isinstance(item.event, dr.DrillJumped)]
    assert [round(each.from_s) for each in jumps] == [0, 300, 150]
    assert (jumps[0].to_s, round(jumps[1].to_s), jumps[2].to_s) == (300.0, 150, 200.0)
