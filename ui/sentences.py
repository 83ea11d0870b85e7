"""The duty log that writes itself: one plain sentence for each event an officer would want to read.

A sentence is kept as a key and its values, named when it happened; so it reads right in either language later,
even when the call or unit it tells of is long forgotten.
"""

from typing import assert_never

from comms.domain import events as ev
from comms.domain.ids import PartyId, UnitId
from comms.domain.ladder import LadderClimbed, LadderEnded, LadderEvent
from comms.domain.unit import UnitStatus
from console.store.store import Store
from ui.book_sentences import tell_of_book
from ui.order.work_order_sentences import tell_of_source
from ui.sentence import Names, Sentence, Values, Word
from ui.text import Texts
from ui.words import duration

_PLAIN = frozenset({"safe_mode_damaged", "safe_mode_unwritable", "certificate_ends", "certificate_over",
                    "certificate_not_renewed", "certificate_authority_ends", "store_failed", "disk_low"})  # fmt: skip
"""Faults that the log tells of as the strip does: in a sentence that says what to do."""
_TOLD_STATUSES = frozenset({UnitStatus.BUSY, UnitStatus.OUT_OF_SERVICE})
"""The others follow from orders, which are told anyway."""


def tell(recorded: ev.Recorded, store: Store, text: Texts, names: Names | None = None) -> Sentence | None:
    """The sentence of an event, or None for what an officer need not read. Names are those of now, unless others are
    given."""
    event = recorded.event
    names = names or Names(store, text)
    if isinstance(event, ev.BookEvent):
        return tell_of_book(event, recorded.actor, names)
    if isinstance(event, ev.Definition):
        return None
    match event:
        case (
            ev.TalkgroupFollowSet()
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
            return _duty(event, recorded.actor, names)
        case ev.CallStarted() | ev.CallAnswered() | ev.CallEnded() | ev.TalkStarted() | ev.RecordingSaved():
            return _voice(event, names)
        case ev.TalkgroupFormed() | ev.TalkgroupJoined() | ev.TalkgroupDissolved():
            return _area_call(event, recorded.actor, names)
        case ev.VideoAsked() | ev.VideoStarted() | ev.VideoEnded():
            return _video(event, names)
        case ev.OrderIssued() | ev.OrderAdvanced() | ev.OrderReminded() | ev.OrderOverdue():
            return _order(event, recorded.actor, names)
        case LadderClimbed() | LadderEnded():
            return _ladder(event, recorded.actor, names)
        case _:
            assert_never(event)


def _duty(
    event: ev.OfficerSignedOn
    | ev.OfficerSignedOff
    | ev.TerminalEnrolled
    | ev.UnitStatusChanged
    | ev.NoteAdded
    | ev.CommandRefused
    | ev.FaultNoted,
    actor: PartyId,
    names: Names,
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
        case ev.NoteAdded(text=words, about_seq=about_seq):
            values = {"name": names.party(actor), "words": words, "seq": about_seq or 0}
            key = "log.note" if about_seq is None else "log.remark"
            return Sentence(key, "note", values, tone="note", about_seq=about_seq)
        case ev.CommandRefused(command_kind=kind, code=code, left_out=more):
            values = {"name": names.party(actor), "what": kind, "code": code, "more": more}
            return Sentence("log.refused_more" if more else "log.refused", "cancel", values, "warn")
        case ev.FaultNoted():
            return _fault(event)


def _fault(event: ev.FaultNoted) -> Sentence:
    code, gap = event.code, event.gap
    values: Values = {"code": code, "detail": event.detail}
    if code.startswith("source_"):
        return tell_of_source(code, event.detail, is_over=event.is_over)
    if event.is_over:
        return Sentence(f"fault_over.{code}" if code in _PLAIN else "log.fault_over", "info", values)
    if gap is not None:
        values = {"lasted": duration(gap.lasted_s), "refused": gap.refused, "dropped": gap.dropped}
        return Sentence("log.recording_gap", "warning", values, "danger")
    return Sentence(f"fault.{code}" if code in _PLAIN else "log.fault", "warning", values, "danger")


def _voice(
    event: ev.CallStarted | ev.CallAnswered | ev.CallEnded | ev.TalkStarted | ev.RecordingSaved, names: Names
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
    event: ev.TalkgroupFormed | ev.TalkgroupJoined | ev.TalkgroupDissolved, actor: PartyId, names: Names
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


def _pair(pair: tuple[str, str]) -> Values:
    return {"caller": pair[0], "called": pair[1]}


def _unit(party: PartyId) -> UnitId | None:
    return UnitId(party[5:]) if party.startswith("unit:") else None


def _video(event: ev.VideoAsked | ev.VideoStarted | ev.VideoEnded, names: Names) -> Sentence | None:
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
    event: ev.OrderIssued | ev.OrderAdvanced | ev.OrderReminded | ev.OrderOverdue, actor: PartyId, names: Names
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


def _ladder(event: LadderEvent, actor: PartyId, names: Names) -> Sentence:
    values: Values = {
        "name": names.party(actor),
        "unit": names.unit(event.unit_id),
        "title": names.order(event.order_id),
    }
    if isinstance(event, LadderEnded):
        return Sentence(f"log.ladder_{event.end.value}", "bell", values, order_id=event.order_id)
    word = Word(f"step.ladder_{event.rung.value}" if event.is_reached else f"step.ladder_{event.rung.value}_missed")
    return Sentence("log.ladder_climbed", "bell", values | {"rung": word}, "warn", order_id=event.order_id)


def _advanced(event: ev.OrderAdvanced, actor: PartyId, names: Names) -> Sentence:
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
