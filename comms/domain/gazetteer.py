"""Names of places, found inside what somebody wrote as an address. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST, LONGEST = 2, 40
"""Characters a name has to have to be looked for."""
SAME_PLACE_DEG = 0.005
"""Some 500 m: a name that stands for places further apart than this stands for none of them."""


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    lat: float
    lon: float


class Gazetteer:
    """Looking up costs as much as the address is long, however many names there are."""

    def __init__(self, places: Iterable[Named]) -> None:
        self._places: dict[str, Named | None] = {}
        for place in places:
            name = place.name.strip()
            if not (SHORTEST <= len(name) <= LONGEST) or (
                name.isascii() and (name.isdigit() or len(name) < 2 * SHORTEST)
            ):
                continue
            known = self._places.setdefault(name, place)
            if known is not None and not _is_near(known, place):
                self._places[name] = None
        self._longest = max(map(len, self._places), default=0)

    def find(self, address: str) -> Named | None:
        """The longest name in it that stands for one place; of equally long ones the last, which addresses lead to."""
        for length in range(min(self._longest, len(address)), SHORTEST - 1, -1):
            for at in range(len(address) - length, -1, -1):
                found = self._places.get(address[at : at + length])
                if found is not None:
                    return found
        return None


def _is_near(one: Named, other: Named) -> bool:
    return abs(one.lat - other.lat) <= SAME_PLACE_DEG and abs(one.lon - other.lon) <= SAME_PLACE_DEG
