"""The case that is looked at, as it is now: what the sheet shows of it, without a widget."""

from collections.abc import Callable, Iterable

from comms.domain.case import CaseState, CaseStep
from comms.domain.case_conditions import NOTHING, Asked, asked, shown, unshown
from comms.domain.case_rules import step_fault
from comms.domain.ids import BlobId, DepartmentId, IncidentId, ItemId, party_officer
from comms.domain.incident import IncidentState
from comms.domain.item import Evidence
from comms.domain.jurisdiction import contains
from comms.domain.officer import Department
from comms.domain.states import OfficerState
from comms.protocol.errors import RefusalCode
from console.store.store import Store
from ui.case.words import why_not
from ui.search.happening_names import number_of
from ui.text import Texts
from ui.words import jurisdiction_path


class CaseNow:
    """`incident_id` is whose case it is."""

    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text
        self.incident_id: IncidentId | None = None

    @property
    def incident(self) -> IncidentState | None:
        known = self._store.picture.incidents.states
        return known.get(self.incident_id) if self.incident_id is not None else None

    @property
    def case(self) -> CaseState | None:
        incident = self.incident
        return self._store.picture.cases.of(incident) if incident is not None else None

    @property
    def _officer(self) -> OfficerState | None:
        session = self._store.session
        officer_id = party_officer(session.party) if session is not None else None
        return self._store.picture.officers.get(officer_id) if officer_id is not None else None

    def names(self) -> tuple[str, str]:
        """What it is, and where and with whom."""
        incident, case = self.incident, self.case
        if incident is None or case is None:
            return "", ""
        what, text = incident.incident, self._text
        department = self._store.picture.departments.get(case.department_id) if case.department_id else None
        grid = jurisdiction_path(self._store.picture, what.jurisdiction_id)
        where = (what.place.text, grid, department.name if department is not None else "")
        name = text("case.name", kind=what.kind, number=number_of(what.id))
        return name, text("hub.dot").join(filter(None, where))

    def reasons(self, steps: Iterable[CaseStep]) -> dict[CaseStep, str]:
        """Why this officer may not take each of these steps now; empty where he may."""
        say = self._saying()
        return {step: say(step) for step in steps}

    def _saying(self) -> Callable[[CaseStep], str]:
        officer, incident, case = self._officer, self.incident, self.case
        store, text, now = self._store, self._text, self._store.server_now()
        if officer is None or incident is None or case is None:
            words = text("case.not_signed_in")
            return lambda _step: words
        if incident.merge is not None:
            words = text.refusal(RefusalCode.INCIDENT_MERGED)
            return lambda _step: words

        def say(step: CaseStep) -> str:
            fault = step_fault(case, officer, step, now=now)
            return why_not(fault, case, step, store, text) if fault is not None else ""

        return say

    def asked(
        self, step: CaseStep | None, item_id: ItemId | None, *, photos: int
    ) -> tuple[Asked, tuple[Evidence, ...]]:
        """What the item asks for a step, and what evidence is missing even with so many photos attached."""
        case, picture = self.case, self._store.picture
        if case is None or step is None:
            return NOTHING, ()
        wanted = asked(picture, case, step, item_id, now=self._store.server_now())
        attached = (BlobId(""),) * photos
        return wanted, unshown(wanted, shown(picture, case.incident_id, step=step, photos=attached))

    def departments(self) -> tuple[list[Department], DepartmentId | None]:
        """Whom the case may be sent to, by name, and whom its item names."""
        case, picture = self.case, self._store.picture
        if case is None:
            return [], None
        its = (one for one in picture.departments.values() if contains(one.jurisdiction_id, case.jurisdiction_id))
        state = picture.items.states.get(case.item_id) if case.item_id is not None else None
        usual = state.item.terms.department_id if state is not None else None
        return sorted(its, key=lambda one: one.name), usual
