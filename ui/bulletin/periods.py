"""Days, weeks and months of China Standard Time (a fixed offset, as the calendars of cases have it), and what each is
compared with."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import ceil

from comms.domain.assessment import Period
from comms.domain.bulletin import Span

CHINA = timezone(timedelta(hours=8))
MOST_SLICES = 12


@dataclass(frozen=True, slots=True)
class Compared:
    """One that goes on ends now, and is compared with as much of the others."""

    span: Span
    now: Period
    before: Period
    """环比: the day, week or month before; of any other period, as long a time before it."""
    long_before: Period
    """同比: the same day a week ago, the same week four weeks ago, the same month a year ago."""

    @property
    def slices(self) -> tuple[Period, ...]:
        """For a trend, at most twelve: four hours of a day, days of a week, three days of a month."""
        start, end = _moment(self.now.from_at), _moment(self.now.until_at)
        step = timedelta(hours=4) if self.span is Span.DAY else timedelta(days=1)
        if (end - start) / step > MOST_SLICES:
            step = timedelta(days=ceil((end - start) / timedelta(days=MOST_SLICES)))
        found = []
        while start < end:
            after = min(start + step, end)
            found.append(Period(from_at=start.timestamp(), until_at=after.timestamp()))
            start = after
        return tuple(found)

    def name(self, period: Period | None = None) -> str:
        """Both days are in it."""
        shown = self.now if period is None else period
        first, last = _moment(shown.from_at), _moment(shown.until_at - 1)
        days = (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
        return days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"


def compared(span: Span, at: float, now: float) -> Compared:
    """The span that `at` lies in, up to `now` at most."""
    start = _start(span, _moment(at))
    return _compared(span, start, _later(span, start, 1), now)


def of_days(first: float, last: float, now: float) -> Compared:
    """From the beginning of one day to the end of another."""
    start, end = (_start(Span.DAY, _moment(at)) for at in sorted((first, last)))
    return _compared(Span.ANY, start, end + timedelta(days=1), now)


def moved(compared_: Compared, places: int) -> float:
    """A moment of the span so many before or after."""
    start = _moment(compared_.now.from_at)
    if compared_.span is Span.ANY:
        return (start + places * timedelta(days=1)).timestamp()
    return _later(compared_.span, start, places).timestamp()


def _compared(span: Span, start: datetime, end: datetime, now: float) -> Compared:
    until = min(end, max(_moment(now), start + timedelta(seconds=1)))
    before = start - (end - start) if span is Span.ANY else _later(span, start, -1)
    long_before = {
        Span.DAY: start - timedelta(days=7),
        Span.WEEK: start - timedelta(days=28),
        Span.MONTH: _later(Span.MONTH, start, -12),
        Span.ANY: start - timedelta(days=364),
    }[span]

    def like(other: datetime) -> Period:
        last = other + (end - start) if span is Span.ANY else _later(span, other, 1)
        until_then = min(other + (until - start), last) if until < end else last
        return Period(from_at=other.timestamp(), until_at=until_then.timestamp())

    now_period = Period(from_at=start.timestamp(), until_at=until.timestamp())
    return Compared(span, now_period, like(before), like(long_before))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, CHINA)


def _start(span: Span, at: datetime) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if span is Span.WEEK:
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if span is Span.MONTH else midnight


def _later(span: Span, start: datetime, places: int) -> datetime:
    if span is Span.MONTH:
        months = start.year * 12 + start.month - 1 + places
        return start.replace(year=months // 12, month=months % 12 + 1)
    return start + places * timedelta(days=7 if span is Span.WEEK else 1)
