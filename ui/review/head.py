"""The top of the review's window: which drill, how it went, what may be done; below it, what is being done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from comms.domain.score_words import number
from console.drill.run import Run
from ui.review.place import ReviewPlace
from ui.review.words import drill_words, said_here, share_words
from ui.widgets.command_button import key_words
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.row import row_of

KEYS = {"open": "Ctrl+O", "folder": "Ctrl+Shift+O", "replay": "Ctrl+R", "pdf": "Ctrl+P", "html": "Ctrl+Shift+P"}
_ICONS = {"open": "note", "folder": "group", "replay": "play", "pdf": "note", "html": "note"}


class ReviewHead(QWidget):
    """`pressed` tells the name of a button, as KEYS has them."""

    pressed = Signal(str)
    carriedPressed = Signal()

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._title = ElidedLabel(tone="title", parent=self)
        self._facts = ElidedLabel(tone="dim", parent=self)
        self._total = label(tone="title", parent=self)
        self._warning = label(tone="warn", parent=self)
        self.carried = QPushButton(self)
        self.carried.setObjectName("review_carried")
        self.carried.setProperty("tone", "flat")
        self.buttons = {name: self._button(name) for name in KEYS}
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 6)
        column.setSpacing(4)
        column.addLayout(row_of(self._title, *self.buttons.values()))
        column.addLayout(row_of(self._facts))
        column.addLayout(row_of(self._total, self._warning, None, self.carried))
        self.carried.clicked.connect(self.carriedPressed)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"review_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name == "pdf":
            button.setProperty("tone", "primary")
        button.clicked.connect(lambda: self.pressed.emit(name))
        return button

    def show_run(self, run: Run | None, *, open_actions: int, has_moment: bool) -> None:
        text, theme = self._place.text, self._place.look.theme
        for name, button in self.buttons.items():
            button.setText(text(f"review.button.{name}"))
            button.setToolTip(f"{text(f'review.tip.{name}')}  {key_words(KEYS[name])}")
            button.setIcon(icon(_ICONS[name], theme.on_accent if name == "pdf" else theme.text, theme.text_faint))
            button.setEnabled(name in ("open", "folder") or (run is not None and (name != "replay" or has_moment)))
        if run is None:
            self._title.setText(text("review.title"))
            self._facts.setText(text("review.empty"))
            for part in (self._total, self._warning):
                part.setText("")
            self.carried.setText("")
            self.carried.setEnabled(False)
            return
        score = run.review.score
        self._title.setText(text("review.title_of", title=said_here(run.review.scenario.title, text)))
        self._facts.setText(drill_words(run, text))
        self._total.setText(
            text("review.total", points=number(score.points), of=number(score.of), share=share_words(score.share))
        )
        self._warning.setText(text("aar.other_version") if score.is_other_version else "")
        self.carried.setText(text("review.carried" if open_actions else "review.nothing_carried", count=open_actions))
        self.carried.setEnabled(open_actions > 0)
        self.carried.setIcon(icon("warning" if open_actions else "check", theme.warn if open_actions else theme.ok))


class ReviewFoot(QWidget):
    """One line at the bottom: what came of the last thing, or what is being done, how far, and the way to give it up.
    Its room is kept, so that nothing moves when work begins or ends."""

    cancelled = Signal()

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._said = ElidedLabel(tone="dim", parent=self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(place.look.px(180), place.look.px(10))
        self._bar.setObjectName("review_progress")
        self.cancel = QPushButton(self)
        self.cancel.setObjectName("review_cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 8)
        row.addWidget(self._said, 1)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        self._words = ""
        self.cancel.clicked.connect(self.cancelled)
        self.end()

    def say(self, tone: str, words: str) -> None:
        set_tone(self._said, tone)
        self._said.setText(words)

    @property
    def said(self) -> str:
        return self._said.text()

    def begin(self, words: str) -> None:
        self._words = words
        self.say("dim", words)
        self._bar.setRange(0, 0)
        self._show(is_running=True)

    def count(self, done: int, of: int) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)
        how_far = f"{done} / {of}" if of else self._place.text("review.events_read", count=done) if done else ""
        self.say("dim", f"{self._words}  {how_far}")

    def end(self) -> None:
        self._bar.setRange(0, 1)
        self._bar.reset()
        self.say("dim", "")
        self._show(is_running=False)

    def _show(self, *, is_running: bool) -> None:
        self.cancel.setText(self._place.text("review.cancel"))
        self._bar.setEnabled(is_running)
        self.cancel.setEnabled(is_running)
