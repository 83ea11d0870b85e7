"""How a weather alert is said: its level and kind in words, and from or until when."""

from comms.domain.weather import WeatherAlert
from ui.text import Texts
from ui.words import moment


def weather_name(alert: WeatherAlert, text: Texts) -> str:
    kind, level = text(f"weather.kind.{alert.kind.value}"), text(f"weather_level.{alert.level.value}")
    return text("weather.name", kind=kind, level=level)


def weather_label(alert: WeatherAlert, now: float, text: Texts) -> str:
    """With the time that matters next: when it begins, or when it ends."""
    is_coming = now < alert.from_at
    at = alert.from_at if is_coming else alert.until_at
    time = moment(at, now)
    return text("weather.coming" if is_coming else "weather.until", name=weather_name(alert, text), time=time)
