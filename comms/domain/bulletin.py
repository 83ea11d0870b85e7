"""What a bulletin (通报) says of figures: ranks, trends and three findings, each by a rule. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from comms.domain.assessment import PARTS, Dimension, Figure, Figures, Period, Rate

LEAST_DUE = 3
"""A rate told of fewer cases falls and rises by chance; it is ranked, and is no finding."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    now: Figures
    before: Figures
    """Of the period before."""
    long_before: Figures
    """Of the same period a week, a month or a year ago."""


def ranks(values: Mapping[str, float | None]) -> dict[str, int]:
    """The highest is first, equals share their place and the next has as many above it (1, 2, 2, 4). What has no value
    has no place."""
    ordered = sorted((value for value in values.values() if value is not None), reverse=True)
    return {key: ordered.index(value) + 1 for key, value in values.items() if value is not None}


def change(now: Figures, before: Figures, rate: Rate) -> float | None:
    """Percentage points; None where one of the two has no rate."""
    new, old = now.pct(rate), before.pct(rate)
    return new - old if new is not None and old is not None else None


class FindingKind(StrEnum):
    FALLEN = "fallen"
    """The rate of cases closed in time fell most against the period before."""
    OVERDUE = "overdue"
    """Most cases late."""
    RETURNED = "returned"
    """Most cases handed back or to be done again."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Its evidence: so many (`part`) of so many (`whole`), and the same of the period before. `figure` is what stands
    behind it."""

    kind: FindingKind
    keys: tuple[str, ...]
    """More than one where several are equal."""
    figure: Figure
    part: int
    whole: int
    part_before: int
    whole_before: int


def findings(rows: Sequence[Row]) -> tuple[Finding, ...]:
    """At most one of each kind; none where nothing fell, was late or was returned."""
    found = (_fallen(rows), _most(rows, FindingKind.OVERDUE), _most(rows, FindingKind.RETURNED))
    return tuple(finding for finding in found if finding is not None)


def _fallen(rows: Sequence[Row]) -> Finding | None:
    part, whole = PARTS[Rate.ON_TIME]
    falls = {row.key: change(row.now, row.before, Rate.ON_TIME) for row in rows if row.now.of(whole) >= LEAST_DUE}
    lowest = min((fall for fall in falls.values() if fall is not None), default=0.0)
    if lowest >= 0:
        return None
    keys = tuple(key for key, fall in falls.items() if fall == lowest)
    row = next(row for row in rows if row.key == keys[0])
    return Finding(
        kind=FindingKind.FALLEN,
        keys=keys,
        figure=Figure.LATE,
        part=row.now.of(part),
        whole=row.now.of(whole),
        part_before=row.before.of(part),
        whole_before=row.before.of(whole),
    )


def _most(rows: Sequence[Row], kind: FindingKind) -> Finding | None:
    def count(figures: Figures) -> int:
        return figures.late if kind is FindingKind.OVERDUE else figures.returned + figures.reworked

    def of(figures: Figures) -> int:
        return figures.due if kind is FindingKind.OVERDUE else figures.registered

    most = max((count(row.now) for row in rows), default=0)
    if not most:
        return None
    worst = [row for row in rows if count(row.now) == most]
    return Finding(
        kind=kind,
        keys=tuple(row.key for row in worst),
        figure=Figure.LATE if kind is FindingKind.OVERDUE else _graver(worst[0].now),
        part=most,
        whole=of(worst[0].now),
        part_before=count(worst[0].before),
        whole_before=of(worst[0].before),
    )


def _graver(figures: Figures) -> Figure:
    return Figure.RETURNED if figures.returned >= figures.reworked else Figure.REWORKED


class Span(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ANY = "any"


def slices(period: Period, count: int) -> tuple[Period, ...]:
    """Equal parts of a period, for a small trend."""
    length = (period.until_at - period.from_at) / count
    bounds = [period.from_at + number * length for number in range(count)] + [period.until_at]
    return tuple(Period(from_at=start, until_at=end) for start, end in pairwise(bounds))


def is_ranked(by: Dimension) -> bool:
    """A source does not do the work, and is told without a place."""
    return by not in (Dimension.WHOLE, Dimension.SOURCE)
