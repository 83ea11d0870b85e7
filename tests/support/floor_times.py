"""When floor control may do what: TS 24.380 table 11.1.2 held against what a floor says, moment by moment.

Written from the standard's words and not from the machine's: it knows what was said and heard, and when."""

from math import inf, isclose

from comms.domain.call import TalkEnd
from comms.domain.floor import Floor
from comms.domain.floor_effect import (
    CallInactive,
    CloseVoice,
    Effects,
    Granted,
    Idle,
    OpenVoice,
    RevokeCause,
    Revoked,
    TalkOver,
)
from comms.domain.floor_steps import FloorState
from comms.domain.ids import PartyId

T8_S, T20_S, C20, DRAIN_S = 1.0, 1.0, 3, 0.25
EMERGENCY_S = 3600.0


class FloorTimes:
    """Told of every input and every effect at its moment; `check` after each."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._heard_at = self._until = self._revoked_at = self._released_at = self._idle_at = -inf
        self._revokes = 0
        self._granted_at = -inf
        self._grants = 0
        """Sent of a grant from the queue that is not confirmed; 0: none is waited for."""

    # --- what goes in --------------------------------------------------------------------------------------

    def heard(self, now: float, party: PartyId) -> None:
        """A voice packet, before the floor has it."""
        if party == self._floor.talker and self._floor.state in (FloorState.TAKEN, FloorState.PENDING_REVOKE):
            self._heard_at, self._grants = now, 0

    def acknowledged(self, party: PartyId, floor_seq: int) -> None:
        is_his = party == self._floor.talker and floor_seq == self._floor.floor_seq
        if is_his and self._floor.state is FloorState.TAKEN:
            self._grants = 0

    # --- what comes out ------------------------------------------------------------------------------------

    def told(self, now: float, effects: Effects, *, by_timer: bool) -> None:
        rules, is_new, is_emergency = self._floor.rules, False, False
        for effect in effects:
            match effect:
                case OpenVoice(is_emergency=is_emergency):
                    is_new = True
                case Granted(duration_s=duration_s, from_queue=from_queue):
                    if is_new:
                        self._heard_at = self._granted_at = now
                        self._grants = int(from_queue)
                        self._until = now + (EMERGENCY_S if is_emergency else rules.max_talk_s)
                        is_new = False
                    elif by_timer:
                        self._grants += 1
                        assert isclose(now, self._granted_at + (self._grants - 1) * T20_S), "T20 out of its time"
                    else:
                        self._until = max(self._until, now + duration_s)
                    assert isclose(now + duration_s, self._until), "another duration than is left of T2"
                case Revoked(cause=cause, grace_s=grace_s):
                    self._revoke(now, cause, grace_s, by_timer=by_timer)
                case CloseVoice(drains=True):
                    self._released_at, self._grants = now, 0
                case TalkOver(end=end):
                    self._over(now, end)
                case Idle(to=None):
                    self._idle_at = now
                case CallInactive():
                    assert isclose(now, self._idle_at + rules.hang_time_s), "T4 out of its time"
                case _:
                    pass

    def _revoke(self, now: float, cause: RevokeCause, grace_s: float, *, by_timer: bool) -> None:
        rules = self._floor.rules
        if self._revokes:
            self._revokes += 1
            assert isclose(now, self._revoked_at + (self._revokes - 1) * T8_S), "T8 out of its time"
            assert isclose(now + grace_s, self._revoked_at + rules.grace_s), "T3 is not what is left"
            return
        self._revokes, self._revoked_at, self._grants = 1, now, 0
        assert (cause is RevokeCause.TOO_LONG) is by_timer, "T2 alone revokes by itself"
        assert cause is not RevokeCause.TOO_LONG or isclose(now, self._until), "T2 out of its time"
        assert isclose(grace_s, 0.0 if rules.audio_cut_in else rules.grace_s)

    def _over(self, now: float, end: TalkEnd) -> None:
        match end:
            case TalkEnd.MEDIA_LOST:
                is_silent = isclose(now, self._heard_at + self._floor.rules.end_of_media_s)
                is_unused = self._grants == C20 and isclose(now, self._granted_at + C20 * T20_S)
                assert is_silent or is_unused, "T1 or T20 out of its time"
            case TalkEnd.REVOKED_TOO_LONG | TalkEnd.REVOKED_PREEMPTED:
                assert self._revokes, "a revoked talk that nobody revoked"
            case TalkEnd.RELEASED:
                assert now - self._released_at <= DRAIN_S + 1e-9
            case TalkEnd.LEFT:
                pass
        self._revokes = self._grants = 0
        self._until = inf

    # --- what holds now ------------------------------------------------------------------------------------

    def check(self, now: float) -> None:
        """No timer that has run out is still waited for."""
        rules = self._floor.rules
        match self._floor.state:
            case FloorState.TAKEN:
                assert now < self._heard_at + rules.end_of_media_s, "T1"
                assert now < self._until, "T2"
                if self._grants:
                    sent = 1 + int(now - self._granted_at + 1e-9)
                    assert self._grants == sent <= C20, "T20"
            case FloorState.PENDING_REVOKE:
                assert now < self._heard_at + rules.end_of_media_s, "T1"
                assert now < self._revoked_at + rules.grace_s, "T3"
                assert self._revokes == 1 + int(now - self._revoked_at + 1e-9), "T8"
            case FloorState.DRAINING:
                assert now < self._released_at + DRAIN_S, "drain"
            case FloorState.IDLE:
                assert now < self._idle_at + rules.hang_time_s, "T4"
            case FloorState.NO_CALL:
                assert self._floor.talker is None
