"""The strip under the top bar, always there: alerts on the left, how things stand on the right.

It keeps its height whatever happens, so that an emergency moves nothing the officer is about to press.
"""

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from comms.domain.ids import OrderId
from comms.domain.unit import UnitStatus
from console.store.notices import (
    Changed,
    FloorChanged,
    GapFound,
    LinkChanged,
    MediaChanged,
    Notice,
    Reset,
    SessionChanged,
)
from console.store.store import Store
from ui.alarm.own_alarms import OwnAlarms
from ui.models.orders import is_open
from ui.models.presence import Presence
from ui.panels.alerts import Alert, Level, read_alerts
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.icons import paint_icon
from ui.widgets.shapes import paint_status

HEIGHT_PX = 30
SHOWN_ALERTS = 3
SOUND_SHARE = 0.34
"""Of the room for alerts, for what is said about sound beside others."""
_SHOWN_STATUSES = (
    UnitStatus.AVAILABLE,
    UnitStatus.DISPATCHED,
    UnitStatus.EN_ROUTE,
    UnitStatus.ON_SCENE,
    UnitStatus.BUSY,
    UnitStatus.OFFLINE,
)
_REREAD_MS = 5_000


class SituationStrip(QWidget):
    """`alertClicked` carries the Alert. Closing an alert is not possible: it goes when its cause does."""

    alertClicked = Signal(object)

    def __init__(
        self,
        *,
        store: Store,
        alarms: OwnAlarms,
        presence: Presence,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._alarms = alarms
        self._presence = presence
        self._look = look
        self._text = text
        self._alerts: tuple[Alert, ...] = ()
        self._places: list[tuple[QRect, Alert]] = []
        self._open_orders: set[str] = set()
        self._overdue: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(_REREAD_MS)
        self._timer.timeout.connect(self._read)
        self._timer.start()
        presence.changed.connect(self.update)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        alarms.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._count_orders()
        self._read()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return self._alerts

    @property
    def places(self) -> tuple[tuple[QRect, Alert], ...]:
        """Where alerts were painted last."""
        return tuple(self._places)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Reset():
                self._count_orders()
                self._read()
            case Changed(noun="order", id=order_id):
                self._count_order(order_id)
                self.update()
            case Changed(noun="call" | "fault" | "talkgroup" | "officer"):
                self._read()
            case FloorChanged() | LinkChanged() | MediaChanged() | SessionChanged() | GapFound():
                self._read()
            case _:
                pass

    def _count_orders(self) -> None:
        self._open_orders.clear()
        self._overdue.clear()
        for order_id in self._store.picture.orders:
            self._count_order(order_id)

    def _count_order(self, order_id: str) -> None:
        state = self._store.picture.orders.get(OrderId(order_id))
        is_unfinished = state is not None and is_open(state)
        (self._open_orders.add if is_unfinished else self._open_orders.discard)(order_id)
        is_overdue = is_unfinished and state is not None and state.is_overdue
        (self._overdue.add if is_overdue else self._overdue.discard)(order_id)

    def _read(self) -> None:
        self.setFixedHeight(self._look.px(HEIGHT_PX))
        alerts = read_alerts(self._store, self._text, self._alarms.states.values())
        if alerts != self._alerts:
            self._alerts = alerts
            self.setAccessibleName(" ".join(alert.sentence for alert in alerts))
            self.setToolTip("\n".join(alert.sentence for alert in alerts))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, alert in self._places:
            if place.contains(event.position().toPoint()):
                self.alertClicked.emit(alert)

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.calm_fill))
        painter.setFont(look.font(px=12))
        right = self._paint_counts(painter)
        self._paint_alerts(painter, QRect(0, 0, right - look.px(8), self.height()))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.line))

    def _paint_counts(self, painter: QPainter) -> int:
        """From the right edge leftwards; returns where they begin."""
        look, theme, text = self._look, self._look.theme, self._text
        x = self.width() - look.px(10)
        orders = text("situation.orders", count=len(self._open_orders))
        if self._overdue:
            x = self._paint_words(painter, x, text("situation.overdue", count=len(self._overdue)), theme.danger)
        x = self._paint_words(painter, x, orders, theme.on_calm)
        for status in () if self._alerts else reversed(_SHOWN_STATUSES):  # alerts need the room
            words = f"{text(f'status.{status.value}')} {self._presence.statuses[status]}"
            x = self._paint_words(painter, x, words, theme.on_calm, gap=look.px(4))
            side = look.px(11)
            place = QRectF(x - side, (self.height() - side) / 2, side, side)
            paint_status(painter, status, theme, place)
            x -= side + look.px(12)
        online = text("situation.online", online=self._presence.online, total=self._presence.total)
        return self._paint_words(painter, x, online, theme.text)

    def _paint_words(self, painter: QPainter, right: int, words: str, colour: str, gap: int | None = None) -> int:
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.setPen(QColor(colour))
        painter.drawText(QRect(right - width, 0, width, self.height()), int(Qt.AlignmentFlag.AlignVCenter), words)
        return right - width - (self._look.px(14) if gap is None else gap)

    def _paint_alerts(self, painter: QPainter, room: QRect) -> None:
        look, theme = self._look, self._look.theme
        self._places = self._lay_out(room)
        if not self._places:
            painter.setPen(QColor(theme.text_dim))
            inside = room.adjusted(look.px(10), 0, 0, 0)
            words = (
                self._text("situation.calm") if self._store.session is not None else self._text("situation.signed_out")
            )
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), words)
            return
        more = len(self._alerts) - len(self._places)
        painter.setFont(look.font(px=13, is_bold=True))
        for index, (place, alert) in enumerate(self._places):
            words = alert.sentence
            if more > 0 and index == min(SHOWN_ALERTS, len(self._places)) - 1:
                words = self._text("situation.more", sentence=words, count=more)
            self._paint_alert(painter, place, alert, words)

    def _lay_out(self, room: QRect) -> list[tuple[QRect, Alert]]:
        """Side by side. What is said about sound lies at the end, over the last of the others: those keep their places
        when it comes and goes, for they may be about to be pressed."""
        sound = [alert for alert in self._alerts if alert.is_of_sound]
        shown = [alert for alert in self._alerts if not alert.is_of_sound][:SHOWN_ALERTS]
        gap, aside = self._look.px(2), round(room.width() * SOUND_SHARE) if shown else 0
        places = []
        for index, alert in enumerate(shown):
            width = (room.width() - aside) // len(shown)
            is_last = index == len(shown) - 1
            right = room.width() if is_last and not sound else (index + 1) * width
            places.append((QRect(room.left() + index * width, 0, right - index * width - gap, room.height()), alert))
        left = room.width() - aside if shown else 0
        return places + [
            (QRect(room.left() + left, 0, room.width() - left - gap, room.height()), alert) for alert in sound
        ]

    def _paint_alert(self, painter: QPainter, place: QRect, alert: Alert, words: str) -> None:
        look, theme = self._look, self._look.theme
        is_danger = alert.level is Level.DANGER
        ground, front = (theme.danger_fill, theme.on_danger) if is_danger else (theme.warn_fill, theme.on_warn)
        painter.fillRect(place, QColor(ground))
        side = look.px(16)
        spot = QRectF(place.left() + look.px(8), (self.height() - side) / 2, side, side)
        paint_icon(painter, alert.icon, front, spot)
        painter.setPen(QColor(front))
        inside = place.adjusted(look.px(8) + side + look.px(6), 0, -look.px(6), 0)
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), cut)
