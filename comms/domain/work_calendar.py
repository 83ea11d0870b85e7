"""Working time: which days are worked and at what hours, and what a limit comes to in it. Pure.

Instants are Unix seconds. Days are those of China Standard Time (Asia/Shanghai), without summer time since 1991: a
fixed offset, so that the same instant never counts differently on two machines.
"""

from collections.abc import Iterable

import msgspec

from comms.domain.time_limit import TimeLimit, TimeUnit

ZONE_OFFSET_S = 8 * 3600
DAY_S = 86_400
_CONTINUOUS = frozenset({TimeUnit.EMERGENCY_HOUR, TimeUnit.EMERGENCY_DAY, TimeUnit.NATURAL_DAY})
_DAYS = frozenset({TimeUnit.EMERGENCY_DAY, TimeUnit.NATURAL_DAY})


class CalendarYear(msgspec.Struct, frozen=True, kw_only=True):
    """Days are counted from 1970-01-01, `hours` are spans of seconds of the day, one after the other, and not empty.

    Saturdays and Sundays are off but for `work_days` (调休上班)."""

    year: int
    hours: tuple[tuple[int, int], ...]
    days_off: frozenset[int] = frozenset()
    work_days: frozenset[int] = frozenset()


class CalendarError(ValueError):
    """The message says what is wrong with a yearly file."""


class WorkCalendar:
    """Made of yearly files. In a year without one Saturdays and Sundays are off, the hours are the nearest year's."""

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        """Raises CalendarError without any year."""
        self.years = tuple(years)
        self._hours: dict[int, tuple[tuple[int, int], ...]] = {}
        self._exceptions: dict[int, bool] = {}
        for year in self.years:
            self._hours[year.year] = year.hours
            self._exceptions.update(dict.fromkeys(year.days_off, False))
            self._exceptions.update(dict.fromkeys(year.work_days, True))
        if not self._hours:
            raise CalendarError("There is no calendar of any year.")
        self._day_hours: dict[int, tuple[tuple[int, int], ...]] = {}
        self._lengths: dict[int, int] = {}

    def covers(self, at: float) -> bool:
        """There is a file for the year of this instant."""
        return _year(_day(at)) in self._hours

    def is_work_day(self, at: float) -> bool:
        return bool(self._spans(_day(at)))

    def seconds(self, limit: TimeLimit, *, at: float) -> float:
        """How many counted seconds a limit is; a working day is as long as those of the year it is set in."""
        if limit.unit in _DAYS:
            return limit.amount * DAY_S
        if limit.unit is TimeUnit.WORK_DAY:
            return limit.amount * sum(last - first for first, last in self._hours_of(_year(_day(at))))
        return limit.amount * 3600

    def elapsed_s(self, from_at: float, until_at: float, unit: TimeUnit) -> float:
        """Counted seconds between two instants; 0 when the second is not later."""
        if until_at <= from_at:
            return 0.0
        if unit in _CONTINUOUS:
            return until_at - from_at
        first, last = _day(from_at), _day(until_at)
        before = self._worked(first, _second_of(from_at))
        return sum(map(self._length, range(first, last))) + self._worked(last, _second_of(until_at)) - before

    def deadline(self, from_at: float, counted_s: float, unit: TimeUnit) -> float:
        """The earliest instant by which so many seconds have counted."""
        if counted_s <= 0:
            return from_at
        if unit in _CONTINUOUS:
            return from_at + counted_s
        day, second, left = _day(from_at), _second_of(from_at), counted_s
        while True:
            if not second and self._length(day) < left:
                left -= self._length(day)
                day += 1
                continue
            for first, last in self._spans(day):
                begin = max(second, first)
                if last - begin >= left:
                    return day * DAY_S - ZONE_OFFSET_S + begin + left
                left -= max(0, last - begin)
            day, second = day + 1, 0.0

    def _length(self, day: int) -> int:
        """Working seconds of a day."""
        found = self._lengths.get(day)
        if found is None:
            found = self._lengths[day] = sum(last - first for first, last in self._spans(day))
        return found

    def _worked(self, day: int, until_second: float) -> float:
        """Working seconds of a day before a second of it."""
        return sum(min(max(until_second - first, 0), last - first) for first, last in self._spans(day))

    def _spans(self, day: int) -> tuple[tuple[int, int], ...]:
        """The working hours of a day, none when it is off."""
        found = self._day_hours.get(day)
        if found is None:
            is_worked = self._exceptions.get(day, (day + 3) % 7 < 5)  # day 0 was a Thursday
            found = self._day_hours[day] = self._hours_of(_year(day)) if is_worked else ()
        return found

    def _hours_of(self, year: int) -> tuple[tuple[int, int], ...]:
        return self._hours[min(self._hours, key=lambda known: (abs(known - year), known))]


def _day(at: float) -> int:
    """Days since 1970-01-01 in China Standard Time."""
    return int((at + ZONE_OFFSET_S) // DAY_S)


def _second_of(at: float) -> float:
    return (at + ZONE_OFFSET_S) % DAY_S


def _year(day: int) -> int:
    year = 1970 + day * 400 // 146_097
    return year if _first_day(year + 1) > day else year + 1


def _first_day(year: int) -> int:
    """The first of January, in days since 1970-01-01."""
    return 365 * (year - 1970) + (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
