"""The map within the desk: its tools, its menus, and the selection it shares with the lists."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import FenceId, JurisdictionId, OrderId, TalkgroupId, UnitId, WeatherId
from comms.domain.order import CircleTarget, JurisdictionTarget, Place
from ui.commands import BY_ID
from ui.controls import Controls
from ui.map.alarm_overlay import AlarmOverlay
from ui.map.call_overlay import KIND as CALL_KIND
from ui.map.call_overlay import CallOverlay
from ui.map.fence_overlay import KIND as FENCE_KIND
from ui.map.fence_overlay import FenceOverlay
from ui.map.map_widget import MapWidget
from ui.map.tools import MapTool
from ui.map.weather_overlay import KIND as WEATHER_KIND
from ui.map.weather_overlay import WeatherOverlay
from ui.map_menu import MapMenu
from ui.mark.desk import MarkDesk
from ui.order.controls import Beginning
from ui.panels.composer import Composer
from ui.place.pick import PlacePick
from ui.search.finder import grid_at, grid_name
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.triggered import Triggered

NEAR_ZOOM = 16.5
_UNIT_COMMANDS = (
    "unit_call",
    "unit_video",
    "unit_order",
    "unit_talkgroup",
    "area_call_selection",
    "follow_unit",
    "unit_track",
)
_TOOLS = (
    ("circle", MapTool.CIRCLE),
    ("call", MapTool.CALL),
    ("polygon", MapTool.POLYGON),
    ("measure", MapTool.MEASURE),
)
_PICTURES = {"circle": "circle", "call": "talk", "polygon": "grid", "measure": "target", "whole_area": "expand"}
CALL_AROUND_M = 300
"""The menu's call around a place: a block or two."""


