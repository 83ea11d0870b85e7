"""Commands of the hub about merging, taking note, and where to look at an incident."""

from collections.abc import Callable

from ui.command import Command, is_online, shows
from ui.controls import Controls
from ui.hub.controls import HubControls


def _of_hub(run: Callable[[HubControls], None]) -> Callable[[Controls], None]:
    def run_it(controls: Controls) -> None:
        run(controls.hub)

    return run_it


def _has_duplicate(controls: Controls) -> bool:
    state = controls.hub.state
    return controls.hub.likely_duplicate is not None or (state is not None and state.merge is not None)


def _can_merge(controls: Controls) -> bool:
    return bool(controls.hub.to_merge) and is_online(controls)


def _can_unmerge(controls: Controls) -> bool:
    return controls.hub.merging.can_unmerge(controls.hub.state) and is_online(controls)


def _can_acknowledge(controls: Controls) -> bool:
    return controls.hub.can_acknowledge and is_online(controls)


def _has_camera(controls: Controls) -> bool:
    state = controls.hub.state
    return state is not None and bool(controls.hub.sights.cameras(state))


def _has_unit(controls: Controls) -> bool:
    state = controls.hub.state
    return state is not None and bool(controls.hub.sights.units(state))


HUB_COMMANDS: tuple[Command, ...] = (
    Command("hub_acknowledge", "hub", "bell", _of_hub(HubControls.acknowledge), ("Alt+Shift+A",)),
    Command("hub_note", "hub", "check", _of_hub(HubControls.acknowledge_picked), ("Alt+O",), _can_acknowledge),
    Command("hub_duplicate", "hub", "search", _of_hub(HubControls.go_to_duplicate), ("Alt+U",), _has_duplicate),
    Command("hub_merge", "hub", "plus", shows("hub_merge"), ("Alt+K",), _can_merge),
    Command("hub_unmerge", "hub", "back", _of_hub(HubControls.unmerge), ("Alt+Shift+K",), _can_unmerge),
    Command("hub_camera", "hub", "camera", _of_hub(HubControls.next_camera), ("Alt+I",), _has_camera),
    Command("hub_unit", "hub", "person", _of_hub(HubControls.next_unit), ("Alt+B",), _has_unit),
)
