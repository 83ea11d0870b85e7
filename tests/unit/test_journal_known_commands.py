"""Of a command it is known whether it was carried out, mostly without the file, and never wrongly that it was not."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.events import Event, NoteAdded
from comms.domain.ids import CommandId, PartyId
from comms.journal import history, known_commands
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.journal.sieve import LEAST_BITS, MOST_BITS, Sieve, bits_for
from tests.support.journal import open_journal

ACTOR = PartyId("officer:duty")


def _is_complete(journal: Journal) -> bool:
    return journal._commands.is_complete


def note(text: str = "a") -> Event:
    return NoteAdded(text=text)


@given(st.sets(st.tuples(st.text(), st.text()), max_size=60), st.tuples(st.text(), st.text()))
def test_what_was_added_is_always_held(added: set[tuple[str, str]], other: tuple[str, str]) -> None:
    sieve = Sieve(bits=2**16)
    assert other not in sieve
    for key in added:
        sieve.add(key)
    assert all(key in sieve for key in added)


def test_of_many_new_ones_nearly_all_are_known_to_be_new() -> None:
    sieve = Sieve(bits=2**17)
    for number in range(10_000):
        sieve.add(("unit:u1", f"sent-{number}"))
    wrong = sum(("unit:u1", f"new-{number}") in sieve for number in range(10_000))
    assert wrong < 200  # 0.5 % are expected


def test_it_is_made_for_the_journal_there_is() -> None:
    assert [bits_for(keys) for keys in (0, 1, 2**22, 10**9)] == [LEAST_BITS, LEAST_BITS, 2**26, MOST_BITS]


async def test_a_new_command_costs_no_look_into_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = history.find_command

    def find(connection: object, actor: PartyId, command_id: CommandId) -> object:
        looked.append(command_id)
        return real(connection, actor, command_id)  # type: ignore[arg-type]  # what the caller gave

    monkeypatch.setattr(history, "find_command", find)
    async with open_journal(tmp_path) as journal:
        await journal.record(ACTOR, [note()], command_id=CommandId("old"))
        assert await journal.find_command(ACTOR, CommandId("new")) is None
        assert looked == []
    async with open_journal(tmp_path) as journal:
        assert await journal.find_command(ACTOR, CommandId("new")) is None
        assert looked == []
        found = await journal.find_command(ACTOR, CommandId("old"))
        assert found is not None
        assert found.event == note()
        assert looked == ["old"]


async def test_a_long_journal_is_gone_through_beside_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked before that is done is looked up, and nothing that is recorded meanwhile is missed."""
    monkeypatch.setattr(known_commands, "PAGE", 3)
    ids = [CommandId(f"c{number:02d}") for number in range(10)]
    async with open_journal(tmp_path) as journal:
        for each in ids:
            await journal.record(ACTOR, [note(each)], command_id=each)
    async with open_journal(tmp_path) as journal:
        assert not _is_complete(journal)
        await journal.record(ACTOR, [note("meanwhile")], command_id=CommandId("c00a"))
        for each in (*ids, CommandId("c00a")):
            found = await journal.find_command(ACTOR, each)
            assert found is not None
        async with asyncio.timeout(20):
            while not _is_complete(journal):
                await asyncio.sleep(0)
        for each in (*ids, CommandId("c00a")):
            found = await journal.find_command(ACTOR, each)
            assert found is not None
        assert await journal.find_command(ACTOR, CommandId("c99")) is None


async def test_while_the_file_cannot_be_read_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_commands, "PAGE", 1)
    monkeypatch.setattr(known_commands, "TRY_AGAIN_S", 0.0)
    async with open_journal(tmp_path) as journal:
        for number in range(3):
            await journal.record(ACTOR, [note()], command_id=CommandId(f"c{number}"))
    real, failures = history.commands_after, [JournalError("disk I/O error")] * 2

    def read(connection: object, last: object, limit: int) -> object:
        if last is not None and failures:
            raise failures.pop()
        return real(connection, last, limit)  # type: ignore[arg-type]  # what the caller gave

    monkeypatch.setattr(history, "commands_after", read)
    async with open_journal(tmp_path) as journal:
        async with asyncio.timeout(20):
            while not _is_complete(journal):
                await asyncio.sleep(0)
        assert not failures


async def test_a_journal_that_closes_early_goes_through_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_commands, "PAGE", 1)
    async with open_journal(tmp_path) as journal:
        await journal.record(ACTOR, [note()], command_id=CommandId("c1"))
    async with open_journal(tmp_path) as journal:
        pass
    assert not _is_complete(journal)
