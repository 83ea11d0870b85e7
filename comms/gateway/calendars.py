"""Where the working calendar comes from: a folder of yearly files of the site's own, else those of the product."""

from datetime import date, time
from importlib.resources import files
from pathlib import Path

import msgspec

from comms.domain.work_calendar import CalendarError, CalendarYear, WorkCalendar

_EPOCH = date(1970, 1, 1).toordinal()


class _Holiday(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`last` is a day off too."""

    name: str
    first: date
    last: date


class _YearFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`resources/calendars/2026.json` shows the form."""

    year: int
    hours: tuple[tuple[time, time], ...]
    holidays: tuple[_Holiday, ...] = ()
    work_days: tuple[date, ...] = ()
    source: str = ""


def load_calendar(folder: Path | None) -> WorkCalendar:
    """Every `*.json` of the folder is one year. Raises OSError, or ValueError saying what is wrong."""
    place = files("resources") / "calendars" if folder is None else folder
    return WorkCalendar(read_year(item.read_bytes()) for item in place.iterdir() if item.name.endswith(".json"))


def read_year(data: bytes) -> CalendarYear:
    """Raises ValueError (CalendarError, or msgspec's) saying what is wrong."""
    file = msgspec.json.decode(data, type=_YearFile)
    hours = tuple((_second(first), _second(last)) for first, last in file.hours)
    ends = [second for span in hours for second in span]
    if not ends or ends != sorted(set(ends)):
        raise CalendarError(f"The working hours of {file.year} are missing or do not follow each other.")
    named = [*file.work_days, *(day for holiday in file.holidays for day in (holiday.first, holiday.last))]
    if any(day.year != file.year for day in named) or any(one.last < one.first for one in file.holidays):
        raise CalendarError(f"A day in the calendar of {file.year} lies in another year, or a holiday ends too early.")
    return CalendarYear(
        year=file.year,
        hours=hours,
        days_off=frozenset(day for one in file.holidays for day in range(_day(one.first), _day(one.last) + 1)),
        work_days=frozenset(map(_day, file.work_days)),
    )


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _day(day: date) -> int:
    return day.toordinal() - _EPOCH
