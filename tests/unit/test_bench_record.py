"""The figures' arithmetic, on which every claim rests."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tests.bench.record import percentile, record, table


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1), st.floats(min_value=0.01, max_value=1.0))
def test_percentile_is_a_value_that_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= math.floor(share * len(values))


def test_a_missed_target_shows() -> None:
    missed = record("x", [1.0, 9.0], unit="ms", params={"k": 1}, baseline="b", baseline_values=[3.0], target=5.0)
    assert (missed.p50, missed.p95, missed.ratio, missed.holds) == (1.0, 9.0, 3.0, False)
    assert "NO" in table([missed])


def test_nothing_measured_never_holds() -> None:
    assert record("x", [], unit="ms", params={}, baseline="b", baseline_values=[1.0], target=5.0).holds is False
