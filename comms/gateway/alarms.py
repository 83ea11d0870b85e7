"""Alarms at the gateway: sources tell here what holds; what follows is recorded, and so told to every desk."""

from collections.abc import Iterable

from comms.domain.alarm import HOLDING_PHASES, Alarm
from comms.domain.alarm_book import AlarmBook
from comms.domain.alarm_keeper import AlarmKeeper
from comms.domain.call import CallPhase
from comms.domain.case import CaseMoved
from comms.domain.duty_alarms import duty_alarms
from comms.domain.events import (
    AlarmEvent,
    CallEnded,
    CallStarted,
    Event,
    FaultNoted,
    OrderAdvanced,
    OrderOverdue,
    Recorded,
    TalkEnded,
    TalkStarted,
)
from comms.domain.ids import GATEWAY, AlarmId, BurstId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import OrderState
from comms.domain.realm import DRILL_SOURCE
from comms.gateway import alarm_conditions as conditions
from comms.gateway.case_alarms import CaseAlarms, case_alarm_id
from comms.gateway.context import Clock, Timer
from comms.gateway.orders import Orders
from comms.gateway.plan_conditions import plans_overdue
from comms.journal.journal import Journal

_SWEEP_S = 1.0
_CHANGES_MUCH = (CallStarted, CallEnded, TalkEnded, FaultNoted, OrderAdvanced, OrderOverdue)
"""After these one does not wait for the next sweep."""
RESTS = 30.0
"""Times as long as a look round took: with 1,500 open orders that is 20 ms, which a storm of events asks for all the
time."""


class Alarms:
    """While the journal cannot be written nothing is raised; what then still holds is raised when it can."""

    def __init__(self, *, clock: Clock, journal: Journal, orders: Orders) -> None:
        self._clock = clock
        self._journal = journal
        self._orders = orders
        self._keeper = AlarmKeeper()
        self._cases = CaseAlarms()
        self._silent_since: dict[UnitId, float] = {}
        """Units with work in hand that are out of contact."""
        self._emergencies: dict[BurstId, tuple[PartyId, TalkgroupId]] = {}
        self._timer: Timer | None = None
        self._look_again_at = 0.0
        """Until then what changes much waits for the sweep."""

    def start(self) -> None:
        self._keeper.resume(self._journal.picture.alarms, now=self._clock.now())
        self.read_cases()
        self._sweep()

    def read_cases(self) -> None:
        """From the picture: at the start, and when the store takes events again."""
        self._cases.read(self._journal.picture)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # --- what sources tell ------------------------------------------------------------------------------

    def raise_alarm(self, alarm: Alarm) -> None:
        """It holds, or still does."""
        self._record(self._keeper.raised(self._book, alarm, now=self._clock.now()))

    def clear(self, alarm_id: AlarmId) -> None:
        self._record(self._keeper.cleared(self._book, alarm_id, now=self._clock.now()))

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """What may be over before the next look round is taken from the events themselves."""
        events = [item.event for item in recorded]
        for event in events:
            self._follow(event)
        is_wanted = any(isinstance(event, _CHANGES_MUCH) for event in events) and not self._journal.is_failing
        if is_wanted and self._clock.monotonic() >= self._look_again_at:
            self._look_round()

    def _follow(self, event: Event) -> None:
        match event:
            case TalkStarted(is_emergency=True):
                self._emergencies[event.burst_id] = (event.talker, event.talkgroup_id)
                self.raise_alarm(conditions.emergency(self._journal.picture, event.talker, event.talkgroup_id))
            case TalkEnded():
                self._emergencies.pop(event.burst_id, None)
            case CaseMoved():
                self._follow_case(event)
            case FaultNoted(is_over=False):
                self.raise_alarm(conditions.fault(event.code, event.detail))
            case _:
                pass

    def _follow_case(self, move: CaseMoved) -> None:
        alarm = self._cases.follow(move, self._journal.picture)
        if alarm is not None:
            self.raise_alarm(alarm)
        elif self._book.holds(case_alarm_id(move.incident_id)) and not self._journal.is_failing:
            self._look_round()

    # --- what the picture says ----------------------------------------------------------------------------

    @property
    def _book(self) -> AlarmBook:
        return self._journal.picture.alarms

    def _sweep(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + _SWEEP_S, self._sweep)
        if not self._journal.is_failing:
            self._look_round()
            self._record(self._keeper.due(self._book, now=self._clock.now()))

    def _look_round(self) -> None:
        """Raise what the picture says and nobody was told, clear what it no longer says."""
        began = self._clock.monotonic()
        self._compare()
        now = self._clock.monotonic()
        self._look_again_at = now + RESTS * (now - began)

    def _compare(self) -> None:
        wanted = {alarm.id: alarm for alarm in self._conditions()}
        for alarm_id, alarm in wanted.items():
            state = self._book.states.get(alarm_id)
            if not self._book.holds(alarm_id) or (state and alarm.priority.rank > state.alarm.priority.rank):
                self.raise_alarm(alarm)
        gone = [
            alarm_id
            for alarm_id, state in self._book.states.items()
            if state.alarm.kind in conditions.STATE_KINDS
            and not state.alarm.source.startswith(DRILL_SOURCE)
            and alarm_id not in wanted
            and self._book.holds(alarm_id)
        ]
        for alarm_id in gone:
            self.clear(alarm_id)

    def _conditions(self) -> list[Alarm]:
        picture, now = self._journal.picture, self._clock.now()
        calls = [
            (state.call.caller, state.call.talkgroup_id)
            for state in picture.calls.values()
            if state.call.is_emergency and state.phase is not CallPhase.ENDED
        ]
        work = self._orders.oldest_work()
        self._watch_contact(work, now)
        return [
            *(conditions.emergency(picture, *told) for told in (*calls, *self._emergencies.values())),
            *self._cases.alarms(picture),
            *conditions.faulty(picture),
            *conditions.helpless(picture),
            *conditions.overdue(picture, self._orders.open_orders(), now=now),
            *plans_overdue(picture, now=now),
            *conditions.silent(picture, self._silent_since, work, now=now),
            *duty_alarms(picture, now=now),
        ]

    def _watch_contact(self, work: dict[UnitId, OrderState], now: float) -> None:
        units = self._journal.picture.units
        for unit_id in [known for known in self._silent_since if known not in work or units[known].is_online]:
            del self._silent_since[unit_id]
        for unit_id in work:
            if not units[unit_id].is_online and unit_id not in self._silent_since:
                told = self._book.states.get(conditions.silent_id(unit_id))
                is_told = told is not None and told.phase in HOLDING_PHASES  # before a restart
                self._silent_since[unit_id] = told.raised_at - conditions.SILENT_AFTER_S if told and is_told else now

    def _record(self, events: list[AlarmEvent]) -> None:
        if events:
            self._journal.record_soon(GATEWAY, events)
