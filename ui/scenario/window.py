"""The window of the scenario editor: the list of scenarios, or one of them in hand. The desk goes on beside it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from comms.domain.scenario import Scenario
from comms.scenario.scenario_file import ScenarioFileError, read_scenario
from console.scenario.library import Library, Opened
from console.store.store import Store
from ui.background import Background
from ui.scenario.bar import HeadBar
from ui.scenario.broken import Broken
from ui.scenario.doing import Doing
from ui.scenario.draft import Draft
from ui.scenario.editor import Editor
from ui.scenario.known import Known
from ui.scenario.question import QuestionBar
from ui.scenario.sense import Sense
from ui.scenario.shelf import Shelf
from ui.scenario.shelving import Shelving
from ui.text import Texts
from ui.theme import Look

Picker = Callable[[Callable[[float, float], None]], None]
LEAST_WIDTH, LEAST_HEIGHT = 1180, 640
KEYS = {
    "undo": ("Ctrl+Z",),
    "redo": ("Ctrl+Shift+Z", "Ctrl+Y"),
    "save": ("Ctrl+S",),
    "export": ("Ctrl+E",),
    "back": ("Ctrl+W",),
    "start": ("Ctrl+Return",),
}


class ScenarioWindow(QMainWindow):
    """`startWanted` carries the path of a scenario that may be played."""

    startWanted = Signal(Path)

    def __init__(
        self, *, library: Library, store: Store, background: Background, look: Look, text: Texts, pick: Picker | None
    ) -> None:
        super().__init__()
        self._library, self._background, self._look, self._text = library, background, look, text
        self.draft: Draft | None = None
        self.editor: Editor | None = None
        self.broken: Broken | None = None
        self.can_start = False
        self._sense = Sense(look, text, Known(store, self._in_hand), self._scenario, pick)
        self._broken_file: Opened | None = None
        self.shelving = Shelving(self, library, background, text)
        self.doing = Doing(self, background, text)
        self._build()
        self.resize(look.px(1320), look.px(800))
        text.changed.connect(self._rebuild)
        look.changed.connect(self._rebuild)

    def _in_hand(self) -> Scenario | None:
        return self.draft.scenario if self.draft is not None else None

    def _scenario(self) -> Scenario:
        assert self.draft is not None  # only the fields of an editor ask
        return self.draft.scenario

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setObjectName("scenario_window")
        self._look.dress(self)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.setWindowTitle(self._text("scenario.window"))
        centre = QWidget(self)
        self.bar = HeadBar(self._sense, centre)
        self.question = QuestionBar(self._text("scenario.seen"), centre)
        self.stack = QStackedWidget(centre)
        self.shelf = Shelf(self._sense, self.stack)
        self.stack.addWidget(self.shelf)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        column.addWidget(self.question)
        self.setCentralWidget(centre)
        self._look.space(centre)
        self.shelf.asked.connect(self.shelving.do)
        self.bar.asked.connect(self.doing.do)
        for name, keys in KEYS.items():
            for each in keys:
                QShortcut(QKeySequence(each), centre).activated.connect(partial(self.doing.do, name))
        QShortcut(QKeySequence("Esc"), centre).activated.connect(self.question.give_up)

    def _rebuild(self) -> None:
        """In another language or theme, on the same page."""
        page = self.editor.nav.currentRow() if self.editor is not None else 0
        broken = self._broken_file if self.broken is not None else None
        if self.editor is not None:
            self.editor.town_check.stop()
        self.editor = self.broken = None
        self._build()
        if self.draft is not None:
            self._show_editor(page)
        elif broken is not None:
            self._show_broken(broken)
        self.shelving.read()
        self.refresh()

    # --- the list -----------------------------------------------------------------------------------------------

    def open_list(self) -> None:
        """What a command opens: the window as it was left."""
        self.show()
        self.raise_()
        self.activateWindow()
        if self.draft is None:
            self.shelving.read()
            self.shelf.table.setFocus()
        self.refresh()

    # --- one in hand --------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read beside the interface: 60 ms of a long one."""
        self._background.start(partial(self._library.opened, path), self._take)

    def _take(self, opened: Opened) -> None:
        if opened.scenario is None and opened.draft is None:
            self._show_broken(opened)
            return
        scenario = opened.scenario or opened.draft
        assert scenario is not None
        draft = self.edit(opened, scenario)
        if opened.draft is not None and opened.scenario is not None:
            recovered = opened.draft
            answers = (
                (self._text("scenario.recover"), lambda: _drop(draft.do(lambda _: recovered))),
                (self._text("scenario.forget"), draft.forget),
            )
            self.question.ask(self._text("scenario.was_unsaved"), answers)
        elif opened.has_comments:
            self.question.ask(self._text("scenario.comments"), ())

    def edit(self, opened: Opened, scenario: Scenario) -> Draft:
        self.question.clear()
        self._leave()
        self.draft = draft = Draft(opened, scenario, self._background, self)
        draft.changed.connect(self.doing.edited)
        draft.saved.connect(self.doing.saved)
        draft.notKept.connect(self.doing.not_kept)
        self._show_editor()
        return draft

    def _show_editor(self, page: int = 0) -> None:
        assert self.draft is not None
        self.editor = Editor(self.draft, self._sense, self._background, self.stack)
        self.stack.addWidget(self.editor)
        self._look.space(self.editor)
        self.stack.setCurrentWidget(self.editor)
        self.editor.nav.setCurrentRow(page)
        self.editor.nav.setFocus()
        self.refresh()

    def _show_broken(self, opened: Opened) -> None:
        assert opened.error is not None
        self._leave()
        self._broken_file = opened
        self.broken = Broken(opened.data, opened.error, self._sense, self.stack)
        self.broken.checkWanted.connect(self._mend)
        self.stack.addWidget(self.broken)
        self._look.space(self.broken)
        self.stack.setCurrentWidget(self.broken)
        self.refresh()

    def _mend(self, written: str) -> None:
        data = written.encode()
        self._background.start(partial(_read, data), self._mended)

    def _mended(self, read: Scenario | ScenarioFileError) -> None:
        if self.broken is None or self._broken_file is None:
            return
        if isinstance(read, ScenarioFileError):
            self.broken.say(read)
        else:
            self.edit(Opened(self._broken_file.path, self._broken_file.data, None), read)

    def _leave(self) -> None:
        if self.editor is not None:
            self.editor.town_check.stop()
        for widget in (self.editor, self.broken):
            if widget is not None:
                self.stack.removeWidget(widget)
                widget.deleteLater()
        if self.draft is not None:
            self.draft.deleteLater()
        self.draft = self.editor = self.broken = self._broken_file = None
        self.stack.setCurrentWidget(self.shelf)

    # --- going --------------------------------------------------------------------------------------------------

    def to_list(self) -> None:
        path = self.draft.path if self.draft is not None else None
        self._leave()
        self.shelving.read(path)
        self.shelf.table.setFocus()
        self.refresh()

    def refresh(self) -> None:
        self.bar.show_draft(self.draft, can_start=self.can_start)

    def say_cannot(self, path: Path, wrong: str) -> None:
        self.question.ask(self._text("scenario.cannot", path=path, why=wrong), (), tone="danger")

    def keep_now(self) -> None:
        """The desk closes: what is not saved lies beside the file."""
        if self.editor is not None:
            self.editor.town_check.stop()
        if self.draft is not None:
            self.draft.keep_now()

    def closeEvent(self, event: QCloseEvent) -> None:
        """With edits it is asked in place what becomes of them, and the window stays until that is answered."""
        if self.draft is not None and self.draft.is_changed:
            event.ignore()
            self.doing.leave(self._close)
        else:
            event.accept()

    def _close(self) -> None:
        self.to_list()
        self.close()


def _drop(_: object) -> None:
    """An answer gives nothing back."""


def _read(data: bytes) -> Scenario | ScenarioFileError:
    try:
        return read_scenario(data, is_lenient=True)
    except ScenarioFileError as error:
        return error
