"""The gateway's log: lines for people, or one JSON object a line for whoever gathers them; to standard error and, while
it serves, into files of limited size. Never a password, a token, a telephone number or a place."""

import json
import logging
import logging.handlers
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from comms.domain.scrubbing import scrub

FOLDER, FILE_NAME = "log", "gateway.log"
MAX_BYTES = 10_000_000
KEPT_FILES = 5
_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_speaking: ContextVar[tuple[str, str]] = ContextVar("speaking", default=("", ""))


@contextmanager
def speaking_for(party: str, session: str) -> Iterator[None]:
    """Lines that are logged meanwhile, in this task, say for whom."""
    token = _speaking.set((party, session))
    try:
        yield
    finally:
        _speaking.reset(token)


class PlainLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class JsonLines(logging.Formatter):
    """`time` (UTC), `level`, `logger`, `message`; `party`, `session`, `seq` (the last durable event) and `error` where
    they are known."""

    def __init__(self, seq: Callable[[], int | None] = lambda: None) -> None:
        super().__init__()
        self.seq = seq

    def format(self, record: logging.LogRecord) -> str:
        party, session = _speaking.get()
        said: dict[str, str | int] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        seq = self.seq()
        more = {"party": party, "session": session, "seq": seq, "error": self._error(record)}
        said |= {name: value for name, value in more.items() if value}
        return json.dumps(said, ensure_ascii=False)

    def _error(self, record: logging.LogRecord) -> str:
        return scrub(self.formatException(record.exc_info)) if record.exc_info else ""


def begin_log(*, is_json: bool) -> None:
    """To standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if is_json else PlainLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


@contextmanager
def keep_log(folder: Path, formatter: logging.Formatter) -> Iterator[Path]:
    """Also into `folder`, at most KEPT_FILES older ones of MAX_BYTES; its file. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / FILE_NAME
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
