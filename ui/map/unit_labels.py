"""Names beside units: at most 400, never over each other, in place from one frame to the next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from comms.domain.pause import never
from ui.map.claims import are_same_claims
from ui.map.declutter import Occupancy, Rect
from ui.map.detail import Detail
from ui.map.lettering import Lettering, Tone
from ui.map.names import NamesPlan, PlacedName
from ui.map.unit_columns import Freshness
from ui.map.unit_frame import Emphasis, UnitFrame
from ui.map.view import View

MOST_LABELS = 400
MOST_MARKED = 40
"""Of selected units while there are too many on the screen to name all."""
GAP_PX = 3.0
KEPT_S = 1.0
"""Labels are placed anew so often at least, for ages change."""
LARGEST_STEP_PX = 12.0
"""A unit that has moved farther over the ground since may be beside another label now."""
Wishes = Callable[[UnitFrame, Emphasis], list[int]]
_SIDE_ORDERS = tuple((kept, *(side for side in range(4) if side != kept)) for kept in range(4))


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label on the screen; `rect` and the unit's middle, `anchor`, in logical pixels."""

    row: int
    text: str
    tone: Tone
    rect: Rect
    anchor: tuple[float, float]


@dataclass(frozen=True, slots=True)
class LabelFrame:
    """Labels of units, and the names on the ground that are left free: indices into the plan of names."""

    labels: tuple[PlacedLabel, ...]
    plan: NamesPlan
    free: tuple[int, ...]

    @property
    def names(self) -> tuple[PlacedName, ...]:
        return tuple(self.plan.names[index] for index in self.free)


class UnitLabels:
    """Places labels. For one thread. Remembers the side each unit's label was on, and tries that first."""

    def __init__(self, lettering: Lettering, text_of: Callable[[int, Freshness], str], wishes: Wishes) -> None:
        """`text_of` gives the label of a row; `wishes` the places in a frame that want one, the dearest first."""
        self._lettering = lettering
        self._text_of = text_of
        self._wishes = wishes
        self._sides: dict[int, int] = {}
        self._kept: tuple[LabelFrame, Emphasis, UnitFrame, tuple[Rect, ...]] | None = None

    def place(
        self,
        frame: UnitFrame,
        emphasis: Emphasis,
        plan: NamesPlan,
        *,
        kept_clear: tuple[Rect, ...] = (),
        claims: tuple[Rect, ...] = (),
        symbols: UnitFrame | None = None,
        stand_back: Callable[[], None] = never,
    ) -> LabelFrame:
        """`kept_clear` of the screen and `claims` on the ground are where no label may lie, nor on the plan's plates;
        nor may it cover `symbols`, when they are few enough to be named. Occupancy is counted in the pixels of the
        plan's block."""
        wishes = self._wishes(frame, emphasis)
        if not wishes:
            self._sides = {}
            return LabelFrame((), plan, tuple(range(len(plan.names))))
        kept = self._followed(frame, emphasis, plan, claims)
        if kept is not None:
            return kept
        dx, dy = plan.shift(frame.view)
        hard, taken = plan.plates.copy(), plan.occupancy.blank()
        if symbols is not None and frame.detail is Detail.LABELS:
            px, py = frame.view.screens_of(*symbols.view.worlds_at(symbols.px, symbols.py))
            hard.take_squares(px - dx, py - dy, symbols.radius_px * 0.5)
        for x, y, width, height in (*kept_clear, *claims):
            hard.take((x - dx, y - dy, width, height))
        labels = tuple(self._place_all(frame, emphasis, wishes, plan, hard, taken, stand_back))
        placed = LabelFrame(labels, plan, tuple(plan.free_of(taken)))
        self._kept = (placed, emphasis, frame, claims)
        return placed

    def _followed(
        self, frame: UnitFrame, emphasis: Emphasis, plan: NamesPlan, claims: tuple[Rect, ...]
    ) -> LabelFrame | None:
        """The labels placed last, each beside its unit still, when nothing but the units and the map has moved."""
        if self._kept is None:
            return None
        placed, before, first, claimed = self._kept
        is_same = placed.plan is plan and before.is_like(emphasis) and first.detail is frame.detail
        if not is_same or frame.now - first.now > KEPT_S or first.view.zoom != frame.view.zoom:
            return None
        if not are_same_claims(claims, frame.view, claimed, first.view):
            return None
        places = dict(zip(frame.rows.tolist(), zip(frame.px.tolist(), frame.py.tolist(), strict=True), strict=True))
        dx, dy = first.view.left - frame.view.left, first.view.top - frame.view.top
        followed = []
        for label in placed.labels:
            place = places.get(label.row)
            if place is None:
                continue
            step_x, step_y = place[0] - label.anchor[0], place[1] - label.anchor[1]
            if abs(step_x - dx) > LARGEST_STEP_PX or abs(step_y - dy) > LARGEST_STEP_PX:
                return None
            x, y, width, height = label.rect
            rect = (round(x + step_x), round(y + step_y), width, height)
            if _is_inside(rect, frame.view):
                followed.append(replace(label, rect=rect, anchor=place))
        return LabelFrame(tuple(followed), plan, placed.free)

    def _place_all(
        self,
        frame: UnitFrame,
        emphasis: Emphasis,
        wishes: list[int],
        plan: NamesPlan,
        hard: Occupancy,
        taken: Occupancy,
        stand_back: Callable[[], None],
    ) -> Iterator[PlacedLabel]:
        """Beside names while there is room, over them else; never over another label or a symbol."""
        dx, dy = plan.shift(frame.view)
        soft, sides, urgent = plan.occupancy, {}, set(emphasis.special())
        for index in wishes:
            stand_back()
            row, px, py = int(frame.rows[index]), float(frame.px[index]), float(frame.py[index])
            freshness, is_marked = Freshness(frame.freshness[index]), bool(frame.is_marked[index])
            tone = _tone(freshness, is_marked=is_marked)
            text = self._text_of(row, freshness)
            rects = _sides(px, py, self._lettering.size(text, tone), frame.radius_px + (5.0 if is_marked else 0.0))
            found = None
            for side in _SIDE_ORDERS[self._sides.get(row, 0)]:
                rect = rects[side]
                # A name cut by the screen's edge is no name; a marked unit may have no better place.
                cells, is_inside = hard.cells(_moved(rect, dx, dy)), _is_inside(rect, frame.view)
                if not (is_inside or is_marked) or not hard.are_free(cells):
                    continue
                is_beside = is_inside and soft.are_free(cells)
                if found is None or is_beside:
                    found = (side, rect, cells)
                if is_beside:
                    break
            if found is None and row in urgent:  # over others rather than nowhere
                found = (0, rects[0], hard.cells(_moved(rects[0], dx, dy)))
            if found is not None:
                sides[row] = found[0]
                hard.take_cells(found[2])
                taken.take_cells(found[2])
                yield PlacedLabel(row, text, tone, found[1], (px, py))
        self._sides = sides


