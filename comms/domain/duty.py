"""The roster (排班): posts, shifts, who came and when, and shifts that two officers exchange."""

import msgspec

from comms.domain.ids import JurisdictionId, OfficerId, PostId, ShiftId, SwapId

MOST_DRAFTS = 400
"""Shifts of one plan: two months of a post with six shifts a day."""
MOST_POSTS = 200
EARLIEST_BEFORE_S = 1800.0
"""One may sign on so long before a shift begins; and shifts so far apart follow one another."""
LATE_AFTER_S = 300.0
"""Nobody there so long after the beginning is late."""
MISSING_AFTER_S = 900.0
UNHANDED_AFTER_S = 900.0
"""A handover that is not signed so long after the change of shifts is overdue. The four figures are our own."""
UNHANDED_HIGH_AFTER_S = 3600.0
SHORTEST_S, LONGEST_S = 900.0, 24 * 3600.0
KEPT_S = 62 * 86_400.0
"""Shifts that ended so long ago are forgotten by the picture; the journal keeps them."""


class DutyPost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Closed: no shifts are planned any more."""

    id: PostId
    name: str
    jurisdiction_id: JurisdictionId
    is_closed: bool = False


class ShiftDraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shift as it is planned. Times are Unix seconds, so that one that crosses midnight is nothing special."""

    name: str
    start_at: float
    end_at: float
    officer_id: OfficerId
    deputy_id: OfficerId | None = None


class Shift(ShiftDraft, frozen=True, kw_only=True, omit_defaults=True):
    id: ShiftId
    post_id: PostId

    def is_now(self, at: float) -> bool:
        return self.start_at <= at < self.end_at

    @property
    def officers(self) -> tuple[OfficerId, ...]:
        """On the roster: the one on duty, then the deputy."""
        return (self.officer_id,) if self.deputy_id is None else (self.officer_id, self.deputy_id)


class Attendance(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One officer's presence. `reason` is why he stands in for those of the roster; empty for them."""

    officer_id: OfficerId
    at: float
    reason: str = ""
    left_at: float | None = None


class ShiftState(msgspec.Struct, kw_only=True, omit_defaults=True):
    shift: Shift
    attendance: list[Attendance] = []
    handed_over_at: float | None = None

    @property
    def on_duty(self) -> tuple[OfficerId, ...]:
        """Who is there now."""
        return tuple(one.officer_id for one in self.attendance if one.left_at is None)

    def late_s(self) -> float | None:
        """By how much the first of them came late, 0 when he did not; None while nobody has come."""
        return max(0.0, self.attendance[0].at - self.shift.start_at) if self.attendance else None


class Swap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An officer asks a colleague to take his shift, perhaps for one of the colleague's. It is so when he agrees."""

    id: SwapId
    shift_id: ShiftId
    asked_by: OfficerId
    to: OfficerId
    other_shift_id: ShiftId | None = None
    reason: str = ""
