"""Commands of the duty's longer work: what is opened as a sheet, not done in one minute."""

from ui.case.commands import CASE_COMMANDS
from ui.command import Command, shows
from ui.controls import Controls


def _open_items(controls: Controls) -> None:
    controls.items.open()


WORK_COMMANDS: tuple[Command, ...] = (
    Command("items", "work", "note", _open_items, ("Ctrl+Alt+I",)),
    Command("duty", "work", "person", shows("duty"), ("Ctrl+Alt+D",)),
    Command("duty_handover", "work", "check", shows("duty_handover"), ("Ctrl+Alt+O",)),
    Command("duty_log", "work", "note", shows("duty_log"), ("Ctrl+Alt+L",)),
    *CASE_COMMANDS,
    Command("bulletin", "work", "note", shows("bulletin"), ("Ctrl+Alt+B",)),
)
