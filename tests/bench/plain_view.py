"""What the same map costs when each thing is an item of a QGraphicsView. Run as a program it prints its memory, MB."""

import time

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QGraphicsEllipseItem, QGraphicsPolygonItem, QGraphicsScene, QGraphicsView

from comms.protocol.area import Area
from console.store.positions import PositionTable
from ui.map.projection import worlds_of
from ui.map.view import View

_SCENE_PX = 2.0**24
"""Pixels of the scene across the world."""


class PlainView:
    """Built with all its items; `first_frame_s` is what that and the first frame took."""

    def __init__(self, positions: PositionTable, area: Area, home: View) -> None:
        started = time.perf_counter()
        self._positions = positions
        self._scene = QGraphicsScene()
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._view = QGraphicsView(self._scene)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._add_grids(area)
        self._add_points([spot.lat for spot in area.cameras], [spot.lon for spot in area.cameras], "#5f86ad")
        self._add_points([spot.lat for spot in area.places], [spot.lon for spot in area.places], "#8e6c3a")
        self._units = self._add_points(positions.lat.tolist(), positions.lon.tolist(), "#3ddc84")
        self._view.resize(home.width, home.height)
        self._view.show()
        QApplication.processEvents()  # until it is exposed nothing is painted
        self.show_view(home)
        self.first_frame_s = time.perf_counter() - started

    def _add_grids(self, area: Area) -> None:
        pen = QPen(QColor("#3f6488"))
        pen.setCosmetic(True)
        for grid in area.grids:
            lat, lon = zip(*grid.rings[0], strict=True)
            x, y = worlds_of(lat=lat, lon=lon)
            polygon = QPolygonF()
            for px, py in zip((x * _SCENE_PX).tolist(), (y * _SCENE_PX).tolist(), strict=True):
                polygon.append(QPointF(px, py))
            item = QGraphicsPolygonItem(polygon)
            item.setPen(pen)
            self._scene.addItem(item)

    def _add_points(self, lat: list[float], lon: list[float], colour: str) -> list[QGraphicsEllipseItem]:
        x, y = worlds_of(lat=lat, lon=lon)
        brush, items = QBrush(QColor(colour)), []
        for px, py in zip((x * _SCENE_PX).tolist(), (y * _SCENE_PX).tolist(), strict=True):
            item = QGraphicsEllipseItem(-3, -3, 6, 6)
            item.setFlag(QGraphicsEllipseItem.GraphicsItemFlag.ItemIgnoresTransformations)
            item.setPen(QPen(Qt.PenStyle.NoPen))
            item.setBrush(brush)
            item.setPos(px, py)
            self._scene.addItem(item)
            items.append(item)
        return items

    def show_view(self, view: View) -> None:
        self._view.resetTransform()
        factor = view.scale / _SCENE_PX
        self._view.scale(factor, factor)
        self._view.centerOn(view.x * _SCENE_PX, view.y * _SCENE_PX)
        self._view.viewport().repaint()

    def read_positions(self) -> None:
        x, y = worlds_of(lat=self._positions.lat, lon=self._positions.lon)
        for item, px, py in zip(self._units, (x * _SCENE_PX).tolist(), (y * _SCENE_PX).tolist(), strict=True):
            if (item.x(), item.y()) != (px, py):
                item.setPos(px, py)
        self._view.viewport().repaint()

    def hit(self, px: int, py: int) -> int:
        return len(self._view.items(px, py))

    def select_all(self) -> int:
        return len(self._scene.items(QRectF(self._scene.sceneRect())))

    def close(self) -> None:
        self._view.close()
        self._view.deleteLater()
        self._scene.deleteLater()
        QApplication.processEvents()


if __name__ == "__main__":
    import sys

    from tests.bench.city import city_area, city_desk
    from tests.bench.map_memory import peak_mb

    application = QApplication([])
    known = city_area()
    PlainView(city_desk(None).store.positions, known, View(0.5, 0.5, 10.0, 1600, 900))
    sys.stdout.write(f"{peak_mb()}\n")
