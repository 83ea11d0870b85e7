"""What is done to the list of scenarios: copies, new ones, those of other programs, the trash."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.scenario.blank import blank
from console.scenario.exchange import Exchanged, take_in
from console.scenario.library import Library, Opened, Shelved, open_file, write_file
from ui.background import Background
from ui.scenario.files import ask_open, ask_take_in
from ui.text import Texts

if TYPE_CHECKING:
    from ui.scenario.window import ScenarioWindow

MOST_TOLD = 6
"""Losses of an exchange that are listed."""


class Shelving(QObject):
    def __init__(self, window: "ScenarioWindow", library: Library, background: Background, text: Texts) -> None:
        super().__init__(window)
        self._window, self._library, self._background, self._text = window, library, background, text

    def read(self, chosen: Path | None = None) -> None:
        self._background.start(partial(self._library.read, self._background.stand_back), partial(self._take, chosen))

    def _take(self, chosen: Path | None, shelved: tuple[Shelved, ...]) -> None:
        self._window.shelf.show_all(shelved, chosen)

    def do(self, name: str, chosen: Shelved | None) -> None:
        window = self._window
        match name:
            case "open" if chosen is not None:
                window.open(chosen.path)
            case "copy" if chosen is not None:
                self._background.start(partial(open_file, chosen.path), self._copy)
            case "new":
                path = self._library.free_path("scenario")
                window.edit(Opened(path, b"", None), blank(path.stem))
            case "file":
                ask_open(window, self._text, self._library.own, window.open)
            case "take_in":
                ask_take_in(window, self._text, self.take_in)
            case "trash" if chosen is not None:
                self._trash(chosen)
            case _:
                return

    def _copy(self, opened: Opened) -> None:
        if opened.scenario is not None:
            path = self._library.free_path(opened.path.stem)
            self._background.start(partial(write_file, path, opened.data), partial(self._copied, path))

    def _copied(self, path: Path, wrong: str | None) -> None:
        if wrong is None:
            self._window.question.ask(self._text("scenario.copied", name=path.name), ())
        else:
            self._window.say_cannot(path, wrong)
        self.read(path)

    def _trash(self, chosen: Shelved) -> None:
        try:
            target = self._library.trash(chosen.path)
        except OSError as error:
            self._window.say_cannot(chosen.path, error.strerror or str(error))
            return
        self._window.question.ask(self._text("scenario.trashed", path=target), ())
        self.read()

    def take_in(self, path: Path) -> None:
        """A sheet or CEXF; what it does not know is as in a new scenario."""
        self._background.start(partial(take_in, path, blank("scenario")), self._taken_in)

    def _taken_in(self, found: Exchanged) -> None:
        if found.scenario is None:
            told = found.wrong or {}
            self._window.question.ask(told.get(self._text.locale.value, ""), (), tone="danger")
            return
        self._window.edit(Opened(self._library.free_path(found.path.stem), b"", None), found.scenario)
        self.tell_losses(found)

    def tell_losses(self, found: Exchanged) -> None:
        lost = [each.words(self._text.locale.value) for each in found.losses]
        head = self._text("scenario.exchanged", name=found.path.name, count=len(lost))
        told = [head, *lost[:MOST_TOLD], *(["…"] if len(lost) > MOST_TOLD else [])]
        self._window.question.ask("\n".join(told), ())
