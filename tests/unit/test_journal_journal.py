"""The journal on a real SQLite file: order, durability, one effect a command, and a disk that fails."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from comms.domain.call import CallEnd
from comms.domain.events import (
    CallEnded,
    Event,
    FaultNoted,
    NoteAdded,
    Recorded,
    TerminalConnected,
    TerminalDisconnected,
    UnitStatusChanged,
)
from comms.domain.ids import GATEWAY, CallId, CommandId
from comms.domain.picture import Picture
from comms.domain.recording_gap import RecordingGap
from comms.domain.unit import UnitStatus
from comms.journal import chain, history
from comms.journal.database import FILE_NAME, Database
from comms.journal.errors import JournalDamagedError, JournalError, RepeatedCommandError
from comms.journal.journal import RECENT_EVENTS, STORE_FAULT, Journal
from comms.journal.tables import events, officer_accounts
from tests.support.journal import (
    ACTOR,
    LONG_NOTE,
    TOWN_EVENTS,
    UNIT,
    DiskLimit,
    SteppedClock,
    Told,
    note,
    open_journal,
)


def fold(data: Path) -> Picture:
    """The picture by reading every event from the first, without checkpoints."""
    database = Database(data)
    picture = Picture()
    for recorded in database.read_now(lambda connection: history.page(connection, None, 1_000_000)):
        picture.apply(recorded)
    database.close()
    return picture


async def test_events_are_in_the_picture_at_once_and_told_once_durable(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        told = Told(journal)
        recording = asyncio.ensure_future(journal.record(GATEWAY, TOWN_EVENTS))
        await asyncio.sleep(0)
        assert UNIT in journal.picture.units
        assert UNIT not in journal.durable.units
        assert not told.recorded
        recorded = await recording
        assert told.recorded == recorded
        assert journal.durable == journal.picture
        assert [item.seq for item in recorded] == [1, 2, 3, 4]


async def test_many_writers_keep_one_order_and_share_transactions(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        told = Told(journal)
        groups: list[int] = []
        journal.on.recorded.append(lambda recorded: groups.append(len(recorded)))
        await asyncio.gather(*(journal.record(ACTOR, [note(str(at))]) for at in range(200)))
        journal.record_soon(ACTOR, [note("soon")])
        await journal.record(ACTOR, [note("last")])
        assert [item.seq for item in told.recorded] == list(range(1, 203))
        assert len(groups) < 100, "two hundred notes at once are not two hundred syncs"


async def test_nothing_to_record_is_nothing(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        assert await journal.record(ACTOR, []) == []
        assert journal.picture.seq == 0


async def test_a_restart_folds_to_the_same_picture(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [UnitStatusChanged(unit_id=UNIT, status=UnitStatus.BUSY)])
        before = journal.picture
    async with open_journal(tmp_path) as journal:
        assert journal.picture == before == fold(tmp_path)
        await journal.record(ACTOR, [note()])
        assert journal.picture.seq == before.seq + 1


steps = st.lists(
    st.sampled_from(
        [
            TerminalConnected(unit_id=UNIT),
            TerminalDisconnected(unit_id=UNIT),
            UnitStatusChanged(unit_id=UNIT, status=UnitStatus.BUSY),
            NoteAdded(text="n"),
            None,
        ]
    ),
    max_size=12,
)
"""None: the gateway is started again."""


@given(steps)
@settings(max_examples=15, deadline=None)
def test_the_picture_is_the_fold_whatever_happens_when(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Event | None]
) -> None:
    data = tmp_path_factory.mktemp("journal")

    async def play() -> Picture:
        queue = [*steps, None]
        picture = Picture()
        await _record_all(data, list(TOWN_EVENTS))
        while queue:
            at = queue.index(None)
            run, queue = [event for event in queue[:at] if event is not None], queue[at + 1 :]
            picture = await _record_all(data, run)
        return picture

    assert asyncio.run(play()) == fold(data)


async def _record_all(data: Path, events: list[Event]) -> Picture:
    async with open_journal(data) as journal:
        for event in events:
            journal.record_soon(ACTOR, [event])
        live = journal.picture
    return live


# --- commands ---------------------------------------------------------------------------------------


async def test_a_command_is_found_before_and_after_a_restart(tmp_path: Path) -> None:
    command = CommandId("c1")
    async with open_journal(tmp_path) as journal:
        assert await journal.find_command(ACTOR, command) is None
        [first, second] = await journal.record(ACTOR, [note("a"), note("b")], command_id=command)
        assert (first.command_id, second.command_id) == (command, None)
        assert await journal.find_command(ACTOR, command) == first
        assert await journal.find_command(GATEWAY, command) is None, "ids belong to their actor"
    async with open_journal(tmp_path) as journal:
        assert await journal.find_command(ACTOR, command) == first


async def test_a_command_under_way_is_waited_for(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        recording = asyncio.ensure_future(journal.record(ACTOR, [note()], command_id=CommandId("c1")))
        await asyncio.sleep(0)
        found = await journal.find_command(ACTOR, CommandId("c1"))
        assert [found] == await recording
        assert journal.durable.seq == 1


async def test_the_same_command_cannot_be_recorded_twice(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(ACTOR, [note()], command_id=CommandId("c1"))
        with pytest.raises(RepeatedCommandError):
            await journal.record(ACTOR, [note()], command_id=CommandId("c1"))
        assert journal.picture.seq == 1


async def test_a_cancelled_caller_does_not_take_its_events_back(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        told = Told(journal)
        task = asyncio.ensure_future(journal.record(ACTOR, [note()]))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await told.until(lambda recorded: len(recorded) == 1)


# --- reading ----------------------------------------------------------------------------------------


async def test_pages_and_what_came_since(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(ACTOR, [note(str(at)) for at in range(10)])
        assert [item.seq for item in await journal.read_log(before_seq=None, limit=3)] == [8, 9, 10]
        assert [item.seq for item in await journal.read_log(before_seq=3, limit=5)] == [1, 2]
        since = journal.since(7)
        assert since is not None
        assert [item.seq for item in since] == [8, 9, 10]
        assert journal.since(10) == []
        assert journal.since(11) is None, "a desk that knows more than we do needs a snapshot"
        assert journal.since(-1) is None
        await journal.record(ACTOR, [note() for _ in range(RECENT_EVENTS)])
        assert journal.since(9) is None


async def test_a_checkpoint_spares_reading_and_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.journal.journal.CHECKPOINT_EVENTS", 5)
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [note() for _ in range(8)])
        await journal.record(ACTOR, [note()])
        before = journal.picture
    database = Database(tmp_path)
    past = history.load(database, recent=0)
    assert (past.picture, past.checkpoint_seq) == (before, 13)
    database.close()


async def test_a_checkpoint_of_another_version_is_not_needed(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
    _tamper(tmp_path, "UPDATE checkpoint SET picture = '[]'")
    async with open_journal(tmp_path) as journal:
        assert UNIT in journal.picture.units


# --- a disk that fails --------------------------------------------------------------------------------


@pytest.mark.allow_warnings
async def test_a_full_disk_refuses_and_recovers_by_itself(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_journal(tmp_path, clock=clock) as journal:
        disk, told = DiskLimit(journal.database), Told(journal)
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [LONG_NOTE])
        durable = history.copy_picture(journal.picture)
        told_before = len(told.recorded)
        disk.fill()
        waiting = [
            journal.record(ACTOR, [LONG_NOTE, UnitStatusChanged(unit_id=UNIT, status=UnitStatus.BUSY)])
            for _ in range(3)
        ]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(outcome, JournalError) for outcome in outcomes), outcomes
        assert journal.is_failing
        assert journal.picture == durable, "nothing of it happened"
        assert len(told.recorded) == told_before, "nobody was told"
        assert len(told.failed) == 1
        journal.record_soon(ACTOR, [TerminalConnected(unit_id=UNIT)])
        with pytest.raises(JournalError):
            await journal.record(ACTOR, [note()])
        clock.at += 7
        disk.free()
        await asyncio.wait_for(told.recovered.wait(), 40)
        await journal.record(ACTOR, [note("again")])
        faults = [item.event for item in told.recorded if isinstance(item.event, FaultNoted)]
        assert [fault.is_over for fault in faults] == [False, True]
        assert faults[0].code == STORE_FAULT
        assert faults[0].gap == RecordingGap(lasted_s=7.0, refused=4, dropped=1)
        assert not journal.picture.faults
    assert fold(tmp_path).seq == 4 + 1 + 2 + 1


@pytest.mark.allow_warnings
async def test_what_was_queued_behind_a_failure_fails_with_it(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        disk = DiskLimit(journal.database)
        disk.fill()
        first = asyncio.ensure_future(journal.record(ACTOR, [LONG_NOTE], command_id=CommandId("c1")))
        found = asyncio.ensure_future(journal.find_command(ACTOR, CommandId("c1")))
        await asyncio.sleep(0)
        journal.record_soon(ACTOR, [note("lost")])
        with pytest.raises(JournalError):
            await first
        with pytest.raises(JournalError):
            await found
        assert journal.picture.seq == 4
        disk.free()
        told = Told(journal)
        await told.recovered.wait()
        [again] = await journal.record(ACTOR, [note()], command_id=CommandId("c1"))
        assert again.command_id == "c1"


@pytest.mark.allow_warnings
async def test_a_locked_database_is_a_failure_too(tmp_path: Path) -> None:
    async with open_journal(tmp_path, busy_timeout_s=0.05) as journal:
        told = Told(journal)
        await journal.record(GATEWAY, TOWN_EVENTS)
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked"):
            await journal.record(ACTOR, [note()])
        with pytest.raises(JournalError, match="locked"):
            await journal.change(lambda connection: None)
        other.execute("ROLLBACK")
        other.close()
        await asyncio.wait_for(told.recovered.wait(), 40)
        await journal.record(ACTOR, [note()])


@pytest.mark.allow_warnings
async def test_closing_while_failing_loses_nothing_that_was_durable(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        disk = DiskLimit(journal.database)
        disk.fill()
        with pytest.raises(JournalError):
            await journal.record(ACTOR, [LONG_NOTE])
    assert fold(tmp_path).seq == 4


# --- events that do not fit -----------------------------------------------------------------------------


@pytest.mark.allow_warnings
async def test_an_event_of_an_unknown_call_is_not_recorded(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        pending = asyncio.ensure_future(
            journal.record(ACTOR, [UnitStatusChanged(unit_id=UNIT, status=UnitStatus.BUSY)])
        )
        await asyncio.sleep(0)
        lost = CallEnded(call_id=CallId("never"), end=CallEnd.HUNG_UP)
        journal.record_soon(ACTOR, [note(), lost])
        with pytest.raises(ValueError, match="not in the picture"):
            await journal.record(ACTOR, [lost])
        await pending
        assert journal.picture == journal.durable
        assert journal.picture.units[UNIT].status is UnitStatus.BUSY
        await journal.record(ACTOR, [note()])
        assert journal.picture.seq == 6


# --- damage ---------------------------------------------------------------------------------------------


def _tamper(data: Path, *statements: str) -> None:
    connection = sqlite3.connect(data / FILE_NAME)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


async def test_events_cannot_be_changed_or_deleted(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(ACTOR, [note()])
    for statement in ("UPDATE event SET at = 0", "DELETE FROM event"):
        connection = sqlite3.connect(tmp_path / FILE_NAME)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.close()


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TRIGGER event_no_update", "UPDATE event SET actor = 'officer:forger' WHERE seq = 5"],
        ["DROP TRIGGER event_no_delete", "DELETE FROM event WHERE seq = 5"],
    ],
)
async def test_a_forged_event_stops_the_start(tmp_path: Path, statements: list[str]) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [note("a"), note("b")])
    _tamper(tmp_path, "DELETE FROM checkpoint", *statements)
    database = Database(tmp_path)
    try:
        with pytest.raises(JournalDamagedError, match=r"event [56].*restore the newest backup"):
            Journal(database, now=SteppedClock().now)
    finally:
        database.close()


async def test_a_cut_tail_stops_the_start(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
    _tamper(tmp_path, "DROP TRIGGER event_no_delete", "DELETE FROM event WHERE seq = 4")
    database = Database(tmp_path)
    try:
        with pytest.raises(JournalDamagedError, match="event 4"):
            Journal(database, now=SteppedClock().now)
    finally:
        database.close()


async def test_an_event_naming_nothing_known_stops_the_start(tmp_path: Path) -> None:
    database = Database(tmp_path)

    recorded = Recorded(seq=1, at=0.0, actor=ACTOR, event=TerminalConnected(unit_id=UNIT))
    row = chain.to_row(recorded, previous=chain.GENESIS)
    values = {name: getattr(row, name) for name in chain.Row.__slots__}
    database.write_now(lambda connection: connection.execute(insert(events), [values]))
    try:
        with pytest.raises(JournalDamagedError, match="never defined"):
            Journal(database, now=SteppedClock().now)
    finally:
        database.close()


# --- mistakes of ours -------------------------------------------------------------------------------------


async def test_a_change_that_is_wrong_harms_no_other(tmp_path: Path) -> None:
    def clash(connection: Connection) -> None:
        row = {"officer_id": "o", "password_hash": "h", "changed_at": 0.0}
        connection.execute(insert(officer_accounts), [row])
        connection.execute(insert(officer_accounts), [row])

    def broken(connection: Connection) -> None:
        raise ZeroDivisionError("a mistake")

    async with open_journal(tmp_path) as journal:
        results = await asyncio.gather(
            journal.record(ACTOR, [note()]),
            journal.change(clash),
            journal.change(broken),
            journal.change(lambda connection: 7),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [list, JournalError, ZeroDivisionError, int]
        assert not journal.is_failing
        assert await journal.read(lambda connection: connection.execute(select(officer_accounts)).all()) == []


async def test_a_subscriber_that_fails_does_not_leave_the_caller_waiting(tmp_path: Path) -> None:
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(str(context["exception"])))

    def broken(recorded: list[Recorded]) -> None:
        raise ZeroDivisionError("a mistake")

    async with open_journal(tmp_path) as journal:
        journal.on.recorded.append(broken)
        await journal.record(ACTOR, [note()])
        assert journal.durable.seq == 1
    assert complaints == ["a mistake"]
