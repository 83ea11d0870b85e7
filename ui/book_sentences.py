"""Sentences of the duty log about what the picture keeps in books: alarms, incidents, cases, items, fences, marks."""

from typing import assert_never

from comms.domain import events as ev
from comms.domain.account_events import AccountEvent
from comms.domain.alarm import AlarmPriority
from comms.domain.audit_events import AuditEvent
from comms.domain.case import NOTICES, CaseMoved
from comms.domain.desk_view import DeskViewed
from comms.domain.drill_events import DrillEvent
from comms.domain.duty_events import DutyEvent
from comms.domain.hub_events import HubEvent
from comms.domain.ids import PartyId
from comms.domain.item_events import ItemEvent
from comms.domain.patrol_events import PatrolEvent
from comms.domain.plan_events import PlanEvent
from comms.domain.weather import WeatherEvent, WeatherIssued
from comms.domain.work_order import WorkOrderEvent
from ui.account.sentences import tell_of_account
from ui.drill.sentences import tell_of_drill
from ui.duty.sentences import tell_of_duty
from ui.hub.sentences import tell_of_hub
from ui.item.words import told as told_of_item
from ui.order.work_order_sentences import tell_of_work_order
from ui.patrol.sentences import tell_of_patrol
from ui.plan.sentences import tell_of_plan
from ui.sentence import Names, Sentence, Values, Word
from ui.support.sentences import tell_of_audit
from ui.words import clock_minute

_TONES = {AlarmPriority.HIGH: "danger", AlarmPriority.MEDIUM: "warn", AlarmPriority.LOW: ""}


def tell_of_book(event: ev.BookEvent, actor: PartyId, names: Names) -> Sentence | None:
    if isinstance(event, ev.AlarmEvent):
        return _alarm(event, actor, names)
    if isinstance(event, ev.IncidentEvent):
        return _incident(event, actor, names)
    if isinstance(event, HubEvent):
        return tell_of_hub(event, actor, names)
    if isinstance(event, ItemEvent):
        return _item(event, actor, names)
    if isinstance(event, ev.MarkEvent | WeatherEvent):
        return _on_the_map(event, actor, names)
    if isinstance(event, AccountEvent | DutyEvent | DrillEvent | DeskViewed | AuditEvent):
        return _arranged(event, actor, names)
    if isinstance(event, CaseMoved):
        return _case(event, actor, names)
    if isinstance(event, PlanEvent | PatrolEvent):
        return _planned(event, actor, names)
    if isinstance(event, WorkOrderEvent):
        return tell_of_work_order(event, actor, names)
    return _fence(event, actor, names)


def _planned(event: PlanEvent | PatrolEvent, actor: PartyId, names: Names) -> Sentence | None:
    return tell_of_plan(event, actor, names) if isinstance(event, PlanEvent) else tell_of_patrol(event, actor, names)


def _arranged(
    event: AccountEvent | DutyEvent | DrillEvent | DeskViewed | AuditEvent, actor: PartyId, names: Names
) -> Sentence | None:
    if isinstance(event, AccountEvent):
        return tell_of_account(event, actor, names)
    if isinstance(event, AuditEvent):
        return tell_of_audit(event, actor, names)
    if isinstance(event, DeskViewed):
        return None  # what somebody looked at is for a replay, not for a log
    return tell_of_duty(event, actor, names) if isinstance(event, DutyEvent) else tell_of_drill(event, actor, names)


def _item(event: ItemEvent, actor: PartyId, names: Names) -> Sentence | None:
    told = told_of_item(event, names.party(actor), names.item)
    return Sentence(told[0], told[1], {**told[2]}) if told is not None else None


def _on_the_map(event: ev.MarkEvent | WeatherEvent, actor: PartyId, names: Names) -> Sentence | None:
    return _mark(event, actor, names) if isinstance(event, ev.MarkEvent) else _weather(event, actor, names)


