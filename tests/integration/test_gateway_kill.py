"""SIGKILL at every step of an order's life: no order is lost, none is doubled, and the picture is the journal's fold.

A real gateway process is killed at a point that messages define, never time: right after a command was sent, once
another desk has seen its event (so it is durable but the asker has no answer), or once it was answered. Then it is
started again on the same data, everybody comes back, and the asker sends its command again with the same id, as the
link and the web terminal do.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from comms.domain.events import OrderAdvanced, OrderIssued, Recorded, UnitStatusChanged
from comms.domain.ids import CommandId, OrderId, PartyId, UnitId
from comms.domain.order import OPEN_STATES, AssignmentState, UnitsTarget
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.journal import history
from comms.journal.database import Database
from comms.journal.verify import verify
from comms.protocol.commands import NoteAdd, OrderAdvance, OrderIssue
from comms.protocol.pushes import Done, EventPush, OrderPush
from tests.support.gateway import ADMIN, NORTH_DUTY, U1, U2, Site, prepare_site, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.terminal import ConnectionEnded, Peer, desk, terminal

S = AssignmentState
ORDER = OrderId("the-order")


class Kill(StrEnum):
    NOT = "not"
    SENT = "sent"
    """The command has left; whether it arrived, nobody knows."""
    DURABLE = "durable"
    """Another desk has its event; the asker's answer is lost."""
    ANSWERED = "answered"


@dataclass(frozen=True)
class Move:
    """One command of the order's life. `unit_id` None: the officer's."""

    command: OrderIssue | OrderAdvance
    unit_id: UnitId | None = None


def _step(state: AssignmentState, unit_id: UnitId | None = U1, *, of: UnitId = U1, reason: str = "") -> Move:
    command = OrderAdvance(
        id=CommandId(f"{of}-{state}-{'unit' if unit_id else 'officer'}-{reason}"),
        order_id=ORDER,
        state=state,
        unit_id=None if unit_id else of,
        reason=reason,
    )
    return Move(command, unit_id)


LIFE = (
    Move(OrderIssue(id=CommandId(ORDER), title="占道经营", target=UnitsTarget((U1, U2)))),
    _step(S.DELIVERED),
    _step(S.READ),
    _step(S.ACCEPTED),
    _step(S.EN_ROUTE),
    _step(S.ON_SCENE),
    _step(S.COMPLETED),
    _step(S.ACCEPTED, None, reason="photo is dark"),
    _step(S.COMPLETED, reason="again"),
    _step(S.VERIFIED, None),
    _step(S.CANCELLED, None, of=U2, reason="done by another"),
)
STATES_OF_U1 = (
    S.DELIVERED, S.READ, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETED, S.ACCEPTED, S.COMPLETED, S.VERIFIED,
)  # fmt: skip


@dataclass
class Cast:
    """Everybody connected to one running gateway."""

    site: Site
    officer: Peer
    observer: Peer
    worker: Peer

    def asker(self, move: Move) -> Peer:
        return self.officer if move.unit_id is None else self.worker


@asynccontextmanager
async def _cast(site: Site) -> AsyncIterator[Cast]:
    async with AsyncExitStack() as stack:
        officer = await stack.enter_async_context(desk(site, NORTH_DUTY))
        observer = await stack.enter_async_context(desk(site, ADMIN))
        await observer.subscribe()
        yield Cast(site, officer, observer, await stack.enter_async_context(terminal(site, U1)))


async def _play(move: Move, cast: Cast, kill: Kill) -> None:
    """Send the command, see as much of its effect as `kill` says, and kill."""
    asker = cast.asker(move)
    await asker.send(move.command)
    if kill is Kill.DURABLE:
        await cast.observer.find(
            lambda push: isinstance(push, EventPush) and push.recorded.command_id == move.command.id
        )
    elif kill is Kill.ANSWERED:
        assert isinstance(await asker.reply(move.command.id), Done)
    cast.site.kill()
    for made in (cast.officer, cast.observer, cast.worker):
        await made.ended()


