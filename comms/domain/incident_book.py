"""The incidents of the picture, folded from their events."""

from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState, Origin
from comms.domain.states import Change

NOUN = "incident"
KEPT_CLOSED = 2000
"""Closed incidents kept for the officer to look back at, and for a department that appeals."""


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
            case ev.IncidentReported(incident=incident, digest=digest):
                self.states[incident.id] = IncidentState(
                    incident=incident, reported_by=recorded.actor, reported_at=recorded.at, digest=digest
                )
                return (Change(NOUN, incident.id, True),)
            case ev.IncidentClosed():
                state = self.states[event.incident_id]
                state.closed_at, state.closed_by = recorded.at, recorded.actor
                state.outcome, state.note = event.outcome, event.note
                if event.incident_id not in self.closed_ids:
                    self.closed_ids.append(event.incident_id)
            case ev.IncidentLinked():
                state = self.states[event.incident_id]
                if event.order_id not in state.order_ids:
                    state.order_ids = (*state.order_ids, event.order_id)
            case _:
                assert_never(event)
        return (Change(NOUN, event.incident_id),)

    def forget_closed(self) -> list[IncidentId]:
        """Drop those closed first, beyond what is kept; which they were."""
        gone = self.closed_ids[:-KEPT_CLOSED]
        for incident_id in gone:
            del self.states[incident_id]
        del self.closed_ids[:-KEPT_CLOSED]
        return gone

    def of_origin(self, origin: Origin) -> IncidentId | None:
        """The incident a work order has become, while the picture knows it; what was closed long ago the journal
        knows (`Journal.was_accepted`)."""
        incident_id = origin.incident_id
        return incident_id if incident_id in self.states else None

    def open(self) -> list[IncidentState]:
        """The newest last; what is merged is not listed beside what carries it."""
        return [state for state in self.states.values() if state.stands]

    def is_sent(self, state: IncidentState) -> bool:
        """An order was given for it, or for what carries it."""
        main = self.states.get(state.merge.into) if state.merge is not None else None
        return bool(state.order_ids) or (main is not None and bool(main.order_ids))

    def merged_into(self, state: IncidentState) -> list[IncidentState]:
        """Those it carries, as far as the picture has them."""
        return [self.states[one] for one in state.merged_ids if one in self.states]
