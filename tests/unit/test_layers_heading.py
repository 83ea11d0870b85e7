"""Where imported features look: numbers or the words of a compass, under the names such columns have."""

from typing import Any

import numpy as np
import pytest

from console.layers.features import Features, Geometry
from console.layers.first_style import first_style
from console.layers.heading import headings_deg


def features(**columns: Any) -> Features:
    places = np.zeros(3)
    return Features(Geometry.POINT, np.array(["a", "b", "c"], object), places, places, columns=columns)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (np.array([0.0, 370.0, np.nan]), [0.0, 10.0, np.nan]),
        (np.array(["NE", "西向", ""], object), [45.0, 270.0, np.nan]),
        (np.array(["90°", "-90", "两侧"], object), [90.0, 270.0, np.nan]),
    ],
)
def test_a_column_of_headings_is_understood(column: Any, expected: list[float]) -> None:
    found = headings_deg(features(direction=column))
    assert found is not None
    assert np.array_equal(found, expected, equal_nan=True)


def test_a_column_that_says_nothing_of_the_kind_is_none() -> None:
    assert headings_deg(features(direction=np.array(["双向", "", "单向"], object))) is None
    assert headings_deg(features(name=np.array(["北", "南", "东"], object))) is None


def test_cameras_look_like_cameras_in_the_colour_of_their_layer() -> None:
    plain, camera = first_style(1, "上海医院").base, first_style(1, "高速监控点").base
    assert (plain.symbol, camera.symbol) == ("square", "camera")
    assert plain.colour == camera.colour
