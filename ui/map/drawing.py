"""The layers of the map, put together in one style. Knows how the map looks, nothing of gestures."""

from collections import deque
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from console.layers.layer import Layer, Live
from ui.map.claims import claims_of
from ui.map.density_overlay import DensityOverlay
from ui.map.furniture import Card, Furniture, north_rect
from ui.map.ground import Ground
from ui.map.layer_data import Shown as ShownLayer
from ui.map.lettering import Lettering
from ui.map.live_picture import LivePicture
from ui.map.naming import Naming
from ui.map.outline import LOCAL_SCALE
from ui.map.overlay import BaseMap, Overlays
from ui.map.palette import MapPalette
from ui.map.strokes import Box, Path, Span
from ui.map.tile_painter import TileStyle
from ui.map.tile_set import TileSet
from ui.map.tiles import Tiles
from ui.map.unit_frame import Emphasis
from ui.map.units_shown import UnitsShown
from ui.map.view import View


@dataclass(frozen=True, slots=True)
class MapLayers:
    """What the officer wants to see of the map's own; `area_layers` and `shown` see `ui.map.tile_worker.Scene`."""

    area_layers: tuple[Layer, ...] | None = None
    shown: tuple[ShownLayer, ...] = ()
    grids: bool = True
    villages: bool = True
    streets: bool = True
    names: bool = True
    units: bool = True
    """Without them those that stand out are shown all the same."""
    unit_labels: bool = True
    orders: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one frame shows beyond the live picture."""

    emphasis: Emphasis = field(default_factory=Emphasis)
    grid_row: int | None = None
    box: Box | None = None
    span: Span | None = None
    path: Path | None = None
    has_crosshair: bool = False
    tag: str = ""
    """Text of the box or span."""
    banner: str = ""
    card: Card | None = None
    north: str = ""


class Drawing:
    """Paints frames."""

    def __init__(
        self, live: LivePicture, parent: QObject, palette: MapPalette, *, scale: float, pixel_ratio: float = 1.0,
        is_in_steps: bool = False,
    ) -> None:  # fmt: skip
        """`is_in_steps`: whoever paints runs `units.steps` before, for finely drawn symbols take their time."""
        self.live = live
        self.tiles = Tiles(parent, live.store.gate)
        self.units = UnitsShown(live, parent, palette, pixel_ratio=pixel_ratio, scale=scale)
        self.overlays = Overlays()
        self.overlays.add(DensityOverlay(live.columns))
        self.overlays.hide(frozenset({Live.DENSITY}))
        self.base: BaseMap | None = None
        self.ground = Ground()
        self.layers = MapLayers()
        self.palette = palette
        self.scale = scale
        self._pixel_ratio = pixel_ratio
        self.naming = Naming(self.tiles)
        self._furniture = Furniture(palette, scale)
        self.set_ground(self.ground)
        if not is_in_steps:
            deque(self.units.steps(), maxlen=0)
        self._set_scene(is_new_area=True)

    def restyle(
        self, *, palette: MapPalette | None = None, scale: float | None = None, layers: MapLayers | None = None
    ) -> None:
        """Another palette, size of symbols and letters, or choice of layers."""
        wanted = (palette or self.palette, scale or self.scale, layers or self.layers)
        if wanted == (self.palette, self.scale, self.layers):
            return
        is_dressed = wanted[:2] == (self.palette, self.scale)
        self.palette, self.scale, self.layers = wanted
        if is_dressed:
            self.forget_names()
        else:
            self._dress()
        self._set_scene(is_new_area=False)

    def set_base(self, base: BaseMap | None) -> None:
        """Another map beneath the ground, or none."""
        is_first = (base is None) != (self.base is None)
        self.base = base
        if is_first:
            self.forget_names()
            self._set_scene(is_new_area=True)

    def set_area(self) -> None:
        """The store has another static map."""
        self._set_scene(is_new_area=True)

    def set_ground(self, ground: Ground) -> None:
        self.ground = ground
        self.forget_names()

    def is_settled_on(self, area: Area | None) -> bool:
        """Every tile and name of the view painted last, and their picture, are there."""
        is_named = self.naming.is_complete or not self.layers.names
        return self.tiles.is_complete and self.units.backdrop.is_complete and self.is_ground_of(area) and is_named

    def is_ground_of(self, area: Area | None) -> bool:
        """True when the ground in use was built from this area."""
        return len(self.ground.streets.names) > 0 or area is None or not area.streets

    def forget_names(self) -> None:
        """Choose names anew; the old ones stay until the new have come."""
        measure = Lettering(self.palette, pixel_ratio=self._pixel_ratio, scale=self.scale)
        # A base map has the names of its streets itself.
        is_bare = self.base is not None or not self.layers.streets
        ground = replace(self.ground, streets=Ground().streets) if is_bare else self.ground
        self.naming.begin(ground, self._jurisdiction_names(), measure)

    def stop(self) -> None:
        self.tiles.stop()
        self.units.backdrop.stop()

    def paint(self, painter: QPainter, view: View, shown: Shown, pixel_ratio: float) -> None:
        with self.tiles.gate:
            self._paint(painter, view, shown, pixel_ratio)

    def _paint(self, painter: QPainter, view: View, shown: Shown, pixel_ratio: float) -> None:
        if pixel_ratio != self._pixel_ratio:
            self._pixel_ratio = pixel_ratio
            self._dress()
            self._set_scene(is_new_area=False)
        palette, emphasis, layers = self.palette, shown.emphasis, self.layers
        tiles = self.tiles.want(view)
        self.units.prepare(
            view,
            emphasis,
            self.naming.plan_for(view) if layers.names else None,
            None if self.base is not None else tiles,
            kept_clear=north_rect(view, self.scale),
            claims=claims_of(self.overlays, self.live.columns, emphasis, view, self.scale),
            are_shown=layers.units,
            are_labelled=layers.unit_labels,
        )
        self._draw_calm(painter, view, tiles, pixel_ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_chosen_grid(painter, view, shown.grid_row)
        self.overlays.paint(painter, view, palette, self.scale)
        self._draw_shapes(painter, view, shown)
        self.units.draw_symbols(painter, emphasis)
        if layers.orders:
            self.live.orders.draw(painter, view, palette, scale=self.scale, now=self.live.now)
        self.units.draw_marks(painter, emphasis)
        self._draw_furniture(painter, view, shown)

    def _draw_calm(self, painter: QPainter, view: View, tiles: TileSet, pixel_ratio: float) -> None:
        """The backdrop, and tiles where it does not reach; another map beneath both."""
        backdrop = self.units.backdrop
        if self.base is not None:
            self.base.paint(painter, view, pixel_ratio)
            tiles.draw(painter, view, pixel_ratio, None)
        left = backdrop.draw(painter, view, pixel_ratio)
        if self.base is None:
            draw = tiles.draw if backdrop.picture is None else tiles.draw_quickly
            for part in left:
                painter.save()
                painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
                draw(painter, view, pixel_ratio, QColor(self.palette.ground))
                painter.restore()

    def _draw_shapes(self, painter: QPainter, view: View, shown: Shown) -> None:
        """The officer's drawing lies under the units, whose colours it must not tint."""
        if shown.box is not None:
            self._furniture.draw_box(painter, shown.box)
        if shown.span is not None:
            self._furniture.draw_span(painter, view, shown.span)
        if shown.path is not None:
            self._furniture.draw_path(painter, view, shown.path)

    def _dress(self) -> None:
        """Everything that holds pixmaps is made anew."""
        look = {"pixel_ratio": self._pixel_ratio, "scale": self.scale}
        self.units.dress(self.palette, **look)
        deque(self.units.steps(), maxlen=0)
        self._furniture = Furniture(self.palette, self.scale)
        self.set_ground(self.ground)

    def _jurisdiction_names(self) -> dict[JurisdictionId, str]:
        return {key: node.name for key, node in self.live.store.picture.jurisdictions.items()}

    def _set_scene(self, *, is_new_area: bool) -> None:
        style = TileStyle(
            self.palette,
            pixel_ratio=self._pixel_ratio,
            scale=self.scale,
            shows_grids=self.layers.grids,
            shows_villages=self.layers.villages,
            shows_streets=self.layers.streets,
            is_over_base=self.base is not None,
        )
        self.tiles.set_scene(
            area=self.live.store.area,
            village_names=self._jurisdiction_names(),
            style=style,
            is_new_area=is_new_area,
            area_layers=self.layers.area_layers,
            shown=self.layers.shown,
        )

    def _draw_chosen_grid(self, painter: QPainter, view: View, row: int | None) -> None:
        if row is None or row >= len(self.ground.grids.ids):
            return
        painter.save()
        x, y = view.screen_of(*self.ground.origin)
        painter.translate(x, y)
        painter.scale(view.scale / LOCAL_SCALE, view.scale / LOCAL_SCALE)
        pen = QPen(QColor(self.palette.accent), 2.2 * self.scale * self._pixel_ratio)  # cosmetic: device pixels
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(QColor(self.palette.highlight))
        painter.drawPath(self.ground.outline(row))
        painter.restore()

    def _draw_furniture(self, painter: QPainter, view: View, shown: Shown) -> None:
        furniture, columns = self._furniture, self.live.columns
        self.overlays.paint_labels(painter, view, self.palette, self.scale)
        if shown.box is not None:
            furniture.draw_box_tag(painter, shown.box, shown.tag)
        if shown.span is not None:
            furniture.draw_span_tag(painter, view, shown.span, shown.tag)
        if shown.path is not None:
            furniture.draw_path_tag(painter, view, shown.path, shown.tag)
        if shown.has_crosshair:
            furniture.draw_crosshair(painter, view)
        emergencies = [view.screen_of(float(columns.x[row]), float(columns.y[row])) for row in shown.emphasis.emergency]
        furniture.draw_edge_hints(painter, view, emergencies)
        if shown.north:
            furniture.draw_north(painter, view, shown.north)
        if shown.banner:
            furniture.draw_tag(painter, view.width / 2, 22 * self.scale, shown.banner)
        if shown.card is not None:
            furniture.draw_card(painter, view, shown.card)
        painter.setBrush(Qt.BrushStyle.NoBrush)
