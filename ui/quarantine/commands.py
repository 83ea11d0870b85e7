"""The way to quarantine by key and palette."""

from ui.command import Command, shows

QUARANTINE_COMMANDS: tuple[Command, ...] = (
    Command("quarantine", "work", "warning", shows("quarantine"), ("Ctrl+Alt+U",)),
)
