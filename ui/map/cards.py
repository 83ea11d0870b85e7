"""What the hover card says about a unit or an order."""

from math import isnan

from comms.domain.unit import UnitStatus
from console.store.positions import STATUS_ORDER
from ui.map.furniture import Card, Line
from ui.map.live_picture import LivePicture
from ui.map.order_layer import OrderMark, stage_colour
from ui.map.palette import MapPalette
from ui.map.unit_columns import STALE_S
from ui.text import Texts
from ui.words import age, distance

KMH_PER_MPS = 3.6


def unit_card(live: LivePicture, row: int, at: tuple[float, float], text: Texts, palette: MapPalette) -> Card:
    """`at` is the unit's middle on the screen."""
    positions = live.columns.positions
    unit_id, state = positions.unit_at(row), live.unit(row)
    status: UnitStatus = STATUS_ORDER[positions.status[row]]
    lines = [Line(state.unit.name if state is not None else unit_id, is_strong=True)]
    if live.is_in_emergency(unit_id):
        lines.append(Line(text("map.card.emergency"), is_strong=True, colour=palette.emergency))
    if live.is_talking(unit_id):
        lines.append(Line(text("map.card.talking"), colour=palette.talking))
    lines.append(Line(text(f"map.status.{status.value}"), colour=palette.status(status)))
    if state is not None:
        lines.append(Line(live.jurisdiction_name(state.unit.jurisdiction_id) or state.unit.jurisdiction_id))
    age_s = live.age_s(row)
    colour = palette.order_trouble if not age_s <= STALE_S else ""
    lines.append(Line(text("map.card.age", age=age(age_s, text)), colour=colour))
    facts = [
        text("map.card.accuracy", distance=distance(float(positions.accuracy_m[row]), text))
        if not isnan(positions.accuracy_m[row])
        else "",
        text("map.card.speed", speed=round(float(positions.speed_mps[row]) * KMH_PER_MPS))
        if not isnan(positions.speed_mps[row])
        else "",
        text("map.card.battery", percent=round(float(positions.battery_pct[row])))
        if not isnan(positions.battery_pct[row])
        else "",
    ]
    if any(facts):
        lines.append(Line("  ".join(fact for fact in facts if fact)))
    return Card(*at, tuple(line for line in lines if line.text))


def order_card(mark: OrderMark, at: tuple[float, float], text: Texts, palette: MapPalette) -> Card:
    stage = Line(text(f"map.order.{mark.stage.value}"), colour=stage_colour(mark.stage, palette))
    return Card(*at, (Line(mark.title, is_strong=True), stage))
