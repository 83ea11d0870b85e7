"""What others draw on the map: beneath the ground and above it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.map_area import AREA
from tests.ui.map_town import desk_with_units
from ui.map.map_widget import MapWidget
from ui.map.overlay import Hit, Overlays
from ui.map.palette import DARK, MapPalette
from ui.map.view import View
from ui.text import Texts

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


class Plate:
    """A square of one colour in the middle of the view."""

    def __init__(self, order: int, colour: QColor, half_px: float = 20.0) -> None:
        self.order = order
        self._colour = colour
        self._half_px = half_px

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        half = self._half_px * scale
        painter.fillRect(QRectF(view.width / 2 - half, view.height / 2 - half, 2 * half, 2 * half), self._colour)
        painter.translate(500, 500)  # what an overlay leaves behind must not reach the next

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        half = self._half_px * scale
        is_hit = abs(px - view.width / 2) <= half and abs(py - view.height / 2) <= half
        return Hit("plate", self._colour.name()) if is_hit else None


class Sea:
    """A base map of one colour."""

    def paint(self, painter: QPainter, view: View, pixel_ratio: float) -> None:
        painter.fillRect(QRectF(0, 0, view.width, view.height), BLUE)


@pytest.fixture
def desk_map(qtbot: QtBot) -> MapWidget:
    widget = MapWidget(desk_with_units(1, area=AREA).store, Texts(), DARK)
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    widget.show()
    qtbot.waitUntil(lambda: widget.is_settled)
    return widget


def _settled_pixels(widget: MapWidget, qtbot: QtBot) -> QImage:
    def is_drawn() -> bool:
        widget.repaint()
        return widget.is_settled

    qtbot.waitUntil(is_drawn)
    return widget.grab().toImage()


def test_overlays_are_drawn_by_order_and_hit_from_above(desk_map: MapWidget, qtbot: QtBot) -> None:
    overlays, view = desk_map.drawing.overlays, desk_map.view
    upper, lower = Plate(7, RED, half_px=10.0), Plate(2, BLUE)
    overlays.add(upper)
    overlays.add(lower)
    image = desk_map.grab().toImage()
    middle = QPoint(round(view.width / 2), round(view.height / 2))
    assert image.pixelColor(middle) == RED
    assert image.pixelColor(middle + QPoint(15, 0)) == BLUE
    with qtbot.waitSignal(desk_map.overlayPicked) as above:
        QTest.mouseClick(desk_map, Qt.MouseButton.LeftButton, pos=middle)
    with qtbot.waitSignal(desk_map.overlayPicked) as below:
        QTest.mouseClick(desk_map, Qt.MouseButton.LeftButton, pos=middle + QPoint(15, 0))
    assert (above.args, below.args) == (["plate", RED.name()], ["plate", BLUE.name()])
    overlays.remove(upper)
    assert desk_map.grab().toImage().pixelColor(middle) == BLUE


def test_a_click_beside_an_overlay_goes_to_the_ground(desk_map: MapWidget, qtbot: QtBot) -> None:
    desk_map.drawing.overlays.add(Plate(1, RED))
    with qtbot.assertNotEmitted(desk_map.overlayPicked), qtbot.waitSignal(desk_map.gridSelected):
        QTest.mouseClick(desk_map, Qt.MouseButton.LeftButton, pos=QPoint(250, 160))


def test_nothing_is_hit_without_overlays() -> None:
    assert Overlays().at(View(0.5, 0.5, 10.0, 100, 100), 50, 50, 1.0) is None


def test_a_base_map_shows_through_the_land_and_grid_lines_lie_on_it(desk_map: MapWidget, qtbot: QtBot) -> None:
    plain = _settled_pixels(desk_map, qtbot)
    desk_map.drawing.set_base(Sea())
    based = _settled_pixels(desk_map, qtbot)
    inside = desk_map.view.screen_at(lat=23.0075, lon=113.0030)
    street = desk_map.view.screen_at(lat=23.005, lon=113.0190)
    border = desk_map.view.screen_at(lat=23.0, lon=113.0080)
    for place in (inside, street):
        assert based.pixelColor(QPointF(*place).toPoint()) == BLUE
        assert plain.pixelColor(QPointF(*place).toPoint()) != BLUE
    around = [based.pixelColor(QPointF(border[0], border[1] + step).toPoint()) for step in (-1, 0, 1)]
    assert any(colour != BLUE for colour in around), "the area's outline"
    names = {name.candidate.text for name in desk_map.drawing.units.names}
    assert "中山大道" not in names
    desk_map.drawing.set_base(None)
    assert _settled_pixels(desk_map, qtbot).pixelColor(QPointF(*inside).toPoint()) == plain.pixelColor(
        QPointF(*inside).toPoint()
    )
