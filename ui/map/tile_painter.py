"""Draws one tile of the ground into a QImage. Pure: same scene and key, same pixels; runs on the tile worker."""

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

from ui.map.ground import LOCAL_SCALE, Ground, Rows, Spots, overlapping
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX, Floats
from ui.map.view import ZOOM_STEP

Box = tuple[float, float, float, float]
STREET_WIDTHS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((10.0, 12.0, 14.0, 16.0, 18.0, 20.0), (1.0, 1.8, 4.0, 9.0, 20.0, 44.0)),
    ((11.5, 13.0, 15.0, 16.0, 18.0, 20.0), (0.6, 1.0, 3.2, 5.5, 13.0, 30.0)),
    ((13.5, 14.5, 16.0, 18.0, 20.0), (0.5, 0.9, 2.6, 7.0, 18.0)),
)
"""Width in logical pixels over zoom, by rank; a street is not drawn below its first zoom."""
CASED_FROM_PX = 2.4
GRID_LINES_FROM, VILLAGE_LINES_FROM, DASHED_FROM = 12.5, 9.0, 14.5
CAMERA_DOTS_FROM, CAMERA_SYMBOLS_FROM = 15.0, 16.25
PLACE_DOTS_FROM, PLACE_SYMBOLS_FROM = 16.5, 17.0
SYMBOL_REACH_PX = 12
"""No symbol of a spot reaches further from its place."""


class TileKey(NamedTuple):
    """`level` counts quarter zooms; `column` and `row` count tiles of that level from the north-west."""

    level: int
    column: int
    row: int

    @property
    def zoom(self) -> float:
        return self.level * ZOOM_STEP


@dataclass(frozen=True, slots=True)
class TileStyle:
    """What a tile's look depends on besides the ground. `scale` enlarges symbols and lines for far-viewed screens."""

    palette: MapPalette
    pixel_ratio: float = 1.0
    scale: float = 1.0
    shows_cameras: bool = True
    shows_places: bool = True
    is_over_base: bool = False
    """A base map lies beneath: the tile is transparent, without land and streets."""


def street_width_px(rank: int, zoom: float) -> float:
    """0 when a street of this rank is not drawn at this zoom."""
    zooms, widths = STREET_WIDTHS[rank]
    return 0.0 if zoom < zooms[0] else float(np.interp(zoom, zooms, widths))


