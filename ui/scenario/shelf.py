"""The list of scenarios: those that came with the product and the trainer's own."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from console.scenario.library import Shelved
from ui.scenario.sense import Sense
from ui.widgets.labels import label
from ui.widgets.row import row_of

COLUMNS = ("title", "whose", "length", "injects", "file")
DOES = ("open", "copy", "new", "file", "take_in", "trash")
KEYS = {"copy": "Ctrl+D", "new": "Ctrl+N", "file": "Ctrl+O", "take_in": "Ctrl+I", "trash": "Del"}


class Shelf(QWidget):
    """`asked` carries what is wanted (one of DOES) and the scenario that is chosen, or None."""

    asked = Signal(str, object)

    def __init__(self, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self._sense = sense
        self._shown: tuple[Shelved, ...] = ()
        self.table = self._make_table()
        self._note = label(sense.text("scenario.shelf_note"), tone="dim", wraps=True, parent=self)
        self.buttons: dict[str, QPushButton] = {}
        for name in DOES:
            self.buttons[name] = button = QPushButton(sense.text(f"scenario.shelf.{name}"), self)
            button.setObjectName(f"scenario_{name}")
            button.clicked.connect(lambda _=False, name=name: self._ask(name))
            if name in KEYS:
                button.setToolTip(f"{button.text()} ({KEYS[name]})")
                keys = QShortcut(QKeySequence(KEYS[name]), self)
                keys.activated.connect(button.click)
        self.buttons["open"].setProperty("tone", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        left, right = [self.buttons[name] for name in DOES[:2]], [self.buttons[name] for name in DOES[2:]]
        column.addWidget(self._note)
        column.addWidget(self.table, 1)
        column.addLayout(row_of(*left, None, *right))
        self._choose()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS), self)
        table.setObjectName("scenario_shelf")
        table.setAccessibleName(self._sense.text("scenario.shelf_head"))
        table.setHorizontalHeaderLabels([self._sense.text(f"scenario.shelf_column.{name}") for name in COLUMNS])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate((170, 110, 110, 260), start=1):
            header.resizeSection(column, self._sense.look.px(width))
        table.activated.connect(self._open)
        table.itemSelectionChanged.connect(self._choose)
        return table

    def show_all(self, shelved: tuple[Shelved, ...], chosen: Path | None = None) -> None:
        """Without `chosen` the choice stays on the same one."""
        before = self.chosen
        wanted = chosen or (before.path if before is not None else None)
        self._shown = shelved
        self.table.setRowCount(len(shelved))
        for at, each in enumerate(shelved):
            for column, words in enumerate(self._cells(each)):
                self.table.setItem(at, column, QTableWidgetItem(words))
        paths = [each.path for each in shelved]
        if shelved:
            self.table.selectRow(paths.index(wanted) if wanted in paths else 0)
        self._choose()

    def _cells(self, each: Shelved) -> tuple[str, ...]:
        text = self._sense.text
        whose = text("scenario.shipped" if each.is_shipped else "scenario.own")
        if each.has_draft:
            whose = f"{whose} · {text('scenario.has_draft')}"
        if each.title is None:
            return text("scenario.unreadable"), whose, "", "", each.path.name
        length = text("scenario.minutes", count=f"{each.length_min:g}")
        return self._sense.said(each.title), whose, length, str(each.injects), each.path.name

    @property
    def chosen(self) -> Shelved | None:
        rows = self.table.selectionModel().selectedRows() if self.table.selectionModel() is not None else []
        at = rows[0].row() if rows else -1
        return self._shown[at] if 0 <= at < len(self._shown) else None

    def _choose(self) -> None:
        chosen = self.chosen
        if not hasattr(self, "buttons"):
            return
        self.buttons["open"].setEnabled(chosen is not None)
        self.buttons["copy"].setEnabled(chosen is not None and chosen.title is not None)
        self.buttons["trash"].setEnabled(chosen is not None and not chosen.is_shipped)

    def _open(self, _: QModelIndex) -> None:
        self._ask("open")

    def _ask(self, name: str) -> None:
        if self.buttons[name].isEnabled():
            self.asked.emit(name, self.chosen)
