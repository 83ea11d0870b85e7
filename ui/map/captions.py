"""What the map says in words: the hover card, the tags of boxes and circles, the place under the pointer."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, isnan

import numpy as np

from comms.domain.ids import OrderId, UnitId
from comms.domain.unit import UnitStatus
from console.store.positions import STATUS_CODE, STATUS_ORDER
from ui.map.furniture import Card, Line
from ui.map.live_picture import LivePicture
from ui.map.order_layer import head_centre, stage_colour
from ui.map.palette import MapPalette
from ui.map.strokes import Box, Path, Span
from ui.map.unit_columns import Rows
from ui.map.view import View
from ui.text import Texts
from ui.words import LOW_BATTERY_PCT, age, area, distance

KMH_PER_MPS = 3.6
CARD_REACH_PX = 48.0
"""A card goes when its subject has moved farther than this from the pointer."""


@dataclass(frozen=True, slots=True)
class Hovered:
    """What is under the pointer at (px, py); neither unit nor order: nothing."""

    unit_id: UnitId | None = None
    order_id: OrderId | None = None
    px: float = 0.0
    py: float = 0.0

    def is_same(self, other: "Hovered") -> bool:
        return (self.unit_id, self.order_id) == (other.unit_id, other.order_id)


class Captions:
    """Words for one map."""

    def __init__(self, live: LivePicture, text: Texts) -> None:
        self._live = live
        self._text = text

    def box(self, view: View, box: Box) -> str:
        return self._text("map.box", count=len(self._live.columns.in_box(view, box.first, box.second)))

    def span(self, span: Span) -> str:
        """Length of a line; radius and count of a circle."""
        length = distance(span.length_m, self._text)
        if not span.is_circle:
            return length
        rows = self.rows_in(span)
        return self._text("map.circle", radius=length, count=len(rows), online=self._online(rows))

    def path(self, path: Path, *, counts: bool) -> str:
        """Length of a line; of an outline the area, or how many units are inside."""
        if not path.is_ring:
            return distance(path.length_m, self._text)
        if not counts:
            length = distance(path.length_m, self._text)
            return self._text("map.area", area=area(path.area_m2, self._text), length=length)
        rows = self.rows_inside(path)
        return self._text("map.inside", count=len(rows), online=self._online(rows))

    def rows_inside(self, path: Path) -> Rows:
        return self._live.columns.in_polygon(path.shown)

    def _online(self, rows: Rows) -> int:
        is_online = self._live.columns.positions.status[rows] != STATUS_CODE[UnitStatus.OFFLINE]
        return int(np.count_nonzero(is_online))

    def rows_in(self, span: Span) -> Rows:
        return self._live.columns.in_circle(lat=span.lat, lon=span.lon, radius_m=span.length_m)

    def following(self, unit_id: UnitId | None) -> str:
        state = self._live.store.picture.units.get(unit_id) if unit_id is not None else None
        return "" if state is None else self._text("map.following", name=state.unit.name)

    def place(self, view: View, px: float, py: float) -> str:
        lat, lon = view.place_at(px, py)
        return self._text("map.place", lat=lat, lon=lon)

    def grid(self, grid_name: str) -> str:
        return grid_name or self._text("map.no_grid")

    def card(self, view: View, hovered: Hovered, palette: MapPalette, scale: float) -> Card | None:
        """None when nothing is hovered, or it has gone from under the pointer."""
        live = self._live
        row = live.columns.row_of(hovered.unit_id) if hovered.unit_id is not None else None
        if row is not None:
            px, py = view.screen_of(float(live.columns.x[row]), float(live.columns.y[row]))
            lines = tuple(line for line in self._unit_lines(row, palette) if line.text)
        else:
            mark = next((mark for mark in live.orders.marks(live.now) if mark.order_id == hovered.order_id), None)
            if mark is None:
                return None
            px, py = head_centre(view, mark, scale)
            stage = Line(self._text(f"map.order.{mark.stage.value}"), colour=stage_colour(mark.stage, palette))
            lines = (Line(mark.title, is_strong=True), stage)
        if hypot(px - hovered.px, py - hovered.py) > CARD_REACH_PX * scale:
            return None
        return Card(px, py, lines)

    def _unit_lines(self, row: int, palette: MapPalette) -> Iterator[Line]:
        live, text, positions = self._live, self._text, self._live.columns.positions
        unit_id, state = positions.unit_at(row), live.unit(row)
        status = STATUS_ORDER[positions.status[row]]
        yield Line(state.unit.name if state is not None else unit_id, is_strong=True)
        if live.is_in_emergency(unit_id):
            yield Line(text("map.card.emergency"), is_strong=True, colour=palette.emergency)
        if live.is_talking(unit_id):
            yield Line(text("map.card.talking"), colour=palette.talking)
        yield Line(text(f"status.{status.value}"), colour=palette.status(status))
        if state is not None:
            yield Line(live.jurisdiction_name(state.unit.jurisdiction_id) or state.unit.jurisdiction_id)
        stale_colour = palette.order_trouble if positions.is_stale(row, live.now) else ""
        yield Line(text("map.card.age", age=age(live.age_s(row), text)), colour=stale_colour)
        yield Line(live.low_battery(row, "map.card.low_battery"), colour=palette.order_trouble)
        yield Line("  ".join(self._facts(row)))

    def _facts(self, row: int) -> Iterator[str]:
        positions, text = self._live.columns.positions, self._text
        accuracy_m, speed_mps = float(positions.accuracy_m[row]), float(positions.speed_mps[row])
        battery_pct = float(positions.battery_pct[row])
        if not isnan(accuracy_m):
            yield text("map.card.accuracy", distance=distance(accuracy_m, text))
        if not isnan(speed_mps):
            yield text("map.card.speed", speed=round(speed_mps * KMH_PER_MPS))
        if battery_pct > LOW_BATTERY_PCT:
            yield text("map.card.battery", percent=round(battery_pct))
