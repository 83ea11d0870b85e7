"""Every action of the desk as data: keys, menus, buttons, the palette and the tests read these tables."""

from collections.abc import Callable, Iterable

from comms.domain.order import OPEN_STATES, AssignmentState
from comms.domain.picture import OrderState
from console.store.trails import MINUTES
from ui.alarm.controls import AlarmControls
from ui.command import Command, HoldKey, is_online, shows
from ui.controls import Controls
from ui.hub.commands import HUB_COMMANDS
from ui.hub.controls import HubControls
from ui.map.tools import MapTool
from ui.mark.controls import MarkControls
from ui.order.controls import OrderControls
from ui.quarantine.commands import QUARANTINE_COMMANDS
from ui.work_commands import WORK_COMMANDS


def _has_unit(controls: Controls) -> bool:
    return controls.selection.unit_id in controls.store.picture.units


def _can_reach_unit(controls: Controls) -> bool:
    unit_id = controls.selection.unit_id
    state = controls.store.picture.units.get(unit_id) if unit_id is not None else None
    return state is not None and state.is_online and is_online(controls)


def _can_call(controls: Controls) -> bool:
    return _can_reach_unit(controls) and controls.store.point_call is None


def _is_ringing(controls: Controls) -> bool:
    return bool(controls.store.ringing)


def _has_call(controls: Controls) -> bool:
    return controls.store.point_call is not None


def _can_end_call(controls: Controls) -> bool:
    return _has_call(controls) or _is_ringing(controls)


def _has_recording(controls: Controls) -> bool:
    return bool(controls.store.picture.recordings)


def _order(controls: Controls) -> OrderState | None:
    order_id = controls.selection.order_id
    return controls.store.picture.orders.get(order_id) if order_id is not None else None


def _order_is_open(controls: Controls) -> bool:
    state = _order(controls)
    return state is not None and any(step in OPEN_STATES for step in state.assignments.values())


def _order_is_completed(controls: Controls) -> bool:
    state = _order(controls)
    return state is not None and AssignmentState.COMPLETED in state.assignments.values()


def _has_ladder(controls: Controls) -> bool:
    state = _order(controls)
    return state is not None and _order_is_open(controls) and any(one.end is None for one in state.ladders.values())


def _is_in_area_call(controls: Controls) -> bool:
    return controls.area_calls.ad_hoc() is not None


def _has_unseen_alarm(controls: Controls) -> bool:
    return bool(controls.alarms.unseen_ids) and is_online(controls)


def _can_shelve(controls: Controls) -> bool:
    return controls.alarms.can_shelve


def _is_shelved(controls: Controls) -> bool:
    return controls.alarms.is_shelved


def _has_alarm(controls: Controls) -> bool:
    return controls.alarms.state is not None


def _of_alarms(run: Callable[[AlarmControls], None]) -> Callable[[Controls], None]:
    def run_it(controls: Controls) -> None:
        run(controls.alarms)

    return run_it


def _of_orders(run: Callable[[OrderControls], None]) -> Callable[[Controls], None]:
    def run_it(controls: Controls) -> None:
        run(controls.orders)

    return run_it


def _draws(tool: MapTool) -> Callable[[Controls], None]:
    def draw(controls: Controls) -> None:
        controls.drawing.emit(tool)

    return draw


def _of_marks(run: Callable[[MarkControls], None]) -> Callable[[Controls], None]:
    def run_it(controls: Controls) -> None:
        run(controls.marks)

    return run_it


def _of_hub(run: Callable[[HubControls], None]) -> Callable[[Controls], None]:
    def run_it(controls: Controls) -> None:
        run(controls.hub)

    return run_it


def _has_incident(controls: Controls) -> bool:
    return controls.hub.state is not None


def _incident_is_open(controls: Controls) -> bool:
    return controls.hub.is_open


def _can_close_incident(controls: Controls) -> bool:
    return controls.hub.is_open and is_online(controls)


