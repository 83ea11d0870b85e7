"""Figures as a gateway would answer them, for tests and pictures of the bulletin's sheet."""

from comms.domain.assessment import Dimension, Figures
from comms.domain.case import CaseStage
from comms.domain.case_record import CaseRecord
from comms.domain.ids import IncidentId, JurisdictionId, PartyId
from comms.protocol.assessment_commands import (
    AssessmentCasePage,
    AssessmentCases,
    AssessmentRead,
    AssessmentRow,
    AssessmentTable,
)

READ_AT = 1_780_300_000.0
KEYS = {"roads": 5, "water": 3, "market": 8, "": 1}


def figures(many: int, less: int = 0) -> Figures:
    """Of `many` cases due; the more `less`, the later."""
    in_time = max(0, many - less)
    return Figures(
        accepted=many * 3,
        registered=many * 2,
        due=many,
        closed=many,
        on_time=in_time,
        late=many - in_time,
        reworked=less,
        returned=many // 4,
        rated=many,
        satisfied=in_time,
    )


def table(command: AssessmentRead) -> AssessmentTable:
    count = len(command.periods)
    if command.by is Dimension.WHOLE:
        many = sum(KEYS.values())
        row = AssessmentRow(key="", figures=tuple(figures(many, 4) if at < 3 else figures(at) for at in range(count)))
        return AssessmentTable(id=command.id, rows=(row,), read_at=READ_AT)
    rows = (
        AssessmentRow(key=key, figures=(figures(many, index), figures(many, 1), Figures())[:count])
        for index, (key, many) in enumerate(KEYS.items())
    )
    return AssessmentTable(id=command.id, rows=tuple(rows), read_at=READ_AT)


def case_page(command: AssessmentCases, known: IncidentId, *, at: JurisdictionId) -> AssessmentCasePage:
    """Two pages: one the picture knows, and one it has forgotten."""
    case_id = known if command.first == 0 else IncidentId("forgotten")
    case = CaseRecord(
        id=case_id,
        kind="井盖缺失",
        stage=CaseStage.HANDLING,
        jurisdiction_id=at,
        department="roads",
        handler=PartyId("officer:v01"),
        reported_at=READ_AT - 7200,
        due_at=READ_AT - 600,
        counted_at=READ_AT - 7200,
    )
    return AssessmentCasePage(id=command.id, cases=(case,), next=1 if command.first == 0 else None)
