"""What is recorded when sources tell of trouble: a new alarm, an update now and then, an end that is an end.

Sans-I/O: sources say what holds as often as they like; the answers are events to record. The picture is the truth;
what is kept here beside it (repeats not yet recorded, since when a chattering source is quiet) a restart may lose.
"""

import msgspec

from comms.domain.alarm import (
    CHATTER_TRANSITIONS,
    CHATTER_WINDOW_S,
    HOLDING_PHASES,
    SHELVED_PHASES,
    Alarm,
    AlarmState,
)
from comms.domain.alarm_book import AlarmBook
from comms.domain.events import AlarmCleared, AlarmEvent, AlarmRaised, AlarmUnshelved, AlarmUpdated
from comms.domain.ids import AlarmId

UPDATE_EVERY_S = 60.0
"""A repeat is recorded so often at most, unless its priority has changed."""


class _Repeats(msgspec.Struct):
    unsaid: int = 0
    """Repeats since the last event."""
    quiet_since: float | None = None
    """A chattering source says that its cause is over; None while it holds."""
    flipped_at: float = 0.0


class AlarmKeeper:
    def __init__(self) -> None:
        self._repeats: dict[AlarmId, _Repeats] = {}

    def raised(self, book: AlarmBook, alarm: Alarm, *, now: float) -> list[AlarmEvent]:
        """A source tells that its cause holds, perhaps again."""
        state = book.states.get(alarm.id)
        if state is None or state.phase not in HOLDING_PHASES:
            self._repeats[alarm.id] = _Repeats(flipped_at=now)
            return [AlarmRaised(alarm=alarm)]
        repeats = self._of(state)
        repeats.unsaid += 1
        if repeats.quiet_since is not None:
            repeats.quiet_since, repeats.flipped_at = None, now
        has_settled = state.is_chattering and now - repeats.flipped_at >= CHATTER_WINDOW_S
        is_due = alarm != state.alarm and now - state.last_at >= UPDATE_EVERY_S
        if not (has_settled or is_due or alarm.priority.rank > state.alarm.priority.rank):
            return []
        if alarm.priority.rank < state.alarm.priority.rank:
            alarm = msgspec.structs.replace(alarm, priority=state.alarm.priority)
        return [self._update(state, alarm, is_chattering=state.is_chattering and not has_settled)]

    def cleared(self, book: AlarmBook, alarm_id: AlarmId, *, now: float) -> list[AlarmEvent]:
        """A source tells that its cause is over. One that chatters is held until it has been quiet."""
        state = book.states.get(alarm_id)
        if state is None or state.phase not in HOLDING_PHASES:
            return []
        repeats = self._of(state)
        if repeats.quiet_since is not None:
            return []
        if not chatters(state, now=now):
            self._repeats.pop(alarm_id, None)
            return [AlarmCleared(alarm_id=alarm_id)]
        repeats.quiet_since = repeats.flipped_at = now
        return [] if state.is_chattering else [self._update(state, state.alarm, is_chattering=True)]

    def due(self, book: AlarmBook, *, now: float) -> list[AlarmEvent]:
        """What time alone brings: shelves that end, chattering sources that have been quiet for long enough."""
        events: list[AlarmEvent] = []
        for alarm_id, state in book.states.items():
            repeats = self._repeats.get(alarm_id)
            since = repeats.quiet_since if repeats is not None else None
            if since is not None and now - since >= CHATTER_WINDOW_S and state.phase in HOLDING_PHASES:
                del self._repeats[alarm_id]
                events.append(AlarmCleared(alarm_id=alarm_id))
            if state.phase in SHELVED_PHASES and state.shelf is not None and state.shelf.until_at <= now:
                events.append(AlarmUnshelved(alarm_id=alarm_id))
        return events

    def resume(self, book: AlarmBook, *, now: float) -> None:
        """After a restart: what chattered is quiet until its source tells again."""
        self._repeats = {
            alarm_id: _Repeats(quiet_since=now, flipped_at=now)
            for alarm_id, state in book.states.items()
            if state.is_chattering and state.phase in HOLDING_PHASES
        }

    def _of(self, state: AlarmState) -> _Repeats:
        return self._repeats.setdefault(state.id, _Repeats(flipped_at=state.flips[-1] if state.flips else 0.0))

    def _update(self, state: AlarmState, alarm: Alarm, *, is_chattering: bool) -> AlarmUpdated:
        repeats = self._of(state)
        count, repeats.unsaid = state.count + repeats.unsaid, 0
        return AlarmUpdated(alarm=alarm, count=count, is_chattering=is_chattering)


def chatters(state: AlarmState, *, now: float) -> bool:
    """It changed often enough within the window."""
    recent = sum(flip > now - CHATTER_WINDOW_S for flip in state.flips)
    return state.is_chattering or recent >= CHATTER_TRANSITIONS
