"""Sentences of the duty log about what officers do in the hub."""

from typing import assert_never

from comms.domain.hub_events import HubEvent, IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import PartyId
from ui.search.happening_names import number_of
from ui.sentence import Names, Sentence, Values


def tell_of_hub(event: HubEvent, actor: PartyId, names: Names) -> Sentence:
    incident_id = event.incident_id
    values: Values = {
        "name": names.party(actor),
        "kind": names.incident(incident_id),
        "number": number_of(incident_id),
    }
    match event:
        case IncidentMerged(into=main_id, words=words):
            values |= {"main": names.incident(main_id), "main_number": number_of(main_id), "words": words}
            return Sentence("log.incident_merged_why" if words else "log.incident_merged", "plus", values)
        case IncidentUnmerged(words=words):
            key = "log.incident_unmerged_why" if words else "log.incident_unmerged"
            return Sentence(key, "back", values | {"words": words})
        case IncidentAcknowledged():
            return Sentence("log.incident_acknowledged", "check", values)
        case _:
            assert_never(event)