class MapTools(QWidget):
    """Buttons over the map's corner; they never move."""

    def __init__(self, desk_map: MapWidget, look: Look, text: Texts) -> None:
        super().__init__(desk_map)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._map = desk_map
        self._look = look
        self._text = text
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self._buttons: dict[str, QToolButton] = {}
        for name, tool in _TOOLS:
            button = self._button(name)
            button.setCheckable(True)
            button.setProperty("tool", tool.value)
            button.clicked.connect(self._take_tool)
        self._button("whole_area").clicked.connect(desk_map.fit_area)
        for button in self._buttons.values():
            row.addWidget(button)
        desk_map.toolChanged.connect(self._show_tool)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        self._read()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"map_{name}")
        button.setProperty("tone", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._buttons[name] = button
        return button

    def _take_tool(self, is_on: bool) -> None:
        button = self.sender()
        if button is not None:
            self._map.set_tool(MapTool(button.property("tool")) if is_on else MapTool.PAN)

    def _show_tool(self, tool: MapTool) -> None:
        for name, meant in _TOOLS:
            self._buttons[name].setChecked(meant is tool)

    def _read(self) -> None:
        for name, button in self._buttons.items():
            button.setText(self._text(f"tool.{name}"))
            button.setToolTip(self._text(f"tool.{name}_tip"))
            button.setIcon(icon(_PICTURES[name], self._look.theme.text_dim))
            button.setIconSize(QSize(self._look.px(16), self._look.px(16)))
        self.move(self._look.px(8), self._look.px(8))


class MapDesk(QObject):
    def __init__(
        self, desk_map: MapWidget, composer: Composer, controls: Controls, look: Look, text: Texts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._composer = composer
        self._controls = controls
        self._text = text
        self._selection = controls.selection
        self.tools = MapTools(desk_map, look, text)
        desk_map.drawing.units.covers.append(self.tools)
        desk_map.unitsSelected.connect(self._units_picked)
        desk_map.orderSelected.connect(self._order_picked)
        desk_map.gridSelected.connect(self._grid_picked)
        desk_map.areaCalled.connect(controls.area_calls.call)
        desk_map.overlayPicked.connect(self._overlay_picked)
        desk_map.drawing.overlays.add(CallOverlay(controls.store, text))
        desk_map.drawing.overlays.add(FenceOverlay(controls.store))
        desk_map.drawing.overlays.add(WeatherOverlay(controls.store, text))
        desk_map.drawing.overlays.add(AlarmOverlay(controls.store, controls.selection))
        self._selection.alarmsChanged.connect(desk_map.schedule)
        desk_map.areaOutlined.connect(self._area_outlined)
        controls.fences.drawing.connect(desk_map.begin_by_keys)
        controls.weather.drawing.connect(desk_map.begin_by_keys)
        for sheet in (controls.fences, controls.weather, controls.hub.quarantine):
            desk_map.toolChanged.connect(sheet.take_up, Qt.ConnectionType.QueuedConnection)
        self.marks = MarkDesk(desk_map, controls, text, self)
        controls.drawing.connect(desk_map.begin_by_keys)
        controls.hub.quarantine.drawing.connect(desk_map.begin_by_keys)
        desk_map.placePicked.connect(self._take_place)
        controls.following.connect(self._follow)
        desk_map.circleDrawn.connect(self._circle_drawn)
        desk_map.contextRequested.connect(self._map_menu)
        self._pick = PlacePick(desk_map, self)
        self._pick.picked.connect(self._place_picked)
        composer.circleWanted.connect(self._want_circle)
        composer.placeWanted.connect(self._pick.begin)
        self._selection.unitsChanged.connect(self._show_units)

    def centre(self, lat: float, lon: float) -> None:
        self._map.centre_on(lat, lon, max(NEAR_ZOOM, self._map.view.zoom))

    # --- what was picked ------------------------------------------------------------------------------

    def _units_picked(self, unit_ids: list[UnitId]) -> None:
        self._selection.set_units(tuple(unit_ids))

    def _show_units(self) -> None:
        if self._map.selected != self._selection.unit_ids:
            self._map.select(self._selection.unit_ids)

    def _order_picked(self, order_id: str) -> None:
        self._selection.set_order(OrderId(order_id))
        self._controls.showing.emit("orders")

    def _grid_picked(self, jurisdiction_id: str) -> None:
        if self._composer.isVisible():
            self._composer.set_target(JurisdictionTarget(JurisdictionId(jurisdiction_id)))

    def _overlay_picked(self, kind: str, key: str) -> None:
        if kind == CALL_KIND:
            self._controls.select_talkgroup(TalkgroupId(key))
        elif kind == FENCE_KIND:
            self._controls.fences.edit(FenceId(key))
        elif kind == WEATHER_KIND:
            self._controls.weather.show(WeatherId(key))

    def _area_outlined(self, tool: MapTool, area: CircleTarget | PolygonTarget) -> None:
        if tool is MapTool.WEATHER and isinstance(area, PolygonTarget):
            self._controls.weather.outlined(area)
        else:
            self._controls.fences.outlined(area)

    def _follow(self) -> None:
        """The unit picked, or nobody when it is followed already."""
        unit_id = self._selection.unit_id
        self._map.follow(unit_id if unit_id != self._map.followed else None)

    def _want_circle(self) -> None:
        self._map.set_tool(MapTool.CIRCLE)

    def _circle_drawn(self, lat: float, lon: float, radius_m: float) -> None:
        """Drag, release: the sheet is open with everybody inside."""
        self._pick.cancel()
        self._controls.orders.compose_for_circle(CircleTarget(lat=lat, lon=lon, radius_m=radius_m))

    def give_up(self) -> bool:
        """A place that was asked for, a mark in hand; False without either."""
        was_waiting = self._pick.is_waiting
        self._pick.cancel()
        return was_waiting or self.marks.give_up_shaping()

    def _place_picked(self, lat: float, lon: float) -> None:
        place = self._place(lat, lon)
        self._selection.set_place(place)
        self._composer.set_place(place)

    def _take_place(self, lat: float, lon: float) -> None:
        self._controls.hub.quarantine.take_place(self._place(lat, lon))

    # --- menus ----------------------------------------------------------------------------------------

    def unit_menu(self, unit_id: str, where: QPoint) -> None:
        """The menu of a unit in the list."""
        if unit_id not in self._selection.unit_ids:
            self._selection.set_units((UnitId(unit_id),))
        menu = MapMenu(self._map, self._text)
        self._add_unit_commands(menu)
        menu.popup(where)

    def _map_menu(self, unit_id: UnitId | None, lat: float, lon: float) -> None:
        if unit_id is None and self.marks.offer(lat, lon):
            return
        if unit_id is not None and unit_id not in self._selection.unit_ids:
            self._selection.set_units((unit_id,))
        place = self._place(lat, lon)
        self._selection.set_place(place)
        menu = MapMenu(self._map, self._text)
        if unit_id is not None:
            self._add_unit_commands(menu)
            menu.addSeparator()
        menu.offer("map_menu.order_here", partial(self._controls.orders.compose, Beginning(place=place)))
        menu.offer("map_menu.who_is_near", partial(self._controls.showing.emit, "near"))
        menu.offer("map_menu.around", partial(self._controls.showing.emit, "around"))
        menu.offer("map_menu.report_here", partial(self._controls.showing.emit, "report"))
        menu.offer("map_menu.nearest", partial(self._controls.orders.compose_for_nearest, place))
        around = CircleTarget(lat=lat, lon=lon, radius_m=CALL_AROUND_M)
        menu.offer("map_menu.call_around", partial(self._controls.area_calls.call, around), radius=CALL_AROUND_M)
        for key, group in self._controls.store.picture.talkgroups.items():
            if group.ad_hoc is not None:
                end = partial(self._controls.area_calls.end, key)
                menu.offer("map_menu.end_call", end, name=group.talkgroup.name)
        menu.offer("map_menu.fence_here", partial(self._controls.fences.begin, place))
        menu.offer("map_menu.fence_outline", partial(self._map.set_tool, MapTool.FENCE_POLYGON))
        menu.offer("map_menu.weather", partial(self._controls.weather.begin))
        menu.offer("map_menu.centre", partial(self.centre, lat, lon))
        menu.addSeparator()
        menu.offer("command.map_print", partial(self._controls.showing.emit, "map_print"))
        menu.popup(QCursor.pos())

    def _add_unit_commands(self, menu: QMenu) -> None:
        for command_id in _UNIT_COMMANDS:
            command = BY_ID[command_id]
            action = QAction(command.name(self._text), menu)
            action.setEnabled(command.is_enabled(self._controls))
            action.triggered.connect(Triggered(partial(command.run, self._controls)))
            menu.addAction(action)

    def _place(self, lat: float, lon: float) -> Place:
        """A place with the words an officer would say: the grid it lies in."""
        store = self._controls.store
        grid = grid_at(store.area, lat, lon) if store.area is not None else None
        words = self._text("map_menu.in_grid", grid=grid_name(store, grid)) if grid is not None else ""
        return Place(lat=lat, lon=lon, text=words)
