"""What the hub knows of each incident, as columns: narrowed down, sorted and counted without looking at one by one."""

from collections.abc import Iterable
from math import inf, isinf

import numpy as np
from numpy.typing import NDArray

from comms.domain.case import CaseStage, CaseState
from comms.domain.ids import IncidentId, JurisdictionId, OrderId, UnitId
from comms.domain.incident import IncidentState
from comms.domain.order import OPEN_STATES, OrderPriority
from comms.domain.states import OrderState
from console.store.store import Store
from ui.words import jurisdiction_path

PRIORITIES = tuple(OrderPriority)
"""The least grave first."""
STAGES = (
    *("waiting", "acknowledged", "sent", "answered", "merged"),
    *(stage.value for stage in CaseStage if stage is not CaseStage.REPORTED),
)
"""How far an incident is: the first ones before anybody has moved its case, then the case's own stages."""
CASE_STAGES_FROM = 5
UNSENT_UNTIL = 2
"""Stages below this one wait for somebody to be sent."""
_CODES = {stage: code for code, stage in enumerate(STAGES)}
_FIRST_ROOM = 1024
_ROW = np.dtype(
    [
        ("priority", np.int32),
        ("kind", np.int32),
        ("source", np.int32),
        ("grid", np.int32),
        ("stage", np.int32),
        ("units", np.int32),
        ("merged", np.int32),
        ("at", np.float64),
        ("due", np.float64),
        ("is_there", np.bool_),
        ("is_open", np.bool_),
        ("is_merged", np.bool_),
    ]
)
Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]
Codes = NDArray[np.int32]


