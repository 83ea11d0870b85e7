"""Replay equals live: what a real gateway's picture was at any moment is what its journal gives again."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from comms.domain.events import AlarmRaised, Recorded, RecordingSaved
from comms.domain.ids import BlobId, IncidentId, OrderId, TalkgroupId, UnitId, unit_party
from comms.domain.incident import IncidentOutcome
from comms.domain.order import AssignmentState, CircleTarget, OrderTarget, Place, UnitsTarget
from comms.domain.position import Fix
from comms.domain.unit import UnitStatus
from comms.journal.journal import Journal
from comms.journal.replay.replay import Replay, open_replay
from comms.protocol.alarm_commands import AlarmAcknowledge
from comms.protocol.commands import (
    CallAnswer,
    CallFinish,
    CallFromArea,
    CallHangUp,
    CallPlace,
    Command,
    NoteAdd,
    OrderAdvance,
    OrderIssue,
    OrderRemind,
    PositionReport,
    StatusSet,
)
from comms.protocol.incident_commands import IncidentClose, IncidentReport
from comms.protocol.pushes import CallRinging, Done, PositionTaken
from console.replay.played_clock import PlayedClock
from console.replay.player import Player
from console.store.store import Store
from tests.support.air import desk_on_air, set_timing, unit_on_air
from tests.support.drill_run import short, town
from tests.support.equal import Moment, differences, watched
from tests.support.gateway import NORTH_DUTY, NORTH_GROUP, S1, U1, U2, U3, Site, running_gateway, tiny_town
from tests.support.terminal import Peer, new_id, terminal

pytestmark = pytest.mark.no_cover  # what it goes through is measured part by part elsewhere; measuring doubles its time

S = AssignmentState
MORE_UNITS = 1_161
HERE = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")


class Witness:
    """Takes what the picture is now, at random, whenever the journal tells."""

    def __init__(self, journal: Journal, seed: int) -> None:
        self._journal = journal
        self._roll = random.Random(seed)
        self.seen: dict[int, Any] = {}
        journal.on.recorded.append(self._look)

    def _look(self, _recorded: list[Recorded]) -> None:
        if self._roll.random() < 0.8:
            self.take()

    def take(self) -> None:
        """A deep copy of plain values, which shares nothing with the picture."""
        self.seen[self._journal.durable.seq] = msgspec.to_builtins(self._journal.durable)


async def done(peer: Peer, command: Command) -> str:
    return (await peer.ask_for(command, Done)).subject or ""


async def an_order(officer: Peer, worker: Peer, target: OrderTarget, incident_id: IncidentId | None = None) -> None:
    order = OrderIssue(id=new_id(), title="占道经营", target=target, incident_id=incident_id, deadline_at=None)
    order_id = OrderId(await done(officer, order))
    await done(officer, OrderRemind(id=new_id(), order_id=order_id))
    for state in (S.DELIVERED, S.READ, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETED):
        await done(worker, OrderAdvance(id=new_id(), order_id=order_id, state=state))
    await done(officer, OrderAdvance(id=new_id(), order_id=order_id, state=S.VERIFIED, unit_id=U1))


async def an_incident(officer: Peer, worker: Peer, number: int) -> None:
    report = IncidentReport(id=new_id(), incident_kind="井盖缺失", place=HERE, text=f"第{number}处")
    incident_id = IncidentId(await done(worker, report))
    await an_order(officer, worker, UnitsTarget((U1,)), incident_id)
    await done(officer, IncidentClose(id=new_id(), incident_id=incident_id, outcome=IncidentOutcome.HANDLED))


async def a_talk(site: Site, officer: Peer) -> None:
    async with unit_on_air(site, U2) as talker:
        await talker.take_floor(NORTH_GROUP, is_emergency=True)
        alarm = (await officer.event(AlarmRaised)).alarm
        await done(officer, AlarmAcknowledge(id=new_id(), alarm_ids=(alarm.id,)))
        await talker.release(NORTH_GROUP, talker.say(*("voice" for _ in range(10))))
        await officer.event(RecordingSaved)


async def a_point_call(officer: Peer, worker: Peer) -> None:
    await done(officer, CallPlace(id=new_id(), unit_id=U1))
    call = (await worker.next(CallRinging)).call
    await done(worker, CallAnswer(id=new_id(), call_id=call.id))
    await done(officer, CallHangUp(id=new_id(), call_id=call.id))


async def an_area_call(officer: Peer) -> None:
    group_id = TalkgroupId(
        await done(officer, CallFromArea(id=new_id(), target=CircleTarget(lat=23.0, lon=113.7, radius_m=500.0)))
    )
    await done(officer, CallFinish(id=new_id(), talkgroup_id=group_id))


async def busy_stretch(site: Site, witness: Witness) -> None:
    assert site.gateway is not None
    now = site.gateway.clock.now()
    async with (
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as unit,
        terminal(site, U3) as other,
    ):
        officer, worker = duty.peer, unit.peer
        for peer, lon in ((worker, 113.7), (other, 113.701)):
            fixes = tuple(Fix(at=now - 30 + 5 * row, lat=23.0 + row * 1e-4, lon=lon) for row in range(6))
            await peer.ask_for(PositionReport(id=new_id(), fixes=fixes), PositionTaken)
        for number in range(2):
            await an_incident(officer, worker, number)
            await done(officer, NoteAdd(id=new_id(), text=f"第{number}班"))
            await done(other, StatusSet(id=new_id(), status=UnitStatus.BUSY))
            await a_point_call(officer, worker)
        await a_talk(site, officer)
        await an_area_call(officer)
    witness.take()


@pytest.mark.parametrize("more_units", [0, MORE_UNITS])
async def test_any_moment_of_a_busy_stretch_is_shown_again_as_it_was(tmp_path: Path, more_units: int) -> None:
    async with running_gateway(tmp_path, town=tiny_town(more_units=more_units)) as site:
        assert site.gateway is not None
        set_timing(site, hang_time_s=0.05)
        witness = Witness(site.gateway.journal, seed=more_units)
        await busy_stretch(site, witness)
        data, positions = site.data, dict(zip(site.gateway.positions.unit_ids, _places(site), strict=False))
        await _look_again(data, witness)  # while the gateway runs
    await _look_again(data, witness)
    await _play_again(data, positions)


def _places(site: Site) -> list[tuple[float, float]]:
    assert site.gateway is not None
    columns = site.gateway.positions.columns
    return list(zip(columns.at.tolist(), columns.lat.tolist(), strict=True))


async def _look_again(data: Path, witness: Witness) -> None:
    found = open_replay(data)
    assert isinstance(found, Replay), found
    with found as replay:
        seen = dict(witness.seen)
        await asyncio.wrap_future(replay.reached(max(seen)))
        assert len(seen) > 10
        for seq, live in seen.items():
            again = await asyncio.wrap_future(replay.submit(_moment(replay, seq)))
            assert again == live, seq
        assert replay.flaws == ()


def _moment(replay: Replay, seq: int) -> Callable[[], Any]:
    return lambda: msgspec.to_builtins(replay.picture_at(seq))


async def _play_again(data: Path, live: dict[UnitId, tuple[float, float]]) -> None:
    """At the end everybody is where the gateway had them, and who spoke has a lane and a recording."""
    found = open_replay(data)
    assert isinstance(found, Replay)
    with found as replay:
        clock = PlayedClock()
        store = Store(now=clock.now)
        await Player(replay, store, clock, monotonic=clock.now).seek(1e11)
        rows = np.flatnonzero(store.positions.is_placed)
        assert set(store.positions.unit_ids(rows)) == live.keys() == {U1, U3}
        for row, unit_id in zip(rows.tolist(), store.positions.unit_ids(rows), strict=True):
            assert (store.positions.at[row], store.positions.lat[row]) == pytest.approx(live[unit_id], abs=0.06)
        (burst,) = [burst for burst in replay.bursts if burst.blob_id is not None]
        assert (burst.talker, burst.talkgroup_id) == (unit_party(U2), NORTH_GROUP)
        assert burst.to_at is not None
        assert burst.from_at <= burst.to_at
        assert replay.blob(burst.blob_id or BlobId("")) is not None
        assert S1 in store.picture.units


def test_any_second_of_a_drill_is_shown_again_as_it_was(tmp_path: Path) -> None:
    """The full line of it, 30 minutes with 1,165 units at 100 seconds, is the bench `equal`."""
    moments = watched(short(length_min=4.0), town(), tmp_path / "data", moments=25, seed=3)
    assert len(moments) == 25
    assert differences(tmp_path / "data", moments) == []
    other = Moment(moments[9].at, moments[3].picture, moments[9].places)
    assert differences(tmp_path / "data", [other]) != [], "the comparison can fail"
