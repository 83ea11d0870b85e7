"""Which of several voices a session hears, and on which slot. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comms.domain.ids import CallId, PartyId, TalkgroupId


@dataclass(frozen=True, slots=True)
class Source:
    """A voice that may be heard now."""

    route_id: str
    session_id: str
    party: PartyId
    call_id: CallId
    talkgroup_id: TalkgroupId | None = None
    """None for a point call."""
    is_emergency: bool = False
    priority: int = 0
    """The talkgroup's, 0 to 7."""
    turn: int = 0
    """Rises with every source; of equals the earlier is heard."""


def hearing_rank(source: Source, selected: TalkgroupId | None) -> tuple[bool, bool, bool, int, int]:
    """Lower is heard rather: point call, emergency, the selected talkgroup, talkgroup priority, who began earlier."""
    is_point_call = source.talkgroup_id is None
    is_selected = not is_point_call and source.talkgroup_id == selected
    return (not is_point_call, not source.is_emergency, not is_selected, -source.priority, source.turn)


def arrange(
    sources: Iterable[Source], *, mids: tuple[str, ...], selected: TalkgroupId | None, before: Mapping[str, Source]
) -> dict[str, Source]:
    """Slots of a session that has several, the primary first in `mids`, to voices.

    The point call, else the selected talkgroup, has the primary slot. A voice that is already heard stays where it
    is unless the point call needs its place; what exceeds the slots is not heard."""
    heard = sorted(sources, key=lambda source: hearing_rank(source, selected))[: len(mids)]
    place_of = {source.route_id: mid for mid, source in before.items()}
    primary, others = mids[0], mids[1:]
    placed: dict[str, Source] = {}
    first = next((source for source in heard if source.talkgroup_id in (None, selected)), None)
    if first is not None and (first.talkgroup_id is None or first.route_id not in place_of):
        placed[primary] = first
    waiting: list[Source] = []
    for source in heard:
        if placed.get(primary) is source:
            continue
        mid = place_of.get(source.route_id)
        if mid is None or mid in placed:
            waiting.append(source)
        else:
            placed[mid] = source
    free = [mid for mid in (*others, primary) if mid not in placed]
    placed.update(zip(free, waiting, strict=False))
    return placed
