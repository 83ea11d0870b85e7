"""The fold of what officers do in the hub, into the book of incidents."""

from typing import assert_never

from comms.domain.events import Recorded
from comms.domain.hub_events import HubEvent, IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.incident_book import NOUN, IncidentBook
from comms.domain.merge import Acknowledgement, Merge
from comms.domain.states import Change


def fold(book: IncidentBook, event: HubEvent, recorded: Recorded) -> tuple[Change, ...]:
    """The main incident changes with what is merged into it."""
    state = book.states[event.incident_id]
    changes = (Change(NOUN, event.incident_id),)
    match event:
        case IncidentMerged(into=main_id):
            main = book.states[main_id]
            state.merge = Merge(
                into=main_id, by=recorded.actor, at=recorded.at, reasons=event.reasons, words=event.words
            )
            main.merged_ids = (*main.merged_ids, event.incident_id)
            return (*changes, Change(NOUN, main_id))
        case IncidentUnmerged():
            if state.merge is None:
                return changes
            main_id, state.merge = state.merge.into, None
            main = book.states[main_id]
            main.merged_ids = tuple(one for one in main.merged_ids if one != event.incident_id)
            return (*changes, Change(NOUN, main_id))
        case IncidentAcknowledged():
            if state.acknowledged is None:
                state.acknowledged = Acknowledgement(by=recorded.actor, at=recorded.at)
            return changes
        case _:
            assert_never(event)
