"""The static map made ready for questions about a place. Made once for an area, on a worker."""

from comms.domain.grid_tree import GridTree
from comms.protocol.area import Area
from console.around.address import Addresses
from console.around.things import Things


class Surroundings:
    def __init__(self, area: Area) -> None:
        self.area = area
        self.grids = GridTree(area.grids)
        self.cameras = Things(area.cameras)
        self.places = Things(area.places)
        self.risks = Things(area.risks)
        self.addresses = Addresses(area.streets, self.places)
