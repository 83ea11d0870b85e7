"""Lines of a score about the whole drill: each measure's figure with what it rests on. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import ceil

import msgspec

from comms.domain.ids import OfficerId, TalkgroupId
from comms.domain.measure import ALARM_LATE_S, LONG_BURST_S, MORE_IS_BETTER, Measure, MeasureKind
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_tally import FORCED_ENDS, Burst, Moment, Tally
from comms.domain.score_words import LOCALES, MEASURES, NEVER, NOTHING, TITLES, UNITS, number

MOST_EVIDENCE = 40
"""Events named by one line: an explanation, not the journal again."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`value` None: there was nothing to measure. `count` is of how many; `evidence` what made it worse; `never` are
    those that were not done at all."""

    value: float | None
    count: int = 0
    evidence: tuple[int, ...] = ()
    by: tuple[OfficerId, ...] = ()
    never: int = 0


def measure_line(measure: Measure, tally: Tally) -> ScoreLine:
    figure = _FIGURES[measure.kind](tally, measure.limit)
    if figure.value is None:
        sentences = {locale: NOTHING[locale][measure.kind] for locale in LOCALES}
        return _line(measure, figure, sentences, Verdict.NOT_COUNTED, 0.0)
    told = {"figure": number(figure.value), "limit": number(measure.limit), "count": figure.count}
    sentences = {locale: MEASURES[locale][measure.kind].format(**told) for locale in LOCALES}
    if figure.never:
        sentences = {locale: words + NEVER[locale].format(count=figure.never) for locale, words in sentences.items()}
    verdict = _verdict(measure, figure.value)
    return _line(measure, figure, sentences, verdict, measure.weight * verdict.share)


def _line(measure: Measure, figure: Figure, sentences: dict[str, str], verdict: Verdict, points: float) -> ScoreLine:
    is_counted = verdict is not Verdict.NOT_COUNTED
    return ScoreLine(
        id=f"measure:{measure.kind.value}",
        title={locale: TITLES[locale][measure.kind] for locale in LOCALES},
        figure=figure.value,
        limit=measure.limit,
        unit=UNITS.get(measure.kind, ""),
        points=points,
        of=measure.weight if is_counted else 0.0,
        verdict=verdict,
        evidence=figure.evidence[:MOST_EVIDENCE],
        by=figure.by,
        sentences=sentences,
    )


def _verdict(measure: Measure, value: float) -> Verdict:
    """Half the points for up to twice the limit (or two more, where it is small), or down to half of it."""
    if measure.kind in MORE_IS_BETTER:
        if value >= measure.limit:
            return Verdict.FULL
        return Verdict.HALF if value >= measure.limit / 2 else Verdict.NONE
    if value <= measure.limit:
        return Verdict.FULL
    return Verdict.HALF if value <= max(measure.limit * 2, measure.limit + 2) else Verdict.NONE


# --- the figures --------------------------------------------------------------------------------------------


def ninth_tenth(values: Sequence[float]) -> float:
    """The value that nine in ten do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[ceil(0.9 * len(ordered)) - 1]


def _ack_time(tally: Tally, limit: float) -> Figure:
    """One that nobody took note of waited until the end."""
    took = [
        (tally.between_s(times.reported.at, (times.acknowledged or Moment(tally.ended_at, 0)).at), times.reported.seq)
        for times in tally.incidents.values()
    ]
    by = (times.acknowledged.by for times in tally.incidents.values() if times.acknowledged is not None)
    never = sum(times.acknowledged is None for times in tally.incidents.values())
    return msgspec.structs.replace(_times(took, limit, by), never=never)


def _first_order_time(tally: Tally, limit: float) -> Figure:
    took = [
        (tally.between_s(times.reported.at, times.ordered.at), times.ordered.seq)
        for times in tally.incidents.values()
        if times.ordered is not None
    ]
    by = (times.ordered.by for times in tally.incidents.values() if times.ordered is not None)
    return _times(took, limit, by)


def _times(took: list[tuple[float, int]], limit: float, by: Iterable[OfficerId | None]) -> Figure:
    """Evidence are those that took too long, or the one that took longest."""
    if not took:
        return Figure(value=None)
    slowest = sorted(took, key=lambda one: (-one[0], one[1]))
    late = tuple(seq for seconds, seq in slowest if seconds > limit) or (slowest[0][1],)
    return Figure(value=ninth_tenth([s for s, _ in took]), count=len(took), evidence=late, by=_people(by))


def _people(by: Iterable[OfficerId | None]) -> tuple[OfficerId, ...]:
    return tuple(dict.fromkeys(one for one in by if one is not None))


