"""A mark whose shape is being changed: what is held, how it shows meanwhile, and what it is in the end."""

from comms.domain.mark import Mark
from ui.map.grip import WHOLE, Grip, Part, corners, middles, pulled, without
from ui.map.grips import Grips
from ui.map.mark_overlay import MarkOverlay


class MarkShaping:
    """Worked by the mouse (`pull`) or by keys (`nudge`, `step`, `add`, `drop`)."""

    def __init__(self, overlay: MarkOverlay, grips: Grips) -> None:
        self._overlay = overlay
        self._grips = grips
        self._before: Mark | None = None
        self._start: tuple[Mark, Grip] | None = None
        """What a pull is reckoned from."""

    @property
    def is_on(self) -> bool:
        return self._before is not None

    def begin(self, mark: Mark, grip: Grip) -> None:
        """Another grip of a mark in hand goes on with it."""
        self._before = self._before or mark
        self._start = mark, grip
        self._show(mark, grip)

    def pull(self, dx: float, dy: float) -> None:
        """So many world units from where it was taken hold of."""
        if self._start is not None:
            self._show(*pulled(*self._start, dx, dy))

    def nudge(self, dx: float, dy: float) -> None:
        """So many world units from where it is."""
        mark, held = self._now
        self._show(*pulled(mark, held, dx, dy))

    def step(self, places: int) -> None:
        """Hold the next corner, or after the last the whole."""
        mark, held = self._now
        grips = [WHOLE, *(grip for grip, _ in corners(mark))]
        at = grips.index(held) if held in grips else 0
        self._show(mark, grips[(at + places) % len(grips)])

    def add(self) -> None:
        """A corner in the middle of the side that begins at the one held."""
        mark, held = self._now
        side = Grip(Part.MIDDLE, held.number)
        if held.part is Part.CORNER and any(grip == side for grip, _ in middles(mark)):
            self._show(*pulled(mark, side, 0.0, 0.0))

    def drop(self) -> bool:
        """The corner held; False when the rest would be no shape."""
        mark, held = self._now
        rest = without(mark, held)
        if rest is not None:
            self._show(rest, Grip(Part.CORNER, min(held.number, len(rest.points) - 1)))
        return rest is not None

    def end(self) -> Mark | None:
        """The mark as it is to be; None when nothing was changed."""
        before, mark = self._before, self._overlay.draft
        self._before = self._start = self._grips.held = None
        if mark is None or before is None or mark.points == before.points:
            self._overlay.draft = None
            return None
        return mark

    def give_up(self) -> None:
        self._before = self._start = self._overlay.draft = self._grips.held = None

    @property
    def _now(self) -> tuple[Mark, Grip]:
        mark, held = self._overlay.draft, self._grips.held
        assert mark is not None
        assert held is not None
        return mark, held

    @property
    def spot(self) -> tuple[float, float]:
        """Latitude and longitude of what is held."""
        mark, held = self._now
        return mark.points[held.number if held.part is Part.CORNER else 0]

    def _show(self, mark: Mark, held: Grip) -> None:
        self._overlay.draft = self._grips.mark = mark
        self._grips.held = held
