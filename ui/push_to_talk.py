"""Hold to talk: every way a key or button goes down and up, and every way it may be lost while down.

What is held is kept by source (a key, a card's button), so that exactly what was pressed is released,
whatever is selected by then. Losing the window, its focus or its sight releases everything.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, QTimerEvent, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from comms.domain.ids import TalkgroupId
from comms.domain.participant_steps import UNPRESSED_GRANT_S
from console.actions.voice import Voice
from console.store.link import LinkPhase
from console.store.notices import LinkChanged, Notice, Reset, SessionChanged, SessionClosed
from console.store.store import Store
from ui.command import HoldKey
from ui.commands import HOLD_KEYS
from ui.selection import Selection
from ui.watch import follow

_LOSSES = frozenset(
    {
        QEvent.Type.WindowDeactivate,
        QEvent.Type.Hide,
        QEvent.Type.Close,
        QEvent.Type.WindowBlocked,
        QEvent.Type.WindowStateChange,
    }
)
"""What a window goes through when its key-up may never arrive."""
CALLED = "area call"
"""The source of a floor that came with a call, until a key takes it over."""
_POLL_MS = 20
"""How often a held chord's modifier is looked at: a key-up lost to another program must not leave the mike open."""


def _chord(key: str) -> int:
    combination: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]  # the stubs lack it
    return combination.toCombined()


