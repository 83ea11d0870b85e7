"""Replayed tracks on the map: lines with direction, stops, and where everybody was at the moment that is shown.

A few units have their whole way drawn and their names said; of many only the last minutes are, for a thousand whole
ways would hide the town. Colour, shape and number tell units apart: never colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from comms.domain.track import Stop
from console.store.tracks import Heads, Playing, Presence
from ui.map.declutter import Occupancy
from ui.map.lettering import map_font
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import Floats, worlds_of
from ui.map.track_heads import DARK_COLOURS, TrackHeads, colours_of
from ui.map.track_paths import chevrons, path_of, thinned_rows
from ui.map.view import View

KIND = "track"
FEW = 40
"""Up to so many units are drawn with whole ways and names."""
TRAIL_S = 600.0
CELL_PX = 1.5
ARROW_EVERY_PX, ARROW_PX = 110.0, 6.0
HEAD_PX, SMALL_HEAD_PX = 7.0, 4.0
MOST_STOPS = 300
MIDDLE_SHARE = 0.9
HIT_PX = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """All whole ways of one colour, in pixels from the anchor at one zoom."""

    line: QPainterPath
    arrows: QPainterPath


class TrackOverlay:
    """`texts` has a unit's short name for each row; `stop_text` says how long a stay was."""

    order = 60

    def __init__(self) -> None:
        self.playing: Playing | None = None
        self.names: tuple[str, ...] = ()
        self.stop_texts: dict[Stop, str] = {}
        self.followed: int | None = None
        self._x: Floats = np.zeros(0)
        self._y: Floats = np.zeros(0)
        self._anchor = (0.0, 0.0)
        self._stops: list[tuple[int, Stop, float, float]] = []
        self._heads = TrackHeads()
        self._ways: dict[float, dict[int, _Way]] = {}

    def show(self, playing: Playing | None, names: Sequence[str], stop_texts: dict[Stop, str]) -> None:
        """None takes everything off the map."""
        self.playing, self.names, self.stop_texts = playing, tuple(names), stop_texts
        self.followed, self._ways, self._stops = None, {}, []
        if playing is None:
            self._x = self._y = np.zeros(0)
            return
        tracks = playing.tracks
        self._x, self._y = worlds_of(lat=tracks.lat, lon=tracks.lon)
        if len(self._x):
            self._anchor = float(self._x[0]), float(self._y[0])
        stays = [(unit, stop) for unit, story in enumerate(tracks.stories) for stop in story.stops]
        x, y = worlds_of(lat=[stop.lat for _, stop in stays], lon=[stop.lon for _, stop in stays])
        self._stops = [
            (*stay, *place) for stay, place in zip(stays, zip(x.tolist(), y.tolist(), strict=True), strict=True)
        ]

    @property
    def is_few(self) -> bool:
        return self.playing is not None and len(self.playing.tracks) <= FEW

    def bounds(self) -> tuple[float, float, float, float] | None:
        """(south, west, north, east) of where they mostly were: nobody's flight makes all others small."""
        if self.playing is None or not len(self._x):
            return None
        tracks = self.playing.tracks
        edges = (0.0, 1.0) if len(tracks) == 1 else ((1 - MIDDLE_SHARE) / 2, (1 + MIDDLE_SHARE) / 2)
        south, north = np.quantile(tracks.lat, edges).tolist()
        west, east = np.quantile(tracks.lon, edges).tolist()
        return south, west, north, east

    # --- painting -------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        playing = self.playing
        if playing is None or not len(self._x):
            return
        colours = colours_of(palette)
        if self.is_few:
            self._draw_ways(painter, view, colours, scale)
        self._draw_trails(painter, view, playing, colours, scale)
        plates = Plates(painter, view, palette, scale)
        stops = self._draw_stops(painter, view, playing, palette, colours, scale) if self.is_few else []
        self._draw_heads(painter, view, playing.tracks.heads(playing.at), palette, scale, plates)
        for place, words in stops:
            plates.put(place, words)

    def _draw_ways(self, painter: QPainter, view: View, colours: Sequence[str], scale: float) -> None:
        ways = self._ways.get(view.zoom) or self._make_ways(view)
        painter.save()
        painter.translate(*view.screen_of(*self._anchor))
        for colour, way in ways.items():
            ink = QColor(colours[colour])
            ink.setAlpha(150)
            painter.setPen(_pen(ink, 1.6 * scale))
            painter.drawPath(way.line)
            painter.setPen(_pen(QColor(colours[colour]), 1.6 * scale))
            painter.drawPath(way.arrows)
        painter.restore()

    def _make_ways(self, view: View) -> dict[int, _Way]:
        """Kept for two zooms: screen and print may take turns."""
        assert self.playing is not None
        tracks = self.playing.tracks
        ways: dict[int, _Way] = {}
        x, y = (self._x - self._anchor[0]) * view.scale, (self._y - self._anchor[1]) * view.scale
        for colour in range(min(len(DARK_COLOURS), len(tracks))):
            rows = np.flatnonzero(tracks.unit % len(DARK_COLOURS) == colour)
            kept = rows[thinned_rows(x[rows], y[rows], tracks.is_linked[rows], CELL_PX)]
            links = tracks.is_linked[kept]
            arrows = chevrons(x[kept], y[kept], links, every_px=ARROW_EVERY_PX, size_px=ARROW_PX)
            ways[colour] = _Way(path_of(x[kept], y[kept], links), arrows)
        self._ways = dict([*self._ways.items()][-1:])
        self._ways[view.zoom] = ways
        return ways

    def _draw_trails(
        self, painter: QPainter, view: View, playing: Playing, colours: Sequence[str], scale: float
    ) -> None:
        """The last minutes, up to the moment itself."""
        tracks = playing.tracks
        since, until = tracks.rows_until(playing.at - TRAIL_S), tracks.rows_until(playing.at)
        rows = _ranges(since, until)
        if not len(rows):
            return
        links = tracks.is_linked[rows].copy()
        links[np.flatnonzero(np.diff(rows, prepend=-2) != 1)] = False
        px, py = view.screens_of(self._x[rows], self._y[rows])
        kept = thinned_rows(px, py, links, CELL_PX)
        px, py, links, group = px[kept], py[kept], links[kept], tracks.unit[rows[kept]] % len(colours)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.is_few)
        for colour, ink in enumerate(colours):
            held = np.flatnonzero(group == colour)
            painter.setPen(_pen(QColor(ink), (3.0 if self.is_few else 1.0) * scale))
            painter.drawPath(path_of(px[held], py[held], links[held]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_stops(
        self,
        painter: QPainter,
        view: View,
        playing: Playing,
        palette: MapPalette,
        colours: Sequence[str],
        scale: float,
    ) -> list[tuple[QPointF, str]]:
        """Returns what there is to say of them, and where."""
        side = 11.0 * scale
        drawn = 0
        said: list[tuple[QPointF, str]] = []
        for unit, stop, x, y in self._stops:
            px, py = view.screen_of(x, y)
            if not (-side < px < view.width + side and -side < py < view.height + side) or drawn >= MOST_STOPS:
                continue
            drawn += 1
            ink = QColor(colours[unit % len(colours)])
            box = QRectF(px - side / 2, py - side / 2, side, side)
            painter.setPen(QPen(ink, 1.5 * scale))
            painter.setBrush(QBrush(ink if stop.since <= playing.at <= stop.until else QColor(palette.panel)))
            painter.drawRoundedRect(box, 2 * scale, 2 * scale)
            if view.zoom >= 14.0 or stop.since <= playing.at <= stop.until:
                said.append((QPointF(px + side, py), self.stop_texts.get(stop, "")))
        return said

    def _draw_heads(
        self,
        painter: QPainter,
        view: View,
        heads: Heads,
        palette: MapPalette,
        scale: float,
        plates: "Plates",
    ) -> None:
        x, y = worlds_of(lat=heads.lat, lon=heads.lon)
        px, py = view.screens_of(x, y)
        margin = 3 * HEAD_PX * scale
        with np.errstate(invalid="ignore"):
            is_seen = (px > -margin) & (px < view.width + margin) & (py > -margin) & (py < view.height + margin)
        rows = np.flatnonzero(is_seen & (heads.presence != Presence.NOT_YET))
        radius = (HEAD_PX if self.is_few else SMALL_HEAD_PX) * scale
        self._heads.draw(
            painter, palette, radius, rows=rows, px=px[rows], py=py[rows], presence=heads.presence[rows]
        )  # fmt: skip
        self._label(rows, px, py, scale, plates)
        if self.followed is not None and self.followed in rows:
            painter.setPen(QPen(QColor(palette.selection), 2.0 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            reach = (HEAD_PX + 5) * scale
            painter.drawEllipse(QPointF(float(px[self.followed]), float(py[self.followed])), reach, reach)

    def _label(self, rows: NDArray[np.intp], px: Floats, py: Floats, scale: float, plates: "Plates") -> None:
        """The followed one first; a name for which there is no room is left out."""
        shown = [] if self.followed is None or self.followed not in rows else [self.followed]
        shown += [row for row in rows.tolist() if row != self.followed] if self.is_few else []
        for row in shown:
            place = QPointF(float(px[row]) + (HEAD_PX + 5) * scale, float(py[row]))
            plates.put(place, f"{row + 1} {self.names[row]}")

    # --- hitting ----------------------------------------------------------------------------------------------

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """The head under a pixel."""
        if self.playing is None or not len(self._x):
            return None
        heads = self.playing.tracks.heads(self.playing.at)
        x, y = view.screens_of(*worlds_of(lat=heads.lat, lon=heads.lon))
        away = np.hypot(x - px, y - py)
        away[np.isnan(away)] = np.inf
        row = int(np.argmin(away)) if len(away) else 0
        if not len(away) or away[row] > HIT_PX * scale:
            return None
        return Hit(KIND, self.playing.tracks.unit_ids[row])


def _ranges(first: NDArray[np.intp], end: NDArray[np.intp]) -> NDArray[np.intp]:
    """All rows of first[i] … end[i] - 1, one range after the other."""
    counts = np.maximum(end - first, 0)
    starts = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return (starts + np.arange(int(counts.sum()))).astype(np.intp)


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


class Plates:
    """Texts of one frame on plates that never overlap: who comes first has the place."""

    def __init__(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        self._painter = painter
        self._palette = palette
        self._scale = scale
        self._font = map_font(12 * scale)
        self._metrics = QFontMetricsF(self._font)
        self._taken = Occupancy(view.width, view.height)

    def put(self, left: QPointF, words: str) -> bool:
        """Its left edge at a point, its middle at that height. False when there was no room."""
        painter, metrics = self._painter, self._metrics
        wide, high = metrics.horizontalAdvance(words) + 8 * self._scale, metrics.height()
        box = QRectF(left.x(), left.y() - high / 2, wide, high)
        if not words or not self._taken.claim(((box.x(), box.y(), wide, high),)):
            return False
        painter.setFont(self._font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.label_ground))
        painter.drawRoundedRect(box, 3 * self._scale, 3 * self._scale)
        painter.setPen(QColor(self._palette.label_text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        return True
