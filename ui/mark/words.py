"""Marks in words: one line of the list each, and what is searched in it."""

from comms.domain.mark import MarkKind, MarkState
from console.store.store import Store
from ui.search.name_index import searched
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import moment, party_name

_ICONS = {MarkKind.POINT: "place", MarkKind.LINE: "up", MarkKind.AREA: "grid", MarkKind.TEXT: "note"}


def mark_line(state: MarkState, store: Store, text: Texts) -> Line:
    """Name and time, beneath them kind, colour and who drew it."""
    mark = state.mark
    kind, colour = text(f"mark.kind.{mark.kind.value}"), text(f"mark.colour.{mark.colour.value}")
    who = party_name(store, state.drawn_by, text)
    detail = text("mark.detail", kind=kind, colour=colour, name=who)
    return Line(mark.id, mark.label, detail, moment(state.drawn_at, store.server_now()), _ICONS[mark.kind])


def is_found(line: Line, words: tuple[str, ...]) -> bool:
    """Every word in its name, the name's initials, or what is beneath."""
    everything = searched(line.title, line.detail)
    return all(word in everything for word in words)
