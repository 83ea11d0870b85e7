"""The two buttons an area call has on its card: call in who comes into the area, and end the call."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon


class AdHocTools(QWidget):
    following = Signal(bool)
    ended = Signal()

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._follow = QToolButton(self)
        self._follow.setCheckable(True)
        self._follow.clicked.connect(self.following)
        self._end = QToolButton(self)
        self._end.clicked.connect(self._say_ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (self._follow, self._end):
            button.setProperty("tone", "flat")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        self._follow.setObjectName("area_call_follow")
        self._end.setObjectName("area_call_end")
        self.restyle()

    def show_following(self, is_following: bool, *, can_follow: bool) -> None:
        self._follow.setChecked(is_following)
        self._follow.setEnabled(can_follow)
        self.restyle()

    def restyle(self) -> None:
        look, theme = self._look, self._look.theme
        follows = self._follow.isChecked()
        self._follow.setIcon(icon("plus" if not follows else "check", theme.ok if follows else theme.text_dim))
        self._follow.setToolTip(self._text("area_call.follow_on" if follows else "area_call.follow_off"))
        self._end.setIcon(icon("hang_up", theme.danger))
        self._end.setToolTip(self._text("area_call.end"))
        for button in (self._follow, self._end):
            button.setAccessibleName(button.toolTip())
            button.setFixedSize(look.px(26), look.px(24))
            button.setIconSize(QSize(look.px(16), look.px(16)))

    def _say_ended(self) -> None:
        self.ended.emit()
