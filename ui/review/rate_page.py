"""Observers' ratings beside what the figures say, for the team and for persons; notes and bookmarks of who watched."""

import re

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from comms.domain.drill_events import DrillNoted, DrillRated, Rating
from comms.domain.ids import OfficerId
from comms.domain.score import ObjectiveScore
from comms.domain.score_words import number
from console.drill.run import Run
from ui.drill.aar import clock_of
from ui.review.grid import Grid, GridRow
from ui.review.keeping import Keeping
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.staff_field import StaffField
from ui.review.words import said_here, share_words
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.row import row_of

_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
_TONES = {Rating.P: "ok", Rating.S: "text", Rating.M: "warn", Rating.U: "danger"}


def second_of(words: str) -> float | None:
    """`02:30` in seconds; None where it is no such time."""
    found = _CLOCK.fullmatch(words.strip())
    return None if found is None else 60.0 * int(found[1]) + int(found[2])


class RatePage(ReviewPage):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look, text = place.look, place.text
        self.keeping = Keeping(place, self)
        self.who = StaffField(text, self)
        self._as = label(tone="dim", parent=self)
        self._hint = label(tone="dim", wraps=True, parent=self)
        self.objectives = Grid("review_objectives", look, self)
        self.rated = QComboBox(self)
        self.rated.setObjectName("review_rated")
        self.rating = Choices(tuple(one.value.lower() for one in Rating), "review_rating", text, self)
        self.words = QLineEdit(self)
        self.rate = QPushButton(self)
        self.rate.setObjectName("review_rate")
        self.rate.setProperty("tone", "primary")
        self._notes_head = label(tone="head", parent=self)
        self.notes = Grid("review_notes", look, self)
        self.note_second = QLineEdit(self)
        self.note_second.setFixedWidth(look.px(84))
        self.note = QLineEdit(self)
        self.is_shown = QCheckBox(self)
        self.add_note = QPushButton(self)
        self.add_note.setObjectName("review_add_note")
        self._lay_out()
        self.rate.clicked.connect(self.keep_rating)
        self.words.returnPressed.connect(self.keep_rating)
        self.add_note.clicked.connect(self.keep_note)
        self.note.returnPressed.connect(self.keep_note)
        self.notes.clicked.connect(self._show_moment)
        self.notes.activated.connect(self._show_moment)
        self.keeping.kept.connect(self._clear)
        self.setFocusProxy(self.objectives)

    def _lay_out(self) -> None:
        left, right = QWidget(self), QWidget(self)
        rating = QVBoxLayout(left)
        rating.setContentsMargins(0, 0, 8, 0)
        rating.addWidget(self.objectives, 1)
        rating.addLayout(row_of(self.rated, self.rating, None))
        words = row_of(self.words, self.rate)
        words.setStretch(0, 1)
        rating.addLayout(words)
        notes = QVBoxLayout(right)
        notes.setContentsMargins(8, 0, 0, 0)
        notes.addWidget(self._notes_head)
        notes.addWidget(self.notes, 1)
        fields = row_of(self.note_second, self.note, self.is_shown, self.add_note)
        fields.setStretch(1, 1)
        notes.addLayout(fields)
        split = QSplitter(self)
        split.addWidget(left)
        split.addWidget(right)
        split.setChildrenCollapsible(False)
        look = self._place.look
        split.setSizes([look.px(760), look.px(520)])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(row_of(self._as, self.who, None))
        column.addWidget(self._hint)
        column.addWidget(split, 1)

    # --- showing ------------------------------------------------------------------------------------------

    def show_run(self, *_: object) -> None:
        text, run = self._place.text, self._place.run
        self._as.setText(text("review.as"))
        self._hint.setText(text("aar.ratings"))
        self.rating.retranslate()
        self.words.setPlaceholderText(text("review.rating_words"))
        self.rate.setText(text("review.rate"))
        self.note_second.setPlaceholderText(text("review.note_second"))
        self.note_second.setToolTip(text("review.note_second_tip"))
        self.note.setPlaceholderText(text("review.note_words"))
        self.is_shown.setText(text("review.note_shown"))
        self.add_note.setText(text("review.add_note"))
        if run is not None:
            self.who.show_run(run)
            self._show_people(run)
            self._show_objectives(run)
            self._show_notes(run)
            may = self.who.party is not None
            for part in (self.rate, self.add_note):
                part.setEnabled(may)

    def _show_people(self, run: Run) -> None:
        before = self.rated.currentData()
        self.rated.clear()
        self.rated.addItem(self._place.text("review.team"), "")
        for person in run.review.score.people:
            self.rated.addItem(person.name, person.officer_id)
        self.rated.setCurrentIndex(max(0, self.rated.findData(before)))
        self.rated.setAccessibleName(self._place.text("review.who_is_rated"))

    def _show_objectives(self, run: Run) -> None:
        text = self._place.text
        rows = [self._objective(at, each, run) for at, each in enumerate(run.review.score.objectives, 1)]
        heads = tuple(text(f"aar.head.{key}") for key in ("objective", "points", "figures_say", "observed", "words"))
        self.objectives.show_rows(heads, rows, widths=(0, 118, 84, 150, 140), numbers=(1,))

    def _objective(self, at: int, each: ObjectiveScore, run: Run) -> GridRow:
        text, names = self._place.text, run.review.names
        given = []
        for one in each.ratings:
            whom = names.get(f"officer:{one.key.officer_id}", one.key.officer_id) or text("review.team")
            by = names.get(one.key.by, one.key.by)
            given.append(text("review.given", rating=one.rating.value, whom=whom, by=by))
        points = f"{number(each.points)} / {number(each.of)}  {share_words(each.share)}"
        says = each.figures_say
        cells = (
            f"{at}. {said_here(each.words, text)}",
            points,
            says.value if says is not None else "—",
            text("review.and").join(given) or "—",
            text("review.and").join(one.words for one in each.ratings if one.words),
        )
        last = each.ratings[-1].rating if each.ratings else None
        tones = {2: _TONES[says]} if says is not None else {}
        if last is not None:
            tones[3] = _TONES[last]
        return GridRow(each.id, cells, tones=tones, order={0: at, 1: each.share or 0.0})

    def _show_notes(self, run: Run) -> None:
        text, review = self._place.text, run.review
        self.notes.empty_words = text("review.no_notes")
        self._notes_head.setText(text("review.notes", count=len(review.notes)))
        rows = [
            GridRow(
                note.seq,
                (
                    clock_of(note.about_at - review.starts_at),
                    review.names.get(note.by, note.by),
                    note.text,
                    text("review.note_is_shown" if note.is_shown else "review.note_is_private"),
                ),
                order={0: note.about_at},
            )
            for note in review.notes
        ]
        heads = (*(text(f"aar.head.{key}") for key in ("time", "by", "words")), text("review.head.shown"))
        self.notes.show_rows(heads, rows, widths=(64, 110, 0, 72))

    # --- saying -------------------------------------------------------------------------------------------

    def keep_rating(self) -> None:
        by, objective = self.who.party, self.objectives.key
        if by is None or objective is None:
            return
        officer = self.rated.currentData()
        event = DrillRated(
            objective=str(objective),
            rating=Rating(self.rating.chosen.upper()),
            words=self.words.text().strip(),
            officer_id=OfficerId(officer) if officer else None,
        )
        self.keeping.keep(by, [event])

    def keep_note(self) -> None:
        text, run, by = self._place.text, self._place.run, self.who.party
        words, when = self.note.text().strip(), self.note_second.text().strip()
        at_s = second_of(when)
        if run is None or by is None:
            return
        if not words:
            self._place.say("warn", text("review.note_wanted"))
        elif when and at_s is None:
            self._place.say("warn", text("review.second_wanted"))
        else:
            self.keeping.keep(by, [DrillNoted(text=words, at_s=at_s, is_shown=self.is_shown.isChecked())])

    def _clear(self) -> None:
        for field in (self.words, self.note, self.note_second):
            field.clear()

    def _show_moment(self, *_: object) -> None:
        run = self._place.run
        note = next((one for one in run.review.notes if one.seq == self.notes.key), None) if run is not None else None
        if note is not None:
            self._place.show_moment(note.about_at)
