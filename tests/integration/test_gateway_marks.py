"""Marks over real sockets: two desks see the same, each acts in its jurisdiction, a restart keeps them."""

from pathlib import Path

import pytest

from comms.domain.events import MarkChanged, MarkDrawn, MarkErased
from comms.domain.ids import CommandId, MarkId
from comms.domain.mark import MarkColour, MarkKind
from comms.gateway.handlers import mark as handlers
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.pushes import Done
from tests.support.gateway import ADMIN, NORTH_DUTY, SOUTH_DUTY, U1, running_gateway
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

PLACE = (23.02, 113.75)


def draw(*, label: str = "积水点", kind: MarkKind = MarkKind.POINT) -> MarkDraw:
    return MarkDraw(id=new_id(), shape=kind, points=(PLACE,), label=label, colour=MarkColour.RED)


async def drawn(officer: Peer, command: MarkDraw) -> MarkId:
    done = await officer.ask_for(command, Done)
    assert done.subject == command.id
    return MarkId(command.id)


async def test_two_desks_see_the_same_and_a_restart_keeps_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as north, desk(site, SOUTH_DUTY) as south:
        await south.subscribe()
        command = draw()
        mark_id = await drawn(north, command)
        assert (await south.event(MarkDrawn)).mark.label == "积水点"
        await drawn(north, command)
        change = MarkChange(id=new_id(), mark_id=mark_id, label=" 已排水 ", colour=MarkColour.GREEN)
        await north.ask_for(change, Done)
        changed = (await south.event(MarkChanged)).mark
        assert (changed.label, changed.colour, changed.points) == ("已排水", MarkColour.GREEN, (PLACE,))
        gone = await drawn(north, draw(label="画错了"))
        await north.ask_for(MarkErase(id=new_id(), mark_id=gone), Done)
        assert (await south.event(MarkErased)).mark_id == gone
        codes = site.codes
    async with running_gateway(tmp_path, codes=codes) as site, desk(site, ADMIN) as admin:
        states = (await admin.subscribe()).picture.marks.states
        assert [state.mark.label for state in states.values()] == ["已排水"]
        moved = MarkChange(id=new_id(), mark_id=mark_id, points=((23.03, 113.76),))
        await admin.ask_for(moved, Done)
        assert (await admin.event(MarkChanged)).mark.points == ((23.03, 113.76),)


async def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        mark_id = await drawn(north, draw())
        assert code_of(await worker.ask(draw())) == "not_allowed"
        assert code_of(await south.ask(MarkErase(id=new_id(), mark_id=mark_id))) == "out_of_jurisdiction"
        assert code_of(await south.ask(MarkChange(id=new_id(), mark_id=mark_id))) == "out_of_jurisdiction"
        assert code_of(await north.ask(MarkErase(id=new_id(), mark_id=MarkId("none")))) == "not_found"
        assert code_of(await north.ask(draw(label="  "))) == "malformed"
        assert code_of(await north.ask(draw(kind=MarkKind.AREA))) == "malformed"
        nameless = MarkChange(id=new_id(), mark_id=mark_id, label="")
        assert code_of(await north.ask(nameless)) == "malformed"
        # A mark has the id of the command that drew it: two types for one string.
        again = MarkDraw(id=CommandId(mark_id), shape=MarkKind.POINT, points=(PLACE,), label="x")
        assert code_of(await south.ask(again)) == "not_allowed"
        monkeypatch.setattr(handlers, "MOST_MARKS", 1)
        assert code_of(await north.ask(draw())) == "too_many"
