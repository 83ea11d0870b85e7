"""The desk's own log file: what an administrator reads after a complaint. Never a password, a telephone number or a
place, never speech."""

import logging
import logging.handlers
from pathlib import Path

import platformdirs

from comms.domain.scrubbing import scrub
from console.settings import APP_NAME

MAX_BYTES = 2_000_000
KEPT_FILES = 5
_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s"


def default_folder() -> Path:
    return Path(platformdirs.user_log_dir(APP_NAME))


class _Scrubbed(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def log_file() -> Path | None:
    """What `open_log` writes to in this process; None without."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            return Path(handler.baseFilename)
    return None


def open_log(folder: Path, *, is_verbose: bool = False) -> logging.Handler:
    """Write the log of this process to `folder`/desk.log; returns the handler, to be closed on exit."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "desk.log", maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
    )
    handler.setFormatter(_Scrubbed(_FORMAT, "%Y-%m-%d %H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    for chatty in ("websockets", "aioice", "aiortc", "qasync"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler


def close_log(handler: logging.Handler) -> None:
    logging.getLogger().removeHandler(handler)
    handler.close()
