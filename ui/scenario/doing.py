"""What is done with the scenario in hand: undone, saved, written for other programs, played, left."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.scenario.exchange import Exchanged, export
from console.scenario.library import CHANGED, draft_path
from ui.background import Background
from ui.scenario.draft import Draft
from ui.scenario.files import ask_export
from ui.text import Texts

if TYPE_CHECKING:
    from ui.scenario.window import ScenarioWindow


class Doing(QObject):
    def __init__(self, window: "ScenarioWindow", background: Background, text: Texts) -> None:
        super().__init__(window)
        self._window, self._background, self._text = window, background, text
        self._then: Callable[[], None] | None = None

    def do(self, name: str) -> None:
        """One of `bar.DOES`, by button or key."""
        window, draft = self._window, self._window.draft
        if name == "back":
            self.leave(window.to_list)
        elif draft is not None and window.bar.may(name):
            match name:
                case "undo":
                    draft.undo()
                case "redo":
                    draft.redo()
                case "save":
                    draft.save()
                case "export":
                    ask_export(window, self._text, draft.path, self.export)
                case _:
                    self._start(draft)

    def _start(self, draft: Draft) -> None:
        """The file is played, so only what is in it."""
        if self._window.can_start and not draft.faults and not draft.is_changed:
            self._window.startWanted.emit(draft.written_path)

    def export(self, path: Path) -> None:
        draft = self._window.draft
        if draft is not None:
            work = partial(export, draft.scenario, path, self._text.locale.value)
            self._background.start(work, self._exported)

    def _exported(self, found: Exchanged) -> None:
        if found.wrong is not None:
            self._window.say_cannot(found.path, found.wrong[self._text.locale.value])
        else:
            self._window.shelving.tell_losses(found)

    def leave(self, then: Callable[[], None]) -> None:
        """Go on with `then`, after the question what is to become of edits."""
        draft = self._window.draft
        if draft is None or not draft.is_changed:
            then()
            return
        answers = (
            (self._text("scenario.save"), partial(self._save_and, draft, then)),
            (self._text("scenario.forget"), partial(_forget_and, draft, then)),
            (self._text("scenario.go_on"), _go_on),
        )
        self._window.question.ask(self._text("scenario.unsaved"), answers)

    def _save_and(self, draft: Draft, then: Callable[[], None]) -> None:
        self._then = then
        draft.save()

    def edited(self) -> None:
        self._window.question.pass_by()
        self._window.refresh()

    def not_kept(self, wrong: str) -> None:
        """Whoever goes on has to know that nothing catches what is lost."""
        if self._window.draft is not None:
            self._window.say_cannot(draft_path(self._window.draft.path), wrong)

    def saved(self, wrong: str) -> None:
        """What a file that was written, or was not, has to be told."""
        window, draft, then = self._window, self._window.draft, self._then
        self._then = None
        if draft is None:
            return
        if wrong == CHANGED:
            answers = (
                (self._text("scenario.go_on"), _go_on),
                (self._text("scenario.overwrite"), partial(draft.save, is_forced=True)),
            )
            window.question.ask(self._text("scenario.changed_on_disk"), answers)
        elif wrong:
            window.say_cannot(draft.path, wrong)
        else:
            window.question.ask(self._text("scenario.saved", path=draft.path), (), tone="dim")
            if then is not None:
                then()
        window.refresh()


def _forget_and(draft: Draft, then: Callable[[], None]) -> None:
    draft.give_up()
    then()


def _go_on() -> None:
    """As it was."""
