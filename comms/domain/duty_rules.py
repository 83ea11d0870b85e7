"""What may be done with the roster, and by whom. Pure: the gateway decides by it, the desk offers by it."""

from collections.abc import Container, Sequence
from enum import StrEnum
from math import isfinite

import msgspec

from comms.domain.duty import (
    EARLIEST_BEFORE_S,
    KEPT_S,
    LONGEST_S,
    SHORTEST_S,
    DutyPost,
    Shift,
    ShiftDraft,
    ShiftState,
    Swap,
)
from comms.domain.duty_book import DutyBook
from comms.domain.handover import HandoverState, SectionKind
from comms.domain.ids import CommandId, OfficerId, PostId, ShiftId


class DutyFault(StrEnum):
    NOT_FOUND = "not_found"
    BAD_SHIFT = "bad_shift"
    """Its times do not work, or it has no name."""
    UNKNOWN_OFFICER = "unknown_officer"
    SAME_PERSON = "same_person"
    OVERLAP = "overlap"
    """Two shifts of a post, or two shifts of an officer, at one time."""
    WRONG_TIME = "wrong_time"
    ALREADY_THERE = "already_there"
    NOT_ON_ROSTER = "not_on_roster"
    NOT_ON_DUTY = "not_on_duty"
    HANDOVER_DUE = "handover_due"
    """He may not just go: the next shift takes over from him."""
    SETTLED = "settled"
    UNSIGNED = "unsigned"
    OTHER_SHEET = "other_sheet"
    """What was signed is not what the gateway holds."""
    NOT_READ = "not_read"


