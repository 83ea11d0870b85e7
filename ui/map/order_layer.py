"""Orders with a place: a pin whose colour and glyph say how the order stands."""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot
from typing import assert_never

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from comms.domain.ids import OrderId
from comms.domain.order import OPEN_STATES, AssignmentState, OrderPriority
from comms.domain.picture import OrderState, Picture
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.view import View

REFUSED_SHOWN_S = 1800.0
"""How long an order that all have refused stays on the map: time to send somebody else, not for ever."""
HEAD_PX, STEM_PX = 9.0, 10.0
"""Radius of a pin's head, and how far its tip lies below the head's middle beyond that radius."""


class OrderStage(StrEnum):
    """How an order stands as a whole: what needs the officer first."""

    TROUBLE = "trouble"
    """Overdue, or refused by somebody."""
    WAITING = "waiting"
    """Nobody has accepted yet, or not all."""
    UNDER_WAY = "under_way"
    ON_SCENE = "on_scene"
    DONE = "done"
    """Reported complete; waits for verification."""


@dataclass(frozen=True, slots=True)
class OrderMark:
    """`x`, `y` are world coordinates of the order's place."""

    order_id: OrderId
    title: str
    stage: OrderStage
    is_critical: bool
    x: float
    y: float
    shown_until: float | None = None
    """Unix seconds."""


_WAITING = frozenset({AssignmentState.ISSUED, AssignmentState.DELIVERED, AssignmentState.READ})


def stage_of(state: OrderState) -> OrderStage | None:
    """None when nothing is left to do about the order."""
    states = set(state.assignments.values())
    if not states & (OPEN_STATES | {AssignmentState.COMPLETED, AssignmentState.REFUSED}):
        return None
    is_open = bool(states & OPEN_STATES)
    if (state.is_overdue and is_open) or AssignmentState.REFUSED in states:
        return OrderStage.TROUBLE
    if states & _WAITING:
        return OrderStage.WAITING
    if AssignmentState.ON_SCENE in states:
        return OrderStage.ON_SCENE
    return OrderStage.UNDER_WAY if is_open else OrderStage.DONE


def mark_of(state: OrderState) -> OrderMark | None:
    """The pin of an order, or None when it has no place or is over."""
    stage, place = stage_of(state), state.order.place
    if stage is None or place is None:
        return None
    x, y = world_of(lat=place.lat, lon=place.lon)
    live = OPEN_STATES | {AssignmentState.COMPLETED}
    is_given_up = not live.intersection(state.assignments.values())
    return OrderMark(
        order_id=state.order.id,
        title=state.order.title,
        stage=stage,
        is_critical=state.order.priority is OrderPriority.CRITICAL,
        x=x,
        y=y,
        shown_until=state.timeline[-1].at + REFUSED_SHOWN_S if is_given_up and state.timeline else None,
    )


class OrderLayer:
    """Keeps the pins in step with the picture, one order at a time."""

    def __init__(self) -> None:
        self._marks: dict[OrderId, OrderMark] = {}

    def marks(self, now: float) -> list[OrderMark]:
        return [mark for mark in self._marks.values() if mark.shown_until is None or now < mark.shown_until]

    def read_all(self, picture: Picture) -> None:
        self._marks = {}
        for order_id in picture.orders:
            self.read(picture, order_id)

    def read(self, picture: Picture, order_id: OrderId) -> None:
        state = picture.orders.get(order_id)
        mark = mark_of(state) if state is not None else None
        if mark is None:
            self._marks.pop(order_id, None)
        else:
            self._marks[order_id] = mark

    def at(self, view: View, px: float, py: float, *, scale: float, now: float) -> OrderMark | None:
        """The pin whose head is under a pixel, the last drawn first."""
        for mark in reversed(self.marks(now)):
            x, y = head_centre(view, mark, scale)
            if hypot(x - px, y - py) <= (HEAD_PX + 2) * scale:
                return mark
        return None

    def draw(self, painter: QPainter, view: View, palette: MapPalette, *, scale: float, now: float) -> None:
        x_min, y_min, x_max, y_max = view.bounds(margin_px=40 * scale)
        for mark in self.marks(now):
            if x_min < mark.x < x_max and y_min < mark.y < y_max:
                painter.save()
                painter.translate(*head_centre(view, mark, scale))
                painter.scale(scale, scale)
                draw_pin(painter, mark.stage, palette, is_critical=mark.is_critical)
                painter.restore()


def head_centre(view: View, mark: OrderMark, scale: float) -> tuple[float, float]:
    px, py = view.screen_of(mark.x, mark.y)
    return round(px), round(py - (HEAD_PX + STEM_PX) * scale)


def stage_colour(stage: OrderStage, palette: MapPalette) -> str:
    match stage:
        case OrderStage.TROUBLE:
            return palette.order_trouble
        case OrderStage.WAITING:
            return palette.order_waiting
        case OrderStage.UNDER_WAY:
            return palette.order_under_way
        case OrderStage.ON_SCENE:
            return palette.order_on_scene
        case OrderStage.DONE:
            return palette.order_done
        case _:
            assert_never(stage)


def draw_pin(painter: QPainter, stage: OrderStage, palette: MapPalette, *, is_critical: bool) -> None:
    """Around the middle of the pin's head."""
    head = QPainterPath()
    head.addEllipse(QPointF(0, 0), HEAD_PX, HEAD_PX)
    stem = QPainterPath()
    stem.addPolygon(
        QPolygonF([QPointF(-5.2, HEAD_PX * 0.7), QPointF(0, HEAD_PX + STEM_PX), QPointF(5.2, HEAD_PX * 0.7)])
    )
    stem.closeSubpath()
    outline = head.united(stem)
    if is_critical:
        painter.strokePath(outline, QPen(QColor(palette.emergency), 6.0))
    painter.strokePath(outline, QPen(QColor(palette.symbol_edge), 3.0))
    painter.fillPath(outline, QColor(stage_colour(stage, palette)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(palette.order_glyph), 2.1)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _draw_glyph(painter, stage)


def _draw_glyph(painter: QPainter, stage: OrderStage) -> None:
    """An exclamation mark, three dots, an arrow, a target, a tick."""
    match stage:
        case OrderStage.TROUBLE:
            painter.drawLine(QLineF(0, -5, 0, 1))
            painter.drawPoint(QPointF(0, 4.6))
        case OrderStage.WAITING:
            for x in (-4.2, 0.0, 4.2):
                painter.drawPoint(QPointF(x, 0))
        case OrderStage.UNDER_WAY:
            painter.drawPolyline(QPolygonF([QPointF(0.6, -3.8), QPointF(4.6, 0), QPointF(0.6, 3.8)]))
            painter.drawLine(QLineF(-4.6, 0, 4.2, 0))
        case OrderStage.ON_SCENE:
            painter.drawRect(QRectF(-3.6, -3.6, 7.2, 7.2))
        case OrderStage.DONE:
            painter.drawPolyline(QPolygonF([QPointF(-4.4, 0.2), QPointF(-1.2, 3.6), QPointF(4.6, -3.4)]))
        case _:
            assert_never(stage)
