"""How many alarms reach an officer, against what a person can handle; and when it is a flood.

Figures: EEMUA 191 and ISA-18.2, per operator. About one in 10 minutes, 6 an hour, 144 a day are good; 2, 12 and 288 the
most that can be handled for long; more than 10 in 10 minutes is a flood.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from comms.domain.alarm import AlarmPriority
from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains


class LoadSpan(StrEnum):
    TEN_MINUTES = "ten_minutes"
    HOUR = "hour"
    DAY = "day"


class Figures(msgspec.Struct, frozen=True):
    """Alarms in a span: good up to here, manageable up to here, and from here a flood or not acceptable."""

    seconds: float
    good: int
    most: int
    flood: int


FIGURES: dict[LoadSpan, Figures] = {
    LoadSpan.TEN_MINUTES: Figures(600.0, 1, 2, 11),
    LoadSpan.HOUR: Figures(3600.0, 6, 12, 30),
    LoadSpan.DAY: Figures(86_400.0, 144, 288, 601),
}
FLOOD_SPAN_S = 600.0
FLOOD_BEGINS = 11
"""More than 10 new alarms in 10 minutes."""
FLOOD_ENDS = 5
"""A flood is over when fewer than 5 came in the last 10 minutes, so that it does not come and go with each alarm."""
KEPT_ONSETS = 5000


class LoadGrade(StrEnum):
    GOOD = "good"
    MANAGEABLE = "manageable"
    TOO_MANY = "too_many"
    FLOOD = "flood"


class Onset(msgspec.Struct, frozen=True):
    """An alarm came up. Kept for a day, for the load."""

    at: float
    priority: AlarmPriority
    jurisdiction_id: JurisdictionId | None = None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """New alarms of one officer by span, the share of each priority over the day, and since when there is a flood."""

    counts: dict[LoadSpan, int]
    shares: dict[AlarmPriority, float]
    flood_since: float | None = None


def concerns(officer_id: JurisdictionId, jurisdiction_id: JurisdictionId | None) -> bool:
    """True when an officer of this jurisdiction is told of an alarm of that one."""
    return jurisdiction_id is None or contains(officer_id, jurisdiction_id)


def load_of(onsets: Iterable[Onset], officer_id: JurisdictionId, *, now: float) -> Load:
    mine = [onset for onset in onsets if concerns(officer_id, onset.jurisdiction_id)]
    times = sorted(onset.at for onset in mine)
    counts = {span: count_since(times, now - figures.seconds) for span, figures in FIGURES.items()}
    today = [onset.priority for onset in mine if onset.at >= now - FIGURES[LoadSpan.DAY].seconds]
    shares = {priority: today.count(priority) / max(1, len(today)) for priority in AlarmPriority}
    return Load(counts=counts, shares=shares, flood_since=flood_since(times, now=now))


def count_since(times: Sequence[float], since: float) -> int:
    """How many of the sorted times are not before `since`."""
    return len(times) - bisect_left(times, since)


def grade(span: LoadSpan, count: int) -> LoadGrade:
    figures = FIGURES[span]
    if count <= figures.good:
        return LoadGrade.GOOD
    if count <= figures.most:
        return LoadGrade.MANAGEABLE
    return LoadGrade.TOO_MANY if count < figures.flood else LoadGrade.FLOOD


def flood_since(times: Sequence[float], *, now: float) -> float | None:
    """When the flood that still goes on began, or None. `times` are sorted Unix seconds.

    Between two alarms the count only falls, so it is enough to look at each alarm and at the moment when too few are
    left in the window."""
    began: float | None = None
    oldest = 0
    for newest, at in enumerate(times):
        if began is not None and _is_over_by(times, newest, at):
            began = None
        while times[oldest] < at - FLOOD_SPAN_S:
            oldest += 1
        if began is None and newest - oldest + 1 >= FLOOD_BEGINS:
            began = at
    return None if began is not None and _is_over_by(times, len(times), now) else began


def _is_over_by(times: Sequence[float], count: int, now: float) -> bool:
    """Just before `now`, were fewer than `FLOOD_ENDS` of the first `count` within the window?"""
    return count < FLOOD_ENDS or times[count - FLOOD_ENDS] < now - FLOOD_SPAN_S
