"""Who may send work orders: the keys of outside systems, stored hashed, and where each system is answered."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from comms.domain.ids import SourceId
from comms.journal.accounts import Store, hash_secret
from comms.journal.tables import answer_addresses, source_keys

_PREFIX = "wg_"
"""So that a key that turns up where it should not is known for what it is."""


@dataclass(frozen=True, slots=True)
class AnswerAddress:
    url: str
    secret: str = field(repr=False)


class SourceKeys:
    def __init__(self, store: Store, *, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    async def make(self, source_id: SourceId) -> str:
        """A new key, which is nowhere kept but by who gets it. Earlier keys of the source end."""
        key = _PREFIX + secrets.token_urlsafe(32)
        row = {"hash": hash_secret(key), "source_id": source_id, "made_at": self._now()}

        def write(connection: Connection) -> None:
            connection.execute(delete(source_keys).where(source_keys.c.source_id == source_id))
            connection.execute(insert(source_keys), [row])

        await self._store.change(write)
        return key

    async def end(self, source_id: SourceId) -> None:
        """Nobody may send in this source's name until a new key is made."""
        await self._store.change(
            lambda connection: connection.execute(delete(source_keys).where(source_keys.c.source_id == source_id))
        )

    async def source_of(self, key: str) -> SourceId | None:
        query = select(source_keys.c.source_id).where(source_keys.c.hash == hash_secret(key))
        found = await self._store.read(lambda connection: connection.execute(query).scalar())
        return SourceId(found) if found is not None else None

    async def set_answer_address(self, source_id: SourceId, url: str) -> str:
        """The secret by which the source knows that an answer is ours."""
        secret = secrets.token_urlsafe(32)

        def write(connection: Connection) -> None:
            connection.execute(delete(answer_addresses).where(answer_addresses.c.source_id == source_id))
            connection.execute(insert(answer_addresses), [{"source_id": source_id, "url": url, "secret": secret}])

        await self._store.change(write)
        return secret

    async def answer_address(self, source_id: SourceId) -> AnswerAddress | None:
        query = select(answer_addresses).where(answer_addresses.c.source_id == source_id)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return AnswerAddress(row.url, row.secret) if row is not None else None
