"""What a print of the map is to be: PDF on which paper, or a picture and how fine. Says how far it has come."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.map.print_page import Paper
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label

PDF, PNG = "pdf", "png"
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class PrintWish:
    format: str = PDF
    paper: Paper = Paper.A4
    is_landscape: bool = True
    ratio: int = 2
    """Pixels of a picture for each of the screen's, in each direction."""
    title: str = ""


class MapPrintDialog(QDialog):
    """`wanted` carries a PrintWish; `given_up` says that the officer no longer wants it."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(self, wish: PrintWish, *, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("map_print")
        self._text = text
        self.setWindowTitle(text("print.title"))
        self.format = Choices((PDF, PNG), "print.format", text, self)
        self.paper = Choices(tuple(paper.value for paper in Paper), "print.paper", text, self)
        self.turn = Choices(("landscape", "portrait"), "print.turn", text, self)
        self.ratio = Choices(("1", "2"), "print.ratio", text, self)
        self.heading = QLineEdit(wish.title, self)
        self.heading.setMaxLength(60)
        self.said = label(text("print.hint"), tone="dim", wraps=True, parent=self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, _WHOLE)
        self.progress.setTextVisible(False)
        self.save = QPushButton(text("print.save"), self)
        self.save.setObjectName("print_save")
        self.save.setProperty("tone", "primary")
        self.cancel = QPushButton(text("print.cancel"), self)
        self._arrange()
        self._show_wish(wish)
        look.dress(self)
        self.setFixedWidth(look.px(460))
        self.progress.setFixedHeight(look.px(8))
        self.said.setMinimumHeight(look.px(38))
        self._wire()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        form = QFormLayout()
        form.setSpacing(10)
        fields = {"format": self.format, "paper": self.paper, "turn": self.turn, "ratio": self.ratio}
        for name, field in {**fields, "heading": self.heading}.items():
            form.addRow(label(self._text(f"print.{name}"), tone="dim", parent=self), field)
        column.addLayout(form)
        column.addWidget(self.said)
        column.addWidget(self.progress)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        column.addLayout(row)

    def _wire(self) -> None:
        self.format.changed.connect(self._read_format)
        self.save.clicked.connect(self._want)
        self.cancel.clicked.connect(self.close)
        self.cancel.setAutoDefault(False)
        self.save.setDefault(True)

    def _show_wish(self, wish: PrintWish) -> None:
        self.format.choose(wish.format)
        self.paper.choose(wish.paper.value)
        self.turn.choose("landscape" if wish.is_landscape else "portrait")
        self.ratio.choose(str(wish.ratio))
        self._read_format()

    def _read_format(self) -> None:
        """What does not belong to the format stays in its place, without effect."""
        is_pdf = self.format.chosen == PDF
        for field in (self.paper, self.turn, self.heading):
            field.setEnabled(is_pdf)
        self.ratio.setEnabled(not is_pdf)

    @property
    def wish(self) -> PrintWish:
        return PrintWish(
            format=self.format.chosen,
            paper=Paper(self.paper.chosen),
            is_landscape=self.turn.chosen == "landscape",
            ratio=int(self.ratio.chosen),
            title=self.heading.text().strip(),
        )

    def _want(self) -> None:
        self.wanted.emit(self.wish)

    def show_busy(self, is_busy: bool) -> None:
        for field in (self.format, self.paper, self.turn, self.ratio, self.heading, self.save):
            field.setEnabled(not is_busy)
        self.cancel.setText(self._text("print.stop" if is_busy else "print.cancel"))
        self.progress.setValue(0)
        if is_busy:
            self.cancel.setFocus()
        else:
            self._read_format()
        self.say(self._text("print.hint"))

    def show_progress(self, share: float) -> None:
        self.progress.setValue(round(share * _WHOLE))
        self.say(self._text("print.drawing", share=round(share * _WHOLE)))

    def say(self, words: str) -> None:
        self.said.setText(words)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.given_up.emit()
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc gives up like the button: a dialog closes here, for good."""
        self.close()
