"""Which alarms an officer sees, in which order, and how they are grouped in a flood. Pure reading of the Store."""

from dataclasses import dataclass

from comms.domain.alarm import OPEN_PHASES, SHELVED_PHASES, UNSEEN_PHASES, AlarmPriority, AlarmState
from comms.domain.alarm_load import Load, concerns, load_of
from comms.domain.ids import AlarmId, JurisdictionId
from console.store.store import Store

GROUPED_FROM = 3
"""In a flood, so many alarms of one kind and priority become one row."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm, or in a flood several of one kind. `key` stays the same while alarms come and go."""

    key: str
    ids: tuple[AlarmId, ...]
    """The oldest first."""


def own_jurisdiction(store: Store) -> JurisdictionId | None:
    return store.session.jurisdiction_id if store.session is not None else None


def own_alarms(store: Store) -> list[AlarmState]:
    """Those this officer is told of, whatever their phase."""
    own = own_jurisdiction(store)
    if own is None:
        return []
    states = store.picture.alarms.states.values()
    return [state for state in states if concerns(own, state.alarm.jurisdiction_id)]


def load(store: Store) -> Load:
    onsets = store.picture.alarms.onsets
    return load_of(onsets, own_jurisdiction(store) or JurisdictionId("-"), now=store.server_now())


def loudest(store: Store) -> AlarmPriority | None:
    """The highest priority of what nobody has acknowledged: that is what sounds."""
    unseen = [state.alarm.priority for state in own_alarms(store) if state.phase in UNSEEN_PHASES]
    return max(unseen, key=lambda priority: priority.rank, default=None)


def rows(store: Store, section: str, *, is_flood: bool) -> list[AlarmRow]:
    """`section` is `open` or `shelved`. The highest priority first; then the newest, in a flood the oldest."""
    phases = SHELVED_PHASES if section == "shelved" else OPEN_PHASES
    states = [state for state in own_alarms(store) if state.phase in phases]
    if not is_flood:
        states.sort(key=lambda state: (-_urgency(state), -state.raised_at))
        return [AlarmRow(state.id, (state.id,)) for state in states]
    states.sort(key=lambda state: (-_urgency(state), state.raised_at))
    groups: dict[str, list[AlarmId]] = {}
    for state in states:
        is_unseen = state.phase in UNSEEN_PHASES
        key = f"group:{state.alarm.kind.value}:{state.alarm.priority.value}:{is_unseen}"
        groups.setdefault(key, []).append(state.id)
    found: list[AlarmRow] = []
    for key, ids in groups.items():
        if len(ids) >= GROUPED_FROM:
            found.append(AlarmRow(key, tuple(ids)))
        else:
            found += [AlarmRow(alarm_id, (alarm_id,)) for alarm_id in ids]
    return found


def _urgency(state: AlarmState) -> int:
    """What nobody has seen comes before what somebody has, and within each the priority counts."""
    return state.alarm.priority.rank + (10 if state.phase in UNSEEN_PHASES else 0)
