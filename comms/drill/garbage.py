"""Python's search for garbage held off while much is built that is none: a fleet that signs in costs a quarter less."""

import gc
from collections.abc import Callable


def hold_search() -> Callable[[], None]:
    """Call what it returns when all is there; again does no harm."""
    if not gc.isenabled():
        return lambda: None
    gc.disable()
    return gc.enable


def set_aside() -> None:
    """What there is by now stays for as long as this process: no search goes through it. For a process of its own."""
    gc.freeze()
