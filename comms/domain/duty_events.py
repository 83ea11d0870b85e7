"""What happens to the roster and at a change of shifts."""

import msgspec

from comms.domain.duty import DutyPost, Shift, Swap
from comms.domain.handover import Difference, HandoverSheet, SectionKind
from comms.domain.ids import HandoverId, OfficerId, PostId, ShiftId, SwapId


class _DutyEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all that happens to the duty."""


class PostDefined(_DutyEvent, frozen=True, kw_only=True, tag="post.defined"):
    """The whole post as it is now."""

    post: DutyPost


class RosterSet(_DutyEvent, frozen=True, kw_only=True, tag="roster.set"):
    """What is planned anew, and which shifts, that had not begun, it takes the place of."""

    post_id: PostId
    shifts: tuple[Shift, ...]
    gone: tuple[ShiftId, ...] = ()


class DutySignedOn(_DutyEvent, frozen=True, kw_only=True, tag="duty.signed_on"):
    """签到. `reason` is why somebody stands in who is not on the roster."""

    shift_id: ShiftId
    officer_id: OfficerId
    reason: str = ""


class DutySignedOff(_DutyEvent, frozen=True, kw_only=True, tag="duty.signed_off"):
    shift_id: ShiftId
    officer_id: OfficerId


class SwapAsked(_DutyEvent, frozen=True, kw_only=True, tag="swap.asked"):
    swap: Swap


class SwapSettled(_DutyEvent, frozen=True, kw_only=True, tag="swap.settled"):
    """The other one agreed, or it came to nothing."""

    swap_id: SwapId
    is_agreed: bool


class HandoverMade(_DutyEvent, frozen=True, kw_only=True, tag="handover.made"):
    """The sheet as it was at that moment, frozen. `digest` is `handover.sheet_digest` of it."""

    handover_id: HandoverId
    sheet: HandoverSheet
    digest: str


class HandoverSigned(_DutyEvent, frozen=True, kw_only=True, tag="handover.signed"):
    """By who goes."""

    handover_id: HandoverId
    words: str = ""


class HandoverAccepted(_DutyEvent, frozen=True, kw_only=True, tag="handover.accepted"):
    """By who comes: what was read, and what had changed since the sheet was made."""

    handover_id: HandoverId
    shift_id: ShiftId | None
    """The one that begins with it, if the roster has one."""
    read: tuple[SectionKind, ...]
    words: str = ""
    changes: tuple[Difference, ...] = ()


DutyEvent = (
    PostDefined
    | RosterSet
    | DutySignedOn
    | DutySignedOff
    | SwapAsked
    | SwapSettled
    | HandoverMade
    | HandoverSigned
    | HandoverAccepted
)
