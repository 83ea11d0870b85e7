"""The review report as a file: asked for a name, made beside the screen, told when it is there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from console.drill.run import Step
from ui.report.file import write_whole
from ui.review.place import ReviewPlace
from ui.review.words import said_here

Encode = Callable[[Step], bytes]


class Reporting(QObject):
    def __init__(self, place: ReviewPlace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place

    def ask_file(self, kind: str, parent: QWidget) -> None:
        """`kind` is `pdf` or `html`."""
        run = self._place.run
        if run is None:
            return
        name = file_name(self._place.text("aar.title", title=said_here(run.review.scenario.title, self._place.text)))
        ask_where(self._place, kind, f"{name} {run.name}", partial(self.write, kind), parent)

    def write(self, kind: str, path: Path) -> None:
        """Of the drill that is shown, as it is scored now, compared with those chosen beside it."""
        place, run = self._place, self._place.run
        if run is None:
            return
        earlier = [one for one in place.earlier if one.review.score.scenario_id == run.review.score.scenario_id]
        runs = [*sorted(earlier, key=lambda one: one.order), run]
        locale = place.text.locale
        write_file(place, path, lambda step: place.reader.report(f".{kind}", runs, locale, step))


def file_name(words: str) -> str:
    """Words as a file may be called: what some system cannot have in a name is left out."""
    return " ".join("".join(letter if letter.isalnum() or letter in "-_." else " " for letter in words).split())


def ask_where(place: ReviewPlace, kind: str, name: str, chosen: Callable[[Path], None], parent: QWidget) -> None:
    dialog = QFileDialog(parent, place.text("review.save_as"), name)
    dialog.setObjectName("review_file_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{kind.upper()} (*.{kind})")
    dialog.setDefaultSuffix(kind)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def write_file(place: ReviewPlace, path: Path, encode: Encode, *, of: int = 0) -> None:
    """The file that was there stays until the new one is complete."""

    def write(step: Step) -> OSError | None:
        return write_whole(path, lambda: encode(step))

    def written(fault: OSError | None) -> None:
        if fault is None:
            place.say("ok", place.text("review.written", path=str(path)))
        else:
            place.say("danger", place.text("review.not_written", why=fault.strerror or str(fault)))

    place.work.start(place.text("review.writing", name=path.name), write, written, of=of)
