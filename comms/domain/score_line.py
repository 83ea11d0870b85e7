"""One line of a score: a figure, its limit, the points, what it rests on, and a sentence that explains it."""

from enum import StrEnum

import msgspec

from comms.domain.ids import OfficerId
from comms.domain.inject import ObjectiveId, Words


class Verdict(StrEnum):
    FULL = "full"
    HALF = "half"
    NONE = "none"
    NOT_COUNTED = "not_counted"
    """There was nothing to score, and the points count on neither side."""

    @property
    def share(self) -> float:
        return {Verdict.FULL: 1.0, Verdict.HALF: 0.5}.get(self, 0.0)


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`points` of `of`; `evidence` are the events of the journal (`seq`); `by` those whose doing it was; `unit` is that
    of `figure` and `limit` (`s`, `%` or none)."""

    id: str
    title: Words
    verdict: Verdict
    sentences: dict[str, str]
    points: float = 0.0
    of: float = 0.0
    objective: ObjectiveId | None = None
    figure: float | None = None
    limit: float | None = None
    unit: str = ""
    evidence: tuple[int, ...] = ()
    by: tuple[OfficerId, ...] = ()
