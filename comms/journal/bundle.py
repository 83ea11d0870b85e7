"""A diagnostics bundle: one ZIP file for whoever helps from afar, of a gateway or of a desk. It says what the machine,
the program and the store are like, never who works there or where."""

import os
import platform
import time
import zipfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.scrubbing import scrub
from comms.protocol.version import PRODUCT

LOG_LINES = 2000
_LOG_BYTES = 1_000_000
_PACKAGES = (
    "aiohttp", "aiortc", "argon2-cffi", "cryptography", "joserfc", "msgspec", "numpy", "pyOpenSSL", "pylibsrtp",
    "PySide6-Essentials", "scipy", "shapely", "sounddevice", "SQLAlchemy", "websockets",
)  # fmt: skip

Part = tuple[str, Callable[[], bytes]]
Told = Callable[[int, int], bool]
"""Done, of how many; False: it is not wanted any more."""


def go_on(_done: int, _total: int) -> bool:
    return True


def write_bundle(path: Path, parts: Sequence[Part], told: Told = go_on) -> bool:
    """Whole or not at all, for this account alone; False when it was given up. Raises OSError."""
    draft = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for number, (name, make) in enumerate(parts):
                if not told(number, len(parts)):
                    return False
                bundle.writestr(name, make())
        draft.replace(path)
        return True
    finally:
        draft.unlink(missing_ok=True)


def as_json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def about() -> dict[str, Any]:
    """Of this machine: what decides how the program behaves on it, and nothing that names it."""
    return {
        "product": PRODUCT,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "distribution": _distribution(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "memory_kb": _memory(),
        "made_at": time.time(),
        "time_zone_s": -time.timezone,
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # of a frozen build, or one that was left out
        return ""


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""


def _memory() -> dict[str, int]:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    wanted = ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if name in wanted}


def log_end(path: Path, mask: Callable[[str], str]) -> bytes:
    """The last lines of a log, scrubbed once more, and without names that are known."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LOG_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()[-LOG_LINES:]
    except OSError as error:
        return f"It cannot be read: {error.strerror}\n".encode()
    return "".join(f"{scrub(mask(line))}\n" for line in lines).encode()
