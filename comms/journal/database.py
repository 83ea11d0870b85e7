"""One data directory: its lock, the check before it is opened, its reads and its writer."""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from comms.journal import case_versions, tables
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError, JournalNewerError

FILE_NAME = "journal.sqlite"
LOCK_NAME = "gateway.lock"
_READERS = 2
QUICK_CHECK_LIMIT_BYTES = 256_000_000
"""A larger file is not read through at each start (a second or more); `verify` does it."""

_T = TypeVar("_T")


class DirectoryLock:
    """Held while a gateway works on the directory; the kernel lets go of it when the process dies."""

    def __init__(self, data: Path) -> None:
        """Creates the directory when it is missing."""
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(data / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise JournalInUseError(
                f"Another gateway is running on {data}; stop it first, or use another data directory."
            ) from None

    def release(self) -> None:
        os.close(self._descriptor)


def damaged(path: Path, why: str) -> JournalDamagedError:
    return JournalDamagedError(
        f"The journal {path} is damaged ({why}). It was left as it is. Look with "
        f"`python -m comms.journal verify --data {path.parent}`, then restore the newest backup of that directory."
    )


def check_file(path: Path) -> int:
    """The version of its schema, 0 for none. Opens it read-only and changes nothing.

    Raises JournalDamagedError when the file is no whole database, or of a newer gateway."""
    if not path.exists():
        return 0
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            small = path.stat().st_size <= QUICK_CHECK_LIMIT_BYTES
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if small else "ok"
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from None
    if found != "ok":
        raise damaged(path, str(found).partition("\n")[2] or str(found))
    if version > tables.SCHEMA_VERSION:
        raise JournalNewerError(
            f"The journal {path} was written by a newer gateway (version {version}); update this one."
        )
    return int(version)


class Database:
    """Reads in a small pool of threads of its own, so that a slow disk never stalls voice."""

    safe_reason: str | None = None
    """Why a gateway does without its journal, and this is in memory (`comms.journal.safe_mode`); None: it is not."""

    def __init__(self, data: Path, *, busy_timeout_s: float = tables.BUSY_TIMEOUT_S) -> None:
        """Creates what is missing. Raises JournalDamagedError, or JournalError when it cannot be written."""
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = data / FILE_NAME
        version = check_file(self.path)
        self.engine: Engine = tables.open_engine(self.path, busy_timeout_s=busy_timeout_s)
        try:
            if version < tables.SCHEMA_VERSION:
                self._bring_up_to_date()
            os.chmod(self.path, 0o600)
        except (SQLAlchemyError, OSError) as error:
            self.engine.dispose()
            raise _as_journal_error(error) from error
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="journal-reader")

    def _bring_up_to_date(self) -> None:
        """In one transaction: an older gateway that is killed in the middle of it leaves an older database."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS case_version")
            tables.create_schema(connection)
            case_versions.make_anew(connection)

    def open_all(self) -> None:
        """Every connection and thread there will be, now and not when two reads first fall together: what a gateway
        holds open is then the same from its first minute on. Blocks. Raises JournalError."""
        everybody = threading.Barrier(_READERS + 1)

        def hold_one() -> None:
            try:
                with self.engine.connect():
                    everybody.wait()
            except BaseException:
                everybody.abort()
                raise

        readers = [self._readers.submit(hold_one) for _ in range(_READERS)]
        try:
            hold_one()  # the writer's
            for reader in readers:
                reader.result()
        except (SQLAlchemyError, threading.BrokenBarrierError) as error:
            raise _as_journal_error(error) from error

    def read_now(self, query: Callable[[Connection], _T]) -> _T:
        """Blocks; for starting up and for the command line. Raises JournalError."""
        try:
            with self.engine.connect().execution_options(reads_only=True) as connection:
                return query(connection)
        except SQLAlchemyError as error:
            raise _as_journal_error(error) from error

    def write_now(self, write: Callable[[Connection], _T]) -> _T:
        """Blocks; for the command line. Raises JournalError."""
        try:
            with self.engine.begin() as connection:
                return write(connection)
        except SQLAlchemyError as error:
            raise _as_journal_error(error) from error

    async def read(self, query: Callable[[Connection], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(self.read_now, query))

    def close(self) -> None:
        self._readers.shutdown()
        self.engine.dispose()


class DirectStore:
    """Accounts without a journal, for the command line beside a running gateway. Blocks the loop it is used on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, query: Callable[[Connection], _T]) -> _T:
        return self._database.read_now(query)

    async def change(self, write: Callable[[Connection], _T]) -> _T:
        return self._database.write_now(write)


def _as_journal_error(error: Exception) -> JournalError:
    return JournalError(str(getattr(error, "orig", None) or error))
