"""CAP 1.2 (Common Alerting Protocol) read into a weather alert, an incident, or something kept aside.

Of several `info` blocks in a language the gravest counts, Chinese before others. Coordinates are WGS-84 as CAP has it.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from comms.adapters.cap_words import level_of, weather_kind_of
from comms.adapters.intake import Message, Received, Warned
from comms.adapters.record import MOST_DETAIL, clean, unreadable
from comms.domain.ad_hoc import MOST_CORNERS, PolygonTarget
from comms.domain.datum import Datum
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority
from comms.domain.source import Source
from comms.domain.weather import LONGEST_S, Ring
from comms.domain.work_order import (
    MOST_ADDRESS,
    MOST_KIND,
    MOST_SOURCE_ID,
    MOST_TEXT,
    Fault,
    FaultCode,
    SetAside,
    WorkOrder,
)

MEDIA_TYPE = "application/xml"
UNTIL_S = 86_400.0
"""How long a message that says no end is taken to hold."""
_ASIDE = {
    "Exercise": SetAside.EXERCISE,
    "Test": SetAside.TEST,
    "Draft": SetAside.DRAFT,
    "System": SetAside.SYSTEM,
}
_MESSAGE_TYPES = frozenset({"Alert", "Update", "Cancel", "Ack", "Error"})
_SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_PRIORITIES = {"Extreme": OrderPriority.CRITICAL, "Severe": OrderPriority.URGENT}
_CIRCLE_CORNERS = 32
_KM_PER_DEG = 111.2


def read_message(body: bytes, source: Source) -> Message:
    """Never raises: what is no CAP message comes back as a record that cannot be read."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as problem:
        return _unreadable(source, body, str(problem))
    if _name(root) != "alert":
        return _unreadable(source, body, f"not a CAP alert but {_name(root)}")
    sender, identifier = _text(root, "sender"), _text(root, "identifier")
    status, kind = _text(root, "status"), _text(root, "msgType")
    if not (sender and identifier):
        return _unreadable(source, body, "no sender or identifier")
    if status not in (*_ASIDE, "Actual") or kind not in _MESSAGE_TYPES:
        return _unreadable(source, body, f"status {status}, msgType {kind}")
    aside = _ASIDE.get(status) or (SetAside.NOTICE if kind in ("Ack", "Error") else None)
    return Message(
        _content(root, source, _number(sender, identifier), body),
        earlier=tuple(_earlier(_text(root, "references"))),
        is_cancel=kind == "Cancel",
        aside=aside,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What counts of a message."""

    root: Element
    info: Element | None
    area: Element | None
    ring: Ring | None


def _parts(root: Element) -> _Parts:
    info = _chosen(root)
    area = next(_children(info, "area"), None)
    return _Parts(root, info, area, _outline(area) if area is not None else None)


def _content(root: Element, source: Source, number: str, body: bytes) -> Received | Warned:
    parts = _parts(root)
    order = _order(parts, Origin(source=source.id, source_id=number))
    event, headline = _text(parts.info, "event"), _text(parts.info, "headline")
    received = Received(order, () if event else (Fault(FaultCode.NO_KIND),), body, MEDIA_TYPE)
    weather = weather_kind_of(event) or weather_kind_of(headline)
    if weather is None or received.faults:
        return received
    from_at = _first_time(parts, "onset", "effective") or 0.0
    until_at = _time(_text(parts.info, "expires")) or from_at + UNTIL_S
    return Warned(
        received,
        kind=weather,
        level=level_of(f"{event} {headline}", _text(parts.info, "severity")),
        area=PolygonTarget(corners=parts.ring) if parts.ring is not None else None,
        from_at=from_at,
        until_at=min(until_at, from_at + LONGEST_S),
        text=order.text,
        issuer=(_text(parts.info, "senderName") or _text(root, "sender"))[:MOST_KIND],
    )


def _order(parts: _Parts, origin: Origin) -> WorkOrder:
    told = [_text(parts.info, name) for name in ("headline", "description", "instruction")]
    lat, lon = _middle(parts.ring) if parts.ring is not None else (None, None)
    code = _text(next(_children(parts.area, "geocode"), None), "value") if parts.ring is None else ""
    return WorkOrder(
        origin=origin,
        kind=_text(parts.info, "event")[:MOST_KIND],
        text="\n".join(text for text in (*told, _text(parts.root, "note")) if text)[:MOST_TEXT],
        priority=_PRIORITIES.get(_text(parts.info, "severity"), OrderPriority.NORMAL),
        lat=lat,
        lon=lon,
        datum=Datum.WGS84,
        grid_code=code[:MOST_SOURCE_ID],
        address=_text(parts.area, "areaDesc")[:MOST_ADDRESS],
        occurred_at=_first_time(parts, "onset"),
    )


def _first_time(parts: _Parts, *names: str) -> float | None:
    """Of the message itself where the warning names none."""
    times = (*(_time(_text(parts.info, name)) for name in names), _time(_text(parts.root, "sent")))
    return next((at for at in times if at is not None), None)


def _chosen(root: Element) -> Element | None:
    """The gravest in Chinese, else the gravest."""
    infos = list(_children(root, "info"))
    chinese = [info for info in infos if _text(info, "language").lower().startswith("zh")]
    return min(chinese or infos, key=_gravity, default=None)


def _gravity(info: Element) -> int:
    severity = _text(info, "severity")
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def _outline(area: Element) -> Ring | None:
    """The first polygon, else the first circle; None where neither can be read."""
    polygon, circle = _text(area, "polygon"), _text(area, "circle")
    try:
        if polygon:
            return _ring([_pair(pair) for pair in polygon.split()])
        if circle:
            centre, radius = circle.split()
            return _ring(_round(_pair(centre), float(radius)))
    except (ValueError, shapely.errors.ShapelyError):
        return None
    return None


def _pair(text: str) -> tuple[float, float]:
    lat, lon = (float(part) for part in text.split(","))
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError(text)
    return lat, lon


def _round(centre: tuple[float, float], radius_km: float) -> list[tuple[float, float]]:
    lat, lon = centre
    if not 0 < radius_km <= 1000 or abs(lat) > 80:
        raise ValueError(radius_km)
    reach, shrink = radius_km / _KM_PER_DEG, math.cos(math.radians(lat))
    turns = (2 * math.pi * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS))
    return [(lat + reach * math.sin(turn), lon + reach / shrink * math.cos(turn)) for turn in turns]


def _ring(corners: list[tuple[float, float]]) -> Ring | None:
    """Not closed, of as many corners as an area may have."""
    if len(set(corners)) < 3:
        return None
    shape, tolerance = shapely.Polygon([(lon, lat) for lat, lon in corners]), 1e-4
    if not shape.is_valid or not shape.area:
        return None
    while len(shape.exterior.coords) - 1 > MOST_CORNERS:
        shape, tolerance = shape.simplify(tolerance), tolerance * 2
    return tuple((float(lat), float(lon)) for lon, lat in list(shape.exterior.coords)[:-1])


def _middle(ring: Ring) -> tuple[float, float]:
    inside = shapely.Polygon([(lon, lat) for lat, lon in ring]).representative_point()
    return round(float(inside.y), 7), round(float(inside.x), 7)


def _earlier(references: str) -> Iterator[str]:
    """`sender,identifier,sent` each."""
    for reference in references.split():
        parts = reference.split(",")
        if len(parts) == 3:
            yield _number(parts[0], parts[1])


def _number(sender: str, identifier: str) -> str:
    """The pair is what CAP holds to be unique."""
    joined = f"{sender},{identifier}"
    return joined if len(joined) <= MOST_SOURCE_ID else f"sha256:{hashlib.sha256(joined.encode()).hexdigest()[:40]}"


def _unreadable(source: Source, body: bytes, detail: str) -> Message:
    return Message(unreadable(source, body=body, media_type=MEDIA_TYPE, detail=detail[:MOST_DETAIL]))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element | None, name: str) -> Iterator[Element]:
    return (child for child in (element if element is not None else ()) if _name(child) == name)


def _text(element: Element | None, name: str) -> str:
    found = next(_children(element, name), None)
    return clean(found.text or "") if found is not None else ""


def _time(text: str) -> float | None:
    """CAP times have their zone; one without says nothing that is certain."""
    try:
        at = datetime.fromisoformat(text)
        return at.timestamp() if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
