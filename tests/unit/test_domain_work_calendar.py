"""Working time, against a slow count of every minute made another way; and the clock of a case."""

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from comms.domain.case_clock import CaseClock, ClockWork
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.domain.work_calendar import CalendarError, CalendarYear, WorkCalendar
from comms.gateway.calendars import read_year

SPANS = 10_000
BEGIN, END = datetime(2025, 11, 1, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)
MINUTES = int((END - BEGIN) / timedelta(minutes=1))
FILES: dict[int, dict[str, Any]] = {
    2026: json.loads((files("resources") / "calendars" / "2026.json").read_bytes()),
    2027: {
        "year": 2027,
        "hours": [["09:00:00", "11:30:00"], ["12:15:00", "15:00:00"], ["20:00:00", "23:59:00"]],
        "holidays": [
            {"name": "假", "first": "2027-02-05", "last": "2027-02-14"},
            {"name": "年末", "first": "2027-12-31", "last": "2027-12-31"},
        ],
        "work_days": ["2027-02-20", "2027-02-06"],
    },
}
CALENDAR = WorkCalendar(read_year(json.dumps(year).encode()) for year in FILES.values())
U = TimeUnit


def counted_minutes() -> NDArray[np.bool_]:
    """Of every minute between BEGIN and END whether it counts: by its own date and time of day."""
    minute = np.datetime64("2025-11-01T00:00") + np.arange(MINUTES).astype("timedelta64[m]") + np.timedelta64(8, "h")
    days = minute.astype("datetime64[D]")
    is_worked = np.is_busday(days)  # Monday to Friday
    counts = np.zeros(MINUTES, bool)
    for year, kept in FILES.items():
        for holiday in kept["holidays"]:
            is_worked[(days >= np.datetime64(holiday["first"])) & (days <= np.datetime64(holiday["last"]))] = False
        is_worked[np.isin(days, np.array(kept["work_days"], "datetime64[D]"))] = True
        years = minute.astype("datetime64[Y]").astype(int) + 1970
        nearest = (years <= 2026) if year == 2026 else (years >= 2027)
        clock = minute - days
        for first, last in kept["hours"]:
            counts |= nearest & (clock >= _clock(first)) & (clock < _clock(last))
    return counts & is_worked


def _clock(text: str) -> np.timedelta64:
    hour, minute, _ = map(int, text.split(":"))
    return np.timedelta64(hour * 60 + minute, "m")


def test_ten_thousand_spans_equal_a_count_of_every_minute() -> None:
    counts = counted_minutes()
    base, rng = BEGIN.timestamp(), np.random.default_rng(7)
    starts = rng.integers(0, MINUTES - 120 * 1440, SPANS)
    lengths = rng.integers(0, 60 * 1440, SPANS) * (rng.random(SPANS) < 0.8)
    assert counts.sum() > 100_000
    wrong = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        from_at, until_at = base + 60 * start, base + 60 * (start + length)
        slow = int(np.count_nonzero(counts[start : start + length]))
        quick = CALENDAR.elapsed_s(from_at, until_at, U.WORK_HOUR)
        # The deadline of so much work: one minute after the last minute that counts, or at once.
        due = start + int(np.flatnonzero(counts[start : start + length])[-1]) + 1 if slow else start
        if (quick, CALENDAR.deadline(from_at, 60.0 * slow, U.WORK_DAY)) != (60.0 * slow, base + 60 * due):
            wrong.append((start, length))
    assert wrong[:5] == [], len(wrong)


@given(
    at=st.floats(BEGIN.timestamp(), BEGIN.timestamp() + 4e7),
    counted=st.integers(0, 400 * 3600),
    unit=st.sampled_from(TimeUnit),
)
def test_a_deadline_is_when_the_time_has_counted_and_not_a_second_earlier(
    at: float, counted: int, unit: TimeUnit
) -> None:
    at = float(int(at))
    due = CALENDAR.deadline(at, counted, unit)
    assert CALENDAR.elapsed_s(at, due, unit) == counted
    assert counted == 0 or CALENDAR.elapsed_s(at, due - 1, unit) == counted - 1
    middle = (at + due) // 2
    assert CALENDAR.elapsed_s(at, middle, unit) + CALENDAR.elapsed_s(middle, due, unit) == counted


def test_the_holidays_of_2026() -> None:
    """As the State Council's notice has them, day by day around each."""
    off = {
        (1, 1): 3, (2, 15): 9, (4, 4): 3, (5, 1): 5, (6, 19): 3, (9, 25): 3, (10, 1): 7,
    }  # fmt: skip
    worked_weekends = {date(2026, 1, 4), *(date(2026, *day) for day in ((2, 14), (2, 28), (5, 9), (9, 20), (10, 10)))}
    days_off = {date(2026, *first) + timedelta(days=n) for first, count in off.items() for n in range(count)}
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC).timestamp()
        expected = (day.weekday() < 5 or day in worked_weekends) and day not in days_off
        assert CALENDAR.is_work_day(noon) is expected, day
    assert (CALENDAR.covers(noon), CALENDAR.covers(noon + 86_400 * 2), CALENDAR.covers(9e9)) == (True, True, False)


