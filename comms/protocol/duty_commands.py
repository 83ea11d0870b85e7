"""Commands of desks about the roster, the handover and the duty log. Changes are durable."""

from typing import Annotated, get_args

from msgspec import Meta

from comms.domain.duty import MOST_DRAFTS, ShiftDraft
from comms.domain.handover import SectionKind
from comms.domain.ids import HandoverId, JurisdictionId, OfficerId, PostId, ShiftId, SwapId
from comms.protocol.command_shape import AnyCommand, Secret
from comms.protocol.desk_commands import DeskCommand

Words = Annotated[str, Meta(max_length=1000)]
Digest = Annotated[str, Meta(max_length=64)]
MOST_NOTES = 20


class PostDefine(AnyCommand, frozen=True, kw_only=True, tag="post.define"):
    """A new post, or one that is there named anew, closed or opened. `done.subject` is its id, which for a new one is
    this command's id."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    jurisdiction_id: JurisdictionId
    post_id: PostId | None = None
    is_closed: bool = False


class RosterSet(AnyCommand, frozen=True, kw_only=True, tag="roster.set"):
    """The shifts of a post that begin from `from_at` until before `until_at` (Unix seconds), in place of those planned
    before. What has begun stays as it is. All or nothing."""

    post_id: PostId
    from_at: float
    until_at: float
    shifts: Annotated[tuple[ShiftDraft, ...], Meta(max_length=MOST_DRAFTS)]


class DutySignOn(AnyCommand, frozen=True, kw_only=True, tag="duty.sign_on"):
    """签到. Who is not on the roster of the shift says why he stands in."""

    shift_id: ShiftId
    reason: Words = ""


class DutySignOff(AnyCommand, frozen=True, kw_only=True, tag="duty.sign_off"):
    """Only where no shift takes over; else the handover ends the duty."""

    shift_id: ShiftId


class SwapAsk(AnyCommand, frozen=True, kw_only=True, tag="swap.ask"):
    """Ask a colleague to take one's shift, perhaps for one of his. `done.subject` is the swap's id."""

    shift_id: ShiftId
    to: OfficerId
    other_shift_id: ShiftId | None = None
    reason: Words = ""


class SwapSettle(AnyCommand, frozen=True, kw_only=True, tag="swap.settle"):
    """The one who was asked agrees or not; the one who asked takes it back."""

    swap_id: SwapId
    is_agreed: bool


class HandoverMake(AnyCommand, frozen=True, kw_only=True, tag="handover.make"):
    """A sheet of this moment, in place of one that is not signed by both. `done.subject` is its id."""

    shift_id: ShiftId
    notes: Annotated[tuple[Words, ...], Meta(max_length=MOST_NOTES)] = ()


class HandoverSign(AnyCommand, frozen=True, kw_only=True, tag="handover.sign"):
    """By who goes. The digest says what he has signed; his password is asked again."""

    handover_id: HandoverId
    digest: Digest
    password: Secret
    words: Words = ""


class HandoverAccept(AnyCommand, frozen=True, kw_only=True, tag="handover.accept"):
    """By who comes: every section read. Shelved alarms that he does not leave on the shelf come back at once."""

    handover_id: HandoverId
    digest: Digest
    password: Secret
    read: Annotated[tuple[SectionKind, ...], Meta(max_length=len(SectionKind))]
    words: Words = ""
    keeps_shelved: bool = False


class LogSpan(AnyCommand, frozen=True, kw_only=True, tag="log.span"):
    """Events of a span of time (Unix seconds), oldest first, those after `after_seq`; answered by log.page."""

    from_at: float
    until_at: float
    after_seq: int = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 500


class HandoverRead(AnyCommand, frozen=True, kw_only=True, tag="handover.read"):
    """What the picture has forgotten of a handover: its events, answered by log.page."""

    handover_id: HandoverId


DutyChange = (
    PostDefine
    | RosterSet
    | DutySignOn
    | DutySignOff
    | SwapAsk
    | SwapSettle
    | HandoverMake
    | HandoverSign
    | HandoverAccept
)
DutyQuery = LogSpan | HandoverRead
DutyCommand = DutyChange | DutyQuery | DeskCommand
DUTY_CHANGES: tuple[type[DutyChange], ...] = get_args(DutyChange)
DUTY_QUERIES: tuple[type[DutyQuery], ...] = get_args(DutyQuery)