class Words:
    """Numbers for words that many incidents have in common."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, words: str) -> int:
        code = self._codes.get(words)
        if code is None:
            code = self._codes[words] = len(self.known)
            self.known.append(words)
        return code

    def ranks(self, named: Iterable[str] | None = None) -> Codes:
        """The place of each code when all are put in order, by other names if given."""
        names = list(named) if named is not None else self.known
        ranks = np.empty(len(names), np.int32)
        ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names), dtype=np.int32)
        return ranks


class HubColumns:
    """Row by row in the order they became known. A row never changes its incident; `tidy` takes gone ones away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.clear()

    def clear(self) -> None:
        self.kinds, self.sources, self.grids = Words(), Words(), Words()
        self.ids: list[IncidentId] = []
        self.texts: list[str] = []
        self.searched: list[str] = []
        """All that can be found by typing, case folded."""
        self._rows: dict[IncidentId, int] = {}
        self._order_rows: dict[OrderId, int] = {}
        self._held = np.zeros(_FIRST_ROOM, _ROW)

    # --- reading --------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, incident_id: IncidentId) -> int | None:
        return self._rows.get(incident_id)

    def row_of_order(self, order_id: OrderId) -> int | None:
        return self._order_rows.get(order_id)

    def state(self, row: int) -> IncidentState | None:
        """None when the picture keeps it no longer."""
        return self._store.picture.incidents.states.get(self.ids[row])

    @property
    def priority(self) -> Codes:
        """Index into PRIORITIES."""
        return self._held["priority"][: len(self.ids)]

    @property
    def kind(self) -> Codes:
        return self._held["kind"][: len(self.ids)]

    @property
    def source(self) -> Codes:
        return self._held["source"][: len(self.ids)]

    @property
    def grid(self) -> Codes:
        return self._held["grid"][: len(self.ids)]

    @property
    def stage(self) -> Codes:
        """Index into STAGES."""
        return self._held["stage"][: len(self.ids)]

    @property
    def units(self) -> Codes:
        """How many are at it."""
        return self._held["units"][: len(self.ids)]

    @property
    def merged(self) -> Codes:
        """How many it carries."""
        return self._held["merged"][: len(self.ids)]

    @property
    def at(self) -> Numbers:
        """When it was reported, Unix seconds."""
        return self._held["at"][: len(self.ids)]

    @property
    def due(self) -> Numbers:
        """When the case's clock runs out, else that of the orders: Unix seconds; infinity without any."""
        return self._held["due"][: len(self.ids)]

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """The picture has it."""
        return self._held["is_there"][: len(self.ids)]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """And stands by itself."""
        return self._held["is_open"][: len(self.ids)]

    @property
    def is_merged(self) -> NDArray[np.bool_]:
        """Carried by another that is open."""
        return self._held["is_merged"][: len(self.ids)]

    def units_of(self, row: int) -> list[UnitId]:
        """Those who have something to do for it, or for what it carries."""
        state = self.state(row)
        orders = self._orders(state, row) if state is not None else []
        found = (unit_id for order in orders for unit_id, step in order.assignments.items() if step in OPEN_STATES)
        return list(dict.fromkeys(found))

    def sources_of(self, row: int) -> list[str]:
        """Its own and those of what it carries, each once."""
        state = self.state(row)
        merged = self._store.picture.incidents.merged_into(state) if state is not None else []
        own = self.sources.known[self.source[row]]
        return list(dict.fromkeys((own, *(one.incident.source for one in merged))))

    # --- taking in ------------------------------------------------------------------------------------

    def take(self, incident_id: IncidentId) -> int | None:
        """What the picture says of it now. Returns its row; None when it is not known."""
        state = self._store.picture.incidents.states.get(incident_id)
        row = self._rows.get(incident_id)
        if state is None:
            if row is not None:
                self._held["is_there"][row] = False
            return row
        if row is None:
            row = self._add(state)
        orders = self._orders(state, row)
        case = self._store.picture.cases.of(state)
        self._held["is_open"][row] = state.stands
        self._held["is_merged"][row] = is_merged = state.is_open and not state.stands
        self._held["stage"][row] = _CODES["merged"] if is_merged else _stage(state, case, orders)
        self._held["due"][row] = min((_due(order) for order in orders), default=inf)
        if case.clock is not None and case.clock.running_since is not None and not is_merged:
            self._held["due"][row] = case.clock.due_at
        if len(state.merged_ids) != self._held["merged"][row]:
            self._held["merged"][row] = len(state.merged_ids)
            merged = self._store.picture.incidents.merged_into(state)
            self.searched[row] = " ".join(self._found_by(one) for one in (state, *merged))
        self._held["units"][row] = sum(step in OPEN_STATES for order in orders for step in order.assignments.values())
        return row

    def _add(self, state: IncidentState) -> int:
        incident, row = state.incident, len(self.ids)
        if row == len(self._held):
            self._held = np.concatenate((self._held, np.zeros(row, _ROW)))
        self.ids.append(incident.id)
        self._rows[incident.id] = row
        words = incident.text or incident.place.text
        self.texts.append(words)
        self.searched.append(self._found_by(state))
        self._held["priority"][row] = PRIORITIES.index(incident.priority)
        self._held["kind"][row] = self.kinds.code(incident.kind)
        self._held["source"][row] = self.sources.code(incident.source)
        self._held["grid"][row] = self.grids.code(incident.jurisdiction_id)
        self._held["at"][row] = state.reported_at
        self._held["is_there"][row] = True
        return row

    def _found_by(self, state: IncidentState) -> str:
        incident = state.incident
        grid = jurisdiction_path(self._store.picture, incident.jurisdiction_id)
        number = incident.origin.source_id if incident.origin is not None else ""
        words = (incident.kind, incident.text, incident.place.text, incident.source, number, grid, incident.id)
        return " ".join(words).casefold()

    def _orders(self, state: IncidentState, row: int) -> list[OrderState]:
        """Given for it and for what it carries; those of what is merged are the main one's meanwhile."""
        if state.is_open and not state.stands:
            return []
        order_ids = state.order_ids
        for merged in self._store.picture.incidents.merged_into(state) if state.merged_ids else ():
            order_ids += merged.order_ids
        found = []
        for order_id in order_ids:
            self._order_rows[order_id] = row
            order = self._store.picture.orders.get(order_id)
            if order is not None:
                found.append(order)
        return found

    def tidy(self) -> None:
        """Closed ones that the picture has forgotten are there no longer."""
        states = self._store.picture.incidents.states
        for row in np.flatnonzero(~self.is_open & self.is_there):
            self._held["is_there"][row] = self.ids[row] in states

    # --- names ----------------------------------------------------------------------------------------

    def grid_words(self, code: int) -> str:
        return jurisdiction_path(self._store.picture, JurisdictionId(self.grids.known[code]))


def _stage(state: IncidentState, case: CaseState, orders: list[OrderState]) -> int:
    if case.stage is not CaseStage.REPORTED:
        return _CODES[case.stage.value]
    if not orders:
        return _CODES["waiting" if state.acknowledged is None else "acknowledged"]
    is_sent = any(step in OPEN_STATES for order in orders for step in order.assignments.values())
    return _CODES["sent" if is_sent else "answered"]


def _due(order: OrderState) -> float:
    """Of an order that somebody still works on."""
    deadline = order.order.deadline_at
    is_open = any(step in OPEN_STATES for step in order.assignments.values())
    return deadline if deadline is not None and is_open and not isinf(deadline) else inf
