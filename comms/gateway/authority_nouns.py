"""Where the things lie that commands name: each noun of the policy, found in what the gateway knows."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from comms.domain.ids import BlobId, JurisdictionId, UnitId
from comms.domain.jurisdiction import parent
from comms.domain.officer import ADMINISTRATION
from comms.domain.picture import Picture
from comms.domain.policy import Found, Noun
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.gateway.order_rules import units_to_remind

Finder = Callable[[Gateway, Session, Any], Found | None]


def _in(jurisdiction_id: JurisdictionId | None, *, is_own: bool = False) -> Found:
    return Found(() if jurisdiction_id is None else (jurisdiction_id,), is_own)


# --- units and what they carry --------------------------------------------------------------------------------


def _unit(gateway: Gateway, session: Session, unit_id: Any) -> Found | None:
    state = gateway.picture.units.get(unit_id)
    return _in(state.unit.jurisdiction_id, is_own=unit_id == session.unit_id) if state is not None else None


def _track(gateway: Gateway, session: Session, unit_id: Any) -> Found | None:
    """Units that the picture does not know any more are their root's, which holds everything."""
    nodes = gateway.picture.jurisdictions
    return _unit(gateway, session, unit_id) or Found(tuple(node for node in nodes if parent(node) not in nodes))


def _grid(gateway: Gateway, session: Session, node: Any) -> Found | None:
    return _in(node) if node in gateway.picture.jurisdictions else None


def _officer(gateway: Gateway, session: Session, officer_id: Any) -> Found | None:
    state = gateway.picture.officers.get(officer_id)
    return _in(state.jurisdiction_id, is_own=officer_id == session.officer_id) if state is not None else None


def _talkgroup(gateway: Gateway, session: Session, talkgroup_id: Any) -> Found | None:
    state = gateway.picture.talkgroups.get(talkgroup_id)
    if state is None:
        return None
    is_own = False
    if session.unit_id is not None:
        unit = gateway.picture.units[session.unit_id]
        is_called_in = state.ad_hoc is not None and talkgroup_id in unit.affiliated
        is_own = is_called_in or talkgroup_id in unit.unit.talkgroup_ids
    return _in(state.talkgroup.jurisdiction_id, is_own=is_own)


def _ad_hoc(gateway: Gateway, session: Session, talkgroup_id: Any) -> Found | None:
    state = gateway.picture.talkgroups.get(talkgroup_id)
    return _in(state.talkgroup.jurisdiction_id) if state is not None and state.ad_hoc is not None else None


def _members(gateway: Gateway, session: Session, talkgroup_id: Any) -> Found | None:
    if talkgroup_id not in gateway.picture.talkgroups:
        return None
    nodes = (unit.unit.jurisdiction_id for unit in gateway.picture.units.values() if talkgroup_id in unit.affiliated)
    return Found(tuple(dict.fromkeys(nodes)))


def _call(gateway: Gateway, session: Session, call_id: Any) -> Found | None:
    """Lies where its unit does; a desk that others' answers have silenced is still told that it is answered."""
    sessions = gateway.voice.calls.sessions_of(call_id)
    if sessions is None:
        return None
    units = (each.jurisdiction_id for each in sessions if not each.is_desk)
    return Found(tuple(units), is_own=session in sessions)


def _video(gateway: Gateway, session: Session, video_id: Any) -> Found | None:
    camera = gateway.videos.camera_session(video_id)
    return _in(camera.jurisdiction_id, is_own=camera is session) if camera is not None else None


def _blob(gateway: Gateway, session: Session, blob_id: Any) -> Found:
    """A terminal's are the map and what belongs to its own orders; who only administers is shown the map. Whether it
    is there at all the store says."""
    if session.unit_id is not None:
        return Found(is_own=blob_id in _blobs_of(gateway.picture, session.unit_id))
    officer = gateway.picture.officers.get(session.officer_id) if session.officer_id is not None else None
    is_of_duty = officer is not None and not ADMINISTRATION & frozenset(officer.roles)
    return Found(is_own=is_of_duty or blob_id == gateway.picture.map_blob_id)


def _blobs_of(picture: Picture, unit_id: UnitId) -> Iterator[BlobId]:
    if picture.map_blob_id is not None:
        yield picture.map_blob_id
    for order in picture.orders.values():
        if unit_id in order.assignments:
            yield from order.order.attachments
            for step in order.timeline:
                if step.unit_id == unit_id:
                    yield from step.attachments


# --- work -----------------------------------------------------------------------------------------------------


def _order(gateway: Gateway, session: Session, order_id: Any) -> Found | None:
    order = gateway.picture.orders.get(order_id)
    if order is None:
        return None
    return Found(_nodes(gateway.picture, order.assignments), is_own=session.unit_id in order.assignments)


def _at_work(gateway: Gateway, session: Session, order_id: Any) -> Found | None:
    order = gateway.picture.orders.get(order_id)
    return Found(_nodes(gateway.picture, units_to_remind(order))) if order is not None else None


def _nodes(picture: Picture, unit_ids: Iterable[UnitId]) -> tuple[JurisdictionId, ...]:
    return tuple(dict.fromkeys(picture.units[each].unit.jurisdiction_id for each in unit_ids if each in picture.units))


