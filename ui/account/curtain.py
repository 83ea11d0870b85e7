"""What is seen of a locked desk: that it is locked, who calls for help, and where the password is typed."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from comms.domain.alarm import UNSEEN_PHASES, AlarmKind
from comms.domain.ids import AlarmId
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Refused
from console.actions.requester import Unsent
from ui.account.page import secret_field
from ui.panels.alerts import emergencies
from ui.widgets.command_button import key_words
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.overlay import Corner, Sheet
from ui.words import clock_minute
from ui.workplace import Workplace

LINES = 4
"""Calls for help named; their places are kept, so that no button moves."""
_SOON_MS = 100


def emergency_alarms(place: Workplace) -> tuple[AlarmId, ...]:
    """Of this officer, that somebody calls for help and nobody has acknowledged."""
    return tuple(
        state.id
        for state in place.controls.alarms.own.states.values()
        if state.alarm.kind is AlarmKind.EMERGENCY_CALL and state.phase in UNSEEN_PHASES
    )


class LockCurtain(Sheet):
    """Names nobody but who calls for help; of all else it counts."""

    unlockWanted = Signal(str)
    issuerWanted = Signal()
    leaving = Signal()
    """Somebody else signs in here."""
    answering = Signal()
    acknowledging = Signal()
    hangingUp = Signal()
    talking = Signal(bool)

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.FULL)
        self.setObjectName("lockCurtain")
        self._place, self._store, self._text, self._look = place, place.store, place.text, place.look
        self._since = 0.0
        self._title, self._about, self._counts = (label(parent=self) for _ in range(3))
        self._title.setProperty("tone", "title")
        self._counts.setProperty("tone", "dim")
        self._lines = [ElidedLabel(parent=self) for _ in range(LINES)]
        for line in self._lines:
            line.setMargin(4)
        self.password = secret_field(self)
        self.told = label(tone="danger", wraps=True, parent=self)
        names = ("answer", "hang_up", "acknowledge", "talk", "unlock", "issuer", "leave")
        self.buttons = {name: QPushButton(self) for name in names}
        for name, button in self.buttons.items():
            button.setObjectName(f"lock_{name}")
        self.buttons["unlock"].setProperty("tone", "primary")
        self.buttons["answer"].setProperty("tone", "answer")
        self.buttons["hang_up"].setProperty("tone", "hang_up")
        self.buttons["leave"].setProperty("tone", "flat")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.tell)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        middle = QWidget(self)
        middle.setFixedWidth(self._look.px(620))
        column = QVBoxLayout(middle)
        column.setSpacing(8)
        for part in (self._title, self._about, self._counts, *self._lines):
            column.addWidget(part)
        column.addLayout(self._row("answer", "hang_up"))
        column.addLayout(self._row("acknowledge", "talk"))
        column.addSpacing(self._look.px(20))
        column.addWidget(self.password)
        column.addWidget(self.told)
        column.addLayout(self._row("leave", "issuer", "unlock"))
        self.told.setMinimumHeight(self._look.px(36))
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignVCenter)
        outer.addStretch(1)

    def _row(self, *names: str) -> QHBoxLayout:
        row = QHBoxLayout()
        for name in names:
            row.addWidget(self.buttons[name], 1)
        return row

    def _connect(self) -> None:
        self.buttons["answer"].clicked.connect(self.answering)
        self.buttons["acknowledge"].clicked.connect(self.acknowledging)
        self.buttons["hang_up"].clicked.connect(self.hangingUp)
        self.buttons["talk"].pressed.connect(self._hold)
        self.buttons["talk"].released.connect(self._let_go)
        self.buttons["unlock"].clicked.connect(self.confirm)
        self.buttons["issuer"].clicked.connect(self._want_issuer)
        self.buttons["leave"].clicked.connect(self.leaving)
        self.password.returnPressed.connect(self.confirm)
        self.password.textChanged.connect(self._read_unlock)
        self._text.changed.connect(self._read)

    # --- living -------------------------------------------------------------------------------------------

    def draw(self) -> None:
        self._since = self._store.server_now()
        self.password.clear()
        self.told.clear()
        self._read()
        self.appear()
        self.aim()

    def aim(self) -> None:
        self.password.setFocus()

    def confirm(self) -> None:
        if self.password.text():
            self.told.clear()
            self.unlockWanted.emit(self.password.text())

    def _want_issuer(self) -> None:
        set_tone(self.told, "dim")
        self.told.setText(self._text("lock.in_browser"))
        self.issuerWanted.emit()

    def refuse(self, answer: Refused | Unsent) -> None:
        """What was typed goes: whoever comes next must not find it."""
        self.password.clear()
        set_tone(self.told, "danger")
        if isinstance(answer, Unsent):
            self.told.setText(self._text("lock.no_gateway"))
        elif answer.code is RefusalCode.WRONG_CREDENTIALS:
            self.told.setText(self._text("lock.wrong"))
        else:
            self.told.setText(answer.text)
        self.aim()

    def _hold(self) -> None:
        self.talking.emit(True)

    def _let_go(self) -> None:
        self.talking.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    # --- showing ------------------------------------------------------------------------------------------

    def tell_soon(self) -> None:
        """Many things happen at once; what is told here is told a few times a second."""
        if not self._soon.isActive():
            self._soon.start()

    def tell(self) -> None:
        """Who calls for help, and how much else waits."""
        store, text = self._store, self._text
        ringing = list(store.ringing.values())
        calls = [text("lock.calls", name=one.caller_name) for one in ringing if one.call.is_emergency]
        callers = {one.call.caller for one in ringing if one.call.is_emergency}
        told = [*calls, *(alert.sentence for alert in emergencies(store, text) if alert.party not in callers)]
        for line, words in zip(self._lines, [*told, *[""] * LINES], strict=False):
            line.setText(words)
            set_tone(line, "emergency" if words else "")
        states = self._place.controls.alarms.own.states.values()
        alarms = sum(state.phase in UNSEEN_PHASES for state in states)
        self._counts.setText(text("lock.counts", alarms=alarms, calls=len(ringing) - len(calls)))
        self.buttons["answer"].setEnabled(bool(calls))
        self.buttons["hang_up"].setEnabled(store.point_call is not None)
        self.buttons["acknowledge"].setEnabled(bool(emergency_alarms(self._place)))
        self.buttons["talk"].setEnabled(bool(store.affiliated))

    def _read_unlock(self) -> None:
        self.buttons["unlock"].setEnabled(bool(self.password.text()))

    def _read(self) -> None:
        text, session = self._text, self._store.session
        name = session.name if session is not None else ""
        self.buttons["issuer"].setVisible(session is not None and session.has_issuer)
        self._title.setText(text("lock.title"))
        self._about.setText(text("lock.about", name=name, time=clock_minute(self._since)))
        self.password.setPlaceholderText(text("lock.password"))
        self.password.setAccessibleName(text("lock.password"))
        keys = {"answer": "F9", "hang_up": "F10", "acknowledge": "Alt+A", "talk": "Ctrl+Space"}
        for key, button in self.buttons.items():
            shown = f"  {key_words(keys[key])}" if key in keys else ""
            button.setText(text(f"lock.button.{key}") + shown)
        self._read_unlock()
        self.tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self._look.theme.ground))
