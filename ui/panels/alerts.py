"""What the officer must not miss: alerts that stay until what they tell of is over. Pure reading of the Store."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comms.domain.alarm import UNSEEN_PHASES, AlarmKind, AlarmPriority, AlarmState
from comms.domain.call import CallPhase
from comms.domain.ids import PartyId, TalkgroupId
from comms.protocol.errors import RefusalCode
from console.store.link import LinkPhase, LinkState, MediaReport
from console.store.store import Store
from ui.alarm.words import sentence
from ui.text import Texts
from ui.words import clock_minute, clock_time, day, party_name

WARN_BEFORE_S = 30 * 86_400.0
"""The end of this desk's certificate is told so long before, as the gateway's is."""


class Level(StrEnum):
    DANGER = "danger"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Alert:
    """`party` and `talkgroup_id` are what a click goes to."""

    level: Level
    icon: str
    sentence: str
    party: PartyId | None = None
    talkgroup_id: TalkgroupId | None = None
    shows: str = ""
    """The part of the window that a click brings to the front."""
    is_of_sound: bool = False
    """About this desk's own sound: it has a place of its own."""


def read_alerts(store: Store, text: Texts, alarms: Iterable[AlarmState] = ()) -> tuple[Alert, ...]:
    """Emergencies first, then what the desk itself suffers from; one line each. The officer's `alarms` are
    in their own list: here only how many of high priority wait, without those that have a line of their own."""
    return (
        *emergencies(store, text),
        *_connection(store, text),
        *_faults(store, text),
        *_waiting_alarms(store, text, alarms),
        *_voice(store, text),
    )


_HAVE_A_LINE = frozenset({AlarmKind.EMERGENCY_CALL, AlarmKind.GATEWAY_FAULT})


def _waiting_alarms(store: Store, text: Texts, alarms: Iterable[AlarmState]) -> list[Alert]:
    waiting = [
        state
        for state in alarms
        if state.phase in UNSEEN_PHASES
        and state.alarm.priority is AlarmPriority.HIGH
        and state.alarm.kind not in _HAVE_A_LINE
    ]
    if not waiting:
        return []
    first = min(waiting, key=lambda state: state.raised_at)
    words = sentence(first.alarm, store, text)
    return [Alert(Level.DANGER, "bell", text("alert.alarms", words=words, count=len(waiting)), shows="alarms")]


def emergencies(store: Store, text: Texts) -> list[Alert]:
    """Who calls for help, on the air or by a call."""
    found: dict[tuple[TalkgroupId | None, PartyId], Alert] = {}
    for floor in store.voice.floors.values():
        if floor.is_emergency and floor.talker is not None:
            found[floor.talkgroup_id, floor.talker] = _emergency(
                store, text, floor.talkgroup_id, floor.talker, floor.talker_name
            )
    for state in store.picture.calls.values():
        call = state.call
        if call.is_emergency and state.phase is not CallPhase.ENDED:
            key = (call.talkgroup_id, call.caller)
            found.setdefault(
                key, _emergency(store, text, call.talkgroup_id, call.caller, party_name(store, call.caller, text))
            )
    return list(found.values())


def _emergency(store: Store, text: Texts, talkgroup_id: TalkgroupId | None, party: PartyId, name: str) -> Alert:
    group = store.picture.talkgroups.get(talkgroup_id) if talkgroup_id is not None else None
    where = group.talkgroup.name if group is not None else text("alert.point_call")
    return Alert(Level.DANGER, "warning", text("alert.emergency", name=name, where=where), party, talkgroup_id)


def _connection(store: Store, text: Texts) -> list[Alert]:
    link = store.link
    if link.phase is not LinkPhase.ONLINE:
        if store.session is None and link.refused is None:
            return []  # nobody has signed in: the sheet for that says how it goes
        if link.refused is not None:
            sentence = link.refused.text or text.refusal(link.refused.code)
        elif link.cause:
            sentence = no_gateway(link, text)
        elif link.retry_at is not None:
            sentence = text("alert.link_lost_retry", time=clock_time(link.retry_at))
        else:
            sentence = text("alert.link_lost")
        return [Alert(Level.DANGER, "link_off", sentence)]
    if store.session is not None and not store.is_in_sync:
        return [Alert(Level.WARN, "hourglass", text("alert.not_in_sync"))]
    return []


def no_gateway(link: LinkState, text: Texts) -> str:
    """What keeps the desk from its gateway, and what to do."""
    return text(f"link_cause.{link.cause.value}") if link.cause else text("toast.no_gateway")


def _faults(store: Store, text: Texts) -> list[Alert]:
    alerts = []
    unrecorded = {RefusalCode.STORE_FAILED.value: ""} if store.recording.is_failing else {}
    for code, detail in (unrecorded | store.picture.faults).items():
        key = f"fault.{code}"
        sentence = text(key, detail=detail) if text.has(key) else text("fault.other", code=code, detail=detail)
        alerts.append(Alert(Level.DANGER, "warning", sentence))
    return alerts


def _voice(store: Store, text: Texts) -> list[Alert]:
    session = store.session
    if session is None or store.link.phase is not LinkPhase.ONLINE:
        return []
    alerts = _sound(store.media, text)
    if session.renewal_fault:
        expires_at = session.token_expires_at or store.server_now()
        alerts.append(Alert(Level.WARN, "clock", text("alert.sign_in_ends", time=clock_minute(expires_at))))
    if session.must_set_up:
        alerts.append(Alert(Level.WARN, "person", text("alert.factor_missing"), shows="account"))
    if session.certificate_ends_at is not None and session.certificate_ends_at - store.server_now() < WARN_BEFORE_S:
        words = text("alert.certificate_ends", day=day(session.certificate_ends_at))
        alerts.append(Alert(Level.WARN, "clock", words))
    if session.password_expires_at is not None:
        words = text("alert.password_ends", day=day(session.password_expires_at))
        alerts.append(Alert(Level.WARN, "clock", words, shows="account"))
    return alerts


def _sound(media: MediaReport, text: Texts) -> list[Alert]:
    """One line, whatever is amiss with speaking and hearing."""
    parts = []
    if not media.is_up or media.fault:
        parts.append(text("alert.no_voice"))
    if media.microphone_fault and media.microphone_fault == media.speaker_fault:
        parts.append(text(f"sound_fault.{media.microphone_fault}"))
    else:
        if media.microphone_fault:
            parts.append(text(f"microphone_fault.{media.microphone_fault}"))
        if media.speaker_fault:
            parts.append(text(f"speaker_fault.{media.speaker_fault}"))
    speaks = media.is_up and not media.fault and not media.microphone_fault
    icon = "speaker_off" if speaks else "microphone_off"
    return [Alert(Level.WARN, icon, " · ".join(parts), is_of_sound=True)] if parts else []
