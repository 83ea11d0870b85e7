"""Suggested duplicates: what speaks for two incidents being one, and nothing that a look over all would not find."""

from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.duplicates import RULES, Duplicate, DuplicateIndex, likeness, metres_between, pieces
from comms.domain.ids import IncidentId, JurisdictionId
from comms.domain.incident import Incident
from comms.domain.merge import Ground
from comms.domain.order import Place

HERE = (23.0, 113.7)
DAY_S = 86_400.0


def made(key: str, *, north_m: float = 0.0, east_m: float = 0.0, kind: str = "井盖缺失", text: str = "") -> Incident:
    lat, lon = HERE
    place = Place(lat=lat + north_m / 111_195, lon=lon + east_m / 102_355, text="莲塘路 12 号")
    return Incident(id=IncidentId(key), kind=kind, place=place, jurisdiction_id=JurisdictionId("g"), text=text)


def asked(incident: Incident, *others: tuple[Incident, float], at: float = 0.0) -> list[Duplicate]:
    index = DuplicateIndex()
    for other, other_at in others:
        index.add(other, at=other_at)
    return index.suggest(incident, at=at)


def test_chinese_is_compared_by_pairs_of_characters_and_english_by_words() -> None:
    assert pieces("井盖不见了, Street Light #12") == {"井盖", "盖不", "不见", "见了", "street", "light", "12"}
    assert pieces("火") == {"火"}
    assert likeness(pieces("门前井盖不见了"), pieces("井盖不见了")) == 2 * 4 / 10
    assert likeness(frozenset(), frozenset()) == 0.0


def test_the_same_thing_reported_twice_is_found_with_its_reasons() -> None:
    first = made("a", text="门前井盖不见了，行人绕行")
    found = asked(made("b", north_m=20, text="门前井盖不见了"), (first, -600.0))
    assert [one.incident_id for one in found] == ["a"]
    assert [reason.ground for reason in found[0].reasons] == [
        Ground.PLACE,
        Ground.SAME_KIND,
        Ground.TIME,
        Ground.TEXT,
    ]
    assert round(found[0].reasons[0].value) == 20
    assert found[0].reasons[2].value == 600.0


def test_what_is_far_old_or_another_thing_is_not() -> None:
    wanted = made("b", text="井盖不见了")
    assert asked(wanted, (made("a", north_m=RULES.reach_m + 5), 0.0)) == []
    assert asked(wanted, (made("a"), -RULES.reach_s - 1)) == []
    assert asked(wanted, (made("a", kind="噪音扰民", text="夜间施工，持续到凌晨两点多，无法入睡"), 0.0)) == []
    assert asked(wanted, (wanted, 0.0)) == [], "nothing is a duplicate of itself"


def test_another_kind_needs_the_same_words() -> None:
    words = "莲塘路口红绿灯不亮，车辆拥堵"
    found = asked(made("b", text=words), (made("a", kind="信号灯故障", text=words), -60.0))
    assert [reason.ground for one in found for reason in one.reasons] == [Ground.PLACE, Ground.TEXT, Ground.TIME]


def test_dropped_ones_are_suggested_no_more_and_changed_ones_move() -> None:
    index = DuplicateIndex()
    index.add(made("a", text="井盖"), at=0.0)
    index.add(made("a", north_m=900, text="井盖"), at=0.0)
    assert len(index) == 1
    assert IncidentId("a") in index
    assert index.suggest(made("b", text="井盖"), at=0.0) == []
    assert index.suggest(made("b", north_m=900, text="井盖"), at=0.0) != []
    index.add(made("c", north_m=900, kind="火情", text="浓烟很大，有人被困，请速来"), at=0.0)
    index.drop(IncidentId("a"))
    index.drop(IncidentId("a"))
    assert index.suggest(made("b", north_m=900, text="井盖"), at=0.0) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-400, 400), st.floats(-400, 400), st.sampled_from(("甲", "乙")), st.integers(0, 20)),
        min_size=1,
        max_size=12,
    )
)
def test_cells_hide_nobody(spots: list[tuple[float, float, str, int]]) -> None:
    """The same as one by one: who is within reach is compared."""
    incidents = [
        (made(f"i{n}", north_m=north, east_m=east, kind=kind, text="井盖不见了"), days * DAY_S)
        for n, (north, east, kind, days) in enumerate(spots)
    ]
    wanted, at = incidents[0]
    together = {one.incident_id: one for one in asked(wanted, *incidents, at=at)}
    alone = {one.incident_id: one for pair in incidents for one in asked(wanted, pair, at=at)}
    assert set(together) <= set(alone)
    assert len(together) == min(5, len(alone))
    for key, found in together.items():
        other = next(incident for incident, _ in incidents if incident.id == key)
        assert metres_between(wanted, other) <= RULES.reach_m
        assert RULES.least_points <= found.points <= 100.0
