"""The incidents of the picture, folded from their events."""

from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState
from comms.domain.states import Change

NOUN = "incident"
KEPT_CLOSED = 200
"""Closed incidents kept for the officer to look back at."""


class IncidentBook(msgspec.Struct, kw_only=True):
    states: dict[IncidentId, IncidentState] = {}

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
                self._forget_closed()
            case ev.IncidentLinked():
                state = self.states[event.incident_id]
                if event.order_id not in state.order_ids:
                    state.order_ids = (*state.order_ids, event.order_id)
            case _:
                assert_never(event)
        return (Change(NOUN, event.incident_id),)

    def _forget_closed(self) -> None:
        """Drop those closed first, beyond what is kept."""
        closed = [state for state in self.states.values() if not state.is_open]
        closed.sort(key=lambda state: state.closed_at or 0.0)
        for state in closed[: max(0, len(closed) - KEPT_CLOSED)]:
            del self.states[state.incident.id]

    def open(self) -> list[IncidentState]:
        """The newest last."""
        return [state for state in self.states.values() if state.is_open]
