"""The layers of the map, put together in one style. Knows how the map looks, nothing of gestures."""

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area
from console.layers.layer import Layer, Live
from ui.map.crowd import Crowd
from ui.map.density_overlay import DensityOverlay
from ui.map.furniture import Card, Furniture, north_rect
from ui.map.ground import Ground
from ui.map.layer_data import Shown as ShownLayer
from ui.map.lettering import Lettering
from ui.map.live_picture import LivePicture
from ui.map.names import bare_plan
from ui.map.naming import Naming
from ui.map.outline import LOCAL_SCALE
from ui.map.overlay import BaseMap, Overlays
from ui.map.palette import MapPalette
from ui.map.strokes import Box, Path, Span
from ui.map.tile_painter import TileStyle
from ui.map.tiles import Tiles
from ui.map.unit_labels import LabelFrame, UnitLabels
from ui.map.unit_layer import Emphasis, UnitFrame, UnitLayer
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
    """Paints frames. `frame` and `labels` are those painted last."""

    def __init__(self, live: LivePicture, parent: QObject, palette: MapPalette, *, scale: float) -> None:
        self.live = live
        self.tiles = Tiles(parent, live.store.gate)
        self.crowd = Crowd(parent, live.store.gate.bystander())
        self.overlays = Overlays()
        self.overlays.add(DensityOverlay(live.columns))
        self.overlays.hide(frozenset({Live.DENSITY}))
        self.base: BaseMap | None = None
        self.ground = Ground()
        self.layers = MapLayers()
        self.palette = palette
        self.scale = scale
        self.frame: UnitFrame | None = None
        self.live_opacity = 1.0
        """Of units and their labels: less while the past is on the map. Emergencies and the selected stay."""
        self._pixel_ratio = 1.0
        self.naming = Naming(self.tiles)
        self._dress()
        self.labels = LabelFrame((), bare_plan(View(0.5, 0.5, 3.0, 1, 1)), ())
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
        """Every tile, every name and the crowd of the view painted last are there."""
        is_named = (self.naming.is_complete or not self.layers.names) and not self.labels.is_partial
        return self.tiles.is_complete and self.crowd.is_complete and self.is_ground_of(area) and is_named

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
        self.crowd.stop()

    def paint(self, painter: QPainter, view: View, shown: Shown, pixel_ratio: float) -> None:
        with self.tiles.gate:
            self._paint(painter, view, shown, pixel_ratio)

    def _paint(self, painter: QPainter, view: View, shown: Shown, pixel_ratio: float) -> None:
        if pixel_ratio != self._pixel_ratio:
            self._pixel_ratio = pixel_ratio
            self._dress()
            self._set_scene(is_new_area=False)
        palette, emphasis = self.palette, shown.emphasis
        if self.base is not None:
            self.base.paint(painter, view, pixel_ratio)
        self.tiles.draw(painter, view, pixel_ratio, None if self.base is not None else QColor(palette.ground))
        frame = self._units.prepare(view, self.live.now, emphasis)
        if not self.layers.units:
            frame = frame.only_marked()
        plan = self.naming.plan_for(view) if self.layers.names else bare_plan(view)
        labels = LabelFrame((), plan, tuple(range(len(plan.names))))
        if self.layers.unit_labels:
            labels = self._labels.place(frame, emphasis, plan, kept_clear=(north_rect(view, self.scale),))
        self.frame, self.labels = frame, labels
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_chosen_grid(painter, view, shown.grid_row)
        self._draw_names(painter, labels, view, above_units=False)
        self.overlays.paint(painter, view, palette, self.scale)
        self._draw_shapes(painter, view, shown)
        painter.setOpacity(self.live_opacity)
        self._units.draw_accuracy(painter, frame, emphasis)
        self._units.draw_units(painter, frame, emphasis)
        painter.setOpacity(1.0)
        # A village has one name and many units: its name would drown among them.
        self._draw_names(painter, labels, view, above_units=True)
        if self.layers.orders:
            self.live.orders.draw(painter, view, palette, scale=self.scale, now=self.live.now)
        self._units.draw_marks(painter, frame, emphasis)
        painter.setOpacity(self.live_opacity)
        _draw_labels(painter, labels, self._lettering)
        painter.setOpacity(1.0)
        self._draw_furniture(painter, view, shown)

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
        self._lettering = Lettering(self.palette, **look)
        self._units = UnitLayer(self.live.columns, self.crowd, self.palette, **look)
        self._labels = UnitLabels(self._lettering, self.live.label)
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

    def _draw_names(self, painter: QPainter, labels: LabelFrame, view: View, *, above_units: bool) -> None:
        dx, dy = labels.plan.shift(view)
        drawn, draw = self.naming.drawn(labels.plan, self._lettering), painter.drawPixmap
        for index in labels.free:
            x, y, pixmap, is_above = drawn[index]
            if is_above == above_units:
                draw(QPointF(round(x + dx), round(y + dy)), pixmap)

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


def _draw_labels(painter: QPainter, labels: LabelFrame, lettering: Lettering) -> None:
    # Marked labels come first in the list and are drawn last, above all others.
    clip = painter.clipBoundingRect() if painter.hasClipping() else None
    for label in reversed(labels.labels):
        if clip is None or clip.intersects(QRectF(*label.rect)):  # lettering is what costs
            painter.drawPixmap(QPointF(label.rect[0], label.rect[1]), lettering.lettered(label.text, label.tone).pixmap)
