"""Somebody who misunderstood: how far he goes astray, and that who never does rolls no dice for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.order import Place
from comms.domain.position import distance_m
from comms.fleet.behaviour import PRESETS
from comms.fleet.work import astray

HERE = Place(lat=23.0, lon=113.7, text="here")


@given(metres=st.floats(1.0, 5_000.0), turn=st.floats(0.0, 1.0))
def test_he_goes_as_far_astray_as_was_said(metres: float, turn: float) -> None:
    there = astray(HERE, metres=metres, turn=turn)
    away_m = distance_m(lat_a=HERE.lat, lon_a=HERE.lon, lat_b=there.lat, lon_b=there.lon)
    assert away_m == pytest.approx(metres, rel=0.01)


def test_only_the_confused_misunderstand() -> None:
    assert [name for name, each in PRESETS.items() if each.misunderstand_chance] == ["confused"]