def _is_writing() -> bool:
    """True while plain characters belong to a text field."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QLineEdit | QPlainTextEdit | QTextEdit):
        return not focus.isReadOnly()
    return isinstance(focus, QComboBox) and focus.isEditable()


class PushToTalk(QObject):
    """Serves one main window and its dialogs. `press` and `release` are also called by the cards' buttons.

    Keys are seen where they enter the focused window, before fields, buttons and menus.
    """

    notHeard = Signal(str)
    """A press for a talkgroup this desk does not listen to: its id. Nothing was asked for."""

    def __init__(self, window: QWidget, *, store: Store, voice: Voice, selection: Selection) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._voice = voice
        self._selection = selection
        self._held: dict[str, TalkgroupId] = {}
        self._keys = {_chord(hold.key): hold for hold in HOLD_KEYS}
        self._key_codes: dict[str, int] = {}
        self._emergency_group: Callable[[], TalkgroupId | None] | None = None
        self._timer_id = 0
        self._called = QTimer(self)
        self._called.setSingleShot(True)
        self._called.setInterval(round(UNPRESSED_GRANT_S * 1000))
        self._called.timeout.connect(self.drop_called)
        self._focused: QWindow | None = None
        window.installEventFilter(self)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._application_changed)
        application.focusWindowChanged.connect(self._focus_moved)
        self._focus_moved(QGuiApplication.focusWindow())
        follow(self, store, self._on_notice)

    def lock_to(self, emergency_group: Callable[[], TalkgroupId | None] | None) -> None:
        """At a locked desk one talks in an emergency only, to that group; None: as ever."""
        self.release_all()
        self._emergency_group = emergency_group

    def leave_keys(self) -> None:
        """No key talks any more: in a replay they play. Enter still presses buttons."""
        self._keys = {}

    @property
    def held(self) -> tuple[TalkgroupId, ...]:
        return tuple(dict.fromkeys(self._held.values()))

    def press(self, source: str, talkgroup_id: TalkgroupId) -> None:
        """A key or button named `source` went down. A source holds one talkgroup until it is let go."""
        if source in self._held:
            return
        if talkgroup_id not in self._store.affiliated and talkgroup_id not in self._held.values():
            self.notHeard.emit(talkgroup_id)
            return
        if self._held.get(CALLED) == talkgroup_id:
            del self._held[CALLED]
        self._held[source] = talkgroup_id
        self._voice.press(talkgroup_id, is_emergency=self._emergency_group is not None)

    def hold_called(self, talkgroup_id: str) -> None:
        """An area was called and the floor requested with it. A talk key pressed in time takes it over and its
        release gives it back; without one it is given back after T132, so that the floor is never stuck."""
        self._held[CALLED] = TalkgroupId(talkgroup_id)
        self._called.start()

    def drop_called(self) -> None:
        self.release(CALLED)

    def release(self, source: str) -> None:
        talkgroup_id = self._held.pop(source, None)
        self._key_codes.pop(source, None)
        if talkgroup_id is not None and talkgroup_id not in self._held.values():
            self._voice.release(talkgroup_id)
        if not self._key_codes and self._timer_id:
            self.killTimer(self._timer_id)
            self._timer_id = 0

    def release_all(self) -> None:
        for source in tuple(self._held):
            self.release(source)
        self._voice.release_all()

    # --- keys -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            if kind in _LOSSES:
                self.release_all()
            return False
        if kind == QEvent.Type.KeyPress:
            return self._key_down(event)
        if kind == QEvent.Type.KeyRelease:
            return self._key_up(event)
        return False

    def _hold_of(self, event: QKeyEvent) -> HoldKey | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        hold = self._keys.get(QKeyCombination(modifiers, Qt.Key(event.key())).toCombined())
        if hold is None or hold.in_text or hold.id in self._held:
            return hold
        is_here = self._focused is self._window.windowHandle() and QApplication.activePopupWidget() is None
        return hold if is_here and not _is_writing() else None

    def _key_down(self, event: QEvent) -> bool:
        assert isinstance(event, QKeyEvent)
        hold = self._hold_of(event)
        if hold is None:
            return self._press_button(event)
        talkgroup_id = self._talkgroup_of(hold)
        if talkgroup_id is not None and not event.isAutoRepeat() and hold.id not in self._held:
            self._key_codes[hold.id] = event.key()
            self.press(hold.id, talkgroup_id)
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier and not self._timer_id:
                self._timer_id = self.startTimer(_POLL_MS)
        return True

    def _press_button(self, event: QKeyEvent) -> bool:
        """Enter presses the button in focus, since the space key is taken."""
        focus = QApplication.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()
        if not is_enter or not isinstance(focus, QAbstractButton) or focus.window() is not self._window:
            return False
        focus.click()
        return True

    def _key_up(self, event: QEvent) -> bool:
        """By key alone: the modifier of a chord may have gone up first."""
        assert isinstance(event, QKeyEvent)
        if event.isAutoRepeat():
            return bool(self._key_codes)
        released = [source for source, key in self._key_codes.items() if key == event.key()]
        for source in released:
            self.release(source)
        return bool(released)

    def timerEvent(self, _event: QTimerEvent) -> None:
        """A chord whose modifier is no longer down is over, even if no key-up arrived."""
        if not QGuiApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            for hold in HOLD_KEYS:
                if hold.key.startswith("Ctrl+"):
                    self.release(hold.id)

    def _talkgroup_of(self, hold: HoldKey) -> TalkgroupId | None:
        if self._emergency_group is not None:
            return self._emergency_group() if hold.card is None else None
        if hold.card is None:
            return self._selection.talkgroup_id
        cards = self._store.cards
        group = cards[hold.card - 1] if hold.card <= len(cards) else None
        return group.id if group is not None else None

    # --- losses ---------------------------------------------------------------------------------------

    def _focus_moved(self, window: QWindow | None) -> None:
        self.release_all()
        if self._focused is not None and isValid(self._focused):
            self._focused.removeEventFilter(self)
        self._focused = window
        if window is not None:
            window.installEventFilter(self)

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.release_all()

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case SessionClosed() | Reset():
                self.release_all()
            case LinkChanged():
                if self._held and self._store.link.phase is not LinkPhase.ONLINE:
                    self.release_all()
            case SessionChanged():
                self._release_gone(self._store.affiliated)
            case _:
                pass

    def _release_gone(self, affiliated: Iterable[TalkgroupId]) -> None:
        kept = frozenset(affiliated)
        for source, talkgroup_id in tuple(self._held.items()):
            if talkgroup_id not in kept and source != CALLED:  # confirmed a moment after it was asked for
                self.release(source)
