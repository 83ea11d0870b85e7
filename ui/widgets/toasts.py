"""Toasts: one plain sentence each, the code for the administrator under details, gone by themselves."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Overlay

SHOWN_MS = {"ok": 4_000, "warn": 8_000, "danger": 12_000}
_ICONS = {"ok": "check", "warn": "warning", "danger": "warning"}
KEPT = 3


class Toast(QWidget):
    def __init__(self, tone: str, sentence: str, detail: str, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = sentence
        self.detail = detail
        theme = look.theme
        colour = {"ok": theme.ok, "warn": theme.warn}.get(tone, theme.danger)
        picture = label(parent=self)
        picture.setPixmap(icon(_ICONS.get(tone, "info"), colour).pixmap(look.px(18), look.px(18)))
        words = label(sentence, wraps=True, parent=self)
        words.setMinimumWidth(look.px(320))
        self._detail = label(detail, tone="faint", parent=self)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.hide()
        self._more = QPushButton(text("toast.details"), self)
        self._more.setProperty("tone", "flat")
        self._more.setVisible(bool(detail))
        self._more.clicked.connect(self._show_detail)
        self._close = QPushButton(self)
        self._close.setProperty("tone", "flat")
        self._close.setIcon(icon("close", theme.text_dim))
        self._close.setAccessibleName(text("toast.close"))
        self._close.clicked.connect(self.deleteLater)
        self._arrange(picture, words)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS.get(tone, SHOWN_MS["danger"]))
        self._timer.timeout.connect(self.deleteLater)
        self._timer.start()

    def _arrange(self, picture: QWidget, words: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(words)
        column.addWidget(self._detail)
        row.addLayout(column, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def _show_detail(self) -> None:
        self._detail.show()
        self._more.hide()
        self._timer.stop()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if not self._detail.isVisible():
            self._timer.start()
        super().leaveEvent(event)


class Toasts(Overlay):
    """The newest at the bottom; the same sentence again only starts its time anew."""

    bears_mark = False

    def __init__(self, host: QWidget, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.BOTTOM, "toasts")
        self._look = look
        self._text = text
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)

    @property
    def toasts(self) -> list[Toast]:
        """Those in sight, oldest first."""
        return [toast for toast in self.findChildren(Toast) if not toast.isHidden()]

    def say(self, tone: str, sentence: str, detail: str) -> None:
        same = [old for old in self.toasts if old.sentence == sentence]
        rest = [old for old in self.toasts if old.sentence != sentence]
        for old in same + rest[: max(0, len(rest) - KEPT + 1)]:
            old.hide()
            old.deleteLater()
        toast = Toast(tone, sentence, detail, self._look, self._text, self)
        toast.destroyed.connect(self._settle)
        self._column.addWidget(toast)
        toast.show()
        self._column.activate()
        self.appear()

    def wanted_width(self) -> int:
        return self._look.px(480)

    def wanted_height(self) -> int:
        return max(1, self._column.totalHeightForWidth(self.wanted_width()))

    def inset(self) -> int:
        return self._look.px(34)

    def _settle(self) -> None:
        QTimer.singleShot(0, self, self._close_up)

    def _close_up(self) -> None:
        if self.toasts:
            self.place()
        else:
            self.hide()
