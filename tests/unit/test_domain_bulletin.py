"""Ranks with ties, changes, and findings with their evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.assessment import Dimension, Figure, Figures, Period, Rate
from comms.domain.bulletin import FindingKind, Row, change, findings, is_ranked, ranks, slices


def row(key: str, now: Figures, before: Figures | None = None) -> Row:
    return Row(key=key, now=now, before=before or Figures(), long_before=Figures())


def test_equals_share_their_place() -> None:
    assert ranks({"a": 90.0, "b": 100.0, "c": 90.0, "d": 10.0, "e": None}) == {"b": 1, "a": 2, "c": 2, "d": 4}


@given(st.dictionaries(st.text(max_size=2), st.sampled_from([None, 0.0, 1.0, 50.0, 100.0])))
def test_a_place_is_how_many_are_better_and_one(values: dict[str, float | None]) -> None:
    told = {key: value for key, value in values.items() if value is not None}
    assert ranks(values) == {key: 1 + sum(other > value for other in told.values()) for key, value in told.items()}


def test_changes_are_told_where_both_periods_have_a_rate() -> None:
    now, before = Figures(due=4, on_time=3), Figures(due=2, on_time=2)
    assert change(now, before, Rate.ON_TIME) == -25.0
    assert change(now, Figures(), Rate.ON_TIME) is None
    assert change(Figures(), before, Rate.ON_TIME) is None


def test_findings_name_the_worst_with_evidence() -> None:
    rows = [
        row("roads", Figures(registered=9, due=10, on_time=5, late=5, reworked=2), Figures(due=10, on_time=9, late=1)),
        row("water", Figures(registered=8, due=4, on_time=2, late=2, returned=2), Figures(due=4, on_time=4)),
        row("few", Figures(due=1, on_time=0, late=1), Figures(due=1, on_time=1)),
        row("better", Figures(due=5, on_time=5), Figures(due=5, on_time=1)),
    ]
    fallen, overdue, returned = findings(rows)
    assert (fallen.kind, fallen.keys) == (FindingKind.FALLEN, ("water",)), "one case more or less is no fall"
    assert (fallen.part, fallen.whole, fallen.part_before, fallen.whole_before) == (2, 4, 4, 4)
    assert (overdue.keys, overdue.part, overdue.whole, overdue.part_before) == (("roads",), 5, 10, 1)
    assert returned.keys == ("roads", "water")
    assert returned.figure is Figure.REWORKED
    assert findings(rows[1:2])[2].figure is Figure.RETURNED


@pytest.mark.parametrize("rows", [[], [row("a", Figures(due=5, on_time=5, registered=5), Figures(due=5))]])
def test_nothing_is_found_where_nothing_is_wrong(rows: list[Row]) -> None:
    assert findings(rows) == ()


def test_slices_are_the_period() -> None:
    parts = slices(Period(from_at=0.0, until_at=7.0), 3)
    assert (parts[0].from_at, parts[-1].until_at) == (0.0, 7.0)
    assert [a.until_at for a in parts[:-1]] == [b.from_at for b in parts[1:]]
    assert [is_ranked(by) for by in (Dimension.DEPARTMENT, Dimension.SOURCE, Dimension.WHOLE)] == [True, False, False]
