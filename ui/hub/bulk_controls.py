"""One step about several incidents: how many is said before, and in one sentence afterwards what was refused and why.

Each is asked for by itself, so that one that may not be does not hold up the rest."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.merge import MOST_AT_ONCE
from comms.protocol.pushes import Done, Refused
from console.actions.incidents import Incidents
from console.actions.requester import Outcome, Unsent
from console.store.store import Store
from ui.acting import Acting
from ui.text import Texts

Act = Callable[[IncidentId], Coroutine[Any, Any, Outcome]]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A sentence that counts, what it leaves out, and what follows when the officer says yes."""

    sentence: str
    aside: str
    confirm: str
    answer: Callable[[], None]


class BulkControls(QObject):
    confirming = Signal()
    """Ask yes or no about `asked`."""

    def __init__(self, store: Store, incidents: Incidents, acting: Acting, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._incidents = incidents
        self._acting = acting
        self._text = text
        self.asked: Confirmation | None = None

    def is_within_limit(self, count: int) -> bool:
        """Says so when it is not."""
        if count > MOST_AT_ONCE:
            self._acting.tell("warn", self._text("bulk.too_many", most=MOST_AT_ONCE, count=count))
        return count <= MOST_AT_ONCE

    # --- what is done ---------------------------------------------------------------------------------

    def acknowledge(self, picked: tuple[IncidentId, ...]) -> None:
        """Those picked that wait for it; more than one after a question."""
        waiting = self._unacknowledged(picked)
        if not waiting or not self.is_within_limit(len(waiting)):
            return
        if len(waiting) == 1:
            self._run(waiting, self._incidents.acknowledge, "bulk.acknowledged")
            return
        others = len(picked) - len(waiting)
        self.asked = Confirmation(
            self._text("bulk.ask_acknowledge", count=len(waiting)),
            self._text("bulk.left_out", count=others) if others else "",
            self._text("bulk.acknowledge"),
            partial(self._run, waiting, self._incidents.acknowledge, "bulk.acknowledged"),
        )
        self.confirming.emit()

    def acknowledge_arrived(self, arrived: tuple[IncidentId, ...]) -> None:
        """As many as one step may be about, the first of them; how many are left is said."""
        waiting = self._unacknowledged(arrived)
        rest = len(waiting) - MOST_AT_ONCE
        if waiting:
            work = self._each(waiting[:MOST_AT_ONCE], self._incidents.acknowledge)
            more = self._text("bulk.rest", count=rest) if rest > 0 else ""
            self._acting.start(work, partial(self._tell, "bulk.acknowledged", more))

    def close(self, incident_ids: tuple[IncidentId, ...], outcome: IncidentOutcome, reason: str) -> None:
        self._run(incident_ids, partial(self._incidents.close, outcome=outcome, note=reason), "bulk.closed")

    def link(self, order_id: str, incident_ids: tuple[IncidentId, ...]) -> None:
        """An order was given for these, too; while it waits for the network, the officer is told to link them later."""
        if not incident_ids:
            return
        if not order_id:
            self._acting.tell("warn", self._text("bulk.not_linked", count=len(incident_ids)))
            return
        self._run(incident_ids, partial(self._incidents.link_order, order_id=OrderId(order_id)), "bulk.linked")

    def can_acknowledge(self, picked: tuple[IncidentId, ...]) -> bool:
        return bool(self._unacknowledged(picked))

    # --- inside ---------------------------------------------------------------------------------------

    def _unacknowledged(self, incident_ids: tuple[IncidentId, ...]) -> tuple[IncidentId, ...]:
        states = self._store.picture.incidents.states
        found = (states[one] for one in incident_ids if one in states)
        return tuple(state.incident.id for state in found if state.stands and state.acknowledged is None)

    def _run(self, incident_ids: tuple[IncidentId, ...], act: Act, done: str) -> None:
        self._acting.start(self._each(incident_ids, act), partial(self._tell, done, ""))

    async def _each(self, incident_ids: tuple[IncidentId, ...], act: Act) -> list[Outcome]:
        return [await act(incident_id) for incident_id in incident_ids]

    def _tell(self, done: str, more: str, answers: list[Outcome]) -> None:
        text = self._text
        refused = Counter(one.text or text.refusal(one.code) for one in answers if isinstance(one, Refused))
        kept = sum(isinstance(one, Unsent) for one in answers)
        parts = [text(done, count=sum(isinstance(one, Done) for one in answers))]
        if refused:
            said = (
                text("bulk.why", reason=reason.rstrip(text("bulk.stop")), count=count)
                for reason, count in refused.items()
            )
            parts.append(text("bulk.refused", count=refused.total(), reasons=text("bulk.separator").join(said)))
        if kept:
            parts.append(text("bulk.kept", count=kept))
        if more:
            parts.append(more)
        self._acting.tell("warn" if refused or kept else "ok", text("bulk.separator").join(parts))
