"""Alarms, geofences, weather alerts: acknowledge, shelve, mark as false; draw, change, erase; issue, end."""

from comms.domain.alarm import BULK_LIMIT
from comms.domain.fence import Fence
from comms.domain.ids import AlarmId, FenceId, WeatherId
from comms.domain.weather import WeatherArea, WeatherKind, WeatherLevel
from comms.protocol.alarm_commands import (
    AlarmAcknowledge,
    AlarmMark,
    AlarmShelve,
    AlarmUnshelve,
    FenceChange,
    FenceDraw,
    FenceErase,
)
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from console.actions.requester import NewId, Outcome, Requester, ask_durably
from console.store.store import Store


class Alarming:
    def __init__(self, requester: Requester, store: Store, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._new_id = new_id

    async def acknowledge(self, alarm_ids: tuple[AlarmId, ...]) -> Outcome:
        """The first of them, as many as may be acknowledged at once."""
        command = AlarmAcknowledge(id=self._new_id(), alarm_ids=alarm_ids[:BULK_LIMIT])
        return await ask_durably(self._requester, command)

    async def shelve(self, alarm_id: AlarmId, *, for_s: float, reason: str) -> Outcome:
        until_at = self._store.server_now() + for_s
        command = AlarmShelve(id=self._new_id(), alarm_id=alarm_id, until_at=until_at, reason=reason)
        return await ask_durably(self._requester, command)

    async def unshelve(self, alarm_id: AlarmId) -> Outcome:
        return await ask_durably(self._requester, AlarmUnshelve(id=self._new_id(), alarm_id=alarm_id))

    async def mark(self, alarm_id: AlarmId, *, false_reason: str) -> Outcome:
        """An empty reason takes the mark back."""
        command = AlarmMark(id=self._new_id(), alarm_id=alarm_id, false_reason=false_reason)
        return await ask_durably(self._requester, command)

    async def draw(self, fence: Fence) -> Outcome:
        """`done.subject` is the fence id."""
        return await ask_durably(self._requester, FenceDraw(id=self._new_id(), fence=fence))

    async def change(self, fence: Fence) -> Outcome:
        return await ask_durably(self._requester, FenceChange(id=self._new_id(), fence=fence))

    async def erase(self, fence_id: FenceId) -> Outcome:
        return await ask_durably(self._requester, FenceErase(id=self._new_id(), fence_id=fence_id))

    async def issue_weather(
        self,
        *,
        kind: WeatherKind,
        level: WeatherLevel,
        area: WeatherArea,
        from_at: float,
        until_at: float,
        text: str = "",
        source: str = "",
    ) -> Outcome:
        """`done.subject` is the alert's id."""
        command = WeatherIssue(
            id=self._new_id(),
            weather_kind=kind,
            level=level,
            area=area,
            from_at=from_at,
            until_at=until_at,
            text=text,
            source=source,
        )
        return await ask_durably(self._requester, command)

    async def end_weather(self, weather_id: WeatherId) -> Outcome:
        return await ask_durably(self._requester, WeatherEnd(id=self._new_id(), weather_id=weather_id))
