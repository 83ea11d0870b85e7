"""What keys, buttons and menus set off about incidents: about those picked in the hub's list."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.domain.duplicates import Duplicate
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentOutcome, IncidentState
from comms.domain.order import OrderPriority, UnitsTarget
from comms.protocol.pushes import Done
from console.actions.dispatch import Dispatch
from console.actions.incidents import Incidents
from console.actions.quarantine import Quarantine
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.duplicate_watch import DuplicateWatch
from ui.happening_names import number_of
from ui.order_controls import Beginning, OrderControls, Question
from ui.quarantine.controls import QuarantineControls
from ui.selection import Selection
from ui.text import Texts

_GRAVEST = tuple(reversed(OrderPriority))


class HubControls(QObject):
    takingIn = Signal()
    """New ones take their places in the list."""
    acknowledging = Signal()
    """What has arrived so far is known: it need not be heard any longer."""
    picking = Signal(str)
    """Pick an incident in the list and give it the keyboard: its id."""
    going = Signal(str)
    """Show an incident on the map: its id."""
    steppingCase = Signal()
    """The case's sheet is open: its next step is to be chosen."""
    closing = Signal(object)
    """Ask what came of incidents: their ids."""

    def __init__(
        self,
        *,
        store: Store,
        incidents: Incidents,
        quarantine: Quarantine,
        dispatch: Dispatch,
        orders: OrderControls,
        selection: Selection,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._incidents = incidents
        self._dispatch = dispatch
        self._orders = orders
        self._selection = selection
        self._acting = acting
        self._text = text
        self._duplicates = DuplicateWatch(store, self)
        self.quarantine = QuarantineControls(quarantine=quarantine, acting=acting, parent=self)
        self.quarantine.asking.connect(orders.asking)

    # --- what is meant --------------------------------------------------------------------------------

    @property
    def states(self) -> list[IncidentState]:
        """Those picked that the picture has."""
        known = self._store.picture.incidents.states
        return [known[one] for one in self._selection.incident_ids if one in known]

    @property
    def state(self) -> IncidentState | None:
        states = self.states
        return states[0] if states else None

    @property
    def is_open(self) -> bool:
        return any(state.is_open for state in self.states)

    def nearest(self, state: IncidentState) -> UnitsTarget | None:
        """Who is to be sent: the nearest that is free."""
        place = state.incident.place
        found = self._dispatch.nearest(lat=place.lat, lon=place.lon, count=1)
        return UnitsTarget(found) if found else None

    @property
    def likely_duplicate(self) -> Duplicate | None:
        """The open incident that most likely tells of the same as the one picked."""
        state = self.state
        found = self._duplicates.suggest(state) if state is not None and state.is_open else []
        return found[0] if found else None

    # --- doing ----------------------------------------------------------------------------------------

    def take_in(self) -> None:
        self.takingIn.emit()

    def acknowledge(self) -> None:
        self.acknowledging.emit()

    def next(self) -> None:
        """Open the one that waits: the gravest that nobody was sent to yet, of these the longest waiting."""
        first: dict[OrderPriority, IncidentState] = {}
        for state in self._store.picture.incidents.states.values():  # the oldest first
            if not state.order_ids and state.is_open:
                first.setdefault(state.incident.priority, state)
        waiting = [first[priority] for priority in _GRAVEST if priority in first]
        if waiting:
            self.pick(waiting[0].incident.id)
        else:
            self._acting.tell("ok", self._text("hub.nothing_waits"))

    def pick(self, incident_id: IncidentId) -> None:
        self.picking.emit(incident_id)
        self.going.emit(incident_id)

    def go(self) -> None:
        state = self.state
        if state is not None:
            self.going.emit(state.incident.id)

    def dispatch(self) -> None:
        """An order with all that is known filled in, for the nearest that is free: one key sends it."""
        state = self.state
        if state is not None:
            self.dispatch_for(state)

    def dispatch_for(self, state: IncidentState) -> None:
        incident, nearest = state.incident, self.nearest(state)
        if nearest is None:
            self._acting.tell("warn", self._text("toast.nobody_near"))
        self._orders.compose(
            Beginning(
                target=nearest,
                place=incident.place,
                title=incident.kind,
                text=incident.text,
                priority=incident.priority,
                incident_id=incident.id,
            )
        )

    def go_to_duplicate(self) -> None:
        found = self.likely_duplicate
        if found is not None:
            self.pick(found.incident_id)

    def ask_duplicate(self) -> None:
        """Close the one picked as a repetition of the likely one; the reason names that."""
        state, found = self.state, self.likely_duplicate
        if state is not None and found is not None:
            kept = self._store.picture.incidents.states[found.incident_id].incident
            kept_words = self._text("hub.duplicate.named", kind=kept.kind, number=number_of(kept.id))
            sentence = self._text("hub.duplicate.ask", kind=state.incident.kind, kept=kept_words)
            self._orders.asking.emit(Question(sentence, partial(self._close_repeated, state.incident.id, kept.id)))

    def _close_repeated(self, incident_id: IncidentId, kept_id: IncidentId, reason: str) -> None:
        note = self._text("hub.duplicate.note", number=kept_id, reason=reason)
        self._acting.start(self._incidents.close(incident_id, IncidentOutcome.DUPLICATE, note=note), self._closed)

    def ask_close(self) -> None:
        open_ids = tuple(state.incident.id for state in self.states if state.is_open)
        if open_ids:
            self.closing.emit(open_ids)

    def close(self, incident_ids: tuple[IncidentId, ...], outcome: IncidentOutcome) -> None:
        for incident_id in incident_ids:
            self._acting.start(self._incidents.close(incident_id, outcome), self._closed)

    def _closed(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("incident.closed"))
