"""Texts as images, drawn once: a label costs a blit, not a text layout."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from ui.map.battery_sign import draw_battery_sign
from ui.map.palette import MapPalette

FONT_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "WenQuanYi Micro Hei", "sans-serif")
KEPT_IMAGES = 900
"""Of labels, and as many again of names on the ground."""
HALO_PX = 1.6
_AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7))


class Tone(StrEnum):
    """What a text names: decides size, weight and colour."""

    MAIN_ROAD = "main_road"
    STREET = "street"
    GRID = "grid"
    VILLAGE = "village"
    PLACE = "place"
    UNIT = "unit"
    UNIT_STALE = "unit_stale"
    UNIT_MARKED = "unit_marked"
    """Selected, hovered, talking or in an emergency."""


_SIZES_PX: dict[Tone, float] = {
    Tone.MAIN_ROAD: 12,
    Tone.STREET: 11,
    Tone.GRID: 12,
    Tone.VILLAGE: 15,
    Tone.PLACE: 11,
    Tone.UNIT: 11,
    Tone.UNIT_STALE: 11,
    Tone.UNIT_MARKED: 12,
}
PLATED = frozenset({Tone.UNIT, Tone.UNIT_STALE, Tone.UNIT_MARKED})
"""Tones on a plate of their own; the others have a halo."""
PLATE_PAD_X, PLATE_PAD_Y = 3.0, 0.5


def map_font(size_px: float, *, is_bold: bool = False) -> QFont:
    font = QFont(list(FONT_FAMILIES))
    font.setPixelSize(max(1, round(size_px)))
    if is_bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


@dataclass(frozen=True, slots=True)
class Lettered:
    """A text ready to draw, `width` × `height` logical pixels; drawn with its middle at a point."""

    image: QImage
    width: float
    height: float


class Lettering:
    """Caches texts for one palette, pixel ratio and scale. For one thread, whichever."""

    def __init__(self, palette: MapPalette, *, pixel_ratio: float, scale: float) -> None:
        self._palette = palette
        self._pixel_ratio = pixel_ratio
        self.scale = scale
        self._fonts = {
            tone: map_font(size * scale, is_bold=tone in (Tone.VILLAGE, Tone.UNIT_MARKED))
            for tone, size in _SIZES_PX.items()
        }
        self._metrics = {tone: QFontMetricsF(font) for tone, font in self._fonts.items()}
        self._labels: OrderedDict[tuple[str, Tone, int], Lettered] = OrderedDict()
        self._names: OrderedDict[tuple[str, Tone, int], Lettered] = OrderedDict()
        self._widths: dict[tuple[str, Tone], float] = {}
        self._colours = {
            Tone.MAIN_ROAD: palette.street_name,
            Tone.STREET: palette.street_name,
            Tone.GRID: palette.grid_name,
            Tone.VILLAGE: palette.village_name,
            Tone.PLACE: palette.place_name,
            Tone.UNIT: palette.label_text,
            Tone.UNIT_STALE: palette.label_stale,
            Tone.UNIT_MARKED: palette.label_text,
        }

    @property
    def kept(self) -> int:
        return len(self._labels) + len(self._names)

    def width(self, text: str, tone: Tone) -> float:
        """Advance of the bare text in logical pixels."""
        key = (text, tone)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > 20 * KEPT_IMAGES:
                self._widths.clear()
            found = self._widths[key] = self._metrics[tone].horizontalAdvance(text)
        return found

    def height(self, tone: Tone) -> float:
        return self._metrics[tone].height()

    def size(self, text: str, tone: Tone) -> tuple[float, float]:
        """What the text will take, with plate or halo, unturned."""
        pad_x, pad_y = (PLATE_PAD_X, PLATE_PAD_Y) if tone in PLATED else (HALO_PX, 0.0)
        return self.width(text, tone) + 2 * pad_x * self.scale, self.height(tone) + 2 * pad_y * self.scale

    def lettered(self, text: str, tone: Tone, turn_deg: int = 0) -> Lettered:
        cache = self._labels if tone in PLATED else self._names
        key = (text, tone, turn_deg)
        found = cache.get(key)
        if found is None:
            found = cache[key] = self._draw(text, tone, turn_deg)
            if len(cache) > KEPT_IMAGES:
                cache.popitem(last=False)
        else:
            cache.move_to_end(key)
        return found

    def _draw(self, text: str, tone: Tone, turn_deg: int) -> Lettered:
        width, height = self.size(text, tone)
        # A turned text needs room in all directions; a square around it is simplest and seldom large.
        room_w, room_h = (width, height) if turn_deg == 0 else (max(width, height),) * 2
        size = ceil(room_w * self._pixel_ratio) + 2, ceil(room_h * self._pixel_ratio) + 2
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._pixel_ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.setFont(self._fonts[tone])
        full_w, full_h = image.width() / self._pixel_ratio, image.height() / self._pixel_ratio
        painter.translate(full_w / 2, full_h / 2)
        painter.rotate(turn_deg)
        if tone in PLATED:
            self._draw_plate(painter, QRectF(-width / 2, -height / 2, width, height), tone)
        baseline = QPointF(
            -self.width(text, tone) / 2, (self._metrics[tone].ascent() - self._metrics[tone].descent()) / 2
        )
        if turn_deg == 0:
            baseline = QPointF(round(baseline.x()), round(baseline.y()))
        if tone not in PLATED:
            painter.setPen(QColor(self._palette.halo))
            reach = HALO_PX * self.scale
            for dx, dy in _AROUND:
                painter.drawText(baseline + QPointF(dx * reach, dy * reach), text)
        painter.setPen(QColor(self._colours[tone]))
        painter.drawText(baseline, text)
        if tone in PLATED:
            draw_battery_sign(painter, text, baseline)
        painter.end()
        return Lettered(image, full_w, full_h)

    def _draw_plate(self, painter: QPainter, plate: QRectF, tone: Tone) -> None:
        # Two hundred framed plates would be a fence: only what stands out has a frame.
        is_framed = tone is Tone.UNIT_MARKED
        painter.setPen(QPen(QColor(self._palette.accent), 1.0) if is_framed else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.label_ground))
        painter.drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), 3 * self.scale, 3 * self.scale)
