"""Point calls: what rings, the call this desk is in, and three buttons that never move."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from comms.domain.call import CallEnd, CallPhase
from console.store.calls import PointCall
from console.store.notices import (
    CallRang,
    Changed,
    LinkChanged,
    Notice,
    PointCallChanged,
    Reset,
    RingingStopped,
    SessionChanged,
)
from console.store.store import Store
from ui.controls import Controls
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.words import duration, party_name

_TICK_MS = 500
LINES_SHOWN = 2
"""Ringing calls named; more are counted."""


class CallStrip(QWidget):
    """Fixed height: a call coming in changes words and colours, nothing else."""

    def __init__(
        self, *, store: Store, controls: Controls, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("calls")
        self._store = store
        self._controls = controls
        self._look = look
        self._text = text
        self._ended: CallEnd | None = None
        self._title = label(tone="head", parent=self)
        self._more = label(tone="warn", parent=self)
        self._current = ElidedLabel(parent=self)
        self._ringing = [ElidedLabel(parent=self) for _ in range(LINES_SHOWN)]
        for line in self._ringing:
            line.setMargin(4)
        self._answer = CommandButton("answer", controls, text, look, self, tone="answer", shows_key=True)
        self._hang_up = CommandButton("hang_up", controls, text, look, self, tone="hang_up", shows_key=True)
        self._mute = CommandButton("mute", controls, text, look, self, tone="flat", shows_key=True)
        self._mute.setCheckable(True)
        self._mute.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        controls.mutedChanged.connect(self._read)
        self._arrange()
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._read)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._more)
        head.addWidget(self._mute)
        column.addLayout(head)
        column.addWidget(self._current)
        for line in self._ringing:
            column.addWidget(line)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self._answer, self._hang_up):
            row.addWidget(button)
        column.addLayout(row)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case PointCallChanged():
                self._ended = notice.end
                self._read()
            case CallRang() | RingingStopped() | Reset() | SessionChanged() | LinkChanged():
                self._read()
            case Changed(noun="unit", id=unit_id):
                current = self._store.point_call
                if current is not None and current.other == f"unit:{unit_id}":
                    self._read()
            case _:
                pass

    def _read(self) -> None:
        self._title.setText(self._text("calls.title"))
        self._read_current(self._store.point_call)
        self._read_ringing()
        for button in (self._answer, self._hang_up, self._mute):
            button.refresh()
        self._mute.setChecked(self._controls.is_muted and self._store.point_call is not None)
        self.setFixedHeight(self._look.px(138))
        self.update()
        if self._store.point_call is not None or self._store.ringing:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    def _read_current(self, call: PointCall | None) -> None:
        text = self._text
        if call is None:
            set_tone(self._current, "dim")
            if self._ended is not None:
                self._current.setText(text(f"call_end.{self._ended.value}"))
            else:
                self._current.setText(text("calls.none"))
            return
        name = party_name(self._store, call.other, text) if call.other is not None else text("calls.unknown")
        since = duration(self._store.server_now() - call.since)
        if call.phase is CallPhase.RINGING:
            set_tone(self._current, "warn")
            self._current.setText(text("calls.calling", name=name, time=since))
        else:
            set_tone(self._current, "ok")
            key = "calls.talking_muted" if self._controls.is_muted else "calls.talking"
            self._current.setText(text(key, name=name, time=since))

    def _read_ringing(self) -> None:
        ringing = list(self._store.ringing.values())
        now = self._store.server_now()
        for line, call in zip(self._ringing, ringing, strict=False):
            left = duration(call.rings_until - now)
            line.setText(self._text("calls.ringing", name=call.caller_name, time=left))
            set_tone(line, "emergency" if call.call.is_emergency else "ringing")
        for line in self._ringing[len(ringing) :]:
            line.setText("")
            set_tone(line, "dim")
        more = len(ringing) - LINES_SHOWN
        self._more.setText(self._text("calls.more", count=more) if more > 0 else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.panel))
        is_ringing = bool(self._store.ringing)
        painter.fillRect(0, 0, self.width(), self._look.px(2), QColor(theme.wait_fill if is_ringing else theme.line))
