"""What was played in a drill and what was expected after it, as the time line of a review shows it."""

from collections.abc import Iterable, Mapping

import msgspec

from comms.domain.expectation_watch import Outcome
from comms.domain.inject import ExpectationId, InjectId, Words
from comms.domain.scenario import Scenario
from comms.domain.score import Reading


class Response(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One expectation. Times are seconds of the drill; `done_s` None: it was not done."""

    id: ExpectationId
    words: Words
    outcome: Outcome
    due_s: float
    done_s: float | None = None
    done_seq: int | None = None
    by: tuple[str, ...] = ()


class Beat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An inject and what was expected after it. `at_s` None: it was not played."""

    inject_id: InjectId
    title: Words
    at_s: float | None
    seq: int | None = None
    is_by_hand: bool = False
    responses: tuple[Response, ...] = ()


def beats_of(scenario: Scenario, reading: Reading, names: Mapping[str, str]) -> tuple[Beat, ...]:
    """In the order in which they were played; those that were not, last."""
    found = []
    for inject in scenario.injects:
        fired = reading.drill.fired.get(inject.id)
        found.append(
            Beat(
                inject_id=inject.id,
                title=inject.title,
                at_s=None if fired is None else fired.at - reading.drill.starts_at,
                seq=None if fired is None else fired.seq,
                is_by_hand=fired is not None and fired.is_by_hand,
                responses=tuple(_responses(scenario, reading, names, inject.id)) if fired is not None else (),
            )
        )
    return tuple(sorted(found, key=lambda beat: (beat.at_s is None, beat.at_s or 0.0)))


def _responses(
    scenario: Scenario, reading: Reading, names: Mapping[str, str], inject_id: InjectId
) -> Iterable[Response]:
    starts_at = reading.drill.starts_at
    for expectation in scenario.expectations:
        standing = reading.standings[expectation.id]
        if expectation.since != inject_id or standing.due_at is None:
            continue
        is_done = standing.met_at is not None
        yield Response(
            id=expectation.id,
            words=expectation.words,
            outcome=standing.outcome,
            due_s=standing.due_at - starts_at,
            done_s=standing.met_at - starts_at if standing.met_at is not None else None,
            done_seq=standing.evidence[-1] if is_done and standing.evidence else None,
            by=tuple(names.get(one, one) for one in standing.by),
        )
