"""Whether one event is what an expectation looks for. Pure; `expectation_watch` keeps what was found."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain import expectation as ex
from comms.domain.case import FINAL, CaseMoved
from comms.domain.drill_book import DrillState, FiredInject
from comms.domain.fence import Fence, FenceCircle
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import IncidentId, ItemId, OfficerId, PartyId, UnitId, party_officer, party_unit, unit_party
from comms.domain.inject import ActorId
from comms.domain.mark import Mark
from comms.domain.order import OPEN_STATES, Order, Place
from comms.domain.picture import Picture
from comms.domain.plan_book import PlanRun
from comms.domain.plan_events import PlanStarted, PlanStepTaken
from comms.domain.position import distance_m

NEAR_M = 1_000.0
"""How far from an inject that made no incident something may lie and still be about it; our own figure, `Drawn`'s."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What an event is looked at with: the picture after it, and the inject that the expectation counts from."""

    picture: Picture
    drill: DrillState
    fired: FiredInject
    nearest: Callable[[Place, float, int], Sequence[UnitId]] | None = None

    def made(self, noun: str) -> frozenset[str]:
        return frozenset(made.id for made in self.fired.made if made.noun == noun)

    def is_its(self, incident_id: IncidentId | None, place: Place | None = None) -> bool:
        """The inject's incident, or the one that carries it. Where the inject made none: what lies near it, at `place`
        or where the incident is; anything, where nobody knows where the inject was."""
        own = self.made("incident")
        states = self.picture.incidents.states
        if not own:
            state = states.get(incident_id) if incident_id is not None else None
            return self._is_near(place or (state.incident.place if state is not None else None))
        if incident_id is None:
            return False
        carried = {state.merge.into for one in own if (state := states.get(IncidentId(one))) and state.merge}
        return incident_id in own or incident_id in carried

    @property
    def is_anything_its(self) -> bool:
        """It made no incident, and nobody knows where it was."""
        return self.place is None and not self.made("incident")

    def _is_near(self, place: Place | None) -> bool:
        here = self.place
        if here is None:
            return True
        return (
            place is not None and distance_m(lat_a=here.lat, lon_a=here.lon, lat_b=place.lat, lon_b=place.lon) <= NEAR_M
        )

    def units_of(self, actor: ActorId) -> tuple[UnitId, ...]:
        return self.drill.cast.get(actor, ())

    @property
    def place(self) -> Place | None:
        """Where the inject happened, as far as it is known."""
        if self.fired.place is not None:
            return self.fired.place
        for incident_id in sorted(self.made("incident")):
            state = self.picture.incidents.states.get(IncidentId(incident_id))
            if state is not None:
                return state.incident.place
        return None


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """It counts. Not `is_whole`: more of the kind is needed. `officer` is who did it, where another recorded it."""

    is_whole: bool = True
    unit_ids: tuple[UnitId, ...] = ()
    earlier: tuple[int, ...] = ()
    officer: OfficerId | None = None
    is_nearest_known: bool = True
    is_place_known: bool = True


def matched(what: ex.Seen, recorded: ev.Recorded, sight: Sight, before: tuple[UnitId, ...] = ()) -> Match | None:
    """None: it has nothing to do with it. `before` are units that counted already."""
    event = recorded.event
    match what:
        case ex.OrderSent() | ex.RightUnit():
            return _ordered(what, recorded, sight, before)
        case ex.TalkgroupCalled() | ex.CallAnswered() | ex.UnitCalled() | ex.VideoOpened():
            return _communicated(what, event, sight)
        case ex.PlanBegun():
            return _planned(what, event, sight)
        case ex.Acknowledged() | ex.CaseStepped() | ex.Merged() | ex.Closed():
            return _of_incident(what, event, sight)
        case ex.AlarmSeen():
            return _alarm(what, event, sight)
        case ex.Drawn():
            return _drawn(what, event, sight)
        case ex.Noted():
            return _noted(what, event)
        case _:
            assert_never(what)


def _found(is_found: bool) -> Match | None:
    return Match() if is_found else None


# --- orders -------------------------------------------------------------------------------------------------


