"""A terminal's questions: each answered once, durable ones kept over any number of losses."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.ids import CommandId, UnitId
from comms.domain.position import Fix
from comms.fleet.asking import Asking
from comms.fleet.faults import Fault
from comms.fleet.reporting import FIXES_KEPT, Reporting
from comms.fleet.whereabouts import Walking, homes
from comms.link.line import LinkLostError
from comms.protocol.area import Area, TownFile
from comms.protocol.commands import Command, NoteAdd, Ping, PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, PositionTaken
from tests.support.town import sample_town


def note(command_id: CommandId) -> NoteAdd:
    return NoteAdd(id=command_id, text="x")


async def test_plain_questions_die_with_the_connection() -> None:
    sent: list[Command] = []
    asking = Asking(sent.append, name="u1")
    early = asking.request(Ping(id=asking.new_id()))
    assert isinstance(early.exception(), LinkLostError)
    asking.came_up()
    first, second = asking.request(Ping(id=asking.new_id())), asking.request(Ping(id=asking.new_id()))
    asking.answered(sent[0].id, Done(id=sent[0].id))
    assert (await first) == Done(id=sent[0].id)
    asking.went_down()
    assert isinstance(second.exception(), LinkLostError)
    asking.answered(CommandId("never asked"), Done(id=CommandId("never asked")))
    assert len({command.id for command in sent}) == 2


async def test_durable_questions_are_sent_again_and_answered_once() -> None:
    sent: list[Command] = []
    asking = Asking(sent.append, name="u1")
    asking.says_twice = True
    future = asking.request_durable(note(CommandId("n1")))
    assert asking.request_durable(note(CommandId("n1"))) is future
    assert sent == []
    asking.came_up()
    asking.went_down()
    asking.came_up()
    asking.request_durable(note(CommandId("n2")))
    assert [command.id for command in sent] == ["n1", "n1", "n2", "n2"]
    for _ in range(2):
        asking.answered(CommandId("n1"), Done(id=CommandId("n1")))
    assert (await future) == Done(id=CommandId("n1"))
    left = asking.request_durable(note(CommandId("n2")))
    asking.stopped()
    with pytest.raises(LinkLostError):
        await left


@settings(deadline=None)
@given(st.integers(0, 3 * FIXES_KEPT))
def test_readings_are_kept_while_the_network_is_away_newest_first_to_stay(count: int) -> None:
    sent: list[Command] = []
    asking = Asking(sent.append, name="u1")
    reporting = Reporting(asking, set())
    for number in range(count):
        reporting.keep(Fix(at=float(number), lat=23.0, lon=113.0))
    kept = list(reporting._stored)
    assert [fix.at for fix in kept] == [float(number) for number in range(max(0, count - FIXES_KEPT), count)]


async def test_reports_are_sent_whole_and_refusals_counted() -> None:
    sent: list[Command] = []
    asking = Asking(sent.append, name="u1")
    asking.came_up()
    reporting = Reporting(asking, {Fault.NULL_ISLAND})
    reporting.send()
    assert sent == []
    for at in (1.0, 2.0):
        reporting.keep(Fix(at=at, lat=23.0, lon=113.0))
    reporting.send()
    (report,) = sent
    assert isinstance(report, PositionReport)
    assert [(fix.at, fix.lat) for fix in report.fixes] == [(1.0, 0.0), (2.0, 0.0)]
    reporting.keep(Fix(at=3.0, lat=23.0, lon=113.0))
    reporting.send()
    assert (reporting.sent, len(sent)) == (2, 1), "one is under way at a time"
    asking.answered(
        report.id, PositionTaken(id=report.id, taken=0, refused=dict.fromkeys((0, 1), RefusalCode.POSITION_NULL_ISLAND))
    )
    await asyncio.sleep(0)
    reporting.send()
    assert (reporting.sent, reporting.refused) == (3, 2)
    asking.went_down()
    await asyncio.sleep(0)
    asking.came_up()
    reporting.keep(Fix(at=4.0, lat=23.0, lon=113.0))
    reporting.send()
    assert reporting.sent == 4, "an answer that went with the connection is not waited for"


async def test_who_spares_his_battery_sends_several_readings_in_a_report() -> None:
    sent: list[Command] = []
    asking = Asking(sent.append, name="u1")
    asking.came_up()
    reporting = Reporting(asking, set(), at_least=3)
    for at in range(1, 5):
        reporting.keep(Fix(at=at, lat=23.0, lon=113.0))
        reporting.send()
    (report,) = sent
    assert isinstance(report, PositionReport)
    assert len(report.fixes) == 3


def test_units_walk_about_their_own_grids_and_strangers_anywhere() -> None:
    town = sample_town(units=10)
    ids = [*(unit.id for unit in town.units), UnitId("stranger")]
    beats = homes(town, ids)
    assert beats.shape == (11, 2)
    walking = Walking(town, ids, seed=1, start_s=0.0)
    walking.advance(100.0)
    fix = walking.fix(0, at=5.0)
    assert fix is not None
    assert fix.at == 5.0
    assert abs(fix.lat - beats[0, 0]) < 0.02
    assert fix.battery_pct is not None
    walking.advance(1e6)
    drained = walking.fix(0, at=5.0)
    assert drained is not None
    assert drained.battery_pct == 1


def test_a_town_without_grids_has_one_beat() -> None:
    bare = TownFile(
        area=Area(name="bare", bounds=(22.0, 113.0, 24.0, 114.0)), jurisdictions=(), units=(), talkgroups=()
    )
    assert homes(bare, [UnitId("u1")]).tolist() == [[23.0, 113.5]]
