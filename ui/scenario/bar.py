"""The head of the window: what is in hand, whether it is saved, and what can be done with all of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.scenario.draft import Draft
from ui.scenario.sense import Sense
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label

DOES = {"back": "back", "undo": "back", "redo": "faster", "save": "check", "export": "up", "start": "play"}
KEYS = {
    "back": "Ctrl+W",
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z",
    "save": "Ctrl+S",
    "export": "Ctrl+E",
    "start": "Ctrl+Enter",
}


class HeadBar(QFrame):
    """`asked` carries one of DOES."""

    asked = Signal(str)

    def __init__(self, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._sense = sense
        self._title = ElidedLabel(tone="title", parent=self)
        self._state = label(tone="dim", parent=self)
        self.buttons: dict[str, QPushButton] = {}
        for name, picture in DOES.items():
            words = sense.text(f"scenario.bar.{name}")
            self.buttons[name] = button = QPushButton(words, self)
            button.setObjectName(f"scenario_bar_{name}")
            theme = sense.look.theme
            if name in ("back", "start", "export"):
                colour = theme.on_accent if name == "start" else theme.text_dim
                button.setIcon(icon(picture, colour, theme.line_strong))
            button.setToolTip(f"{words} ({KEYS[name]})")
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name))
        self.buttons["start"].setProperty("tone", "primary")
        self.buttons["back"].setProperty("tone", "flat")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(6)
        row.addWidget(self.buttons["back"])
        row.addWidget(self._title, 1)
        row.addWidget(self._state)
        for name in list(DOES)[1:]:
            row.addWidget(self.buttons[name])
        self.show_draft(None, can_start=False)

    def may(self, name: str) -> bool:
        return self.buttons[name].isEnabled()

    def show_draft(self, draft: Draft | None, *, can_start: bool) -> None:
        text = self._sense.text
        for name in DOES:
            self.buttons[name].setVisible(draft is not None and (name != "start" or can_start))
        if draft is None:
            self._title.setText(text("scenario.shelf_head"))
            self._state.setText("")
            return
        self._title.setText(f"{self._sense.said(draft.scenario.title)} · {draft.path.name}")
        unchanged = "scenario.state_shipped" if draft.is_shipped else "scenario.state_saved"
        self._state.setText(text("scenario.state_changed" if draft.is_changed else unchanged))
        self.buttons["save"].setText(text("scenario.shelf.copy" if draft.is_shipped else "scenario.bar.save"))
        self.buttons["undo"].setEnabled(draft.can_undo)
        self.buttons["redo"].setEnabled(draft.can_redo)
        self.buttons["save"].setEnabled(draft.is_changed)
        self._show_start(draft)

    def _show_start(self, draft: Draft) -> None:
        """Why it cannot be played is said on the button."""
        text, button = self._sense.text, self.buttons["start"]
        why = ""
        if draft.faults:
            why = text("scenario.no_start_faults", count=len(draft.faults))
        elif draft.is_changed:
            why = text("scenario.no_start_unsaved")
        button.setEnabled(not why)
        button.setToolTip(why or f"{text('scenario.bar.start')} ({KEYS['start']})")
