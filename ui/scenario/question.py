"""A question in its place: a line over the page with the answers beside it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.widgets.labels import label, set_tone

Answers = tuple[tuple[str, Callable[[], None]], ...]


class QuestionBar(QFrame):
    """Also tells what went wrong, with nothing to answer. Esc is the last answer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._words = label(wraps=True, parent=self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.addWidget(self._words, 1)
        self.buttons: list[QPushButton] = []
        self.hide()

    def ask(self, words: str, answers: Answers, *, tone: str = "warn") -> None:
        """The first answer is the one that loses nothing and has the keyboard."""
        self.clear()
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

    def give_up(self) -> None:
        """The last answer, if a question stands."""
        if self.isVisible() and self.buttons:
            self.buttons[-1].click()

    def clear(self) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        self.hide()
