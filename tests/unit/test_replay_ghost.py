"""The ghost: two runs of one scenario on one clock, and who was earlier with what."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comms.domain import events as ev
from comms.domain.hub_events import IncidentAcknowledged
from comms.domain.ids import GATEWAY, unit_party
from comms.domain.incident import IncidentOutcome
from comms.domain.order import AssignmentState
from comms.domain.score import read_drill
from comms.journal.replay.replay import Replay, open_replay
from console.replay.ghost import STALE_S, Course, Ghost, Step, course_of, pairs
from tests.support.day import START, recorded_day, unit_ids, walk, write_journal, write_tracks
from tests.support.drill import BEGAN, DESK, FIRE, TRAINER, U1, U2, Play, scenario


def course(play: Play) -> Course:
    return course_of(play.scenario, read_drill(play.scenario, play.records), play.records)


def team(*, slower_s: float, closes: bool = True) -> Play:
    play = Play(scenario()).begin().fire()
    play.say(20 + slower_s, IncidentAcknowledged(incident_id=FIRE))
    play.order(25 + slower_s, U1, U2)
    order_id = next(iter(play.picture.orders))
    for at, state in ((26, AssignmentState.ACCEPTED), (200, AssignmentState.ON_SCENE)):
        play.say(at + slower_s, ev.OrderAdvanced(order_id=order_id, unit_id=U1, state=state), by=unit_party(U1))
    if closes:
        play.say(400 + slower_s, ev.IncidentClosed(incident_id=FIRE, outcome=IncidentOutcome.HANDLED))
    return play


def test_milestones_of_both_are_paired_with_their_differences() -> None:
    own, best = course(team(slower_s=30.0, closes=False)), course(team(slower_s=0.0))
    found = {pair.id: pair for pair in pairs(own, best)}
    assert list(found) == [*(step.value for step in Step), "expectation:ordered"]
    assert [found[step].behind_s for step in Step] == [30.0, 30.0, 30.0, None]
    assert (found["closed"].own, found["closed"].ghost and found["closed"].ghost.second) == (None, 400.0)
    line = found["expectation:ordered"]
    assert line.title == {"zh_CN": "派出两人", "en": "Send two"}
    assert line.own is not None
    assert line.own.second == 55.0
    assert isinstance(team(slower_s=30.0).records[line.own.seq - 1].event, ev.OrderIssued)
    assert own.zero_at == BEGAN


def test_what_the_trainer_does_and_what_was_before_is_no_milestone() -> None:
    play = Play(scenario())
    play.begin().fire()
    play.say(15, IncidentAcknowledged(incident_id=FIRE), by=TRAINER)
    assert course(play).steps == {}
    play.say(20, IncidentAcknowledged(incident_id=FIRE), by=DESK)
    assert course(play).steps[Step.ACKNOWLEDGED].second == 20.0
    play.begin(drill_id="d2", goes_on=True)
    assert list(course(play).steps) == [Step.ACKNOWLEDGED], "a story that goes on has what was done before"
    play.begin(drill_id="d3")
    assert course(play).steps == {}
    assert pairs(course(play), course(play))[0].behind_s is None
    assert GATEWAY


@pytest.fixture
def replay(tmp_path: Path) -> Any:
    write_journal(tmp_path, recorded_day(units=3, seconds=3000.0, events=100))
    write_tracks(tmp_path, units=3, hours=1)
    found = open_replay(tmp_path)
    assert isinstance(found, Replay)
    found.reached(found.end_seq()).result()
    yield found
    found.close()


async def test_the_ghost_is_where_it_was_at_the_same_second(replay: Replay) -> None:
    own_zero_at = 5_000_000.0
    ghost = Ghost(replay, own_zero_at=own_zero_at, zero_at=START + 100.0)
    places = await ghost.places(own_zero_at + 900.0)
    assert set(places.unit_ids) == set(unit_ids(3))
    rows = walk(1, hour=0)
    last = rows[np.searchsorted(rows["at"], (START + 1000.0) * 10, side="right") - 1]
    at = list(places.unit_ids).index(unit_ids(3)[0])
    assert (places.lat[at], places.lon[at]) == (last["lat"] / 1e7, last["lon"] / 1e7)
    assert (await ghost.picture(own_zero_at + 900.0)).seq == replay.index.seq_at(START + 1000.0)


async def test_before_its_beginning_and_long_after_its_end_it_is_nowhere(replay: Replay) -> None:
    ghost = Ghost(replay, own_zero_at=0.0, zero_at=START)
    for second in (-1000.0, 3600.0 + 2 * STALE_S):
        assert len((await ghost.places(second)).unit_ids) == 0
