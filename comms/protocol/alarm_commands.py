"""Commands of desks about alarms and geofences."""

from typing import Annotated

from msgspec import Meta

from comms.domain.alarm import BULK_LIMIT
from comms.domain.fence import Fence
from comms.domain.ids import AlarmId, FenceId
from comms.protocol.command_shape import AnyCommand


class AlarmAcknowledge(AnyCommand, frozen=True, kw_only=True, tag="alarm.acknowledge"):
    """An officer has seen these. Few at a time, because acknowledging means having looked. Durable."""

    alarm_ids: Annotated[tuple[AlarmId, ...], Meta(min_length=1, max_length=BULK_LIMIT)]


class AlarmShelve(AnyCommand, frozen=True, kw_only=True, tag="alarm.shelve"):
    """Out of sight until `until_at` (Unix seconds), at most one shift; it comes back by itself. Durable."""

    alarm_id: AlarmId
    until_at: float
    reason: Annotated[str, Meta(max_length=1000)]


class AlarmUnshelve(AnyCommand, frozen=True, kw_only=True, tag="alarm.unshelve"):
    """Back into sight before its time. Durable."""

    alarm_id: AlarmId


class AlarmMark(AnyCommand, frozen=True, kw_only=True, tag="alarm.mark"):
    """误报: it was a false alarm, and why; an empty reason takes the mark back. Durable."""

    alarm_id: AlarmId
    false_reason: Annotated[str, Meta(max_length=1000)] = ""


class FenceDraw(AnyCommand, frozen=True, kw_only=True, tag="fence.draw"):
    """A new fence. Its id is this command's id, whatever `fence.id` says. Durable; `done.subject` is the fence id."""

    fence: Fence


class FenceChange(AnyCommand, frozen=True, kw_only=True, tag="fence.change"):
    """The whole fence, as it shall be. Durable."""

    fence: Fence


class FenceErase(AnyCommand, frozen=True, kw_only=True, tag="fence.erase"):
    """Durable."""

    fence_id: FenceId
