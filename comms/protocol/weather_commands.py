"""Commands of desks about weather alerts."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import WeatherId
from comms.domain.weather import WeatherArea, WeatherKind, WeatherLevel
from comms.protocol.command_shape import AnyCommand, Text


class WeatherIssue(AnyCommand, frozen=True, kw_only=True, tag="weather.issue"):
    """A weather alert for an outline or a jurisdiction, from and until Unix seconds. Durable. `done.subject` is the
    alert's id, which is this command's id."""

    weather_kind: WeatherKind
    level: WeatherLevel
    area: WeatherArea
    from_at: float
    until_at: float
    text: Text = ""
    source: Annotated[str, Meta(max_length=60)] = ""


class WeatherEnd(AnyCommand, frozen=True, kw_only=True, tag="weather.end"):
    """It is over before its time. Durable."""

    weather_id: WeatherId
