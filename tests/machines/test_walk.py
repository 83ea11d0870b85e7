"""A short walk through every machine, and that a walk finds what is broken and says it shortly."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comms.domain import floor_steps
from tests.machines.courses import COURSES, of
from tests.machines.walk import Course, walk

pytestmark = pytest.mark.no_cover  # drawn at random, as hypothesis draws
STEPS = {"case": 1_500, "switchboard": 5_000}
"""Of the slower ones fewer; the others 20,000 each."""


@pytest.mark.parametrize("name", COURSES)
def test_nothing_breaks_on_a_short_walk(name: str) -> None:
    walked = walk(COURSES[name], STEPS.get(name, 20_000))
    assert walked.violation is None, str(walked.violation)


@pytest.mark.parametrize(
    ("constant", "timer"),
    [("REVOKE_RESEND_S", "T8"), ("GRANT_RESEND_S", "T20"), ("GRANT_SENDS", "T20"), ("EMERGENCY_TALK_S", "T2")],
)
def test_a_timer_of_another_length_is_found(monkeypatch: pytest.MonkeyPatch, constant: str, timer: str) -> None:
    monkeypatch.setattr(floor_steps, constant, getattr(floor_steps, constant) + 1)
    walked = walk(COURSES["floor"], 20_000)
    assert walked.violation is not None
    assert timer in walked.violation.what


class Counter(RuleBasedStateMachine):
    """Breaks at the third odd step in a row; even steps are allowed only when something has been counted."""

    @initialize()
    def begin(self) -> None:
        self.odd = self.count = 0

    @rule(number=st.integers(0, 9))
    def add(self, number: int) -> None:
        self.odd = self.odd + 1 if number % 2 else 0
        self.count += number

    @precondition(lambda self: self.count > 0)
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        assert data.draw(st.sampled_from(["a", "b"])) in "ab"
        assert self.count > 0

    @invariant()
    def never_thrice(self) -> None:
        assert self.odd < 3, "thrice"


def test_what_breaks_is_told_by_the_shortest_way_to_it() -> None:
    course = Course(
        "counter",
        Counter,
        begin=of(),
        draws={"add": of(number=range(10)), "take": of()},
        drawing=frozenset({"take"}),
    )
    walked = walk(course, 10_000, seed=3)
    assert walked.violation is not None
    assert "thrice" in walked.violation.what
    first, *steps = walked.violation.steps
    assert (first.rule, [step.rule for step in steps]) == ("", ["add"] * 3)
    assert all(step.given["number"] % 2 for step in steps)
    assert [line.split("(")[0] for line in str(walked.violation).splitlines()[-4:]] == [
        "  0. ", "  1. add", "  2. add", "  3. add",
    ]  # fmt: skip
    assert walk(course, 10_000, seed=3).violation == walked.violation
