"""The static map made ready for questions: which grid, which way. Made once for an area, on a worker."""

from comms.domain.grid_tree import GridTree
from comms.domain.ids import JurisdictionId
from comms.domain.street_graph import StreetGraph
from comms.protocol.area import Area


class Terrain:
    """`streets` is None for an area without any that can be routed on."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.grids = GridTree(area.grids)
        self.streets: StreetGraph | None = None
        try:
            self.streets = StreetGraph(area.streets)
        except ValueError:
            pass  # ranking falls back to the straight line, and says so

    def grid_id_at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        return self.grids.at(lat=lat, lon=lon)
