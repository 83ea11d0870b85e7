"""The story's time line: what is to come and what came, each looked at, fired, delayed or skipped by hand."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.drill_board import InjectPhase, InjectState
from comms.domain.inject import InjectId
from ui.drill.board import BoardView
from ui.drill.director_words import inject_rows, inject_told
from ui.drill.words import Stage, read_second, stage_of
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

DELAYS_S = {"30": 30.0, "60": 60.0, "300": 300.0}
_WIDTHS = (64, 96, 0)
_DONE = (InjectPhase.BEGUN, InjectPhase.FIRED, InjectPhase.SKIPPED)


class InjectsPart(QWidget):
    """Two lists: the story, and what is held in reserve. What is picked in either is shown below, with its buttons."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._store = place.store
        self._text = place.text
        self._drilling = place.actions.drilling
        self._picked: InjectId | None = None
        self.story = BoardView("drill_story", _WIDTHS, place.look, self)
        self.reserve = BoardView("drill_reserve", _WIDTHS, place.look, self)
        self._reserve_head = label(tone="head", parent=self)
        self.told = label(wraps=True, parent=self)
        self.told.setObjectName("drill_told")
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.fire, self.go_there, self.delay_other, self.skip = (QPushButton(self) for _ in range(4))
        for name, button in (
            ("fire", self.fire), ("centre", self.go_there), ("delay_other", self.delay_other), ("skip", self.skip),
        ):  # fmt: skip
            button.setObjectName(f"drill_{name}")
        self.fire.setProperty("tone", "primary")
        self.delays = {key: QPushButton(self) for key in DELAYS_S}
        for key, button in self.delays.items():
            button.setObjectName(f"drill_delay_{key}")
            button.clicked.connect(Triggered(partial(self.delay, DELAYS_S[key])))
        self.other, self.reason = QLineEdit(self), QLineEdit(self)
        self.other.setObjectName("drill_other")
        self.reason.setObjectName("drill_reason")
        self.reason.setMaxLength(1000)
        self._arrange()
        self._connect()
        self._restyle()
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.story, 1)
        column.addWidget(self._reserve_head)
        column.addWidget(self.reserve)
        column.addWidget(self.told)
        column.addLayout(row_of(self.fire, self.go_there, None, *self.delays.values()))
        rest = row_of(self.reason, self.skip, self.other, self.delay_other)
        rest.setStretch(0, 1)
        column.addLayout(rest)

    def _connect(self) -> None:
        for view in (self.story, self.reserve):
            view.selectionModel().currentRowChanged.connect(Triggered(partial(self._pick, view)))
            view.clicked.connect(Triggered(partial(self._pick, view)))
            view.doubleClicked.connect(Triggered(self.centre))
        self.fire.clicked.connect(Triggered(self.fire_now))
        self.go_there.clicked.connect(Triggered(self.centre))
        self.skip.clicked.connect(Triggered(self.skip_it))
        self.delay_other.clicked.connect(Triggered(self._delay_by_words))
        self.other.returnPressed.connect(self._delay_by_words)
        self.reason.returnPressed.connect(self.skip_it)
        self.other.textChanged.connect(self._read_buttons)
        self._place.look.changed.connect(self._restyle)

    # --- doing ----------------------------------------------------------------------------------------------

    @property
    def picked(self) -> InjectId | None:
        return self._picked

    def fire_now(self) -> None:
        if self._picked is not None and self.fire.isEnabled():
            self._place.acting.start(self._drilling.fire(self._picked))

    def delay(self, by_s: float) -> None:
        if self._picked is not None and self._may_change():
            self._place.acting.start(self._drilling.delay(self._picked, by_s))

    def _delay_by_words(self) -> None:
        by_s = read_second(self.other.text())
        if by_s is not None:
            self.other.clear()
            self.delay(by_s)

    def skip_it(self) -> None:
        if self._picked is not None and self._may_change():
            reason = self.reason.text().strip()
            self.reason.clear()
            self._place.acting.start(self._drilling.skip(self._picked, reason=reason))

    def centre(self) -> None:
        """Its place on the map, before or after it is fired."""
        status = self._store.drill.status
        place = status.places.get(self._picked) if status is not None and self._picked is not None else None
        if place is not None:
            self._place.controls.centring.emit(place.lat, place.lon)

    def _pick(self, view: BoardView) -> None:
        key = view.key
        if key is None or (not view.hasFocus() and key != self._picked and self._picked is not None):
            return
        self._picked = InjectId(key)
        other = self.reserve if view is self.story else self.story
        other.clearSelection()
        self._show_picked()

    # --- showing --------------------------------------------------------------------------------------------

    def read(self) -> None:
        self.story.board.set_rows(inject_rows(self._store, self._text, is_reserve=False))
        self.reserve.board.set_rows(inject_rows(self._store, self._text, is_reserve=True))
        if self._picked is None and self.story.board.rowCount():
            self.story.setCurrentIndex(self.story.board.index(0, 0))
        self._show_picked()

    def _show_picked(self) -> None:
        scenario = self._store.drill.scenario
        inject = scenario.inject(self._picked) if scenario is not None and self._picked is not None else None
        self.told.setText(inject_told(inject, self._store, self._text) if inject is not None else "")
        self._read_buttons()

    def _state(self) -> InjectState | None:
        status = self._store.drill.status
        injects = status.injects if status is not None else ()
        return next((state for state in injects if state.id == self._picked), None)

    def _may_change(self) -> bool:
        state = self._state()
        is_on = stage_of(self._store) in (Stage.RUNNING, Stage.PAUSED, Stage.FROZEN)
        return self._store.drill.is_trainer and is_on and state is not None and state.phase not in _DONE

    def _read_buttons(self) -> None:
        may_change, status = self._may_change(), self._store.drill.status
        is_on = stage_of(self._store) in (Stage.RUNNING, Stage.PAUSED, Stage.FROZEN)
        self.fire.setEnabled(is_on and self._store.drill.is_trainer and self._state() is not None)
        self.go_there.setEnabled(status is not None and self._picked in status.places)
        for part in (*self.delays.values(), self.other, self.reason, self.skip):
            part.setEnabled(may_change)
        self.delay_other.setEnabled(may_change and read_second(self.other.text()) is not None)

    def retranslate(self) -> None:
        text = self._text
        heads = (text("drill.column.time"), text("drill.column.phase"), text("drill.column.inject"))
        for view in (self.story, self.reserve):
            view.board.set_heads(heads)
        self._reserve_head.setText(text("drill.reserve"))
        self.fire.setText(text("drill.button.fire"))
        self.go_there.setText(text("drill.button.centre"))
        self.delay_other.setText(text("drill.button.delay"))
        self.skip.setText(text("drill.button.skip"))
        for key, button in self.delays.items():
            button.setText(text(f"drill.delay.{key}"))
        self.other.setPlaceholderText(text("drill.delay_by"))
        self.reason.setPlaceholderText(text("drill.skip_reason"))
        self.fire.setToolTip("F")
        self.go_there.setToolTip("G")
        self.skip.setToolTip("S")
        self.read()

    def _restyle(self) -> None:
        px = self._place.look.px
        self.reserve.setFixedHeight(px(108))
        self.told.setFixedHeight(px(112))
        self.other.setFixedWidth(px(96))
