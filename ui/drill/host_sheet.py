"""演练…: a scenario chosen, its drill started beside this desk, and those that run, with what trainees need to come."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from console.drill.host import HostedDrill, HostFault, ScenarioLine
from ui.drill.board import BoardView, Row
from ui.drill.host_form import HostForm
from ui.drill.words import local
from ui.text import Texts
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace


class HostSheet(Sheet):
    """Ctrl+Enter starts the drill that is picked; the live desk goes on, and Esc leaves it."""

    left = Signal()
    """It is closed again."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place = place
        self._text = place.text
        self._hosting = place.actions.hosting
        self._lines: tuple[ScenarioLine, ...] = ()
        self._wanted = ""  # the scenario to be picked once they are listed
        self._is_busy = False
        self._head = SheetHead("drills", place.look, place.text, self, title="drill.host", close="drill.button.close")
        self._head.close_button.clicked.connect(self.dismiss)
        self.scenarios = BoardView("drill_scenarios", (0, 80), place.look, self)
        self.running = BoardView("drill_running", (150, 0), place.look, self)
        self.about = label(wraps=True, parent=self)
        self.form = HostForm(place.text, self)
        self._running_head = label(tone="head", parent=self)
        self.told = ElidedLabel(tone="dim", parent=self)
        self.seats = label(wraps=True, parent=self)
        self.start, self.stop, self.desk = QPushButton(self), QPushButton(self), QPushButton(self)
        for name in ("start", "stop", "desk"):
            getattr(self, name).setObjectName(f"drill_{name}")
        self.start.setProperty("tone", "primary")
        self._arrange()
        self._connect()
        self._retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(7)
        column.addWidget(self._head)
        column.addWidget(self.scenarios, 3)
        column.addWidget(self.about)
        column.addWidget(self.form)
        column.addLayout(row_of(self.told, self.start))
        column.addWidget(self._running_head)
        column.addWidget(self.running, 1)
        column.addWidget(self.seats)
        column.addLayout(row_of(None, self.desk, self.stop))

    def _connect(self) -> None:
        self.scenarios.selectionModel().currentRowChanged.connect(Triggered(self._pick))
        self.running.selectionModel().currentRowChanged.connect(Triggered(self._read_running))
        self.start.clicked.connect(Triggered(self.confirm))
        self.stop.clicked.connect(Triggered(self._stop))
        self.desk.clicked.connect(Triggered(self._open_desk))
        self.form.changed.connect(self._read_buttons)
        self._text.changed.connect(self._retranslate)

    def wanted_width(self) -> int:
        return self._place.look.px(760)

    def wanted_height(self) -> int:
        return self._place.look.px(680)

    # --- opening ----------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.form.begin()
        self.appear()
        self.scenarios.setFocus()
        self._read_running()
        self._say("dim", self._text("drill.host.reading"))
        self._place.acting.start(self._hosting.scenarios(), self._list, failed=self._not_listed)

    def pick_scenario(self, path: str) -> None:
        """Of those that are listed at the next opening."""
        self._wanted = path

    def dismiss(self) -> None:
        super().dismiss()
        self.left.emit()

    def _list(self, found: tuple[ScenarioLine, ...] | HostFault) -> None:
        if isinstance(found, HostFault):
            self._say("danger", self._text("drill.host.not_read", reason=found.words))
            return
        self._lines = found
        self._say("dim", self._text("drill.host.own_folder", folder=self._hosting.own_folder))
        self._show_lines()
        if self._wanted:
            self.scenarios.pick(self._wanted)
            self._wanted = ""
        if self.scenarios.key is None and found:
            self.scenarios.setCurrentIndex(self.scenarios.board.index(0, 0))

    def _not_listed(self) -> None:
        self._say("danger", self._text("drill.host.not_read", reason=""))

    def _show_lines(self) -> None:
        minutes = [self._text("drill.host.minutes", count=f"{line.length_min:g}") for line in self._lines]
        rows = [
            Row(line.path, (local(line.title, self._text) or Path(line.path).name, "" if line.fault else length),
                "text_faint" if line.fault else "text", line.fault or line.path)
            for line, length in zip(self._lines, minutes, strict=True)
        ]  # fmt: skip
        self.scenarios.board.set_rows(rows)

    # --- doing ------------------------------------------------------------------------------------------------

    def _line(self) -> ScenarioLine | None:
        return next((line for line in self._lines if line.path == self.scenarios.key), None)

    def confirm(self) -> None:
        line = self._line()
        if line is None or not self.start.isEnabled():
            return
        self._is_busy = True
        self._say("dim", self._text("drill.host.starting"))
        self._place.acting.start(self._hosting.start(self.form.wish(line)), self._started, failed=self._not_started)

    def _started(self, answer: HostedDrill | HostFault | None) -> None:
        self._is_busy = False
        if isinstance(answer, HostedDrill):
            self._say("ok", self._text("drill.host.started", url=answer.url))
            self._read_running()
            self.running.pick(str(answer.number))
            self._pick()
        else:
            reason = answer.words if answer is not None else self._text("drill.host.not_here")
            self._say("danger", self._text("drill.host.not_started", reason=reason))

    def _not_started(self) -> None:
        self._is_busy = False
        self._read_buttons()

    def _stop(self) -> None:
        drill = self._running()
        if drill is not None:
            self._say("dim", self._text("drill.host.stopping"))
            self._place.acting.start(self._hosting.stop(drill.number), self._stopped)

    def _stopped(self, _answer: None) -> None:
        self._say("ok", self._text("drill.host.stopped"))
        self._read_running()

    def _open_desk(self) -> None:
        drill = self._running()
        if drill is not None:
            self._place.acting.start(self._hosting.open_desk(drill.number), self._opened)

    def _opened(self, fault: HostFault | None) -> None:
        if fault is not None:
            self._say("danger", self._text("drill.host.no_desk", reason=fault.words))

    # --- showing ----------------------------------------------------------------------------------------------

    def _pick(self) -> None:
        """What it is about, and a new folder for it: no drill is played over another's record."""
        line = self._line()
        if line is None:
            return
        self.about.setText(line.fault or local(line.summary, self._text))
        set_tone(self.about, "danger" if line.fault else "dim")
        if not line.fault:
            self.form.folder.setText(str(self._hosting.folder_for(line)))
        self._read_buttons()

    def _running(self) -> HostedDrill | None:
        return next((each for each in self._hosting.running() if str(each.number) == self.running.key), None)

    def _read_running(self) -> None:
        text = self._text
        rows = [
            Row(str(each.number), (local(each.wish.scenario.title, text), each.url)) for each in self._hosting.running()
        ]
        self.running.board.set_rows(rows)
        if self.running.key is None and rows:
            self.running.pick(rows[0].key)
        drill = self._running()
        self.seats.setText(_accounts(drill, text) if drill is not None else "")
        self._read_buttons()

    def _read_buttons(self) -> None:
        line = self._line()
        self.start.setEnabled(line is not None and not line.fault and self.form.is_filled and not self._is_busy)
        has_drill = self._running() is not None
        self.stop.setEnabled(has_drill)
        self.desk.setEnabled(has_drill)

    def _say(self, tone: str, words: str) -> None:
        self.told.setText(words)
        set_tone(self.told, tone)
        self._read_buttons()

    def _retranslate(self) -> None:
        text = self._text
        self.scenarios.board.set_heads((text("drill.host.scenario"), text("drill.host.length")))
        self.running.board.set_heads((text("drill.host.scenario"), text("drill.host.url")))
        self._running_head.setText(text("drill.host.running"))
        self.start.setText(text("drill.button.start"))
        self.stop.setText(text("drill.button.stop"))
        self.desk.setText(text("drill.button.desk"))
        self._show_lines()
        self._pick()
        self._read_running()


def _accounts(drill: HostedDrill, text: Texts) -> str:
    """What those need who sit down at it."""
    seats = drill.wish.scenario.seats
    accounts = [text("drill.host.account", name=local(seat.name, text), account=seat.officer) for seat in seats]
    listed = text("drill.list").join(accounts)
    return text("drill.host.accounts", accounts=listed, password=drill.wish.password) if seats else ""