def test_which_year_an_instant_lies_in() -> None:
    for year in (*range(1999, 2033), 2100, 2101, 2400):
        calendar = WorkCalendar([CalendarYear(year=year, hours=((0, 3600),))])
        first = datetime(year, 1, 1, tzinfo=UTC).timestamp() - 8 * 3600
        last = datetime(year + 1, 1, 1, tzinfo=UTC).timestamp() - 8 * 3600
        covered = [calendar.covers(at) for at in (first - 1, first, last - 1, last)]
        assert covered == [False, True, True, False], year


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [
        (U.EMERGENCY_HOUR, 7200), (U.EMERGENCY_DAY, 172_800), (U.NATURAL_DAY, 172_800), (U.WORK_HOUR, 7200),
        (U.WORK_DAY, 57_600),
    ],
)  # fmt: skip
def test_what_two_of_a_unit_are(unit: TimeUnit, seconds: float) -> None:
    assert CALENDAR.seconds(TimeLimit(amount=2, unit=unit), at=BEGIN.timestamp()) == seconds


def test_time_that_runs_back_counts_nothing() -> None:
    assert CALENDAR.elapsed_s(100.0, 50.0, U.WORK_HOUR) == 0
    assert CALENDAR.elapsed_s(100.0, 50.0, U.NATURAL_DAY) == 0
    assert CALENDAR.deadline(100.0, -1.0, U.WORK_HOUR) == 100.0


@pytest.mark.parametrize(
    "broken",
    [
        {"hours": []},
        {"hours": [["12:00:00", "08:00:00"]]},
        {"hours": [["08:00:00", "12:00:00"], ["11:00:00", "18:00:00"]]},
        {"work_days": ["2027-01-04"]},
        {"holidays": [{"name": "x", "first": "2026-05-05", "last": "2026-05-01"}]},
        {"work_days": ["nonsense"]},
        {"holiday": []},
    ],
)
def test_a_bad_file_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_year(json.dumps(FILES[2026] | broken).encode())


def test_without_a_year_there_is_no_calendar() -> None:
    with pytest.raises(CalendarError):
        WorkCalendar([])


# --- the clock of a case ------------------------------------------------------------------------------------

WORK = ClockWork(CALENDAR)
FRIDAY_5PM = datetime(2026, 3, 6, 9, tzinfo=UTC).timestamp()
HOUR = 3600.0
FOUR_HOURS = TimeLimit(amount=4, unit=U.WORK_HOUR)


def test_four_working_hours_from_friday_evening_end_on_monday() -> None:
    clock = WORK.begun(FOUR_HOURS, FRIDAY_5PM)
    monday_8am = FRIDAY_5PM + 63 * HOUR
    assert clock.due_at == monday_8am + 3 * HOUR
    assert clock.warn_at == monday_8am + 2.2 * HOUR
    assert clock.escalate_at == monday_8am + 7 * HOUR, "an hour is left of the morning, one of the afternoon counts"


def test_what_stands_still_does_not_count() -> None:
    clock = WORK.begun(FOUR_HOURS, FRIDAY_5PM)
    stopped = WORK.stopped(clock, FRIDAY_5PM + HOUR / 2)
    assert (stopped.counted_s, stopped.running_since, stopped.is_late) == (HOUR / 2, None, False)
    assert WORK.stopped(stopped, FRIDAY_5PM + 99 * HOUR) is stopped
    on = WORK.gone_on(stopped, FRIDAY_5PM + 7 * 24 * HOUR)
    assert WORK.counted_s(stopped, 9e9) == HOUR / 2
    assert WORK.counted_s(on, on.due_at) == on.allowed_s
    assert CALENDAR.elapsed_s(FRIDAY_5PM + 7 * 24 * HOUR, on.due_at, U.WORK_HOUR) == 3.5 * HOUR


def test_who_was_late_stays_late_and_has_the_deadline_he_missed() -> None:
    clock = WORK.begun(FOUR_HOURS, FRIDAY_5PM)
    assert (clock.is_late_at(clock.due_at), clock.is_late_at(clock.due_at + 1)) == (False, True)
    stopped = WORK.stopped(clock, clock.due_at + 1)
    on = WORK.gone_on(stopped, clock.due_at + 9999)
    assert (on.is_late, on.due_at) == (True, clock.due_at)


def test_an_extension_is_to_the_second_that_was_asked_for() -> None:
    clock = WORK.begun(FOUR_HOURS, FRIDAY_5PM)
    until = clock.due_at + 9 * HOUR  # eight in the evening
    more = WORK.extended(clock, until, FRIDAY_5PM + HOUR)
    assert (more.due_at, more.counted_s, more.running_since) == (until, HOUR, FRIDAY_5PM + HOUR)
    assert more.allowed_s == 4 * HOUR + 1 * HOUR + 4 * HOUR
    assert clock.due_at < more.warn_at < until < more.escalate_at


@given(
    cuts=st.lists(st.floats(1, 3e5), min_size=2, max_size=8),
    amount=st.integers(1, 60),
    unit=st.sampled_from(TimeUnit),
)
def test_only_running_time_counts_however_often_it_stands_still(cuts: list[float], amount: int, unit: TimeUnit) -> None:
    at = FRIDAY_5PM
    clock: CaseClock = WORK.begun(TimeLimit(amount=amount, unit=unit), at)
    ran = 0.0
    for number, cut in enumerate(cuts):
        later = at + int(cut)
        if number % 2 == 0:
            ran += CALENDAR.elapsed_s(at, later, unit)
            clock = WORK.stopped(clock, later)
            assert clock.counted_s == pytest.approx(ran)
        else:
            clock = WORK.gone_on(clock, later)
            if not clock.is_late:
                assert CALENDAR.elapsed_s(later, clock.due_at, unit) == pytest.approx(clock.allowed_s - ran)
        at = later