def _incident(gateway: Gateway, session: Session, incident_id: Any) -> Found | None:
    state = gateway.picture.incidents.states.get(incident_id)
    return _in(state.incident.jurisdiction_id) if state is not None else None


def _quarantined(gateway: Gateway, session: Session, incident_id: Any) -> Found | None:
    """Where it belongs is not known yet: whose ground is the source's, or holds it, may look after it."""
    orders = gateway.picture.work_orders
    held = orders.quarantine.get(incident_id)
    return _in(orders.sources[held.order.origin.source].jurisdiction_id) if held is not None else None


def _plan_run(gateway: Gateway, session: Session, run_id: Any) -> Found | None:
    run = gateway.picture.plans.runs.get(run_id)
    return _in(run.jurisdiction_id) if run is not None else None


def _item(gateway: Gateway, session: Session, item_id: Any) -> Found | None:
    state = gateway.picture.items.states.get(item_id)
    return _in(state.item.jurisdiction_id) if state is not None else None


# --- the ground -------------------------------------------------------------------------------------------------


def _mark(gateway: Gateway, session: Session, mark_id: Any) -> Found | None:
    state = gateway.picture.marks.states.get(mark_id)
    return _in(state.mark.jurisdiction_id) if state is not None else None


def _fence(gateway: Gateway, session: Session, fence_id: Any) -> Found | None:
    fence = gateway.picture.fences.get(fence_id)
    return _in(fence.jurisdiction_id) if fence is not None else None


def _weather(gateway: Gateway, session: Session, weather_id: Any) -> Found | None:
    state = gateway.picture.weather.states.get(weather_id)
    return _in(state.alert.jurisdiction_id) if state is not None else None


def _alarm(gateway: Gateway, session: Session, alarm_id: Any) -> Found | None:
    state = gateway.picture.alarms.states.get(alarm_id)
    return _in(state.alarm.jurisdiction_id) if state is not None else None


def _question(gateway: Gateway, session: Session, question_id: Any) -> Found | None:
    question = gateway.picture.patrols.questions.get(question_id)
    return _in(question.jurisdiction_id) if question is not None else None


def _patrol_plan(gateway: Gateway, session: Session, plan_id: Any) -> Found | None:
    state = gateway.picture.patrols.plans.get(plan_id)
    return _in(state.plan.jurisdiction_id) if state is not None else None


def _patrol_place(gateway: Gateway, session: Session, place_id: Any) -> Found | None:
    place = gateway.patrols.table.place(place_id)
    return _in(JurisdictionId(place.jurisdiction_id)) if place is not None else None


def _visit(gateway: Gateway, session: Session, visit_id: Any) -> Found | None:
    visit = gateway.picture.patrols.visits.get(visit_id)
    return Found(is_own=visit.unit_id == session.unit_id) if visit is not None else None


# --- duty -------------------------------------------------------------------------------------------------------


def _post(gateway: Gateway, session: Session, post_id: Any) -> Found | None:
    post = gateway.picture.duty.posts.get(post_id)
    return _in(post.jurisdiction_id) if post is not None else None


def _shift(gateway: Gateway, session: Session, shift_id: Any) -> Found | None:
    state = gateway.picture.duty.shifts.get(shift_id)
    return _post(gateway, session, state.shift.post_id) if state is not None else None


def _swap(gateway: Gateway, session: Session, swap_id: Any) -> Found | None:
    swap = gateway.picture.duty.swaps.get(swap_id)
    return Found(is_own=session.officer_id in (swap.to, swap.asked_by)) if swap is not None else None


def _handover(gateway: Gateway, session: Session, handover_id: Any) -> Found | None:
    state = gateway.picture.duty.handovers.get(handover_id)
    return _post(gateway, session, state.post_id) if state is not None else None


FINDERS: dict[Noun, Finder] = {
    Noun.UNIT: _unit,
    Noun.MEMBERS: _members,
    Noun.TRACK: _track,
    Noun.GRID: _grid,
    Noun.OFFICER: _officer,
    Noun.TALKGROUP: _talkgroup,
    Noun.AD_HOC: _ad_hoc,
    Noun.CALL: _call,
    Noun.VIDEO: _video,
    Noun.ORDER: _order,
    Noun.AT_WORK: _at_work,
    Noun.INCIDENT: _incident,
    Noun.QUARANTINED: _quarantined,
    Noun.ITEM: _item,
    Noun.POST: _post,
    Noun.SHIFT: _shift,
    Noun.SWAP: _swap,
    Noun.HANDOVER: _handover,
    Noun.QUESTION: _question,
    Noun.PATROL_PLAN: _patrol_plan,
    Noun.PATROL_PLACE: _patrol_place,
    Noun.VISIT: _visit,
    Noun.MARK: _mark,
    Noun.FENCE: _fence,
    Noun.WEATHER: _weather,
    Noun.PLAN_RUN: _plan_run,
    Noun.ALARM: _alarm,
    Noun.BLOB: _blob,
}
"""One for every noun of the policy."""
