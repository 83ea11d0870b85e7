"""Training records: people by drills of a folder, who has passed what, who is due again, and files of all of it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from comms.domain.ids import OfficerId
from console.drill.run import CannotReadError, Run, RunReader, Step, runs_in
from console.drill.training import DUE_DAYS, TrainingRecord, csv_of, xlsx_of
from ui.review.grid import Grid
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.reporting import Encode, ask_where, write_file
from ui.review.training_rows import Course, Listing, Wish, course_of, drill_row, listing_of
from ui.review.words import said_here
from ui.review.work import Work
from ui.widgets.choices import Choices
from ui.widgets.labels import ElidedLabel
from ui.widgets.row import row_of

_SHOWN = ("all", "failed", "due")
_EXPORTS = ("csv", "xlsx", "pdf")
_INTERVALS = (90, DUE_DAYS, 365)


class TrainingPage(ReviewPage):
    """`records` are of the folder's drills, by person. A row opens the drill."""

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look, text = place.look, place.text
        self.folder: Path | None = None
        self.runs: list[Run] = []
        self.course = Course()
        self.listing = Listing()
        self.listing_work = Work(self)
        """Apart from the window's: what is sought while a file is made stops no file."""
        self._state = ElidedLabel(tone="dim", parent=self)
        self.search = QLineEdit(self)
        self.search.setObjectName("review_search")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(look.px(220))
        self.shown = Choices(_SHOWN, "review_person", text, self)
        self.scenario = QComboBox(self)
        self.scenario.setObjectName("review_scenario")
        self.scenario.setMinimumWidth(look.px(180))
        self.interval = QComboBox(self)
        self.interval.setObjectName("review_interval")
        self.buttons = {kind: QPushButton(self) for kind in _EXPORTS}
        for kind, button in self.buttons.items():
            button.setObjectName(f"review_training_{kind}")
            button.clicked.connect(partial(self._ask_export, kind))
        self.people = Grid("review_training_people", look, self)
        self.table = Grid("review_training", look, self)
        self._lay_out()
        self.search.textChanged.connect(self._show_people)
        self.shown.changed.connect(self._show_people)
        self.scenario.activated.connect(self._show_people)
        self.interval.activated.connect(self._show_people)
        self.people.chosen.connect(self._show_drills)
        self.table.entered_row.connect(self._open)
        self.setFocusProxy(self.search)

    def _lay_out(self) -> None:
        split = QSplitter(self)
        split.addWidget(self.people)
        split.addWidget(self.table)
        split.setChildrenCollapsible(False)
        look = self._place.look
        split.setSizes([look.px(570), look.px(710)])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(row_of(self.search, self.shown, self.scenario, self.interval, None, *self.buttons.values()))
        column.addLayout(row_of(self._state))
        column.addWidget(split, 1)

    # --- reading a folder ---------------------------------------------------------------------------------

    def read_folder(self, folder: Path) -> None:
        place = self._place
        try:
            paths = runs_in(folder)
        except OSError as error:
            place.say("danger", place.text("review.cannot.read", why=error.strerror or str(error)))
            return
        if not paths:
            place.say("warn", place.text("review.no_records", path=str(folder)))
            return
        reader = place.reader
        work = partial(_read_all, reader, paths)
        place.work.start(
            place.text("review.reading", name=folder.name), work, partial(self._take, folder), of=len(paths)
        )

    def _take(self, folder: Path, found: tuple[list[Run], list[str]]) -> None:
        place = self._place
        self.folder = folder
        self.runs, unread = found
        place.earlier = list(self.runs)
        self.take_records([(record, run.data) for run in self.runs for record in place.reader.training(run)])
        if unread:
            place.say("warn", place.text("review.unread", count=len(unread), names=" ".join(unread[:4])))
        place.refresh()

    def take_records(self, found: Sequence[tuple[TrainingRecord, Path]]) -> None:
        """Records, with where the drill of each lies."""
        self.listing_work.start("", lambda _: course_of(found), self._take_course)

    def _take_course(self, course: Course) -> None:
        self.course = course
        self.show_run()

    def stop(self) -> None:
        self.listing_work.stop()

    # --- showing ------------------------------------------------------------------------------------------

    def show_run(self, *_: object) -> None:
        text = self._place.text
        self.shown.retranslate()
        self.search.setPlaceholderText(text("review.search_people"))
        chosen, days = self.scenario.currentData() or "", self.interval.currentData() or DUE_DAYS
        self.interval.clear()
        for count in _INTERVALS:
            self.interval.addItem(text("review.every_days", count=count), count)
        self.interval.setCurrentIndex(max(0, self.interval.findData(days)))
        self.scenario.clear()
        self.scenario.addItem(text("review.every_scenario"), "")
        for scenario_id, title in self.course.titles.items():
            self.scenario.addItem(said_here(title, text), scenario_id)
        self.scenario.setCurrentIndex(max(0, self.scenario.findData(chosen)))
        for kind, button in self.buttons.items():
            button.setText(text(f"review.export.{kind}"))
            button.setEnabled(bool(self.course.records))
        self._show_people()

    def _show_people(self, *_: object) -> None:
        place, course = self._place, self.course
        if not course.records:
            self._show_listing(Listing())
            return
        wish = Wish(
            words=self.search.text(),
            shown=self.shown.chosen,
            scenario_id=self.scenario.currentData() or "",
            days=int(self.interval.currentData() or DUE_DAYS),
            today=place.today(),
        )
        self.listing_work.start("", partial(listing_of, course, wish, place.text), self._show_listing)

    def _show_listing(self, listing: Listing) -> None:
        text = self._place.text
        self.listing = listing
        self.people.empty_words = text("review.nothing_shown")
        heads = tuple(text(f"review.head.{key}") for key in ("name", "id", "drills", "passed", "best", "last", "due"))
        self.people.show_rows(heads, listing.rows, widths=(92, 76, 58, 60, 62, 94, 0), numbers=(2, 3, 4))
        self._show_drills(self.people.key)
        where = str(self.folder) if self.folder is not None else text("review.no_folder")
        count = len(listing.records)
        self._state.setText(text("review.records", folder=where, people=len(listing.rows), records=count))

    def _show_drills(self, key: object) -> None:
        text = self._place.text
        places = self.course.of_person.get(OfficerId(key), []) if isinstance(key, str) else []
        rows = [drill_row(at, self.course.records[at], text) for at in places]
        heads = tuple(
            text(f"review.head.{one}") for one in ("day", "drill", "share", "points", "rating", "result", "certificate")
        )
        self.table.show_rows(heads, rows, widths=(92, 0, 64, 84, 58, 90, 160), numbers=(2, 3))

    def _open(self, key: object) -> None:
        if isinstance(key, int):
            self._place.open_run(self.course.paths[key])

    # --- files --------------------------------------------------------------------------------------------

    def _ask_export(self, kind: str, *_: object) -> None:
        name = self._place.text("review.page.training" if kind != "pdf" else "certificate.title")
        ask_where(self._place, kind, name, partial(self.export, kind), self)

    def export(self, kind: str, path: Path) -> None:
        """What is shown, in the order of people and days; of certificates, those who passed."""
        records = self.listing.records
        write_file(self._place, path, self._encode(kind, records), of=len(records))

    def _encode(self, kind: str, records: Sequence[TrainingRecord]) -> Encode:
        locale, reader = self._place.text.locale, self._place.reader
        match kind:
            case "csv":
                return lambda step: csv_of(records, locale=locale.value, step=step)
            case "xlsx":
                return lambda step: xlsx_of(records, locale=locale.value, step=step)
            case _:
                return lambda step: reader.certificates(list(records), locale, step)


def _read_all(reader: RunReader, paths: Sequence[Path], step: Step) -> tuple[list[Run], list[str]]:
    """On the thread. What cannot be read is named and left out."""
    runs, unread = [], []
    for number, path in enumerate(paths):
        step(number)
        try:
            runs.append(reader.read(path, None, partial(_hold, step, number)))
        except CannotReadError:
            unread.append(path.name)
    return runs, unread


def _hold(step: Step, number: int, _events: int) -> None:
    """How many records have been read is what is told, not how many events."""
    step(number)
