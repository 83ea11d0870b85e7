"""Who has a right to room before the labels of units: those that stand out, marks, incidents."""

from ui.map.declutter import Occupancy, Rect
from ui.map.furniture import north_rect
from ui.map.overlay import Overlays
from ui.map.unit_columns import UnitColumns
from ui.map.unit_frame import Emphasis
from ui.map.view import View

SYMBOL_PX = 18.0
"""Half of what is kept clear about a unit that stands out."""
MOST_UNITS = 40
SAME_PX = 2.0
"""Claims that moved no farther over the ground are the same."""


def claims_of(
    overlays: Overlays, columns: UnitColumns, emphasis: Emphasis, view: View, scale: float
) -> tuple[Rect, ...]:
    """Where the names of overlays lie, which no label of a unit may cover."""
    room, half = Occupancy(view.width, view.height), SYMBOL_PX * scale
    room.take(north_rect(view, scale))
    for row in emphasis.marked()[:MOST_UNITS].tolist():
        x, y = view.screen_of(float(columns.x[row]), float(columns.y[row]))
        if 0 <= x <= view.width and 0 <= y <= view.height:
            room.take((x - half, y - half, 2 * half, 2 * half))
    return tuple(overlays.claims(view, scale, room))


def are_same_claims(claims: tuple[Rect, ...], view: View, others: tuple[Rect, ...], other_view: View) -> bool:
    """On the ground, at one zoom, wherever the views are."""
    dx, dy = view.left - other_view.left, view.top - other_view.top
    return len(claims) == len(others) and all(
        abs(one[0] + dx - other[0]) <= SAME_PX and abs(one[1] + dy - other[1]) <= SAME_PX and one[2] == other[2]
        for one, other in zip(claims, others, strict=True)
    )
