"""The folder of records that was open last."""

from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE


class Kept(msgspec.Struct, frozen=True):
    folder: str = ""


def kept_folder(path: Path) -> Path | None:
    """None where none was kept, or the file says nothing that can be read."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, *UNREADABLE):
        return None
    return Path(kept.folder) if kept.folder else None


def keep_folder(path: Path, folder: Path) -> str:
    """What kept it from being kept, or nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(Kept(str(folder.absolute()))))
    except OSError as error:
        return error.strerror or str(error)
    return ""
