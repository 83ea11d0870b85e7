"""The units as rows of a table. Rows follow the PositionTable and are announced one by one, never reset by news."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from comms.domain.ids import UnitId
from comms.domain.unit import UnitStatus
from console.store.notices import Changed, Notice, PositionsMoved, Reset
from console.store.store import Store
from ui.text import Texts
from ui.watch import follow
from ui.words import distance, short_age

STATUS, NAME, DISTANCE, BATTERY, AGE = range(5)
HEADERS = ("status", "name", "distance", "battery", "age")
UNIT_ID_ROLE = int(Qt.ItemDataRole.UserRole)
STATUS_ROLE = UNIT_ID_ROLE + 1
SORT_ROLE = UNIT_ID_ROLE + 2
FIND_ROLE = UNIT_ID_ROLE + 3
"""What the search field looks in, case folded."""
FLUSH_MS = 500
"""Positions are shown at most so often: a list is read, not watched."""
AGEING_MS = 5_000
_AnyIndex = QModelIndex | QPersistentModelIndex


class UnitsModel(QAbstractTableModel):
    """Distances are from `set_reference`, taken at that moment: the list does not stir while a unit walks."""

    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self._unit_ids: list[UnitId] = []
        self._rows: dict[UnitId, int] = {}
        self._moved: set[int] = set()
        self._distances: NDArray[np.float64] = np.zeros(0)
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)
        self._flush.setInterval(FLUSH_MS)
        self._flush.timeout.connect(self._announce_moved)
        self._ageing = QTimer(self)
        self._ageing.setInterval(AGEING_MS)
        self._ageing.timeout.connect(self._announce_ages)
        self._ageing.start()
        text.changed.connect(self._announce_all)
        follow(self, store, self._on_notice)
        self._refill()

    # --- reading --------------------------------------------------------------------------------------

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._unit_ids)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def row_of(self, unit_id: UnitId) -> int | None:
        return self._rows.get(unit_id)

    def unit_at(self, row: int) -> UnitId:
        return self._unit_ids[row]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(f"units.column.{HEADERS[section]}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text("units.sort_tip")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section in (STATUS, NAME) else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        unit_id = self._unit_ids[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(unit_id, index.column())
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._words(unit_id, index.column())
            case _ if role == UNIT_ID_ROLE:
                return unit_id
            case _ if role == STATUS_ROLE:
                return self._store.picture.units[unit_id].shown_status
            case _ if role == SORT_ROLE:
                return self._sort_key(unit_id, index)
            case _ if role == FIND_ROLE:
                unit = self._store.picture.units[unit_id].unit
                return f"{unit.name} {unit.id} {unit.phone}".casefold()
            case _:
                return None

    def _words(self, unit_id: UnitId, column: int) -> str:
        state = self._store.picture.units[unit_id]
        row = self._store.positions.row_of(unit_id)
        match column:
            case 0:
                return self._text(f"status.{state.shown_status.value}")
            case 1:
                return state.unit.name
            case 2:
                return distance(self._distance(unit_id), self._text)
            case 3:
                battery = float(self._store.positions.battery_pct[row]) if row is not None else float("nan")
                return "" if np.isnan(battery) else f"{battery:.0f}%"
            case _:
                at = float(self._store.positions.at[row]) if row is not None else float("nan")
                return short_age(self._store.server_now() - at, self._text)

    def _distance(self, unit_id: UnitId) -> float:
        row = self._rows[unit_id]
        return float(self._distances[row]) if row < len(self._distances) else float("nan")

    def _sort_key(self, unit_id: UnitId, index: _AnyIndex) -> Any:
        state = self._store.picture.units[unit_id]
        row = self._store.positions.row_of(unit_id)
        match index.column():
            case 0:
                return tuple(UnitStatus).index(state.shown_status)
            case 1:
                return state.unit.no
            case 2:
                metres = self._distance(unit_id)
                return float("inf") if np.isnan(metres) else metres
            case 3:
                battery = float(self._store.positions.battery_pct[row]) if row is not None else float("nan")
                return 101.0 if np.isnan(battery) else battery
            case _:
                at = float(self._store.positions.at[row]) if row is not None else float("nan")
                return float("inf") if np.isnan(at) else -at

    # --- following ------------------------------------------------------------------------------------

    def set_reference(self, lat: float, lon: float) -> None:
        """Measure every unit's distance from here, as they stand now."""
        measured = self._store.positions.distances_m(lat=lat, lon=lon)
        rows = [self._store.positions.row_of(unit_id) for unit_id in self._unit_ids]
        self._distances = np.array([np.nan if row is None else measured[row] for row in rows])
        self._announce(0, len(self._unit_ids) - 1, DISTANCE, DISTANCE)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="unit", id=unit_id):
                self._follow_unit(UnitId(unit_id))
            case PositionsMoved(rows):
                positions = self._store.positions
                for unit_id in positions.unit_ids(rows):
                    row = self._rows.get(unit_id)
                    if row is not None:
                        self._moved.add(row)
                if not self._flush.isActive():
                    self._flush.start()
            case Reset():
                self.beginResetModel()
                self._refill()
                self.endResetModel()
            case _:
                pass

    def _follow_unit(self, unit_id: UnitId) -> None:
        row = self._rows.get(unit_id)
        if row is None:
            row = len(self._unit_ids)
            self.beginInsertRows(QModelIndex(), row, row)
            self._unit_ids.append(unit_id)
            self._rows[unit_id] = row
            self.endInsertRows()
        else:
            self._announce(row, row, STATUS, AGE)

    def _refill(self) -> None:
        """A snapshot replaced the picture: the only reset there is."""
        self._unit_ids = sorted(self._store.picture.units, key=self._number)
        self._rows = {unit_id: row for row, unit_id in enumerate(self._unit_ids)}
        self._distances = np.zeros(0)
        self._moved.clear()

    def _number(self, unit_id: UnitId) -> int:
        return self._store.picture.units[unit_id].unit.no

    def _announce_moved(self) -> None:
        rows = np.array(sorted(self._moved), np.intp)
        self._moved.clear()
        for run in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1):
            if len(run):
                self._announce(int(run[0]), int(run[-1]), BATTERY, AGE)

    def _announce_ages(self) -> None:
        self._announce(0, len(self._unit_ids) - 1, AGE, AGE)

    def _announce_all(self) -> None:
        self._announce(0, len(self._unit_ids) - 1, STATUS, AGE)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HEADERS) - 1)

    def _announce(self, first: int, last: int, left: int, right: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, left), self.index(last, right))
