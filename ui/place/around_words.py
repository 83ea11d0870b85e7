"""Saying what lies around a place: the lines of the sheet, in an order that never changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from comms.domain.ids import OrderId, UnitId
from comms.domain.plan import CheckStep, said
from comms.protocol.area import Camera, Grid, KeyPlace, RiskSource
from console.around.answer import Answer, Happening, Residents, WorkerNear
from console.around.things import Group
from console.store.store import Store
from ui.search.finder import middle_of
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import distance, jurisdiction_path

T = TypeVar("T", Camera, KeyPlace, RiskSource)
NAMED = 2
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and what a click on it goes to: `spots` in turn, nearest first."""

    line: Line
    spots: tuple[Spot, ...] = ()
    unit_id: UnitId | None = None
    order_id: OrderId | None = None


class AroundWords:
    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text

    def rows(self, answer: Answer) -> list[Row]:
        """Every section has its head, so that nothing moves when one becomes empty."""
        parts = (
            self._grid,
            self._residents,
            self._incidents,
            self._orders,
            self._workers,
            self._risks,
            self._places,
            self._cameras,
            self._plan,
        )
        return [row for part in parts for row in part(answer)]

    def summary(self, answer: Answer) -> str:
        """One sentence of figures."""
        text, residents = self._text, answer.residents
        parts = [text("around.sum_workers", count=answer.workers.count, online=answer.workers.online)]
        parts.append(text("around.sum_residents", count=self.residents(residents)))
        for name, groups in (("risks", answer.risks), ("places", answer.places), ("cameras", answer.cameras)):
            if groups is not None:
                parts.append(text(f"around.sum_{name}", count=sum(group.count for group in groups)))
        parts.append(text("around.sum_incidents", count=len(answer.incidents)))
        parts.append(text("around.sum_orders", count=len(answer.orders)))
        return text("around.sum_separator").join(parts)

    def residents(self, residents: Residents | None) -> str:
        """About how many live inside; where nobody has counted, that."""
        if residents is None:
            return self._text("around.preparing")
        if residents.inside is None:
            return self._text("around.uncounted")
        return self._text("around.about", count=f"{residents.inside:,}")

    # --- the sections -----------------------------------------------------------------------------------

    def _head(self, name: str, figure: str = "") -> Row:
        return Row(Line(("head", name), self._text(f"around.{name}"), figure=figure, is_head=True))

    def _grid(self, answer: Answer) -> Iterator[Row]:
        text, grid = self._text, answer.grid
        yield self._head("grid", "" if grid is not None else text("around.no_grid"))
        if grid is None:
            return
        count = text("around.people", count=f"{grid.population:,}") if grid.population is not None else ""
        path = jurisdiction_path(self._store.picture, grid.jurisdiction_id) or grid.name
        figure = count or text("around.uncounted")
        yield Row(Line(("grid", grid.jurisdiction_id), path, figure=figure, icon="grid"), (middle_of(grid),))
        yield self._head_of(grid)

    def _head_of(self, grid: Grid) -> Row:
        """网格长, and how to reach them."""
        text, head = self._text, grid.head
        key = ("grid head", grid.jurisdiction_id)
        if head is None:
            return Row(Line(key, text("around.no_head"), icon="person"), (middle_of(grid),))
        title = text("around.head_of_grid", name=head.name)
        state = self._store.picture.units.get(head.unit_id) if head.unit_id is not None else None
        if state is None:
            detail = text("around.phone", phone=head.phone) if head.phone else text("around.no_phone")
            return Row(Line(key, title, detail, icon="person"), (middle_of(grid),))
        phone = head.phone or state.unit.phone
        parts = [text(f"status.{state.shown_status.value}"), text("around.phone", phone=phone) if phone else ""]
        detail = text("around.dot").join(part for part in (*parts, text("around.call_head")) if part)
        positions = self._store.positions
        row = positions.row_of(state.unit.id)
        is_placed = row is not None and bool(positions.is_placed[row])
        spot = (float(positions.lat[row]), float(positions.lon[row])) if is_placed else middle_of(grid)
        return Row(Line(key, title, detail, icon="person"), (spot,), unit_id=state.unit.id)

    def _residents(self, answer: Answer) -> Iterator[Row]:
        residents = answer.residents
        yield self._head("residents", self.residents(residents))
        if residents is None or not (residents.counted_grids or residents.uncounted_grids):
            return
        text = self._text
        title = text("around.registered", grids=residents.counted_grids, count=f"{residents.registered:,}")
        detail = text("around.by_share") if residents.counted_grids else ""
        if residents.uncounted_grids:
            missing = text("around.grids_uncounted", grids=residents.uncounted_grids)
            title, detail = (title, f"{missing}  {detail}") if residents.counted_grids else (missing, "")
        yield Row(Line(("residents", ""), title, detail, icon="group"), ((answer.lat, answer.lon),))

    def _workers(self, answer: Answer) -> Iterator[Row]:
        text, workers = self._text, answer.workers
        counts = (text("around.of_status", status=text(f"status.{status.value}"), count=count)
                  for status, count in workers.by_status.items())  # fmt: skip
        head = self._head(
            "workers", text("around.count", count=workers.count) if workers.count else text("around.none")
        )
        yield Row(Line(head.line.key, head.line.title, text("around.dot").join(counts), head.line.figure, is_head=True))
        yield from map(self._worker, workers.nearest)

    def _worker(self, worker: WorkerNear) -> Row:
        state = self._store.picture.units.get(worker.unit_id)
        name = state.unit.name if state is not None else worker.unit_id
        line = Line(
            ("unit", worker.unit_id),
            name,
            self._text(f"status.{worker.status.value}"),
            distance(worker.metres, self._text),
            "person",
        )
        return Row(line, ((worker.lat, worker.lon),), unit_id=worker.unit_id)

    def _incidents(self, answer: Answer) -> Iterator[Row]:
        yield self._head("incidents", self._number(len(answer.incidents)))
        for one in answer.incidents:
            yield Row(self._happening("incident", one, "warning"), ((one.lat, one.lon),))

    def _orders(self, answer: Answer) -> Iterator[Row]:
        yield self._head("orders", self._number(len(answer.orders)))
        for one in answer.orders:
            yield Row(self._happening("order", one, "order"), ((one.lat, one.lon),), order_id=OrderId(one.id))

    def _happening(self, kind: str, one: Happening, picture: str) -> Line:
        figure = distance(one.metres, self._text)
        state = self._text(f"around.{kind}_urgent") if one.is_urgent else ""
        return Line((kind, one.id), one.title, state, figure, picture, "warn" if one.is_urgent else "")

    def _risks(self, answer: Answer) -> Iterator[Row]:
        yield from self._groups("risks", "warning", answer.risks, self._risk)

    def _risk(self, risk: RiskSource) -> str:
        return self._text("around.risk", name=risk.name, level=risk.level, keeper=risk.keeper)

    def _places(self, answer: Answer) -> Iterator[Row]:
        yield from self._groups("places", "place", answer.places, _name)

    def _cameras(self, answer: Answer) -> Iterator[Row]:
        yield from self._groups("cameras", "camera", answer.cameras, _name)

    def _groups(
        self, part: str, picture: str, groups: tuple[Group[T], ...] | None, name: Callable[[T], str]
    ) -> Iterator[Row]:
        """One line a category: how many, and which are nearest."""
        text = self._text
        if groups is None:
            yield self._head(part, text("around.preparing"))
            return
        yield self._head(part, self._number(sum(group.count for group in groups)))
        for group in groups:
            nearest = text("list.separator").join(
                text("around.at", name=name(thing), distance=distance(metres, text))
                for thing, metres in group.nearest[:NAMED]
            )
            title = group.category or text("around.no_category")
            line = Line((part, group.category), title, nearest, self._number(group.count), picture)
            yield Row(line, tuple((thing.lat, thing.lon) for thing, _ in group.nearest))

    def _plan(self, answer: Answer) -> Iterator[Row]:
        plan = answer.plan
        locale = self._text.locale.value
        yield self._head("plan", said(plan.name, locale) if plan is not None else self._text("around.no_plan"))
        checks = (step for step in (plan.steps if plan is not None else ()) if isinstance(step, CheckStep))
        for number, step in enumerate(checks, start=1):
            yield Row(Line(("plan", number), f"{number}. {said(step.text, locale)}"), ((answer.lat, answer.lon),))

    def _number(self, count: int) -> str:
        return str(count) if count else self._text("around.none")


def _name(thing: Camera | KeyPlace) -> str:
    return thing.name
