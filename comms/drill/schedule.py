"""When each inject of a scenario is due, and why: the part of the director that knows no gateway. Times are seconds of
the drill.

An inject is waited for, due at a second, fired or skipped. What it waits for comes by time, by another inject, or by
what trainees did or failed to do; the trainer can fire, delay and skip any."""

from collections.abc import Iterable

from comms.domain.drill_board import InjectPhase, InjectState
from comms.domain.expectation_watch import Outcome, Standing
from comms.domain.inject import AfterInject, AtTime, Inject, InjectId, WhenMet, WhenMissed, WhenSettled
from comms.domain.scenario import Scenario


class Schedule:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.states: dict[InjectId, InjectState] = {each.id: InjectState(id=each.id) for each in scenario.injects}
        for inject in scenario.injects:
            if isinstance(inject.when, AtTime):
                self._set_due(inject, inject.when.s)

    def due(self, second: float) -> list[Inject]:
        """Those that are to be fired by now, by time and then in the order of the scenario. An optional one never."""
        found = [
            inject
            for inject in self._scenario.injects
            if not inject.is_optional
            and self.states[inject.id].phase is InjectPhase.DUE
            and (self.states[inject.id].due_s or 0.0) <= second
        ]
        return sorted(found, key=lambda inject: self.states[inject.id].due_s or 0.0)

    def next_s(self) -> float | None:
        """The second at which the next is due by itself."""
        optional = {inject.id for inject in self._scenario.injects if inject.is_optional}
        due = (state for state in self.states.values() if state.phase is InjectPhase.DUE and state.id not in optional)
        return min((state.due_s for state in due if state.due_s is not None), default=None)

    def begun(self, inject_id: InjectId) -> None:
        self.states[inject_id].phase = InjectPhase.BEGUN

    def fired(self, inject_id: InjectId, second: float) -> None:
        state = self.states[inject_id]
        state.phase, state.fired_s, state.count = InjectPhase.FIRED, second, state.count + 1
        for inject in self._scenario.injects:
            if isinstance(inject.when, AfterInject) and inject.when.inject == inject_id:
                self._set_due(inject, second + inject.when.s)

    def settled(self, standings: Iterable[Standing], second: float) -> list[InjectId]:
        """Expectations that were just met or missed. Returns contingencies that are not needed any more."""
        spared: list[InjectId] = []
        for standing in standings:
            for inject in self._scenario.injects:
                when = inject.when
                if isinstance(when, WhenMet | WhenMissed | WhenSettled) and when.expectation == standing.id:
                    if _comes(when, standing.outcome):
                        self._set_due(inject, second + when.s)
                    elif self.states[inject.id].phase is InjectPhase.WAITING and standing.outcome is Outcome.MET:
                        spared.append(inject.id)
        return spared

    def delay(self, inject_id: InjectId, by_s: float) -> None:
        """One that is not due yet is so much later once it is."""
        state = self.states[inject_id]
        state.delayed_s += by_s
        if state.due_s is not None:
            state.due_s = max(0.0, state.due_s + by_s)

    def again(self, inject_id: InjectId, second: float) -> None:
        """One that was fired is due once more."""
        state = self.states[inject_id]
        state.phase, state.due_s = InjectPhase.DUE, second

    def skip(self, inject_id: InjectId) -> None:
        self.states[inject_id].phase = InjectPhase.SKIPPED

    def _set_due(self, inject: Inject, second: float) -> None:
        state = self.states[inject.id]
        if state.phase is InjectPhase.WAITING:
            state.phase, state.due_s = InjectPhase.DUE, max(0.0, second + state.delayed_s)


def _comes(when: WhenMet | WhenMissed | WhenSettled, outcome: Outcome) -> bool:
    match when:
        case WhenMet():
            return outcome in (Outcome.MET, Outcome.LATE)
        case WhenMissed():
            return outcome is Outcome.MISSED
        case _:
            return True
