"""The fold of ad-hoc talkgroups: they come and go, and their units' affiliations with them."""

from collections.abc import Iterable
from typing import assert_never

from comms.domain import events as ev
from comms.domain.ad_hoc import AdHoc
from comms.domain.ids import TalkgroupId, UnitId
from comms.domain.states import Change, TalkgroupState, UnitState
from comms.domain.talkgroup import Talkgroup

KEPT_DISSOLVED = 200


def fold(
    talkgroups: dict[TalkgroupId, TalkgroupState],
    units: dict[UnitId, UnitState],
    dissolved: dict[TalkgroupId, Talkgroup],
    event: ev.AdHocEvent,
    recorded: ev.Recorded,
) -> tuple[Change, ...]:
    """Raises KeyError for a talkgroup or unit that is not there."""
    match event:
        case ev.TalkgroupFormed(talkgroup=group):
            called = _call_in(units, group.id, event.unit_ids)
            ad_hoc = AdHoc(
                area=event.area,
                formed_by=recorded.actor,
                formed_at=recorded.at,
                unit_ids=list(event.unit_ids),
                is_following_area=event.is_following_area,
            )
            talkgroups[group.id] = TalkgroupState(talkgroup=group, ad_hoc=ad_hoc)
            return (Change("talkgroup", group.id, True), *called)
        case ev.TalkgroupJoined():
            ad_hoc = _ad_hoc(talkgroups, event.talkgroup_id)
            called = _call_in(units, event.talkgroup_id, event.unit_ids)
            ad_hoc.unit_ids.extend(event.unit_ids)
            return (Change("talkgroup", event.talkgroup_id), *called)
        case ev.TalkgroupFollowSet():
            _ad_hoc(talkgroups, event.talkgroup_id).is_following_area = event.is_following_area
            return (Change("talkgroup", event.talkgroup_id),)
        case ev.TalkgroupDissolved():
            return _dissolve(talkgroups, units, dissolved, event.talkgroup_id)
        case _:
            assert_never(event)


def _ad_hoc(talkgroups: dict[TalkgroupId, TalkgroupState], talkgroup_id: TalkgroupId) -> AdHoc:
    ad_hoc = talkgroups[talkgroup_id].ad_hoc
    if ad_hoc is None:
        raise KeyError(talkgroup_id)
    return ad_hoc


def _call_in(
    units: dict[UnitId, UnitState], talkgroup_id: TalkgroupId, unit_ids: Iterable[UnitId]
) -> tuple[Change, ...]:
    """Its first talkgroup is the selected one: the call comes before what the unit had."""
    states = [units[unit_id] for unit_id in unit_ids]
    for state in states:
        state.affiliated = (talkgroup_id, *state.affiliated)
    return tuple(Change("unit", state.unit.id) for state in states)


def _dissolve(
    talkgroups: dict[TalkgroupId, TalkgroupState],
    units: dict[UnitId, UnitState],
    dissolved: dict[TalkgroupId, Talkgroup],
    talkgroup_id: TalkgroupId,
) -> tuple[Change, ...]:
    ad_hoc = _ad_hoc(talkgroups, talkgroup_id)
    dissolved[talkgroup_id] = talkgroups.pop(talkgroup_id).talkgroup
    while len(dissolved) > KEPT_DISSOLVED:
        del dissolved[next(iter(dissolved))]
    for unit_id in ad_hoc.unit_ids:
        state = units[unit_id]
        state.affiliated = tuple(held for held in state.affiliated if held != talkgroup_id)
    return (Change("talkgroup", talkgroup_id), *(Change("unit", unit_id) for unit_id in ad_hoc.unit_ids))
