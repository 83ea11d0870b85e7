"""The lanes of a time line: each talkgroup's bursts, and point calls, as far as they lie in what is shown."""

from collections.abc import Iterable

from comms.domain.ids import TalkgroupId
from comms.journal.replay.voices import Burst

Lanes = dict[TalkgroupId | None, list[Burst]]
"""None: legs of point calls."""


def lanes(bursts: Iterable[Burst], *, from_at: float, to_at: float) -> Lanes:
    """In order of time; lanes in the order they were first spoken in. What still goes on reaches to the end."""
    found: Lanes = {}
    for burst in sorted(bursts, key=lambda burst: burst.from_at):
        end_at = burst.to_at if burst.to_at is not None else to_at
        if burst.from_at < to_at and end_at >= from_at:
            found.setdefault(burst.talkgroup_id, []).append(burst)
    return found
