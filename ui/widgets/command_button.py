"""Buttons that are commands: name, key and whether they may be pressed come from the table."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.commands import BY_ID
from ui.controls import Controls
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon


def key_words(key: str) -> str:
    """A key as it is printed on the keyboard."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class CommandButton(QPushButton):
    """`refresh` reads again whether it may be pressed; whoever holds the button calls it on what concerns it."""

    def __init__(
        self,
        command_id: str,
        controls: Controls,
        text: Texts,
        look: Look,
        parent: QWidget | None = None,
        *,
        tone: str = "",
        shows_key: bool = False,
        shows_icon: bool = True,
    ) -> None:
        super().__init__(parent)
        self._command = BY_ID[command_id]
        self._controls = controls
        self._text = text
        self._look = look
        self._tone = tone
        self._shows_key = shows_key
        self._shows_icon = shows_icon
        self.setObjectName(command_id)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if tone:
            self.setProperty("tone", tone)
        self.clicked.connect(self._run)
        text.changed.connect(self._retranslate)
        look.changed.connect(self._restyle)
        self._restyle()
        self._retranslate()
        self.refresh()

    def refresh(self) -> None:
        self.setEnabled(self._command.is_enabled(self._controls))

    def _run(self) -> None:
        self._command.run(self._controls)

    def _retranslate(self) -> None:
        name = self._command.name(self._text)
        key = key_words(self._command.keys[0]) if self._command.keys else ""
        short = self._text(f"short.{self._command.id}")
        self.setText(f"{short} {key}" if key and self._shows_key else short)
        self.setToolTip(f"{name}  {key}" if key else name)
        self.setAccessibleName(name)

    def _restyle(self) -> None:
        theme = self._look.theme
        colour = {"primary": theme.on_accent, "answer": theme.on_hear, "hang_up": theme.on_danger}.get(
            self._tone, theme.text
        )
        if self._shows_icon:
            self.setIcon(icon(self._command.icon, colour, theme.text_faint))
        self.setIconSize(QSize(self._look.px(14), self._look.px(14)))
        self.setMinimumHeight(self._look.px(28))
