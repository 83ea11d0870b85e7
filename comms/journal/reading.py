"""All events of a data directory, read beside whoever writes there, and nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DatabaseError

from comms.domain.events import Recorded
from comms.journal import chain
from comms.journal.database import FILE_NAME, check_file, damaged
from comms.journal.tables import events

_AT_ONCE = 1000


def read_events(data: Path) -> Iterator[Recorded]:
    """From the first to the last. Raises FileNotFoundError or JournalDamagedError with a plain sentence."""
    path = data / FILE_NAME
    if not path.exists():
        raise FileNotFoundError(f"There is no journal in {data}; name the data directory of a gateway or a drill.")
    check_file(path)
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            for row in connection.execute(select(events).order_by(events.c.seq)).yield_per(_AT_ONCE):
                yield chain.from_row(row)
    except (DatabaseError, msgspec.DecodeError) as error:
        raise damaged(path, str(getattr(error, "orig", error))) from None
    finally:
        engine.dispose()
