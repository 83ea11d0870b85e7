"""The scenario in hand: what was done to it, what is wrong with it, whether it is saved. Everything in the window reads
it and puts its edits here."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from comms.domain.scenario import Scenario
from comms.domain.scenario_check import ScenarioFault, faults_of
from comms.scenario.scenario_file import write_scenario
from console.scenario import edit
from console.scenario.edit import EditError
from console.scenario.edit import Path as Way
from console.scenario.history import History
from console.scenario.library import Opened, draft_path, drop_draft, write_file
from ui.background import Background

QUIET_MS = 1500
"""After so long without an edit the draft beside the file is written."""
Edit = Callable[[Scenario], Scenario]


class Draft(QObject):
    """`changed` after each edit; `saved` when a file was written, with what went wrong, or nothing."""

    changed = Signal()
    saved = Signal(str)
    notKept = Signal(str)
    """Why the draft beside the file cannot be written; once."""

    def __init__(self, opened: Opened, scenario: Scenario, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.path = opened.path
        self._on_disk = opened.data
        self._origin = opened.origin
        self._kept = opened.scenario
        self._history = History(scenario)
        self._background = background
        self._faults: tuple[ScenarioFault, ...] | None = None
        self._is_over = self._is_warned = False
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.keep_draft)

    # --- reading ----------------------------------------------------------------------------------------------

    @property
    def scenario(self) -> Scenario:
        return self._history.now

    @property
    def is_changed(self) -> bool:
        return self.scenario != self._kept

    @property
    def is_shipped(self) -> bool:
        """The product's own, of which the trainer has no copy yet."""
        return self._origin is not None and not self._on_disk

    @property
    def written_path(self) -> Path | None:
        """The file that says what was last saved; None where there is none yet."""
        return self._origin if self.is_shipped else self.path if self._on_disk else None

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    @property
    def faults(self) -> tuple[ScenarioFault, ...]:
        if self._faults is None:
            self._faults = (*faults_of(self.scenario), *edit.unfilled(self.scenario))
        return self._faults

    # --- editing ----------------------------------------------------------------------------------------------

    def put(self, path: Way, value: Any) -> EditError | None:
        """Why it cannot be, or None. Edits of one field follow each other as one step."""
        if len(path) == 3 and path[2] == "id":
            return self.do(partial(edit.rename, section=str(path[0]), at=int(path[1]), name=str(value)))
        return self.do(partial(edit.put, path=path, value=value), key=path)

    def do(self, change: Edit, key: object = None) -> EditError | None:
        try:
            after = change(self.scenario)
        except EditError as error:
            return error
        if self._history.take(after, key):
            self._tell()
        return None

    def undo(self) -> None:
        if self._history.undo():
            self._tell()

    def redo(self) -> None:
        if self._history.redo():
            self._tell()

    def _tell(self) -> None:
        self._faults = None
        self._quiet.start()
        self.changed.emit()

    # --- keeping ----------------------------------------------------------------------------------------------

    def save(self, *, is_forced: bool = False) -> None:
        """Beside the interface; `is_forced` over what somebody else wrote there meanwhile."""
        self._quiet.stop()
        scenario, known = self.scenario, None if is_forced else self._on_disk
        self._background.start(partial(_write, self, scenario, known), self._take_saved)

    def _take_saved(self, result: tuple[Scenario, bytes, str | None]) -> None:
        scenario, data, wrong = result
        if not isValid(self):
            return
        if wrong is None:
            self._on_disk, self._kept = data, scenario
        self.saved.emit(wrong or "")
        if wrong is None and self.is_changed:
            self._quiet.start()

    def keep_draft(self) -> None:
        """So that nothing is lost whatever happens to this machine."""
        self._quiet.stop()
        if self.is_changed and not self._is_over:
            scenario, path = self.scenario, draft_path(self.path)
            self._background.start(lambda: write_file(path, write_scenario(scenario)), self._take_kept)

    def _take_kept(self, wrong: str | None) -> None:
        if wrong is not None and isValid(self) and not self._is_warned:
            self._is_warned = True
            self.notKept.emit(wrong)

    def keep_now(self) -> None:
        """As `keep_draft`, on the spot: the desk closes, and nobody works beside it any more."""
        self._quiet.stop()
        if self.is_changed and not self._is_over:
            write_file(draft_path(self.path), write_scenario(self.scenario))

    def forget(self) -> None:
        """The draft of an earlier edit is not wanted."""
        self._background.start(partial(drop_draft, self.path), _nothing)

    def give_up(self) -> None:
        """The edits are not wanted."""
        self._is_over = True
        self._quiet.stop()
        self.forget()


def _write(draft: Draft, scenario: Scenario, known: bytes | None) -> tuple[Scenario, bytes, str | None]:
    data = write_scenario(scenario)
    wrong = write_file(draft.path, data, known=known)
    if wrong is None:
        drop_draft(draft.path)
    return scenario, data, wrong


def _nothing(_: object) -> None:
    """Nobody waits for it."""
