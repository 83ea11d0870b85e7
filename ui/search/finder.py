"""Finding anything by its name: units, talkgroups, grids, places, cameras and the desk's own commands."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise
from typing import assert_never

from comms.domain.coordinate import Coordinate, decimal_text, dms_text, parse
from comms.domain.datum import Datum
from comms.domain.ids import JurisdictionId, OrderId, TalkgroupId, UnitId
from comms.domain.incident import IncidentState
from comms.domain.order import Place
from comms.domain.states import OrderState, UnitState
from comms.domain.talkgroup import Talkgroup
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street
from console.store.store import Store
from ui.command import Command
from ui.commands import COMMANDS
from ui.controls import Controls
from ui.search.ground_names import GroundNames, GroundThing
from ui.search.happening_names import HappeningNames, number_of
from ui.search.name_index import searched
from ui.search.unit_names import UnitNames, unit_words
from ui.text import Texts
from ui.words import jurisdiction_path

LIMIT = 40
_PER_KIND = 12
_LATE_AT_MOST = 1_000
_LOOKED_AT = 100
"""Matches of a kind that are put in order; beyond it the officer has to type more."""


class FindingKind(StrEnum):
    COMMAND = "command"
    UNIT = "unit"
    TALKGROUP = "talkgroup"
    GRID = "grid"
    PLACE = "place"
    CAMERA = "camera"
    STREET = "street"
    INCIDENT = "incident"
    ORDER = "order"
    COORDINATE = "coordinate"


@dataclass(frozen=True, slots=True)
class Finding:
    """`go` does what Enter means: run the command, pick the unit, show the place."""

    kind: FindingKind
    title: str
    detail: str
    icon: str
    go: Callable[[], None]
    key: str = ""


_Thing = Command | UnitState | Talkgroup | IncidentState | OrderState | Coordinate | GroundThing
_Entry = tuple[str, str, _Thing]
"""Title and all that is searched (`searched`), case folded, and the thing itself."""


class Finder:
    """Asks indexes and makes findings only of what is shown: a city has 350,000 names (bench `search.find`)."""

    def __init__(self, store: Store, controls: Controls, text: Texts) -> None:
        self._store = store
        self._controls = controls
        self._text = text
        self.ground: GroundNames | None = None
        self.units = UnitNames(())
        """Both are given when they are ready."""
        self.happenings: HappeningNames | None = None
        """Of incidents and orders."""
        self.late: dict[UnitId, None] = {}
        """Units that came, or got another name, since `units` were read: looked at one by one while they are few."""

    def find(self, words: str) -> list[Finding]:
        """At most LIMIT, kind by kind, the kind of the best first: names that begin with what was typed come before
        those that have it, or whose initials begin with it."""
        wanted = tuple(words.casefold().split())
        chosen: list[_Entry] = []
        for entries in (*self._listed(wanted), *self._on_the_ground(wanted)):
            found = list(islice((one for one in entries if all(word in one[1] for word in wanted)), _LOOKED_AT))
            chosen += sorted(found, key=_Nearness(wanted))[:_PER_KIND]
        if wanted:
            chosen.sort(key=_Nearness(wanted))
        coordinate = parse(words)
        if isinstance(coordinate, Coordinate):
            chosen.insert(0, _entry(words, "", coordinate))
        return _by_kind([self._finding(thing) for _, _, thing in chosen[:LIMIT]])

    @property
    def is_ready(self) -> bool:
        """False while names are still being read: what is not found now may be found in a moment."""
        area, states = self._store.area, self._store.picture.units
        are_units_read = len(self.units.known) + len(self.late) >= len(states) and len(self.late) <= _LATE_AT_MOST
        if self.happenings is not None and not self.happenings.is_ready:
            return False
        return are_units_read and (area is None or (self.ground is not None and self.ground.area is area))

    # --- what there is --------------------------------------------------------------------------------

    def _commands(self) -> list[_Entry]:
        runnable = (one for one in COMMANDS if one.is_enabled(self._controls) and one.id != "palette")
        return [_entry(one.name(self._text), one.id, one) for one in runnable]

    def _units(self, wanted: tuple[str, ...]) -> list[_Entry]:
        states, late = self._store.picture.units, self.late
        ids = [unit.id for unit in self.units.find(wanted, limit=_LOOKED_AT) if unit.id not in late]
        known = (states.get(unit_id) for unit_id in (*ids, *islice(late, _LATE_AT_MOST)))
        return [_entry(one.unit.name, unit_words(one.unit), one) for one in known if one is not None]

    def _talkgroups(self) -> list[_Entry]:
        return [_entry(one.name, "", one) for one in self._store.cards if one is not None]

    def _listed(self, wanted: tuple[str, ...]) -> tuple[Iterable[_Entry], ...]:
        return self._commands(), self._units(wanted), self._talkgroups(), self._incidents(wanted), self._orders(wanted)

    def _incidents(self, wanted: tuple[str, ...]) -> Iterator[_Entry]:
        states = self._store.picture.incidents.states
        found = self.happenings.incidents(wanted) if self.happenings is not None else ()
        return ((_title(line), f"{line} {key.casefold()}", states[key]) for key, line in found if key in states)

    def _orders(self, wanted: tuple[str, ...]) -> Iterator[_Entry]:
        states = self._store.picture.orders
        found = self.happenings.orders(wanted) if self.happenings is not None else ()
        return ((_title(line), f"{line} {key.casefold()}", states[key]) for key, line in found if key in states)

    def _on_the_ground(self, wanted: tuple[str, ...]) -> list[list[_Entry]]:
        if self.ground is None or self.ground.area is not self._store.area:
            return []
        found = self.ground.finds(wanted, limit=_LOOKED_AT)
        return [[_entry(one.name, _more(one), one) for one in things] for things in found]

    # --- what is shown of it --------------------------------------------------------------------------

    def _finding(self, thing: _Thing) -> Finding:
        picture, text = self._store.picture, self._text
        match thing:
            case Command():
                key = thing.keys[0] if thing.keys else ""
                detail = text(f"group.{thing.group}")
                go = _Do(self._run, thing)
                return Finding(FindingKind.COMMAND, thing.name(text), detail, thing.icon, go, key)
            case UnitState(unit=unit):
                status = text(f"status.{thing.shown_status.value}")
                detail = f"{status} · {unit.phone or unit.id} · {jurisdiction_path(picture, unit.jurisdiction_id)}"
                return Finding(FindingKind.UNIT, unit.name, detail, "person", _Do(self._pick, unit.id))
            case Talkgroup():
                detail = jurisdiction_path(picture, thing.jurisdiction_id)
                return Finding(FindingKind.TALKGROUP, thing.name, detail, "group", _Do(self._select, thing.id))
            case Grid():
                lat, lon = middle_of(thing)
                go = _Do(self._show, Place(lat=lat, lon=lon, text=thing.name))
                return Finding(
                    FindingKind.GRID, thing.name, jurisdiction_path(picture, thing.jurisdiction_id), "grid", go
                )
            case KeyPlace():
                detail = f"{thing.category} · {thing.address}" if thing.address else thing.category
                go = _Do(self._show, Place(lat=thing.lat, lon=thing.lon, text=thing.name))
                return Finding(FindingKind.PLACE, thing.name, detail, "place", go)
            case Camera():
                go = _Do(self._show, Place(lat=thing.lat, lon=thing.lon, text=thing.name))
                return Finding(FindingKind.CAMERA, thing.name, thing.id, "camera", go)
            case Street() | IncidentState() | OrderState() | Coordinate():
                return self._finding_more(thing)
            case _:
                assert_never(thing)

    def _finding_more(self, thing: Street | IncidentState | OrderState | Coordinate) -> Finding:
        text = self._text
        match thing:
            case Street():
                lat, lon = thing.line[len(thing.line) // 2]
                go = _Do(self._show, Place(lat=lat, lon=lon, text=thing.name))
                return Finding(FindingKind.STREET, thing.name, text(f"street.rank_{min(thing.rank, 2)}"), "place", go)
            case IncidentState(incident=incident):
                state = self._how(thing)
                detail = " · ".join(part for part in (state, incident.place.text, self._number(incident.id)) if part)
                return Finding(FindingKind.INCIDENT, incident.kind, detail, "warning", _Do(self._show, incident.place))
            case OrderState(order=order):
                place = order.place.text if order.place is not None else ""
                detail = " · ".join(part for part in (place, self._number(order.id)) if part)
                return Finding(FindingKind.ORDER, order.title, detail, "order", _Do(self._show_order, order.id))
            case Coordinate():
                here = thing.to(Datum.WGS84)
                go = _Do(self._show, Place(lat=here.lat, lon=here.lon))
                return Finding(FindingKind.COORDINATE, decimal_text(here), dms_text(here), "target", go)
            case _:
                assert_never(thing)

    def _how(self, state: IncidentState) -> str:
        if state.is_open:
            return self._text("find.open" if state.stands else "hub.stage.merged")
        return self._text(f"outcome.{(state.outcome or 'handled')}")

    def _number(self, thing_id: str) -> str:
        return self._text("find.number", number=number_of(thing_id))

    def _show_order(self, order_id: OrderId) -> None:
        self._controls.selection.set_order(order_id)
        self._controls.showing.emit("orders")
        place = self._store.picture.orders[order_id].order.place
        if place is not None:
            self._show(place)

    def _run(self, command: Command) -> None:
        command.run(self._controls)

    def _pick(self, unit_id: UnitId) -> None:
        self._controls.selection.set_units((unit_id,))
        self._controls.showing.emit("units")
        self._controls.centre_unit()

    def _select(self, talkgroup_id: TalkgroupId) -> None:
        self._controls.select_talkgroup(talkgroup_id)
        self._controls.showing.emit("talkgroups")

    def _show(self, place: Place) -> None:
        self._controls.selection.set_place(place)
        self._controls.centring.emit(place.lat, place.lon)


class _Do:
    """A deed and what it is done to."""

    def __init__(self, deed: Callable[..., None], thing: object) -> None:
        self._deed = deed
        self._thing = thing

    def __call__(self) -> None:
        self._deed(self._thing)


class _Nearness:
    """Sorts: 0 begins with the first word, 1 has it in the title or begins its initials, 2 only beside it."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self._first = wanted[0] if wanted else ""

    def __call__(self, entry: _Entry) -> int:
        title, everything, _ = entry
        if title.startswith(self._first):
            return 0
        return 1 if self._first in title or f"\t{self._first}" in everything else 2


