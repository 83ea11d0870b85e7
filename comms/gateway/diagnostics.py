"""`python -m comms.gateway diagnostics`: one file for whoever helps from afar. It holds what the machine, the program
and the store are like, never who works there or where: no names, numbers, secrets, places or words of officers."""

import shutil
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

from comms.gateway.health import RUNNING_NAME, read_running
from comms.gateway.log import FILE_NAME as LOG_NAME
from comms.gateway.log import FOLDER as LOG_FOLDER
from comms.gateway.options import Options
from comms.journal.anchor import FILE_NAME as ANCHORS_NAME
from comms.journal.anchor import last_anchor
from comms.journal.backup import last_backup
from comms.journal.bundle import Part, about, as_json, log_end, write_bundle
from comms.journal.integrity import last_picture, look
from comms.journal.masked import Masking

_METRICS_WAIT_S = 3.0
_KNOWN = frozenset(
    {"journal.sqlite", "journal.sqlite-wal", "tracks.sqlite", "tracks.sqlite-wal", ANCHORS_NAME, RUNNING_NAME}
)


async def make_bundle(options: Options) -> None:
    """Beside a gateway that runs, or when it does not."""
    assert options.out is not None
    write_bundle(options.out, parts(options.data))
    sys.stdout.write(f"{options.out} holds no names, numbers, secrets or places; look into it before you send it.\n")


def parts(data: Path) -> list[Part]:
    found: list[Part] = [
        ("about.json", lambda: as_json(about())),
        ("running.json", lambda: as_json(read_running(data))),
        ("store.json", lambda: as_json(_store(data))),
        ("metrics.txt", lambda: _metrics(data)),
    ]
    masking = Masking(last_picture(data))
    for suffix in (".1", ""):
        path = data / LOG_FOLDER / f"{LOG_NAME}{suffix}"
        if path.exists():
            found.append((f"log/{path.name}", partial(log_end, path, masking.text)))
    return found


def _store(data: Path) -> dict[str, Any]:
    disk = shutil.disk_usage(data)
    anchor, backup = last_anchor(data / ANCHORS_NAME), last_backup(data)
    return {
        "disk_bytes": disk.total,
        "disk_free_bytes": disk.free,
        "files": _sizes(data),
        "journal": look(data),
        "last_anchor": {"seq": anchor.seq, "made_at": anchor.made_at} if anchor is not None else None,
        "last_backup": backup,
    }


def _sizes(data: Path) -> dict[str, dict[str, int]]:
    """By the folder at the top and the kind of file: names of files may be those of people."""
    sizes: dict[str, dict[str, int]] = {}
    for path in data.rglob("*"):
        try:
            if not path.is_file():
                continue
            size = path.stat().st_size
        except OSError:  # gone meanwhile
            continue
        top = path.relative_to(data).parts
        kind = f"{top[0]}/" if len(top) > 1 else (path.name if path.name in _KNOWN else path.suffix or "other")
        entry = sizes.setdefault(kind, {"files": 0, "bytes": 0})
        entry["files"] += 1
        entry["bytes"] += size
    return sizes


def _metrics(data: Path) -> bytes:
    site = read_running(data)
    if site is None or site.operations_port is None:
        return b"No operations port was given (--operations-port), or the gateway has not run.\n"
    try:
        with urllib.request.urlopen(  # nosec B310 - of this machine, made here
            f"http://127.0.0.1:{site.operations_port}/metrics", timeout=_METRICS_WAIT_S
        ) as answer:
            return bytes(answer.read())
    except (OSError, urllib.error.URLError) as error:
        return f"The operations port does not answer: {type(error).__name__}\n".encode()
