"""Sentences of the duty log about sources and their work orders."""

from typing import assert_never

from comms.domain.ids import PartyId
from comms.domain.source import SourceDefined
from comms.domain.work_order import (
    IncidentAmended,
    SetAside,
    WorkOrderAnswered,
    WorkOrderAtSource,
    WorkOrderDiscarded,
    WorkOrderEvent,
    WorkOrderQuarantined,
    WorkOrderReleased,
    WorkOrderSetAside,
)
from ui.sentence import Names, Sentence, Word


def tell_of_source(code: str, name: str, *, is_over: bool) -> Sentence:
    """A source that is asked for its work orders is silent, or answers again."""
    if is_over:
        return Sentence("log.source_back", "info", {"source": name})
    return Sentence(
        "log.source_silent", "warning", {"source": name, "why": Word(f"why.{code.partition('/')[0]}")}, "danger"
    )


def tell_of_work_order(event: WorkOrderEvent, actor: PartyId, names: Names) -> Sentence | None:
    name = names.party(actor)
    match event:
        case SourceDefined(source=source):
            return Sentence("log.source_defined", "note", {"source": source.name})
        case IncidentAmended(incident=incident):
            return Sentence("log.incident_amended", "note", {"name": name, "kind": names.incident(incident.id)})
        case WorkOrderQuarantined(order=order):
            number = order.origin.source_id
            return Sentence("log.work_order_quarantined", "warning", {"name": name, "number": number}, "warn")
        case WorkOrderReleased():
            return Sentence("log.work_order_released", "check", {"name": name})
        case WorkOrderDiscarded(reason=reason):
            return Sentence("log.work_order_discarded", "note", {"name": name, "reason": reason})
        case WorkOrderSetAside(order=order, why=why):
            key = "log.work_order_exercise" if why is SetAside.EXERCISE else "log.work_order_set_aside"
            return Sentence(key, "note", {"name": name, "kind": order.kind})
        case WorkOrderAnswered():
            return None
        case WorkOrderAtSource(incident_id=incident_id, is_closed=is_closed, note=note):
            noted = "log.work_order_closed_there_noted" if note else "log.work_order_closed_there"
            key = noted if is_closed else "log.work_order_opened_there"
            return Sentence(key, "note", {"name": name, "kind": names.incident(incident_id), "note": note})
        case _:
            assert_never(event)
