"""The incidents of the picture, folded from their events."""

from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState, Origin
from comms.domain.states import Change

NOUN = "incident"
KEPT_CLOSED = 200
"""Closed incidents kept for the officer to look back at."""


class IncidentBook(msgspec.Struct, kw_only=True):
    """A fold step costs the same with ten incidents and with twenty thousand."""

    states: dict[IncidentId, IncidentState] = {}
    closed_ids: list[IncidentId] = []
    """In the order they were closed."""

    def __post_init__(self) -> None:
        if not self.closed_ids:  # a checkpoint of an older version has closed incidents and no list of them
            closed = [state for state in self.states.values() if not state.is_open]
            closed.sort(key=lambda state: state.closed_at or 0.0)
            self.closed_ids = [state.incident.id for state in closed]

    def apply(self, event: ev.IncidentEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
        match event:
            case ev.IncidentReported(incident=incident):
                self.states[incident.id] = IncidentState(
                    incident=incident, reported_by=recorded.actor, reported_at=recorded.at
                )
                return (Change(NOUN, incident.id, True),)
            case ev.IncidentClosed():
                state = self.states[event.incident_id]
                state.closed_at, state.closed_by = recorded.at, recorded.actor
                state.outcome, state.note = event.outcome, event.note
                self._close(event.incident_id)
            case ev.IncidentLinked():
                state = self.states[event.incident_id]
                if event.order_id not in state.order_ids:
                    state.order_ids = (*state.order_ids, event.order_id)
            case _:
                assert_never(event)
        return (Change(NOUN, event.incident_id),)

    def _close(self, incident_id: IncidentId) -> None:
        """Drops those closed first, beyond what is kept."""
        if incident_id in self.closed_ids:
            return
        self.closed_ids.append(incident_id)
        for forgotten in self.closed_ids[:-KEPT_CLOSED]:
            del self.states[forgotten]
        del self.closed_ids[:-KEPT_CLOSED]

    def of_origin(self, origin: Origin) -> IncidentId | None:
        """The incident a work order has become, while the picture knows it; what was closed long ago the journal
        knows by the source's own number (`Journal.find_command`)."""
        incident_id = origin.incident_id
        return incident_id if incident_id in self.states else None

    def open(self) -> list[IncidentState]:
        """The newest last."""
        return [state for state in self.states.values() if state.is_open]
