"""Layers that every desk has: what the picture knows, the ground, and how things of an area look by their kind."""

from console.layers.layer import AreaSource, Layer, LayerId, Live, LiveSource, Paint, Style

_LOOKS = {
    "cameras": Paint(colour="camera", symbol="camera"),
    "places": Paint(colour="place"),
    "parts": Paint(colour="part"),
    "risks": Paint(colour="risk"),
}
_POPUP_FIELDS = {
    "cameras": ("category", "heading_deg"),
    "places": ("category", "address"),
    "parts": ("category",),
    "risks": ("category", "level", "keeper"),
}
_SYMBOLS_FROM = {"cameras": 16.25, "places": 17.0, "parts": 16.5, "risks": 14.25}
_NAMES_FROM = {"cameras": 18.0, "places": 17.5, "parts": 18.25, "risks": 16.0}
_ORDER = {"parts": 10, "places": 20, "cameras": 30, "risks": 40}
_FIRST_ZOOM = {"cameras": 10.0, "places": 10.0, "parts": 12.0, "risks": 14.25}
"""Risk sources come with their symbols: as clusters they would cover the units of a whole town with numbers."""


def category_layer(part: str, category: str) -> Layer:
    """The layer of one category of an area's part. Its name is the category, or the part's when there is none."""
    look = _LOOKS[part]
    # A plate with the first character of the category tells places, parts and risks apart.
    symbol = look.symbol if look.symbol != "dot" or not category else category[:1]
    return Layer(
        id=LayerId(f"{part}/{category}"),
        name=category or f"layer.{part}",
        topic=f"topic.{part}",
        source=AreaSource(part, category),
        style=Style(base=Paint(colour=look.colour, symbol=symbol)),
        zoom_from=_FIRST_ZOOM[part],
        symbols_from=_SYMBOLS_FROM[part],
        names_from=_NAMES_FROM[part],
        popup_fields=_POPUP_FIELDS[part],
        order=_ORDER[part],
    )


def _live(live: Live, colour: str, order: int, *, is_on: bool = True) -> Layer:
    return Layer(
        id=LayerId(live.value),
        name=f"layer.{live.value}",
        topic="topic.live",
        source=LiveSource(live),
        style=Style(base=Paint(colour=colour)),
        is_on=is_on,
        order=order,
    )


def _ground(part: str, colour: str, order: int) -> Layer:
    return Layer(
        id=LayerId(part),
        name=f"layer.{part}",
        topic="topic.ground",
        source=AreaSource(part),
        style=Style(base=Paint(colour=colour)),
        order=order,
    )


LIVE_LAYERS: tuple[Layer, ...] = (
    _live(Live.UNITS, "accent", 100),
    _live(Live.TRACKS, "accent", 90),
    _live(Live.TRAILS, "accent", 91),
    _live(Live.ORDERS, "order_waiting", 95),
    _live(Live.INCIDENTS, "order_trouble", 94),
    _live(Live.ALARMS, "emergency", 96),
    _live(Live.FENCES, "order_waiting", 60),
    _live(Live.WEATHER, "order_on_scene", 59),
    _live(Live.MARKS, "accent", 61),
    _live(Live.CALL_AREAS, "talking", 62),
    _live(Live.DENSITY, "accent", 55, is_on=False),
)
GROUND_LAYERS: tuple[Layer, ...] = (
    _ground("grids", "grid_line", 2),
    _ground("villages", "village_line", 3),
    _ground("streets", "street_name", 1),
    _ground("names", "street_name", 4),
)
