"""Paints the backdrop: tiles, names, units as dots or symbols, and their labels; everything that is calm."""

from collections.abc import Callable
from dataclasses import replace
from math import floor

import numpy as np
from PySide6.QtGui import QColor, QPainter

from comms.domain.pause import never
from console.store.positions import PositionTable
from ui.map.backdrop import MARGIN_PX, Picture, Units, Wish, device_size
from ui.map.bubbles import BubbleSheet
from ui.map.detail import Detail
from ui.map.lettering import Lettering
from ui.map.names import NamesPlan, bare_plan
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX
from ui.map.stamps import Colours, StampSheet, bubbles, premultiplied
from ui.map.tile_set import TileSet
from ui.map.unit_columns import Freshness, UnitColumns
from ui.map.unit_frame import UnitFrame
from ui.map.unit_labels import LabelFrame, UnitLabels, calm_wishes, draw_labels
from ui.map.unit_layer import Sprites, UnitLayer
from ui.map.view import View

STAMPED_AT_ONCE = 10_000
"""Dots written in one step, of half a millisecond."""


class BackdropPainter:
    """For one palette, pixel ratio and scale. Draws pictures one after another, onto two sheets by turns."""

    def __init__(
        self,
        columns: UnitColumns,
        label: Callable[[PositionTable, int, Freshness], str],
        palette: MapPalette,
        sprites: Sprites,
        stand_back: Callable[[], None] = never,
    ) -> None:
        """`label` names a unit by its row; `stand_back` is called between any two steps, see `console.gate`."""
        self._columns = columns
        self._palette = palette
        self._pixel_ratio = sprites.pixel_ratio
        self._stand_back = stand_back
        self._units = UnitLayer(columns, palette, sprites, stand_back)
        self._lettering = Lettering(palette, pixel_ratio=sprites.pixel_ratio, scale=sprites.scale)
        self._labels = UnitLabels(self._lettering, self._label_of, calm_wishes)
        self._label = label
        self._reach = max(1, round(sprites.pixel_ratio * sprites.scale))
        self._bubbles = BubbleSheet(palette, pixel_ratio=sprites.pixel_ratio, scale=sprites.scale)
        self._sheets = (StampSheet(0, 0), StampSheet(0, 0))

    def picture(self, wish: Wish, generation: int) -> Picture:
        """The picture before the last must no longer be shown: its sheet is used again."""
        ratio, margin = self._pixel_ratio, round(MARGIN_PX * self._pixel_ratio)
        width, height = (side + 2 * margin for side in device_size(wish.view, ratio))
        self._sheets = self._sheets[::-1]
        if self._sheets[0].size != (width, height):
            self._sheets = (StampSheet(width, height), self._sheets[1])
        sheet, left, top = self._sheets[0], *(
            floor(side * ratio + 0.5) - margin for side in (wish.view.left, wish.view.top)
        )  # fmt: skip
        self._stand_back()
        if wish.tiles is None:
            sheet.wipe()
        else:
            self._lay_tiles(sheet, wish.view, wish.tiles, (left, top))
        plan = wish.plan or bare_plan(wish.view)
        picture = Picture(wish, generation, sheet, ratio, left, top, LabelFrame((), plan, ()))
        painter = QPainter(sheet.opaque if picture.is_opaque else sheet.clear)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(margin, margin)
        painter.scale(ratio, ratio)
        try:
            return self._draw_calm(painter, picture, plan, margin)
        finally:
            painter.end()  # before the sheet may be gone

    def _label_of(self, row: int, freshness: Freshness) -> str:
        return self._label(self._columns.positions, row, freshness)

    def _lay_tiles(self, sheet: StampSheet, view: View, tiles: TileSet, corner: tuple[int, int]) -> None:
        (width, height), ratio = sheet.size, self._pixel_ratio
        world_px = TILE_PX * 2.0**view.zoom * ratio
        x, y = (corner[0] + width / 2) / world_px, (corner[1] + height / 2) / world_px
        whole = View(x, y, view.zoom, round(width / ratio), round(height / ratio))
        painter = QPainter(sheet.opaque)
        painter.scale(ratio, ratio)
        tiles.draw(painter, whole, ratio, QColor(self._palette.ground), core=view, stand_back=self._stand_back)
        painter.end()

    def _draw_calm(self, painter: QPainter, picture: Picture, plan: NamesPlan, margin: int) -> Picture:
        wish, view = picture.wish, picture.wish.view
        if wish.units is not None:
            self._columns = self._units.columns = wish.units.columns
        units, every_name = wish.units, tuple(range(len(plan.names)))
        frame = None if units is None else self._units.prepare(view, units.now, units.emphasis, MARGIN_PX)
        labels = LabelFrame((), plan, every_name)
        if frame is not None and units is not None and units.are_labelled:
            self._stand_back()
            labels = self._labels.place(
                frame,
                units.emphasis,
                plan,
                kept_clear=units.kept_clear,
                claims=units.claims,
                symbols=frame,
                stand_back=self._stand_back,
            )
        self._stand_back()
        plan.draw(painter, view, labels.free, are_villages=False)
        picture = replace(picture, labels=labels)
        if frame is not None and units is not None:
            painter.setOpacity(units.opacity)
            picture = self._draw_units(painter, replace(picture, frame=frame), frame, units, margin)
            painter.setOpacity(1.0)
        plan.draw(painter, view, labels.free, are_villages=True)
        if units is not None:
            painter.setOpacity(units.opacity)
            draw_labels(painter, labels.labels, self._lettering, self._stand_back)
        return picture

    def _draw_units(self, painter: QPainter, picture: Picture, frame: UnitFrame, units: Units, margin: int) -> Picture:
        if not frame.detail.is_crowd:
            self._units.draw_accuracy(painter, frame)
            self._units.draw_symbols(painter, frame)
            return picture
        self._stand_back()
        ratio = self._pixel_ratio
        colours = self._colours(units.opacity)[self._columns.positions.status[frame.rows], frame.freshness]
        self._stand_back()
        reach = self._reach if frame.detail is Detail.STAMPS else 0
        for first in range(0, len(colours), STAMPED_AT_ONCE):
            some = slice(first, first + STAMPED_AT_ONCE)
            px, py = frame.px[some] * ratio + margin, frame.py[some] * ratio + margin
            picture.sheet.stamp(px, py, colours[some], reach=reach)
            self._stand_back()
        self._stand_back()
        found = tuple(bubbles(frame.view, frame.px, frame.py)) if frame.detail is Detail.BUBBLES else ()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        self._bubbles.draw(painter, found, self._stand_back)
        painter.restore()
        return replace(picture, bubbles=found)

    def _colours(self, opacity: float) -> Colours:
        """Premultiplied, by status and freshness."""
        alphas = {Freshness.FRESH: 1.0, Freshness.STALE: 0.6, Freshness.VERY_STALE: 0.35}
        colours = self._palette.statuses
        return np.array([[premultiplied(own, alphas[fresh] * opacity) for fresh in Freshness] for own in colours], "u4")
