"""A case told in few words: an incident in a picture, officers of every role, and moves made without the gateway."""

from typing import Any

from comms.domain import events as ev
from comms.domain.case import CaseMoved, CaseStage, CaseState, CaseStep, stage_after
from comms.domain.case_clock import CaseClock
from comms.domain.ids import GATEWAY, DepartmentId, IncidentId, JurisdictionId, OfficerId, PartyId, officer_party
from comms.domain.incident import Incident
from comms.domain.officer import Department, DepartmentDefined, OfficerRole
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.states import Change, OfficerState
from comms.domain.time_limit import TimeLimit, TimeUnit

CITY, TOWN, GRID = JurisdictionId("900000"), JurisdictionId("900000/s01"), JurisdictionId("900000/s01/v01/g001")
ROADS, WATER = DepartmentId("roads"), DepartmentId("water")
INCIDENT = IncidentId("i1")
WORKER = PartyId("unit:u1")
ROLES = {role.value: role for role in OfficerRole}
"""An officer named like his role has that role alone; the handler is of the roads."""
TWO_HOURS = TimeLimit(amount=2, unit=TimeUnit.EMERGENCY_HOUR)
CLOCK = CaseClock(
    limit=TWO_HOURS, allowed_s=7200, running_since=100.0, due_at=7300.0, warn_at=5860.0, escalate_at=10_900.0
)


class Town:
    """A picture with one incident, reported by a grid worker, and the officers; `at` is the clock."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.at = 100.0
        for department_id, name in ((ROADS, "市政"), (WATER, "水务")):
            self.fold(DepartmentDefined(department=Department(id=department_id, name=name, jurisdiction_id=TOWN)))
        for key, role in ROLES.items():
            self.officer(key, role, department=ROADS if role is OfficerRole.HANDLER else None)
        self.officer("plumber", OfficerRole.HANDLER, department=WATER)
        self.officer("anybody")
        self.report()

    def fold(self, event: ev.Event, *, actor: PartyId = GATEWAY) -> tuple[Change, ...]:
        return self.picture.apply(ev.Recorded(seq=self.picture.seq + 1, at=self.at, actor=actor, event=event))

    def officer(self, key: str, *roles: OfficerRole, department: DepartmentId | None = None) -> None:
        defined = ev.OfficerDefined(
            officer_id=OfficerId(key), name=key, jurisdiction_id=TOWN, roles=roles, department_id=department
        )
        self.fold(defined)

    def report(self, key: IncidentId = INCIDENT, *, by: PartyId = WORKER) -> None:
        incident = Incident(id=key, kind="井盖缺失", place=Place(lat=23.0, lon=113.7), jurisdiction_id=GRID)
        self.fold(ev.IncidentReported(incident=incident), actor=by)

    def who(self, key: str) -> OfficerState:
        return self.picture.officers[OfficerId(key)]

    @property
    def case(self) -> CaseState:
        return self.picture.cases.of(self.picture.incidents.states[INCIDENT])

    def move(self, by: str, step: CaseStep, **fields: Any) -> CaseState:
        """A step folded as it is, without asking whether it may be."""
        stage = fields.pop("stage", None) or stage_after(self.case, step) or self.case.stage
        actor = GATEWAY if by == GATEWAY else officer_party(OfficerId(by))
        self.fold(CaseMoved(incident_id=INCIDENT, step=step, stage=stage, **fields), actor=actor)
        return self.case

    def at_stage(self, stage: CaseStage) -> CaseState:
        """The case brought to a stage by the shortest way."""
        for by, step, reached, fields in _SHORTEST:
            if self.case.stage is stage:
                break
            self.move(by, step, stage=reached, **fields)
        return self.case


_SHORTEST: tuple[tuple[str, CaseStep, CaseStage, dict[str, Any]], ...] = (
    ("acceptor", CaseStep.REGISTER, CaseStage.REGISTERED, {}),
    ("dispatcher", CaseStep.DISPATCH, CaseStage.DISPATCHED, {"department_id": ROADS, "clock": CLOCK}),
    ("handler", CaseStep.RECEIVE, CaseStage.HANDLING, {}),
    ("handler", CaseStep.HAND_BACK, CaseStage.HANDLED, {}),
    ("checker", CaseStep.CLOSE, CaseStage.CLOSED, {}),
)
