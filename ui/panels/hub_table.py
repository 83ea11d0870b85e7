"""The hub's table: columns that fit its width, the officer's hand on it, and rows that stay where one looks."""

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from comms.domain.ids import IncidentId
from ui.models.hub import HubModel
from ui.models.hub_columns import CASE_STAGES_FROM, STAGES
from ui.models.hub_order import AGE, CLOCK, COLUMNS, GRID, KIND, PRIORITY, SOURCE, STAGE, TEXT, UNITS
from ui.text import Texts
from ui.theme import Look
from ui.widgets.hub_delegate import HubDelegate

WIDE_FROM_PX = 620
"""From here on there is room for a column for everything."""
_ONLY_WIDE = (TEXT, GRID, SOURCE, STAGE, UNITS, AGE)
_FLAG = QItemSelectionModel.SelectionFlag


class HubTable(QTableView):
    """`opened`, `cased` (its case is wanted) and `went` are about the current incident, `chosen` about all picked."""

    opened = Signal()
    cased = Signal()
    went = Signal()
    chosen = Signal()

    def __init__(self, model: HubModel, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hub")
        self._hub = model
        self._look = look
        self._text = text
        self._is_following = False
        self._kept: tuple[IncidentId | None, int] = (None, 0)
        """The incident that stays where it is while rows come and go, and its distance from the top in pixels."""
        self._picked: tuple[IncidentId, ...] = ()
        self.setModel(model)
        self._delegate = HubDelegate(model, look, self)
        self.setItemDelegate(self._delegate)
        self._dress()
        self.selectionModel().selectionChanged.connect(self._pick)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self.cased)
        model.replacing.connect(self._keep_place)
        model.replaced.connect(self._go_back)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._second.start()

    def _dress(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSortingEnabled(True)
        self.sortByColumn(AGE, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSelectionModel(QItemSelectionModel(self._hub, self))  # else every frame asks for every picked row
        header.setMinimumSectionSize(16)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    # --- what fits ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Wide enough for what is usual; what is left is the words'. A narrow list says the rest on a second line."""
        look, text = self._look, self._text
        is_narrow = self.width() < look.px(WIDE_FROM_PX)
        self._delegate.is_narrow = is_narrow
        cells = QFontMetrics(look.font(px=12))
        usual = {
            PRIORITY: look.px(14),
            CLOCK: cells.horizontalAdvance(text("hub.over", time="88:88:88")),
        }
        if not is_narrow:
            stages = max(cells.horizontalAdvance(text(f"hub.stage.{stage}")) for stage in STAGES[:CASE_STAGES_FROM])
            ages = cells.horizontalAdvance(text("age.short.minutes", count=88))
            usual |= {KIND: look.px(112), GRID: look.px(88), SOURCE: look.px(84)}
            usual |= {STAGE: stages, UNITS: look.px(88), AGE: ages}
        header = self.horizontalHeader()
        for column in _ONLY_WIDE:
            self.setColumnHidden(column, is_narrow)
        stretched = KIND if is_narrow else TEXT
        for column in (KIND, TEXT):
            mode = QHeaderView.ResizeMode.Stretch if column == stretched else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
        for column, width in usual.items():
            head = 0 if column == PRIORITY else cells.horizontalAdvance(text(f"hub.column.{COLUMNS[column]}"))
            header.resizeSection(column, max(width, head + look.px(14)) + look.px(10))
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_px())

    def _tick(self) -> None:
        """Ages and clocks go on: only what can be seen is painted again."""
        if self.isVisible():
            first = CLOCK if self.isColumnHidden(AGE) else AGE
            left, viewport = self.horizontalHeader().sectionViewportPosition(first), self.viewport()
            viewport.update(QRect(left, 0, viewport.width() - left, viewport.height()))

    # --- the officer's hand ---------------------------------------------------------------------------

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._hub.hold(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hub.hold(self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._hub.hold(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._hub.hold(self.underMouse())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Single letters too, because in this list nothing is typed."""
        plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.modifiers() not in plain or not self._take_key(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _take_key(self, key: Qt.Key) -> bool:
        head = self._head_at_current()
        match key:
            case Qt.Key.Key_N:
                self._hub.take_in()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if head is not None:
                self._fold(head, None)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit()
            case Qt.Key.Key_Left | Qt.Key.Key_Right if head is not None:
                self._fold(head, key == Qt.Key.Key_Left)
            case _:
                return False
        return True

    def _head_at_current(self) -> int | None:
        """The row of a group's head, if the keyboard is on one."""
        place = self.currentIndex().row()
        return place if place >= 0 and self._hub.known_at(place) < 0 else None

    def _fold(self, place: int, is_folded: bool | None) -> None:
        head = self._hub.known_at(place)
        self._hub.fold(place, is_folded)
        found = self._hub.arrangement.shown.tolist().index(head)
        self.setCurrentIndex(self._hub.index(found, KIND))

    def _clicked(self) -> None:
        head = self._head_at_current()
        if head is not None:
            self._fold(head, None)
        elif len(self._picked) == 1:
            self.went.emit()

    # --- picking --------------------------------------------------------------------------------------

    @property
    def picked(self) -> tuple[IncidentId, ...]:
        """In the order they are listed."""
        return self._picked

    def _pick(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        if not self._is_following:
            picked = self.selectionModel().selection()
            pieces = sorted((picked.at(one).top(), picked.at(one).bottom()) for one in range(picked.count()))
            found = (self._hub.incident_at(row) for top, bottom in pieces for row in range(top, bottom + 1))
            self._picked = tuple(one for one in found if one is not None)
            self.chosen.emit()

    def show_picked(self, incident_id: IncidentId) -> bool:
        """Pick it, bring it into sight and give it the keyboard; False when it is not listed."""
        place = self._hub.place_of(incident_id)
        if place is None:
            return False
        index = self._hub.index(place, KIND)
        self.selectionModel().setCurrentIndex(index, _FLAG.ClearAndSelect | _FLAG.Rows)
        self.scrollTo(index)
        self.setFocus()
        return True

    def _keep_place(self) -> None:
        current, height = self.currentIndex(), self.viewport().height()
        is_looked_at = current.isValid() and bool(self._picked)
        is_in_sight = is_looked_at and 0 <= self.rowViewportPosition(current.row()) < height
        place = current.row() if is_in_sight else self.rowAt(0)
        if place < 0 or (not is_in_sight and self.verticalScrollBar().value() == 0):
            self._kept = (None, 0)  # at the top one stays at the top
        else:
            self._kept = (self._hub.incident_at(place), self.rowViewportPosition(place))

    def _go_back(self) -> None:
        """The picked ones are still picked, and the one that was looked at stands where it stood."""
        self._is_following = True
        places = [place for place in map(self._hub.place_of, self._picked) if place is not None]
        chosen, model = QItemSelection(), self.selectionModel()
        for place in places:
            index = self._hub.index(place, KIND)
            chosen.select(index, index)
        if places and not self.currentIndex().isValid():
            model.setCurrentIndex(self._hub.index(places[0], KIND), _FLAG.NoUpdate)
        model.select(chosen, _FLAG.Clear | _FLAG.Select | _FLAG.Rows)
        self._is_following = False
        kept, top_px = self._kept
        stands_at = self._hub.place_of(kept) if kept is not None else None
        if stands_at is not None:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(stands_at) - top_px)
