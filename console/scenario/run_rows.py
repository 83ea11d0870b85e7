"""A scenario as it will run: second by second what happens, and who is expected to have done what until when."""

import msgspec

from comms.domain.expectation import Expectation
from comms.domain.inject import Inject
from comms.domain.scenario import Scenario
from comms.domain.scenario_check import soonest_s


class RunRow(msgspec.Struct, frozen=True):
    """`at_s` is the soonest an inject can come, None when it never does. `due` are what is expected after it, with the
    second each has to be done by."""

    at_s: float | None
    inject: Inject
    due: tuple[tuple[float | None, Expectation], ...]


def run_rows(scenario: Scenario) -> tuple[RunRow, ...]:
    """By their time; what never comes is last."""
    soonest = soonest_s(scenario)
    rows = [_row(scenario, inject, soonest.get(inject.id)) for inject in scenario.injects]
    return tuple(sorted(rows, key=lambda row: float("inf") if row.at_s is None else row.at_s))


def _row(scenario: Scenario, inject: Inject, at_s: float | None) -> RunRow:
    due = tuple(
        (None if at_s is None else at_s + each.within_s, each)
        for each in scenario.expectations
        if each.since == inject.id
    )
    return RunRow(at_s, inject, due)
