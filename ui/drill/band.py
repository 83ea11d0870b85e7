"""The band across the top of a drill's desk: that it is one, its second, and whether it stands. Never there on a live
one."""

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.store.store import Store
from ui.drill.words import local, second_words, stage_words, title_of
from ui.text import Texts
from ui.theme import Look
from ui.widgets.drill_mark import MARK
from ui.widgets.labels import ElidedLabel, label

HEIGHT_PX = 26
_ENDS_PX, _STRIPE_PX = 132, 14
_TICK_MS = 250


class DrillBand(QWidget):
    """Its parts have fixed widths, so that nothing in it moves while time goes on."""

    opening = Signal(str)
    """What to bring forward: the director's panel, or the seats."""

    def __init__(self, store: Store, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drillBand")
        self._store = store
        self._look = look
        self._text = text
        self.mark = label(MARK, parent=self)
        self.mark.setObjectName("drillBandMark")
        self.title = ElidedLabel(parent=self)
        self.seat = ElidedLabel(parent=self)
        self.seat.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.open = QPushButton(self)
        self.open.setObjectName("drillBandOpen")
        self.open.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its command has a key
        self.open.clicked.connect(self._open)
        self.stage = label(parent=self)
        self.second = label(parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(_ENDS_PX, 0, _ENDS_PX, 0)
        row.setSpacing(14)
        for part in (self.mark, self.title, self.seat, self.open, self.stage, self.second):
            row.addWidget(part, 1 if isinstance(part, ElidedLabel) else 0)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_time)
        self.hide()
        text.changed.connect(self.read)
        look.changed.connect(self._restyle)
        self._restyle()

    def _open(self) -> None:
        self.opening.emit("director" if self._store.drill.is_staff else "drill_seats")

    def show_drill(self, is_drill: bool) -> None:
        self.setVisible(is_drill)
        if is_drill:
            self._timer.start()
            self.read()
        else:
            self._timer.stop()

    def read(self) -> None:
        """What was said may have changed."""
        store, text = self._store, self._text
        seat = store.drill.seat()
        words = local(seat.name, text) if seat is not None else ""
        self.title.setText(title_of(store.picture.drill.state, text))
        self.seat.setText(text("drill.seat_of", name=words) if words else "")
        command = "director" if store.drill.is_staff else "drill_seats"
        self.open.setText(text(f"drill.band.{command}"))
        self.open.setToolTip(text(f"command.{command}"))
        self.stage.setText(stage_words(store, text))
        self._show_time()

    def _show_time(self) -> None:
        store, status = self._store, self._store.drill.status
        length = second_words(status.length_s) if status is not None else second_words(None)
        second = store.drill.second()
        self.second.setText(f"{second_words(max(0.0, second) if second is not None else None)} / {length}")

    def _restyle(self) -> None:
        px = self._look.px
        self.setFixedHeight(px(HEIGHT_PX))
        self.open.setFixedWidth(px(76))
        self.stage.setFixedWidth(px(104))
        self.second.setFixedWidth(px(128))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Stripes at both ends: it is seen by who sees no colours, too."""
        theme, px = self._look.theme, self._look.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.drill_fill))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(theme.on_drill, alpha=0.55))
        height, stripe = self.height(), px(_STRIPE_PX)
        room = px(_ENDS_PX) - px(16)
        for begin in (0, self.width() - room):
            painter.setClipRect(begin, 0, room, height)
            for at in range(begin - height, begin + room + height, 2 * stripe):
                corners = ((at, height), (at + height, 0), (at + height + stripe, 0), (at + stripe, height))
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
