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
from ui.hub.bulk_controls import BulkControls
from ui.hub.duplicate_watch import DuplicateWatch
from ui.hub.merge_controls import MergeControls
from ui.hub.sights import Sights
from ui.order.controls import Beginning, OrderControls, Question
from ui.quarantine.controls import QuarantineControls
from ui.selection import Selection
from ui.text import Texts

_GRADES = tuple(OrderPriority)
_GRAVEST = tuple(reversed(_GRADES))


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
        self.bulk = BulkControls(store, incidents, acting, text, self)
        self.merging = MergeControls(store, incidents, orders, acting, text, self)
        self.merging.merged.connect(self.pick)
        self.sights = Sights(store, selection, self)

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
        return any(state.stands for state in self.states)

    def nearest(self, state: IncidentState) -> UnitsTarget | None:
        """Who is to be sent: the nearest that is free."""
        place = state.incident.place
        found = self._dispatch.nearest(lat=place.lat, lon=place.lon, count=1)
        return UnitsTarget(found) if found else None

    @property
    def likely_duplicate(self) -> Duplicate | None:
        """The open incident that most likely tells of the same as the one picked."""
        state = self.state
        found = self._duplicates.suggest(state) if state is not None and state.stands else []
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
            if not state.order_ids and state.stands:
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
        """An order with all that is known filled in, for the nearest that is free: one key sends it. One order for all
        that are picked."""
        standing = [state for state in self.states if state.stands]
        if standing and self.bulk.is_within_limit(len(standing)):
            self.dispatch_for(*standing)

    def dispatch_for(self, state: IncidentState, *others: IncidentState) -> None:
        incident, nearest = state.incident, self.nearest(state)
        places = (self._text("bulk.place", kind=one.incident.kind, place=one.incident.place.text) for one in others)
        if nearest is None:
            self._acting.tell("warn", self._text("toast.nobody_near"))
        self._orders.compose(
            Beginning(
                target=nearest,
                place=incident.place,
                title=incident.kind,
                text="\n".join(filter(None, (incident.text, *places))),
                priority=max((one.incident.priority for one in (state, *others)), key=_GRADES.index),
                incident_id=incident.id,
                also_ids=tuple(one.incident.id for one in others),
            )
        )

    def go_to_duplicate(self) -> None:
        """To what this one may repeat; from one that is merged to its main one."""
        state, found = self.state, self.likely_duplicate
        if state is not None and state.merge is not None:
            self.pick(state.merge.into)
        elif found is not None:
            self.pick(found.incident_id)

    @property
    def to_merge(self) -> list[IncidentState]:
        """Those picked that stand by themselves, or the one picked and what it most likely repeats."""
        standing, found = [state for state in self.states if state.stands], self.likely_duplicate
        if len(standing) == 1 and found is not None:
            standing.append(self._store.picture.incidents.states[found.incident_id])
        return standing if len(standing) > 1 else []

    def unmerge(self) -> None:
        state = self.state
        if state is not None:
            self.merging.ask_unmerge(state)

    def acknowledge_picked(self) -> None:
        self.bulk.acknowledge(self._selection.incident_ids)

    @property
    def can_acknowledge(self) -> bool:
        return self.bulk.can_acknowledge(self._selection.incident_ids)

    def next_camera(self) -> None:
        state = self.state
        if state is not None:
            self.sights.next_camera(state)

    def next_unit(self) -> None:
        state = self.state
        if state is not None:
            self.sights.next_unit(state)

    # --- closing --------------------------------------------------------------------------------------

    def ask_close(self) -> None:
        open_ids = tuple(state.incident.id for state in self.states if state.stands)
        if open_ids and self.bulk.is_within_limit(len(open_ids)):
            self.closing.emit(open_ids)

    def close(self, incident_ids: tuple[IncidentId, ...], outcome: IncidentOutcome) -> None:
        """Several with one reason, which is asked for."""
        if len(incident_ids) == 1:
            self._acting.start(self._incidents.close(incident_ids[0], outcome), self._closed)
            return
        words = self._text(f"outcome.{outcome.value}")
        sentence = self._text("bulk.ask_close", count=len(incident_ids), outcome=words)
        self._orders.asking.emit(Question(sentence, partial(self.bulk.close, incident_ids, outcome)))

    def _closed(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("incident.closed"))
