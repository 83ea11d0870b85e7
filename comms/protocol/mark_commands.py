"""Commands of desks that draw on the map for each other."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import MarkId
from comms.domain.mark import LABEL_LENGTH, MOST_POINTS, MarkColour, MarkKind
from comms.protocol.command_shape import AnyCommand


class MarkDraw(AnyCommand, frozen=True, kw_only=True, tag="mark.draw"):
    """Draw on the map for all desks. Durable. `done.subject` is the mark's id, which is this command's id."""

    shape: MarkKind
    points: Annotated[tuple[tuple[float, float], ...], Meta(max_length=MOST_POINTS)]
    """Latitude and longitude, WGS-84."""
    label: Annotated[str, Meta(max_length=LABEL_LENGTH)]
    colour: MarkColour = MarkColour.BLUE


class MarkChange(AnyCommand, frozen=True, kw_only=True, tag="mark.change"):
    """Move, rename or colour: what is None stays as it is. Durable."""

    mark_id: MarkId
    points: Annotated[tuple[tuple[float, float], ...], Meta(max_length=MOST_POINTS)] | None = None
    label: Annotated[str, Meta(max_length=LABEL_LENGTH)] | None = None
    colour: MarkColour | None = None


class MarkErase(AnyCommand, frozen=True, kw_only=True, tag="mark.erase"):
    """Durable."""

    mark_id: MarkId


MarkCommand = MarkDraw | MarkChange | MarkErase
