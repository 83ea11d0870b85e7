"""A unit's status as the map's own shape: told by outline as well as by colour, with its word beside it."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from comms.domain.unit import UnitStatus
from ui.map.symbols import draw_status
from ui.theme import Theme


def paint_status(painter: QPainter, status: UnitStatus, theme: Theme, place: QRectF) -> None:
    """The shape fills the square `place`."""
    draw_status(painter, place.center(), place.width() / 2.4, status, theme.map)
