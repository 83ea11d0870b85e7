"""The names of an area's grids, streets, places and cameras, made ready for search."""

from collections.abc import Callable, Sequence

from comms.domain.pause import never
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street
from ui.search.name_index import NameIndex

GroundThing = Grid | Street | KeyPlace | Camera


class GroundNames:
    """Made once for an area; `finds` goes through its kinds one after the other."""

    def __init__(self, area: Area, stand_back: Callable[[], None] = never) -> None:
        self.area = area
        streets = list({street.name: street for street in reversed(area.streets) if street.name}.values())[::-1]
        self._kinds: tuple[tuple[Sequence[GroundThing], NameIndex], ...] = (
            (area.grids, NameIndex(((one.name, "") for one in area.grids), stand_back)),
            (streets, NameIndex(((one.name, "") for one in streets), stand_back)),
            (area.places, NameIndex(((one.name, f"{one.category} {one.address}") for one in area.places), stand_back)),
            (area.cameras, NameIndex(((one.name, one.id) for one in area.cameras), stand_back)),
        )

    def finds(self, words: tuple[str, ...], *, limit: int) -> list[list[GroundThing]]:
        return [[things[row] for row in index.find(words, limit=limit)] for things, index in self._kinds]
