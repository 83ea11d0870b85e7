"""The duty log that writes itself: one plain sentence for each event an officer would want to read.

A sentence is kept as a key and its values, named when it happened; so it reads right in either language later,
even when the call or unit it tells of is long forgotten.
"""

from dataclasses import dataclass, field
from typing import assert_never

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmPriority
from comms.domain.ids import (
    AlarmId,
    BlobId,
    CallId,
    IncidentId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
    WeatherId,
    unit_party,
)
from comms.domain.unit import UnitStatus
from comms.domain.weather import WeatherEvent, WeatherIssued
from console.store.store import Store
from ui.alarm_words import Said, said, sentence
from ui.text import Texts
from ui.weather_words import weather_name
from ui.words import clock_minute, duration, party_name


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is itself a text of the catalogue."""

    key: str


_TOLD_STATUSES = frozenset({UnitStatus.BUSY, UnitStatus.OUT_OF_SERVICE})
"""The others follow from orders, which are told anyway."""
Values = dict[str, str | int | Word]
_TONES = {AlarmPriority.HIGH: "danger", AlarmPriority.MEDIUM: "warn", AlarmPriority.LOW: ""}


@dataclass(frozen=True, slots=True)
class Sentence:
    """`icon` and `tone` are how it looks; `play` and `unit_id` what a click can do."""

    key: str
    icon: str
    values: Values = field(default_factory=dict)
    tone: str = ""
    play: BlobId | None = None
    unit_id: UnitId | None = None
    order_id: OrderId | None = None

    def read(self, text: Texts) -> str:
        spoken = {name: text(value.key) if isinstance(value, Word) else value for name, value in self.values.items()}
        return text(self.key, **spoken)


def tell(recorded: ev.Recorded, store: Store, text: Texts) -> Sentence | None:
    """The sentence of an event, or None for what an officer need not read. Names are those of now."""
    event = recorded.event
    if isinstance(event, ev.BookEvent):
        return _in_a_book(event, recorded.actor, _Names(store, text))
    match event:
        case (
            ev.JurisdictionDefined()
            | ev.UnitDefined()
            | ev.TalkgroupDefined()
            | ev.TalkgroupFollowSet()
            | ev.OfficerDefined()
            | ev.MapPublished()
            | ev.AffiliationChanged()
            | ev.TerminalConnected()
            | ev.TerminalDisconnected()
            | ev.VideoWatched()
            | ev.VideoUnwatched()
            | ev.TalkEnded()
        ):
            return None
        case (
            ev.OfficerSignedOn()
            | ev.OfficerSignedOff()
            | ev.TerminalEnrolled()
            | ev.UnitStatusChanged()
            | ev.NoteAdded()
            | ev.CommandRefused()
            | ev.FaultNoted()
        ):
            return _duty(event, recorded.actor, _Names(store, text))
        case ev.CallStarted() | ev.CallAnswered() | ev.CallEnded() | ev.TalkStarted() | ev.RecordingSaved():
            return _voice(event, _Names(store, text))
        case ev.TalkgroupFormed() | ev.TalkgroupJoined() | ev.TalkgroupDissolved():
            return _area_call(event, recorded.actor, _Names(store, text))
        case ev.VideoAsked() | ev.VideoStarted() | ev.VideoEnded():
            return _video(event, _Names(store, text))
        case ev.OrderIssued() | ev.OrderAdvanced() | ev.OrderReminded() | ev.OrderOverdue():
            return _order(event, recorded.actor, _Names(store, text))
        case _:
            assert_never(event)


class _Names:
    """Names of things as the picture has them now."""

    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text

    def can_say(self, key: str) -> bool:
        return self._text.has(key)

    def party(self, party: PartyId) -> str:
        return party_name(self._store, party, self._text)

    def unit(self, unit_id: UnitId) -> str:
        return self.party(unit_party(unit_id))

    def units(self, unit_ids: tuple[UnitId, ...]) -> str:
        return self._text("list.separator").join(self.unit(unit_id) for unit_id in unit_ids[:3])

    def talkgroup(self, talkgroup_id: TalkgroupId) -> str:
        state = self._store.picture.talkgroups.get(talkgroup_id)
        gone = self._store.picture.dissolved.get(talkgroup_id)
        return state.talkgroup.name if state is not None else gone.name if gone is not None else talkgroup_id

    def alarm(self, alarm_id: AlarmId) -> str:
        state = self._store.picture.alarms.states.get(alarm_id)
        return sentence(state.alarm, self._store, self._text) if state is not None else alarm_id

    def said(self, alarm: Alarm) -> Said:
        return said(alarm, self._store, self._text)

    def incident(self, incident_id: IncidentId) -> str:
        state = self._store.picture.incidents.states.get(incident_id)
        return state.incident.kind if state is not None else incident_id

    def weather(self, weather_id: WeatherId) -> str:
        state = self._store.picture.weather.states.get(weather_id)
        return weather_name(state.alert, self._text) if state is not None else weather_id

    def order(self, order_id: OrderId) -> str:
        state = self._store.picture.orders.get(order_id)
        return state.order.title if state is not None else order_id

    def call(self, call_id: CallId) -> tuple[str, str] | None:
        """Caller and called of a point call; None for a group call or a forgotten one."""
        state = self._store.picture.calls.get(call_id)
        if state is None or state.call.callee is None:
            return None
        return self.party(state.call.caller), self.party(state.call.callee)

    def video_unit(self, video_id: VideoId) -> UnitId | None:
        state = self._store.picture.videos.get(video_id)
        return state.video.unit_id if state is not None else None


def _duty(
    event: ev.OfficerSignedOn
    | ev.OfficerSignedOff
    | ev.TerminalEnrolled
    | ev.UnitStatusChanged
    | ev.NoteAdded
    | ev.CommandRefused
    | ev.FaultNoted,
    actor: PartyId,
    names: _Names,
) -> Sentence | None:
    match event:
        case ev.OfficerSignedOn(officer_id=officer_id):
            return Sentence("log.officer_on", "person", {"name": names.party(PartyId(f"officer:{officer_id}"))})
        case ev.OfficerSignedOff(officer_id=officer_id):
            return Sentence("log.officer_off", "door", {"name": names.party(PartyId(f"officer:{officer_id}"))})
        case ev.TerminalEnrolled(unit_id=unit_id, device_name=device):
            return Sentence("log.enrolled", "person", {"name": names.unit(unit_id), "device": device}, unit_id=unit_id)
        case ev.UnitStatusChanged(unit_id=unit_id, status=status):
            if status not in _TOLD_STATUSES:
                return None
            values: Values = {"name": names.unit(unit_id), "status": Word(f"status.{status.value}")}
            return Sentence("log.status", "person", values, unit_id=unit_id)
        case ev.NoteAdded(text=words):
            return Sentence("log.note", "note", {"name": names.party(actor), "words": words}, tone="note")
        case ev.CommandRefused(command_kind=kind, code=code):
            return Sentence("log.refused", "cancel", {"name": names.party(actor), "what": kind, "code": code}, "warn")
        case ev.FaultNoted(code=code, detail=detail, is_over=is_over):
            key = "log.fault_over" if is_over else "log.fault"
            return Sentence(
                key, "info" if is_over else "warning", {"code": code, "detail": detail}, "" if is_over else "danger"
            )


def _in_a_book(event: ev.BookEvent, actor: PartyId, names: _Names) -> Sentence | None:
    if isinstance(event, ev.AlarmEvent):
        return _alarm(event, actor, names)
    if isinstance(event, ev.IncidentEvent):
        return _incident(event, actor, names)
    if isinstance(event, ev.MarkEvent):
        return _mark(event, actor, names)
    if isinstance(event, WeatherEvent):
        return _weather(event, actor, names)
    return _fence(event, actor, names)


def _incident(event: ev.IncidentEvent, actor: PartyId, names: _Names) -> Sentence:
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


def _alarm(event: ev.AlarmEvent, actor: PartyId, names: _Names) -> Sentence | None:
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


def _fence(event: ev.FenceEvent, actor: PartyId, names: _Names) -> Sentence:
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


def _weather(event: WeatherEvent, actor: PartyId, names: _Names) -> Sentence:
    issued = isinstance(event, WeatherIssued)
    weather_id = event.alert.id if isinstance(event, WeatherIssued) else event.weather_id
    values: Values = {"name": names.party(actor), "alert": names.weather(weather_id)}
    return Sentence(
        "log.weather_issued" if issued else "log.weather_ended",
        "warning" if issued else "check",
        values,
        "warn" if issued else "",
    )


def _voice(
    event: ev.CallStarted | ev.CallAnswered | ev.CallEnded | ev.TalkStarted | ev.RecordingSaved, names: _Names
) -> Sentence | None:
    match event:
        case ev.CallStarted(call=call):
            if call.callee is None:
                return None
            values: Values = {"caller": names.party(call.caller), "called": names.party(call.callee)}
            key = "log.call_emergency" if call.is_emergency else "log.call"
            return Sentence(key, "phone", values, "danger" if call.is_emergency else "")
        case ev.CallAnswered(call_id=call_id):
            pair = names.call(call_id)
            return Sentence("log.call_answered", "phone", _pair(pair)) if pair is not None else None
        case ev.CallEnded(call_id=call_id, end=end):
            pair = names.call(call_id)
            if pair is None:
                return None
            return Sentence("log.call_ended", "hang_up", {**_pair(pair), "end": Word(f"call_end.{end.value}")})
        case ev.TalkStarted(talkgroup_id=group, talker=talker, is_emergency=is_emergency):
            values = {"name": names.party(talker), "group": names.talkgroup(group)}
            key = "log.talk_emergency" if is_emergency else "log.talk"
            return Sentence(key, "talk", values, "danger" if is_emergency else "", unit_id=_unit(talker))
        case ev.RecordingSaved(talker=talker, duration_s=seconds, blob_id=blob_id):
            return Sentence(
                "log.recording",
                "play",
                {"name": names.party(talker), "time": duration(seconds)},
                play=blob_id,
                unit_id=_unit(talker),
            )


def _area_call(
    event: ev.TalkgroupFormed | ev.TalkgroupJoined | ev.TalkgroupDissolved, actor: PartyId, names: _Names
) -> Sentence:
    match event:
        case ev.TalkgroupFormed(talkgroup=group, unit_ids=unit_ids):
            values: Values = {"name": names.party(actor), "group": group.name, "count": len(unit_ids)}
            return Sentence("log.area_call", "circle", values)
        case ev.TalkgroupJoined(talkgroup_id=group_id, unit_ids=unit_ids):
            values = {"names": names.units(unit_ids), "group": names.talkgroup(group_id), "count": len(unit_ids)}
            return Sentence("log.area_call_joined", "circle", values)
        case ev.TalkgroupDissolved(talkgroup_id=group_id, end=end):
            values = {"name": names.party(actor), "group": names.talkgroup(group_id)}
            return Sentence(f"log.area_call_over.{end.value}", "hang_up", values)


def _mark(event: ev.MarkEvent, actor: PartyId, names: _Names) -> Sentence | None:
    match event:
        case ev.MarkDrawn(mark=mark):
            return Sentence("log.mark_drawn", "place", {"name": names.party(actor), "label": mark.label})
        case ev.MarkChanged():
            return None
        case ev.MarkErased():
            return Sentence("log.mark_erased", "place", {"name": names.party(actor)})


def _pair(pair: tuple[str, str]) -> Values:
    return {"caller": pair[0], "called": pair[1]}


def _unit(party: PartyId) -> UnitId | None:
    return UnitId(party[5:]) if party.startswith("unit:") else None


def _video(event: ev.VideoAsked | ev.VideoStarted | ev.VideoEnded, names: _Names) -> Sentence | None:
    match event:
        case ev.VideoAsked(video=video):
            values: Values = {"name": names.party(video.asked_by), "unit": names.unit(video.unit_id)}
            return Sentence("log.video_asked", "video", values, unit_id=video.unit_id)
        case ev.VideoStarted(video=video):
            key = f"log.video_started.{video.kind.value}"
            return Sentence(key, "video", {"unit": names.unit(video.unit_id)}, unit_id=video.unit_id)
        case ev.VideoEnded(video_id=video_id, end=end):
            unit_id = names.video_unit(video_id)
            if unit_id is None:
                return None
            values = {"unit": names.unit(unit_id), "end": Word(f"video_end.{end.value}")}
            return Sentence("log.video_ended", "video", values, unit_id=unit_id)


def _order(
    event: ev.OrderIssued | ev.OrderAdvanced | ev.OrderReminded | ev.OrderOverdue, actor: PartyId, names: _Names
) -> Sentence | None:
    match event:
        case ev.OrderIssued(order=order):
            values: Values = {"name": names.party(actor), "title": order.title, "count": len(order.unit_ids)}
            tone = "warn" if order.priority.value != "normal" else ""
            return Sentence("log.order_issued", "order", values, tone, order_id=order.id)
        case ev.OrderAdvanced():
            return _advanced(event, actor, names)
        case ev.OrderReminded(order_id=order_id, unit_ids=unit_ids):
            values = {"title": names.order(order_id), "names": names.units(unit_ids), "count": len(unit_ids)}
            return Sentence("log.order_reminded", "bell", values, order_id=order_id)
        case ev.OrderOverdue(order_id=order_id, unit_ids=unit_ids):
            values = {"title": names.order(order_id), "names": names.units(unit_ids), "count": len(unit_ids)}
            return Sentence("log.order_overdue", "clock", values, "danger", order_id=order_id)


def _advanced(event: ev.OrderAdvanced, actor: PartyId, names: _Names) -> Sentence:
    is_officer = actor.startswith("officer:")
    key = f"log.officer_step.{event.state.value}" if is_officer else f"log.step.{event.state.value}"
    if not names.can_say(key):
        key = "log.step_other"
    values: Values = {
        "name": names.party(actor),
        "unit": names.unit(event.unit_id),
        "title": names.order(event.order_id),
        "step": Word(f"step.{event.state.value}"),
    }
    tone = "warn" if event.state.value in ("refused", "cancelled") else ""
    if event.reason:
        key = "log.with_reason_step"
        values["reason"] = event.reason
    return Sentence(key, "order", values, tone, unit_id=event.unit_id, order_id=event.order_id)
