"""Accounts of a drill that begins with a recorded past: all new, and all in one step."""

import secrets
from collections.abc import Callable, Iterable

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from comms.domain.ids import OfficerId, UnitId
from comms.domain.realm import Realm, sealed
from comms.journal.accounts import hash_secret
from comms.journal.tables import devices, officer_accounts

DEVICE_NAME = "simulated terminal"


def give_terminals(connection: Connection, unit_ids: Iterable[UnitId], *, at: float, realm: Realm) -> dict[UnitId, str]:
    """A device token for each unit, as if it had enrolled; into a directory that has none. `at` is Unix seconds."""
    tokens = {unit_id: sealed(secrets.token_urlsafe(32), realm) for unit_id in unit_ids}
    rows = [
        {"unit_id": unit_id, "hash": hash_secret(token), "name": DEVICE_NAME, "enrolled_at": at}
        for unit_id, token in tokens.items()
    ]
    if rows:
        connection.execute(insert(devices), rows)
    return tokens


def give_officers(connection: Connection, officer_ids: Iterable[OfficerId], *, password_hash: str, at: float) -> None:
    """The same password for all, hashed once."""
    rows = [{"officer_id": each, "password_hash": password_hash, "changed_at": at} for each in officer_ids]
    if rows:
        connection.execute(insert(officer_accounts), rows)


def anew(
    officer_ids: Iterable[OfficerId], unit_ids: Iterable[UnitId], *, password_hash: Callable[[], str], at: float
) -> Callable[[Connection], dict[UnitId, str]]:
    """All of a drill in one step, into a directory that has none; what it returns are the units' device tokens. The
    hash is asked for only then."""

    def give(connection: Connection) -> dict[UnitId, str]:
        give_officers(connection, officer_ids, password_hash=password_hash(), at=at)
        return give_terminals(connection, unit_ids, at=at, realm=Realm.DRILL)

    return give
