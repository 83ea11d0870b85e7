"""Officers who may not sign in any more, by password or by the site's identity service, until somebody lets them."""

from collections.abc import Callable

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from comms.domain.account_events import AccountChange, AccountChanged
from comms.domain.ids import OfficerId
from comms.journal.noted import keep_note
from comms.journal.store import Store
from comms.journal.tables import disabled_officers as table
from comms.journal.tables import tokens


class DisabledOfficers:
    """Changed from the command line beside a running gateway, which ends his session when it takes the note of it."""

    def __init__(self, store: Store, *, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    async def has(self, officer_id: OfficerId) -> bool:
        return await self._store.read(lambda connection: _has(connection, officer_id))

    async def add(self, officer_id: OfficerId, reason: str) -> bool:
        """His tokens end with it. False when he is among them already."""
        row = {"officer_id": officer_id, "since": self._now(), "reason": reason}
        change = AccountChanged(officer_id=officer_id, what=AccountChange.DISABLED, reason=reason)

        def write(connection: Connection) -> bool:
            if _has(connection, officer_id):
                return False
            connection.execute(insert(table), [row])
            connection.execute(delete(tokens).where(tokens.c.officer_id == officer_id))
            keep_note(connection, change)
            return True

        return await self._store.change(write)

    async def remove(self, officer_id: OfficerId) -> bool:
        """False when he is none of them."""

        def write(connection: Connection) -> bool:
            if connection.execute(delete(table).where(table.c.officer_id == officer_id)).rowcount == 0:
                return False
            keep_note(connection, AccountChanged(officer_id=officer_id, what=AccountChange.ENABLED))
            return True

        return await self._store.change(write)


def _has(connection: Connection, officer_id: OfficerId) -> bool:
    return connection.execute(select(table.c.since).where(table.c.officer_id == officer_id)).first() is not None
