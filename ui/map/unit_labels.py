"""Names beside units: at most 400, never over each other, in place from one frame to the next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ui.map.declutter import Occupancy, Rect
from ui.map.lettering import Lettering, Tone
from ui.map.names import PlacedName
from ui.map.unit_columns import Freshness
from ui.map.unit_layer import Detail, Emphasis, UnitFrame
from ui.map.view import View

MOST_LABELS = 400
MOST_MARKED = 40
"""Of selected units while there are too many on the screen to name all."""
GAP_PX = 3.0


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label on the screen; `rect` in logical pixels."""

    row: int
    text: str
    tone: Tone
    rect: Rect


@dataclass(frozen=True, slots=True)
class LabelFrame:
    """Labels of units, and the names on the ground that are left free."""

    labels: tuple[PlacedLabel, ...]
    names: tuple[PlacedName, ...]


class UnitLabels:
    """Places labels. Remembers the side each unit's label was on, and tries that first."""

    def __init__(self, lettering: Lettering, text_of: Callable[[int, Freshness], str]) -> None:
        """`text_of` gives the label of a row."""
        self._lettering = lettering
        self._text_of = text_of
        self._sides: dict[int, int] = {}
        self._occupancies: tuple[Occupancy, ...] = (Occupancy(1, 1),)

    def place(
        self,
        frame: UnitFrame,
        emphasis: Emphasis,
        names: tuple[PlacedName, ...],
        *,
        kept_clear: tuple[Rect, ...] = (),
    ) -> LabelFrame:
        """`kept_clear` is where no label may lie."""
        view = frame.view
        if frame.detail is not Detail.LABELS and not emphasis.marked():
            self._sides = {}
            return LabelFrame((), names)
        name_rects = [(name, name.rects(view)) for name in names]
        soft, hard, taken = self._blank_occupancies(view)
        if frame.detail in (Detail.SYMBOLS, Detail.LABELS):
            self._keep_symbols_clear(hard, frame)
        for rect in kept_clear:
            hard.take(rect)
        for _, rects in name_rects:
            for rect in rects:
                soft.take(rect)
        labels = tuple(self._place_all(frame, emphasis, soft, hard))
        for label in labels:
            taken.take(label.rect)
        free = tuple(name for name, rects in name_rects if all(taken.is_free(rect) for rect in rects))
        return LabelFrame(labels, free)

    def _blank_occupancies(self, view: View) -> tuple[Occupancy, ...]:
        if self._occupancies[0].size != (view.width, view.height):
            self._occupancies = tuple(Occupancy(view.width, view.height) for _ in range(3))
        for occupancy in self._occupancies:
            occupancy.clear()
        return self._occupancies

    def _keep_symbols_clear(self, hard: Occupancy, frame: UnitFrame) -> None:
        if len(frame.rows) <= MOST_LABELS:
            hard.take_squares(frame.px, frame.py, frame.radius_px * 0.5)

    def _place_all(
        self, frame: UnitFrame, emphasis: Emphasis, soft: Occupancy, hard: Occupancy
    ) -> Iterator[PlacedLabel]:
        marked = set(emphasis.marked())
        sides: dict[int, int] = {}
        for row, px, py, fresh in self._wishes(frame, emphasis):
            freshness = Freshness(fresh)
            is_marked = row in marked
            tone = Tone.UNIT_MARKED if is_marked else Tone.UNIT if freshness is Freshness.FRESH else Tone.UNIT_STALE
            text = self._text_of(row, freshness)
            size = self._lettering.size(text, tone)
            rects = _sides(px, py, size, frame.radius_px + (5.0 if is_marked else 0.0))
            kept = self._sides.get(row, 0)
            order = [kept, *(side for side in range(len(rects)) if side != kept)]
            # A name cut by the screen's edge is no name; a marked unit may have no better place.
            order = [side for side in order if _is_inside(rects[side], frame.view)] or (order if is_marked else [])
            for occupancies in ((hard, soft), (hard,)):
                side = next((s for s in order if all(held.is_free(rects[s]) for held in occupancies)), None)
                if side is not None:
                    hard.take(rects[side])
                    sides[row] = side
                    yield PlacedLabel(row, text, tone, rects[side])
                    break
        self._sides = sides

    def _wishes(self, frame: UnitFrame, emphasis: Emphasis) -> Iterator[tuple[int, float, float, int]]:
        """Marked units first, then, when few are shown, all others by row so that the choice is steady."""
        marked = emphasis.marked()[:MOST_MARKED]
        # Marked rows are drawn last, so they lie at the end of the frame.
        tail = frame.rows[-len(emphasis.marked()) :].tolist() if marked else []
        places = {row: index - len(tail) + len(frame.rows) for index, row in enumerate(tail)}
        first = [places[row] for row in marked if row in places]
        rest: list[int] = []
        if frame.detail is Detail.LABELS:
            skipped = set(first)
            by_row = np.argsort(frame.rows, kind="stable")
            rest = [index for index in by_row.tolist() if index not in skipped]
        for index in (first + rest)[:MOST_LABELS]:
            yield (
                int(frame.rows[index]),
                float(frame.px[index]),
                float(frame.py[index]),
                int(frame.freshness[index]),
            )


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
