"""How numbers are said: as an eye would round them, and short."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import GATEWAY, PartyId
from comms.protocol.errors import Locale
from tests.support.scene import TOWN, duty_scene
from ui import words
from ui.text import Texts


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0:00"), (0, "0:00"), (7.9, "0:07"), (725, "12:05"), (3725, "1:02:05"), (90_000, "25:00:00")],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("metres", "said"),
    [(nan, ""), (0, "0 m"), (7.4, "7 m"), (99.6, "100 m"), (104, "100 m"), (347, "350 m"), (994, "990 m"),
     (996, "1.0 km"), (12_345, "12.3 km"), (123_456, "123 km")],
)  # fmt: skip
def test_distances(metres: float, said: str, qapp: object) -> None:
    assert words.distance(metres, Texts(Locale.EN)) == said


@pytest.mark.parametrize(
    ("seconds", "said", "short"),
    [(nan, "no position", "none"), (-2, "0 s ago", "0 s"), (99, "99 s ago", "99 s"), (100, "1 min ago", "1 min"),
     (5_999, "99 min ago", "99 min"), (6_000, "1 h ago", "1 h"), (1e12, "999 h ago", "999 h")],
)  # fmt: skip
def test_ages(seconds: float, said: str, short: str, qapp: object) -> None:
    text = Texts(Locale.EN)
    assert (words.age(seconds, text), words.short_age(seconds, text)) == (said, short)


@given(st.floats(0, 1e9))
def test_nothing_is_too_long_for_its_column(value: float) -> None:
    text = Texts(Locale.EN)
    assert len(words.short_age(value, text)) <= 6
    assert len(words.distance(min(value, 9_999_000), text)) <= 7


def test_clocks_are_local_and_short() -> None:
    assert len(words.clock_time(1_760_000_000)) == 8
    assert words.clock_time(1_760_000_000).startswith(words.clock_minute(1_760_000_000))
    assert words.day(1_760_000_000).startswith("2025-10-")


def test_parties_and_places(qapp: object) -> None:
    scene = duty_scene()
    assert words.party_name(scene.store, GATEWAY, scene.text) == "系统"
    assert words.party_name(scene.store, PartyId("unit:u001"), scene.text) == "王芳"
    assert words.party_name(scene.store, PartyId("unit:gone"), scene.text) == "unit:gone"
    assert words.jurisdiction_path(scene.store.picture, TOWN) == "样例镇"


def test_deadlines(qapp: object) -> None:
    scene = duty_scene()
    state = scene.store.picture.orders[scene.issue("o1", 1, deadline_s=90)]
    assert words.deadline(state, scene.clock, scene.text) == "剩 1:30"
    assert words.deadline(state, scene.clock + 100, scene.text) == "超时 0:10"
    bare = scene.store.picture.orders[scene.issue("o2", 1)]
    assert words.deadline(bare, scene.clock, scene.text) == ""
