"""Colours of the map. A theme hands one palette in; status is told by shape as well, never by colour alone."""

from dataclasses import dataclass

from comms.domain.unit import UnitStatus


@dataclass(frozen=True, slots=True)
class MapPalette:
    """Colours are `#rrggbb`, or `#aarrggbb` where something shines through."""

    is_dark: bool
    # ground
    ground: str
    """Beyond the area."""
    land: str
    """Inside grids."""
    grid_line: str
    village_line: str
    area_line: str
    street_fills: tuple[str, str, str]
    """By rank: main road, street, lane."""
    street_casing: str
    camera: str
    place: str
    place_glyph: str
    part: str
    risk: str
    highlight: str
    """Wash over the selected grid."""
    # names on the ground
    halo: str
    street_name: str
    grid_name: str
    village_name: str
    place_name: str
    # units
    statuses: tuple[str, ...]
    """In the order of UnitStatus."""
    symbol_edge: str
    label_ground: str
    label_text: str
    label_stale: str
    bubble: str
    bubble_text: str
    accuracy: str
    selection: str
    talking: str
    talking_glyph: str
    emergency: str
    emergency_glyph: str
    # orders
    order_waiting: str
    order_under_way: str
    order_on_scene: str
    order_done: str
    order_trouble: str
    order_glyph: str
    # furniture
    panel: str
    panel_line: str
    text: str
    text_dim: str
    accent: str
    accent_wash: str

    def status(self, status: UnitStatus) -> str:
        return self.statuses[tuple(UnitStatus).index(status)]


DARK = MapPalette(
    is_dark=True,
    ground="#0c1218",
    land="#151e28",
    grid_line="#3f6488",
    village_line="#5f8fbd",
    area_line="#7fb0de",
    street_fills=("#414f5d", "#354250", "#2a3543"),
    street_casing="#0b1117",
    camera="#5f86ad",
    place="#46586b",
    place_glyph="#e3ebf3",
    part="#3f7a5c",
    risk="#a84c5e",
    highlight="#264d9bff",
    halo="#101820",
    street_name="#c3cfdb",
    grid_name="#9cc4ea",
    village_name="#cfe0f2",
    place_name="#bac7d4",
    statuses=("#3ddc84", "#4da3ff", "#22d3ee", "#ffb020", "#c084fc", "#93a1af", "#6b7885"),
    symbol_edge="#070b0f",
    label_ground="#d10f161d",
    label_text="#eef3f8",
    label_stale="#a7b4c1",
    bubble="#d91d5fb8",
    bubble_text="#ffffff",
    accuracy="#4da3ff",
    selection="#ffffff",
    talking="#00e5a8",
    talking_glyph="#04241b",
    emergency="#ff4757",
    emergency_glyph="#1c0306",
    order_waiting="#ffd166",
    order_under_way="#4da3ff",
    order_on_scene="#ffb020",
    order_done="#3ddc84",
    order_trouble="#ff6b78",
    order_glyph="#0b1117",
    panel="#fa131b24",
    panel_line="#33475b",
    text="#e6edf5",
    text_dim="#a3b2c1",
    accent="#5cb0ff",
    accent_wash="#2e5cb0ff",
)

LIGHT = MapPalette(
    is_dark=False,
    ground="#dde3e8",
    land="#f5f6f8",
    grid_line="#8aa9c9",
    village_line="#5d86b0",
    area_line="#3f6c99",
    street_fills=("#ffffff", "#ffffff", "#ffffff"),
    street_casing="#c3ccd5",
    camera="#45719d",
    place="#8494a4",
    place_glyph="#ffffff",
    part="#3a7d5a",
    risk="#b23a50",
    highlight="#260b62d6",
    halo="#fafbfc",
    street_name="#48545f",
    grid_name="#2f5f8e",
    village_name="#1c3a57",
    place_name="#515e6a",
    statuses=("#12813f", "#0b62d6", "#007286", "#b45309", "#7c3aed", "#5b6670", "#75808a"),
    symbol_edge="#ffffff",
    label_ground="#e0ffffff",
    label_text="#18222c",
    label_stale="#56626e",
    bubble="#e00b5cc4",
    bubble_text="#ffffff",
    accuracy="#0b62d6",
    selection="#10181f",
    talking="#00795a",
    talking_glyph="#ffffff",
    emergency="#d1122b",
    emergency_glyph="#ffffff",
    order_waiting="#8a5a00",
    order_under_way="#0b62d6",
    order_on_scene="#b45309",
    order_done="#12813f",
    order_trouble="#c8102e",
    order_glyph="#ffffff",
    panel="#faffffff",
    panel_line="#c3ccd5",
    text="#18222c",
    text_dim="#515e6a",
    accent="#0b62d6",
    accent_wash="#240b62d6",
)


def contrast_ratio(first: str, second: str) -> float:
    """WCAG 2.1 contrast of two opaque colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(front: str, back: str) -> str:
    """The opaque colour seen where `#aarrggbb` lies over `#rrggbb`."""
    if len(front) == 7:
        return front
    alpha = int(front[1:3], 16) / 255
    mixed = (
        round(alpha * upper + (1 - alpha) * lower)
        for upper, lower in zip(_channels("#" + front[3:]), _channels(back), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
