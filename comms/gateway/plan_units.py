"""Whom a plan's steps mean, by where units are now. The gateway has no street net: the straight line counts, with what
status, work in hand, skills and ground add (`comms.domain.nearest`)."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.incident import Incident
from comms.domain.jurisdiction import contains
from comms.domain.nearest import STATUSES, Candidates, Weights, rank
from comms.domain.picture import Picture
from comms.domain.plan import Nearest, Within
from comms.domain.position import distances_m
from comms.domain.street_graph import Travel
from comms.domain.unit import UnitStatus
from comms.gateway.orders import Orders
from comms.gateway.positions import Positions

ONLY_FREE = Weights(status_s={UnitStatus.AVAILABLE: 0.0})
TO_TALK = Weights(
    status_s={status: 0.0 for status in UnitStatus if status not in (UnitStatus.OFFLINE, UnitStatus.OUT_OF_SERVICE)},
    order_s=0.0,
    other_grid_s=0.0,
)
"""Who is busy can still be talked to."""
_NOT_THERE = frozenset({UnitStatus.OFFLINE, UnitStatus.OUT_OF_SERVICE})


class PlanUnits:
    """`jurisdiction_id` is the officer's: only those of his are ever meant."""

    def __init__(self, picture: Picture, positions: Positions, orders: Orders, jurisdiction_id: JurisdictionId) -> None:
        self._picture = picture
        self._positions = positions
        self._orders = orders
        self._jurisdiction_id = jurisdiction_id

    def to_talk(self, who: Nearest | Within, incident: Incident, *, first: Sequence[UnitId]) -> tuple[UnitId, ...]:
        """Online, the nearest first."""
        return self._found(who, incident, first, (), TO_TALK)

    def to_send(
        self, who: Nearest | Within, incident: Incident, *, first: Sequence[UnitId], besides: Collection[UnitId]
    ) -> tuple[UnitId, ...]:
        """Those `first` named come first while they can be sent; nobody of `besides`."""
        weights = ONLY_FREE if isinstance(who, Nearest) and who.only_free else Weights()
        return self._found(who, incident, first, besides, weights)

    def _found(
        self,
        who: Nearest | Within,
        incident: Incident,
        first: Sequence[UnitId],
        besides: Collection[UnitId],
        weights: Weights,
    ) -> tuple[UnitId, ...]:
        radius_m = who.within_m if isinstance(who, Nearest) else who.radius_m
        near = self._near(incident, radius_m, besides)
        if isinstance(who, Within):
            return tuple(near)
        may = [unit_id for unit_id in near if self._status(unit_id) in weights.status_s]
        named = tuple(unit_id for unit_id in dict.fromkeys(first) if unit_id in may)
        rest = {unit_id: near[unit_id] for unit_id in may if unit_id not in named}
        return (*named, *self._ranked(incident, rest, who, weights))[: who.count]

    def _near(self, incident: Incident, radius_m: float, besides: Collection[UnitId]) -> dict[UnitId, int]:
        """Own units that are there, by their rows, the nearest first."""
        count = len(self._positions)
        columns, place = self._positions.columns, incident.place
        metres = distances_m(columns.lat[:count], columns.lon[:count], lat=place.lat, lon=place.lon)
        rows = np.flatnonzero(metres <= radius_m)
        rows = rows[np.argsort(metres[rows], kind="stable")]
        found = ((self._positions.unit_ids[row], row) for row in rows.tolist())
        return {
            unit_id: row
            for unit_id, row in found
            if unit_id not in besides
            and self._status(unit_id) not in _NOT_THERE
            and contains(self._jurisdiction_id, self._picture.units[unit_id].unit.jurisdiction_id)
        }

    def _status(self, unit_id: UnitId) -> UnitStatus:
        return self._picture.units[unit_id].shown_status

    def _ranked(
        self, incident: Incident, near: Mapping[UnitId, int], who: Nearest, weights: Weights
    ) -> tuple[UnitId, ...]:
        columns, unit_ids = self._positions.columns, tuple(near)
        rows = np.array(tuple(near.values()), np.int64)
        units = [self._picture.units[unit_id].unit for unit_id in unit_ids]
        wanted = frozenset(who.skills)
        candidates = Candidates(
            lat=columns.lat[rows],
            lon=columns.lon[rows],
            status=np.array([STATUSES.index(self._status(unit_id)) for unit_id in unit_ids], np.uint8),
            load=np.array([len(self._orders.open_of(unit_id)) for unit_id in unit_ids], np.int64),
            is_own_grid=np.array([unit.jurisdiction_id == incident.jurisdiction_id for unit in units], np.bool_),
            has_skills=np.array([wanted.issubset(unit.skills) for unit in units], np.bool_),
            may_be_sent=np.ones(len(units), np.bool_),
        )
        place = incident.place
        best = rank(candidates, lat=place.lat, lon=place.lon, count=who.count, travel=Travel.ON_FOOT, weights=weights)
        return tuple(unit_ids[one.row] for one in best)
