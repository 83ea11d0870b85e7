"""Cases at the gateway: what falls due by the clock, and what collectors answer."""

from collections.abc import Iterable
from heapq import heappop, heappush

from comms.domain.case import CaseMoved, CaseState, CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.case_notice import due_steps, next_due_at
from comms.domain.events import Event, FaultNoted, OrderAdvanced, Recorded
from comms.domain.hub_events import IncidentUnmerged
from comms.domain.ids import GATEWAY, IncidentId, OrderId, party_unit, unit_party
from comms.domain.order import AssignmentState
from comms.domain.work_calendar import CalendarYear, WorkCalendar
from comms.gateway.case_steps import own_move
from comms.gateway.context import Clock, Timer
from comms.journal.journal import Journal

_SWEEP_S = 1.0
"""Deadlines are wall-clock times, which a timer would miss when the clock is set."""
CALENDAR_FAULT = "calendar_missing"
_ANSWERED = frozenset({AssignmentState.COMPLETED, AssignmentState.REFUSED, AssignmentState.CANCELLED})


class Cases:
    """Keeps at hand what is due next; the picture stays the truth, so that a restart loses nothing."""

    def __init__(self, *, clock: Clock, journal: Journal, calendar: WorkCalendar) -> None:
        self.work = ClockWork(calendar)
        self.calendar = calendar
        self._clock = clock
        self._journal = journal
        self._due: list[tuple[float, IncidentId]] = []
        """A heap; of a case that has moved since, what is here is old and passes without effect."""
        self._checks: dict[OrderId, IncidentId] = {}
        self._timer: Timer | None = None

    @property
    def years(self) -> tuple[CalendarYear, ...]:
        """What working time is counted by."""
        return self.calendar.years

    def start(self) -> None:
        self.plan_all()
        for case in list(self._journal.picture.cases.states.values()):
            self._check_calendar(case)  # faults of before have ended with the restart
        self._sweep()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def plan_all(self) -> None:
        """From the picture: at the start, and when the store takes events again."""
        self._due.clear()
        self._checks.clear()
        for case in list(self._journal.picture.cases.states.values()):
            self._plan(case)

    def tell(self, recorded: Iterable[Recorded]) -> None:
        for item in recorded:
            self._follow(item.event)

    def _follow(self, event: Event) -> None:
        match event:
            case CaseMoved():
                case = self._journal.picture.cases.states.get(event.incident_id)
                if case is not None:
                    self._plan(case)
                    self._check_calendar(case)
            case IncidentUnmerged(incident_id=incident_id):
                case = self._journal.picture.cases.states.get(incident_id)
                if case is not None:
                    self._plan(case)
            case OrderAdvanced(order_id=order_id) if order_id in self._checks:
                case = self._journal.picture.cases.states.get(self._checks[order_id])
                if case is not None:
                    self._take_answer(case)
            case _:
                pass

    def _plan(self, case: CaseState) -> None:
        at = next_due_at(case, now=self._clock.now())
        if at is not None:
            heappush(self._due, (at, case.incident_id))
        if case.check is not None:
            self._checks[case.check.order_id] = case.incident_id
            self._take_answer(case)

    def _check_calendar(self, case: CaseState) -> None:
        """Without the year's file holidays would count as working days: somebody has to know."""
        clock = case.clock
        if clock is None or self.calendar.covers(clock.due_at) or CALENDAR_FAULT in self._journal.picture.faults:
            return
        detail = "缺时限所在年度的工作日历，节假日未计 (no working calendar for the year of a deadline)"
        self._journal.record_soon(GATEWAY, [FaultNoted(code=CALENDAR_FAULT, detail=detail)])

    # --- collectors ---------------------------------------------------------------------------------------

    def _take_answer(self, case: CaseState) -> None:
        """What the collector did with the order that asked him, once."""
        check = case.check
        order = self._journal.picture.orders.get(check.order_id) if check is not None else None
        unit_id = party_unit(check.unit) if check is not None else None
        if check is None or order is None or unit_id is None or order.assignments[unit_id] not in _ANSWERED:
            return
        self._checks.pop(check.order_id, None)
        last = next(step for step in reversed(order.timeline) if step.unit_id == unit_id)
        answer = CaseMoved(
            incident_id=case.incident_id,
            step=CaseStep.VERIFIED,
            stage=case.stage,
            opinion=last.reason,
            to=(unit_party(unit_id), check.asked_by),
            order_id=check.order_id,
            photos=last.attachments,
        )
        self._journal.record_soon(GATEWAY, [answer])

    # --- the clock ----------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + _SWEEP_S, self._sweep)
        if not self._journal.is_failing:
            self.look()

    def look(self) -> None:
        """Record what is due. What the store does not take is planned again when it does.

        What is merged is told of nothing; taken out again it is as if it never had been."""
        now, picture = self._clock.now(), self._journal.picture
        while self._due and self._due[0][0] <= now:
            _, incident_id = heappop(self._due)
            case, incident = picture.cases.states.get(incident_id), picture.incidents.states.get(incident_id)
            if case is None or (incident is not None and incident.merge is not None):
                continue
            for step in due_steps(case, now=now):
                self._journal.record_soon(GATEWAY, [own_move(case, step, picture, work=self.work, now=now)])
