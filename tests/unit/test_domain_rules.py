"""Small rules of the domain: ids, jurisdictions, positions, order transitions."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import (
    GATEWAY,
    JurisdictionId,
    OfficerId,
    UnitId,
    officer_party,
    party_officer,
    party_unit,
    unit_party,
)
from comms.domain.jurisdiction import contains, parent
from comms.domain.order import (
    OFFICER_STATES,
    OPEN_STATES,
    TRANSITIONS,
    UNIT_STATES,
    AssignmentState,
    TransitionFault,
    transition_fault,
)
from comms.domain.position import EARTH_RADIUS_M, FUTURE_TOLERANCE_S, Fix, FixFault, distance_m, fix_fault

NOW = 1_767_225_600.0
S = AssignmentState


def test_a_party_knows_who_is_behind_it() -> None:
    unit, officer = unit_party(UnitId("u-1")), officer_party(OfficerId("wang"))
    assert (party_unit(unit), party_officer(unit)) == ("u-1", None)
    assert (party_unit(officer), party_officer(officer)) == (None, "wang")
    assert (party_unit(GATEWAY), party_officer(GATEWAY)) == (None, None)


_name = st.text("abc0123", min_size=1, max_size=4)
_path = st.lists(_name, min_size=1, max_size=4).map(lambda names: JurisdictionId("/".join(names)))


@given(_path, _path)
def test_containment_is_walking_up_the_tree(outer: JurisdictionId, inner: JurisdictionId) -> None:
    above: JurisdictionId | None = inner
    while above is not None and above != outer:
        above = parent(above)
    assert contains(outer, inner) is (above == outer)


def test_a_neighbour_with_a_longer_name_is_not_inside() -> None:
    assert not contains(JurisdictionId("441900/s01"), JurisdictionId("441900/s011"))


@pytest.mark.parametrize(
    ("fix", "fault"),
    [
        (Fix(at=NOW, lat=23.0, lon=113.7), None),
        (Fix(at=NOW + FUTURE_TOLERANCE_S, lat=-90.0, lon=180.0), None),
        (Fix(at=NOW, lat=90.1, lon=0.0), FixFault.OUT_OF_RANGE),
        (Fix(at=NOW, lat=0.0, lon=-180.1), FixFault.OUT_OF_RANGE),
        (Fix(at=NOW, lat=0.0, lon=0.0), FixFault.NULL_ISLAND),
        (Fix(at=NOW, lat=0.0, lon=1.0), None),
        (Fix(at=NOW + FUTURE_TOLERANCE_S + 1, lat=1.0, lon=1.0), FixFault.IN_THE_FUTURE),
        (Fix(at=NOW, lat=nan, lon=1.0), FixFault.NOT_A_NUMBER),
        (Fix(at=inf, lat=1.0, lon=1.0), FixFault.NOT_A_NUMBER),
        (Fix(at=NOW, lat=1.0, lon=1.0, speed_mps=inf), FixFault.NOT_A_NUMBER),
        (Fix(at=NOW, lat=1.0, lon=1.0, heading_deg=nan), FixFault.NOT_A_NUMBER),
        (Fix(at=NOW, lat=1.0, lon=1.0, accuracy_m=inf), FixFault.NOT_A_NUMBER),
    ],
)
def test_faults_of_a_reading(fix: Fix, fault: FixFault | None) -> None:
    assert fix_fault(fix, now=NOW) is fault


_lat, _lon = st.floats(-90, 90), st.floats(-180, 180)


@given(_lat, _lon, _lat, _lon)
def test_distance_is_symmetric_and_bounded(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> None:
    there = distance_m(lat_a=lat_a, lon_a=lon_a, lat_b=lat_b, lon_b=lon_b)
    back = distance_m(lat_a=lat_b, lon_a=lon_b, lat_b=lat_a, lon_b=lon_a)
    assert there == pytest.approx(back, abs=1e-3)
    assert 0 <= there <= EARTH_RADIUS_M * 3.1416


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m(lat_a=23.0, lon_a=113.0, lat_b=24.0, lon_b=113.0) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("wanted", list(S))
def test_an_assignment_moves_only_along_the_table(current: S, wanted: S) -> None:
    fault = transition_fault(current, wanted, reason="because")
    if current is wanted:
        assert fault is TransitionFault.ALREADY_THERE
    else:
        assert (fault is None) is (wanted in TRANSITIONS[current])
        assert fault in (None, TransitionFault.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("current", "wanted", "needs_reason"),
    [
        (S.ISSUED, S.REFUSED, True),
        (S.ON_SCENE, S.CANCELLED, True),
        (S.COMPLETED, S.ACCEPTED, True),
        (S.READ, S.ACCEPTED, False),
        (S.COMPLETED, S.VERIFIED, False),
    ],
)
def test_some_steps_need_a_reason(current: S, wanted: S, needs_reason: bool) -> None:
    assert transition_fault(current, wanted, reason=" ") is (TransitionFault.REASON_MISSING if needs_reason else None)


def test_nobody_comes_back_but_by_being_sent_back() -> None:
    reached: dict[S, frozenset[S]] = {}
    for state in S:
        seen, ahead = set[S](), set(TRANSITIONS[state])
        while ahead:
            here = ahead.pop()
            if here not in seen:
                seen.add(here)
                ahead |= TRANSITIONS[here] - ({S.ACCEPTED} if here is S.COMPLETED else set())
        reached[state] = frozenset(seen)
    for state in set(S) - {S.COMPLETED}:
        assert state not in reached[state]


def test_every_state_has_its_place() -> None:
    assert set(TRANSITIONS) == set(S)
    assert {S.ISSUED} | UNIT_STATES | OFFICER_STATES == set(S)
    assert not OPEN_STATES & {S.VERIFIED, S.CANCELLED, S.REFUSED, S.COMPLETED}
