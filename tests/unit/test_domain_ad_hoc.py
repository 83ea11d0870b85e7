"""Ad-hoc talkgroups: their fold takes units in and lets them go, and leaves no trace but a name."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.ad_hoc import (
    LARGEST_RADIUS_M,
    MOST_GROUPS,
    AdHoc,
    AdHocEnd,
    AreaTarget,
    PolygonTarget,
    is_area,
)
from comms.domain.ad_hoc_fold import KEPT_DISSOLVED
from comms.domain.ids import GATEWAY, PartyId, TalkgroupId, UnitId, officer_party
from comms.domain.order import CircleTarget, UnitsTarget
from comms.domain.picture import Change, Picture
from comms.domain.talkgroup import Talkgroup
from comms.gateway.ad_hoc_rules import has_too_many, members, newcomers
from comms.gateway.restart import restart_events
from comms.protocol.errors import RefusalCode
from tests.support.gateway import NORTH, NORTH_DUTY, NORTH_GROUP, S1, SOUTH, SOUTH_GROUP, U1, U2, U3
from tests.unit.test_gateway_order_rules import town_picture

OFFICER = officer_party(NORTH_DUTY)
AREA = TalkgroupId("area-1")
CIRCLE = CircleTarget(lat=23.0, lon=113.7, radius_m=300.0)
SQUARE = PolygonTarget(corners=((23.0, 113.7), (23.1, 113.7), (23.1, 113.8), (23.0, 113.8)))


def apply(picture: Picture, *events: ev.Event, actor: PartyId = OFFICER) -> tuple[Change, ...]:
    changes: tuple[Change, ...] = ()
    for event in events:
        changes = picture.apply(ev.Recorded(seq=picture.seq + 1, at=50.0, actor=actor, event=event))
    return changes


def online_town(*unit_ids: UnitId) -> Picture:
    picture = town_picture()
    apply(picture, *(ev.TerminalConnected(unit_id=unit_id) for unit_id in unit_ids))
    return picture


def formed(*unit_ids: UnitId, talkgroup_id: TalkgroupId = AREA, is_following: bool = False) -> ev.TalkgroupFormed:
    group = Talkgroup(id=talkgroup_id, name="圈呼", jurisdiction_id=NORTH, is_ad_hoc=True)
    return ev.TalkgroupFormed(talkgroup=group, area=CIRCLE, unit_ids=unit_ids, is_following_area=is_following)


def test_its_units_are_in_it_first_and_back_in_what_they_had_afterwards() -> None:
    picture = online_town(U1, U2)
    before = {unit_id: picture.units[unit_id].affiliated for unit_id in (U1, U2, U3)}
    changes = apply(picture, formed(U1, U2))
    assert changes == (Change("talkgroup", AREA, True), Change("unit", U1), Change("unit", U2))
    ad_hoc = picture.talkgroups[AREA].ad_hoc
    assert ad_hoc == AdHoc(area=CIRCLE, formed_by=OFFICER, formed_at=50.0, unit_ids=[U1, U2])
    assert picture.units[U1].affiliated == (AREA, *before[U1])
    apply(picture, ev.AffiliationChanged(unit_id=U1, talkgroup_ids=(SOUTH_GROUP, AREA, NORTH_GROUP)))
    assert apply(picture, ev.TalkgroupJoined(talkgroup_id=AREA, unit_ids=(U3,)), actor=GATEWAY) == (
        Change("talkgroup", AREA),
        Change("unit", U3),
    )
    changes = apply(picture, ev.TalkgroupDissolved(talkgroup_id=AREA, end=AdHocEnd.ENDED))
    assert changes == (Change("talkgroup", AREA), *(Change("unit", unit_id) for unit_id in (U1, U2, U3)))
    assert picture.units[U1].affiliated == (SOUTH_GROUP, NORTH_GROUP), "what he chose meanwhile stays chosen"
    assert picture.units[U2].affiliated == before[U2]
    assert picture.units[U3].affiliated == before[U3]
    assert AREA not in picture.talkgroups
    assert picture.dissolved[AREA].name == "圈呼"


def test_following_is_switched() -> None:
    picture = online_town(U1)
    apply(picture, formed(U1))
    switched = ev.TalkgroupFollowSet(talkgroup_id=AREA, is_following_area=True)
    assert apply(picture, switched) == (Change("talkgroup", AREA),)
    ad_hoc = picture.talkgroups[AREA].ad_hoc
    assert ad_hoc is not None
    assert ad_hoc.is_following_area


@pytest.mark.parametrize("talkgroup_id", [TalkgroupId("nowhere"), NORTH_GROUP])
def test_only_ad_hoc_talkgroups_are_joined_and_dissolved(talkgroup_id: TalkgroupId) -> None:
    for event in (
        ev.TalkgroupJoined(talkgroup_id=talkgroup_id, unit_ids=(U1,)),
        ev.TalkgroupDissolved(talkgroup_id=talkgroup_id, end=AdHocEnd.ENDED),
    ):
        with pytest.raises(KeyError):
            apply(online_town(U1), event)


def test_only_the_newest_names_of_what_is_gone_are_kept() -> None:
    picture = online_town(U1)
    for number in range(KEPT_DISSOLVED + 2):
        talkgroup_id = TalkgroupId(f"area-{number}")
        gone = ev.TalkgroupDissolved(talkgroup_id=talkgroup_id, end=AdHocEnd.INACTIVE)
        apply(picture, formed(U1, talkgroup_id=talkgroup_id), gone)
    assert len(picture.dissolved) == KEPT_DISSOLVED
    assert TalkgroupId("area-1") not in picture.dissolved


def test_a_restart_ends_them_all() -> None:
    picture = online_town(U1, U2)
    apply(picture, formed(U1, U2))
    apply(picture, *restart_events(picture), actor=GATEWAY)
    assert AREA not in picture.talkgroups
    assert AREA not in picture.units[U1].affiliated


STEPS = st.lists(
    st.tuples(st.sampled_from(["form", "join", "end", "choose"]), st.integers(0, 3), st.sampled_from([U1, U2, U3, S1]))
)


@given(steps=STEPS)
def test_whatever_happens_what_a_unit_had_of_its_own_is_what_it_has_in_the_end(
    steps: list[tuple[str, int, UnitId]],
) -> None:
    picture = online_town(U1, U2, U3, S1)
    own = {unit_id: picture.units[unit_id].affiliated for unit_id in (U1, U2, U3, S1)}
    for what, number, unit_id in steps:
        talkgroup_id = TalkgroupId(f"area-{number}")
        group = picture.talkgroups.get(talkgroup_id)
        if what == "form" and group is None:
            apply(picture, formed(unit_id, talkgroup_id=talkgroup_id))
        elif what == "join" and group is not None and group.ad_hoc and unit_id not in group.ad_hoc.unit_ids:
            apply(picture, ev.TalkgroupJoined(talkgroup_id=talkgroup_id, unit_ids=(unit_id,)))
        elif what == "end" and group is not None:
            apply(picture, ev.TalkgroupDissolved(talkgroup_id=talkgroup_id, end=AdHocEnd.ENDED))
        elif what == "choose":
            held = picture.units[unit_id].affiliated
            apply(picture, ev.AffiliationChanged(unit_id=unit_id, talkgroup_ids=held[::-1]))
    for unit_id, state in picture.units.items():
        called = {key for key, group in picture.talkgroups.items() if group.ad_hoc and unit_id in group.ad_hoc.unit_ids}
        assert {held for held in state.affiliated if held not in own[unit_id]} == called
        assert {held for held in state.affiliated if held not in called} == set(own[unit_id])
    copy = msgspec.json.decode(msgspec.json.encode(picture), type=Picture)
    assert copy == picture


# --- the rules ----------------------------------------------------------------------------------------


def inside(*unit_ids: UnitId) -> "list[UnitId]":
    return list(unit_ids)


def test_an_area_reaches_online_units_of_the_jurisdiction() -> None:
    picture = online_town(U1, U2, S1)
    for area in (CIRCLE, SQUARE):
        found = members(area, picture, jurisdiction_id=NORTH, inside=lambda _: inside(U1, U2, U3, S1))
        assert found == (U1, U2), "U3 is offline, S1 is the neighbour's"
        nobody = members(area, picture, jurisdiction_id=NORTH, inside=lambda _: inside(S1, U3))
        assert nobody is RefusalCode.NO_UNITS


@pytest.mark.parametrize(
    ("unit_ids", "found"),
    [
        ((U1, U1, U3), (U1,)),
        ((U3,), RefusalCode.UNREACHABLE),
        ((), RefusalCode.NO_UNITS),
        ((U1, UnitId("nobody")), RefusalCode.NOT_FOUND),
    ],
)
def test_named_units(unit_ids: tuple[UnitId, ...], found: object) -> None:
    picture = online_town(U1, S1)
    assert members(UnitsTarget(unit_ids), picture, jurisdiction_id=NORTH, inside=lambda _: ()) == found


@pytest.mark.parametrize(
    "area",
    [
        CircleTarget(lat=23.0, lon=113.7, radius_m=0.0),
        CircleTarget(lat=23.0, lon=113.7, radius_m=LARGEST_RADIUS_M * 2),
        CircleTarget(lat=91.0, lon=113.7, radius_m=10.0),
        PolygonTarget(corners=((23.0, 113.7), (23.1, 113.7))),
        PolygonTarget(corners=((23.0, 113.7), (23.1, 113.7), (23.1, 181.0))),
    ],
)
def test_what_is_no_area_is_refused(area: AreaTarget) -> None:
    assert not is_area(area)
    found = members(area, online_town(U1), jurisdiction_id=NORTH, inside=lambda _: inside(U1))
    assert found is RefusalCode.MALFORMED


def test_newcomers_are_called_once_and_only_where_the_area_is_followed() -> None:
    picture = online_town(U1, U2, S1)
    apply(picture, formed(U1, is_following=True))
    ad_hoc = picture.talkgroups[AREA].ad_hoc
    assert ad_hoc is not None
    everybody = lambda _: inside(U1, U2, U3, S1)  # noqa: E731
    assert newcomers(ad_hoc, picture, jurisdiction_id=NORTH, inside=everybody) == (U2,)
    assert newcomers(ad_hoc, picture, jurisdiction_id=SOUTH, inside=everybody) == (S1,)
    ad_hoc.unit_ids.append(U2)
    assert newcomers(ad_hoc, picture, jurisdiction_id=NORTH, inside=everybody) == ()
    ad_hoc.unit_ids.remove(U2)
    ad_hoc.is_following_area = False
    assert newcomers(ad_hoc, picture, jurisdiction_id=NORTH, inside=everybody) == ()
    ad_hoc.is_following_area, ad_hoc.area = True, UnitsTarget((U1,))
    assert newcomers(ad_hoc, picture, jurisdiction_id=NORTH, inside=everybody) == ()


def test_one_officer_has_so_many_at_once() -> None:
    picture = online_town(U1)
    for number in range(MOST_GROUPS):
        assert not has_too_many(picture, OFFICER)
        apply(picture, formed(U1, talkgroup_id=TalkgroupId(f"area-{number}")))
    assert has_too_many(picture, OFFICER)
    assert not has_too_many(picture, PartyId(officer_party(NORTH_DUTY).replace("north", "admin")))
