"""Around this place (周边): one answer about everything inside an outline, from what the desk knows now."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely

from comms.domain.ids import IncidentId, OrderId
from comms.domain.order import OPEN_STATES, OrderPriority, Place
from console.around.answer import Answer, Happening, Residents, Subject, WorkerNear, Workers
from console.around.outline import Outline, Shape
from console.around.plan import plan_for
from console.around.subject import subject_at
from console.around.surroundings import Surroundings
from console.store.positions import STATUS_ORDER
from console.store.store import Store

WORKERS_LISTED, THINGS_LISTED = 5, 8
_TOUCHED = 1e-6
"""A share of a grid below this is only a common border."""


class Around:
    """On the interface thread: 100,000 units and 250,000 things take a few milliseconds (bench `around.answer`).

    `surroundings` is given when it is ready; until then only what moves and what happens is known."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.surroundings: Surroundings | None = None

    def subject(self, *, lat: float, lon: float) -> Subject:
        return subject_at(self._store.picture, lat=lat, lon=lon)

    def answer(self, subject: Subject, shape: Shape) -> Answer:
        outline = Outline(shape)
        incidents, ground = self._incidents(outline), self.surroundings
        kinds = [one.title for one in incidents]
        if subject.incident is not None:
            kinds.insert(0, subject.incident.kind)
        known = Answer(
            shape=shape,
            lat=outline.lat,
            lon=outline.lon,
            workers=self._workers(outline),
            incidents=incidents,
            orders=self._orders(outline),
            plan=plan_for(kinds, (known.plan for known in self._store.picture.plans.plans.values())),
        )
        return known if ground is None else _on_the_ground(known, subject, outline, ground)

    # --- what moves and what happens -------------------------------------------------------------------

    def _workers(self, outline: Outline) -> Workers:
        positions = self._store.positions
        rows = outline.inside(positions.lat, positions.lon)
        counts = np.bincount(positions.status[rows], minlength=len(STATUS_ORDER))
        metres = outline.distances_m(positions.lat[rows], positions.lon[rows])
        nearest = tuple(
            WorkerNear(
                unit_id=positions.unit_at(int(rows[at])),
                status=STATUS_ORDER[positions.status[rows[at]]],
                metres=float(metres[at]),
                lat=float(positions.lat[rows[at]]),
                lon=float(positions.lon[rows[at]]),
            )
            for at in np.argsort(metres, kind="stable")[:WORKERS_LISTED]
        )
        by_status = {status: int(count) for status, count in zip(STATUS_ORDER, counts, strict=True) if count}
        return Workers(by_status, nearest)

    def _incidents(self, outline: Outline) -> tuple[Happening, ...]:
        found = [
            _Open(one.id, one.kind, one.priority is not OrderPriority.NORMAL, one.place)
            for one in (state.incident for state in self._store.picture.incidents.open())
        ]
        return _inside(found, outline)

    def _orders(self, outline: Outline) -> tuple[Happening, ...]:
        found = [
            _Open(state.order.id, state.order.title, state.is_overdue, state.order.place)
            for state in self._store.picture.orders.values()
            if state.order.place is not None and any(step in OPEN_STATES for step in state.assignments.values())
        ]
        return _inside(found, outline)


class _Open(NamedTuple):
    id: IncidentId | OrderId
    title: str
    is_urgent: bool
    place: Place


def _inside(found: list[_Open], outline: Outline) -> tuple[Happening, ...]:
    """The nearest first."""
    lat = np.array([one.place.lat for one in found], np.float64)
    lon = np.array([one.place.lon for one in found], np.float64)
    rows = outline.inside(lat, lon)
    metres = outline.distances_m(lat[rows], lon[rows])
    return tuple(
        Happening(one.id, one.title, one.is_urgent, float(metres[at]), one.place.lat, one.place.lon)
        for at, one in ((at, found[int(rows[at])]) for at in np.argsort(metres, kind="stable"))
    )


def _on_the_ground(known: Answer, subject: Subject, outline: Outline, ground: Surroundings) -> Answer:
    grids = ground.area.grids
    row = ground.grids.row_at(lat=subject.lat, lon=subject.lon)
    return replace(
        known,
        grid=grids[row] if row is not None else None,
        residents=_residents(outline, ground),
        cameras=ground.cameras.groups(outline, nearest=THINGS_LISTED),
        places=ground.places.groups(outline, nearest=THINGS_LISTED),
        risks=ground.risks.groups(outline, nearest=THINGS_LISTED),
    )


def _residents(outline: Outline, ground: Surroundings) -> Residents:
    """A grid's residents are taken to live all over it: nobody counts them by house."""
    rows = ground.grids.tree.query(outline.polygon, predicate="intersects")
    shares = shapely.area(shapely.intersection(ground.grids.shapes[rows], outline.polygon)) / np.maximum(
        shapely.area(ground.grids.shapes[rows]), 1e-18
    )
    touched = [(ground.area.grids[int(row)].population, float(share)) for row, share in zip(rows, shares, strict=True)
               if share > _TOUCHED]  # fmt: skip
    counted = [(count, share) for count, share in touched if count is not None]
    return Residents(
        inside=round(sum(count * share for count, share in counted)) if counted else None,
        registered=sum(count for count, _ in counted),
        counted_grids=len(counted),
        uncounted_grids=len(touched) - len(counted),
    )
