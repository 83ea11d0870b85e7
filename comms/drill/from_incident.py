"""Incident → scenario: what was recorded of an incident becomes a drill that anybody may play. What came in from
outside becomes injects, what was done becomes what is expected, who took part becomes the cast; people are masked."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

import msgspec

from comms.domain.events import Recorded
from comms.domain.ids import IncidentId, UnitId
from comms.domain.incident import IncidentState
from comms.domain.inject import Spot, Words
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.scenario import FORMAT, Actor, Objective, Role, RoleKind, Scenario, TownFileArea
from comms.domain.source import UTC_OFFSET_H
from comms.drill.incident_expected import SPREAD, Expected
from comms.drill.incident_injects import Coming
from comms.drill.incident_steps import steps_of
from comms.journal.masking import Masker, stem
from comms.protocol.area import Area

BEFORE_S, AFTER_S = 60.0, 300.0
LEAST_S, LONGEST_S = 300.0, 24 * 3600.0
MOST_INJECTS = 200
OBJECTIVES: Mapping[str, Words] = {
    "take_note": {"zh_CN": "及时接报确认", "en": "Take note in time"},
    "send": {"zh_CN": "及时派出合适力量", "en": "Send the right units in time"},
    "lead": {"zh_CN": "现场指挥与通联", "en": "Lead and talk with those on scene"},
    "finish": {"zh_CN": "处置完毕、按程序结案", "en": "See it through and close it"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A stretch of a record: the picture at its end, its events, where units were at its beginning (lat, lon)."""

    from_at: float
    to_at: float
    picture: Picture
    events: tuple[Recorded, ...]
    places: Mapping[UnitId, tuple[float, float]] = field(default_factory=dict)


def stretch_of(
    state: IncidentState, last_at: float, *, from_at: float | None, to_at: float | None
) -> tuple[float, float]:
    """From shortly before it was told of to shortly after it was closed, on whole minutes."""
    first = state.reported_at - BEFORE_S if from_at is None else from_at
    ended = state.closed_at if state.closed_at is not None else last_at
    last = min(ended + AFTER_S, last_at + AFTER_S) if to_at is None else to_at
    first = floor(first / 60) * 60.0
    return first, min(max(last, first + LEAST_S), first + LONGEST_S)


def masker_of(recording: Recording, area: Area | None) -> Masker:
    """Knows officers, units and who answers for grids; callers are found in what was said."""
    picture = recording.picture
    heads = [grid.head.name for grid in area.grids if grid.head is not None] if area is not None else []
    people = (
        *(officer.name for officer in picture.officers.values()),
        *(unit.unit.name for unit in picture.units.values()),
        *heads,
    )
    masker = Masker({name: f"人员{stem(at)}" for at, name in enumerate(dict.fromkeys(people))})
    masker.learn(msgspec.json.encode(recorded.event).decode() for recorded in recording.events)
    return masker


def scenario_of(recording: Recording, incident_id: IncidentId, masker: Masker, *, town_path: str) -> Scenario:
    """Raises KeyError when there is no such incident."""
    return _Maker(recording, incident_id, masker).make(town_path)


class _Maker:
    def __init__(self, recording: Recording, incident_id: IncidentId, masker: Masker) -> None:
        self._recording, self._masker = recording, masker
        self._picture = recording.picture
        self._state = self._picture.incidents.states[incident_id]
        self._coming = Coming(recording.from_at, self._picture, masker)
        for recorded in recording.events:
            self._coming.take(recorded)

    def make(self, town_path: str) -> Scenario:
        incident = self._state.incident
        injects = tuple(self._coming.injects(MOST_INJECTS))
        since = self._coming.inject_of(self._state.incident.id) or injects[0].id
        wanted = Expected(self._recording.picture, self._state, self._coming)
        kept = {inject.id for inject in injects}
        expectations = tuple(wanted.expectations(self._recording.events, since=since, injects=kept))
        used = {each.objective for each in expectations}
        length_s = self._recording.to_at - self._recording.from_at
        kind = self._masker.text(incident.kind) or "事件"
        return Scenario(
            format=FORMAT,
            id="from_incident",
            title={"zh_CN": f"复盘演练：{kind}", "en": f"From the record: {kind}"},
            summary={
                "zh_CN": "由实际事件的记录生成，人员、号码、门牌已脱敏，照片以生成画面代替。",
                "en": "Made from the record of an incident; people, numbers and houses masked, photos generated.",
            },
            objectives=tuple(Objective(id=key, words=words) for key, words in OBJECTIVES.items() if key in used),
            starts_at=_minute(self._recording.from_at),
            length_min=ceil(length_s / 60),
            area=TownFileArea(path=town_path),
            cast=tuple(self._cast()),
            roles=_SEATS,
            injects=injects,
            expectations=expectations,
        )

    # --- who --------------------------------------------------------------------------------------------------

    def _cast(self) -> Iterator[Actor]:
        yield from self._coming.citizens()
        for unit_id in self._units():
            state = self._picture.units[unit_id]
            spot = self._recording.places.get(unit_id)
            place = spot if spot is not None else _middle(self._state.incident.place)
            number = self._coming.actor_number(unit_id)
            yield Actor(
                id=self._coming.actor(unit_id),
                name={"zh_CN": f"网格员{stem(number)}", "en": f"Worker {number + 1}"},
                near=Spot(lat=round(place[0], 4), lon=round(place[1], 4)),
                skills=state.unit.skills,
                behaviour=self._behaviour(unit_id),
            )

    def _units(self) -> list[UnitId]:
        """Who was ordered there, and whoever did something."""
        ordered = [
            unit_id
            for order_id in self._state.order_ids
            if order_id in self._picture.orders
            for unit_id in self._picture.orders[order_id].assignments
        ]
        return [
            unit_id for unit_id in dict.fromkeys((*ordered, *self._coming.unit_ids)) if unit_id in self._picture.units
        ]

    def _behaviour(self, unit_id: UnitId) -> str | dict[str, Any]:
        """From what this unit did with its orders."""
        steps = steps_of(self._recording.events, unit_id)
        if not steps.is_any:
            return "good"
        found: dict[str, Any] = {
            name: [round(took * (1 - SPREAD), 1), round(took * (1 + SPREAD), 1)] for name, took in steps.took
        }
        if steps.refused:
            found["accept_chance"] = round(steps.accepted / (steps.accepted + steps.refused), 2)
        return found or "good"


_SEATS = (
    Role(id="duty", kind=RoleKind.TRAINEE, name={"zh_CN": "值班员", "en": "Duty officer"}, officer="duty"),
    Role(id="director", kind=RoleKind.TRAINER, name={"zh_CN": "导调员", "en": "Trainer"}, officer="trainer"),
    Role(id="observer", kind=RoleKind.OBSERVER, name={"zh_CN": "评估员", "en": "Observer"}, officer="observer"),
)
"""New accounts of the drill's own."""


def _minute(at: float) -> str:
    zone = datetime.timezone(datetime.timedelta(hours=UTC_OFFSET_H))
    return datetime.datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")


def _middle(place: Place) -> tuple[float, float]:
    return place.lat, place.lon
