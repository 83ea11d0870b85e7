"""The static map made ready for questions about a place. Made once for an area, on a worker."""

from collections.abc import Callable

from comms.domain.grid_tree import GridTree
from comms.domain.pause import never
from comms.protocol.area import Area
from console.around.address import Addresses
from console.around.things import Things
from console.gate import Unhurried


class Surroundings:
    def __init__(self, area: Area, stand_back: Callable[[], None] = never) -> None:
        """`stand_back` see `console.gate`."""
        self.area = area
        self.grids = GridTree(Unhurried(area.grids, stand_back))
        self.cameras = Things(Unhurried(area.cameras, stand_back))
        self.places = Things(Unhurried(area.places, stand_back))
        self.risks = Things(Unhurried(area.risks, stand_back))
        self.addresses = Addresses(Unhurried(area.streets, stand_back), self.places)
