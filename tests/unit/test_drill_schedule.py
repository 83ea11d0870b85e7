"""When injects are due: by time, after another, when something was done or missed, and as the trainer says."""

from typing import Any

from comms.domain.drill_board import InjectPhase
from comms.domain.expectation_watch import Outcome, Standing
from comms.drill.schedule import Schedule
from tests.support.drill import raw, scenario


def _inject(name: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name, "when": when, "what": {"do": "cue", "text": name}, **more}


def _schedule(*injects: dict[str, Any]) -> Schedule:
    return Schedule(scenario(injects=[raw()["injects"][0], *injects]))


def _settled(outcome: Outcome) -> list[Standing]:
    return [Standing(id="ordered", outcome=outcome)]


def test_by_time_and_after_another() -> None:
    schedule = _schedule(_inject("after", {"by": "inject", "inject": "first", "s": 20}))
    assert schedule.next_s() == 10.0
    assert schedule.due(9.9) == []
    assert [inject.id for inject in schedule.due(10.0)] == ["first"]
    schedule.begun("first")
    assert schedule.due(10.0) == []
    schedule.fired("first", 10.0)
    assert (schedule.next_s(), schedule.states["after"].due_s) == (30.0, 30.0)


def test_those_of_one_second_come_in_the_order_of_the_scenario_and_earlier_ones_first() -> None:
    schedule = _schedule(
        _inject("late", {"by": "time", "s": 12}),
        _inject("b", {"by": "time", "s": 10}),
        _inject("a", {"by": "time", "s": 10}),
    )
    assert [inject.id for inject in schedule.due(60.0)] == ["first", "b", "a", "late"]


def test_a_contingency_comes_when_it_was_missed_and_is_spared_when_it_was_done() -> None:
    contingency = _inject("help", {"by": "missed", "expectation": "ordered", "s": 5})
    missed = _schedule(contingency)
    assert missed.settled(_settled(Outcome.MISSED), 71.0) == []
    assert missed.states["help"].due_s == 76.0
    done = _schedule(contingency)
    assert done.settled(_settled(Outcome.MET), 40.0) == ["help"]
    assert done.states["help"].due_s is None


def test_done_late_counts_as_done_and_the_story_goes_on_either_way() -> None:
    wants = (
        _inject("thanks", {"by": "met", "expectation": "ordered"}),
        _inject("anyway", {"by": "settled", "expectation": "ordered", "s": 3}),
    )
    schedule = _schedule(*wants)
    schedule.settled(_settled(Outcome.MISSED), 71.0)
    assert (schedule.states["thanks"].phase, schedule.states["anyway"].due_s) == (InjectPhase.WAITING, 74.0)
    schedule.settled(_settled(Outcome.LATE), 90.0)
    assert (schedule.states["thanks"].due_s, schedule.states["anyway"].due_s) == (90.0, 74.0)


def test_the_trainer_delays_brings_forward_and_skips() -> None:
    schedule = _schedule(_inject("after", {"by": "inject", "inject": "first", "s": 20}))
    schedule.delay("first", 15.0)
    schedule.delay("after", 7.0)
    assert schedule.next_s() == 25.0
    schedule.delay("first", -100.0)
    assert schedule.next_s() == 0.0
    schedule.fired("first", 0.0)
    assert schedule.states["after"].due_s == 27.0
    schedule.skip("after")
    assert (schedule.next_s(), schedule.due(100.0)) == (None, [])


def test_an_optional_one_waits_for_the_trainers_hand() -> None:
    schedule = _schedule(_inject("extra", {"by": "time", "s": 5}, is_optional=True))
    assert schedule.next_s() == 10.0
    assert [inject.id for inject in schedule.due(100.0)] == ["first"]
    assert schedule.states["extra"].phase is InjectPhase.DUE


def test_one_fired_again_does_not_start_what_followed_again() -> None:
    schedule = _schedule(_inject("after", {"by": "inject", "inject": "first", "s": 20}))
    schedule.fired("first", 10.0)
    schedule.fired("after", 30.0)
    schedule.fired("first", 50.0)
    assert (schedule.states["first"].count, schedule.states["after"].phase) == (2, InjectPhase.FIRED)
