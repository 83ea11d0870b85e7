"""The ghost: where another run was on this one's clock."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comms.journal.replay.replay import Replay, open_replay
from console.replay.ghost import STALE_S, Ghost
from tests.support.day import START, recorded_day, unit_ids, walk, write_journal, write_tracks


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
