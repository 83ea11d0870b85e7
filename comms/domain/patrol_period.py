"""Periods of patrol plans: which day, week, month or quarter an instant lies in, and by when its visits are due. Pure.

Instants are Unix seconds; days are those of China Standard Time, as in `work_calendar`.
"""

from typing import NamedTuple, assert_never

from comms.domain.patrol import PatrolPlan, Rhythm
from comms.domain.work_calendar import DAY_S, ZONE_OFFSET_S, WorkCalendar

_DAYS_TO_MARCH_0 = 719_468
"""From the first of March of the year 0 to 1970-01-01."""


class Period(NamedTuple):
    """`number` counts periods of one rhythm without gaps; a day off has none of `WORK_DAY`."""

    number: int
    from_at: float
    until_at: float


def period_at(rhythm: Rhythm, at: float, calendar: WorkCalendar) -> Period | None:
    """None only on a day off, for what is done on working days."""
    day = day_of(at)
    match rhythm:
        case Rhythm.WORK_DAY if not calendar.is_work_day(at):
            return None
        case Rhythm.DAILY | Rhythm.WORK_DAY:
            return period(rhythm, day)
        case Rhythm.WEEKLY:
            return period(rhythm, (day + 3) // 7)  # day 0 was a Thursday
        case _:
            year, month, _ = date_of(day)
            months = year * 12 + month - 1
            return period(rhythm, months if rhythm is Rhythm.MONTHLY else months // 3)


def period(rhythm: Rhythm, number: int) -> Period:
    match rhythm:
        case Rhythm.DAILY | Rhythm.WORK_DAY:
            first, last = number, number + 1
        case Rhythm.WEEKLY:
            first, last = number * 7 - 3, number * 7 + 4
        case Rhythm.MONTHLY:
            first, last = _first_of(number), _first_of(number + 1)
        case Rhythm.QUARTERLY:
            first, last = _first_of(number * 3), _first_of(number * 3 + 3)
        case _:
            assert_never(rhythm)
    return Period(number, _begins(first), _begins(last))


def previous(rhythm: Rhythm, at: float, calendar: WorkCalendar) -> Period | None:
    """The last period that is over; None when there was none within two weeks."""
    if rhythm is not Rhythm.WORK_DAY:
        now = period_at(rhythm, at, calendar)
        return period(rhythm, now.number - 1) if now is not None else None
    today = _begins(day_of(at))
    days = (today - back * DAY_S for back in range(1, 15))
    return next((found for day in days if (found := period_at(rhythm, day, calendar)) is not None), None)


def deadline_of(plan: PatrolPlan, found: Period, calendar: WorkCalendar, *, since_at: float = 0.0) -> float:
    """When a visit of this period is overdue; it may be done until the period ends. The limit of a plan made in the
    middle of a period (`since_at`) runs from then."""
    if plan.limit is None:
        return found.until_at
    from_at = max(found.from_at, since_at)
    counted_s = calendar.seconds(plan.limit, at=from_at)
    return min(found.until_at, calendar.deadline(from_at, counted_s, plan.limit.unit))


def day_of(at: float) -> int:
    """Days since 1970-01-01."""
    return int((at + ZONE_OFFSET_S) // DAY_S)


def second_of_day(at: float) -> float:
    return (at + ZONE_OFFSET_S) % DAY_S


def date_of(day: int) -> tuple[int, int, int]:
    """Year, month and day of the month, in the Gregorian calendar, whose years are counted from March."""
    days = day + _DAYS_TO_MARCH_0
    era, of_era = divmod(days, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * from_march + 2) // 5 + 1


def _first_of(months: int) -> int:
    """The day on which a month begins; months are counted from January of the year 0."""
    year, month = months // 12, months % 12 + 1
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year - _DAYS_TO_MARCH_0


def _begins(day: int) -> float:
    return float(day * DAY_S - ZONE_OFFSET_S)
