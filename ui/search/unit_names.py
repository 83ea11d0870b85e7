"""The names, numbers and phones of units, made ready for search."""

from collections.abc import Callable, Sequence

from comms.domain.pause import never
from comms.domain.unit import Unit
from ui.search.name_index import NameIndex


class UnitNames:
    """Made once for the units of a moment, on the background thread where they are many."""

    def __init__(self, units: Sequence[Unit], stand_back: Callable[[], None] = never) -> None:
        self.known = {unit.id: unit for unit in units}
        self._units = units
        self._index = NameIndex(((unit.name, unit_words(unit)) for unit in units), stand_back)

    def find(self, words: tuple[str, ...], *, limit: int) -> list[Unit]:
        return [self._units[row] for row in self._index.find(words, limit=limit)]


def unit_words(unit: Unit) -> str:
    """What is searched besides the name."""
    return f"{unit.id} {unit.phone}"
