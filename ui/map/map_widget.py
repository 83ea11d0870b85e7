"""The map: what the officer looks at all day. Joins gestures, the live picture and the screen."""

from collections.abc import Iterable
from typing import assert_never

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from comms.domain.ids import UnitId
from console.store.notices import Notice
from console.store.store import Store
from ui.map.gestures import Box, Gestures, MapTool, Span
from ui.map.live_picture import Effect
from ui.map.map_state import MapState
from ui.map.palette import MapPalette
from ui.map.picking import PickedBubble, PickedGround, PickedOrder, PickedUnit
from ui.map.projection import world_of
from ui.map.screen import MapLayers
from ui.map.status_line import BAR_MOST_PX, StatusLine, round_length
from ui.map.unit_columns import Rows
from ui.map.view import View, rested
from ui.text import Texts
from ui.watch import follow
from ui.words import distance

FRAME_MS = 33
"""At most 30 frames a second, however fast positions come."""
AGEING_MS = 5_000
"""Without news the map is painted so often, for positions grow old by themselves."""
BEAT_MS = 500
BUBBLE_STEPS = 6
DOUBLE_CLICK_STEPS = 4
UNIT_ZOOM = 16.5
"""As close as the map comes when it is asked for a unit."""
