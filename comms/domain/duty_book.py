"""The duty of the picture: posts, shifts, swaps and handovers, folded from their events."""

from collections.abc import Callable
from typing import assert_never

import msgspec

from comms.domain import duty_events as ev
from comms.domain.duty import EARLIEST_BEFORE_S, KEPT_S, Attendance, DutyPost, ShiftState, Swap
from comms.domain.handover import HandoverState, Signature
from comms.domain.ids import HandoverId, OfficerId, PartyId, PostId, ShiftId, SwapId, party_officer
from comms.domain.states import Change

KEPT_HANDOVERS = 60
KEPT_SHEETS = 4
"""Settled handovers whose content stays in the picture; of older ones only who signed when."""
NameOf = Callable[[OfficerId], str]


class DutyBook(msgspec.Struct, kw_only=True):
    posts: dict[PostId, DutyPost] = {}
    shifts: dict[ShiftId, ShiftState] = {}
    swaps: dict[SwapId, Swap] = {}
    """Those that nobody has answered."""
    handovers: dict[HandoverId, HandoverState] = {}
    """In the order they were made."""

    def apply(self, event: ev.DutyEvent, *, at: float, actor: PartyId, name_of: NameOf) -> tuple[Change, ...]:
        """Raises KeyError for a post, shift, swap or handover that is not there."""
        match event:
            case ev.PostDefined(post=post):
                is_new = post.id not in self.posts
                self.posts[post.id] = post
                return (Change("post", post.id, is_new),)
            case ev.RosterSet():
                return self._plan(event, at)
            case ev.DutySignedOn(shift_id=shift_id):
                came = Attendance(officer_id=event.officer_id, at=at, reason=event.reason)
                self.shifts[shift_id].attendance.append(came)
                return (Change("shift", shift_id),)
            case ev.DutySignedOff(shift_id=shift_id):
                self._leave(shift_id, at, event.officer_id)
                return (Change("shift", shift_id),)
            case ev.SwapAsked() | ev.SwapSettled():
                return self._swap(event)
            case ev.HandoverMade() | ev.HandoverSigned() | ev.HandoverAccepted():
                return self._hand_over(event, at, actor, name_of)
            case _:
                assert_never(event)

    # --- the roster -----------------------------------------------------------------------------------------

    def _plan(self, event: ev.RosterSet, at: float) -> tuple[Change, ...]:
        old = [shift_id for shift_id, state in self.shifts.items() if state.shift.end_at < at - KEPT_S]
        for shift_id in (*old, *event.gone):
            self.shifts.pop(shift_id, None)
        self.shifts.update((shift.id, ShiftState(shift=shift)) for shift in event.shifts)
        lost = [swap for swap in self.swaps.values() if not self._has_both(swap)]
        for swap in lost:
            del self.swaps[swap.id]
        gone = tuple(Change("shift", shift_id) for shift_id in (*old, *event.gone))
        return (
            *(Change("shift", shift.id, True) for shift in event.shifts),
            *gone,
            *(Change("swap", swap.id) for swap in lost),
        )

    def _has_both(self, swap: Swap) -> bool:
        return swap.shift_id in self.shifts and (swap.other_shift_id is None or swap.other_shift_id in self.shifts)

    def _leave(self, shift_id: ShiftId, at: float, officer_id: OfficerId | None = None) -> None:
        """None: everybody of the shift."""
        for one in self.shifts[shift_id].attendance:
            if one.left_at is None and officer_id in (None, one.officer_id):
                one.left_at = at

    def _swap(self, event: ev.SwapAsked | ev.SwapSettled) -> tuple[Change, ...]:
        if isinstance(event, ev.SwapAsked):
            self.swaps[event.swap.id] = event.swap
            return (Change("swap", event.swap.id, True),)
        swap = self.swaps.pop(event.swap_id)
        changed = (Change("swap", swap.id),)
        if not event.is_agreed:
            return changed
        self._give(swap.shift_id, swap.asked_by, swap.to)
        if swap.other_shift_id is None:
            return (*changed, Change("shift", swap.shift_id))
        self._give(swap.other_shift_id, swap.to, swap.asked_by)
        return (*changed, Change("shift", swap.shift_id), Change("shift", swap.other_shift_id))

    def _give(self, shift_id: ShiftId, giver: OfficerId, taker: OfficerId) -> None:
        state = self.shifts[shift_id]
        if state.shift.officer_id == giver:
            state.shift = msgspec.structs.replace(state.shift, officer_id=taker)
        else:
            state.shift = msgspec.structs.replace(state.shift, deputy_id=taker)

    # --- handing over ---------------------------------------------------------------------------------------

    def _hand_over(
        self, event: ev.HandoverMade | ev.HandoverSigned | ev.HandoverAccepted, at: float, actor: PartyId, name: NameOf
    ) -> tuple[Change, ...]:
        if isinstance(event, ev.HandoverMade):
            self._make(event, at, actor)
            return (Change("handover", event.handover_id, True),)
        state = self.handovers[event.handover_id]
        officer_id = party_officer(actor) or OfficerId(actor)
        signature = Signature(officer_id=officer_id, name=name(officer_id), at=at, words=event.words)
        changed = (Change("handover", state.id),)
        if isinstance(event, ev.HandoverSigned):
            state.signed = signature
            return changed
        state.accepted, state.read, state.changes = signature, event.read, event.changes
        self._forget_handovers()
        if state.shift_id not in self.shifts:
            return changed
        self.shifts[state.shift_id].handed_over_at = at
        self._leave(state.shift_id, at)
        return (*changed, Change("shift", state.shift_id))

    def _make(self, event: ev.HandoverMade, at: float, actor: PartyId) -> None:
        sheet = event.sheet
        for other in self.handovers.values():
            if other.is_open and other.shift_id == sheet.shift_id:
                other.is_replaced = True
        self.handovers[event.handover_id] = HandoverState(
            id=event.handover_id,
            post_id=sheet.post_id,
            shift_id=sheet.shift_id,
            next_shift_id=sheet.next_shift_id,
            made_by=actor,
            made_at=at,
            digest=event.digest,
            sheet=sheet,
        )
        self._forget_handovers()

    def _forget_handovers(self) -> None:
        settled = [state for state in self.handovers.values() if not state.is_open]
        for state in settled[:-KEPT_SHEETS]:
            state.sheet, state.changes = None, ()
        for state in settled[: max(0, len(settled) - KEPT_HANDOVERS)]:
            del self.handovers[state.id]

    # --- asking ---------------------------------------------------------------------------------------------

    def of_post(self, post_id: PostId) -> list[ShiftState]:
        """By their beginning."""
        found = [state for state in self.shifts.values() if state.shift.post_id == post_id]
        return sorted(found, key=lambda state: state.shift.start_at)

    def now(self, post_id: PostId, at: float) -> ShiftState | None:
        return next((state for state in self.of_post(post_id) if state.shift.is_now(at)), None)

    def following(self, state: ShiftState) -> ShiftState | None:
        """The shift that takes over from this one: the next that begins about when it ends."""
        shift = state.shift
        return next((one for one in self.of_post(shift.post_id) if _follow(shift.end_at, one.shift.start_at)), None)

    def preceding(self, state: ShiftState) -> ShiftState | None:
        shift = state.shift
        return next((one for one in self.of_post(shift.post_id) if _follow(one.shift.end_at, shift.start_at)), None)

    def on_duty(self, post_id: PostId) -> tuple[OfficerId, ...]:
        """Who is at the post now, by their own word."""
        return tuple(officer_id for state in self.of_post(post_id) for officer_id in state.on_duty)

    def next_after(self, post_id: PostId, at: float) -> ShiftState | None:
        return next((state for state in self.of_post(post_id) if state.shift.start_at > at), None)

    def open_handover(self, shift_id: ShiftId) -> HandoverState | None:
        """The sheet of this shift that is not signed by both."""
        return next((one for one in self.handovers.values() if one.is_open and one.shift_id == shift_id), None)


def _follow(end_at: float, start_at: float) -> bool:
    return abs(start_at - end_at) <= EARLIEST_BEFORE_S
