"""Training records of people over drills, their certificates, and sheets of them for ten thousand people."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from io import BytesIO, StringIO
from statistics import fmean

import msgspec

from comms.domain.drill_events import Rating
from comms.domain.ids import OfficerId
from comms.domain.inject import Words
from comms.domain.plan import said
from comms.domain.score import Score, rating_of

PASSED_FROM = 0.65
"""Share of the team's points from which a drill counts as passed; our own figure, as `RATED_FROM` has it for S."""
HEADS = {
    "zh_CN": ("编号", "姓名", "演练", "演练编号", "日期", "时长(分)", "团队得分(%)", "个人得分", "确认事件", "指令",
              "确认告警", "接听", "未接", "发言(秒)", "最长发言(秒)", "评定", "合格", "证书号"),
    "en": ("Id", "Name", "Drill", "Drill id", "Date", "Minutes", "Team score (%)", "Own points", "Noted", "Orders",
           "Alarms", "Answered", "Missed", "Talk (s)", "Longest (s)", "Rating", "Passed", "Certificate"),
}  # fmt: skip
_YES = {"zh_CN": ("合格", "不合格"), "en": ("yes", "no")}


class TrainingRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person in one drill. `day` is that of the drill clock (`2026-06-18`); `share` is the team's, 0 to 1."""

    officer_id: OfficerId
    name: str
    scenario_id: str
    title: Words
    drill_id: str
    day: str
    length_s: float
    share: float | None
    points: float
    noted: int
    orders: int
    alarms: int
    answered: int
    missed: int
    talk_s: float
    longest_s: float

    @property
    def rating(self) -> Rating | None:
        return rating_of(self.share) if self.share is not None else None

    @property
    def is_passed(self) -> bool:
        return self.share is not None and self.share >= PASSED_FROM

    @property
    def certificate(self) -> str:
        """A number that follows from what it certifies, so that a sheet can be checked; empty where there is none."""
        if not self.is_passed:
            return ""
        what = "|".join((self.officer_id, self.scenario_id, self.drill_id, self.day, f"{self.share:.4f}"))
        return f"WG-{self.day.replace('-', '')}-{hashlib.sha256(what.encode()).hexdigest()[:8].upper()}"


def records_of(score: Score, *, day: str) -> tuple[TrainingRecord, ...]:
    """Of everybody who took part."""
    return tuple(
        TrainingRecord(
            officer_id=person.officer_id,
            name=person.name,
            scenario_id=score.scenario_id,
            title=score.title,
            drill_id=score.drill_id,
            day=day,
            length_s=score.length_s,
            share=score.share,
            points=person.points,
            noted=person.incidents_noted,
            orders=person.orders,
            alarms=person.alarms_acknowledged,
            answered=person.calls_answered,
            missed=person.calls_missed,
            talk_s=person.talk_s,
            longest_s=person.longest_burst_s,
        )
        for person in score.people
    )


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One person over all drills: how many, how many passed, the mean and the best share, and since when."""

    officer_id: OfficerId
    name: str
    drills: int
    passed: int
    mean_share: float | None
    best_share: float | None
    last_day: str


def standings(records: Iterable[TrainingRecord]) -> tuple[Standing, ...]:
    """By id. A person's name is that of the last drill."""
    by_person: dict[OfficerId, list[TrainingRecord]] = {}
    for record in records:
        by_person.setdefault(record.officer_id, []).append(record)
    return tuple(_standing(one, by_person[one]) for one in sorted(by_person))


def _standing(one: OfficerId, records: Sequence[TrainingRecord]) -> Standing:
    shares = [record.share for record in records if record.share is not None]
    last = max(records, key=lambda record: record.day)
    return Standing(
        officer_id=one,
        name=last.name,
        drills=len(records),
        passed=sum(record.is_passed for record in records),
        mean_share=fmean(shares) if shares else None,
        best_share=max(shares, default=None),
        last_day=last.day,
    )


STEP_RECORDS = 200


def counted(records: Iterable[TrainingRecord], step: Callable[[int], None] | None) -> Iterator[TrainingRecord]:
    """`step` is told how many have been taken, now and then; what it raises ends the work."""
    for number, record in enumerate(records):
        if step is not None and number % STEP_RECORDS == 0:
            step(number)
        yield record


def csv_of(records: Iterable[TrainingRecord], *, locale: str, step: Callable[[int], None] | None = None) -> bytes:
    """With the mark by which office programs know UTF-8. `step` as `counted` has it."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS[locale])
    writer.writerows([_safe(cell) for cell in _row(record, locale)] for record in counted(records, step))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_of(records: Iterable[TrainingRecord], *, locale: str, step: Callable[[int], None] | None = None) -> bytes:
    """Written row by row: ten thousand take some three seconds. For a thread. `step` as `counted` has it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("培训记录" if locale == "zh_CN" else "Training")
    sheet.freeze_panes = "C2"
    sheet.append(HEADS[locale])
    for record in counted(records, step):
        sheet.append([_safe(cell) for cell in _row(record, locale)])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _safe(cell: str | float | int) -> str | float | int:
    """A name that begins like a formula is a word: no sheet may compute it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _row(record: TrainingRecord, locale: str) -> list[str | float | int]:
    yes, no = _YES[locale]
    return [
        record.officer_id,
        record.name,
        said(record.title, locale),
        record.drill_id,
        record.day,
        round(record.length_s / 60, 1),
        "" if record.share is None else round(100 * record.share, 1),
        round(record.points, 2),
        record.noted,
        record.orders,
        record.alarms,
        record.answered,
        record.missed,
        round(record.talk_s, 1),
        round(record.longest_s, 1),
        record.rating.value if record.rating is not None else "",
        yes if record.is_passed else no,
        record.certificate,
    ]


DUE_DAYS = 180
"""How long who passed a scenario need not play it again: half a year, our own figure; the trainer may choose."""


class Due(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person and one scenario. `passed_day` is the last that was passed, empty for never; `due_day` when it has to
    be passed again, empty where it never was: that is due at once."""

    officer_id: OfficerId
    name: str
    scenario_id: str
    title: Words
    passed_day: str = ""
    due_day: str = ""

    def is_overdue(self, today: str) -> bool:
        return self.due_day < today


def dues(records: Iterable[TrainingRecord], *, days: int = DUE_DAYS) -> tuple[Due, ...]:
    """Of everybody in the records for every scenario in them, by person and scenario."""
    known = list(records)
    titles = {record.scenario_id: record.title for record in known}
    names = {record.officer_id: record.name for record in sorted(known, key=lambda each: each.day)}
    passed: dict[tuple[OfficerId, str], str] = {}
    for record in known:
        if record.is_passed:
            key = (record.officer_id, record.scenario_id)
            passed[key] = max(record.day, passed.get(key, ""))
    return tuple(
        Due(
            officer_id=one,
            name=names[one],
            scenario_id=scenario_id,
            title=titles[scenario_id],
            passed_day=(day := passed.get((one, scenario_id), "")),
            due_day=str(date.fromisoformat(day) + timedelta(days=days)) if day else "",
        )
        for one in sorted(names)
        for scenario_id in sorted(titles)
    )