def _entry(title: str, more: str, thing: _Thing) -> _Entry:
    everything = searched(title, more)
    return _title(everything), everything, thing


def _title(everything: str) -> str:
    return everything.partition("\v")[0].partition("\t")[0]


def _by_kind(findings: list[Finding]) -> list[Finding]:
    """Kinds in the order of their first."""
    kinds = list(dict.fromkeys(one.kind for one in findings))
    return [one for kind in kinds for one in findings if one.kind is kind]


def _more(thing: GroundThing) -> str:
    """What is searched besides the name."""
    match thing:
        case KeyPlace():
            return f"{thing.category} {thing.address}"
        case Camera():
            return thing.id
        case _:
            return ""


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


def _is_inside(ring: Sequence[tuple[float, float]], lat: float, lon: float) -> bool:
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise((*ring, ring[0])):
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
            inside = not inside
    return inside


def grid_name(store: Store, jurisdiction_id: JurisdictionId) -> str:
    """A grid's name on the map, else the jurisdiction's, else its id."""
    grids: Iterable[Grid] = store.area.grids if store.area is not None else ()
    for grid in grids:
        if grid.jurisdiction_id == jurisdiction_id:
            return grid.name
    node = store.picture.jurisdictions.get(jurisdiction_id)
    return node.name if node is not None else jurisdiction_id