def _officers_bursts(tally: Tally) -> list[Burst]:
    return [burst for burst in tally.bursts.values() if burst.began.by is not None]


def _long_bursts(tally: Tally, limit: float) -> Figure:
    bursts = _officers_bursts(tally)
    return _counted([b for b in bursts if b.lasts_s(tally.ended_at) > LONG_BURST_S], bursts)


def _floor_taken(tally: Tally, limit: float) -> Figure:
    bursts = _officers_bursts(tally)
    return _counted([burst for burst in bursts if burst.end in FORCED_ENDS], bursts)


def _counted(worse: list[Burst], bursts: list[Burst]) -> Figure:
    if not bursts:
        return Figure(value=None)
    return Figure(
        value=float(len(worse)),
        count=len(bursts),
        evidence=tuple(burst.began.seq for burst in worse),
        by=_people(burst.began.by for burst in worse),
    )


def _refusals(tally: Tally, limit: float) -> Figure:
    return _moments(tally.refusals, count=len(tally.refusals))


def _moments(moments: list[Moment], *, count: int) -> Figure:
    seqs = tuple(moment.seq for moment in moments)
    return Figure(value=float(len(moments)), count=count, evidence=seqs, by=_people(each.by for each in moments))


def _alarms_missed(tally: Tally, limit: float) -> Figure:
    """One that was raised so late that it could still have been acknowledged in time is none of them."""
    asked = [
        times
        for times in tally.alarms.values()
        if times.acknowledged is not None or tally.between_s(times.raised.at, tally.ended_at) > ALARM_LATE_S
    ]
    missed = [times.raised for times in asked if times.acknowledged is None]
    return _moments(missed, count=len(asked)) if asked else Figure(value=None)


def _alarms_late(tally: Tally, limit: float) -> Figure:
    late = [
        times.acknowledged
        for times in tally.alarms.values()
        if times.acknowledged is not None and tally.between_s(times.raised.at, times.acknowledged.at) > ALARM_LATE_S
    ]
    return _moments(late, count=len(tally.alarms)) if tally.alarms else Figure(value=None)


def _calls_unanswered(tally: Tally, limit: float) -> Figure:
    missed = [ring.began for ring in tally.rings.values() if ring.is_unanswered]
    return _moments(missed, count=len(tally.rings)) if tally.rings else Figure(value=None)


def _radio_load(tally: Tally, limit: float) -> Figure:
    taken_s: dict[TalkgroupId, float] = defaultdict(float)
    for burst in tally.bursts.values():
        taken_s[burst.talkgroup_id] += burst.lasts_s(tally.ended_at)
    if not taken_s or tally.length_s <= 0:
        return Figure(value=None)
    busiest = max(taken_s, key=lambda group: taken_s[group])
    longest = sorted(
        (burst for burst in tally.bursts.values() if burst.talkgroup_id == busiest),
        key=lambda burst: -burst.lasts_s(tally.ended_at),
    )
    share = 100.0 * taken_s[busiest] / tally.length_s
    return Figure(value=share, count=len(longest), evidence=tuple(burst.began.seq for burst in longest[:5]))


def _orders_overdue(tally: Tally, limit: float) -> Figure:
    return _moments(tally.overdue, count=len(tally.orders)) if tally.orders else Figure(value=None)


def _plan_steps(tally: Tally, limit: float) -> Figure:
    steps = [state for run in tally.runs.values() for _, state in run.parts()]
    if not steps:
        return Figure(value=None)
    return Figure(value=100.0 * sum(step.is_settled for step in steps) / len(steps), count=len(steps))


def _notes(tally: Tally, limit: float) -> Figure:
    tens = max(tally.length_s / 600.0, 1.0)
    figure = _moments(tally.notes, count=len(tally.notes))
    return msgspec.structs.replace(figure, value=len(tally.notes) / tens)


_FIGURES: dict[MeasureKind, Callable[[Tally, float], Figure]] = {
    MeasureKind.ACK_TIME: _ack_time,
    MeasureKind.FIRST_ORDER_TIME: _first_order_time,
    MeasureKind.LONG_BURSTS: _long_bursts,
    MeasureKind.FLOOR_TAKEN: _floor_taken,
    MeasureKind.REFUSALS: _refusals,
    MeasureKind.ALARMS_MISSED: _alarms_missed,
    MeasureKind.ALARMS_LATE: _alarms_late,
    MeasureKind.CALLS_UNANSWERED: _calls_unanswered,
    MeasureKind.RADIO_LOAD: _radio_load,
    MeasureKind.ORDERS_OVERDUE: _orders_overdue,
    MeasureKind.PLAN_STEPS: _plan_steps,
    MeasureKind.NOTES: _notes,
}
