"""The static map made ready for questions: which grid, which way. Made once for an area, on a worker."""

from collections.abc import Callable

from comms.domain.grid_tree import GridTree
from comms.domain.ids import JurisdictionId
from comms.domain.pause import never
from comms.domain.street_graph import StreetGraph
from comms.protocol.area import Area
from console.gate import Unhurried


def load_routing() -> None:
    """What streets are routed with: 0.2 s, in which a window would stand still. Called before there is one."""
    import scipy.sparse.csgraph  # noqa: F401 (loaded for whoever needs it later)


class Terrain:
    """`streets` is None for an area without any that can be routed on."""

    def __init__(self, area: Area, grids: GridTree, stand_back: Callable[[], None] = never) -> None:
        """`grids` are those of the area. `stand_back` see `console.gate`."""
        self.area = area
        self.grids = grids
        self.streets: StreetGraph | None = None
        try:
            self.streets = StreetGraph(Unhurried(area.streets, stand_back), stand_back)
        except ValueError:
            pass  # ranking falls back to the straight line, and says so

    def grid_id_at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        return self.grids.at(lat=lat, lon=lon)