def _ordered(
    what: ex.OrderSent | ex.RightUnit, recorded: ev.Recorded, sight: Sight, before: tuple[UnitId, ...]
) -> Match | None:
    if not isinstance(recorded.event, ev.OrderIssued):
        return None
    order = recorded.event.order
    is_its = sight.is_its(order.incident_id, order.place)
    if isinstance(what, ex.RightUnit):
        return _right(what, order, sight) if is_its or not sight.made("incident") else None
    if not is_its:
        return None
    if what.items and not _is_of_item(what.items, order.item_id, sight):
        return None
    counted, is_known = order.unit_ids, True
    if what.nearest is not None:
        counted, is_known = _near(what.nearest, order, recorded.at, sight)
    if not counted:
        return None
    is_whole = len({*before, *counted}) >= what.units
    is_told = not sight.is_anything_its
    return Match(is_whole=is_whole, unit_ids=counted, is_nearest_known=is_known, is_place_known=is_told)


def _right(what: ex.RightUnit, order: Order, sight: Sight) -> Match | None:
    """Whose unit it is says what the order was for, wherever it went."""
    right = tuple(unit_id for unit_id in order.unit_ids if _is_right(what, unit_id, sight))
    return Match(unit_ids=right) if right else None


def _is_right(what: ex.RightUnit, unit_id: UnitId, sight: Sight) -> bool:
    state = sight.picture.units.get(unit_id)
    has_skill = state is not None and not set(what.skills).isdisjoint(state.unit.skills)
    return has_skill or any(unit_id in sight.units_of(actor) for actor in what.actors)


def _is_of_item(items: tuple[str, ...], item_id: ItemId | None, sight: Sight) -> bool:
    if item_id is None:
        return False
    state = sight.picture.items.states.get(item_id)
    return item_id in items or (state is not None and state.item.name in items)


def _near(count: int, order: Order, at: float, sight: Sight) -> tuple[tuple[UnitId, ...], bool]:
    """Those of its units who were among the nearest that had nothing else to do, and whether that could be asked."""
    place = order.place or sight.place
    if sight.nearest is None or place is None:
        return order.unit_ids, False
    busy = _with_other_work(order, sight.picture)
    near = (unit_id for unit_id in sight.nearest(place, at, count + len(busy)) if unit_id not in busy)
    best = set(islice(near, count))
    return tuple(unit_id for unit_id in order.unit_ids if unit_id in best), True


def _with_other_work(order: Order, picture: Picture) -> set[UnitId]:
    others = (state for order_id, state in picture.orders.items() if order_id != order.id)
    return {unit_id for state in others for unit_id, stage in state.assignments.items() if stage in OPEN_STATES}


# --- calls and video ----------------------------------------------------------------------------------------


def _communicated(
    what: ex.TalkgroupCalled | ex.CallAnswered | ex.UnitCalled | ex.VideoOpened, event: ev.Event, sight: Sight
) -> Match | None:
    match what:
        case ex.TalkgroupCalled():
            return _talked(what, event, sight)
        case ex.VideoOpened():
            if not isinstance(event, ev.VideoWatched):
                return None
            video = sight.picture.videos.get(event.video_id)
            is_its = video is not None and (what.actor is None or video.video.unit_id in sight.units_of(what.actor))
            return Match(officer=event.officer_id) if is_its else None
        case ex.CallAnswered():
            return _answered(event, sight)
        case ex.UnitCalled():
            return _called(what, event, sight)
        case _:
            assert_never(what)


def _talked(what: ex.TalkgroupCalled, event: ev.Event, sight: Sight) -> Match | None:
    if not isinstance(event, ev.TalkStarted):
        return None
    officer, group = party_officer(event.talker), sight.picture.talkgroups.get(event.talkgroup_id)
    if officer is None or group is None or (what.is_ad_hoc and group.ad_hoc is None):
        return None
    is_it = what.talkgroup is None or what.talkgroup in (group.talkgroup.id, group.talkgroup.name)
    return Match(officer=officer) if is_it else None


def _answered(event: ev.Event, sight: Sight) -> Match | None:
    """The call the inject made; where that is not told, one of a unit that nobody of the desk began."""
    if not isinstance(event, ev.CallAnswered):
        return None
    state = sight.picture.calls.get(event.call_id)
    if state is None or party_unit(state.call.caller) is None:
        return None
    officer = None if state.call.callee is None else party_officer(state.call.callee)
    own = sight.made("call")
    return Match(officer=officer) if not own or event.call_id in own else None


