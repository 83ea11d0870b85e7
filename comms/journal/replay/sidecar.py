"""Portions and keyframes kept between two openings, in a file of their own beside no journal: never the truth.

Each is kept under the hash of the event it follows on, which stands for all events before it, so that it fits whatever
journal has that event: the same one grown longer, a copy, an export, a fork. What another version of the fold has made
is not found."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, create_engine, delete, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from comms.journal.replay.fold_mark import fold_mark
from comms.journal.replay.portion import Portion, pack_portion, unpack_portion

_log = logging.getLogger(__name__)
_metadata = MetaData()
_portions = Table(
    "portion",
    _metadata,
    Column("mark", String, primary_key=True),
    Column("after", LargeBinary(32), primary_key=True),
    Column("portion", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
BUSY_TIMEOUT_S = 1.0
MOST_FILES = 12
"""Journals whose keyframes are kept; of others they are made again."""

_T = TypeVar("_T")


class Sidecar:
    """Any thread. A disk that takes nothing, or a file that is no database, costs only the time it would have saved."""

    def __init__(self, folder: Path, identity: str) -> None:
        """Creates what is missing."""
        self._path = folder / f"{identity[:32]}.replay"
        self._mark = fold_mark()
        self._engine: Engine | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _forget_oldest(folder, self._path)
            self._engine = _opened(self._path)
            _metadata.create_all(self._engine)
            self._write(lambda connection: connection.execute(delete(_portions).where(_portions.c.mark != self._mark)))
            self._path.touch()
        except (SQLAlchemyError, OSError) as error:
            self._give_up(error)

    @property
    def is_kept(self) -> bool:
        """Whether what is given to `keep` is found again."""
        return self._engine is not None

    def find(self, after: bytes) -> Portion | None:
        data = self._read(after, "portion")
        return unpack_portion(data) if data is not None else None

    def picture(self, after: bytes) -> bytes | None:
        """The keyframe at the end of that portion, as it was packed."""
        return self._read(after, "picture")

    def keep(self, portion: Portion, picture: bytes) -> None:
        row = {"mark": self._mark, "after": portion.after, "portion": pack_portion(portion), "picture": picture}
        self._write(lambda connection: connection.execute(insert(_portions).prefix_with("OR REPLACE"), [row]))

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    def _read(self, after: bytes, column: str) -> bytes | None:
        if self._engine is None:
            return None
        query = select(_portions.c[column]).where(_portions.c.mark == self._mark, _portions.c.after == after)
        try:
            with self._engine.connect() as connection:
                found: bytes | None = connection.execute(query).scalar()
                return found
        except SQLAlchemyError as error:
            self._give_up(error)
            return None

    def _write(self, write: Callable[[Connection], _T]) -> None:
        if self._engine is None:
            return
        try:
            with self._engine.begin() as connection:
                write(connection)
        except SQLAlchemyError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        _log.info("keyframes are not kept in %s: %s", self._path, getattr(error, "orig", None) or error)
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _opened(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})

    def on_connect(connection: object, _record: object) -> None:
        # What a power cut takes is made again: no waiting for the disk.
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # the driver's own connection

    event.listen(engine, "connect", on_connect)
    return engine


def _forget_oldest(folder: Path, mine: Path) -> None:
    others = sorted(folder.glob("*.replay"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [other for other in others if other != mine][MOST_FILES - 1 :]:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
