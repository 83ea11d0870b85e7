"""One drill beside another of the same scenario: when each did what was expected, counted from second 0 of each."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from comms.domain.inject import Words
from comms.domain.score import Compared
from console.drill.review import Review


class Milestone(NamedTuple):
    """Something that was expected and done. `second` is that of its drill."""

    id: str
    words: Words
    second: float


class Pair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One milestone of both; None where that team did not reach it."""

    id: str
    words: Words
    ours_s: float | None = None
    theirs_s: float | None = None

    @property
    def behind_s(self) -> float | None:
        """Seconds that ours came later; below 0: earlier. None where one of both is not there."""
        if self.ours_s is None or self.theirs_s is None:
            return None
        return self.ours_s - self.theirs_s


def milestones(review: Review) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(response.id, response.words, response.done_s)
        for beat in review.beats
        for response in beat.responses
        if response.done_s is not None
    )


def pairs_of(ours: Iterable[Milestone], theirs: Iterable[Milestone]) -> tuple[Pair, ...]:
    """In the order of time, the earlier of both."""
    own, other = {each.id: each for each in ours}, {each.id: each for each in theirs}
    found = [
        Pair(
            id=one,
            words=(own.get(one) or other[one]).words,
            ours_s=own[one].second if one in own else None,
            theirs_s=other[one].second if one in other else None,
        )
        for one in dict.fromkeys((*own, *other))
    ]
    return tuple(sorted(found, key=lambda pair: min(at for at in (pair.ours_s, pair.theirs_s) if at is not None)))


def best_runs(line: Compared) -> frozenset[int]:
    """Runs with the most points; nobody, where nobody has any or all have the same."""
    points = [value for value in line.points if value is not None]
    most = max(points, default=0.0)
    if not most or min(points) == most:
        return frozenset()
    return frozenset(run for run, value in enumerate(line.points) if value == most)


def best_of(reviews: Iterable[Review]) -> Review | None:
    """With the greatest share of the points, the first of several; None where nothing was scored."""
    scored = [one for one in reviews if one.score.share is not None]
    return max(scored, key=lambda one: one.score.share or 0.0, default=None)