def marked_wishes(frame: UnitFrame, emphasis: Emphasis) -> list[int]:
    """Those that stand out, the most urgent first."""
    urgent = [at for row in emphasis.special() for at in np.flatnonzero(frame.rows == row).tolist()]
    selected = np.flatnonzero(frame.is_marked)[:MOST_LABELS].tolist()
    most = MOST_LABELS if frame.detail is Detail.LABELS else MOST_MARKED
    return list(dict.fromkeys([*urgent, *selected]))[:most]


def calm_wishes(frame: UnitFrame, _emphasis: Emphasis) -> list[int]:
    """All the others, when few are shown, by row so that the choice is steady."""
    if frame.detail is not Detail.LABELS:
        return []
    by_row = np.argsort(frame.rows, kind="stable")
    wishes: list[int] = by_row[~frame.is_marked[by_row]][:MOST_LABELS].tolist()
    return wishes


def draw_labels(
    painter: QPainter, labels: tuple[PlacedLabel, ...], lettering: Lettering, stand_back: Callable[[], None] = never
) -> None:
    # Marked labels come first in the list and are drawn last, above all others.
    clip = painter.clipBoundingRect() if painter.hasClipping() else None
    for label in reversed(labels):
        stand_back()
        if clip is None or clip.intersects(QRectF(*label.rect)):  # lettering is what costs
            painter.drawImage(QPointF(label.rect[0], label.rect[1]), lettering.lettered(label.text, label.tone).image)


def _tone(freshness: Freshness, *, is_marked: bool) -> Tone:
    return Tone.UNIT_MARKED if is_marked else Tone.UNIT if freshness is Freshness.FRESH else Tone.UNIT_STALE


def _moved(rect: Rect, dx: float, dy: float) -> Rect:
    """Back by so much."""
    return rect[0] - dx, rect[1] - dy, rect[2], rect[3]


def _is_inside(rect: Rect, view: View) -> bool:
    x, y, width, height = rect
    return x >= 0 and y >= 0 and x + width <= view.width and y + height <= view.height


def _sides(px: float, py: float, size: tuple[float, float], radius: float) -> tuple[Rect, ...]:
    """Right, left, below, above."""
    width, height = size
    gap = radius + GAP_PX
    # Whole pixels, or the text's edge would be smeared over two.
    left, right, middle = round(px - gap - width), round(px + gap), round(py - height / 2)
    centred = round(px - width / 2)
    return (
        (right, middle, width, height),
        (left, middle, width, height),
        (centred, round(py + gap), width, height),
        (centred, round(py - gap - height), width, height),
    )
