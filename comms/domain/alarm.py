"""Alarms after ISA-18.2 / IEC 62682 and EEMUA 191: only what the officer must do something about.

An alarm is unique by its kind and source: a repeat updates it and never adds another. It walks the transition table
below; shelving takes it out of sight for a stated time, with a reason and a name.
"""

from enum import StrEnum

import msgspec

from comms.domain.ids import AlarmId, FenceId, IncidentId, JurisdictionId, OrderId, PartyId, TalkgroupId, UnitId
from comms.domain.order import Place


class AlarmKind(StrEnum):
    EMERGENCY_CALL = "emergency_call"
    ORDER_OVERDUE = "order_overdue"
    UNIT_SILENT = "unit_silent"
    """The terminal of a unit with work in hand is out of contact."""
    GATEWAY_FAULT = "gateway_fault"
    FENCE_ENTERED = "fence_entered"
    FENCE_LEFT = "fence_left"
    FENCE_DWELL = "fence_dwell"
    FENCE_SPEEDING = "fence_speeding"
    FENCE_SILENT = "fence_silent"
    GRID_LEFT = "grid_left"
    """A unit is outside its own grid or jurisdiction during duty."""
    PLAN_OVERDUE = "plan_overdue"
    """A step of a running plan that nobody has settled in time."""
    PATROL_OVERDUE = "patrol_overdue"
    """Visits of patrol plans in one grid are past their deadline; `value` is how many."""
    WARNING = "warning"
    """An early warning of a rule; its source names the rule and the place."""
    DUTY_MISSING = "duty_missing"
    """A shift has begun and nobody has signed on."""
    HANDOVER_UNSIGNED = "handover_unsigned"
    """Shifts have changed and the handover is not signed by both."""
    HELP_CALLED = "help_called"
    """Somebody who has not signed in calls for help, and no officer has taken note of it yet."""
    CASE_PRESSED = "case_pressed"
    """A case whose department was warned of its deadline, reminded (催办) or told by a supervisor (督办)."""


class AlarmPriority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Higher is more urgent."""
        return _RANKS[self]


_RANKS = {AlarmPriority.LOW: 0, AlarmPriority.MEDIUM: 1, AlarmPriority.HIGH: 2}


class AlarmPhase(StrEnum):
    """Active × acknowledged, and the shelf."""

    ACTIVE = "active"
    """Its cause holds, nobody has acknowledged it: it sounds."""
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """Its cause is over before anybody acknowledged it: somebody still has to see it."""
    SHELVED = "shelved"
    SHELVED_OVER = "shelved_over"
    """Shelved, and its cause is over meanwhile."""
    OVER = "over"


class AlarmInput(StrEnum):
    RAISE = "raise"
    ESCALATE = "escalate"
    """Raised with a higher priority than before."""
    CLEAR = "clear"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


_P, _I = AlarmPhase, AlarmInput
TRANSITIONS: dict[tuple[AlarmPhase, AlarmInput], AlarmPhase] = {
    (_P.ACTIVE, _I.RAISE): _P.ACTIVE,
    (_P.ACTIVE, _I.ESCALATE): _P.ACTIVE,
    (_P.ACTIVE, _I.CLEAR): _P.RETURNED,
    (_P.ACTIVE, _I.ACKNOWLEDGE): _P.ACKNOWLEDGED,
    (_P.ACTIVE, _I.SHELVE): _P.SHELVED,
    (_P.ACKNOWLEDGED, _I.RAISE): _P.ACKNOWLEDGED,
    (_P.ACKNOWLEDGED, _I.ESCALATE): _P.ACTIVE,
    (_P.ACKNOWLEDGED, _I.CLEAR): _P.OVER,
    (_P.ACKNOWLEDGED, _I.SHELVE): _P.SHELVED,
    (_P.RETURNED, _I.RAISE): _P.ACTIVE,
    (_P.RETURNED, _I.ESCALATE): _P.ACTIVE,
    (_P.RETURNED, _I.ACKNOWLEDGE): _P.OVER,
    (_P.SHELVED, _I.RAISE): _P.SHELVED,
    (_P.SHELVED, _I.ESCALATE): _P.ACTIVE,
    (_P.SHELVED, _I.CLEAR): _P.SHELVED_OVER,
    (_P.SHELVED, _I.UNSHELVE): _P.ACTIVE,
    (_P.SHELVED_OVER, _I.RAISE): _P.SHELVED,
    (_P.SHELVED_OVER, _I.ESCALATE): _P.ACTIVE,
    (_P.SHELVED_OVER, _I.UNSHELVE): _P.OVER,
    (_P.OVER, _I.RAISE): _P.ACTIVE,
    (_P.OVER, _I.ESCALATE): _P.ACTIVE,
}
"""What is not in the table is refused and changes nothing. What was shelved returns unacknowledged; a higher priority
breaks the shelf, because the officer put away the lower one."""

OPEN_PHASES = frozenset({_P.ACTIVE, _P.ACKNOWLEDGED, _P.RETURNED})
"""In the officer's list."""
UNSEEN_PHASES = frozenset({_P.ACTIVE, _P.RETURNED})
"""Somebody has yet to acknowledge it."""
SHELVED_PHASES = frozenset({_P.SHELVED, _P.SHELVED_OVER})
HOLDING_PHASES = frozenset({_P.ACTIVE, _P.ACKNOWLEDGED, _P.SHELVED})
"""Its cause holds."""

