"""The view: which part of the world the map shows, and the arithmetic between world and screen. Immutable."""

from dataclasses import dataclass, replace
from math import floor, log2

from ui.map.projection import TILE_PX, Floats, metres_per_pixel, place_of, world_of

MIN_ZOOM, MAX_ZOOM = 3.0, 20.0
ZOOM_STEP = 0.25
"""The map rests on quarter levels, so that lines and symbols of a tile are drawn at exactly the size they show."""


@dataclass(frozen=True, slots=True)
class View:
    """Centre `x`, `y` in world units; `width`, `height` in logical pixels."""

    x: float
    y: float
    zoom: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Logical pixels in one world unit."""
        return float(TILE_PX * 2.0**self.zoom)

    @property
    def left(self) -> float:
        """Pixels from the world's west edge to the view's."""
        return self.x * self.scale - self.width / 2

    @property
    def top(self) -> float:
        return self.y * self.scale - self.height / 2

    @property
    def lat(self) -> float:
        return place_of(self.x, self.y)[0]

    @property
    def metres_per_px(self) -> float:
        """At the centre."""
        return metres_per_pixel(lat=self.lat, zoom=self.zoom)

    def screen_of(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.x) * self.scale + self.width / 2, (y - self.y) * self.scale + self.height / 2

    def screens_of(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return (x - self.x) * self.scale + self.width / 2, (y - self.y) * self.scale + self.height / 2

    def world_at(self, px: float, py: float) -> tuple[float, float]:
        return self.x + (px - self.width / 2) / self.scale, self.y + (py - self.height / 2) / self.scale

    def worlds_at(self, px: Floats, py: Floats) -> tuple[Floats, Floats]:
        return self.x + (px - self.width / 2) / self.scale, self.y + (py - self.height / 2) / self.scale

    def place_at(self, px: float, py: float) -> tuple[float, float]:
        """Latitude and longitude under a pixel."""
        return place_of(*self.world_at(px, py))

    def screen_at(self, *, lat: float, lon: float) -> tuple[float, float]:
        return self.screen_of(*world_of(lat=lat, lon=lon))

    def bounds(self, margin_px: float = 0.0) -> tuple[float, float, float, float]:
        """World (x_min, y_min, x_max, y_max) of the view, grown on all sides."""
        x_min, y_min = self.world_at(-margin_px, -margin_px)
        x_max, y_max = self.world_at(self.width + margin_px, self.height + margin_px)
        return x_min, y_min, x_max, y_max

    def panned(self, dx: float, dy: float) -> "View":
        """What was under a pixel is under it plus (dx, dy) now."""
        return self.centred(self.x - dx / self.scale, self.y - dy / self.scale)

    def centred(self, x: float, y: float) -> "View":
        return replace(self, x=min(1.0, max(0.0, x)), y=min(1.0, max(0.0, y)))

    def zoomed(self, zoom: float, px: float, py: float) -> "View":
        """Zoom so that the world point under (px, py) stays there, unless the world's edge forbids."""
        x, y = self.world_at(px, py)
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        scale = TILE_PX * 2.0**zoom
        turned = replace(self, zoom=zoom)
        return turned.centred(x - (px - self.width / 2) / scale, y - (py - self.height / 2) / scale)

    def resized(self, width: int, height: int) -> "View":
        return replace(self, width=max(1, width), height=max(1, height))

    def fitted(self, *, south: float, west: float, north: float, east: float, margin_px: float = 24.0) -> "View":
        """The whole of the bounds in the view, at the closest quarter level."""
        x_min, y_min = world_of(lat=north, lon=west)
        x_max, y_max = world_of(lat=south, lon=east)
        room_x, room_y = max(1.0, self.width - 2 * margin_px), max(1.0, self.height - 2 * margin_px)
        span = max((x_max - x_min) / room_x, (y_max - y_min) / room_y, 1e-12)
        zoom = floor(log2(1.0 / (TILE_PX * span)) / ZOOM_STEP) * ZOOM_STEP
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        return replace(self, zoom=zoom).centred((x_min + x_max) / 2, (y_min + y_max) / 2)


def rested(zoom: float) -> float:
    """The nearest level on which the map may rest."""
    return min(MAX_ZOOM, max(MIN_ZOOM, round(zoom / ZOOM_STEP) * ZOOM_STEP))
