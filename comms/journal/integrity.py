"""A quick look at a data directory, in a second or two whatever its size: what there is, and whether its end is whole.
`verify` reads all of it."""

from pathlib import Path

import msgspec
from sqlalchemy import create_engine, func, inspect, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.database import FILE_NAME, check_file
from comms.journal.digest import kind_of_digest
from comms.journal.errors import JournalDamagedError
from comms.journal.tables import checkpoints, events

NEWEST = 2000


class Look(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`rows` by table; `flaw` is plain English."""

    version: int = 0
    seq: int = 0
    algorithm: str = ""
    checked: int = 0
    rows: dict[str, int] = {}
    flaw: str = ""


def look(data: Path) -> Look:
    """Never raises: what cannot be read is said."""
    path = data / FILE_NAME
    if not path.exists():
        return Look(flaw="there is no journal")
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        version = check_file(path)
        with engine.connect() as connection:
            return _look(connection, version)
    except (JournalDamagedError, DatabaseError) as error:
        return Look(flaw=type(error).__name__)
    finally:
        engine.dispose()


def _look(connection: Connection, version: int) -> Look:
    newest = connection.execute(select(events).order_by(events.c.seq.desc()).limit(NEWEST + 1)).all()
    rows = list(reversed(newest))
    names = inspect(connection).get_table_names()
    counts = {name: connection.execute(select(func.count()).select_from(table(name))).scalar() or 0 for name in names}
    if not rows:
        return Look(version=version, rows=counts)
    found = chain.find_break(rows[1:], after_seq=rows[0].seq, head=rows[0].hash)
    kind = kind_of_digest(rows[-1].hash)
    return Look(
        version=version,
        seq=rows[-1].seq,
        algorithm=kind.value if kind is not None else "unknown",
        checked=len(rows) - 1,
        rows=counts,
        flaw=f"event {found.seq}: {found.what}" if isinstance(found, chain.Break) else "",
    )


def last_picture(data: Path) -> Picture:
    """As the newest checkpoint has it, for names that are to be masked; an empty one where there is none."""
    path = data / FILE_NAME
    if not path.exists():
        return Picture()
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return picture_of(connection)
    except (DatabaseError, msgspec.DecodeError, KeyError, ValueError):
        return Picture()
    finally:
        engine.dispose()


def picture_of(connection: Connection) -> Picture:
    """For names: as the last checkpoint has it, and who was defined since. Raises msgspec.DecodeError, KeyError."""
    row = connection.execute(select(checkpoints.c.picture).order_by(checkpoints.c.seq.desc()).limit(1)).first()
    try:
        picture = msgspec.json.decode(row.picture, type=Picture) if row is not None else Picture()
    except msgspec.DecodeError:
        picture = Picture()
    after = picture.seq
    defined = select(events).where(events.c.seq > after, events.c.kind.like("%.defined")).order_by(events.c.seq)
    for each in connection.execute(defined):
        recorded = chain.from_row(each)
        picture.apply(msgspec.structs.replace(recorded, seq=picture.seq + 1))
    return picture
