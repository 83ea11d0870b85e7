"""Commands about cases."""

from typing import Annotated

from msgspec import Meta

from comms.domain.case import CaseStep
from comms.domain.ids import BlobId, DepartmentId, IncidentId, ItemId, UnitId
from comms.domain.incident import IncidentOutcome
from comms.domain.time_limit import TimeLimit
from comms.protocol.command_shape import AnyCommand


class CalendarRead(AnyCommand, frozen=True, kw_only=True, tag="calendar.read"):
    """The gateway's working calendar, so that a desk counts working time as it does."""


class CaseMove(AnyCommand, frozen=True, kw_only=True, tag="case.move"):
    """An officer takes one step of a case. Durable. `done.subject` is the incident's id.

    Which step is whose, from which stage, and what it needs: ARCHITECTURE.md, «Cases»."""

    incident_id: IncidentId
    step: CaseStep
    opinion: Annotated[str, Meta(max_length=1000)] = ""
    """A reason where the step needs one."""
    department_id: DepartmentId | None = None
    """Whom to dispatch to."""
    item_id: ItemId | None = None
    limit: TimeLimit | None = None
    """How long the department has, from the dispatch on."""
    until_at: float | None = None
    """The deadline asked for, or the end of a suspension asked for."""
    unit_id: UnitId | None = None
    """The collector to ask; None: the nearest."""
    photos: Annotated[tuple[BlobId, ...], Meta(max_length=10)] = ()
    ticked: Annotated[tuple[Annotated[str, Meta(max_length=500)], ...], Meta(max_length=20)] = ()
    """To register or close under an item: every one of its conditions, word for word (`case_conditions`)."""
    outcome: IncidentOutcome | None = None
    """What came of the incident when the step ends the case; without it what the step itself says."""
    is_satisfied: bool | None = None
    """What whoever reported it says (回访); only the step `rate` has it, and needs it."""
