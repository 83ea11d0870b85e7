"""What befalls the town of a drill: streets that are closed, crowds that grow, radios and media that fail."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from comms.domain.events import MarkChanged, MarkDrawn, MarkErased
from comms.domain.ids import MarkId, OfficerId
from comms.domain.talkgroup import Talkgroup
from comms.drill.director import Director
from comms.drill.headless import run_headless
from comms.protocol.commands import CallPlace
from comms.protocol.errors import RefusalCode
from comms.protocol.mark_commands import MarkErase
from comms.protocol.pushes import Done, FloorGranted, Refused
from tests.support.drill_run import desk_at, directed
from tests.support.terminal import new_id

TRAINEE = OfficerId("duty")


def _at_a_drill(data: Path, act: Callable[[Director], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with directed(data) as director:
            await director.begin(director.trainer)
            await act(director)

    run_headless(main)


def _area(director: Director, mark_id: str) -> list[float]:
    state = director.site.gateway.picture.marks.states[MarkId(mark_id)]
    return [lat for lat, _ in state.mark.points]


def _is_closed(director: Director) -> bool:
    return director.site.walking.net.is_any_closed


def test_a_closed_road_is_gone_round_until_its_mark_is_erased(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, TRAINEE) as at:
            await director.fire(director.trainer, "closed")
            drawn = await at.event(MarkDrawn)
            assert _is_closed(director)
            await at.ask_for(MarkErase(id=new_id(), mark_id=drawn.mark.id), Done)
            await at.event(MarkErased)
            assert not _is_closed(director)
            await director.fire(director.trainer, "closed")
            assert _is_closed(director)
            director.site.clock.jump(61.0)
            await at.event(MarkErased, lambda event: event.mark_id != drawn.mark.id)
            assert not _is_closed(director)

    _at_a_drill(tmp_path, act)


def test_a_crowd_grows_and_the_next_one_there_takes_its_place(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        async with desk_at(director, TRAINEE) as at:
            await director.fire(director.trainer, "crowd")
            first = await at.event(MarkDrawn)
            before = _area(director, first.mark.id)
            director.site.clock.jump(130.0)
            await at.event(MarkChanged)
            await at.find(lambda push: len([each for each in at.events if isinstance(each, MarkChanged)]) == 3)
            after = _area(director, first.mark.id)
            assert max(after) - min(after) > 2 * (max(before) - min(before))
            await director.fire(director.trainer, "crowd")
            erased = await at.event(MarkErased)
            assert erased.mark_id == first.mark.id
            assert [key for key in director.site.gateway.picture.marks.states if "crowd" in key] == ["short-7-crowd-2"]

    _at_a_drill(tmp_path, act)


def _group(director: Director) -> Talkgroup:
    return director.site.wanted.town.talkgroups[0]


def test_a_radio_that_fails_cuts_off_who_talks_and_is_mended(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        scout = director.site.fleet.terminal(director.foreseen.units("scout")[0])
        group = _group(director)
        assert isinstance(await scout.press(group.id), FloorGranted)
        await director.fire(director.trainer, "deaf")
        state = director.site.gateway.picture.talkgroups[group.id]
        assert state.talker is None
        assert scout.mouth is not None
        await scout.mouth.said()
        answer = await scout.press(group.id)
        assert isinstance(answer, Refused)
        assert answer.code is RefusalCode.UNREACHABLE
        await director.fire(director.trainer, "deaf")
        voice = director.site.gateway.voice
        voice.mend(group.id)
        assert isinstance(await scout.press(group.id), Refused), "it has failed twice"
        voice.mend(group.id)
        assert isinstance(await scout.press(group.id), FloorGranted)

    _at_a_drill(tmp_path, act)


def test_without_media_there_is_neither_floor_nor_call(tmp_path: Path) -> None:
    async def act(director: Director) -> None:
        voice = director.site.gateway.voice
        scout = director.site.fleet.terminal(director.foreseen.units("scout")[0])
        async with desk_at(director, TRAINEE) as at:
            session = director.site.gateway.sessions.get(scout.party)
            assert session is not None
            session.has_media = True
            await scout.calling.place()
            voice.fail(None)
            voice.fail(None)
            assert isinstance(await scout.press(_group(director).id), Refused)
            refused = await scout.calling.place()
            assert isinstance(refused, Refused)
            voice.mend(None)
            assert isinstance(await scout.press(_group(director).id), Refused), "it has failed twice"
            voice.mend(None)
            assert isinstance(await scout.press(_group(director).id), FloorGranted)
            assert isinstance(await at.ask(CallPlace(id=new_id(), unit_id=scout.unit_id)), Done | Refused)

    _at_a_drill(tmp_path, act)
