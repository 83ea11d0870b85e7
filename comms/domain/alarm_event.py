"""The events of alarms."""

import msgspec

from comms.domain.alarm import Alarm
from comms.domain.ids import AlarmId


class _AlarmEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of the events of alarms."""


class AlarmRaised(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.raised"):
    """New, or come back after it was over."""

    alarm: Alarm


class AlarmUpdated(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.updated"):
    """Its source told again: a new value, place or priority, and how often by now."""

    alarm: Alarm
    count: int
    is_chattering: bool = False


class AlarmCleared(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.cleared"):
    """Its cause is over. Unless it was acknowledged, somebody still has to see it."""

    alarm_id: AlarmId


class AlarmAcknowledged(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.acknowledged"):
    alarm_ids: tuple[AlarmId, ...]


class AlarmShelved(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.shelved"):
    alarm_id: AlarmId
    until_at: float
    reason: str


class AlarmUnshelved(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.unshelved"):
    """By an officer, or by the gateway when its time was up."""

    alarm_id: AlarmId


class AlarmMarked(_AlarmEvent, frozen=True, kw_only=True, tag="alarm.marked"):
    """An officer says that it is a false alarm, and why; an empty reason takes that back."""

    alarm_id: AlarmId
    false_reason: str = ""


AlarmEvent = AlarmRaised | AlarmUpdated | AlarmCleared | AlarmAcknowledged | AlarmShelved | AlarmUnshelved | AlarmMarked
