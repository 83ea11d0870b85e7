"""A stretch of time of which the journal has nothing."""

import msgspec


class RecordingGap(msgspec.Struct, frozen=True, kw_only=True):
    """What it cost that the store took nothing for a while; noted when it takes events again."""

    lasted_s: float
    refused: int
    """Commands that were answered with a refusal."""
    dropped: int
    """Events that nobody waited for: terminals that came and went, what the clock brought about."""
