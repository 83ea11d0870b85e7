"""Figures of cases (通报), counted from the journal's events. Pure.

受理, 立案, 应结, 结案, 按期, 超期, 返工, 回退, 回访 and 满意, by department, place, person, item or source.
应结 are the cases whose deadline falls into the period; 结案, 按期 and 超期 are told of these, so that 结案率 is
closed by due and 按期结案率 on time by due. 满意率 is satisfied by rated: of those whose reporter was asked, or whose
source said so, within the period. Void cases are not due. A case whose appeal was granted drops out of all figures but
受理 and 立案.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import CaseClock
from comms.domain.events import IncidentReported, Recorded
from comms.domain.ids import DepartmentId, IncidentId, JurisdictionId, PartyId
from comms.domain.incident import Incident
from comms.domain.jurisdiction import Jurisdiction, Level, at_level, contains

NOBODY = ""
"""The key of what belongs to no department, person, item or source."""


class Dimension(StrEnum):
    WHOLE = "whole"
    """Everything under one key, which is `NOBODY`."""
    DEPARTMENT = "department"
    """The one it was dispatched to last; of a step, the one that had it then."""
    TOWN = "town"
    VILLAGE = "village"
    """What lies in no village, or no town, is told of where it lies."""
    JURISDICTION = "jurisdiction"
    """The grid."""
    COLLECTOR = "collector"
    """Who reported it, a party."""
    HANDLER = "handler"
    """Who of the department received it or handed it back last, a party."""
    ITEM = "item"
    """The item it was registered under, or the kind in the reporter's words."""
    SOURCE = "source"


LEVELS = {Dimension.TOWN: Level.TOWN, Dimension.VILLAGE: Level.VILLAGE}
Tree = Mapping[JurisdictionId, Jurisdiction]


class Figure(StrEnum):
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    DUE = "due"
    CLOSED = "closed"
    ON_TIME = "on_time"
    LATE = "late"
    REWORKED = "reworked"
    RETURNED = "returned"
    RATED = "rated"
    SATISFIED = "satisfied"


class Rate(StrEnum):
    CLOSED = "closed_rate"
    ON_TIME = "on_time_rate"
    SATISFIED = "satisfied_rate"


PARTS = {
    Rate.CLOSED: (Figure.CLOSED, Figure.DUE),
    Rate.ON_TIME: (Figure.ON_TIME, Figure.DUE),
    Rate.SATISFIED: (Figure.SATISFIED, Figure.RATED),
}
"""Numerator and denominator."""


class Figures(msgspec.Struct, kw_only=True, omit_defaults=True):
    accepted: int = 0
    registered: int = 0
    due: int = 0
    closed: int = 0
    on_time: int = 0
    late: int = 0
    reworked: int = 0
    returned: int = 0
    rated: int = 0
    satisfied: int = 0

    def of(self, figure: Figure) -> int:
        return int(getattr(self, figure.value))

    def pct(self, rate: Rate) -> float | None:
        """None where there is nothing to tell it of."""
        part, whole = (self.of(figure) for figure in PARTS[rate])
        return 100 * part / whole if whole else None


class _Facts(msgspec.Struct, kw_only=True):
    """What is known of one case by the end of the period."""

    incident: Incident
    reported_at: float
    reported_by: PartyId
    registered_at: float | None = None
    item: str = NOBODY
    department: DepartmentId | str = NOBODY
    handler: PartyId | str = NOBODY
    clock: CaseClock | None = None
    stage: CaseStage = CaseStage.REPORTED
    is_granted: bool = False
    rated_at: float | None = None
    is_satisfied: bool = False
    setbacks: list[tuple[CaseStep, float, str]] = []
    """返工 and 回退: the step, when, and the department that had the case."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From an instant until before another, Unix seconds."""

    from_at: float
    until_at: float

    def holds(self, at: float | None) -> bool:
        return at is not None and self.from_at <= at < self.until_at


Behind = dict[str, dict[Figure, list[IncidentId]]]
"""The cases behind each figure by key of a dimension; one that was returned twice stands there twice."""