class TilePainter:
    """Draws tiles of one ground in one style."""

    def __init__(self, ground: Ground, style: TileStyle) -> None:
        self._ground = ground
        self._style = style
        self._symbols: dict[str, QImage] = {}

    def draw(self, key: TileKey) -> QImage:
        style, palette = self._style, self._style.palette
        side = ceil(TILE_PX * style.pixel_ratio)
        is_clear = style.is_over_base
        image = QImage(
            side, side, QImage.Format.Format_ARGB32_Premultiplied if is_clear else QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(style.pixel_ratio)
        image.fill(QColor(Qt.GlobalColor.transparent) if is_clear else QColor(palette.ground))
        world_px = TILE_PX * 2.0**key.zoom
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(
            self._ground.origin[0] * world_px - key.column * TILE_PX,
            self._ground.origin[1] * world_px - key.row * TILE_PX,
        )
        painter.scale(world_px / LOCAL_SCALE, world_px / LOCAL_SCALE)
        painter.setPen(Qt.PenStyle.NoPen)
        if not is_clear:
            painter.fillPath(self._ground.land, QColor(palette.land))
            self._draw_streets(painter, key)
        self._draw_outlines(painter, key)
        painter.resetTransform()
        if style.shows_places:
            self._draw_spots(
                painter, image, key, self._ground.places, palette.place, PLACE_DOTS_FROM, PLACE_SYMBOLS_FROM
            )
        if style.shows_cameras:
            self._draw_spots(
                painter, image, key, self._ground.cameras, palette.camera, CAMERA_DOTS_FROM, CAMERA_SYMBOLS_FROM
            )
        painter.end()
        return image

    def _draw_streets(self, painter: QPainter, key: TileKey) -> None:
        streets, palette, scale = self._ground.streets, self._style.palette, self._style.scale
        widths = [street_width_px(rank, key.zoom) * scale for rank in range(3)]
        near = overlapping(streets.bounds, tile_box(key, margin_px=max(widths) + 4))
        by_rank = [near[streets.ranks[near] == rank] for rank in range(3)]
        for rank in (2, 1, 0):
            if widths[rank] >= CASED_FROM_PX:
                _stroke(painter, self._lines(by_rank[rank]), palette.street_casing, widths[rank] + 2.0 * scale)
        for rank in (2, 1, 0):
            if widths[rank] > 0:
                # On a light ground an uncased white line would vanish: thin streets take the casing's colour.
                is_thin = widths[rank] < CASED_FROM_PX and not palette.is_dark
                colour = palette.street_casing if is_thin else palette.street_fills[rank]
                _stroke(painter, self._lines(by_rank[rank]), colour, widths[rank])

    def _lines(self, rows: Rows) -> list[QPolygonF]:
        return [self._ground.streets.lines[row] for row in rows.tolist()]

    def _draw_outlines(self, painter: QPainter, key: TileKey) -> None:
        palette, scale = self._style.palette, self._style.scale
        box = tile_box(key, margin_px=4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for borders, colour, width, first_zoom, dashes in (
            (self._ground.grid_borders, palette.grid_line, 1.0 if key.zoom < 15 else 1.4, GRID_LINES_FROM, (5.0, 3.0)),
            (
                self._ground.village_borders,
                palette.village_line,
                1.4 if key.zoom < 14 else 2.0,
                VILLAGE_LINES_FROM,
                (7.0, 2.0, 1.0, 2.0),
            ),
        ):
            if key.zoom < first_zoom:
                continue
            pen = _cosmetic(colour, width * scale)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if key.zoom >= DASHED_FROM:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            for row in overlapping(borders.bounds, box).tolist():
                painter.drawPolyline(borders.lines[row])
        painter.setPen(_cosmetic(palette.area_line, (1.8 if key.zoom < 13 else 2.6) * scale))
        painter.drawPath(self._ground.land)

    def _draw_spots(
        self,
        painter: QPainter,
        image: QImage,
        key: TileKey,
        spots: Spots,
        colour: str,
        dots_from: float,
        symbols_from: float,
    ) -> None:
        if key.zoom < dots_from:
            return
        rows = spots.within(tile_box(key, margin_px=SYMBOL_REACH_PX * self._style.scale))
        if not len(rows):
            return
        device_px = TILE_PX * 2.0**key.zoom * self._style.pixel_ratio
        side = TILE_PX * self._style.pixel_ratio
        x = np.rint(spots.x[rows] * device_px - key.column * side)
        y = np.rint(spots.y[rows] * device_px - key.row * side)
        if key.zoom < symbols_from:
            radius = (1.0 if key.zoom < symbols_from - 1 else 1.5) * self._style.scale * self._style.pixel_ratio
            _draw_dots(image, x, y, colour, radius)
            return
        for row, px, py in zip(rows.tolist(), x.tolist(), y.tolist(), strict=True):
            symbol = (
                self._camera(spots.headings_deg[row])
                if spots is self._ground.cameras
                else self._place(spots.marks[row])
            )
            half = symbol.width() // 2
            painter.drawImage(
                QPointF((px - half) / self._style.pixel_ratio, (py - half) / self._style.pixel_ratio), symbol
            )

    def _blank(self) -> QImage:
        side = 2 * ceil(SYMBOL_REACH_PX * self._style.scale * self._style.pixel_ratio) + 1
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._style.pixel_ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _symbol_painter(self, image: QImage) -> QPainter:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = image.width() / 2 / self._style.pixel_ratio
        painter.translate(middle, middle)
        painter.scale(self._style.scale, self._style.scale)
        return painter

    def _camera(self, heading_deg: float) -> QImage:
        """A lens with its field of view, turned by 15 degrees at a time."""
        turn = "" if np.isnan(heading_deg) else str(round(heading_deg / 15) % 24 * 15)
        cached = self._symbols.get("camera" + turn)
        if cached is not None:
            return cached
        image, colour = self._blank(), QColor(self._style.palette.camera)
        painter = self._symbol_painter(image)
        if turn:
            painter.save()
            painter.rotate(float(turn))
            wash = QColor(colour)
            wash.setAlpha(95)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawPolygon(QPolygonF([QPointF(0, 0), QPointF(-5.5, -10.5), QPointF(5.5, -10.5)]))
            painter.restore()
        painter.setPen(QPen(QColor(self._style.palette.street_casing), 1.0))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(0, 0), 4.6, 4.6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._style.palette.halo))
        painter.drawEllipse(QPointF(0, 0), 1.9, 1.9)
        painter.end()
        return self._symbols.setdefault("camera" + turn, image)

    def _place(self, mark: str) -> QImage:
        """A plate with the first character of the place's category."""
        cached = self._symbols.get("place" + mark)
        if cached is not None:
            return cached
        image = self._blank()
        painter = self._symbol_painter(image)
        painter.setPen(QPen(QColor(self._style.palette.street_casing), 1.0))
        painter.setBrush(QColor(self._style.palette.place))
        plate = QRectF(-7.5, -7.5, 15, 15)
        painter.drawRoundedRect(plate, 3.5, 3.5)
        font = QFont(["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei"])
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(self._style.palette.place_glyph))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, mark)
        painter.end()
        return self._symbols.setdefault("place" + mark, image)


def tile_box(key: TileKey, margin_px: float = 0.0) -> Box:
    """World bounds of a tile, grown on all sides."""
    side = 2.0**-key.zoom
    margin = margin_px / TILE_PX * side
    x, y = key.column * side, key.row * side
    return x - margin, y - margin, x + side + margin, y + side + margin


def _cosmetic(colour: str, width_px: float) -> QPen:
    pen = QPen(QColor(colour), width_px)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _stroke(painter: QPainter, lines: list[QPolygonF], colour: str, width_px: float) -> None:
    painter.setPen(_cosmetic(colour, width_px))
    for line in lines:
        painter.drawPolyline(line)


def _draw_dots(image: QImage, x: Floats, y: Floats, colour: str, radius: float) -> None:
    """Square dots straight into the image's pixels: 100,000 of them cost milliseconds."""
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    reach = max(1, round(radius * 2)) // 2
    column, row = x.astype(np.intp), y.astype(np.intp)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            inside = (column + dx >= 0) & (column + dx < image.width()) & (row + dy >= 0) & (row + dy < image.height())
            pixels[row[inside] + dy, column[inside] + dx] = QColor(colour).rgb()
