"""Accounts of a drill that begins with a recorded past: all new, and all in one step."""

import secrets
from collections.abc import Iterable

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
