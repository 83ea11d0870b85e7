"""The review's window: one drill's record, its pages, and the folder of records it lies in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.drill.run import Run, RunReader, is_run
from ui.review.asking import ask_folder
from ui.review.child import ReplayChild
from ui.review.folder import keep_folder, kept_folder
from ui.review.head import KEYS, ReviewFoot, ReviewHead
from ui.review.pages import Pages
from ui.review.place import ReviewPlace
from ui.review.reporting import Reporting
from ui.review.words import second_words
from ui.review.work import Work
from ui.text import Texts
from ui.theme import Look, scale_for
from ui.widgets.triggered import Triggered

SMALLEST = QSize(1366, 768)


class ReviewWindow(QWidget):
    """`momentWanted` tells the Unix second of what was clicked. `kept` is the file that remembers the folder."""

    momentWanted = Signal(float)

    def __init__(self, reader: RunReader, *, look: Look, text: Texts, kept: Path, today: Callable[[], str]) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.work = Work(self)
        self.place = ReviewPlace(
            look=look,
            text=text,
            reader=reader,
            work=self.work,
            say=self._say,
            show_moment=self._show_moment,
            read_again=self.read_again,
            open_run=self._open_run,
            refresh=self.show_run,
            today=today,
        )
        self._kept = kept
        self._moment: float | None = None
        self._scenario_path: Path | None = None
        self.replay = ReplayChild(self)
        self.reporting = Reporting(self.place, self)
        self.head = ReviewHead(self.place, self)
        self.foot = ReviewFoot(self.place, self)
        self.pages = Pages(self.place, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        column.addWidget(self.foot)
        self.setMinimumSize(1024, 640)
        self.resize(SMALLEST)
        self._connect()
        self._dress()
        self.show_run()

    def _connect(self) -> None:
        place, work, foot = self.place, self.work, self.foot
        work.begun.connect(foot.begin)
        work.counted.connect(self._count)
        work.ended.connect(foot.end)
        work.refused.connect(self._refuse)
        foot.cancelled.connect(self._cancel)
        self.head.pressed.connect(self.press)
        self.head.carriedPressed.connect(partial(self.pages.show_page, "improve"))
        self.replay.failed.connect(self._say_no_replay)
        place.look.changed.connect(self._dress)
        place.text.changed.connect(self.show_run)
        for name, key in KEYS.items():
            self._key(key, partial(self.press, name))
        for number, name in enumerate(self.pages.by_name, 1):
            self._key(f"Alt+{number}", partial(self.pages.show_page, name))
        self._key("Esc", self._cancel)

    def _key(self, key: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(key), self).activated.connect(Triggered(act))

    # --- what is open -------------------------------------------------------------------------------------

    def open_path(self, path: Path, scenario_path: Path | None = None) -> None:
        """A drill's data directory, or a folder of such."""
        if is_run(path):
            self._scenario_path = scenario_path
            self._read(path)
        else:
            self.open_folder(path)

    def open_folder(self, folder: Path) -> None:
        """Drills of a folder and of those in it; the next start begins with it."""
        if not folder.is_dir():
            self._say("warn", self.place.text("review.no_records", path=str(folder)))
            return
        fault = keep_folder(self._kept, folder)
        self.pages.show_page("training")
        self.pages.training.read_folder(folder)
        if fault:
            self._say("warn", self.place.text("review.not_kept", why=fault))

    def open_last_folder(self) -> None:
        folder = kept_folder(self._kept)
        if folder is not None and folder.is_dir():
            self.pages.show_page("training")
            self.pages.training.read_folder(folder)

    def _open_run(self, data: Path) -> None:
        self._scenario_path = None
        self.pages.show_page("score")
        self._read(data)

    def read_again(self) -> None:
        if self.place.run is not None:
            self._read(self.place.run.data)

    def _read(self, data: Path) -> None:
        place, scenario_path = self.place, self._scenario_path
        place.work.start(
            place.text("review.reading", name=data.name),
            lambda step: place.reader.read(data, scenario_path, step),
            self._take,
        )

    def _take(self, run: Run) -> None:
        if self.place.run is None or self.place.run.data != run.data:
            self._moment = None
        self.place.run = run
        self.show_run()
        if self.focusWidget() in (None, *self.head.buttons.values()):
            self.pages.currentWidget().setFocus()

    def show_run(self) -> None:
        text = self.place.text
        run = self.place.run
        self.setWindowTitle(text("review.window"))
        self.pages.show_run()
        carried = sum(bool(action.from_drill) and action.is_open for action in self.pages.improve.known)
        self.head.show_run(run, open_actions=carried, has_moment=self._moment is not None)

    # --- doing --------------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        match name:
            case "open" | "folder":
                self._ask_folder(name)
            case "replay":
                self._replay()
            case "pdf" | "html" if self.place.run is not None:
                self.reporting.ask_file(name, self)
            case _:
                pass

    def _ask_folder(self, name: str) -> None:
        run = self.place.run
        ask_folder(self.place.text(f"review.tip.{name}"), run, self.open_path, self)

    def _show_moment(self, at: float) -> None:
        run = self.place.run
        self._moment = at
        if run is not None:
            second = second_words(at - run.review.starts_at, run.review.starts_at, self.place.text)
            self._say("dim", self.place.text("review.moment", second=second))
            self.head.buttons["replay"].setEnabled(True)
        self.momentWanted.emit(at)

    def _replay(self) -> None:
        run = self.place.run
        if run is not None and self._moment is not None:
            beside = self.pages.compare.best_beside()
            ghost = ["--ghost", str(beside.data)] if beside is not None else []
            self.replay.show_moment(["--replay", str(run.data), "--at", f"{self._moment:.3f}", *ghost])
            self._say("dim", self.place.text("review.replay_opens"))

    # --- saying -------------------------------------------------------------------------------------------

    def _say(self, tone: str, words: str) -> None:
        self.foot.say(tone, words)

    def say_fault(self, why: str) -> None:
        """Something went wrong in the program itself."""
        self._say("danger", self.place.text("review.fault", why=why))

    def _say_no_replay(self, why: str) -> None:
        self._say("danger", self.place.text("review.no_replay", why=why))

    def _count(self, done: int, of: int) -> None:
        if self.work.is_running:
            self.foot.count(done, of)

    def _cancel(self) -> None:
        if self.work.is_running:
            self.work.cancel()
            self._say("warn", self.place.text("review.cancelled"))

    def _refuse(self, key: str, values: dict[str, str]) -> None:
        self._say("danger", self.place.text(key, **values))

    # --- the window itself --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place.look.set_scale(scale_for(self.size()))

    def _dress(self) -> None:
        self.place.look.dress(self)
        self.show_run()

    def stop(self) -> None:
        """Undo what outlives the window."""
        self.work.stop()
        self.pages.training.stop()
        self.replay.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.work.cancel()
        super().closeEvent(event)
