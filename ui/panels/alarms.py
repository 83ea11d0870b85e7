"""The alarm list: what the officer has to do something about, the load, and what is shelved."""

from PySide6.QtCore import QEvent, QItemSelection, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from comms.domain.alarm import OPEN_PHASES, SHELVED_PHASES, UNSEEN_PHASES, AlarmPriority
from comms.domain.ids import AlarmId
from console.store.store import Store
from ui.alarm.view import loudest
from ui.bell import Bell
from ui.controls import Controls
from ui.models.alarms import ROW_ROLE, AlarmsModel
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.alarm_delegate import AlarmDelegate
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import label
from ui.widgets.load_gauge import LoadGauge

SECTIONS = ("open", "shelved")
_BUTTONS = ("alarm_acknowledge", "alarm_shelve", "alarm_go", "alarm_false")


class AlarmsPanel(QWidget):
    """Nothing moves while the pointer or the keyboard is in the list. `unseenChanged` carries how many wait."""

    unseenChanged = Signal(int)

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        bell: Bell,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self._controls = controls
        self._own = controls.alarms.own
        self._selection = selection
        self._sound = bell.part("alarms")
        self._look = look
        self._text = text
        self._rung: AlarmPriority | None = None
        self._unseen = -1
        self.model = AlarmsModel(self._own, store, text, self)
        self.gauge = LoadGauge(look, text, self)
        self._sections = self._section_buttons()
        self._empty = label(tone="dim", wraps=True, parent=self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._view = self._list()
        self._buttons = [CommandButton(name, controls, text, look, self) for name in _BUTTONS]
        self._arrange()
        selection.alarmsChanged.connect(self._refresh_buttons)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._second.start()
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        self._own.changed.connect(self._on_changed)
        self._read()

    @property
    def view(self) -> QListView:
        return self._view

    def _section_buttons(self) -> QButtonGroup:
        group = QButtonGroup(self)
        for section in SECTIONS:
            button = QPushButton(self)
            button.setObjectName(f"alarms_{section}")
            button.setProperty("tone", "flat")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button)
        group.buttons()[0].setChecked(True)
        group.buttonClicked.connect(self._choose)
        return group

    def _list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("alarms")
        view.setModel(self.model)
        view.setItemDelegate(AlarmDelegate(self._store, self._look, self._text, view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().selectionChanged.connect(self._pick)
        view.doubleClicked.connect(self._go)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        return view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(4)
        column.addWidget(self.gauge)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 8, 0)
        row.setSpacing(2)
        for button in self._sections.buttons():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(CommandButton("alarm_rules", self._controls, self._text, self._look, self, tone="flat"))
        column.addLayout(row)
        column.addWidget(self._empty)
        column.addWidget(self._view, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 6, 0)
        foot.setSpacing(4)
        for command in self._buttons:
            foot.addWidget(command)
        column.addLayout(foot)

    # --- the officer's hand -----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Enter | QEvent.Type.Leave | QEvent.Type.FocusIn | QEvent.Type.FocusOut:
                is_in = event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn)
                self.model.hold(is_in or self._view.hasFocus() or self._is_pointed_at(event.type()))
            case QEvent.Type.KeyPress if watched is self._view:
                assert isinstance(event, QKeyEvent)
                return self._take_key(event)
            case _:
                pass
        return False

    def _is_pointed_at(self, kind: QEvent.Type) -> bool:
        return kind is not QEvent.Type.Leave and self._view.viewport().underMouse()

    def _take_key(self, event: QKeyEvent) -> bool:
        """Single letters, because in this list nothing is typed."""
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        alarms = self._controls.alarms
        match event.key():
            case Qt.Key.Key_A:
                alarms.acknowledge()
            case Qt.Key.Key_S if alarms.is_shelved:
                alarms.unshelve()
            case Qt.Key.Key_S if alarms.can_shelve:
                alarms.shelve()
            case Qt.Key.Key_F:
                alarms.mark_false()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                alarms.go()
            case _:
                return False
        return True

    def _go(self) -> None:
        self._controls.alarms.go()

    def _choose(self, button: QPushButton) -> None:
        self.model.show_section(button.objectName().removeprefix("alarms_"))
        self._count()

    def _pick(self, _new: QItemSelection, _old: QItemSelection) -> None:
        picked: list[AlarmId] = []
        for index in self._view.selectionModel().selectedIndexes():
            picked += index.data(ROW_ROLE).ids
        self._selection.set_alarms(tuple(picked))

    # --- what happens -------------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self._count()
        self._ring()

    def _tick(self) -> None:
        """Time alone ends a flood and shortens a shelf."""
        self.model.refresh()
        self.gauge.show_load(self._own.load)
        self._view.viewport().update()

    def _ring(self) -> None:
        """One tone, of the loudest alarm nobody has acknowledged; none when everything was seen."""
        wanted = loudest(self._own.states.values())
        if wanted is not self._rung:
            self._rung = wanted
            self._sound(wanted)

    def _refresh_buttons(self) -> None:
        for button in self._buttons:
            button.refresh()

    def _count(self) -> None:
        self._refresh_buttons()
        states = self._own.states.values()
        counts = {
            "open": sum(state.phase in OPEN_PHASES for state in states),
            "shelved": sum(state.phase in SHELVED_PHASES for state in states),
        }
        for section, button in zip(SECTIONS, self._sections.buttons(), strict=True):
            button.setText(self._text(f"alarm.section.{section}", count=counts[section]))
        self._empty.setVisible(self.model.rowCount() == 0)
        self._empty.setText(self._text("alarm.empty"))
        self.gauge.show_load(self._own.load)
        unseen = sum(state.phase in UNSEEN_PHASES for state in states)
        if unseen != self._unseen:
            self._unseen = unseen
            self.unseenChanged.emit(unseen)

    @property
    def unseen(self) -> int:
        return self._unseen

    def _read(self) -> None:
        self._count()
        self._view.doItemsLayout()
