"""The list of units: find, narrow down by status, pick; the picked one's card below."""

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from comms.domain.ids import UnitId
from comms.domain.unit import UnitStatus
from console.store.store import Store
from ui.controls import Controls
from ui.models.presence import Presence
from ui.models.unit_cells import AGE, BATTERY, DISTANCE, HEADERS, NAME, STATUS
from ui.models.units import UNIT_ID_ROLE, UnitsModel
from ui.panels.unit_card import UnitCard
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.status_chips import StatusChips
from ui.widgets.unit_delegates import ROW_PX, UnitCellDelegate

_REFILTER_MS = 5_000
_MORE = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class UnitsPanel(QWidget):
    """`contextWanted` carries the unit under a right click and the global position."""

    contextWanted = Signal(str, object)

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        presence: Presence,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._controls = controls
        self._selection = selection
        self._presence = presence
        self._look = look
        self._text = text
        self._is_following = False
        self._model = UnitsModel(store, text, self)
        self._find = QLineEdit(self)
        self._find.setObjectName("find_unit")
        self._find.setClearButtonEnabled(True)
        self._found = label(tone="dim", parent=self)
        self.chips = StatusChips(look, text, self)
        self._view = self._table()
        self._card = UnitCard(store=store, controls=controls, selection=selection, look=look, text=text, parent=self)
        self._arrange()
        self._connect()
        self._restyle()
        self._read()

    def _connect(self) -> None:
        self._find.textChanged.connect(self._model.set_words)
        self._find.returnPressed.connect(self._pick_first)
        self._find.installEventFilter(self)
        self.chips.changed.connect(self._narrow)
        self._refilter = QTimer(self)
        self._refilter.setInterval(_REFILTER_MS)
        self._refilter.timeout.connect(self._filter_again)
        self._refilter.start()
        self._presence.changed.connect(self._count)
        self._model.modelReset.connect(self._begin_anew)
        self._model.rowsInserted.connect(self._count)
        self._selection.unitsChanged.connect(self._show_selection)
        self._selection.placeChanged.connect(self._measure)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._restyle)

    @property
    def view(self) -> QTableView:
        return self._view

    @property
    def search_field(self) -> QLineEdit:
        return self._find

    def _table(self) -> QTableView:
        view = QTableView(self)
        view.setObjectName("units")
        view.setModel(self._model)
        view.setItemDelegate(UnitCellDelegate(self._model, self._look, view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setSortingEnabled(True)
        view.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setMouseTracking(True)
        view.setTabKeyNavigation(False)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._ask_context)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().selectionChanged.connect(self._pick)
        view.doubleClicked.connect(self._centre)
        return view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self._find, 1)
        top.addWidget(self._found)
        column.addLayout(top)
        column.addWidget(self.chips)
        column.addWidget(self._view, 1)
        column.addWidget(self._card)

    # --- showing --------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._find.setPlaceholderText(self._text("units.find"))
        self._fit_columns()
        self._count()

    def _count(self) -> None:
        self.chips.show_counts(self._presence.statuses)
        self._found.setText(self._text("units.found", count=self._model.rowCount(), total=self._model.total))

    def _restyle(self) -> None:
        look = self._look
        self._fit_columns()
        self._view.verticalHeader().setDefaultSectionSize(look.px(ROW_PX))
        self._view.viewport().update()

    def _fit_columns(self) -> None:
        """Wide enough for the header and for the longest that is usual, in the language of now."""
        look, text = self._look, self._text
        cells = QFontMetrics(look.font(px=12))
        statuses = max(cells.horizontalAdvance(text(f"status.{status.value}")) for status in UnitStatus)
        usual = {
            STATUS: look.px(15) + statuses,
            DISTANCE: cells.horizontalAdvance(text("distance.kilometres", count="88.8")),
            BATTERY: cells.horizontalAdvance("100%"),
            AGE: cells.horizontalAdvance(text("age.short.minutes", count=88)),
        }
        for column, width in usual.items():
            head = cells.horizontalAdvance(text(f"units.column.{HEADERS[column]}"))
            self._view.horizontalHeader().resizeSection(column, max(width, head) + look.px(12))

    def _filter_again(self) -> None:
        """Not while the officer's hand is on the list."""
        if not (self._view.underMouse() or self._view.hasFocus()):
            self._model.refilter()

    # --- picking --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the field goes on into the list."""
        is_down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if watched is self._find and is_down and event.type() is QEvent.Type.KeyPress:
            self._pick_first()
            self._view.setFocus()
            return True
        return super().eventFilter(watched, event)

    def _pick_first(self) -> None:
        if self._model.rowCount():
            self._view.setCurrentIndex(self._model.index(0, NAME))

    def _narrow(self) -> None:
        self._model.set_statuses(self.chips.chosen)

    def _pick(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        if not self._is_following:
            rows = self._view.selectionModel().selectedRows(NAME)
            self._is_following = True
            self._selection.set_units(tuple(UnitId(index.data(UNIT_ID_ROLE)) for index in rows))
            self._is_following = False

    def _show_selection(self) -> None:
        """Another part of the window picked: follow it and bring the first into sight."""
        if not self._is_following:
            self._mark_selection()
            for index in self._view.selectionModel().selectedRows(NAME)[:1]:
                self._view.scrollTo(index)

    def _begin_anew(self) -> None:
        """Other rows: the picked ones among them stay picked, and the officer's place in the list stays his."""
        self._mark_selection()
        self._count()

    def _mark_selection(self) -> None:
        self._is_following = True
        model = self._view.selectionModel()
        model.clearSelection()
        chosen = QItemSelection()
        for unit_id in self._selection.unit_ids:
            row = self._model.row_of(unit_id)
            if row is not None:
                index = self._model.index(row, NAME)
                chosen.select(index, index)
        model.select(chosen, _MORE)
        self._is_following = False

    def _measure(self) -> None:
        place = self._selection.place
        if place is not None:
            self._model.set_reference(place.lat, place.lon)

    def _centre(self) -> None:
        self._controls.centre_unit()

    def _ask_context(self, where: QPoint) -> None:
        index = self._view.indexAt(where)
        if index.isValid():
            self.contextWanted.emit(index.data(UNIT_ID_ROLE), self._view.viewport().mapToGlobal(where))
