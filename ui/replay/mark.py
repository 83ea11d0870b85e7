"""REPLAY (回放) on everything of a replay's window: nobody may take the past for the present."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QDialog, QLabel, QWidget
from shiboken6 import isValid

from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.main_window import MainWindow
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.meters import LinkLamp, SoundMeter
from ui.widgets.overlay import Overlay

_MARKED = ("sheet", "palette")
CLEAR_PX = 46
"""At the right of a sheet's upper edge, for the button that closes it."""


class Badge(QLabel):
    """Violet: live has none, and no drill looks like it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        look.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        theme, px = self._look.theme, self._look.px
        ink = theme.ground if theme.is_dark else "#ffffff"
        self.setStyleSheet(
            f"background: {theme.violet}; color: {ink}; font-weight: 700; border-radius: {px(3)}px;"
            f" padding: {px(1)}px {px(8)}px;"
        )
        self.adjustSize()

    def say(self, words: str) -> None:
        self.setText(words)
        self.adjustSize()


class Ribbon(QObject):
    """A badge on the upper edge of one sheet, where neither its title nor its close button is."""

    def __init__(self, sheet: QWidget, look: Look, words: str) -> None:
        super().__init__(sheet)
        self._sheet, self._clear_px = sheet, look.px(CLEAR_PX)
        self.badge = Badge(sheet, look)
        self.badge.say(words)
        sheet.installEventFilter(self)
        self._place()
        self.badge.show()

    def _place(self) -> None:
        self.badge.move(self._sheet.width() - self.badge.width() - self._clear_px, 2)
        self.badge.raise_()

    def say(self, words: str) -> None:
        self.badge.say(words)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False


class ReplayMarks(QObject):
    """Marks the window's title, its top bar, and each sheet and dialog when it first appears."""

    def __init__(self, window: MainWindow, store: Store, look: Look, text: Texts) -> None:
        super().__init__(window)
        self._window, self._store, self._look, self._text = window, store, look, text
        self._source = ""
        self._ribbons: list[Ribbon] = []
        top = window.parts.top_bar
        self.badge = Badge(top, look)
        row = top.layout()
        assert isinstance(row, QBoxLayout)
        row.insertWidget(1, self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        for kind in (LinkLamp, SoundMeter):  # there is no link, and nobody speaks
            for part in top.findChildren(kind):
                part.hide()
        self._scan_soon = QTimer(self)
        self._scan_soon.setSingleShot(True)
        self._scan_soon.setInterval(0)
        self._scan_soon.timeout.connect(self._scan)
        for host in (window, window.parts.map):
            host.installEventFilter(self)
        self._scan_soon.start()
        text.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._read()

    @property
    def words(self) -> str:
        is_drill = self._store.picture.drill.state is not None
        return self._text("replay.mark_drill" if is_drill else "replay.mark")

    @property
    def short_words(self) -> str:
        """For a sheet, which has little room."""
        is_drill = self._store.picture.drill.state is not None
        return self._text("replay.ribbon_drill" if is_drill else "replay.ribbon")

    def name_source(self, name: str) -> None:
        """What is being replayed, for the window's title."""
        self._source = name
        self._read()

    def _read(self) -> None:
        words = self.words
        self.badge.say(words)
        self._ribbons = [ribbon for ribbon in self._ribbons if isValid(ribbon)]
        for ribbon in self._ribbons:
            ribbon.say(self.short_words)
        parts = [f"【{words}】{self._source}".strip(), self._text("product.name")]
        self._window.setWindowTitle(" · ".join(parts))

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Reset() | Changed(noun="drill"):
                if self.badge.text() != self.words:
                    self._read()
            case _:
                pass

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ChildAdded:
            self._scan_soon.start()  # it is not what it will be yet
        return False

    def _scan(self) -> None:
        """Sheets and dialogs that came since."""
        marked = {ribbon.parent() for ribbon in self._ribbons if isValid(ribbon)}
        for host in (self._window, self._window.parts.map):
            for kind in (Overlay, QDialog):
                for child in host.findChildren(kind, options=Qt.FindChildOption.FindDirectChildrenOnly):
                    is_sheet = child.objectName() in _MARKED or isinstance(child, QDialog)
                    if is_sheet and child not in marked:
                        self._ribbons.append(Ribbon(child, self._look, self.short_words))
