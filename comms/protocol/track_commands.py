"""Commands of desks that read where units went."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import UnitId
from comms.protocol.command_shape import AnyCommand

MOST_TRACKS = 2000
LONGEST_TRACK_S = 7 * 86_400.0


class TrackRead(AnyCommand, frozen=True, kw_only=True, tag="track.read"):
    """Where units of one's jurisdiction went, from the first moment up to the second (Unix seconds, at most seven
    days apart). Answered by a page, which says with which unit of the list the next one begins."""

    unit_ids: Annotated[tuple[UnitId, ...], Meta(min_length=1, max_length=MOST_TRACKS)]
    from_at: float
    to_at: float
    most_readings: Annotated[int, Meta(ge=10, le=200_000)] | None = None
    """Of each unit, about; corners are kept. None: all."""
    first: Annotated[int, Meta(ge=0, lt=MOST_TRACKS)] = 0
    """Index of the unit in `unit_ids` this page begins with."""


class TrackDays(AnyCommand, frozen=True, kw_only=True, tag="track.days"):
    """On which days any of these units was heard of. `offset_s` is the desk's local time minus UTC."""

    unit_ids: Annotated[tuple[UnitId, ...], Meta(min_length=1, max_length=MOST_TRACKS)]
    offset_s: Annotated[float, Meta(ge=-86_400, le=86_400)] = 0.0