async def _ask_again(move: Move, cast: Cast) -> None:
    answer = await cast.asker(move).ask(move.command)
    subject = ORDER if isinstance(move.command, OrderIssue) else None
    assert answer == Done(id=move.command.id, subject=subject)


async def _live(data: Path, kills: list[Kill], nursery: Nursery) -> Picture:
    """The whole life, killed as told; the picture a desk has at its end."""
    site = Site(data, "", 0, 0, await prepare_site(data))
    done = 0
    picture = None
    while picture is None:
        running = await spawn_gateway(data, codes=site.codes, nursery=nursery)
        running.device_tokens = site.device_tokens
        try:
            async with _cast(running) as cast:
                if 0 < done <= len(LIFE):
                    await _ask_again(LIFE[done - 1], cast)
                    await _expect_push(cast.worker, done)
                while done < len(LIFE) and kills[done] is Kill.NOT:
                    await _ask_again(LIFE[done], cast)
                    done += 1
                if done < len(LIFE):
                    done += 1
                    await _play(LIFE[done - 1], cast, kills[done - 1])
                else:
                    await cast.officer.ask_for(NoteAdd(id=CommandId("end"), text="end"), Done)
                    picture = (await cast.officer.subscribe()).picture
        except ConnectionEnded:
            pass  # the gateway died before the last write; the next one shows what became of it
        finally:
            await stop_gateway(running)
    return picture


async def _expect_push(worker: Peer, done: int) -> None:
    """An order whose assignment is open was pushed again by now, whatever happened before."""
    moves = [move.command.state for move in LIFE[1:done] if isinstance(move.command, OrderAdvance)]
    states = [S.ISSUED, *moves][-2:]
    if done <= len(STATES_OF_U1) and OPEN_STATES.issuperset(states):
        assert (await worker.next(OrderPush)).order.id == ORDER


def _check(data: Path, seen: Picture) -> None:
    verify(data)
    database = Database(data)
    recorded = database.read_now(lambda connection: history.page(connection, None, 1_000_000))
    database.close()
    events = [item.event for item in recorded]
    assert [event.order.id for event in events if isinstance(event, OrderIssued)] == [ORDER]
    advanced = [event for event in events if isinstance(event, OrderAdvanced)]
    assert tuple(event.state for event in advanced if event.unit_id == U1) == STATES_OF_U1
    assert [event.state for event in advanced if event.unit_id == U2] == [S.CANCELLED]
    statuses = [event.status for event in events if isinstance(event, UnitStatusChanged) and event.unit_id == U1]
    assert statuses == [
        UnitStatus.DISPATCHED,
        UnitStatus.EN_ROUTE,
        UnitStatus.ON_SCENE,
        UnitStatus.AVAILABLE,
        UnitStatus.DISPATCHED,
        UnitStatus.AVAILABLE,
    ]
    commands: Counter[tuple[PartyId, CommandId]] = Counter(
        (item.actor, item.command_id) for item in recorded if item.command_id is not None
    )
    assert set(commands.values()) == {1}
    assert _fold(recorded, upto=seen.seq) == seen
    assert seen.orders[ORDER].assignments == {U1: S.VERIFIED, U2: S.CANCELLED}


def _fold(recorded: list[Recorded], *, upto: int) -> Picture:
    picture = Picture()
    for item in recorded[:upto]:
        picture.apply(item)
    return picture


@pytest.mark.parametrize("kill", [Kill.SENT, Kill.DURABLE, Kill.ANSWERED])
async def test_killed_at_every_step(tmp_path: Path, nursery: Nursery, kill: Kill) -> None:
    _check(tmp_path, await _live(tmp_path, [kill] * len(LIFE), nursery))


@given(st.lists(st.sampled_from(list(Kill)), min_size=len(LIFE), max_size=len(LIFE)))
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_killed_at_any_steps(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery, kills: list[Kill]) -> None:
    data = tmp_path_factory.mktemp("killed")
    _check(data, asyncio.run(_live(data, kills, nursery)))
