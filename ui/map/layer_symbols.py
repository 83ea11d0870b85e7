"""Symbols of layers' features as small images. Drawn on the tile worker, so images and no pixmaps."""

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

from console.layers.layer import Paint
from ui.map.clusters import PLATE_HEIGHT_PX, plate_width_px, plate_words
from ui.map.lettering import FONT_FAMILIES
from ui.map.palette import MapPalette

SYMBOL_REACH_PX = 12
"""No symbol reaches further from its place."""
CLUSTER_REACH_PX = 30
SHAPES = ("dot", "square", "diamond", "triangle", "camera")
"""Names that `Paint.symbol` may hold; anything else is one character on a plate."""


def colour_of(name: str, palette: MapPalette) -> str:
    """`#rrggbb` as it is, else the palette's colour of that name; the accent for a name it does not have."""
    if name.startswith("#"):
        return name
    found = getattr(palette, name, palette.accent)
    return found if isinstance(found, str) else palette.accent


class LayerSymbols:
    """Caches images for one palette, pixel ratio and scale."""

    def __init__(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._palette = palette
        self._pixel_ratio = pixel_ratio
        self._scale = scale
        self._images: dict[tuple[str, str, float], QImage] = {}
        self._clusters: dict[tuple[str, int], QImage] = {}

    def symbol(self, paint: Paint, heading_deg: float) -> QImage:
        """Its middle is the feature's place. A camera is turned by 15 degrees at a time."""
        is_turned = paint.symbol == "camera" and not np.isnan(heading_deg)
        turn = round(heading_deg / 15) % 24 * 15.0 if is_turned else -1.0
        key = (paint.colour, paint.symbol, turn)
        found = self._images.get(key)
        if found is None:
            found = self._images[key] = self._drawn(paint, turn)
        return found

    def _drawn(self, paint: Paint, turn: float) -> QImage:
        image = self._blank(SYMBOL_REACH_PX)
        painter = self._painter(image)
        colour = QColor(colour_of(paint.colour, self._palette))
        painter.setPen(QPen(QColor(self._palette.street_casing), 1.0))
        painter.setBrush(colour)
        half = paint.size_px / 2
        match paint.symbol:
            case "camera":
                self._draw_camera(painter, colour, turn)
            case "dot":
                painter.drawEllipse(QPointF(0, 0), half, half)
            case "square":
                painter.drawRect(QRectF(-half, -half, 2 * half, 2 * half))
            case "diamond":
                side = half * 1.25
                painter.drawPolygon([QPointF(0, -side), QPointF(side, 0), QPointF(0, side), QPointF(-side, 0)])
            case "triangle":
                side = half * 1.25
                painter.drawPolygon([QPointF(0, -side), QPointF(side, side * 0.8), QPointF(-side, side * 0.8)])
            case _:
                self._draw_plate(painter, paint.symbol)
        painter.end()
        return image

    def _draw_camera(self, painter: QPainter, colour: QColor, turn: float) -> None:
        """A lens with its field of view."""
        if turn >= 0:
            painter.save()
            painter.rotate(turn)
            wash = QColor(colour)
            wash.setAlpha(95)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawPolygon(QPolygonF([QPointF(0, 0), QPointF(-5.5, -10.5), QPointF(5.5, -10.5)]))
            painter.restore()
        painter.drawEllipse(QPointF(0, 0), 4.6, 4.6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.halo))
        painter.drawEllipse(QPointF(0, 0), 1.9, 1.9)

    def _draw_plate(self, painter: QPainter, mark: str) -> None:
        plate = QRectF(-7.5, -7.5, 15, 15)
        painter.drawRoundedRect(plate, 3.5, 3.5)
        painter.setFont(_font(10))
        painter.setPen(QColor(self._palette.place_glyph))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, mark[:1])

    def cluster(self, colour: str, count: int) -> QImage:
        """A plate with a count, in the colour of the layer that has most of them; its middle is the cluster's place."""
        key = (colour, count)
        found = self._clusters.get(key)
        if found is not None:
            return found
        image = self._blank(CLUSTER_REACH_PX)
        painter = self._painter(image)
        text = plate_words(count)
        width, height = plate_width_px(count) - 1.6, PLATE_HEIGHT_PX - 1.6
        plate = QRectF(-width / 2, -height / 2, width, height)
        edge, ground = QColor(colour_of(colour, self._palette)), QColor(self._palette.label_ground)
        painter.setPen(QPen(edge, 1.6))
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 4.5, 4.5)
        painter.setFont(_font(11))
        painter.setPen(QColor(self._palette.label_text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        if len(self._clusters) > 2000:
            self._clusters.clear()
        return self._clusters.setdefault(key, image)

    def _blank(self, reach_px: int) -> QImage:
        side = 2 * ceil(reach_px * self._scale * self._pixel_ratio) + 1
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._pixel_ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _painter(self, image: QImage) -> QPainter:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = image.width() / 2 / self._pixel_ratio
        painter.translate(middle, middle)
        painter.scale(self._scale, self._scale)
        return painter


def _font(size_px: int) -> QFont:
    font = QFont(list(FONT_FAMILIES))
    font.setPixelSize(size_px)
    return font
