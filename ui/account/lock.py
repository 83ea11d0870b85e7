"""The locked desk: a curtain over everything, emergencies before it, and nothing behind it that can be reached."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from comms.domain.ids import TalkgroupId
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Unsent
from console.store.notices import Notice, Reset, SessionChanged, SessionClosed
from ui.account.browser import open_page
from ui.account.curtain import LockCurtain, emergency_alarms
from ui.account.idle import IdleWatch
from ui.command_keys import KEY_PREFIX
from ui.dialogs.sign_in import SignInDialog
from ui.panels.alerts import emergencies
from ui.watch import follow
from ui.workplace import Workplace

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.ContextMenu,
        QEvent.Type.ToolTip,
        QEvent.Type.Drop,
    }
)
_ON_TOP = frozenset({QEvent.Type.ZOrderChange, QEvent.Type.Show})
"""What comes over the curtain goes beneath it at once."""
_PASSING = (Qt.WindowType.ToolTip, Qt.WindowType.Popup)
"""What nobody would expect to find again afterwards."""


class Lock(QObject):
    """While locked an event filter on the application takes what would reach anything but the curtain: only then is
    there one. News goes on being taken in; all of it is there afterwards."""

    def __init__(self, window: "MainWindow", place: Workplace) -> None:
        super().__init__(window)
        self._window, self._place = window, place
        self._store, self._controls = place.store, place.controls
        self.is_locked = False
        self._hidden: list[QWidget] = []
        self._limit_s = 0.0
        self.curtain = LockCurtain(place)
        self.idle = IdleWatch(self)
        self.idle.gone.connect(self.lock)
        self.curtain.unlockWanted.connect(self._unlock)
        self.curtain.issuerWanted.connect(self._unlock_by_issuer)
        self.curtain.leaving.connect(window.signOutWanted)
        self.curtain.answering.connect(self.answer)
        self.curtain.acknowledging.connect(self.acknowledge)
        self.curtain.hangingUp.connect(self._controls.hang_up_or_reject)
        self.curtain.talking.connect(self._talk)
        self._controls.emergency.connect(self._key)
        follow(self, place.store, self._on_notice)

    # --- locking ------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Nothing to lock where nobody is signed in."""
        if self.is_locked or self._store.session is None:
            return
        self.is_locked = self._controls.is_locked = True
        self._window.push_to_talk.lock_to(self.emergency_group)
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            popup = QApplication.activePopupWidget()
        self._hidden = [other for other in QApplication.topLevelWidgets() if self._is_to_hide(other)]
        for other in self._hidden:
            other.hide()
        self.curtain.draw()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def lift(self) -> None:
        """Whoever sits here has shown who it is."""
        if not self.is_locked:
            return
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)
        self.is_locked = self._controls.is_locked = False
        self._window.push_to_talk.lock_to(None)
        self.curtain.dismiss()
        for other in self._hidden:
            if isValid(other):
                other.show()
        self._hidden = []
        self.idle.begin(self._limit_s)

    def _unlock(self, password: str) -> None:
        self._place.acting.start(self._place.actions.accounts.unlock(password), self._answered)

    def _unlock_by_issuer(self) -> None:
        accounts, locale = self._place.actions.accounts, self._place.text.locale
        self._place.acting.start(accounts.unlock_by_issuer(open_page, locale), self._answered)

    def _answered(self, answer: Done | Refused | Unsent) -> None:
        if isinstance(answer, Done):
            self.lift()
        else:
            self.curtain.refuse(answer)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case SessionChanged() | SessionClosed():
                session = self._store.session
                limit_s = session.idle_lock_s if session is not None else 0.0
                if limit_s != self._limit_s:
                    self._limit_s = limit_s
                    self.idle.begin(limit_s)
            case _:
                pass
        if self.is_locked and not isinstance(notice, Reset):
            self.curtain.tell_soon()

    # --- what cannot wait ---------------------------------------------------------------------------------

    def emergency_group(self) -> TalkgroupId | None:
        """Where one talks from a locked desk: to where somebody calls for help, else to the selected talkgroup."""
        for alert in emergencies(self._store, self._place.text):
            if alert.talkgroup_id in self._store.affiliated:
                return alert.talkgroup_id
        return self._place.controls.selection.talkgroup_id

    def answer(self) -> None:
        """The first that calls for help; whoever else rings has to wait."""
        for call_id, ringing in self._store.ringing.items():
            if ringing.call.is_emergency:
                self._controls.answer(call_id)
                return

    def acknowledge(self) -> None:
        alarm_ids = emergency_alarms(self._place)
        if alarm_ids:
            self._place.acting.start(self._place.actions.alarming.acknowledge(alarm_ids))

    def _talk(self, is_held: bool) -> None:
        group = self.emergency_group()
        if is_held and group is not None:
            self._window.push_to_talk.press("curtain", group)
        elif not is_held:
            self._window.push_to_talk.release("curtain")

    def _key(self, command_id: str) -> None:
        """A key of a command that also means something here."""
        match command_id:
            case "answer":
                self.answer()
            case "hang_up" if self._store.point_call is not None:
                self._controls.hang_up_or_reject()
            case "mute" if self._store.point_call is not None:
                self._controls.toggle_mute()
            case "alarm_acknowledge":
                self.acknowledge()
            case _:
                pass

    # --- the guard ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Shortcut:  # goes to a shortcut or an action, not to a widget
            return not watched.objectName().startswith(KEY_PREFIX)
        if not isinstance(watched, QWidget):
            return False
        if kind in _INPUT:
            return not self._may(watched)
        if kind == QEvent.Type.Show and self._is_to_hide(watched):
            if watched.windowType() not in _PASSING:
                self._hidden.append(watched)
            watched.hide()
        elif kind in _ON_TOP and watched is not self.curtain and watched.parent() is self._window:
            self.curtain.raise_()
        elif kind == QEvent.Type.FocusIn and not self._may(watched):
            self.curtain.aim()
        return False

    def _may(self, widget: QWidget) -> bool:
        """The window itself is where keys arrive that nobody took: it knows no letters, and its shortcuts ask."""
        if widget is self._window or widget is self.curtain or self.curtain.isAncestorOf(widget):
            return True
        return isinstance(widget.window(), SignInDialog)

    def _is_to_hide(self, widget: QWidget) -> bool:
        is_ours = widget is self._window or isinstance(widget, SignInDialog)
        return widget.isWindow() and widget.isVisible() and not is_ours
