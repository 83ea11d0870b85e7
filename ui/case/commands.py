"""Commands about the case of the incident picked."""

from ui.command import Command, shows
from ui.controls import Controls


def _has_incident(controls: Controls) -> bool:
    return controls.hub.state is not None


def _next_step(controls: Controls) -> None:
    controls.showing.emit("case")
    controls.hub.steppingCase.emit()


CASE_COMMANDS: tuple[Command, ...] = (
    Command("case", "hub", "note", shows("case"), ("Alt+C",), _has_incident),
    Command("case_next", "hub", "check", _next_step, ("Alt+Shift+C",), _has_incident),
)
