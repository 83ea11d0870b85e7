"""Alarms: the machine is total, a repeat never adds, chattering is held, a flood is what the standard says."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from comms.domain.alarm import (
    CHATTER_WINDOW_S,
    HOLDING_PHASES,
    OPEN_PHASES,
    SHELVED_PHASES,
    STANDING_S,
    TRANSITIONS,
    UNSEEN_PHASES,
    Alarm,
    AlarmInput,
    AlarmKind,
    AlarmPhase,
    AlarmPriority,
    AlarmState,
    after,
)
from comms.domain.alarm_book import KEPT_OVER, AlarmBook
from comms.domain.alarm_keeper import UPDATE_EVERY_S, AlarmKeeper
from comms.domain.alarm_load import (
    FLOOD_BEGINS,
    FLOOD_ENDS,
    FLOOD_SPAN_S,
    KEPT_ONSETS,
    LoadGrade,
    LoadSpan,
    Onset,
    flood_since,
    grade,
    load_of,
)
from comms.domain.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmEvent,
    AlarmMarked,
    AlarmRaised,
    AlarmShelved,
    AlarmUnshelved,
    AlarmUpdated,
    Recorded,
)
from comms.domain.ids import AlarmId, FenceId, JurisdictionId, officer_party
from comms.domain.ids import OfficerId as Officer
from comms.domain.rule_score import SLICES, RuleScore, fence_rule, slice_of
from comms.domain.states import Change

ME = officer_party(Officer("duty"))
TOWN, VILLAGE, OTHER = JurisdictionId("t"), JurisdictionId("t/v"), JurisdictionId("o")
P, LOW, MEDIUM, HIGH = AlarmPhase, AlarmPriority.LOW, AlarmPriority.MEDIUM, AlarmPriority.HIGH


def an_alarm(source: str = "unit:u1", priority: AlarmPriority = MEDIUM, **more: Any) -> Alarm:
    fields = {"kind": AlarmKind.FENCE_ENTERED, "jurisdiction_id": TOWN, **more}
    return Alarm(source=source, priority=priority, **fields)


class Desk:
    """A book, its keeper and a clock."""

    def __init__(self) -> None:
        self.book, self.keeper, self.now, self.seq = AlarmBook(), AlarmKeeper(), 1000.0, 0

    def fold(self, *events: AlarmEvent) -> tuple[Change, ...]:
        changes: tuple[Change, ...] = ()
        for event in events:
            self.seq += 1
            changes += self.book.apply(event, Recorded(seq=self.seq, at=self.now, actor=ME, event=event))
        return changes

    def raised(self, alarm: Alarm) -> list[AlarmEvent]:
        events = self.keeper.raised(self.book, alarm, now=self.now)
        self.fold(*events)
        return events

    def cleared(self, alarm: Alarm) -> list[AlarmEvent]:
        events = self.keeper.cleared(self.book, alarm.id, now=self.now)
        self.fold(*events)
        return events

    def due(self) -> list[AlarmEvent]:
        events = self.keeper.due(self.book, now=self.now)
        self.fold(*events)
        return events

    def state(self, alarm: Alarm) -> AlarmState:
        return self.book.states[alarm.id]


# --- the table ------------------------------------------------------------------------------------------


def test_every_phase_is_reached_and_none_is_a_trap() -> None:
    assert set(TRANSITIONS.values()) == set(AlarmPhase)
    assert {phase for phase, _ in TRANSITIONS} == set(AlarmPhase)


def test_sets_of_phases_part_the_whole() -> None:
    assert OPEN_PHASES | SHELVED_PHASES | {P.OVER} == set(AlarmPhase)
    assert set() == OPEN_PHASES & SHELVED_PHASES
    assert UNSEEN_PHASES < OPEN_PHASES


@pytest.mark.parametrize("phase", sorted(HOLDING_PHASES))
def test_a_cause_that_ends_is_over_only_when_somebody_knew(phase: AlarmPhase) -> None:
    gone = after(phase, AlarmInput.CLEAR)
    assert gone is {P.ACTIVE: P.RETURNED, P.ACKNOWLEDGED: P.OVER, P.SHELVED: P.SHELVED_OVER}[phase]


@pytest.mark.parametrize("phase", AlarmPhase)
def test_a_higher_priority_is_always_seen(phase: AlarmPhase) -> None:
    assert after(phase, AlarmInput.ESCALATE) is P.ACTIVE


# --- raising and repeating ---------------------------------------------------------------------------------


def test_a_repeat_updates_and_never_adds() -> None:
    desk, first = Desk(), an_alarm(value=41.0)
    assert desk.raised(first) == [AlarmRaised(alarm=first)]
    for _ in range(20):
        desk.now += 5
        desk.raised(an_alarm(value=42.0))
    assert list(desk.book.states) == [first.id]
    state = desk.state(first)
    assert state.alarm.value == 42.0
    assert state.count == 13  # at 60 s; what came after is told with the next
    assert state.raised_at == 1000.0
    assert state.last_at == 1000.0 + UPDATE_EVERY_S
    assert len(desk.book.onsets) == 1


def test_a_repeat_that_says_nothing_new_is_not_recorded() -> None:
    desk = Desk()
    desk.raised(an_alarm())
    desk.now += 10 * UPDATE_EVERY_S
    assert desk.raised(an_alarm()) == []


def test_a_higher_priority_is_told_at_once_and_brings_it_back() -> None:
    desk, low = Desk(), an_alarm(priority=LOW)
    desk.raised(low)
    desk.fold(AlarmAcknowledged(alarm_ids=(low.id,)))
    assert desk.state(low).acknowledged_by == ME
    desk.now += 1
    assert desk.raised(an_alarm(priority=HIGH)) != []
    state = desk.state(low)
    assert (state.phase, state.alarm.priority, state.acknowledged_by) == (P.ACTIVE, HIGH, None)


def test_a_lower_priority_never_calms_it() -> None:
    desk = Desk()
    desk.raised(an_alarm(priority=HIGH, value=1.0))
    desk.now += UPDATE_EVERY_S
    desk.raised(an_alarm(priority=LOW, value=2.0))
    assert desk.state(an_alarm()).alarm.priority is HIGH
    assert desk.state(an_alarm()).alarm.value == 2.0


def test_it_comes_again_after_it_was_over() -> None:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    desk.fold(AlarmAcknowledged(alarm_ids=(alarm.id,)))
    desk.now += 10
    assert desk.cleared(alarm) == [AlarmCleared(alarm_id=alarm.id)]
    assert desk.state(alarm).phase is P.OVER
    assert desk.cleared(alarm) == []
    desk.now += CHATTER_WINDOW_S
    desk.raised(alarm)
    assert (desk.state(alarm).phase, desk.state(alarm).count) == (P.ACTIVE, 1)
    assert len(desk.book.onsets) == 2


def test_what_returned_unseen_stays_until_it_is_seen() -> None:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    desk.cleared(alarm)
    assert desk.state(alarm).phase is P.RETURNED
    assert not desk.book.holds(alarm.id)
    desk.raised(alarm)
    assert desk.book.holds(alarm.id)
    assert (desk.state(alarm).phase, desk.state(alarm).count) == (P.ACTIVE, 2)


def test_nothing_is_cleared_that_nobody_raised() -> None:
    assert Desk().cleared(an_alarm()) == []


# --- chattering -----------------------------------------------------------------------------------------


def chattering() -> tuple[Desk, Alarm]:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    for _ in range(2):
        desk.now += 10
        desk.cleared(alarm)
        desk.now += 10
        desk.raised(alarm)
    return desk, alarm


def test_a_source_that_chatters_is_held() -> None:
    desk, alarm = chattering()
    onsets = len(desk.book.onsets)
    assert desk.state(alarm).is_chattering
    for _ in range(30):
        desk.now += 5
        assert desk.cleared(alarm) == []
        desk.now += 5
        desk.raised(alarm)
        assert desk.state(alarm).phase is P.ACTIVE
        assert desk.due() == []
    assert len(desk.book.onsets) == onsets


def test_a_held_one_is_over_when_it_has_been_quiet() -> None:
    desk, alarm = chattering()
    desk.cleared(alarm)
    assert desk.cleared(alarm) == []
    desk.now += CHATTER_WINDOW_S - 1
    assert desk.due() == []
    desk.now += 1
    assert desk.due() == [AlarmCleared(alarm_id=alarm.id)]
    assert not desk.state(alarm).is_chattering
    assert desk.due() == []


def test_a_held_one_that_stays_on_no_longer_chatters() -> None:
    desk, alarm = chattering()
    desk.now += CHATTER_WINDOW_S
    assert desk.raised(alarm) != []
    assert not desk.state(alarm).is_chattering
    assert desk.state(alarm).phase is P.ACTIVE


def test_after_a_restart_what_chattered_ends_by_itself() -> None:
    desk, alarm = chattering()
    desk.keeper = AlarmKeeper()
    desk.keeper.resume(desk.book, now=desk.now)
    desk.now += CHATTER_WINDOW_S
    assert desk.due() == [AlarmCleared(alarm_id=alarm.id)]


# --- the shelf --------------------------------------------------------------------------------------------


def shelved() -> tuple[Desk, Alarm]:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    desk.fold(AlarmShelved(alarm_id=alarm.id, until_at=desk.now + 600, reason="施工"))
    return desk, alarm


def test_a_shelf_ends_by_itself_and_the_alarm_is_back_unseen() -> None:
    desk, alarm = shelved()
    shelf = desk.state(alarm).shelf
    assert shelf is not None
    assert (desk.state(alarm).phase, shelf.by, shelf.reason) == (P.SHELVED, ME, "施工")
    desk.now += 599
    desk.raised(alarm)
    assert desk.due() == []
    desk.now += 1
    assert desk.due() == [AlarmUnshelved(alarm_id=alarm.id)]
    assert (desk.state(alarm).phase, desk.state(alarm).shelf) == (P.ACTIVE, None)


def test_what_ended_on_the_shelf_is_over_with_it() -> None:
    desk, alarm = shelved()
    desk.cleared(alarm)
    assert desk.state(alarm).phase is P.SHELVED_OVER
    desk.raised(alarm)
    assert desk.state(alarm).phase is P.SHELVED
    assert desk.state(alarm).shelf is not None
    desk.cleared(alarm)
    desk.now += 600
    desk.due()
    assert desk.state(alarm).phase is P.OVER


def test_a_higher_priority_breaks_the_shelf() -> None:
    desk, alarm = shelved()
    desk.raised(an_alarm(priority=HIGH))
    assert (desk.state(alarm).phase, desk.state(alarm).shelf) == (P.ACTIVE, None)


def test_an_officer_takes_it_from_the_shelf() -> None:
    desk, alarm = shelved()
    desk.cleared(alarm)
    desk.fold(AlarmUnshelved(alarm_id=alarm.id))
    assert desk.state(alarm).phase is P.OVER
    assert desk.due() == []


def test_standing_is_a_day() -> None:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    assert not desk.state(alarm).is_standing(desk.now + STANDING_S)
    assert desk.state(alarm).is_standing(desk.now + STANDING_S + 1)


# --- false alarms -----------------------------------------------------------------------------------------


def test_marks_are_counted_by_rule_and_can_be_taken_back() -> None:
    desk, alarm = Desk(), an_alarm(kind=AlarmKind.WARNING, rule_id="cluster")
    desk.raised(alarm)
    desk.fold(AlarmMarked(alarm_id=alarm.id, false_reason="演练"))
    desk.fold(AlarmMarked(alarm_id=alarm.id, false_reason="消防演练"))
    score = desk.book.scores["cluster"]
    assert score.figures(desk.now) == (1, 1)
    desk.fold(AlarmMarked(alarm_id=alarm.id))
    assert score.figures(desk.now) == (1, 0)
    other = an_alarm()
    desk.raised(other)
    desk.fold(AlarmMarked(alarm_id=other.id, false_reason="漂移"))
    assert desk.state(other).false_reason == "漂移"
    assert set(desk.book.scores) == {"cluster"}


def test_a_mark_stays_while_its_cause_comes_and_goes_before_anybody_saw_it() -> None:
    desk, alarm = Desk(), an_alarm(kind=AlarmKind.WARNING, rule_id="cluster")
    desk.raised(alarm)
    desk.fold(AlarmMarked(alarm_id=alarm.id, false_reason="演练"))
    desk.cleared(alarm)
    desk.raised(alarm)
    desk.fold(AlarmMarked(alarm_id=alarm.id, false_reason="仍是演练"))
    assert desk.book.scores["cluster"].figures(desk.now) == (1, 1)


def test_the_rules_of_a_fence_are_scored_one_by_one_and_forgotten_after_seven_days() -> None:
    desk = Desk()
    for kind in (AlarmKind.FENCE_ENTERED, AlarmKind.FENCE_LEFT):
        desk.raised(an_alarm(kind=kind, fence_id=FenceId("f1")))
    entered, left = (fence_rule("f1", kind) for kind in (AlarmKind.FENCE_ENTERED, AlarmKind.FENCE_LEFT))
    assert set(desk.book.scores) == {entered, left}
    desk.now += 7 * 86_400.0
    desk.raised(an_alarm(kind=AlarmKind.FENCE_ENTERED, source="unit:u2", fence_id=FenceId("f1")))
    assert set(desk.book.scores) == {entered}
    assert desk.book.scores[entered].figures(desk.now) == (1, 0)


@given(
    st.lists(st.tuples(st.floats(0, 3 * 86_400), st.booleans(), st.booleans()), max_size=60), st.floats(0, 30 * 86_400)
)
def test_figures_are_those_of_the_window_and_no_more_is_kept(
    steps: list[tuple[float, bool, bool]], later: float
) -> None:
    score, now = RuleScore(), 0.0
    known: list[tuple[float, bool]] = []
    for wait_s, is_false, is_taken_back in steps:
        now += wait_s
        score.count(now)
        if is_false:
            score.mark(now, 1)
        if is_false and is_taken_back:
            score.mark(now, -1)
        known.append((now, is_false and not is_taken_back))
        assert len(score.slices) <= SLICES
    counted = [is_false for at, is_false in known if slice_of(at) > slice_of(now + later) - SLICES]
    assert score.figures(now + later) == (len(counted), sum(counted))


# --- the book ---------------------------------------------------------------------------------------------


def test_it_tells_exactly_what_changed() -> None:
    desk, alarm = Desk(), an_alarm()
    assert desk.fold(AlarmRaised(alarm=alarm)) == (Change("alarm", alarm.id, True),)
    assert desk.fold(AlarmUpdated(alarm=alarm, count=2)) == (Change("alarm", alarm.id),)
    assert desk.fold(AlarmAcknowledged(alarm_ids=(alarm.id,))) == (Change("alarm", alarm.id),)
    assert desk.fold(AlarmCleared(alarm_id=alarm.id)) == (Change("alarm", alarm.id),)
    assert desk.fold(AlarmMarked(alarm_id=alarm.id, false_reason="x")) == (Change("alarm", alarm.id),)


def test_of_what_is_over_only_the_newest_are_kept() -> None:
    desk = Desk()
    for number in range(KEPT_OVER + 5):
        alarm = an_alarm(f"unit:{number}")
        desk.raised(alarm)
        desk.fold(AlarmAcknowledged(alarm_ids=(alarm.id,)))
        desk.cleared(alarm)
    assert len(desk.book.states) == KEPT_OVER
    assert an_alarm("unit:4").id not in desk.book.states


def test_the_load_remembers_a_day_and_not_more_than_it_can_hold() -> None:
    desk = Desk()
    for number in range(KEPT_ONSETS + 3):
        desk.fold(AlarmRaised(alarm=an_alarm(f"unit:{number}")))
    assert len(desk.book.onsets) == KEPT_ONSETS
    desk.now += 86_401
    desk.fold(AlarmRaised(alarm=an_alarm("late")))
    assert [onset.at for onset in desk.book.onsets] == [desk.now]


def test_an_input_that_the_phase_does_not_take_changes_no_phase() -> None:
    desk, alarm = Desk(), an_alarm()
    desk.raised(alarm)
    desk.fold(AlarmUnshelved(alarm_id=alarm.id))
    assert desk.state(alarm).phase is P.ACTIVE
    desk.cleared(alarm)
    desk.fold(AlarmShelved(alarm_id=alarm.id, until_at=0.0, reason="x"))
    assert desk.state(alarm).phase is P.RETURNED
    desk.fold(AlarmCleared(alarm_id=alarm.id))
    assert desk.state(alarm).phase is P.RETURNED
    desk.fold(AlarmUpdated(alarm=alarm, count=2), AlarmAcknowledged(alarm_ids=(alarm.id, alarm.id)))
    assert desk.state(alarm).phase in (P.ACKNOWLEDGED, P.OVER)


# --- load and flood -----------------------------------------------------------------------------------------


def test_the_load_is_of_the_officers_own_jurisdiction() -> None:
    onsets = [
        Onset(990.0, HIGH, VILLAGE),
        Onset(300.0, LOW, TOWN),
        Onset(200.0, LOW, None),
        Onset(100.0, LOW, OTHER),
    ]
    load = load_of(onsets, TOWN, now=1000.0)
    assert load.counts == {LoadSpan.TEN_MINUTES: 1, LoadSpan.HOUR: 3, LoadSpan.DAY: 3}
    assert load.shares[HIGH] == pytest.approx(1 / 3)
    assert load.shares[MEDIUM] == 0.0
    assert load.flood_since is None
    assert load_of([], TOWN, now=0.0).shares == {LOW: 0.0, MEDIUM: 0.0, HIGH: 0.0}


@pytest.mark.parametrize(
    ("span", "count", "expected"),
    [
        (LoadSpan.TEN_MINUTES, 1, LoadGrade.GOOD),
        (LoadSpan.TEN_MINUTES, 2, LoadGrade.MANAGEABLE),
        (LoadSpan.TEN_MINUTES, 3, LoadGrade.TOO_MANY),
        (LoadSpan.TEN_MINUTES, 10, LoadGrade.TOO_MANY),
        (LoadSpan.TEN_MINUTES, 11, LoadGrade.FLOOD),
        (LoadSpan.HOUR, 6, LoadGrade.GOOD),
        (LoadSpan.HOUR, 30, LoadGrade.FLOOD),
        (LoadSpan.DAY, 600, LoadGrade.TOO_MANY),
        (LoadSpan.DAY, 601, LoadGrade.FLOOD),
    ],
)
def test_grades_are_those_of_the_standard(span: LoadSpan, count: int, expected: LoadGrade) -> None:
    assert grade(span, count) is expected


def test_a_flood_begins_with_the_eleventh_and_ends_when_it_is_calm() -> None:
    times = [float(10 * number) for number in range(FLOOD_BEGINS)]
    assert flood_since(times[:-1], now=100.0) is None
    assert flood_since(times, now=100.0) == 100.0
    assert flood_since(times, now=60.0 + FLOOD_SPAN_S) == 100.0  # five are left
    assert flood_since(times, now=61.0 + FLOOD_SPAN_S) is None
    again = [*times, 2000.0, *(3000.0 + number for number in range(FLOOD_BEGINS))]
    assert flood_since(again, now=3010.0) == 3010.0
    assert flood_since(again[:-1], now=3010.0) is None


def slow_flood_since(times: Sequence[float], now: float) -> float | None:
    """By looking at every whole second, as a wall clock would."""
    began: float | None = None
    for second in range(int(now) + 1):
        count = sum(second - FLOOD_SPAN_S <= at <= second for at in times)
        if began is None and count >= FLOOD_BEGINS:
            began = float(second)
        elif began is not None and count < FLOOD_ENDS:
            began = None
    return began


@given(st.lists(st.integers(0, 300).map(lambda gap: max(0, gap - 200)), max_size=60), st.integers(0, 1200))
@settings(max_examples=60)
def test_a_flood_is_found_as_a_slow_watcher_finds_it(gaps: list[int], later: int) -> None:
    times = [float(second) for second in itertools.accumulate(gaps)]
    now = (times[-1] if times else 0.0) + later
    assert flood_since(times, now=now) == slow_flood_since(times, now)


# --- the machine as a whole -----------------------------------------------------------------------------------

SOURCES = st.sampled_from(["unit:a", "unit:b"])
PRIORITIES = st.sampled_from(AlarmPriority)


class AlarmMachine(RuleBasedStateMachine):
    """Sources, officers and time do what they like; what must never happen does not."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.truth: dict[AlarmId, bool] = {}

    @rule(source=SOURCES, priority=PRIORITIES)
    def tells(self, source: str, priority: AlarmPriority) -> None:
        alarm = an_alarm(source, priority)
        before = self.desk.book.states.get(alarm.id)
        rank = before.alarm.priority.rank if before is not None and before.phase in HOLDING_PHASES else -1
        self.desk.raised(alarm)
        self.truth[alarm.id] = True
        state = self.desk.state(alarm)
        assert state.phase in HOLDING_PHASES
        if priority.rank > rank and rank >= 0:
            assert state.phase is P.ACTIVE

    @rule(source=SOURCES)
    def ends(self, source: str) -> None:
        alarm = an_alarm(source)
        self.desk.cleared(alarm)
        self.truth[alarm.id] = False

    @rule(source=SOURCES)
    def is_acknowledged(self, source: str) -> None:
        state = self.desk.book.states.get(an_alarm(source).id)
        if state is not None and state.phase in UNSEEN_PHASES:
            self.desk.fold(AlarmAcknowledged(alarm_ids=(state.id,)))
            assert state.phase in (P.ACKNOWLEDGED, P.OVER)

    @rule(source=SOURCES, seconds=st.sampled_from([30.0, 600.0]))
    def is_shelved(self, source: str, seconds: float) -> None:
        state = self.desk.book.states.get(an_alarm(source).id)
        if state is not None and after(state.phase, AlarmInput.SHELVE) is not None:
            self.desk.fold(AlarmShelved(alarm_id=state.id, until_at=self.desk.now + seconds, reason="r"))

    @rule(seconds=st.sampled_from([1.0, 20.0, 601.0]))
    def time_passes(self, seconds: float) -> None:
        self.desk.now += seconds
        self.desk.due()

    @invariant()
    def there_is_one_of_each(self) -> None:
        assert len(self.desk.book.states) <= 2

    @invariant()
    def no_cause_that_holds_is_lost(self) -> None:
        for alarm_id, is_on in self.truth.items():
            if is_on:
                assert self.desk.book.states[alarm_id].phase in HOLDING_PHASES

    @invariant()
    def a_shelf_is_never_longer_than_asked(self) -> None:
        for state in self.desk.book.states.values():
            assert (state.shelf is not None) == (state.phase in SHELVED_PHASES)
            if state.shelf is not None:
                assert state.shelf.until_at > self.desk.now


AlarmMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestAlarmMachine = AlarmMachine.TestCase


def test_a_false_alarm_is_counted_on_the_day_it_was_raised() -> None:
    score = RuleScore()
    score.count(0.0)
    score.count(86_400.0)
    score.mark(86_400.0, 1)
    score.mark(-10 * 86_400.0, 1)
    assert score.figures(86_400.0) == (2, 1)