STANDING_S = 24 * 3600.0
"""Active for longer is a standing alarm (EEMUA 191)."""
CHATTER_WINDOW_S = 600.0
CHATTER_TRANSITIONS = 3
"""A source that changes so often within the window chatters (ISA-18.2); it is held until it has been quiet."""
LONGEST_SHELF_S = 12 * 3600.0
"""Nobody may put an alarm away for longer than the longest shift."""
BULK_LIMIT = 20
"""Alarms that one command may acknowledge: acknowledging means having looked."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that an alarm rests on. `noun` is that of the picture (`order`, `incident`, `alarm`, `unit`,
    `weather`), or `risk`: a place of the area."""

    noun: str
    id: str
    lat: float | None = None
    lon: float | None = None
    at: float | None = None
    """Unix seconds."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong, as its source tells it. `value` was measured and `limit` is what it should keep to, both in the
    unit of the kind (km/h, minutes)."""

    kind: AlarmKind
    source: str
    """What it comes from, as `unit:u1`; with the kind it is the alarm's identity."""
    priority: AlarmPriority
    jurisdiction_id: JurisdictionId | None = None
    """Officers of this node and above are told; None tells everybody."""
    place: Place | None = None
    unit_id: UnitId | None = None
    order_id: OrderId | None = None
    talkgroup_id: TalkgroupId | None = None
    fence_id: FenceId | None = None
    rule_id: str = ""
    name: str = ""
    """Of the fence, the order or the fault: a word for the sentence."""
    value: float | None = None
    limit: float | None = None
    incident_id: IncidentId | None = None
    sentences: dict[str, str] = {}
    """By locale, for a kind whose sentence comes with the rule and not with the desk."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def id(self) -> AlarmId:
        return AlarmId(f"{self.kind.value}/{self.source}")


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    by: PartyId
    at: float
    until_at: float
    reason: str


class AlarmState(msgspec.Struct, kw_only=True):
    """How an alarm stands. Times are Unix seconds; `count` is how often its source has told since it was raised."""

    alarm: Alarm
    phase: AlarmPhase
    raised_at: float
    last_at: float
    count: int = 1
    acknowledged_by: PartyId | None = None
    acknowledged_at: float | None = None
    shelf: Shelf | None = None
    is_chattering: bool = False
    flips: tuple[float, ...] = ()
    """When it was raised and cleared, within the last chatter window."""
    false_reason: str = ""
    """Why an officer says that it is a false alarm."""

    @property
    def id(self) -> AlarmId:
        return self.alarm.id

    def is_standing(self, now: float) -> bool:
        return self.phase in HOLDING_PHASES and now - self.raised_at > STANDING_S


def after(phase: AlarmPhase, what: AlarmInput) -> AlarmPhase | None:
    """The phase an input leads to, or None when the phase does not take it."""
    return TRANSITIONS.get((phase, what))
