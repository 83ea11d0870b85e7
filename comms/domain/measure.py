"""Measures: what a drill is scored by as a whole, beside what each inject expects."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta


class MeasureKind(StrEnum):
    ACK_TIME = "ack_time"
    """Seconds within which 9 in 10 incidents were taken note of."""
    FIRST_ORDER_TIME = "first_order_time"
    """Seconds within which 9 in 10 incidents that got an order had their first."""
    LONG_BURSTS = "long_bursts"
    """Officers' talk bursts longer than 15 s."""
    FLOOR_TAKEN = "floor_taken"
    """Talk bursts that ended by force: too long, or somebody with a higher right came in."""
    REFUSALS = "refusals"
    """Commands the gateway had to refuse."""
    ALARMS_MISSED = "alarms_missed"
    """Alarms nobody acknowledged."""
    ALARMS_LATE = "alarms_late"
    """Alarms acknowledged later than a minute after they were raised."""
    CALLS_UNANSWERED = "calls_unanswered"
    """Point calls to a desk that nobody answered, or that were rejected."""
    RADIO_LOAD = "radio_load"
    """Share of the time in which the busiest talkgroup was taken, in per cent."""
    ORDERS_OVERDUE = "orders_overdue"
    PLAN_STEPS = "plan_steps"
    """Share of the steps of plans that were settled, in per cent. More is better."""
    NOTES = "notes"
    """Lines written to the duty log in 10 minutes. More is better."""


MORE_IS_BETTER = frozenset({MeasureKind.PLAN_STEPS, MeasureKind.NOTES})
LONG_BURST_S = 15.0
"""What fits into one breath; TS 24.380 takes the floor back after 30 s (T2)."""
ALARM_LATE_S = 60.0


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`limit` is what the figure should keep to, in the unit of its kind."""

    kind: MeasureKind
    limit: Annotated[float, Meta(ge=0)]
    weight: Annotated[float, Meta(gt=0, le=100)] = 1.0


DEFAULT_MEASURES = (
    Measure(kind=MeasureKind.ACK_TIME, limit=10.0, weight=2.0),
    Measure(kind=MeasureKind.FIRST_ORDER_TIME, limit=60.0, weight=2.0),
    Measure(kind=MeasureKind.LONG_BURSTS, limit=1.0),
    Measure(kind=MeasureKind.FLOOR_TAKEN, limit=1.0),
    Measure(kind=MeasureKind.REFUSALS, limit=3.0, weight=0.5),
    Measure(kind=MeasureKind.ALARMS_MISSED, limit=0.0, weight=2.0),
    Measure(kind=MeasureKind.ALARMS_LATE, limit=1.0),
    Measure(kind=MeasureKind.CALLS_UNANSWERED, limit=0.0, weight=2.0),
    Measure(kind=MeasureKind.RADIO_LOAD, limit=50.0, weight=0.5),
    Measure(kind=MeasureKind.ORDERS_OVERDUE, limit=0.0),
    Measure(kind=MeasureKind.PLAN_STEPS, limit=80.0),
    Measure(kind=MeasureKind.NOTES, limit=1.0, weight=0.5),
)
"""60 s to the first order in 9 of 10 cases after NFPA 1225 (2022); the others are our own figures."""
