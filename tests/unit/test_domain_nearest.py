"""Who is nearest, against a plain sort of every unit by its cost."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.nearest import STATUSES, Basis, Candidates, Ranked, Weights, rank
from comms.domain.street_graph import StreetGraph, Travel
from comms.domain.unit import UnitStatus

LAT, LON = 23.0, 113.7
M = 1 / 111_195.0
E = M / math.cos(math.radians(LAT))


@dataclass(frozen=True)
class Line:
    line: tuple[tuple[float, float], ...]
    rank: int = 1


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return LAT + north_m * M, LON + east_m * E


def lattice(side: int = 6, step_m: float = 200.0) -> StreetGraph:
    span = step_m * (side - 1)
    lines = [Line((at(0, step_m * i), at(span, step_m * i)), i % 3) for i in range(side)]
    return StreetGraph([*lines, *(Line((at(step_m * i, 0), at(step_m * i, span)), i % 3) for i in range(side))])


def units(*places: tuple[float, float], **columns: Any) -> Candidates:
    """Available, without orders, of the place's grid, unless a column says otherwise. Places (east, north)."""
    count = len(places)
    points = [at(*place) for place in places]
    values = {
        "lat": np.array([lat for lat, _ in points]),
        "lon": np.array([lon for _, lon in points]),
        "status": np.zeros(count, np.uint8),
        "load": np.zeros(count, np.int64),
        "is_own_grid": np.ones(count, np.bool_),
        "has_skills": np.ones(count, np.bool_),
        "may_be_sent": np.ones(count, np.bool_),
    } | {name: np.asarray(value) for name, value in columns.items()}
    return Candidates(**values)


def best(candidates: Candidates, graph: StreetGraph | None = None, count: int = 3, **more: Any) -> list[Ranked]:
    lat, lon = at(0, 0)
    options: dict[str, Any] = {"travel": Travel.ON_FOOT, "lat": lat, "lon": lon} | more
    return rank(candidates, graph=graph, count=count, **options)


def rows(found: list[Ranked]) -> list[int]:
    return [one.row for one in found]


def test_the_way_counts_and_not_the_straight_line() -> None:
    river = StreetGraph([Line((at(0, 0), at(600, 0), at(600, 60), at(0, 60))), Line((at(-400, 0), at(0, 0)))])
    across, along = (0.0, 60.0), (-300.0, 0.0)
    assert rows(best(units(across, along), river)) == [1, 0]
    assert rows(best(units(across, along))) == [0, 1]
    first, second = best(units(across, along), river)
    assert first.metres == pytest.approx(300, rel=1e-3)
    assert first.seconds == pytest.approx(300 / 1.3, rel=1e-2)
    assert second.metres == pytest.approx(1260, rel=1e-2)
    assert second.path[0] == pytest.approx(at(*across))
    assert second.path[-1] == pytest.approx(at(0, 0))
    assert first.basis is Basis.STREETS


def test_each_reason_counts() -> None:
    near, far = (10.0, 0.0), (300.0, 0.0)
    assert rows(best(units(near, far))) == [0, 1]
    busy = STATUSES.index(UnitStatus.BUSY)
    assert rows(best(units(near, far, status=np.array([busy, 0], np.uint8)))) == [1, 0]
    assert rows(best(units(near, far, load=[2, 0]))) == [1, 0]
    assert rows(best(units(near, far, has_skills=[False, True]))) == [1, 0]
    assert rows(best(units(near, (60.0, 0.0), is_own_grid=[False, True]))) == [1, 0]
    found = best(units(near, far, load=[2, 0], is_own_grid=[True, False]))
    assert [(one.load, one.is_own_grid, one.has_skills) for one in found] == [(0, False, True), (2, True, True)]


def test_who_cannot_be_sent_is_not_named() -> None:
    gone = [STATUSES.index(UnitStatus.OFFLINE), STATUSES.index(UnitStatus.OUT_OF_SERVICE), 0, 0, 0]
    candidates = units(
        (1.0, 0.0),
        (2.0, 0.0),
        (3.0, 0.0),
        (math.nan, 0.0),
        (5.0, 0.0),
        status=np.array(gone, np.uint8),
        may_be_sent=[True, True, False, True, True],
    )
    assert rows(best(candidates)) == [4]
    assert best(candidates, count=0) == []
    assert best(units()) == []


def test_it_says_when_the_streets_do_not_help() -> None:
    graph = StreetGraph([Line((at(0, 0), at(100, 0))), Line((at(0, 300), at(100, 300)))])
    found = best(units((50.0, 0.0), (50.0, 300.0), (5000.0, 5000.0)), graph)
    assert [one.basis for one in found] == [Basis.STREETS, Basis.NO_WAY, Basis.FAR_FROM_STREETS]
    assert [one.basis for one in best(units((50.0, 0.0)))] == [Basis.NO_STREETS]
    lat, lon = at(9000, 0)
    (lost,) = best(units((50.0, 0.0)), graph, lat=lat, lon=lon)
    assert lost.basis is Basis.FAR_FROM_STREETS
    assert lost.metres == pytest.approx(8950, rel=1e-3)
    assert lost.path[0] == pytest.approx(at(50, 0))
    assert lost.path[1] == (lat, lon)


def test_own_weights() -> None:
    only_free = Weights(status_s={UnitStatus.AVAILABLE: 0.0})
    status = np.array([STATUSES.index(UnitStatus.EN_ROUTE), 0], np.uint8)
    assert rows(best(units((1.0, 0.0), (900.0, 0.0), status=status), weights=only_free)) == [1]


@given(st.integers(0, 2**32 - 1), st.sampled_from(list(Travel)), st.integers(1, 30), st.integers(0, 300))
def test_the_answer_is_that_of_looking_at_everybody(seed: int, travel: Travel, count: int, many: int) -> None:
    roll = np.random.default_rng(seed)
    places = [(east, north) for east, north in roll.uniform(-900, 1900, (many, 2))]
    candidates = units(
        *places,
        status=roll.choice(len(STATUSES), many).astype(np.uint8),
        load=roll.integers(0, 3, many),
        is_own_grid=roll.uniform(size=many) < 0.3,
        may_be_sent=roll.uniform(size=many) < 0.9,
    )
    graph = lattice() if seed % 4 else None
    found = best(candidates, graph, count=count, travel=travel)
    everybody = best(candidates, graph, count=many, travel=travel)
    assert [one.cost_s for one in everybody] == sorted(one.cost_s for one in everybody)
    assert rows(found) == rows(everybody)[:count]


def test_thousands_at_one_place_are_ranked_by_their_rows() -> None:
    assert rows(best(units(*[(30.0, 0.0)] * 3000), lattice(), count=4)) == [0, 1, 2, 3]


def test_candidates_beyond_the_first_are_reached_when_the_first_are_cut_off() -> None:
    """Over a thousand units stand close by on streets that no way leads to; one stands farther on a joined street."""
    graph = StreetGraph([Line((at(0, 0), at(4000, 0))), Line((at(0, 390), at(4000, 390)))])
    near_but_cut_off = [(float(index % 40), 390.0) for index in range(1500)]
    found = best(units(*near_but_cut_off, (395.0, 0.0)), graph, count=1)
    assert rows(found) == [1500]


def test_who_is_far_off_is_not_searched_for() -> None:
    """The first portion is near and the rest beyond anything it could cost."""
    near = [(10.0 * number, 0.0) for number in range(1, 80)]
    far = [(40_000.0 + number, 0.0) for number in range(80)]
    assert rows(best(units(*near, *far), lattice())) == [0, 1, 2]
