"""Finding anything by its name: units, talkgroups, grids, places, cameras and the desk's own commands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from comms.domain.ids import JurisdictionId, TalkgroupId, UnitId
from comms.domain.order import Place
from comms.protocol.area import Area, Grid
from console.store.store import Store
from ui.commands import COMMANDS, Command
from ui.controls import Controls
from ui.text import Texts
from ui.words import jurisdiction_path

LIMIT = 40
_PER_KIND = 12


class FindingKind(StrEnum):
    COMMAND = "command"
    UNIT = "unit"
    TALKGROUP = "talkgroup"
    GRID = "grid"
    PLACE = "place"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Finding:
    """`go` does what Enter means: run the command, pick the unit, show the place."""

    kind: FindingKind
    title: str
    detail: str
    icon: str
    go: Callable[[], None]
    key: str = ""


class Finder:
    def __init__(self, store: Store, controls: Controls, text: Texts) -> None:
        self._store = store
        self._controls = controls
        self._text = text

    def find(self, words: str) -> list[Finding]:
        """At most LIMIT; names that begin with what was typed come first within each kind."""
        wanted = tuple(words.casefold().split())
        kinds = (self._commands, self._units, self._talkgroups, self._grids, self._places, self._cameras)
        found: list[Finding] = []
        for kind in kinds:
            matching = islice((finding for finding in kind() if _matches(finding, wanted)), _PER_KIND * 4)
            found += sorted(matching, key=lambda finding: _distance(finding, wanted))[:_PER_KIND]
        if wanted:
            found.sort(key=lambda finding: _distance(finding, wanted))
        return found[:LIMIT]

    def _commands(self) -> Iterator[Finding]:
        for command in COMMANDS:
            if command.is_enabled(self._controls) and command.id != "palette":
                yield Finding(
                    FindingKind.COMMAND,
                    command.name(self._text),
                    self._text(f"group.{command.group}"),
                    command.icon,
                    self._running(command),
                    command.keys[0] if command.keys else "",
                )

    def _running(self, command: Command) -> Callable[[], None]:
        def run() -> None:
            command.run(self._controls)

        return run

    def _units(self) -> Iterator[Finding]:
        picture = self._store.picture
        for unit_id, state in picture.units.items():
            status = self._text(f"status.{state.shown_status.value}")
            place = jurisdiction_path(picture, state.unit.jurisdiction_id)
            detail = f"{status} · {state.unit.phone or unit_id} · {place}"
            yield Finding(FindingKind.UNIT, state.unit.name, detail, "person", self._picking(unit_id))

    def _picking(self, unit_id: UnitId) -> Callable[[], None]:
        def pick() -> None:
            self._controls.selection.set_units((unit_id,))
            self._controls.showing.emit("units")
            self._controls.centre_unit()

        return pick

    def _talkgroups(self) -> Iterator[Finding]:
        session = self._store.session
        for talkgroup in session.talkgroups if session is not None else ():
            place = jurisdiction_path(self._store.picture, talkgroup.jurisdiction_id)
            yield Finding(FindingKind.TALKGROUP, talkgroup.name, place, "group", self._selecting(talkgroup.id))

    def _selecting(self, talkgroup_id: TalkgroupId) -> Callable[[], None]:
        def select() -> None:
            self._controls.select_talkgroup(talkgroup_id)
            self._controls.showing.emit("talkgroups")

        return select

    def _grids(self) -> Iterator[Finding]:
        for grid in self._store.area.grids if self._store.area is not None else ():
            lat, lon = middle_of(grid)
            detail = jurisdiction_path(self._store.picture, grid.jurisdiction_id)
            yield Finding(FindingKind.GRID, grid.name, detail, "grid", self._showing(lat, lon, grid.name))

    def _places(self) -> Iterator[Finding]:
        for place in self._store.area.places if self._store.area is not None else ():
            detail = f"{place.category} · {place.address}" if place.address else place.category
            go = self._showing(place.lat, place.lon, place.name)
            yield Finding(FindingKind.PLACE, place.name, detail, "place", go)

    def _cameras(self) -> Iterator[Finding]:
        for camera in self._store.area.cameras if self._store.area is not None else ():
            go = self._showing(camera.lat, camera.lon, camera.name)
            yield Finding(FindingKind.CAMERA, camera.name, camera.id, "camera", go)

    def _showing(self, lat: float, lon: float, name: str) -> Callable[[], None]:
        def show() -> None:
            self._controls.selection.set_place(Place(lat=lat, lon=lon, text=name))
            self._controls.centring.emit(lat, lon)

        return show


def middle_of(grid: Grid) -> tuple[float, float]:
    """Latitude and longitude in the middle of the outer ring's bounds."""
    lats = [lat for lat, _ in grid.rings[0]]
    lons = [lon for _, lon in grid.rings[0]]
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


def grid_at(area: Area, lat: float, lon: float) -> JurisdictionId | None:
    """The grid a place lies in, by its outer ring (even-odd rule). For single questions, not for frames."""
    for grid in area.grids:
        if _is_inside(grid.rings[0], lat, lon):
            return grid.jurisdiction_id
    return None


def _is_inside(ring: tuple[tuple[float, float], ...], lat: float, lon: float) -> bool:
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
            inside = not inside
    return inside


def grid_name(store: Store, jurisdiction_id: JurisdictionId) -> str:
    """A grid's name on the map, else the jurisdiction's, else its id."""
    for grid in store.area.grids if store.area is not None else ():
        if grid.jurisdiction_id == jurisdiction_id:
            return grid.name
    node = store.picture.jurisdictions.get(jurisdiction_id)
    return node.name if node is not None else jurisdiction_id


def _matches(finding: Finding, wanted: tuple[str, ...]) -> bool:
    searched = f"{finding.title} {finding.detail}".casefold()
    return all(word in searched for word in wanted)


def _distance(finding: Finding, wanted: tuple[str, ...]) -> int:
    """0 begins with it, 1 has it in its name, 2 only beside it."""
    if not wanted:
        return 0
    title = finding.title.casefold()
    return 0 if title.startswith(wanted[0]) else 1 if wanted[0] in title else 2
