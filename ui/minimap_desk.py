"""Keeps the overview's picture up to date, and whether it is folded away, as the officer left it."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from ui.background import Background
from ui.layer.desk import LayerDesk
from ui.map.ground import Ground
from ui.map.map_widget import MapWidget
from ui.map.overview import draw_overview
from ui.map.projection import place_of
from ui.map.view import View
from ui.minimap import Minimap
from ui.text import Texts
from ui.theme import Look

MARGIN_PX = 6.0


class MinimapDesk(QObject):
    """A picture is drawn beside the interface when the area, the theme or the size is another; never in a frame."""

    def __init__(
        self, desk_map: MapWidget, layers: LayerDesk, background: Background, look: Look, text: Texts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._layers = layers
        self._background = background
        self._look = look
        self._ground = Ground()
        self._ground_number = 0
        self._made_of: tuple[object, ...] = ()
        self._stand_back = desk_map.drawing.tiles.gate.bystander()
        self.minimap = Minimap(desk_map, look, text)
        self.minimap.foldWanted.connect(self._fold)
        desk_map.drawing.tiles.ground_built.connect(self._take_ground)
        layers.changed.connect(self._follow)
        look.changed.connect(self._draw)
        self._follow()

    def switch(self) -> None:
        self._fold(not self.minimap.is_folded)

    def _fold(self, is_folded: bool) -> None:
        self._layers.book.fold_overview(is_folded)
        self._layers.keep()

    def _follow(self) -> None:
        is_folded = self._layers.book.choice.is_overview_folded
        if is_folded != self.minimap.is_folded:
            self.minimap.fold(is_folded)

    def _take_ground(self, ground: Ground) -> None:
        """Another area; the same one with other layers is drawn alike."""
        if ground.land is not self._ground.land or ground.streets is not self._ground.streets:
            self._ground = ground
            self._ground_number += 1
            self._draw()

    def _draw(self) -> None:
        ground, size, palette = self._ground, self.minimap.picture_size, self._look.theme.map
        made_of = (self._ground_number, size, palette, self._map.devicePixelRatioF())
        if made_of == self._made_of:
            return
        self._made_of = made_of
        view = _whole(ground, size.width(), size.height())
        if view is None:
            self.minimap.forget()
            return
        ratio = self._map.devicePixelRatioF()
        work = partial(draw_overview, ground, view, palette, ratio, self._stand_back)
        self._background.start(work, partial(self._take, made_of, view))

    def _take(self, made_of: tuple[object, ...], view: View, picture: QImage) -> None:
        if made_of == self._made_of:
            self.minimap.show_picture(picture, view)


def _whole(ground: Ground, width: int, height: int) -> View | None:
    """The whole ground in a picture of this size; None without any."""
    bounds = ground.grids.bounds if len(ground.grids.bounds) else ground.streets.bounds
    if not len(bounds):
        return None
    north, west = place_of(*bounds[:, :2].min(axis=0).tolist())
    south, east = place_of(*bounds[:, 2:].max(axis=0).tolist())
    return View(0.5, 0.5, 3.0, width, height).fitted(
        south=south, west=west, north=north, east=east, margin_px=MARGIN_PX
    )
