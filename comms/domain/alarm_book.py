"""The alarms of a picture: a pure fold of their events."""

from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain.alarm import (
    CHATTER_WINDOW_S,
    HOLDING_PHASES,
    AlarmInput,
    AlarmPhase,
    AlarmState,
    Shelf,
    after,
)
from comms.domain.alarm_load import FIGURES, KEPT_ONSETS, LoadSpan, Onset
from comms.domain.ids import AlarmId
from comms.domain.rule_score import RuleScore, rule_of, slice_of
from comms.domain.states import Change

KEPT_OVER = 200
"""Alarms that are over, kept for an officer who looks back at them or marks them false."""
NOUN = "alarm"


class AlarmBook(msgspec.Struct, kw_only=True):
    """`onsets` are of the last day, oldest first; `scores` by rule, of rules with alarms in the last seven days."""

    states: dict[AlarmId, AlarmState] = {}
    onsets: list[Onset] = []
    scores: dict[str, RuleScore] = {}
    swept: int = 0
    """Slice of time in which `scores` were looked through last."""

    def apply(self, event: ev.AlarmEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
        at = recorded.at
        match event:
            case ev.AlarmRaised():
                return self._raise(event, at)
            case ev.AlarmUpdated():
                state = self.states[event.alarm.id]
                is_higher = event.alarm.priority.rank > state.alarm.priority.rank
                state.phase = after(state.phase, _ESCALATE if is_higher else _RAISE) or state.phase
                if state.phase is AlarmPhase.ACTIVE:
                    state.shelf = state.acknowledged_by = state.acknowledged_at = None
                state.alarm, state.count, state.last_at = event.alarm, event.count, at
                state.is_chattering = event.is_chattering
                return (Change(NOUN, state.id),)
            case ev.AlarmCleared():
                state = self.states[event.alarm_id]
                state.phase = after(state.phase, AlarmInput.CLEAR) or state.phase
                state.flips = _recent(state.flips, at)
                state.is_chattering = False
                self._forget_over()
                return (Change(NOUN, event.alarm_id),)
            case ev.AlarmAcknowledged():
                for alarm_id in event.alarm_ids:
                    state = self.states[alarm_id]
                    state.phase = after(state.phase, AlarmInput.ACKNOWLEDGE) or state.phase
                    state.acknowledged_by, state.acknowledged_at = recorded.actor, at
                self._forget_over()
                return tuple(Change(NOUN, alarm_id) for alarm_id in event.alarm_ids)
            case ev.AlarmShelved() | ev.AlarmUnshelved():
                return self._shelve(event, recorded)
            case ev.AlarmMarked():
                return self._mark(event)
            case _:
                assert_never(event)

    def _raise(self, event: ev.AlarmRaised, at: float) -> tuple[Change, ...]:
        alarm = event.alarm
        before = self.states.pop(alarm.id, None)
        is_new = before is None or before.phase is AlarmPhase.OVER
        phase = AlarmPhase.ACTIVE if before is None else after(before.phase, AlarmInput.RAISE) or before.phase
        self.states[alarm.id] = AlarmState(
            alarm=alarm,
            phase=phase,
            raised_at=at if before is None or is_new else before.raised_at,
            last_at=at,
            count=1 if before is None or is_new else before.count + 1,
            shelf=before.shelf if before is not None and phase is AlarmPhase.SHELVED else None,
            flips=_recent(before.flips if before is not None else (), at),
            false_reason="" if before is None or is_new else before.false_reason,
        )
        if phase is AlarmPhase.ACTIVE:
            self.onsets.append(Onset(at, alarm.priority, alarm.jurisdiction_id))
            while self.onsets[0].at < at - FIGURES[LoadSpan.DAY].seconds or len(self.onsets) > KEPT_ONSETS:
                del self.onsets[0]
        rule = rule_of(alarm)
        if rule and is_new:
            self.scores.setdefault(rule, RuleScore()).count(at)
            self._sweep(at)
        return (Change(NOUN, alarm.id, before is None),)

    def _shelve(self, event: ev.AlarmShelved | ev.AlarmUnshelved, recorded: ev.Recorded) -> tuple[Change, ...]:
        state = self.states[event.alarm_id]
        if isinstance(event, ev.AlarmShelved):
            state.phase = after(state.phase, AlarmInput.SHELVE) or state.phase
            state.shelf = Shelf(by=recorded.actor, at=recorded.at, until_at=event.until_at, reason=event.reason)
        else:
            state.phase = after(state.phase, AlarmInput.UNSHELVE) or state.phase
            state.shelf = state.acknowledged_by = state.acknowledged_at = None
            self._forget_over()
        return (Change(NOUN, event.alarm_id),)

    def _mark(self, event: ev.AlarmMarked) -> tuple[Change, ...]:
        state = self.states[event.alarm_id]
        score = self.scores.get(rule_of(state.alarm))
        if score is not None:
            score.mark(state.raised_at, int(bool(event.false_reason)) - int(bool(state.false_reason)))
        state.false_reason = event.false_reason
        return (Change(NOUN, event.alarm_id),)

    def _sweep(self, at: float) -> None:
        """Once in a slice of time: rules without an alarm in the window are forgotten, as an erased fence's are."""
        if slice_of(at) > self.swept:
            self.swept = slice_of(at)
            self.scores = {rule: score for rule, score in self.scores.items() if score.figures(at)[0]}

    def _forget_over(self) -> None:
        """The oldest of what is over, beyond what is kept."""
        over = [alarm_id for alarm_id, state in self.states.items() if state.phase is AlarmPhase.OVER]
        for alarm_id in over[: max(0, len(over) - KEPT_OVER)]:
            del self.states[alarm_id]

    def holds(self, alarm_id: AlarmId) -> bool:
        """True while the cause of an alarm is known to hold."""
        state = self.states.get(alarm_id)
        return state is not None and state.phase in HOLDING_PHASES


_RAISE, _ESCALATE = AlarmInput.RAISE, AlarmInput.ESCALATE


def _recent(flips: tuple[float, ...], at: float) -> tuple[float, ...]:
    return (*(flip for flip in flips if flip > at - CHATTER_WINDOW_S), at)
