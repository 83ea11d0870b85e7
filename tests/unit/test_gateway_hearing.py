"""What a session hears on which slot."""

from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import CallId, PartyId, TalkgroupId
from comms.gateway.hearing import Source, arrange, hearing_rank

MIDS = ("0", "1", "2", "3")
TOWN, VILLAGE, GRID = TalkgroupId("town"), TalkgroupId("village"), TalkgroupId("grid")


def talk(group: TalkgroupId, *, turn: int = 1, priority: int = 3, is_emergency: bool = False) -> Source:
    return Source(f"talk:{group}", f"s-{group}", PartyId("unit:x"), CallId("c"), group, is_emergency, priority, turn)


POINT = Source("call:1:a", "a", PartyId("unit:a"), CallId("1"))


def test_the_selected_talkgroup_has_the_primary_slot() -> None:
    placed = arrange([talk(VILLAGE, turn=1), talk(TOWN, turn=2)], mids=MIDS, selected=TOWN, before={})
    assert {mid: source.talkgroup_id for mid, source in placed.items()} == {"0": TOWN, "1": VILLAGE}


def test_a_point_call_takes_the_primary_slot_from_whoever_has_it() -> None:
    before = {"0": talk(TOWN)}
    placed = arrange([talk(TOWN), POINT], mids=MIDS, selected=TOWN, before=before)
    assert placed == {"0": POINT, "1": talk(TOWN)}


def test_a_voice_stays_where_it_is_heard() -> None:
    before = {"2": talk(TOWN)}
    assert arrange([talk(TOWN)], mids=MIDS, selected=TOWN, before=before) == before


def test_the_selected_talkgroup_moves_an_overflow_off_the_primary_slot() -> None:
    overflow = {"0": talk(VILLAGE), "1": talk(GRID)}
    sources = [talk(VILLAGE), talk(GRID), talk(TOWN)]
    placed = arrange(sources, mids=("0", "1"), selected=TOWN, before=overflow)
    assert placed["0"].talkgroup_id == TOWN
    assert len(placed) == 2


def test_what_exceeds_the_slots_is_not_heard_lowest_first() -> None:
    quiet, loud = talk(VILLAGE, priority=1, turn=1), talk(GRID, priority=5, turn=2)
    emergency = talk(TOWN, is_emergency=True, priority=0, turn=3)
    placed = arrange([quiet, loud, emergency], mids=("0", "1"), selected=None, before={})
    assert set(placed.values()) == {loud, emergency}


def test_of_equals_the_earlier_is_heard() -> None:
    first, second = talk(VILLAGE, turn=1), talk(GRID, turn=2)
    assert hearing_rank(first, None) < hearing_rank(second, None)


def test_an_emergency_on_the_primary_slot_does_not_silence_the_selected_talkgroup() -> None:
    emergency = talk(VILLAGE, is_emergency=True)
    before = {"0": emergency, "1": talk(TOWN)}
    assert arrange([talk(TOWN), emergency], mids=MIDS, selected=TOWN, before=before) == before


_groups = st.lists(st.sampled_from([TalkgroupId(f"g{n}") for n in range(7)]), unique=True)


@st.composite
def _sources(draw: st.DrawFn) -> list[Source]:
    talks = [
        talk(group, turn=turn, priority=draw(st.integers(0, 7)), is_emergency=draw(st.booleans()))
        for turn, group in enumerate(draw(_groups))
    ]
    return [*talks, POINT] if draw(st.booleans()) else talks


@given(_sources(), _sources(), st.none() | st.sampled_from([TalkgroupId("g0"), TalkgroupId("g3")]))
def test_slots_are_used_well_whatever_was_heard_before(
    earlier: list[Source], now: list[Source], selected: TalkgroupId | None
) -> None:
    before = arrange(earlier, mids=MIDS, selected=selected, before={})
    placed = arrange(now, mids=MIDS, selected=selected, before=before)
    best = sorted(now, key=lambda source: hearing_rank(source, selected))[: len(MIDS)]
    assert sorted(source.route_id for source in placed.values()) == sorted(source.route_id for source in best)
    assert POINT not in now or placed["0"] == POINT
    assert arrange(now, mids=MIDS, selected=selected, before=placed) == placed
