"""Sentences of the duty log about the duty itself: roster, signing on, swaps, handovers."""

from typing import assert_never

from comms.domain.duty_events import (
    DutyEvent,
    DutySignedOff,
    DutySignedOn,
    HandoverAccepted,
    HandoverMade,
    HandoverSigned,
    PostDefined,
    RosterSet,
    SwapAsked,
    SwapSettled,
)
from comms.domain.ids import PartyId, officer_party
from ui.sentence import Names, Sentence, Values


def tell_of_duty(event: DutyEvent, actor: PartyId, names: Names) -> Sentence | None:
    values: Values = {"name": names.party(actor)}
    match event:
        case PostDefined(post=post):
            key = "log.post_closed" if post.is_closed else "log.post_defined"
            return Sentence(key, "person", values | {"post": post.name})
        case RosterSet(post_id=post_id, shifts=shifts):
            return Sentence("log.roster_set", "clock", values | {"post": names.post(post_id), "count": len(shifts)})
        case DutySignedOn(shift_id=shift_id, officer_id=officer_id, reason=reason):
            values = {"name": names.party(officer_party(officer_id)), "shift": names.shift(shift_id), "reason": reason}
            return Sentence("log.duty_on_for" if reason else "log.duty_on", "person", values)
        case DutySignedOff(shift_id=shift_id, officer_id=officer_id):
            values = {"name": names.party(officer_party(officer_id)), "shift": names.shift(shift_id)}
            return Sentence("log.duty_off", "door", values)
        case SwapAsked(swap=swap):
            to = names.party(officer_party(swap.to))
            return Sentence("log.swap_asked", "link", values | {"to": to, "shift": names.shift(swap.shift_id)})
        case SwapSettled(is_agreed=is_agreed):
            return Sentence("log.swap_agreed" if is_agreed else "log.swap_declined", "link", values)
        case HandoverMade() | HandoverSigned() | HandoverAccepted():
            return _handover(event, values, names)
        case _:
            assert_never(event)


def _handover(event: HandoverMade | HandoverSigned | HandoverAccepted, values: Values, names: Names) -> Sentence:
    values |= {"shift": names.handover_shift(event.handover_id)}
    match event:
        case HandoverMade(sheet=sheet):
            count = sum(section.total for section in sheet.sections)
            return Sentence(
                "log.handover_made", "note", values | {"shift": names.shift(sheet.shift_id), "count": count}
            )
        case HandoverSigned():
            return Sentence("log.handover_signed", "check", values)
        case HandoverAccepted(changes=changes):
            return Sentence("log.handover_accepted", "check", values | {"count": len(changes)})
        case _:
            assert_never(event)
