"""All events of a data directory, read beside whoever writes there, and nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import DatabaseError

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Recorded
from comms.journal import chain
from comms.journal.database import FILE_NAME, check_file, damaged
from comms.journal.tables import events, officer_accounts

_AT_ONCE = 1000


def made_at(data: Path) -> float | None:
    """When the first account of a data directory was made, in Unix seconds of the wall clock: that is when a drill was
    really held, whatever its own clock shows. None where there is none, or it cannot be read."""
    path = data / FILE_NAME
    if not path.exists():
        return None
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            found = connection.execute(select(func.min(officer_accounts.c.changed_at))).scalar()
            return None if found is None else float(found)
    except DatabaseError:
        return None
    finally:
        engine.dispose()


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
    except (DatabaseError, *UNREADABLE) as error:
        raise damaged(path, str(getattr(error, "orig", error))) from None
    finally:
        engine.dispose()
