"""Which realm a data directory is of, written into it when it is made: no drill is served as if it were real."""

from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from comms.domain.realm import Realm
from comms.journal.database import Database
from comms.journal.errors import OtherRealmError
from comms.journal.tables import events, secrets

_NAME = "realm"


def hold_realm(database: Database, data: Path, realm: Realm) -> None:
    """Raises OtherRealmError when the directory is another's. One without a word that has events is a live gateway's,
    made before there were drills. Blocks."""
    known = database.write_now(lambda connection: _realm(connection, realm))
    if known is not realm:
        raise OtherRealmError(
            f"The data directory {data} belongs to a drill; a live gateway needs another."
            if known is Realm.DRILL
            else f"The data directory {data} belongs to a live gateway; a drill needs one of its own."
        )


def declare_realm(connection: Connection, realm: Realm) -> None:
    """Of a directory that is being made, whatever events it begins with."""
    connection.execute(insert(secrets), [{"name": _NAME, "value": realm.value.encode()}])


def _realm(connection: Connection, wanted: Realm) -> Realm:
    kept = connection.execute(select(secrets.c.value).where(secrets.c.name == _NAME)).scalar()
    if kept is not None:
        return Realm(bytes(kept).decode())
    is_new = connection.execute(select(events.c.seq).limit(1)).first() is None
    realm = wanted if is_new else Realm.LIVE
    declare_realm(connection, realm)
    return realm
