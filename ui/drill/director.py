"""导调台: the drill in the hand of who directs it, beside the map. Who observes reads here, notes and rates."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from console.store.notices import Changed, DrillRead, Notice, Reset
from ui.drill.act_as import ActAs, people_of
from ui.drill.board import BoardView
from ui.drill.director_clock import ClockPart, keys_of
from ui.drill.director_injects import DELAYS_S, InjectsPart
from ui.drill.director_notes import NotesPart
from ui.drill.director_seats import SeatsPart
from ui.drill.director_words import expected_rows
from ui.drill.words import local, title_of
from ui.watch import follow
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.sheet_head import SheetHead
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

WIDE_PX, TICK_MS = 560, 1_000
TABS = ("injects", "expected", "notes", "seats", "checklist")


class DirectorSheet(Sheet):
    """Letters are its keys while it has the keyboard and nothing is being written."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.RIGHT)
        self._place = place
        self._store = place.store
        self._text = place.text
        self._head = SheetHead(
            "drill", place.look, place.text, self, title="drill.director", close="drill.button.close"
        )
        self._head.close_button.clicked.connect(self.dismiss)
        self.clock = ClockPart(place, self)
        self.injects = InjectsPart(place, self)
        self.expected = BoardView("drill_expected", (110, 0, 96), place.look, self)
        self.notes = NotesPart(place, self)
        self.seats = SeatsPart(place, self)
        self.checklist = QScrollArea(self)
        self.checklist.setWidgetResizable(True)
        self._lines: dict[str, QCheckBox] = {}
        self.act = ActAs(place.actions.acting_voice, place.store, place.acting, place.look, place.text, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for part in (self.injects, self.expected, self.notes, self.seats, self.checklist):
            self.tabs.addTab(part, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(self.clock)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.act)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._count_down)
        self._take_keys()
        place.text.changed.connect(self._retranslate)
        follow(self, place.store, self._on_notice)
        self._retranslate()

    def _take_keys(self) -> None:
        keys = keys_of(self.clock) | {
            "F": Triggered(self.injects.fire_now),
            "G": Triggered(self.injects.centre),
            "S": Triggered(self.injects.reason.setFocus),
            "O": Triggered(self.injects.other.setFocus),
            "N": Triggered(self.write_note),
            "B": Triggered(self.notes.bookmark),
        }
        for letter, seconds in zip("TYU", DELAYS_S.values(), strict=True):
            keys[letter] = Triggered(_Delay(self.injects, seconds))
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def wanted_width(self) -> int:
        return self._place.look.px(WIDE_PX)

    # --- opening ----------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.read()
        self.appear()
        self._tick.start()
        self.injects.story.setFocus()

    def write_note(self) -> None:
        """From anywhere: a note of now."""
        if not self.isVisible():
            self.open()
        self.tabs.setCurrentWidget(self.notes)
        self.notes.field.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)

    # --- showing ----------------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case DrillRead() | Reset() | Changed(noun="drill"):
                if self.isVisible():
                    self.read()
            case _:
                pass

    def read(self) -> None:
        scenario = self._store.drill.scenario
        title = title_of(self._store.picture.drill.state, self._text)
        self._head.where.setText(local(scenario.title, self._text) if scenario is not None else title)
        self.clock.read()
        self.notes.read()
        self.seats.read()
        self.act.setVisible(self._store.drill.is_trainer)
        self.act.show_people(people_of(scenario, self._store, self._text) if scenario is not None else ())
        self._list_checks()
        self._count_down()

    def _count_down(self) -> None:
        """What changes while time goes on."""
        self.injects.read()
        self.clock.read()
        self.expected.board.set_rows(expected_rows(self._store, self._text))

    def _list_checks(self) -> None:
        """Ticks are this desk's own: nothing follows from them."""
        scenario = self._store.drill.scenario
        lines = scenario.checklist if scenario is not None else ()
        if [line.id for line in lines] == list(self._lines) and self.checklist.widget() is not None:
            return
        within = QWidget()
        column = QVBoxLayout(within)
        self._lines = {line.id: QCheckBox(within) for line in lines}
        for box in self._lines.values():
            column.addWidget(box)
        column.addStretch(1)
        self.checklist.setWidget(within)
        self._name_checks()

    def _name_checks(self) -> None:
        scenario = self._store.drill.scenario
        for line in scenario.checklist if scenario is not None else ():
            time = self._text(f"drill.check.{line.time.value}")
            if line.id in self._lines:
                self._lines[line.id].setText(f"{time}  {local(line.text, self._text)}")

    def _retranslate(self) -> None:
        text = self._text
        for at, name in enumerate(TABS):
            self.tabs.setTabText(at, text(f"drill.tab.{name}"))
        heads = tuple(text(f"drill.column.{column}") for column in ("standing", "expected", "who"))
        self.expected.board.set_heads(heads)
        for part in (self.clock, self.injects, self.notes, self.seats):
            part.retranslate()
        self._name_checks()


class _Delay:
    def __init__(self, injects: InjectsPart, by_s: float) -> None:
        self._injects = injects
        self._by_s = by_s

    def __call__(self) -> None:
        self._injects.delay(self._by_s)
