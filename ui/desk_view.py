"""What is on the screen of a desk, as a value: told while it is on duty, shown again when it is replayed."""

from math import log2

from comms.domain.desk_view import MOST_UNITS, DeskView
from ui.main_window import MainWindow

_TABS = ("units", "orders", "hub", "alarms", "layers", "marks")
_DEGREES, _SCALE = 5, 3
"""Decimals: a metre, and a thousandth: what moves less was not moved by anybody."""


def view_of(window: MainWindow) -> DeskView:
    parts, selection, view = window.parts, window.selection, window.parts.map.view
    front = window.tabs.currentWidget()
    lat, lon = view.place_at(view.width / 2, view.height / 2)
    return DeskView(
        tab=next((name for name in _TABS if getattr(parts, name) is front), ""),
        sheet=window.shows.work_sheets.shown,
        lat=round(lat, _DEGREES),
        lon=round(lon, _DEGREES),
        metres_per_px=round(view.metres_per_px, _SCALE),
        unit_ids=selection.unit_ids[:MOST_UNITS],
        order_id=selection.order_id,
        incident_ids=selection.incident_ids[:MOST_UNITS],
    )


def show_view(window: MainWindow, view: DeskView, before: DeskView | None) -> None:
    """As that desk had it; what is the same as `before` is left alone."""
    parts, selection, sheets = window.parts, window.selection, window.shows.work_sheets
    if before is None or (view.lat, view.lon, view.metres_per_px) != (before.lat, before.lon, before.metres_per_px):
        parts.map.centre_on(view.lat, view.lon)
        there = parts.map.view  # a pixel's metres depend on the latitude
        zoom = there.zoom + log2(there.metres_per_px / max(view.metres_per_px, 1e-3))
        parts.map.centre_on(view.lat, view.lon, zoom)
    if view.tab in _TABS and (before is None or view.tab != before.tab):
        window.tabs.setCurrentWidget(getattr(parts, view.tab))
    units = window.controls.store.picture.units
    selection.set_units(tuple(unit_id for unit_id in view.unit_ids if unit_id in units))
    selection.set_order(view.order_id)
    selection.set_incidents(view.incident_ids)
    if view.sheet != sheets.shown:
        if sheets.shown:
            sheets.sheet(sheets.shown).dismiss()
        if sheets.has(view.sheet):
            sheets.open(view.sheet)
