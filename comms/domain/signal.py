"""What the rules of early warning look at: things that happened, taken out of the picture. Pure."""

from typing import NamedTuple

import msgspec

from comms.domain.alarm import HOLDING_PHASES, AlarmKind, AlarmState
from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.incident import IncidentOutcome, IncidentState
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.states import OrderState


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: what the rules look at. `noun` and `id` lead back to the picture. `kind` is that of an
    incident; what `is_over` still counts as having happened, and is no danger any more."""

    noun: str
    id: str
    about: str
    lat: float
    lon: float
    at: float
    jurisdiction_id: JurisdictionId
    kind: str = ""
    is_over: bool = False


class Sight(NamedTuple):
    """What of a picture can be a signal, taken out at one moment, so that it can be looked through on another thread
    while the picture goes on."""

    orders: list[OrderState]
    incidents: list[IncidentState]
    alarms: list[AlarmState]
    homes: dict[UnitId, JurisdictionId]
    """Of the units first sent with each order."""


def sight_of(picture: Picture) -> Sight:
    first = {order.order.unit_ids[0] for order in picture.orders.values() if order.order.unit_ids}
    return Sight(
        orders=list(picture.orders.values()),
        incidents=list(picture.incidents.states.values()),
        alarms=list(picture.alarms.states.values()),
        homes={unit_id: picture.units[unit_id].unit.jurisdiction_id for unit_id in first},
    )


def signals_of(sight: Sight) -> list[Signal]:
    """Orders with a place, incidents, and the alarms of today with a place. A warning is no signal: it would feed on
    itself; neither is what was reported twice, or merged, or turned out to be nothing."""
    found = [
        _signal("order", state.order.id, "order", state.order.place, state.order.issued_at, sight.homes[unit_ids[0]])
        for state in sight.orders
        if state.order.place is not None and (unit_ids := state.order.unit_ids)
    ]
    for reported in sight.incidents:
        incident = reported.incident
        if reported.outcome not in _NOTHING and reported.merge is None:
            at = incident.occurred_at if incident.occurred_at is not None else reported.reported_at
            found.append(
                _signal("incident", incident.id, "incident", incident.place, at, incident.jurisdiction_id,
                        kind=incident.kind, is_over=not reported.is_open)
            )  # fmt: skip
    for state in sight.alarms:
        alarm = state.alarm
        if alarm.kind is AlarmKind.WARNING or alarm.place is None or alarm.jurisdiction_id is None:
            continue
        about, is_over = alarm.kind.value, state.phase not in HOLDING_PHASES
        found.append(
            _signal("alarm", alarm.id, about, alarm.place, state.raised_at, alarm.jurisdiction_id, is_over=is_over)
        )
    return found


_NOTHING = frozenset({IncidentOutcome.DUPLICATE, IncidentOutcome.FALSE_REPORT})


def _signal(
    noun: str, key: str, about: str, place: Place, at: float, home: JurisdictionId, *, kind: str = "",
    is_over: bool = False,
) -> Signal:  # fmt: skip
    return Signal(
        noun=noun, id=key, about=about, lat=place.lat, lon=place.lon, at=at, jurisdiction_id=home, kind=kind,
        is_over=is_over,
    )  # fmt: skip
