"""Weather alerts: what makes one whole, when it holds, and what is kept of those that are over."""

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import JurisdictionId, PartyId, WeatherId
from comms.domain.order import JurisdictionTarget
from comms.domain.picture import Picture
from comms.domain.states import Change
from comms.domain.weather import (
    KEPT_OVER,
    LONGEST_S,
    WeatherAlert,
    WeatherArea,
    WeatherEnded,
    WeatherFault,
    WeatherIssued,
    WeatherKind,
    WeatherLevel,
    weather_fault,
)

TOWN = JurisdictionId("900000/s01")
OFFICER = PartyId("officer:duty")
RING = ((23.0, 113.7), (23.0, 113.71), (23.01, 113.71), (23.01, 113.7))
ALERT = WeatherAlert(
    id=WeatherId("w1"),
    kind=WeatherKind.RAINSTORM,
    level=WeatherLevel.ORANGE,
    jurisdiction_id=TOWN,
    area=PolygonTarget(corners=RING),
    rings=(RING,),
    from_at=100.0,
    until_at=200.0,
)


def fold(picture: Picture, event: ev.Event, at: float) -> tuple[Change, ...]:
    return picture.apply(ev.Recorded(seq=picture.seq + 1, at=at, actor=OFFICER, event=event))


def test_from_issue_to_end() -> None:
    picture = Picture()
    assert fold(picture, WeatherIssued(alert=ALERT), 50.0) == (Change("weather", "w1", True),)
    state = picture.weather.states[ALERT.id]
    assert (state.issued_by, state.issued_at) == (OFFICER, 50.0)
    stands = [(at, state.is_standing(at), state.is_in_force(at)) for at in (50.0, 100.0, 199.0, 200.0)]
    assert stands == [(50.0, True, False), (100.0, True, True), (199.0, True, True), (200.0, False, False)]
    assert picture.weather.standing(150.0) == [state]
    assert fold(picture, WeatherEnded(weather_id=ALERT.id), 150.0) == (Change("weather", "w1"),)
    assert (state.ended_at, state.ended_by) == (150.0, OFFICER)
    assert picture.weather.standing(150.0) == []


def test_only_the_newest_that_are_over_are_kept_and_every_one_that_stands() -> None:
    picture = Picture()
    fold(picture, WeatherIssued(alert=msgspec.structs.replace(ALERT, id=WeatherId("long"), until_at=9e9)), 0.0)
    for number in range(KEPT_OVER + 2):
        fold(picture, WeatherIssued(alert=msgspec.structs.replace(ALERT, id=WeatherId(f"w{number}"))), 300.0)
    assert len(picture.weather.states) == KEPT_OVER + 1
    assert {"long", "w2"} <= picture.weather.states.keys()
    assert "w1" not in picture.weather.states


CROSSED = PolygonTarget(corners=(RING[0], RING[2], RING[1], RING[3]))


@pytest.mark.parametrize(
    ("area", "from_at", "until_at", "fault"),
    [
        (ALERT.area, 100.0, 200.0, None),
        (JurisdictionTarget(TOWN), 100.0, 200.0, None),
        (PolygonTarget(corners=RING[:2]), 100.0, 200.0, WeatherFault.BAD_AREA),
        (CROSSED, 100.0, 200.0, WeatherFault.BAD_AREA),
        (ALERT.area, 100.0, 100.0, WeatherFault.BAD_TIMES),
        (ALERT.area, float("nan"), 200.0, WeatherFault.BAD_TIMES),
        (ALERT.area, 0.0, LONGEST_S + 1, WeatherFault.BAD_TIMES),
        (ALERT.area, 10.0, 50.0, WeatherFault.OVER_ALREADY),
    ],
)
def test_what_cannot_be_issued(area: WeatherArea, from_at: float, until_at: float, fault: WeatherFault | None) -> None:
    assert weather_fault(area=area, from_at=from_at, until_at=until_at, now=60.0) is fault
