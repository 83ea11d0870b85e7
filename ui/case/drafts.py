"""What was typed about cases and not sent yet."""

from typing import NamedTuple

from comms.domain.case import CaseStep
from comms.domain.ids import IncidentId

KEPT = 50


class Draft(NamedTuple):
    step: CaseStep | None = None
    opinion: str = ""


class Drafts:
    """The newest so many; an empty one is none."""

    def __init__(self) -> None:
        self._kept: dict[IncidentId, Draft] = {}

    def keep(self, incident_id: IncidentId, draft: Draft) -> None:
        self.drop(incident_id)
        if draft != Draft():
            self._kept[incident_id] = draft
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]

    def of(self, incident_id: IncidentId | None) -> Draft:
        return self._kept.get(incident_id, Draft()) if incident_id is not None else Draft()

    def drop(self, incident_id: IncidentId) -> None:
        self._kept.pop(incident_id, None)
