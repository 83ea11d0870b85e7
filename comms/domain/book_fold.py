"""The fold of what has a book of its own in the picture."""

from typing import TYPE_CHECKING, assert_never

from comms.domain import events as ev
from comms.domain import hub_fold
from comms.domain.account_events import AccountEvent
from comms.domain.audit_events import AuditEvent
from comms.domain.case import CaseLine, CaseMoved
from comms.domain.desk_view import DeskViewed
from comms.domain.drill_events import DrillEvent
from comms.domain.duty_events import DutyEvent
from comms.domain.hub_events import HubEvent
from comms.domain.item_events import ItemEvent
from comms.domain.patrol_events import PatrolEvent
from comms.domain.plan_events import PlanEvent
from comms.domain.states import Change
from comms.domain.weather import WeatherEnded, WeatherEvent, WeatherIssued
from comms.domain.work_order import WorkOrderEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from comms.domain.ids import OfficerId
    from comms.domain.picture import Picture


_Rest = ev.AlarmEvent | CaseMoved | DeskViewed | ev.FenceEvent | ev.MarkEvent | WeatherEvent


def fold(picture: "Picture", event: ev.BookEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
    """What is folded beside the picture, in a book of its own."""
    if isinstance(event, AccountEvent):
        return ()
    if isinstance(event, ev.IncidentEvent | HubEvent):
        return _fold_incident(picture, event, recorded)
    if isinstance(event, ItemEvent):
        return picture.items.apply(event, at=recorded.at, actor=recorded.actor)
    if isinstance(event, DrillEvent):
        return picture.drill.apply(event, at=recorded.at, seq=recorded.seq, actor=recorded.actor)
    if isinstance(event, DutyEvent):
        return picture.duty.apply(event, at=recorded.at, actor=recorded.actor, name_of=_officers(picture))
    if isinstance(event, PlanEvent):
        return picture.plans.apply(event, at=recorded.at, actor=recorded.actor)
    if isinstance(event, PatrolEvent):
        return picture.patrols.apply(event, at=recorded.at)
    if isinstance(event, WorkOrderEvent):
        return picture.work_orders.apply(event, recorded, picture.incidents)
    if isinstance(event, AuditEvent):
        return ()  # of the journal, not of the town
    return _fold_rest(picture, event, recorded)


def _fold_rest(picture: "Picture", event: _Rest, recorded: ev.Recorded) -> tuple[Change, ...]:
    match event:
        case CaseMoved():
            line = CaseLine(at=recorded.at, actor=recorded.actor, move=event)
            return picture.cases.apply(event, incident=picture.incidents.states[event.incident_id], line=line)
        case DeskViewed():
            return picture.desks.apply(event, actor=recorded.actor)
        case (
            ev.FenceDrawn()
            | ev.FenceChanged()
            | ev.FenceErased()
            | ev.MarkDrawn()
            | ev.MarkChanged()
            | ev.MarkErased()
            | WeatherIssued()
            | WeatherEnded()
        ):
            return _on_the_map(picture, event, recorded)
        case _:
            return picture.alarms.apply(event, recorded)


def _on_the_map(
    picture: "Picture", event: ev.FenceEvent | ev.MarkEvent | WeatherEvent, recorded: ev.Recorded
) -> tuple[Change, ...]:
    match event:
        case ev.FenceDrawn(fence=fence) | ev.FenceChanged(fence=fence):
            is_new = fence.id not in picture.fences
            picture.fences[fence.id] = fence
            return (Change("fence", fence.id, is_new),)
        case ev.FenceErased(fence_id=fence_id):
            del picture.fences[fence_id]
            return (Change("fence", fence_id),)
        case ev.MarkDrawn() | ev.MarkChanged() | ev.MarkErased():
            return picture.marks.apply(event, recorded)
        case WeatherIssued() | WeatherEnded():
            weather_id = picture.weather.apply(event, at=recorded.at, actor=recorded.actor)
            return (Change("weather", weather_id, isinstance(event, WeatherIssued)),)
        case _:
            assert_never(event)


def _fold_incident(picture: "Picture", event: ev.IncidentEvent | HubEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
    incidents = picture.incidents
    changes = (
        hub_fold.fold(incidents, event, recorded) if isinstance(event, HubEvent) else incidents.apply(event, recorded)
    )
    picture.work_orders.follow(event, incidents, at=recorded.at)
    for incident_id in incidents.forget_closed():
        picture.cases.forget(incident_id)
    return changes


def _officers(picture: "Picture") -> "Callable[[OfficerId], str]":
    """Names of now, for signatures that keep them."""

    def name(officer_id: "OfficerId") -> str:
        officer = picture.officers.get(officer_id)
        return officer.name if officer is not None else officer_id

    return name
