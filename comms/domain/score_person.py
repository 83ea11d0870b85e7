"""What each trainee did in a drill, counted: the team's score is one, its members' shares in it are these. Pure."""

from collections.abc import Iterable, Mapping

import msgspec

from comms.domain.ids import OfficerId
from comms.domain.score_line import ScoreLine
from comms.domain.score_tally import Moment, Tally


class PersonScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`points` are of expectations: shared evenly where several had a part. `talk_s` is all he said, in seconds."""

    officer_id: OfficerId
    name: str
    points: float = 0.0
    incidents_noted: int = 0
    orders: int = 0
    alarms_acknowledged: int = 0
    calls_answered: int = 0
    calls_missed: int = 0
    notes: int = 0
    bursts: int = 0
    talk_s: float = 0.0
    longest_burst_s: float = 0.0


def people(
    tally: Tally, lines: Iterable[ScoreLine], names: Mapping[OfficerId, str], seated: Iterable[OfficerId] = ()
) -> tuple[PersonScore, ...]:
    """Everybody who did anything, in the order of their first doing; then who was `seated` and did nothing."""
    points: dict[OfficerId, float] = {}
    for line in lines:
        if line.objective is None:
            continue
        for one in line.by:
            points[one] = points.get(one, 0.0) + line.points / len(line.by)
    found = {**dict.fromkeys(_doers(tally)), **dict.fromkeys(points), **dict.fromkeys(seated)}
    return tuple(_person(one, tally, points.get(one, 0.0), names.get(one, one)) for one in found)


def _doers(tally: Tally) -> list[OfficerId]:
    moments = [*_noted(tally), *tally.orders, *_acknowledged(tally), *tally.notes]
    moments += [burst.began for burst in tally.bursts.values()] + [ring.began for ring in tally.rings.values()]
    moments += _answered(tally)
    return [moment.by for moment in sorted(moments, key=lambda each: each.seq) if moment.by is not None]


def _noted(tally: Tally) -> list[Moment]:
    return [times.acknowledged for times in tally.incidents.values() if times.acknowledged is not None]


def _acknowledged(tally: Tally) -> list[Moment]:
    return [times.acknowledged for times in tally.alarms.values() if times.acknowledged is not None]


def _answered(tally: Tally) -> list[Moment]:
    return [ring.answered for ring in tally.rings.values() if ring.answered is not None]


def _person(one: OfficerId, tally: Tally, points: float, name: str) -> PersonScore:
    talks_s = [burst.lasts_s(tally.ended_at) for burst in tally.bursts.values() if burst.began.by == one]
    rings = [ring for ring in tally.rings.values() if ring.began.by == one]

    def count(moments: Iterable[Moment]) -> int:
        return sum(moment.by == one for moment in moments)

    return PersonScore(
        officer_id=one,
        name=name,
        points=points,
        incidents_noted=count(_noted(tally)),
        orders=count(tally.orders),
        alarms_acknowledged=count(_acknowledged(tally)),
        calls_answered=count(_answered(tally)),
        calls_missed=sum(ring.is_unanswered for ring in rings),
        notes=count(tally.notes),
        bursts=len(talks_s),
        talk_s=sum(talks_s),
        longest_burst_s=max(talks_s, default=0.0),
    )
