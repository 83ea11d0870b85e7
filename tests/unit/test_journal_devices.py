"""Whose device a token is, asked by one and by a crowd."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from comms.domain.ids import UnitId
from comms.journal.accounts import hash_secret
from comms.journal.devices import MOST_AT_ONCE, DeviceLookup
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.journal.tables import devices
from tests.support.journal import open_journal

T = TypeVar("T")
CROWD = MOST_AT_ONCE + 50


class Counted:
    """A journal that counts how often it is read."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.reads = 0
        self.is_failing = False

    async def read(self, query: Callable[[Connection], T]) -> T:
        self.reads += 1
        if self.is_failing:
            raise JournalError("the disk is gone")
        return await self._journal.read(query)


async def enrol(journal: Journal, count: int) -> None:
    rows = [
        {"unit_id": f"u{no}", "hash": hash_secret(f"token-{no}"), "name": "", "enrolled_at": 0.0} for no in range(count)
    ]
    await journal.change(lambda connection: connection.execute(insert(devices), rows).rowcount)


async def test_a_crowd_shares_few_looks_and_each_gets_his_own(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await enrol(journal, CROWD)
        store = Counted(journal)
        lookup = DeviceLookup(store)
        asked = [lookup.unit_of(hash_secret(f"token-{no}")) for no in (*range(CROWD), 7, CROWD + 1)]
        found = await asyncio.gather(*asked)
        assert found == [*(UnitId(f"u{no}") for no in range(CROWD)), UnitId("u7"), None]
        assert store.reads == 2


async def test_nothing_is_kept_that_may_have_ended(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        lookup = DeviceLookup(journal)
        assert await lookup.unit_of(hash_secret("token-0")) is None
        await enrol(journal, 1)
        assert await lookup.unit_of(hash_secret("token-0")) == UnitId("u0")
        await journal.change(lambda connection: connection.execute(devices.delete()).rowcount)
        assert await lookup.unit_of(hash_secret("token-0")) is None


async def test_a_store_that_fails_is_told_to_all_who_asked_and_to_nobody_after(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await enrol(journal, 2)
        store = Counted(journal)
        lookup, store.is_failing = DeviceLookup(store), True
        both = [lookup.unit_of(hash_secret(f"token-{no}")) for no in range(2)]
        assert [type(each) for each in await asyncio.gather(*both, return_exceptions=True)] == [JournalError] * 2
        store.is_failing = False
        assert await lookup.unit_of(hash_secret("token-1")) == UnitId("u1")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await lookup.unit_of(hash_secret("token-0"))
        assert await lookup.unit_of(hash_secret("token-0")) == UnitId("u0"), "who gave up took nothing with him"
