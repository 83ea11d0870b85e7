"""What a menu's entry does, kept with the entry and gone with it."""

from collections.abc import Callable


class Triggered:
    """Calls what an entry means, whatever arguments the signal brings."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    def __call__(self, *_: object) -> None:
        self._act()
