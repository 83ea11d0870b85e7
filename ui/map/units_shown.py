"""The units of one map: calm ones on the backdrop, those that stand out on the screen, in step with each other."""

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui.map.backdrop import Backdrop, Units, Wish
from ui.map.backdrop_painter import BackdropPainter
from ui.map.declutter import Rect
from ui.map.detail import STAMPS_ABOVE, Detail, symbol_radius_px
from ui.map.lettering import Lettering
from ui.map.live_picture import LivePicture
from ui.map.names import NamesPlan, PlacedName, bare_plan
from ui.map.palette import MapPalette
from ui.map.stamps import Bubble
from ui.map.tile_set import TileSet
from ui.map.unit_frame import Emphasis, UnitFrame
from ui.map.unit_labels import PlacedLabel, UnitLabels, draw_labels, marked_wishes
from ui.map.unit_layer import Sprites, UnitLayer
from ui.map.view import View


class UnitsShown:
    """`prepare` once a frame, then draw. `frame` is the one prepared last: of those that stand out, in the detail of
    all. `opacity` is that of calm units and their labels: less while the past is on the map."""

    def __init__(
        self, live: LivePicture, parent: QObject, palette: MapPalette, *, pixel_ratio: float, scale: float
    ) -> None:
        self._live = live
        self.backdrop = Backdrop(live.store.gate, parent)
        self.frame: UnitFrame | None = None
        self.opacity = 1.0
        self.covers: list[QWidget] = []
        """What lies over this map for good: no label is put beneath."""
        self._marked_labels: tuple[PlacedLabel, ...] = ()
        self._stand_back = live.store.gate.bystander()  # of the backdrop's worker
        self.dress(palette, pixel_ratio=pixel_ratio, scale=scale)

    def dress(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        """Another look, whose symbols are still to be drawn by `steps`."""
        self._scale = scale
        columns, name = self._live.columns, self._live.label
        sprites = self._sprites = Sprites(palette, pixel_ratio=pixel_ratio, scale=scale)
        self._lettering = Lettering(palette, pixel_ratio=pixel_ratio, scale=scale)
        self._layer = UnitLayer(columns, palette, sprites)
        self._labels = UnitLabels(self._lettering, name, marked_wishes)
        self.backdrop.begin(BackdropPainter(columns, self._live.label_in, palette, sprites, self._stand_back))

    def steps(self) -> Iterator[None]:
        """Draws the symbols, piece by piece. Must have run before a frame is prepared."""
        return self._sprites.steps()

    @property
    def labels(self) -> tuple[PlacedLabel, ...]:
        """As they are on the screen; those that stand out first."""
        picture, frame = self.backdrop.picture, self.frame
        calm = () if picture is None or frame is None else picture.labels_in(frame.view)
        return (*self._marked_labels, *calm)

    @property
    def names(self) -> tuple[PlacedName, ...]:
        """On the ground, as they are on the screen."""
        return () if self.backdrop.picture is None else self.backdrop.picture.labels.names

    @property
    def bubbles(self) -> tuple[Bubble, ...]:
        picture, frame = self.backdrop.picture, self.frame
        return () if picture is None or frame is None else picture.bubbles_in(frame.view)

    def prepare(
        self,
        view: View,
        emphasis: Emphasis,
        plan: NamesPlan | None,
        tiles: TileSet | None,
        *,
        kept_clear: Rect,
        claims: tuple[Rect, ...],
        are_shown: bool,
        are_labelled: bool,
    ) -> None:
        """Wishes for the backdrop of this view, and places what stands out. No label may lie on `kept_clear` or
        `claims` (`ui.map.claims`). Units not shown stand out all the same."""
        picture = self.backdrop.picture
        all_units = None if picture is None else picture.frame
        frame = self.frame = self._marked_frame(view, emphasis, all_units)
        covers = (kept_clear, *(_place(cover) for cover in self.covers if cover.isVisible()))
        placed = self._labels.place(
            frame, emphasis, plan or bare_plan(view), kept_clear=covers, claims=claims, symbols=all_units
        )
        self._marked_labels = placed.labels if are_labelled else ()
        units = Units(
            columns=self._live.columns.still(),
            emphasis=emphasis,
            version=frame.version,
            now=frame.now,
            opacity=self.opacity,
            are_labelled=are_labelled,
            language=self._live.language,
            kept_clear=(*covers, *(label.rect for label in self._marked_labels)),
            claims=claims,
        )
        self.backdrop.want(Wish(view, tiles, plan, units if are_shown else None))

    def _marked_frame(self, view: View, emphasis: Emphasis, all_units: UnitFrame | None) -> UnitFrame:
        """Those that stand out, in the size of the others."""
        detail = Detail.LABELS if all_units is None else all_units.detail
        if all_units is not None and all_units.view.zoom == view.zoom:
            radius_px = all_units.radius_px
        else:
            radius_px = self._scale * symbol_radius_px(view.zoom, STAMPS_ABOVE if detail.is_crowd else 0)
        return self._layer.prepare_marked(view, self._live.now, emphasis, detail, radius_px)

    def draw_symbols(self, painter: QPainter, emphasis: Emphasis) -> None:
        """Of those that stand out."""
        if self.frame is not None:
            self._layer.draw_accuracy(painter, self.frame)
            self._layer.draw_symbols(painter, self.frame, emphasis.selected)

    def draw_marks(self, painter: QPainter, emphasis: Emphasis) -> None:
        """Why they stand out, and their labels."""
        if self.frame is not None:
            self._layer.draw_marks(painter, self.frame, emphasis)
            draw_labels(painter, self._marked_labels, self._lettering)


def _place(cover: QWidget) -> Rect:
    return cover.x(), cover.y(), cover.width(), cover.height()
