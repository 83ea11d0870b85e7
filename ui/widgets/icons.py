"""Icons: line drawings of our own in resources/icons, tinted with a colour of the theme."""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIDES_PX = (16, 32, 64)
"""Sharp at scale 1, 2 and 4; Qt picks the next larger."""


@cache
def _drawing(name: str) -> str:
    return resources.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, colour: str, where: QRectF) -> None:
    """Draw an icon in `colour` (`#rrggbb`) into a square."""
    _renderer(name, colour).render(painter, where)


def _pixmap(name: str, colour: str, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, colour, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


@cache
def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """An icon; `disabled` is its colour while the button is not to be pressed."""
    made = QIcon()
    for side in _SIDES_PX:
        made.addPixmap(_pixmap(name, colour, side))
        if disabled:
            made.addPixmap(_pixmap(name, disabled, side), QIcon.Mode.Disabled)
    return made
