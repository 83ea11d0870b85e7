"""How numbers and names are said: times, distances, ages, parties. Pure; the language is handed in."""

from datetime import datetime
from math import isnan

from comms.domain.ids import JurisdictionId, PartyId
from comms.domain.picture import OrderState, Picture
from console.store.store import Store
from ui.text import Texts

LOW_BATTERY_PCT = 20.0
"""A terminal with so much left, or less, is warned of wherever its unit is shown."""


def clock_time(at: float) -> str:
    """Local time of day of Unix seconds."""
    return datetime.fromtimestamp(at).strftime("%H:%M:%S")


def clock_minute(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M")


def day(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d")


def moment(at: float, now: float) -> str:
    """The time of day, with the date unless it is today's."""
    return clock_minute(at) if day(at) == day(now) else f"{day(at)[5:]} {clock_minute(at)}"


def utc_offset_s(at: float) -> float:
    """Local time minus UTC at a moment."""
    offset = datetime.fromtimestamp(at).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def duration(seconds: float) -> str:
    """`0:07`, `12:05`, `1:02:05`; negative counts as 0."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def age(seconds: float, text: Texts) -> str:
    """How long ago, as part of a sentence."""
    if isnan(seconds):
        return text("age.never")
    if seconds < 100:
        return text("age.seconds", count=max(0, int(seconds)))
    if seconds < 6000:
        return text("age.minutes", count=int(seconds // 60))
    return text("age.hours", count=int(min(seconds, 3_596_400) // 3600))


def short_age(seconds: float, text: Texts) -> str:
    """How long ago, for a narrow column."""
    if isnan(seconds):
        return text("age.short.never")
    if seconds < 100:
        return text("age.short.seconds", count=max(0, int(seconds)))
    if seconds < 6000:
        return text("age.short.minutes", count=int(seconds // 60))
    return text("age.short.hours", count=int(min(seconds, 3_596_400) // 3600))


def distance(metres: float, text: Texts) -> str:
    """Rounded as an eye would: to 1 m, 10 m, 0.1 km or 1 km."""
    if isnan(metres):
        return ""
    if metres < 995:
        return text("distance.metres", count=round(metres) if metres < 100 else 10 * round(metres / 10))
    return text("distance.kilometres", count=f"{metres / 1000:.1f}" if metres < 99_500 else round(metres / 1000))


def area(square_metres: float, text: Texts) -> str:
    """Rounded as an eye would."""
    if square_metres < 100_000:
        return text("area.square_metres", count=f"{square_metres:,.0f}")
    return text("area.square_kilometres", count=f"{square_metres / 1e6:.2f}")


def party_name(store: Store, party: PartyId, text: Texts) -> str:
    """The name an officer knows a party by; the gateway has none."""
    return text("party.gateway") if party == "gateway" else store.party_name(party)


def jurisdiction_path(picture: Picture, jurisdiction_id: JurisdictionId) -> str:
    """Names from the town down, the words between a city's and a grid's worker."""
    parts = jurisdiction_id.split("/")
    nodes = [picture.jurisdictions.get(JurisdictionId("/".join(parts[: depth + 1]))) for depth in range(len(parts))]
    names = [node.name for node in nodes if node is not None]
    return " › ".join(names[-3:])


def deadline(state: OrderState, now: float, text: Texts) -> str:
    """Time left or time over; empty without a deadline."""
    if state.order.deadline_at is None:
        return ""
    left = state.order.deadline_at - now
    if left >= 0:
        return text("order.time_left", time=duration(left))
    return text("order.time_over", time=duration(-left))
