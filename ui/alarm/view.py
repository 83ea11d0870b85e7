"""In which order an officer sees alarms, how they are grouped in a flood, and which of them sounds. Pure reading."""

from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain.alarm import OPEN_PHASES, SHELVED_PHASES, UNSEEN_PHASES, AlarmKind, AlarmPriority, AlarmState
from comms.domain.ids import AlarmId

_Group = tuple[AlarmKind, AlarmPriority, bool]
"""Kind, priority, and whether nobody has acknowledged."""
GROUPED_FROM = 3
"""In a flood, so many alarms of one kind and priority become one row."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm, or in a flood several of one kind. `key` stays the same while alarms come and go."""

    key: str
    ids: tuple[AlarmId, ...]
    """The oldest first."""


def loudest(states: Iterable[AlarmState]) -> AlarmPriority | None:
    """The highest priority of what nobody has acknowledged: that is what sounds."""
    unseen = [state.alarm.priority for state in states if state.phase in UNSEEN_PHASES]
    return max(unseen, key=lambda priority: priority.rank, default=None)


def rows(states: Iterable[AlarmState], section: str, *, is_flood: bool) -> list[AlarmRow]:
    """`section` is `open` or `shelved`. The highest priority first; then the newest, in a flood the oldest."""
    phases = SHELVED_PHASES if section == "shelved" else OPEN_PHASES
    listed = [state for state in states if state.phase in phases]
    if not is_flood:
        listed.sort(key=lambda state: (-_urgency(state), -state.raised_at))
        return [AlarmRow(state.id, (state.id,)) for state in listed]
    listed.sort(key=lambda state: (-_urgency(state), state.raised_at))
    groups: dict[_Group, list[AlarmId]] = {}
    for state in listed:
        group = state.alarm.kind, state.alarm.priority, state.phase in UNSEEN_PHASES
        groups.setdefault(group, []).append(state.id)
    found: list[AlarmRow] = []
    for group, ids in groups.items():
        if len(ids) >= GROUPED_FROM:
            found.append(AlarmRow(_key(group), tuple(ids)))
        else:
            found += [AlarmRow(alarm_id, (alarm_id,)) for alarm_id in ids]
    return found


def _key(group: _Group) -> str:
    kind, priority, is_unseen = group
    return f"group:{kind.value}:{priority.value}:{is_unseen}"


def _urgency(state: AlarmState) -> int:
    """What nobody has seen comes before what somebody has, and within each the priority counts."""
    return state.alarm.priority.rank + (10 if state.phase in UNSEEN_PHASES else 0)
