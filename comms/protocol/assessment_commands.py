"""Figures of cases (考核): asked for by a desk, and what the gateway answers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.assessment import Dimension, Figure, Figures, Period
from comms.domain.case_record import CaseRecord
from comms.domain.ids import JurisdictionId
from comms.protocol.command_shape import AnyCommand
from comms.protocol.push_shape import AnyReply

MOST_PERIODS = 16
MOST_CASES = 500
"""In one page."""
LONGEST_PERIOD_S = 3 * 366 * 86_400.0

Key = Annotated[str, Meta(max_length=200)]


class AssessmentRead(AnyCommand, frozen=True, kw_only=True, tag="assessment.read"):
    """Figures by a dimension for each of these periods, of cases in one's jurisdiction. Answered by
    `assessment.table`."""

    periods: Annotated[tuple[Period, ...], Meta(min_length=1, max_length=MOST_PERIODS)]
    by: Dimension
    within: JurisdictionId | None = None
    """A part of one's jurisdiction; None: all of it."""


class AssessmentCases(AnyCommand, frozen=True, kw_only=True, tag="assessment.cases"):
    """The cases that one figure counts, newest first, page by page. Answered by `assessment.case_page`."""

    period: Period
    by: Dimension
    key: Key
    figure: Figure
    within: JurisdictionId | None = None
    first: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST_CASES)] = 100


class AssessmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """`figures` has one for each period asked for."""

    key: str
    figures: tuple[Figures, ...]


class AssessmentTable(AnyReply, frozen=True, kw_only=True, tag="assessment.table"):
    """Rows without any figure are left out. `read_at`: up to when events are counted in."""

    rows: tuple[AssessmentRow, ...]
    read_at: float


class AssessmentCasePage(AnyReply, frozen=True, kw_only=True, tag="assessment.case_page"):
    cases: tuple[CaseRecord, ...]
    next: int | None = None
    """The `first` of the following page; None when this is the last."""
