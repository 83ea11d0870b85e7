"""Marks: what officers draw on the map for each other. Points, lines, areas and texts, always with a label."""

from enum import StrEnum

import msgspec

from comms.domain.ids import JurisdictionId, MarkId, PartyId

MOST_POINTS = 500
MOST_MARKS = 2_000
"""Marks on one gateway; a picture everybody loads must stay small."""
LABEL_LENGTH = 60


class MarkKind(StrEnum):
    POINT = "point"
    LINE = "line"
    AREA = "area"
    TEXT = "text"


class MarkColour(StrEnum):
    """By meaning, so that each theme shows it well; the label says what colour alone must not."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    GREY = "grey"


LEAST_POINTS: dict[MarkKind, int] = {MarkKind.POINT: 1, MarkKind.TEXT: 1, MarkKind.LINE: 2, MarkKind.AREA: 3}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """`points` (lat, lon) in WGS-84: one for a point or text, an outline not closed for an area."""

    id: MarkId
    kind: MarkKind
    points: tuple[tuple[float, float], ...]
    label: str
    colour: MarkColour = MarkColour.BLUE
    jurisdiction_id: JurisdictionId
    """The officer's who drew it: officers above may change it, too."""


class MarkState(msgspec.Struct, kw_only=True):
    mark: Mark
    drawn_by: PartyId
    drawn_at: float
    changed_at: float


def is_drawable(mark: Mark) -> bool:
    """Enough points for its kind, not too many, all on the globe, and a label."""
    least = LEAST_POINTS[mark.kind]
    most = MOST_POINTS if least > 1 else 1
    return (
        least <= len(mark.points) <= most
        and all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in mark.points)
        and 0 < len(mark.label.strip()) <= LABEL_LENGTH
    )
