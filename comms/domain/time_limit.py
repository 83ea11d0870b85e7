"""Time limits as a case standard words them: an amount and its unit. What time they run is the calendar's business."""

from enum import StrEnum

import msgspec


class TimeUnit(StrEnum):
    EMERGENCY_HOUR = "emergency_hour"
    """紧急工作时: runs without a break."""
    EMERGENCY_DAY = "emergency_day"
    """紧急工作日: 24 hours without a break."""
    NATURAL_DAY = "natural_day"
    """自然日: 24 hours without a break."""
    WORK_HOUR = "work_hour"
    """工作时: runs only in working hours."""
    WORK_DAY = "work_day"
    """工作日: as many working hours as a working day has."""


class TimeLimit(msgspec.Struct, frozen=True, kw_only=True):
    """2 紧急工作时, 15 工作日 … `amount` is more than 0."""

    amount: float
    unit: TimeUnit