def _called(what: ex.UnitCalled, event: ev.Event, sight: Sight) -> Match | None:
    if not isinstance(event, ev.CallAnswered):
        return None
    state = sight.picture.calls.get(event.call_id)
    parties: set[PartyId | None] = {unit_party(unit_id) for unit_id in sight.units_of(what.actor)}
    if state is None or state.call.callee not in parties:
        return None
    return Match(officer=party_officer(state.call.caller))


# --- plans, incidents, alarms -------------------------------------------------------------------------------


def _planned(what: ex.PlanBegun, event: ev.Event, sight: Sight) -> Match | None:
    if not isinstance(event, PlanStarted | PlanStepTaken):
        return None
    run = sight.picture.plans.runs.get(event.run_id)
    if run is None or not sight.is_its(run.incident_id) or what.plan not in (None, run.plan.id):
        return None
    if what.steps is None:
        return _found(isinstance(event, PlanStarted))
    return Match(is_whole=_settled(run) >= what.steps)


def _settled(run: PlanRun) -> int:
    return sum(state.is_settled for _, state in run.parts())


def _of_incident(
    what: ex.Acknowledged | ex.CaseStepped | ex.Merged | ex.Closed, event: ev.Event, sight: Sight
) -> Match | None:
    match what:
        case ex.Acknowledged():
            return _found(_is_taken_up(event, sight))
        case ex.CaseStepped():
            return _found(isinstance(event, CaseMoved) and event.step is what.step and sight.is_its(event.incident_id))
        case ex.Merged():
            is_its = isinstance(event, IncidentMerged) and (sight.is_its(event.incident_id) or sight.is_its(event.into))
            return _found(is_its)
        case ex.Closed():
            is_over = isinstance(event, ev.IncidentClosed) or (isinstance(event, CaseMoved) and event.stage in FINAL)
            return _found(is_over and sight.is_its(getattr(event, "incident_id", None)))
        case _:
            assert_never(what)


def _is_taken_up(event: ev.Event, sight: Sight) -> bool:
    """Whoever acts upon an incident has taken note of it."""
    match event:
        case IncidentAcknowledged() | IncidentMerged() | CaseMoved() | ev.IncidentClosed() | PlanStarted():
            return sight.is_its(event.incident_id)
        case ev.OrderIssued(order=order):
            return sight.is_its(order.incident_id)
        case _:
            return False


def _alarm(what: ex.AlarmSeen, event: ev.Event, sight: Sight) -> Match | None:
    if not isinstance(event, ev.AlarmAcknowledged):
        return None
    own = sight.made("alarm")
    if own:
        return _found(not own.isdisjoint(event.alarm_ids))
    kinds = {alarm_id.partition("/")[0] for alarm_id in event.alarm_ids}
    return _found(what.kind is None or what.kind.value in kinds)


def _drawn(what: ex.Drawn, event: ev.Event, sight: Sight) -> Match | None:
    match event:
        case ev.MarkDrawn(mark=mark):
            corners = _corners(mark)
        case ev.FenceDrawn(fence=fence):
            corners = _corners(fence)
        case _:
            return None
    place = sight.place
    if place is None:
        return Match()
    away = (distance_m(lat_a=place.lat, lon_a=place.lon, lat_b=lat, lon_b=lon) for lat, lon in corners)
    return _found(min(away, default=0.0) <= what.within_m)


def _corners(drawn: Mark | Fence) -> tuple[tuple[float, float], ...]:
    """Of a fence that is everywhere: none."""
    if isinstance(drawn, Mark):
        return drawn.points
    if drawn.shape is None:
        return ()
    return ((drawn.shape.lat, drawn.shape.lon),) if isinstance(drawn.shape, FenceCircle) else drawn.shape.ring


def _noted(what: ex.Noted, event: ev.Event) -> Match | None:
    if not isinstance(event, ev.NoteAdded):
        return None
    said = event.text.casefold()
    return _found(not what.words or any(word.casefold() in said for word in what.words))
