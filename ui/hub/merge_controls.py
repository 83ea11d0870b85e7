"""Merging the incident picked with what it may repeat, or all that are picked; and taking out again."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.domain.duplicates import reasons_between
from comms.domain.ids import IncidentId, party_officer
from comms.domain.incident import IncidentState
from comms.domain.merge import MOST_AT_ONCE, Reason
from comms.domain.merge_rules import WHOSE, merge_fault
from comms.protocol.errors import RefusalCode
from comms.protocol.hub_commands import MERGE_CODES
from comms.protocol.pushes import Done
from console.actions.incidents import Incidents
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.order.controls import OrderControls, Question
from ui.search.happening_names import number_of
from ui.text import Texts


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be merged into what. `code`: why the gateway would refuse, as far as the desk can tell."""

    main: IncidentState
    others: tuple[IncidentState, ...]
    reasons: dict[IncidentId, tuple[Reason, ...]]
    code: RefusalCode | None = None


class MergeControls(QObject):
    choosing = Signal(object)
    """Of several merged ones, ask which is to be taken out: their ids."""
    merged = Signal(str)
    """The main one's id."""

    def __init__(
        self,
        store: Store,
        incidents: Incidents,
        orders: OrderControls,
        acting: Acting,
        text: Texts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._incidents = incidents
        self._orders = orders
        self._acting = acting
        self._text = text

    # --- merging --------------------------------------------------------------------------------------

    def propose(self, states: list[IncidentState], main_id: IncidentId | None = None) -> Proposal | None:
        """Into the one named, else into the one that is furthest on its way, else the first reported."""
        if not 2 <= len(states) <= MOST_AT_ONCE:
            return None
        named = [state for state in states if state.incident.id == main_id]
        main = named[0] if named else min(states, key=self._rank)
        others = tuple(state for state in states if state is not main)
        reasons = {
            state.incident.id: reasons_between(
                main.incident, state.incident, apart_s=state.reported_at - main.reported_at
            )
            for state in others
        }
        return Proposal(main, others, reasons, self._code(main, others))

    def _rank(self, state: IncidentState) -> tuple[bool, bool, bool, float]:
        is_early = self._store.picture.cases.of(state).stage in WHOSE
        return not state.merged_ids, is_early, not state.order_ids, state.reported_at

    def _code(self, main: IncidentState, others: tuple[IncidentState, ...]) -> RefusalCode | None:
        picture, session = self._store.picture, self._store.session
        officer_id = party_officer(session.party) if session is not None else None
        officer = picture.officers.get(officer_id) if officer_id is not None else None
        if officer is None:
            return None
        faults = (merge_fault(main, state, picture, officer) for state in others)
        return next((MERGE_CODES[fault] for fault in faults if fault is not None), None)

    def merge(self, proposal: Proposal, words: str) -> None:
        main_id = proposal.main.incident.id
        work = self._incidents.merge(main_id, proposal.reasons, words=words)
        self._acting.start(work, partial(self._merged, main_id, len(proposal.others)))

    def _merged(self, main_id: IncidentId, count: int, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("merge.done", count=count, number=number_of(main_id)))
            self.merged.emit(main_id)

    # --- taking out -----------------------------------------------------------------------------------

    def can_unmerge(self, state: IncidentState | None) -> bool:
        return state is not None and bool(self._out_of(state))

    def _out_of(self, state: IncidentState) -> list[IncidentState]:
        """What could be taken out: itself, or what it carries."""
        if state.merge is not None:
            return [state] if state.is_open else []
        return [one for one in self._store.picture.incidents.merged_into(state) if one.is_open]

    def ask_unmerge(self, state: IncidentState) -> None:
        found = self._out_of(state)
        if len(found) == 1:
            self.ask_why(found[0].incident.id)
        elif found:
            self.choosing.emit(tuple(one.incident.id for one in found))

    def ask_why(self, incident_id: IncidentId) -> None:
        """The reason to take this one out; then it is."""
        state = self._store.picture.incidents.states.get(incident_id)
        if state is not None:
            kind, number = state.incident.kind, number_of(incident_id)
            sentence = self._text("merge.ask_unmerge", kind=kind, number=number)
            self._orders.asking.emit(Question(sentence, partial(self._unmerge, incident_id)))

    def _unmerge(self, incident_id: IncidentId, words: str) -> None:
        self._acting.start(self._incidents.unmerge(incident_id, words=words), partial(self._unmerged, incident_id))

    def _unmerged(self, incident_id: IncidentId, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("merge.undone", number=number_of(incident_id)))
