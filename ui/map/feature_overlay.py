"""Features of layers under the pointer: what a click means there, and the mark of the one whose card is open."""

from dataclasses import dataclass
from math import hypot

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.layers.features import Features
from console.layers.layer import Layer
from ui.map.clusters import Clusters, cells_over, stage_of
from ui.map.drawing import Drawing
from ui.map.layer_data import LayerPoints
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.view import View

REACH_PX = 10.0
KIND = "feature"


@dataclass(frozen=True, slots=True, eq=False)
class PickedFeature:
    """A row of a layer's features, and its place in the world."""

    layer: Layer
    features: Features
    row: int
    x: float
    y: float


class FeatureOverlay:
    """Below every other overlay: a fence or a mark over a feature is hit first."""

    order = -100

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.picked: PickedFeature | None = None
        """What the last hit was."""
        self.marked: PickedFeature | None = None

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        if self.marked is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.accent), 2.2 * scale))
        painter.drawEllipse(QPointF(*view.screen_of(self.marked.x, self.marked.y)), 13 * scale, 13 * scale)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Only what is drawn as a symbol or a shape of its own: a cluster or a density is nothing to click on."""
        self.picked = feature_at(self._drawing, view, px, py, REACH_PX * scale)
        if self.picked is None:
            return None
        return Hit(KIND, str(self.picked.features.ids[self.picked.row]))


def feature_at(drawing: Drawing, view: View, px: float, py: float, reach_px: float) -> PickedFeature | None:
    """The topmost within reach; among points of a layer the nearest."""
    x, y = view.world_at(px, py)
    reach = reach_px / view.scale
    around = cells_over(view.zoom, (x - reach, y - reach, x + reach, y + reach))
    clusters = Clusters([ready for ready in drawing.ground.layers if isinstance(ready, LayerPoints)], around)
    for ready in reversed(drawing.ground.layers):
        layer = ready.layer
        if isinstance(ready, LayerPoints):
            if stage_of(layer, view.zoom) != "symbols":
                continue
            near = ready.within((x - reach, y - reach, x + reach, y + reach))
            near = near[~clusters.hides(ready.x[near], ready.y[near])]
            if len(near):
                at = int(near[np.argmin(np.hypot(ready.x[near] - x, ready.y[near] - y))])
                if hypot(ready.x[at] - x, ready.y[at] - y) <= reach:
                    return PickedFeature(
                        layer, ready.features, int(ready.rows[at]), float(ready.x[at]), float(ready.y[at])
                    )
        elif layer.zoom_from <= view.zoom <= layer.zoom_to:
            row = ready.at(x, y, reach / 3)
            if row is not None:
                return PickedFeature(layer, ready.features, row, x, y)
    return None
