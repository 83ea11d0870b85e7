"""Weather alerts (气象预警): what is coming, how bad, where and until when; folded from their events. Pure."""

from enum import StrEnum
from math import isfinite
from typing import assert_never

import msgspec
import shapely

from comms.domain.ad_hoc import PolygonTarget, is_area
from comms.domain.ids import JurisdictionId, PartyId, WeatherId
from comms.domain.order import JurisdictionTarget

LONGEST_S = 7 * 86_400.0
"""No forecast office warns for longer at a time."""
KEPT_OVER = 100
"""Alerts that are over, kept to look back at."""
Ring = tuple[tuple[float, float], ...]
"""Corners (lat, lon) in WGS-84, not closed."""
WeatherArea = PolygonTarget | JurisdictionTarget


class WeatherKind(StrEnum):
    """The fourteen warning signals of the national weather service (中国气象局令第 16 号)."""

    TYPHOON = "typhoon"
    RAINSTORM = "rainstorm"
    SNOWSTORM = "snowstorm"
    COLD_WAVE = "cold_wave"
    GALE = "gale"
    SANDSTORM = "sandstorm"
    HEAT = "heat"
    DROUGHT = "drought"
    LIGHTNING = "lightning"
    HAIL = "hail"
    FROST = "frost"
    FOG = "fog"
    HAZE = "haze"
    ICY_ROAD = "icy_road"


class WeatherLevel(StrEnum):
    """From the lowest to the highest."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class WeatherAlert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`from_at` and `until_at` are Unix seconds; `source` says who warns, a word of the site (市气象台)."""

    id: WeatherId
    kind: WeatherKind
    level: WeatherLevel
    jurisdiction_id: JurisdictionId
    """Officers of this node and above are told, and may end it."""
    area: WeatherArea
    rings: tuple[Ring, ...]
    """The area as outlines, also where a jurisdiction was named: borders may be redrawn later."""
    from_at: float
    until_at: float
    text: str = ""
    source: str = ""


class WeatherFault(StrEnum):
    BAD_AREA = "bad_area"
    BAD_TIMES = "bad_times"
    OVER_ALREADY = "over_already"


def weather_fault(*, area: WeatherArea, from_at: float, until_at: float, now: float) -> WeatherFault | None:
    """Why an alert cannot be issued, or None."""
    if isinstance(area, PolygonTarget) and not (is_area(area) and shapely.Polygon(area.corners).is_valid):
        return WeatherFault.BAD_AREA
    if not (isfinite(from_at) and isfinite(until_at) and 0 < until_at - from_at <= LONGEST_S):
        return WeatherFault.BAD_TIMES
    return WeatherFault.OVER_ALREADY if until_at <= now else None


class WeatherIssued(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="weather.issued"):
    alert: WeatherAlert


class WeatherEnded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="weather.ended"):
    """An officer ended it before its time. One whose time is up ends by itself."""

    weather_id: WeatherId


WeatherEvent = WeatherIssued | WeatherEnded


class WeatherState(msgspec.Struct, kw_only=True):
    alert: WeatherAlert
    issued_by: PartyId
    issued_at: float
    ended_at: float | None = None
    ended_by: PartyId | None = None

    def is_standing(self, now: float) -> bool:
        """In force, or announced."""
        return self.ended_at is None and now < self.alert.until_at

    def is_in_force(self, now: float) -> bool:
        return self.is_standing(now) and self.alert.from_at <= now


class WeatherBook(msgspec.Struct, kw_only=True):
    states: dict[WeatherId, WeatherState] = {}

    def apply(self, event: WeatherEvent, *, at: float, actor: PartyId) -> WeatherId:
        """The id of the alert that changed."""
        match event:
            case WeatherIssued(alert=alert):
                self.states[alert.id] = WeatherState(alert=alert, issued_by=actor, issued_at=at)
                self._forget(at)
                return alert.id
            case WeatherEnded(weather_id=weather_id):
                state = self.states[weather_id]
                state.ended_at, state.ended_by = at, actor
                return weather_id
            case _:
                assert_never(event)

    def standing(self, now: float) -> list[WeatherState]:
        """The newest last."""
        return [state for state in self.states.values() if state.is_standing(now)]

    def _forget(self, now: float) -> None:
        """Drop those issued first, beyond what is kept."""
        over = [key for key, state in self.states.items() if not state.is_standing(now)]
        for key in over[: max(0, len(over) - KEPT_OVER)]:
            del self.states[key]
