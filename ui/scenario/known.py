"""Names that may be written into a scenario: those of the desk's town, and those the scenario says elsewhere."""

from collections.abc import Callable, Iterable

from comms.domain.scenario import Scenario
from comms.protocol.area import Camera, KeyPlace, RiskSource
from console.scenario.fields import FieldKind, fields_of
from console.store.store import Store

MOST_OFFERED = 50


class Known:
    """Offers names by the key of `fields.KNOWN`. A scenario of another town may say others: nothing is forced."""

    def __init__(self, store: Store, scenario: Callable[[], Scenario | None]) -> None:
        self._store, self._scenario = store, scenario

    def offered(self, key: str, typed: str) -> list[str]:
        """At most so many that hold what was typed, the first first."""
        found = dict.fromkeys(name for name in self._names(key) if typed.casefold() in name.casefold())
        return list(found)[:MOST_OFFERED]

    def _names(self, key: str) -> Iterable[str]:
        picture, area = self._store.picture, self._store.area
        match key:
            case "talkgroups":
                return [state.talkgroup.name for state in picture.talkgroups.values()]
            case "jurisdictions":
                return [str(name) for name in picture.jurisdictions]
            case "items":
                return [item.name for item in picture.items.in_force(self._store.server_now())]
            case "skills":
                return [skill for state in picture.units.values() for skill in state.unit.skills]
            case "plans":
                return [str(plan_id) for plan_id in picture.plans.plans]
            case "grids" if area is not None:
                return [str(grid.jurisdiction_id) for grid in area.grids]
            case "streets" if area is not None:
                return [street.name for street in area.streets]
            case "places" if area is not None:
                things: tuple[KeyPlace | RiskSource | Camera, ...] = (*area.places, *area.risks, *area.cameras)
                return [thing.name for thing in things]
            case _:
                return self._said(key)

    def _said(self, key: str) -> Iterable[str]:
        """What the scenario says in fields of this kind."""
        scenario = self._scenario()
        if scenario is None:
            return []
        parts = [*(each.what for each in scenario.injects), *scenario.roles]
        return [
            str(getattr(part, field.name))
            for part in parts
            for field in fields_of(type(part))
            if field.kind is FieldKind.LINE and field.known == key and getattr(part, field.name)
        ]


BEHAVIOURS = ("good", "quick", "slow", "confused", "refusing")
"""Presets of the simulated people, as `comms.fleet.behaviour` has them; a test holds both the same."""
