"""Rows of the training records, put together beside the screen: ten thousand people take a second."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comms.domain.ids import OfficerId
from comms.domain.inject import Words
from console.drill.run import Step
from console.drill.training import Due, Standing, TrainingRecord, dues, standings
from ui.review.grid import GridRow
from ui.review.words import said_here, share_words
from ui.text import Texts

_STEP = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be listed: `shown` is `all`, `failed` or `due`; no `scenario_id` is all of them; who passed is due
    again after so many `days`."""

    words: str = ""
    shown: str = "all"
    scenario_id: str = ""
    days: int = 0
    today: str = ""

    def is_of(self, scenario_id: str) -> bool:
        return self.scenario_id in ("", scenario_id)


@dataclass(frozen=True, slots=True)
class Course:
    """Records by person and day, where the drill of each lies, and which are whose. `known_dues` by days is the
    thread's own, so that nothing is counted twice."""

    records: tuple[TrainingRecord, ...] = ()
    paths: tuple[Path, ...] = ()
    of_person: dict[OfficerId, list[int]] = field(default_factory=dict)
    titles: dict[str, Words] = field(default_factory=dict)
    known_dues: dict[int, tuple[Due, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """`records` are those that the wish leaves; a row for each person of them."""

    records: tuple[TrainingRecord, ...] = ()
    rows: tuple[GridRow, ...] = ()


def course_of(found: Sequence[tuple[TrainingRecord, Path]]) -> Course:
    ordered = sorted(found, key=lambda one: (one[0].officer_id, one[0].day, str(one[1])))
    of_person: dict[OfficerId, list[int]] = {}
    for at, (record, _) in enumerate(ordered):
        of_person.setdefault(record.officer_id, []).append(at)
    return Course(
        records=tuple(record for record, _ in ordered),
        paths=tuple(path for _, path in ordered),
        of_person=of_person,
        titles={record.scenario_id: record.title for record, _ in ordered},
    )


def listing_of(course: Course, wish: Wish, text: Texts, step: Step) -> Listing:
    """`step` may end it between two people."""
    if wish.days not in course.known_dues:
        course.known_dues[wish.days] = dues(course.records, days=wish.days)
    step(0)
    late: dict[OfficerId, list[Due]] = {}
    for due in course.known_dues[wish.days]:
        if wish.is_of(due.scenario_id) and due.is_overdue(wish.today):
            late.setdefault(due.officer_id, []).append(due)
    step(0)
    people = _people(course, wish, late)
    records = tuple(
        record for record in course.records if record.officer_id in people and wish.is_of(record.scenario_id)
    )
    rows = []
    for at, standing in enumerate(standings(records)):
        if at % _STEP == 0:
            step(at)
        rows.append(_person_row(standing, late.get(standing.officer_id, []), text))
    return Listing(records, tuple(rows))


def _people(course: Course, wish: Wish, late: dict[OfficerId, list[Due]]) -> set[OfficerId]:
    words = wish.words.strip().casefold()
    found = set()
    for one, places in course.of_person.items():
        own = [course.records[at] for at in places if wish.is_of(course.records[at].scenario_id)]
        if words and not any(words in f"{record.name} {one}".casefold() for record in own):
            continue
        if wish.shown == "failed" and all(record.is_passed for record in own):
            continue
        if wish.shown == "due" and one not in late:
            continue
        found.add(one)
    return found


def _person_row(one: Standing, owed: Sequence[Due], text: Texts) -> GridRow:
    titles = text("review.and").join(said_here(due.title, text) for due in owed)
    cells = (
        one.name,
        one.officer_id,
        str(one.drills),
        str(one.passed),
        share_words(one.best_share),
        one.last_day,
        titles or "—",
    )
    order: dict[int, float | str] = {2: one.drills, 3: one.passed, 4: one.best_share or 0.0, 6: len(owed)}
    return GridRow(one.officer_id, cells, tones={6: "danger"} if owed else {}, order=order)


def drill_row(at: int, record: TrainingRecord, text: Texts) -> GridRow:
    """`at` is the record's place in its course."""
    cells = (
        record.day,
        said_here(record.title, text),
        share_words(record.share),
        f"{record.points:.2f}",
        record.rating.value if record.rating is not None else "—",
        text("review.passed" if record.is_passed else "review.failed"),
        record.certificate or "—",
    )
    tone = "ok" if record.is_passed else "danger"
    icon = "check" if record.is_passed else "close"
    return GridRow(at, cells, tones={5: tone}, icons={5: icon}, order={2: record.share or 0.0})
