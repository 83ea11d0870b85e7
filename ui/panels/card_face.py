"""What a talkgroup card says: one reading of the floor and of the desk's own request, in words, tone and icon."""

from dataclasses import dataclass
from enum import StrEnum

from comms.domain.ids import TalkgroupId
from comms.protocol.errors import RefusalCode
from console.store.floors import FloorView, TalkState, TalkView
from console.store.store import Store
from ui.text import Texts
from ui.words import duration

_CAUSES_KNOWN = frozenset({1, 2, 3, 4, 5, 6, 7})


class Tone(StrEnum):
    OFF = "off"
    """Not heard: nothing to press."""
    CALM = "calm"
    HEAR = "hear"
    WAIT = "wait"
    TALK = "talk"
    TROUBLE = "trouble"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Face:
    """`headline` is who or what; `button` the one word on the button; `time` runs; `blinks` asks for a press."""

    tone: Tone
    icon: str
    headline: str
    button: str
    time: str = ""
    blinks: bool = False
    is_running: bool = False
    """The time goes on by itself: read the face again."""


def read_face(store: Store, talkgroup_id: TalkgroupId, text: Texts) -> Face:
    if talkgroup_id not in store.affiliated:
        return Face(Tone.OFF, "speaker_off", text("card.not_heard"), text("card.button.off"))
    now = store.server_now()
    talk = store.talk(talkgroup_id)
    if talk.state is not TalkState.IDLE:
        return _own_face(talk, store.floor(talkgroup_id), now, text)
    return _floor_face(store.floor(talkgroup_id), talk, now, text)


def _floor_face(floor: FloorView, talk: TalkView, now: float, text: Texts) -> Face:
    if floor.talker is not None and not floor.is_own:
        tone = Tone.EMERGENCY if floor.is_emergency else Tone.HEAR
        key = "card.emergency_talker" if floor.is_emergency else "card.talker"
        return Face(
            tone,
            "warning" if floor.is_emergency else "talk",
            text(key, name=floor.talker_name),
            text("card.button.queue"),
            duration(now - floor.since),
            is_running=True,
        )
    fault = _fault(talk, text)
    if fault:
        return Face(Tone.CALM, "info", fault, text("card.button.talk"))
    return Face(Tone.CALM, "microphone", text("card.idle"), text("card.button.talk"))


def _own_face(talk: TalkView, floor: FloorView, now: float, text: Texts) -> Face:
    match talk.state:
        case TalkState.TALKING:
            seconds = duration(talk.until - now if talk.until is not None else now - talk.since)
            words = text("card.talking_left", time=seconds) if talk.until is not None else ""
            return Face(Tone.TALK, "microphone", text("card.talking"), seconds, words, is_running=True)
        case TalkState.REQUESTING:
            return Face(Tone.WAIT, "hourglass", text("card.requesting"), text("card.button.requesting"))
        case TalkState.QUEUED:
            heard = text("card.talker", name=floor.talker_name) if floor.talker is not None else ""
            place = text("card.queued", position=talk.queue_position, size=talk.queue_size)
            button = text("card.button.queued", position=talk.queue_position)
            return Face(Tone.WAIT, "hourglass", place, button, heard)
        case TalkState.OFFERED:
            left = duration((talk.until or now) - now)
            return Face(Tone.WAIT, "bell", text("card.offered"), text("card.button.offered"), left, True, True)
        case TalkState.REVOKED:
            return Face(Tone.TROUBLE, "warning", _revoked(talk, text), text("card.button.release"), blinks=True)
        case TalkState.DENIED:
            return Face(Tone.TROUBLE, "cancel", _denied(talk, text), text("card.button.release"))
        case _:
            return Face(Tone.CALM, "microphone", text("card.releasing"), text("card.button.talk"))


def _revoked(talk: TalkView, text: Texts) -> str:
    match talk.cause:
        case 2:
            return text("card.revoked_too_long")
        case 4:
            return text("card.revoked_preempted")
        case _:
            return text("card.revoked")


def _denied(talk: TalkView, text: Texts) -> str:
    fault = _fault(talk, text)
    if fault:
        return fault
    return text(f"deny.{talk.cause}" if talk.cause in _CAUSES_KNOWN else "deny.other")


def _fault(talk: TalkView, text: Texts) -> str:
    """A fault of ours, or the gateway's refusal in its own sentence."""
    if not talk.fault:
        return ""
    if text.has(f"talk_fault.{talk.fault}"):
        return text(f"talk_fault.{talk.fault}")
    if talk.fault in tuple(RefusalCode):
        return text.refusal(RefusalCode(talk.fault))
    return talk.fault
