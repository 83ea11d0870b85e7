"""A short run of what `make soak` does for long."""

from pathlib import Path

from tests.soak.kills import FLOOR_TARGET_S, kill_again_and_again

KILLS, SEED = 6, 1
"""A seed that strikes everybody, and no fleet that only stands still: its floor takes four seconds to be free."""


async def test_nothing_is_lost_or_doubled_by_a_few_kills(tmp_path: Path) -> None:
    tally = await kill_again_and_again(tmp_path, seed=SEED, kills=KILLS, seconds=60.0)
    assert sum(tally.kills.values()) == KILLS
    assert {"gateway", "desk", "fleet"} <= set(tally.kills)
    assert tally.wrong == []
    assert all(floor_s <= FLOOR_TARGET_S for floor_s in tally.floor_s)
    [judgement] = tally.judgements
    assert judgement.commands > KILLS
