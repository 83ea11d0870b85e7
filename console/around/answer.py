"""What an officer is told about a place, as values: the words are the interface's."""

from dataclasses import dataclass

from comms.domain.ids import IncidentId, OrderId, UnitId
from comms.domain.incident import Incident
from comms.domain.plan import Plan
from comms.domain.unit import UnitStatus
from comms.protocol.area import Camera, Grid, KeyPlace, RiskSource
from console.around.outline import Shape
from console.around.things import Group


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a point, and when something with a shape of its own is there, that shape and its name."""

    lat: float
    lon: float
    name: str = ""
    own_shape: Shape | None = None
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class WorkerNear:
    unit_id: UnitId
    status: UnitStatus
    metres: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Workers:
    """`by_status` has only statuses that occur."""

    by_status: dict[UnitStatus, int]
    nearest: tuple[WorkerNear, ...]

    @property
    def count(self) -> int:
        return sum(self.by_status.values())

    @property
    def online(self) -> int:
        return self.count - self.by_status.get(UnitStatus.OFFLINE, 0)


@dataclass(frozen=True, slots=True)
class Residents:
    """`inside` is what grids counted, by the share of their ground inside; None where no grid has counted."""

    inside: int | None
    registered: int
    """Of all grids touched, whole."""
    counted_grids: int
    uncounted_grids: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An open incident or an order under way: the id, its title, where it is."""

    id: IncidentId | OrderId
    title: str
    is_urgent: bool
    metres: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Whatever stands on the ground is None until the area is ready."""

    shape: Shape
    lat: float
    lon: float
    workers: Workers
    incidents: tuple[Happening, ...]
    orders: tuple[Happening, ...]
    plan: Plan | None
    grid: Grid | None = None
    residents: Residents | None = None
    cameras: tuple[Group[Camera], ...] | None = None
    places: tuple[Group[KeyPlace], ...] | None = None
    risks: tuple[Group[RiskSource], ...] | None = None
