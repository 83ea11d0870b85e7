"""A file that is there whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, encode: Callable[[], bytes]) -> OSError | None:
    """What went wrong, or None. The file that was there stays until the new one is complete."""
    partial_path = path.with_name(f".{path.name}.part")
    try:
        partial_path.write_bytes(encode())
        os.replace(partial_path, path)
    except OSError as error:
        return error
    finally:
        partial_path.unlink(missing_ok=True)
    return None
