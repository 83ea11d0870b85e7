"""Sources that are asked: where and with which key, and how far each was read. None of it is in the picture."""

from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.ids import SourceId
from comms.journal.accounts import Store
from comms.journal.tables import polls

SINCE = ("updated_after", "start_date")
"""By what a peer is asked for the newest: the extension that most have, or what GeoReport v2 itself has."""


@dataclass(frozen=True, slots=True)
class Poll:
    """`position` is the newest of the peer's own times (Unix seconds) up to which everything is in; None: nothing was
    read yet. An empty `ca_file`: the authorities that this machine trusts."""

    url: str
    jurisdiction_id: str = ""
    api_key: str = field(default="", repr=False)
    is_key_in_query: bool = False
    ca_file: str = ""
    interval_s: float = 60.0
    since_parameter: str = SINCE[0]
    position: float | None = None


class SourcePolls:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def set(self, source_id: SourceId, poll: Poll) -> None:
        """A source that is set up again goes on where it was."""
        row = {
            "source_id": source_id,
            "url": poll.url,
            "jurisdiction_id": poll.jurisdiction_id,
            "api_key": poll.api_key,
            "is_key_in_query": poll.is_key_in_query,
            "ca_file": poll.ca_file,
            "interval_s": poll.interval_s,
            "since_parameter": poll.since_parameter,
        }

        def write(connection: Connection) -> None:
            before = connection.execute(select(polls).where(polls.c.source_id == source_id)).first()
            position = before.position if before is not None and before.url == poll.url else poll.position
            connection.execute(delete(polls).where(polls.c.source_id == source_id))
            connection.execute(insert(polls), [{**row, "position": position}])

        await self._store.change(write)

    async def end(self, source_id: SourceId) -> None:
        await self._store.change(
            lambda connection: connection.execute(delete(polls).where(polls.c.source_id == source_id))
        )

    async def of(self, source_id: SourceId) -> Poll | None:
        query = select(polls).where(polls.c.source_id == source_id)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        values = dict(row._mapping)
        del values["source_id"]
        return Poll(**values)

    async def keep_position(self, source_id: SourceId, position: float) -> None:
        change = update(polls).where(polls.c.source_id == source_id).values(position=position)
        await self._store.change(lambda connection: connection.execute(change))