def _incident(event: ev.IncidentEvent, actor: PartyId, names: Names) -> Sentence:
    name = names.party(actor)
    match event:
        case ev.IncidentReported(incident=incident):
            values: Values = {"name": name, "kind": incident.kind, "where": incident.place.text}
            tone = {"critical": "danger", "urgent": "warn"}.get(incident.priority.value, "")
            key = "log.incident_reported_at" if incident.place.text else "log.incident_reported"
            return Sentence(key, "warning", values, tone)
        case ev.IncidentClosed(incident_id=incident_id, outcome=outcome):
            values = {"name": name, "kind": names.incident(incident_id), "outcome": Word(f"outcome.{outcome.value}")}
            return Sentence("log.incident_closed", "check", values)
        case ev.IncidentLinked(incident_id=incident_id, order_id=order_id):
            values = {"name": name, "kind": names.incident(incident_id), "title": names.order(order_id)}
            return Sentence("log.incident_linked", "order", values, order_id=order_id)


def _case(event: CaseMoved, actor: PartyId, names: Names) -> Sentence:
    values: Values = {
        "name": names.party(actor),
        "kind": names.incident(event.incident_id),
        "step": Word(f"case.step.{event.step.value}"),
    }
    tone = "warn" if event.step in NOTICES else ""
    if event.department_id is not None:
        return Sentence("log.case_sent", "check", values | {"department": names.department(event.department_id)})
    if event.opinion:
        return Sentence("log.case_reason", "check", values | {"reason": event.opinion}, tone)
    return Sentence("log.case", "check", values, tone)


def _alarm(event: ev.AlarmEvent, actor: PartyId, names: Names) -> Sentence | None:
    values: Values = {"name": names.party(actor)}
    match event:
        case ev.AlarmRaised(alarm=alarm):
            key, told = names.said(alarm)
            tone = _TONES[alarm.priority]
            return Sentence(key, "warning", {**told}, tone, unit_id=alarm.unit_id, order_id=alarm.order_id)
        case ev.AlarmUpdated() | ev.AlarmCleared():
            return None
        case ev.AlarmAcknowledged(alarm_ids=alarm_ids):
            values |= {"count": len(alarm_ids), "what": names.alarm(alarm_ids[0])}
            return Sentence("log.alarm_acknowledged", "check", values)
        case ev.AlarmShelved(alarm_id=alarm_id, until_at=until_at, reason=reason):
            values |= {"what": names.alarm(alarm_id), "reason": reason, "time": clock_minute(until_at)}
            return Sentence("log.alarm_shelved", "clock", values)
        case ev.AlarmUnshelved(alarm_id=alarm_id):
            return Sentence("log.alarm_unshelved", "clock", values | {"what": names.alarm(alarm_id)})
        case ev.AlarmMarked(alarm_id=alarm_id, false_reason=reason):
            values |= {"what": names.alarm(alarm_id), "reason": reason}
            return Sentence("log.alarm_false" if reason else "log.alarm_not_false", "note", values)
        case _:
            assert_never(event)


def _fence(event: ev.FenceEvent, actor: PartyId, names: Names) -> Sentence:
    values: Values = {"name": names.party(actor)}
    match event:
        case ev.FenceDrawn(fence=fence):
            return Sentence("log.fence_drawn", "grid", values | {"fence": fence.name})
        case ev.FenceChanged(fence=fence):
            key = "log.fence_changed" if fence.is_on else "log.fence_off"
            return Sentence(key, "grid", values | {"fence": fence.name})
        case ev.FenceErased(name=fence_name):
            return Sentence("log.fence_erased", "grid", values | {"fence": fence_name})
        case _:
            assert_never(event)


def _weather(event: WeatherEvent, actor: PartyId, names: Names) -> Sentence:
    issued = isinstance(event, WeatherIssued)
    weather_id = event.alert.id if isinstance(event, WeatherIssued) else event.weather_id
    values: Values = {"name": names.party(actor), "alert": names.weather(weather_id)}
    return Sentence(
        "log.weather_issued" if issued else "log.weather_ended",
        "warning" if issued else "check",
        values,
        "warn" if issued else "",
    )


def _mark(event: ev.MarkEvent, actor: PartyId, names: Names) -> Sentence | None:
    match event:
        case ev.MarkDrawn(mark=mark):
            return Sentence("log.mark_drawn", "place", {"name": names.party(actor), "label": mark.label})
        case ev.MarkChanged():
            return None
        case ev.MarkErased():
            return Sentence("log.mark_erased", "place", {"name": names.party(actor)})
