"""What keys, buttons and menus set off about alarms: about the alarms picked, else about the first in the list."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from comms.domain.alarm import SHELVED_PHASES, UNSEEN_PHASES, AlarmInput, AlarmState, after
from comms.domain.ids import AlarmId
from ui.alarm.base_controls import AlarmingControls
from ui.alarm.own_alarms import OwnAlarms
from ui.alarm.words import sentence
from ui.dialogs.shelf import ShelfQuestion
from ui.order.controls import Question


class AlarmControls(AlarmingControls):
    shelving = Signal(object)
    """Ask for a reason and an end: a ShelfQuestion."""
    asking = Signal(object)
    """Ask for a reason: a Question."""
    going = Signal(object)
    """Show an alarm's place and what it is about: an AlarmState."""

    def __init__(self, **with_what: Any) -> None:
        super().__init__(**with_what)
        self.own = OwnAlarms(self._store, self)

    @property
    def alarm_ids(self) -> tuple[AlarmId, ...]:
        """Those meant: what was picked, else the first row of the list."""
        states = self._store.picture.alarms.states
        picked = tuple(alarm_id for alarm_id in self._selection.alarm_ids if alarm_id in states)
        if picked:
            return picked
        found = self.own.rows("open")
        return found[0].ids if found else ()

    @property
    def state(self) -> AlarmState | None:
        alarm_ids = self.alarm_ids
        return self._store.picture.alarms.states[alarm_ids[0]] if alarm_ids else None

    @property
    def unseen_ids(self) -> tuple[AlarmId, ...]:
        states = self._store.picture.alarms.states
        return tuple(alarm_id for alarm_id in self.alarm_ids if states[alarm_id].phase in UNSEEN_PHASES)

    @property
    def can_shelve(self) -> bool:
        state = self.state
        return state is not None and after(state.phase, AlarmInput.SHELVE) is not None

    @property
    def is_shelved(self) -> bool:
        state = self.state
        return state is not None and state.phase in SHELVED_PHASES

    def acknowledge(self) -> None:
        if self.unseen_ids:
            self._acting.start(self._alarming.acknowledge(self.unseen_ids))

    def shelve(self) -> None:
        state = self.state
        if state is not None:
            words = self._text("alarm.ask_shelve", words=sentence(state.alarm, self._store, self._text))
            self.shelving.emit(ShelfQuestion(words, partial(self._shelve, state.id)))

    def _shelve(self, alarm_id: AlarmId, for_s: float, reason: str) -> None:
        self._acting.start(self._alarming.shelve(alarm_id, for_s=for_s, reason=reason))

    def unshelve(self) -> None:
        state = self.state
        if state is not None:
            self._acting.start(self._alarming.unshelve(state.id))

    def mark_false(self) -> None:
        """A second time takes the mark back."""
        state = self.state
        if state is None:
            return
        if state.false_reason:
            self._mark(state.id, "")
        else:
            words = self._text("alarm.ask_false", words=sentence(state.alarm, self._store, self._text))
            self.asking.emit(Question(words, partial(self._mark, state.id)))

    def _mark(self, alarm_id: AlarmId, reason: str) -> None:
        self._acting.start(self._alarming.mark(alarm_id, false_reason=reason))

    def go(self) -> None:
        state = self.state
        if state is not None:
            self.going.emit(state)
