"""The alarm bell: which tone, once or until it is seen, and silence. The loudspeaker is what would be heard."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from comms.domain.alarm import AlarmPriority
from console.media.alarm_bell import AlarmBell
from console.media.sounds import Sounds
from console.media.tones import AlarmTone, synthesise_all

LOW, MEDIUM, HIGH = AlarmPriority.LOW, AlarmPriority.MEDIUM, AlarmPriority.HIGH
TONES = synthesise_all()


class Room:
    """What sounds now, and what was heard once."""

    def __init__(self) -> None:
        self.sounding: list[NDArray[np.int16]] = []
        self.once: list[NDArray[np.int16]] = []

    def play(self, samples: NDArray[np.int16], *, repeats: bool = False) -> Callable[[], None]:
        if not repeats:
            self.once.append(samples)
            return self.once.clear
        self.sounding.append(samples)
        return self.sounding.clear


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def bell(room: Room) -> AlarmBell:
    return AlarmBell(Sounds(room, TONES))


@pytest.mark.parametrize(("priority", "tone"), [(MEDIUM, AlarmTone.MEDIUM), (HIGH, AlarmTone.HIGH)])
def test_it_goes_on_with_the_tone_of_the_priority_until_there_is_silence(
    room: Room, bell: AlarmBell, priority: AlarmPriority, tone: AlarmTone
) -> None:
    bell.ring(priority)
    assert [each is TONES[tone] for each in room.sounding] == [True]
    bell.ring(None)
    assert room.sounding == []
    assert room.once == []


def test_a_low_one_is_said_once(room: Room, bell: AlarmBell) -> None:
    bell.ring(HIGH)
    bell.ring(LOW)
    assert room.sounding == []
    assert [each is TONES[AlarmTone.LOW] for each in room.once] == [True]


def test_there_is_never_more_than_one_tone(room: Room, bell: AlarmBell) -> None:
    """As in a flood, when the loudest one waiting changes from moment to moment."""
    told = (MEDIUM, HIGH, MEDIUM, HIGH, HIGH, None, MEDIUM)
    for priority in told:
        bell.ring(priority)
        assert len(room.sounding) == (priority is not None)
    assert room.sounding[0] is TONES[AlarmTone.MEDIUM]


def test_its_tones_are_told_apart_by_ear() -> None:
    tones = [TONES[tone] for tone in AlarmTone]
    assert all(len(a) != len(b) for a, b in pairwise(tones))
    assert all(np.abs(tone).max() > 0 for tone in tones)
