"""Figures of cases (通报): 受理, 立案, 应结, 结案, 按期, 超期, 返工, 回退, counted from the journal's events. Pure.

应结 are the cases whose deadline falls into the period; 结案, 按期 and 超期 are told of these, so that 结案率 is
closed by due and 按期结案率 on time by due. Void cases are not due. A case whose appeal was granted drops out of all
figures but 受理 and 立案.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import CaseClock
from comms.domain.events import IncidentReported, Recorded
from comms.domain.ids import DepartmentId, IncidentId
from comms.domain.incident import Incident

NOBODY = ""
"""The key of what belongs to no department, item or source."""


class Dimension(StrEnum):
    DEPARTMENT = "department"
    """The one it was dispatched to last; of a step, the one that had it then."""
    JURISDICTION = "jurisdiction"
    """The grid; a town is the sum of what lies below it."""
    ITEM = "item"
    """The item it was registered under, or the kind in the reporter's words."""
    SOURCE = "source"


class Figures(msgspec.Struct, kw_only=True):
    accepted: int = 0
    registered: int = 0
    due: int = 0
    closed: int = 0
    on_time: int = 0
    late: int = 0
    reworked: int = 0
    returned: int = 0

    @property
    def closed_pct(self) -> float | None:
        return 100 * self.closed / self.due if self.due else None

    @property
    def on_time_pct(self) -> float | None:
        return 100 * self.on_time / self.due if self.due else None


class _Facts(msgspec.Struct, kw_only=True):
    """What is known of one case by the end of the period."""

    incident: Incident
    reported_at: float
    registered_at: float | None = None
    item: str = NOBODY
    department: DepartmentId | str = NOBODY
    clock: CaseClock | None = None
    stage: CaseStage = CaseStage.REPORTED
    is_granted: bool = False
    setbacks: list[tuple[CaseStep, float, str]] = []
    """返工 and 回退: the step, when, and the department that had the case."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From an instant until before another, Unix seconds."""

    from_at: float
    until_at: float

    def holds(self, at: float | None) -> bool:
        return at is not None and self.from_at <= at < self.until_at


def assess(journal: Iterable[Recorded], period: Period, by: Dimension) -> dict[str, Figures]:
    """Figures by key of a dimension. `journal` is in its order and begins before the oldest case that matters."""
    cases: dict[IncidentId, _Facts] = {}
    for recorded in journal:
        if recorded.at >= period.until_at:
            continue
        match recorded.event:
            case IncidentReported(incident=incident):
                cases[incident.id] = _Facts(incident=incident, reported_at=recorded.at)
            case CaseMoved(incident_id=incident_id) as move if incident_id in cases:
                _follow(cases[incident_id], move, recorded.at)
            case _:
                pass
    found: dict[str, Figures] = {}
    for facts in cases.values():
        _count(found, facts, period, by)
    return found


def _follow(facts: _Facts, move: CaseMoved, at: float) -> None:
    if move.step in (CaseStep.REWORK, CaseStep.RETURN):
        facts.setbacks.append((move.step, at, facts.department))
    if move.step is CaseStep.REGISTER and facts.registered_at is None:
        facts.registered_at = at
    facts.item = move.item_id or facts.item
    facts.department = move.department_id or facts.department
    facts.clock = move.clock or facts.clock
    facts.stage = move.stage
    facts.is_granted = facts.is_granted or move.step is CaseStep.GRANT_APPEAL


def _count(found: dict[str, Figures], facts: _Facts, period: Period, by: Dimension) -> None:
    key = _key(facts, by)
    own = found.setdefault(key, Figures())
    own.accepted += period.holds(facts.reported_at)
    own.registered += period.holds(facts.registered_at)
    if facts.is_granted:
        return
    clock = facts.clock
    if clock is not None and period.holds(clock.due_at) and facts.stage is not CaseStage.VOID:
        is_closed = facts.stage in (CaseStage.CLOSED, CaseStage.FORCE_CLOSED)
        is_late = clock.is_late_at(period.until_at)
        own.due += 1
        own.closed += is_closed
        own.on_time += is_closed and not is_late
        own.late += is_late
    for step, at, department in facts.setbacks:
        if period.holds(at):
            where = found.setdefault(department if by is Dimension.DEPARTMENT else key, Figures())
            if step is CaseStep.REWORK:
                where.reworked += 1
            else:
                where.returned += 1


def _key(facts: _Facts, by: Dimension) -> str:
    incident = facts.incident
    match by:
        case Dimension.DEPARTMENT:
            return facts.department
        case Dimension.JURISDICTION:
            return incident.jurisdiction_id
        case Dimension.ITEM:
            return facts.item or incident.kind
        case _:
            return incident.origin.source if incident.origin is not None else incident.source


def total(figures: Iterable[Figures]) -> Figures:
    """The sum, as of a town over its grids."""
    everything = Figures()
    for one in figures:
        for field in msgspec.structs.fields(Figures):
            setattr(everything, field.name, getattr(everything, field.name) + getattr(one, field.name))
    return everything
