"""What is said of a case that a figure counts: enough to know it by, also when the picture has forgotten it."""

import msgspec

from comms.domain.case import CaseStage
from comms.domain.ids import IncidentId, JurisdictionId, PartyId


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As the case stood at the end of the period asked for."""

    id: IncidentId
    kind: str
    stage: CaseStage
    jurisdiction_id: JurisdictionId
    source: str = ""
    department: str = ""
    handler: PartyId = PartyId("")
    reported_at: float
    due_at: float | None = None
    counted_at: float
    """When it was reported, or when the step that is counted was taken."""
