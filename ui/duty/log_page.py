"""The log by shift: read, narrowed down, added to, exported."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView, QProgressBar, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import PostId, ShiftId
from comms.protocol.pushes import Done
from console.actions.requester import Outcome, Unsent
from console.duty.paper import Paper
from console.store.notices import LogGrew, Notice
from ui.desk import Actions
from ui.duty.controls import DutyControls
from ui.duty.export import SUFFIXES, DutyExport
from ui.duty.papers import log_paper, shift_heading
from ui.duty.shift_log import GROUPS, LogEntry, ShiftLog
from ui.duty.words import span
from ui.errand import show_errand
from ui.watch import follow
from ui.widgets.choices import Choices
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, keep_shown, lines_view
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.words import day
from ui.workplace import Workplace

_SHOW_MS = 250
DAY_S = 86_400.0


class LogPage(QWidget):
    def __init__(self, place: Workplace, controls: DutyControls, export: DutyExport, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._text, self._controls, self._export = place.store, place.text, controls, export
        actions: Actions = place.actions
        self.log = ShiftLog(store=place.store, rota=actions.rota, acting=place.acting, text=place.text, parent=self)
        self._post_id: PostId | None = None
        self.which = QComboBox(self)
        self.search_field = QLineEdit(self)
        self.search_field.setClearButtonEnabled(True)
        self.groups = Choices(GROUPS, "duty_group", place.text, self)
        self.count = ElidedLabel(tone="dim", parent=self)
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, place.look, self)
        self.view.setUniformItemSizes(True)
        self.note_field = QLineEdit(self)
        self.note_field.setMaxLength(2000)
        self.about = label(tone="dim", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.stop_button = QPushButton(self)
        self.export_buttons = {suffix: QPushButton(self) for suffix in SUFFIXES}
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_SHOW_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        first = row_of(self.which, self.search_field)
        first.setStretch(0, 2)
        first.setStretch(1, 3)
        column.addLayout(first)
        column.addWidget(self.groups)
        column.addWidget(self.view, 1)
        note = row_of(self.about, self.note_field)
        note.setStretch(1, 1)
        column.addLayout(note)
        column.addLayout(
            row_of(self.count, self.bar, self.stop_button, *(self.export_buttons[suffix] for suffix in SUFFIXES))
        )

    def _connect(self) -> None:
        self.which.currentIndexChanged.connect(self._read_log)
        self.search_field.textChanged.connect(self.show_entries)
        self.groups.changed.connect(self.show_entries)
        self.log.changed.connect(self._late.start)
        self._late.timeout.connect(self.show_entries)
        self.note_field.returnPressed.connect(self._add)
        self.view.selectionModel().currentChanged.connect(self._say_about)
        self.stop_button.clicked.connect(self._export.give_up)
        for suffix, button in self.export_buttons.items():
            button.setObjectName(f"duty_log_{suffix}")
            button.clicked.connect(Triggered(partial(self._ask_export, suffix)))
        self._export.advanced.connect(self._show_errand)
        follow(self, self._store, self._notice)

    # --- which ----------------------------------------------------------------------------------------------

    def show_post(self, post_id: PostId | None) -> None:
        """Shifts of this post that have begun, the newest first, beneath the last day."""
        self._post_id = post_id
        now, kept = self._store.server_now(), self.which.currentData()
        book = self._store.picture.duty
        begun = [one.shift for one in book.of_post(post_id) if one.shift.start_at <= now] if post_id else []
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItem(self._text("duty.log.day"), "")
        for shift in reversed(begun):
            self.which.addItem(f"{span(shift)}  {shift.name}", shift.id)
        at = self.which.findData(kept)
        self.which.setCurrentIndex(max(0, at) if kept else (1 if begun else 0))
        self.which.blockSignals(False)
        self._read_log()

    def _read_log(self) -> None:
        now = self._store.server_now()
        state = self._store.picture.duty.shifts.get(ShiftId(str(self.which.currentData() or "")))
        if state is None:
            self.log.read(now - DAY_S, now + DAY_S)
        else:
            self.log.read(state.shift.start_at, state.shift.end_at)
        self.show_entries()

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, LogGrew) and self.isVisible():
            self.log.follow(notice.recorded)

    # --- showing --------------------------------------------------------------------------------------------

    def chosen(self) -> list[LogEntry]:
        """The entries that are not narrowed away."""
        group, words = self.groups.chosen, self.search_field.text().casefold().split()
        found = [entry for entry in self.log.entries if group in ("all", entry.group)]
        if not words:
            return found
        return [entry for entry in found if all(word in entry.words.casefold() for word in words)]

    def show_entries(self, _: object = None) -> None:
        entries = self.chosen()
        lines = tuple(
            Line(
                key=entry.seq,
                title=f"{entry.time[6:]}  {entry.words}",
                figure=str(entry.seq),
                icon=entry.sentence.icon,
                tone=entry.sentence.tone,
            )
            for entry in entries
        )
        keep_shown(self.view, self.model, lines)
        key = "duty.log.count" if self.log.is_whole else "duty.log.reading"
        self.count.setText(self._text(key, shown=len(entries), count=len(self.log.entries)))

    def _say_about(self, *_: object) -> None:
        line = self.view.currentIndex().data(LINE_ROLE)
        self.about.setText(self._text("duty.log.about", seq=line.key) if line is not None else "")

    # --- doing ----------------------------------------------------------------------------------------------

    def _add(self) -> None:
        """With an entry picked, a remark to it."""
        words = self.note_field.text().strip()
        line = self.view.currentIndex().data(LINE_ROLE)
        if words:
            self._controls.note(words, line.key if line is not None else None, self._added)

    def _added(self, answer: Outcome) -> None:
        if isinstance(answer, Done) or (isinstance(answer, Unsent) and answer.is_kept):
            self.note_field.clear()

    def _ask_export(self, suffix: str) -> None:
        name = f"{self._text('duty.log.paper')} {day(self._store.server_now())}"
        self._export.ask(name, suffix, self.paper)

    def paper(self) -> Paper:
        heading = shift_heading(str(self.which.currentData() or ""), self._store, self._text)
        session = self._store.session
        made_by = session.name if session is not None else ""
        entries, now = self.chosen(), self._store.server_now()
        return log_paper(entries, (*heading, *self._narrowed()), made_by=made_by, now=now, text=self._text)

    def _narrowed(self) -> tuple[str, ...]:
        """What was left out is said on the paper."""
        parts = [self._text(f"duty_group.{self.groups.chosen}")] if self.groups.chosen != "all" else []
        parts += [self.search_field.text().strip()] if self.search_field.text().strip() else []
        return (self._text("duty.log.narrowed", words=" ".join(parts)),) if parts else ()

    def _show_errand(self) -> None:
        errand = self._export.errand
        show_errand(self.bar, errand)
        self.bar.setEnabled(errand is not None)
        self.stop_button.setEnabled(errand is not None)
        for button in self.export_buttons.values():
            button.setEnabled(errand is None)

    def retranslate(self) -> None:
        text = self._text
        self.groups.retranslate()
        self.search_field.setPlaceholderText(text("duty.log.find"))
        self.note_field.setPlaceholderText(text("duty.log.note"))
        self.which.setAccessibleName(text("duty.log.which"))
        self.view.setAccessibleName(text("duty.log.paper"))
        self.stop_button.setText(text("duty.export_stop"))
        for suffix, button in self.export_buttons.items():
            button.setText(text(f"duty.export.{suffix}"))
        self._show_errand()
        self._say_about()
        self.log.read_again()
