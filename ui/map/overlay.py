"""The map's seams: what lies beneath the ground (a base map) and between the ground and the units (overlays)."""

from bisect import insort
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtGui import QPainter

from console.layers.layer import Live
from ui.map.declutter import Occupancy, Rect
from ui.map.palette import MapPalette
from ui.map.view import View


class BaseMap(Protocol):
    """Painted first, over the whole view. The ground above it then leaves out its land, its streets and their names.

    `paint` runs on the UI thread in every frame: it only blits what is there. Whoever owns the base map calls
    `Drawing.set_base` with it and asks for a repaint (`MapCanvas.schedule`) when more has arrived."""

    def paint(self, painter: QPainter, view: View, pixel_ratio: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """What of an overlay lies under a pixel: `kind` is the overlay's own word (`fence`, `mark` …), `id` its thing."""

    kind: str
    id: str


class Overlay(Protocol):
    """Something drawn above the ground and under the units: fences, marks, call areas, tracks, incidents.

    Painted in every frame on the UI thread, in logical pixels; `scale` enlarges lines and symbols for screens viewed
    from afar. An overlay whose contents changed asks for a repaint with `MapCanvas.schedule`."""

    @property
    def order(self) -> int:
        """Drawn from low to high, hit from high to low."""
        ...

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None: ...

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """What a click there means; None lets it through to what lies below."""
        ...


@runtime_checkable
class Labelled(Protocol):
    """An overlay whose names lie above the units, where a crowd does not cover them."""

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None: ...


@runtime_checkable
class Claiming(Protocol):
    """An overlay whose names matter more than those of units, which then keep clear of them.

    Asked in every frame before it is painted: it finds places for its names in the room that is left, takes them, and
    tells them."""

    def claim(self, view: View, scale: float, room: Occupancy) -> list[Rect]: ...


class Overlays:
    """The overlays of one map, in their order. One that has an attribute `live` can be switched off as that layer."""

    def __init__(self) -> None:
        self._overlays: list[Overlay] = []
        self._hidden: frozenset[Live] = frozenset()
        self._claiming: list[Claiming] = []

    @property
    def held(self) -> tuple[Overlay, ...]:
        return tuple(self._overlays)

    def add(self, overlay: Overlay) -> None:
        insort(self._overlays, overlay, key=_order)
        if isinstance(overlay, Claiming):
            self._claiming.append(overlay)

    @property
    def lives(self) -> frozenset[Live]:
        """What is drawn here of `Live`."""
        found = (live_of(overlay) for overlay in self._overlays)
        return frozenset(live for live in found if live is not None)

    @property
    def hidden(self) -> frozenset[Live]:
        return self._hidden

    def hide(self, lives: frozenset[Live]) -> None:
        """These and no others are neither drawn nor hit."""
        self._hidden = lives

    def claims(self, view: View, scale: float, room: Occupancy) -> list[Rect]:
        """Where the names of overlays lie, in logical pixels; those added first choose first."""
        claiming = (overlay for overlay in self._claiming if live_of(overlay) not in self._hidden)
        return [rect for overlay in claiming for rect in overlay.claim(view, scale, room)]

    def _shown(self) -> list[Overlay]:
        return [overlay for overlay in self._overlays if live_of(overlay) not in self._hidden]

    def remove(self, overlay: Overlay) -> None:
        self._overlays.remove(overlay)
        if isinstance(overlay, Claiming):
            self._claiming.remove(overlay)

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for overlay in self._shown():
            painter.save()
            overlay.paint(painter, view, palette, scale)
            painter.restore()

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for overlay in self._shown():
            if isinstance(overlay, Labelled):
                painter.save()
                overlay.paint_labels(painter, view, palette, scale)
                painter.restore()

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        for overlay in reversed(self._shown()):
            hit = overlay.at(view, px, py, scale)
            if hit is not None:
                return hit
        return None


def live_of(overlay: Overlay | Claiming) -> Live | None:
    live = getattr(overlay, "live", None)
    return live if isinstance(live, Live) else None


def is_of_screen(overlay: Overlay) -> bool:
    """Part of working the map, not of what it shows: left out of a print."""
    return getattr(overlay, "is_of_screen", False) is True


def _order(overlay: Overlay) -> int:
    return overlay.order