def assess(
    journal: Iterable[Recorded], period: Period, by: Dimension, *, tree: Tree, within: JurisdictionId | None = None
) -> dict[str, Figures]:
    """Figures by key of a dimension. `journal` is in its order and begins before the oldest case that matters."""
    behind = cases_behind(journal, period, by, tree=tree, within=within)
    return {key: Figures(**{figure: len(ids) for figure, ids in found.items()}) for key, found in behind.items()}


def cases_behind(
    journal: Iterable[Recorded], period: Period, by: Dimension, *, tree: Tree, within: JurisdictionId | None = None
) -> Behind:
    cases: dict[IncidentId, _Facts] = {}
    for recorded in journal:
        if recorded.at >= period.until_at:
            continue
        match recorded.event:
            case IncidentReported(incident=incident):
                if within is None or contains(within, incident.jurisdiction_id):
                    cases[incident.id] = _Facts(incident=incident, reported_at=recorded.at, reported_by=recorded.actor)
            case CaseMoved(incident_id=incident_id) as move if incident_id in cases:
                _follow(cases[incident_id], move, recorded)
            case _:
                pass
    found: Behind = {}
    for facts in cases.values():
        key = _key(facts, by, tree)
        found.setdefault(key, {})
        for figure in _figures(facts, period):
            found[key].setdefault(figure, []).append(facts.incident.id)
        if not facts.is_granted:
            _set_back(found, facts, period, key, by)
    return found


def _follow(facts: _Facts, move: CaseMoved, recorded: Recorded) -> None:
    at = recorded.at
    if move.step in (CaseStep.REWORK, CaseStep.RETURN):
        facts.setbacks.append((move.step, at, facts.department))
    if move.step is CaseStep.REGISTER and facts.registered_at is None:
        facts.registered_at = at
    if move.step in (CaseStep.RECEIVE, CaseStep.HAND_BACK):
        facts.handler = recorded.actor
    if move.is_satisfied is not None:
        facts.rated_at, facts.is_satisfied = at, move.is_satisfied
    facts.item = move.item_id or facts.item
    facts.department = move.department_id or facts.department
    facts.clock = move.clock or facts.clock
    facts.stage = move.stage
    facts.is_granted = facts.is_granted or move.step is CaseStep.GRANT_APPEAL


def _figures(facts: _Facts, period: Period) -> Iterable[Figure]:
    """Those one case is counted in, but for 返工 and 回退."""
    if period.holds(facts.reported_at):
        yield Figure.ACCEPTED
    if period.holds(facts.registered_at):
        yield Figure.REGISTERED
    if facts.is_granted:
        return
    if period.holds(facts.rated_at):
        yield Figure.RATED
        if facts.is_satisfied:
            yield Figure.SATISFIED
    clock = facts.clock
    if clock is None or not period.holds(clock.due_at) or facts.stage is CaseStage.VOID:
        return
    yield Figure.DUE
    is_late = clock.is_late_at(period.until_at)
    if is_late:
        yield Figure.LATE
    if facts.stage in (CaseStage.CLOSED, CaseStage.FORCE_CLOSED):
        yield Figure.CLOSED
        if not is_late:
            yield Figure.ON_TIME


def _set_back(found: Behind, facts: _Facts, period: Period, key: str, by: Dimension) -> None:
    for step, at, department in facts.setbacks:
        if period.holds(at):
            where = found.setdefault(department if by is Dimension.DEPARTMENT else key, {})
            figure = Figure.REWORKED if step is CaseStep.REWORK else Figure.RETURNED
            where.setdefault(figure, []).append(facts.incident.id)


def _key(facts: _Facts, by: Dimension, tree: Tree) -> str:
    incident = facts.incident
    match by:
        case Dimension.WHOLE:
            return NOBODY
        case Dimension.DEPARTMENT:
            return facts.department
        case Dimension.TOWN | Dimension.VILLAGE:
            return at_level(incident.jurisdiction_id, LEVELS[by], tree)
        case Dimension.JURISDICTION:
            return incident.jurisdiction_id
        case Dimension.COLLECTOR:
            return facts.reported_by
        case Dimension.HANDLER:
            return facts.handler
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
