"""Whether a journal's file is whole: every event's hash, and that none is missing. Changes nothing."""

from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from comms.journal import chain, tail
from comms.journal.beginning import beginning_of
from comms.journal.database import FILE_NAME, check_file
from comms.journal.errors import JournalDamagedError
from comms.journal.tables import checkpoints, events


def verify(data: Path) -> tuple[int, bytes]:
    """The last seq and its hash. Raises JournalDamagedError or FileNotFoundError with a plain sentence."""
    path = data / FILE_NAME
    if not path.exists():
        raise FileNotFoundError(f"There is no journal in {data}; name the gateway's data directory.")
    check_file(path)
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            end = _find_break(connection)
            lacking = tail.missing(connection, data) if not isinstance(end, chain.Break) else None
    except DatabaseError as error:
        end, lacking = chain.Break(0, str(error.orig)), None
    finally:
        engine.dispose()
    if isinstance(end, chain.Break):
        raise JournalDamagedError(
            f"The journal {path} is damaged at event {end.seq}: {end.what}. Restore the newest backup of {data}; "
            "every event before that one is as it was written."
        )
    if lacking is not None:
        raise JournalDamagedError(f"The journal {path} is not all there: {lacking}.")
    return end


def _find_break(connection: Connection) -> chain.Break | tuple[int, bytes]:
    rows = connection.execute(select(events).order_by(events.c.seq)).yield_per(1000)
    beginning = beginning_of(connection)
    end = chain.find_break(rows, after_seq=beginning.seq, head=beginning.head)
    if isinstance(end, chain.Break):
        return end
    for row in connection.execute(select(checkpoints.c.seq, checkpoints.c.hash)):
        kept = connection.execute(select(events.c.hash).where(events.c.seq == row.seq)).scalar()
        if kept != row.hash:
            return chain.Break(row.seq, "it is missing, but a checkpoint was made of it")
    return end
