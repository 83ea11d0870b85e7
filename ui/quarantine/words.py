"""What the quarantine sheet says of a work order: what it is, why it waits, who dealt with it."""

from datetime import datetime

from comms.domain.incident import Origin
from comms.domain.quarantine import Part, part_of
from comms.domain.source import Source, WorkOrderField
from comms.domain.work_order import Fault
from comms.domain.work_order_book import Quarantined
from comms.protocol.fault_words import fault_sentence
from console.store.store import Store
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import moment, party_name

_TIME_FORMAT = "%Y-%m-%d %H:%M"
_MOST_NUMBER = 28
_FIELD_PARTS = {
    WorkOrderField.SOURCE_ID: Part.NUMBER,
    WorkOrderField.KIND: Part.KIND,
    WorkOrderField.TEXT: Part.TEXT,
    WorkOrderField.PRIORITY: Part.PRIORITY,
    WorkOrderField.LAT: Part.PLACE,
    WorkOrderField.LON: Part.PLACE,
    WorkOrderField.GRID_CODE: Part.PLACE,
    WorkOrderField.ADDRESS: Part.PLACE,
    WorkOrderField.OCCURRED_AT: Part.TIME,
}


def source_name(origin: Origin, store: Store) -> str:
    source = store.picture.work_orders.sources.get(origin.source)
    return source.name if source is not None else origin.source


def number_words(origin: Origin, text: Texts) -> str:
    """The source's own number; one that was made from the content is no number to anybody."""
    number = origin.source_id
    if number.startswith("sha256:"):
        return text("quarantine.no_number", short=number[7:13])
    return number if len(number) <= _MOST_NUMBER else f"{number[:_MOST_NUMBER]}…"


def reasons(faults: tuple[Fault, ...], text: Texts) -> str:
    return text("quarantine.reason_break").join(fault_sentence(fault, text.locale) for fault in faults)


def marks(faults: tuple[Fault, ...], text: Texts) -> dict[Part, str]:
    """The sentences to stand at each field."""
    said: dict[Part, list[str]] = {}
    for fault in faults:
        said.setdefault(part_of(fault), []).append(fault_sentence(fault, text.locale))
    return {part: text("quarantine.reason_break").join(sentences) for part, sentences in said.items()}


def line_of(held: Quarantined, is_waiting: bool, store: Store, text: Texts) -> Line:
    order = held.order
    title = text(
        "quarantine.line", kind=order.kind or text("quarantine.no_kind"), number=number_words(order.origin, text)
    )
    figure = text("quarantine.from", source=source_name(order.origin, store), when=moment(held.at, store.server_now()))
    if not is_waiting:
        return Line(order.origin.incident_id, title, settled_words(order.origin, store, text), figure, icon="check")
    why = reasons(held.faults, text)
    if len(held.faults) > 1:
        why = text("quarantine.more_reasons", count=len(held.faults), reasons=why)
    return Line(order.origin.incident_id, title, why, figure, icon="warning", tone="warn")


def settled_words(origin: Origin, store: Store, text: Texts) -> str:
    """Who dealt with it; long ago nobody remembers."""
    settled = store.picture.work_orders.settled.get(origin.incident_id)
    if settled is None:
        return text("quarantine.settled")
    name, when = party_name(store, settled.by, text), moment(settled.at, store.server_now())
    if settled.reason:
        return text("quarantine.discarded_by", name=name, when=when, reason=settled.reason)
    return text("quarantine.released_by", name=name, when=when)


def parts_of_fields(source: Source | None) -> dict[str, Part]:
    """Which of our fields each name in the source's own records stands for."""
    if source is None:
        return {}
    return {name: part for field, part in _FIELD_PARTS.items() for name in source.names_of(field)}


def written_moment(at: float | None) -> str:
    """As it is typed: local time, to the minute."""
    return datetime.fromtimestamp(at).strftime(_TIME_FORMAT) if at is not None else ""


def read_moment(words: str) -> float | None:
    """Unix seconds of what was typed in local time. Raises ValueError."""
    return datetime.fromisoformat(words.replace("/", "-")).timestamp() if words else None
