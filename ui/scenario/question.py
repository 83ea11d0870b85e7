"""A question in its place: a line beneath the page with the answers beside it. Nothing above it moves."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.widgets.labels import label, set_tone

Answers = tuple[tuple[str, Callable[[], None]], ...]


class QuestionBar(QFrame):
    """Also tells what was done or went wrong, which is only taken note of (`seen`). Esc is the last answer."""

    def __init__(self, seen: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._seen = seen
        self.setObjectName("card")
        self._words = label(wraps=True, parent=self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.addWidget(self._words, 1)
        self.buttons: list[QPushButton] = []
        self._note: QPushButton | None = None
        self._is_passing = False
        self.hide()

    def ask(self, words: str, answers: Answers, *, tone: str = "warn") -> None:
        """The first answer is the one that loses nothing and has the keyboard."""
        self.clear()
        self._is_passing = tone == "dim"
        self._words.setText(words)
        set_tone(self._words, tone)
        for at, (name, answer) in enumerate(answers):
            button = QPushButton(name, self)
            button.setProperty("tone", "primary" if at == 0 else "flat")
            button.clicked.connect(self.clear)
            button.clicked.connect(answer)
            self.buttons.append(button)
            self._row.addWidget(button)
        self.show()
        if self.buttons:
            self.buttons[0].setFocus()
        else:
            self._note = note = QPushButton(self._seen, self)
            note.setProperty("tone", "flat")
            note.clicked.connect(self.clear)
            self._row.addWidget(note)

    def give_up(self) -> None:
        """The last answer, if a question stands."""
        if self.isVisible():
            (self.buttons[-1].click if self.buttons else self.clear)()

    def pass_by(self) -> None:
        """Something else was done: what was only said in passing goes."""
        if self._is_passing:
            self.clear()

    def clear(self) -> None:
        for button in (*self.buttons, *((self._note,) if self._note is not None else ())):
            button.hide()
            button.deleteLater()
        self.buttons, self._note = [], None
        self.hide()