def _has_mark(controls: Controls) -> bool:
    return controls.marks.chosen is not None


def _can_change_mark(controls: Controls) -> bool:
    return controls.marks.can_change


def _can_undo_mark(controls: Controls) -> bool:
    return controls.marks.can_undo


def _call_selection(controls: Controls) -> None:
    controls.area_calls.call_selection()


def _end_area_call(controls: Controls) -> None:
    controls.area_calls.end_selected()


def _switch_area_call(controls: Controls) -> None:
    controls.area_calls.switch_selected()


def _begin_fence(controls: Controls) -> None:
    controls.fences.begin()


def _begin_weather(controls: Controls) -> None:
    controls.weather.begin()


def _follow_unit(controls: Controls) -> None:
    controls.following.emit()


def _select_card(number: int) -> Callable[[Controls], None]:
    def select(controls: Controls) -> None:
        controls.select_card(number)

    return select


CARD_KEYS = 8
HOLD_KEYS: tuple[HoldKey, ...] = (
    HoldKey("talk_selected", "Space", in_text=False),
    HoldKey("talk_selected_anywhere", "Ctrl+Space"),
    *(HoldKey(f"talk_card_{number}", f"F{number}", card=number) for number in range(1, CARD_KEYS + 1)),
)

COMMANDS: tuple[Command, ...] = (
    Command("answer", "voice", "phone", Controls.answer_first, ("F9",), _is_ringing),
    Command("hang_up", "voice", "hang_up", Controls.hang_up_or_reject, ("F10",), _can_end_call),
    Command("mute", "voice", "microphone_off", Controls.toggle_mute, ("F12",), _has_call),
    Command("play_last", "voice", "play", Controls.play_last, ("Ctrl+R",), _has_recording),
    Command("unit_call", "unit", "phone", Controls.call_unit, ("Ctrl+E",), _can_call),
    Command("unit_video", "unit", "video", Controls.video_unit, ("Ctrl+D",), _can_reach_unit),
    Command("unit_order", "unit", "order", _of_orders(OrderControls.compose_for_selection), (), _has_unit),
    Command("unit_centre", "unit", "target", Controls.centre_unit, ("Ctrl+M",), _has_unit),
    Command("unit_talkgroup", "unit", "group", Controls.talkgroup_of_unit, ("Ctrl+G",), _has_unit),
    Command("unit_track", "unit", "clock", shows("track_use_selection"), ("Ctrl+H",), _has_unit),
    Command("order_new", "order", "plus", _of_orders(OrderControls.compose_for_selection), ("Ctrl+N",)),
    Command("order_remind", "order", "bell", _of_orders(OrderControls.remind), (), _order_is_open),
    Command("order_stop_ladder", "order", "pause", _of_orders(OrderControls.stop_ladder), (), _has_ladder),
    Command("order_verify", "order", "check", _of_orders(OrderControls.verify), (), _order_is_completed),
    Command("order_send_back", "order", "back", _of_orders(OrderControls.send_back), (), _order_is_completed),
    Command("order_cancel", "order", "cancel", _of_orders(OrderControls.cancel_order), (), _order_is_open),
    Command("area_call", "map", "talk", _draws(MapTool.CALL), ("Ctrl+Shift+C",), is_online),
    Command("area_call_polygon", "map", "talk", _draws(MapTool.CALL_POLYGON), ("Ctrl+Shift+H",), is_online),
    Command("area_call_selection", "map", "talk", _call_selection, ("Ctrl+Shift+G",), _has_unit),
    Command("area_call_end", "map", "hang_up", _end_area_call, ("Ctrl+Shift+E",), _is_in_area_call),
    Command("area_call_follow", "map", "plus", _switch_area_call, ("Ctrl+Shift+F",), _is_in_area_call),
    Command("tool_circle", "map", "circle", _draws(MapTool.CIRCLE), ("Ctrl+Shift+O",)),
    Command("tool_box", "map", "grid", _draws(MapTool.BOX), ("Ctrl+Shift+B",)),
    Command("tool_polygon", "map", "grid", _draws(MapTool.POLYGON), ("Ctrl+Shift+P",)),
    Command("tool_measure", "map", "target", _draws(MapTool.MEASURE), ("Ctrl+Shift+M",)),
    Command("tool_area", "map", "target", _draws(MapTool.MEASURE_AREA), ("Ctrl+Shift+A",)),
    Command("fence_new", "map", "grid", _begin_fence, ("Ctrl+Shift+W",), is_online),
    Command("fence_circle", "map", "circle", _draws(MapTool.FENCE_CIRCLE), ("Ctrl+Alt+F",), is_online),
    Command("fence_polygon", "map", "grid", _draws(MapTool.FENCE_POLYGON), ("Ctrl+Alt+W",), is_online),
    Command("weather_new", "map", "warning", _begin_weather, ("Ctrl+Alt+Q",), is_online),
    Command("mark_point", "map", "place", _draws(MapTool.MARK_POINT), ("Ctrl+Alt+1",), is_online),
    Command("mark_line", "map", "note", _draws(MapTool.MARK_LINE), ("Ctrl+Alt+2",), is_online),
    Command("mark_area", "map", "grid", _draws(MapTool.MARK_AREA), ("Ctrl+Alt+3",), is_online),
    Command("mark_text", "map", "note", _draws(MapTool.MARK_TEXT), ("Ctrl+Alt+4",), is_online),
    Command("mark_go", "map", "pin", _of_marks(MarkControls.go), (), _has_mark),
    Command("mark_adjust", "map", "expand", _of_marks(MarkControls.adjust), ("Ctrl+Alt+E",), _can_change_mark),
    Command("mark_rename", "map", "note", _of_marks(MarkControls.rename), (), _can_change_mark),
    Command("mark_colour", "map", "circle", _of_marks(MarkControls.next_colour), ("Ctrl+Alt+C",), is_online),
    Command("mark_erase", "map", "cancel", _of_marks(MarkControls.erase), ("Ctrl+Alt+Del",), _can_change_mark),
    Command("mark_undo", "map", "back", _of_marks(MarkControls.undo), ("Ctrl+Z",), _can_undo_mark),
    Command("follow_unit", "map", "target", _follow_unit, ("Ctrl+Shift+J",), _has_unit),
    Command(
        "alarm_acknowledge", "alarm", "check", _of_alarms(AlarmControls.acknowledge), ("Alt+A",), _has_unseen_alarm
    ),
    Command("alarm_shelve", "alarm", "clock", _of_alarms(AlarmControls.shelve), ("Alt+S",), _can_shelve),
    Command("alarm_unshelve", "alarm", "back", _of_alarms(AlarmControls.unshelve), (), _is_shelved),
    Command("alarm_go", "alarm", "pin", _of_alarms(AlarmControls.go), ("Alt+G",), _has_alarm),
    Command("alarm_false", "alarm", "cancel", _of_alarms(AlarmControls.mark_false), ("Alt+F",), _has_alarm),
    Command("hub_next", "hub", "down", _of_hub(HubControls.next), ("Alt+N",)),
    Command("hub_take_in", "hub", "plus", _of_hub(HubControls.take_in), ("Alt+W",)),
    Command("hub_dispatch", "hub", "order", _of_hub(HubControls.dispatch), ("Alt+D",), _incident_is_open),
    Command("hub_go", "hub", "pin", _of_hub(HubControls.go), ("Alt+M",), _has_incident),
    Command("hub_near", "hub", "nearest", shows("hub_near"), ("Alt+J",), _has_incident),
    Command("hub_around", "hub", "circle", shows("hub_around"), ("Alt+R",), _has_incident),
    *HUB_COMMANDS,
    Command("hub_close", "hub", "check", _of_hub(HubControls.ask_close), ("Alt+E",), _can_close_incident),
    Command("alarm_rules", "alarm", "bell", shows("rules"), ("Alt+L",)),
    *WORK_COMMANDS,
    *QUARANTINE_COMMANDS,
    Command("palette", "view", "search", shows("palette"), ("Ctrl+K",)),
    Command("show_units", "view", "person", shows("units"), ("Ctrl+U",)),
    Command("show_orders", "view", "order", shows("orders"), ("Ctrl+O",)),
    Command("show_hub", "view", "warning", shows("hub"), ("Alt+H",)),
    Command("hub_wide", "view", "expand", shows("hub_wide"), ("Ctrl+Alt+H",)),
    Command("show_alarms", "view", "bell", shows("alarms"), ("F11",)),
    Command("show_layers", "view", "grid", shows("layers"), ("Ctrl+Y",)),
    Command("show_marks", "view", "place", shows("marks"), ("Ctrl+Shift+K",)),
    Command("minimap", "view", "expand", shows("minimap"), ("Ctrl+Shift+L",)),
    Command("find_unit", "view", "search", shows("find_unit"), ("Ctrl+F",)),
    Command("write_note", "view", "note", shows("note"), ("Ctrl+L",)),
    Command("report", "order", "warning", shows("report"), ("Ctrl+I",)),
    Command("near", "view", "nearest", shows("near"), ("Ctrl+J",)),
    Command("around", "view", "circle", shows("around"), ("Ctrl+Shift+N",)),
    Command("whole_area", "view", "expand", shows("whole_area"), ("Ctrl+0",)),
    Command("track_all", "view", "clock", shows("track_all")),
    Command("track_play", "view", "play", shows("track_play")),
    Command("track_slower", "view", "slower", shows("track_slower")),
    Command("track_faster", "view", "faster", shows("track_faster")),
    Command("track_export", "view", "down", shows("track_export")),
    Command("track_close", "view", "close", shows("track_close")),
    *(Command(f"trail_{count}", "map", "clock", shows(f"trail_{count}")) for count in MINUTES),
    Command("close_one", "view", "close", shows("close_one"), ("Esc",)),
    Command("layer_import", "map", "down", shows("layer_import"), ("Ctrl+Shift+I",)),
    Command("layer_export", "map", "up", shows("layer_export"), ("Ctrl+Shift+X",)),
    Command("base_map", "map", "grid", shows("base_map"), ("Ctrl+B",)),
    Command("map_print", "desk", "down", shows("map_print"), ("Ctrl+P",)),
    Command("theme", "desk", "moon", shows("theme"), ("Ctrl+T",)),
    Command("language", "desk", "language", shows("language")),
    Command("settings", "desk", "settings", shows("settings"), ("Ctrl+,",)),
    Command("shortcuts", "desk", "keyboard", shows("shortcuts"), ("Ctrl+/",)),
    Command("sign_out", "desk", "door", shows("sign_out")),
    *(
        Command(f"select_card_{number}", "talkgroup", "group", _select_card(number), (f"Ctrl+{number}",), number=number)
        for number in range(1, CARD_KEYS + 1)
    ),
)
GROUPS = ("voice", "talkgroup", "unit", "order", "hub", "work", "alarm", "map", "view", "desk")
BY_ID = {command.id: command for command in COMMANDS}


def conflicts(commands: Iterable[Command] = COMMANDS, holds: Iterable[HoldKey] = HOLD_KEYS) -> dict[str, list[str]]:
    """Keys that more than one thing claims, with the ids that do."""
    claimed: dict[str, list[str]] = {}
    for command in commands:
        for key in command.keys:
            claimed.setdefault(key.casefold(), []).append(command.id)
    for hold in holds:
        claimed.setdefault(hold.key.casefold(), []).append(hold.id)
    return {key: ids for key, ids in claimed.items() if len(ids) > 1}
