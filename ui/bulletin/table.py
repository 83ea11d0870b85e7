"""The table of figures: a row for each department, place or person, every figure a cell that opens its cases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from comms.domain.assessment import PARTS, Figure, Figures, Rate
from comms.domain.bulletin import Row, change, ranks
from ui.bulletin.words import figure_name, percent, points
from ui.text import Texts
from ui.theme import Look

_Index = QModelIndex | QPersistentModelIndex
COUNTS = tuple(Figure)
RATES = tuple(Rate)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its name and its place among the others; none where it is not ranked."""

    row: Row
    name: str
    rank: int | None
    is_total: bool = False


def ranked(rows: tuple[Row, ...], name: Callable[[str], str], *, is_ranked: bool) -> tuple[Shown, ...]:
    """The best first by the rate of cases closed in time, then by how many were due; equals share their place."""
    places = ranks({row.key: row.now.pct(Rate.ON_TIME) for row in rows}) if is_ranked else {}
    last = len(rows) + 1
    order = sorted(rows, key=lambda row: (places.get(row.key, last), -row.now.due, -row.now.accepted, row.key))
    return tuple(Shown(row, name(row.key), places.get(row.key)) for row in order)


class FigureTable(QAbstractTableModel):
    """Columns: place, name, the counts, the rates, and the change of the rate in time against both other periods."""

    def __init__(self, look: Look, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.rows: tuple[Shown, ...] = ()

    def show(self, rows: tuple[Shown, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 2 + len(COUNTS) + len(RATES) + 2

    def figure_at(self, index: _Index) -> Figure | None:
        """What its cell counts; of a rate, what it is a part of."""
        column = index.column() - 2
        if 0 <= column < len(COUNTS):
            return COUNTS[column]
        column -= len(COUNTS)
        return PARTS[RATES[column]][0] if 0 <= column < len(RATES) else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        return heads(self._text)[section]

    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        shown = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cells(shown)[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return f"{shown.name}  {heads(self._text)[index.column()]}  {cells(shown)[index.column()]}"
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if index.column() == 1 else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(shown, index.column())
            case _:
                return None

    def _colour(self, shown: Shown, column: int) -> QColor | None:
        """Late ones and falls are red; words and numbers say the same."""
        theme = self._look.theme
        if column == 2 + COUNTS.index(Figure.LATE) and shown.row.now.late:
            return QColor(theme.danger)
        if column >= 2 + len(COUNTS) + len(RATES):
            value = _changes(shown.row)[column - 2 - len(COUNTS) - len(RATES)]
            if value:
                return QColor(theme.danger if value < 0 else theme.ok)
        return None


def heads(text: Texts) -> tuple[str, ...]:
    told: tuple[Figure | Rate, ...] = (*COUNTS, *RATES)
    names = (figure_name(each, text) for each in told)
    return (text("bulletin.rank"), text("bulletin.name"), *names, text("bulletin.change"), text("bulletin.long_change"))


def cells(shown: Shown) -> tuple[str, ...]:
    now: Figures = shown.row.now
    rank = "" if shown.is_total else "—" if shown.rank is None else str(shown.rank)
    counts = (str(now.of(figure)) for figure in COUNTS)
    rates = (percent(now.pct(rate)) for rate in RATES)
    return (rank, shown.name, *counts, *rates, *map(points, _changes(shown.row)))


def _changes(row: Row) -> tuple[float | None, float | None]:
    return change(row.now, row.before, Rate.ON_TIME), change(row.now, row.long_before, Rate.ON_TIME)