class PlanFault(msgspec.Struct, frozen=True):
    """`index` is the draft that cannot be."""

    fault: DutyFault
    index: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`left_out` are drafts whose time has passed."""

    shifts: tuple[Shift, ...]
    gone: tuple[ShiftId, ...]
    left_out: int = 0


def plan(
    book: DutyBook,
    post: DutyPost,
    drafts: Sequence[ShiftDraft],
    *,
    from_at: float,
    until_at: float,
    now: float,
    officers: Container[OfficerId],
    command_id: CommandId,
) -> Plan | PlanFault:
    """The roster of a post for a span of time, in place of what was planned for it. What has begun stays as it is."""
    mine = [state for state in book.of_post(post.id) if from_at <= state.shift.start_at < until_at]
    kept = [state.shift for state in mine if state.shift.start_at <= now or state.attendance]
    gone = tuple(state.shift.id for state in mine if state.shift not in kept)
    taken = [state.shift for state in book.shifts.values() if state.shift.id not in gone]
    shifts: list[Shift] = []
    left_out = 0
    for index, draft in enumerate(drafts):
        fault = _draft_fault(draft, from_at, until_at, officers)
        if fault is not None:
            return PlanFault(fault, index)
        if draft.end_at <= now or any((one.start_at, one.end_at) == (draft.start_at, draft.end_at) for one in kept):
            left_out += 1
            continue
        if any(_clash(draft, post.id, one) for one in taken):
            return PlanFault(DutyFault.OVERLAP, index)
        shift = Shift(
            id=ShiftId(f"{command_id}.{index + 1}"),
            post_id=post.id,
            name=draft.name.strip(),
            start_at=draft.start_at,
            end_at=draft.end_at,
            officer_id=draft.officer_id,
            deputy_id=draft.deputy_id,
        )
        shifts.append(shift)
        taken.append(shift)
    return Plan(shifts=tuple(shifts), gone=gone, left_out=left_out)


def is_span(from_at: float, until_at: float) -> bool:
    """A month or two can be planned at a time."""
    return isfinite(from_at) and isfinite(until_at) and 0 < until_at - from_at <= KEPT_S


def _draft_fault(
    draft: ShiftDraft, from_at: float, until_at: float, officers: Container[OfficerId]
) -> DutyFault | None:
    is_time = isfinite(draft.end_at) and from_at <= draft.start_at < until_at
    if not is_time or not SHORTEST_S <= draft.end_at - draft.start_at <= LONGEST_S or not draft.name.strip():
        return DutyFault.BAD_SHIFT
    if draft.officer_id == draft.deputy_id:
        return DutyFault.SAME_PERSON
    if draft.officer_id not in officers or (draft.deputy_id is not None and draft.deputy_id not in officers):
        return DutyFault.UNKNOWN_OFFICER
    return None


def _clash(draft: ShiftDraft, post_id: PostId, other: Shift) -> bool:
    if draft.start_at >= other.end_at or other.start_at >= draft.end_at:
        return False
    return other.post_id == post_id or draft.officer_id == other.officer_id


# --- being there -----------------------------------------------------------------------------------------------


def sign_on_fault(state: ShiftState | None, officer_id: OfficerId, *, reason: str, now: float) -> DutyFault | None:
    if state is None:
        return DutyFault.NOT_FOUND
    if not state.shift.start_at - EARLIEST_BEFORE_S <= now < state.shift.end_at:
        return DutyFault.WRONG_TIME
    if officer_id in state.on_duty:
        return DutyFault.ALREADY_THERE
    if officer_id not in state.shift.officers and not reason.strip():
        return DutyFault.NOT_ON_ROSTER
    return None


def sign_off_fault(book: DutyBook, state: ShiftState | None, officer_id: OfficerId) -> DutyFault | None:
    """The last one of a shift that another follows does not go before he has handed over."""
    if state is None:
        return DutyFault.NOT_FOUND
    if officer_id not in state.on_duty:
        return DutyFault.NOT_ON_DUTY
    if state.on_duty == (officer_id,) and book.following(state) is not None:
        return DutyFault.HANDOVER_DUE
    return None


# --- swapping --------------------------------------------------------------------------------------------------


def swap_fault(book: DutyBook, swap: Swap, *, now: float, officers: Container[OfficerId]) -> DutyFault | None:
    """Asked when it is asked for and again when it is agreed: meanwhile the roster may have changed."""
    if swap.to == swap.asked_by:
        return DutyFault.SAME_PERSON
    if swap.to not in officers:
        return DutyFault.UNKNOWN_OFFICER
    given = [(swap.shift_id, swap.asked_by, swap.to)]
    if swap.other_shift_id is not None:
        given.append((swap.other_shift_id, swap.to, swap.asked_by))
    moved = {shift_id for shift_id, _, _ in given}
    for shift_id, giver, taker in given:
        state = book.shifts.get(shift_id)
        if state is None:
            return DutyFault.NOT_FOUND
        if state.shift.start_at <= now or state.attendance:
            return DutyFault.WRONG_TIME
        if giver not in state.shift.officers:
            return DutyFault.NOT_ON_ROSTER
        if taker in state.shift.officers or _is_busy(book, taker, state.shift, moved):
            return DutyFault.OVERLAP
    return None


def _is_busy(book: DutyBook, officer_id: OfficerId, shift: Shift, moved: Container[ShiftId]) -> bool:
    others = (one.shift for one in book.shifts.values() if one.shift.id not in moved)
    return any(
        officer_id in one.officers and one.start_at < shift.end_at and shift.start_at < one.end_at for one in others
    )


# --- handing over ----------------------------------------------------------------------------------------------


def make_fault(state: ShiftState | None, officer_id: OfficerId) -> DutyFault | None:
    """Who hands over is at the post, and has not handed it over yet."""
    if state is None:
        return DutyFault.NOT_FOUND
    if state.handed_over_at is not None:
        return DutyFault.SETTLED
    return None if officer_id in state.on_duty else DutyFault.NOT_ON_DUTY


def sign_fault(book: DutyBook, state: HandoverState | None, officer_id: OfficerId, digest: str) -> DutyFault | None:
    fault = _sheet_fault(state, digest)
    if fault is not None or state is None:
        return fault or DutyFault.NOT_FOUND
    if state.signed is not None:
        return DutyFault.SETTLED
    return make_fault(book.shifts.get(state.shift_id), officer_id)


def accept_fault(
    book: DutyBook,
    state: HandoverState | None,
    officer_id: OfficerId,
    *,
    digest: str,
    read: tuple[SectionKind, ...],
) -> DutyFault | None:
    """The one who comes: not the one who goes, on the roster of the next shift where there is one, and he has read
    every section."""
    fault = _sheet_fault(state, digest)
    if fault is not None or state is None:
        return fault or DutyFault.NOT_FOUND
    if state.signed is None:
        return DutyFault.UNSIGNED
    going = book.shifts.get(state.shift_id)
    if officer_id == state.signed.officer_id or (going is not None and officer_id in going.on_duty):
        return DutyFault.SAME_PERSON
    coming = book.shifts.get(state.next_shift_id) if state.next_shift_id is not None else None
    if coming is not None and officer_id not in (*coming.shift.officers, *coming.on_duty):
        return DutyFault.NOT_ON_ROSTER
    kinds = {section.kind for section in state.sheet.sections} if state.sheet is not None else set()
    return None if kinds <= set(read) else DutyFault.NOT_READ


def _sheet_fault(state: HandoverState | None, digest: str) -> DutyFault | None:
    if state is None:
        return DutyFault.NOT_FOUND
    if not state.is_open:
        return DutyFault.SETTLED
    return None if digest == state.digest else DutyFault.OTHER_SHEET
