"""What is on the sheet: choices, the table, charts, findings or the cases of a figure, the officer's words."""

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from comms.domain.assessment import Dimension
from comms.domain.bulletin import Span
from ui.bulletin.table import COUNTS, RATES, FigureTable
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of

BUTTONS = (
    *("earlier", "later", "refresh", "close", "pdf", "xlsx"),
    *("more", "satisfied", "dissatisfied", "go", "findings"),
)
DIMENSIONS = tuple(by for by in Dimension if by is not Dimension.WHOLE)


class ChartPicture(QLabel):
    clicked = Signal(float)
    """How far down, as a share of its height."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(event.position().y() / max(1, self.height()))


class BulletinFace(QWidget):
    """Buttons by name; whoever owns the face connects them."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._title = label(tone="title", parent=self)
        self.spans = Choices(tuple(span.value for span in Span), "bulletin_span", text, self)
        self.spans.choose(Span.WEEK.value)
        self.first, self.last = self._date("first"), self._date("last")
        self.by = QComboBox(self)
        self.by.setObjectName("bulletin_by")
        for by in DIMENSIONS:
            self.by.addItem("", by)
        self.period = ElidedLabel(tone="dim", parent=self)
        self.model = FigureTable(look, text, self)
        self.table = self._table()
        self.bars, self.trends = self._chart("bars"), self._chart("trends")
        self.side_head = label(tone="head", parent=self)
        self.cases = LinesModel(self)
        self.cases_view: QListView = lines_view(self.cases, look, self)
        self.heading = QLineEdit(self)
        self.words = QPlainTextEdit(self)
        self.words.setTabChangesFocus(True)
        self.buttons = {name: self._button(name) for name in BUTTONS}
        self._lay_out()

    def _date(self, name: str) -> QDateEdit:
        field = QDateEdit(self)
        field.setObjectName(f"bulletin_{name}")
        field.setDisplayFormat("yyyy-MM-dd")
        field.setCalendarPopup(True)
        field.setDate(QDate.currentDate())
        return field

    def _table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("bulletin_table")
        table.setModel(self.model)
        table.setTabKeyNavigation(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._look.px(26))
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        widths = (44, 0, *(62,) * len(COUNTS), *(84,) * len(RATES), 70, 70)
        for column, width in enumerate(widths):
            if width:
                table.setColumnWidth(column, self._look.px(width))
        return table

    def _chart(self, name: str) -> ChartPicture:
        chart = ChartPicture(self)
        chart.setObjectName(f"bulletin_{name}")
        chart.setAlignment(Qt.AlignmentFlag.AlignCenter)
        chart.setFixedSize(self._look.px(340), self._look.px(206))
        return chart

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"bulletin_{name}")
        tones = {"pdf": "primary", "earlier": "flat", "later": "flat", "close": "flat", "findings": "flat"}
        button.setProperty("tone", tones.get(name, ""))
        return button

    def _lay_out(self) -> None:
        b = self.buttons
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(row_of(self._title, None, b["refresh"], b["close"]))
        days = (self.first, self.last)
        column.addLayout(row_of(self.spans, b["earlier"], b["later"], *days, self.period, self.by))
        column.addWidget(self.table, 3)
        beneath = QHBoxLayout()
        beneath.addWidget(self.bars)
        beneath.addWidget(self.trends)
        side = QVBoxLayout()
        side.addLayout(row_of(self.side_head, None, *(b[name] for name in BUTTONS[6:])))
        side.addWidget(self.cases_view, 1)
        beneath.addLayout(side, 1)
        column.addLayout(beneath, 2)
        foot = QHBoxLayout()
        foot.addWidget(self.heading, 2)
        foot.addWidget(self.words, 3)
        foot.addWidget(b["xlsx"])
        foot.addWidget(b["pdf"])
        column.addLayout(foot)
        self.words.setFixedHeight(self._look.px(50))

    @property
    def dimension(self) -> Dimension:
        return Dimension(self.by.currentData())

    def show_cases(self, is_shown: bool) -> None:
        self.buttons["findings"].setVisible(is_shown)

    def retranslate(self) -> None:
        text = self._text
        self._title.setText(text("bulletin.title"))
        self.spans.retranslate()
        for index, by in enumerate(DIMENSIONS):
            self.by.setItemText(index, text(f"bulletin.by.{by.value}"))
        self.by.setAccessibleName(text("bulletin.by"))
        self.table.setAccessibleName(text("bulletin.title"))
        self.first.setAccessibleName(text("bulletin.first_day"))
        self.last.setAccessibleName(text("bulletin.last_day"))
        self.heading.setPlaceholderText(text("bulletin.heading"))
        self.words.setPlaceholderText(text("bulletin.words"))
        for name, button in self.buttons.items():
            button.setText(text(f"bulletin.button.{name}"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
