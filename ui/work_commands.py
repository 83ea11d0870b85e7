"""Commands of the duty's longer work: what is opened as a sheet, not done in one minute."""

from ui.case.commands import CASE_COMMANDS
from ui.command import Command, shows
from ui.controls import Controls
from ui.drill.commands import DRILL_COMMANDS
from ui.plan.controls import most_urgent


def _open_items(controls: Controls) -> None:
    controls.items.open()


def _next_plan(controls: Controls) -> None:
    """To the running plan whose next step is due first."""
    run = most_urgent(controls.store)
    if run is not None:
        controls.hub.pick(run.incident_id)
        controls.selection.set_incidents((run.incident_id,))
        controls.showing.emit("plan")


def _has_plan(controls: Controls) -> bool:
    return bool(controls.store.picture.plans.running())


def _is_signed_in(controls: Controls) -> bool:
    return controls.store.session is not None


WORK_COMMANDS: tuple[Command, ...] = (
    Command("items", "work", "note", _open_items, ("Ctrl+Alt+I",)),
    Command("duty", "work", "person", shows("duty"), ("Ctrl+Alt+D",)),
    Command("duty_handover", "work", "check", shows("duty_handover"), ("Ctrl+Alt+O",)),
    Command("duty_log", "work", "note", shows("duty_log"), ("Ctrl+Alt+Y",)),
    *CASE_COMMANDS,
    Command("bulletin", "work", "note", shows("bulletin"), ("Ctrl+Alt+B",)),
    Command("plan", "work", "play", shows("plan"), ("Alt+P",)),
    Command("plan_next", "work", "clock", _next_plan, ("Alt+Shift+P",), _has_plan),
    Command("scenarios", "work", "play", shows("scenarios"), ("Ctrl+Alt+J",)),
    *DRILL_COMMANDS,
    Command("replay_open", "work", "play", shows("replay_open"), ("Ctrl+Alt+R",)),
    Command("patrol", "work", "place", shows("patrol"), ("Ctrl+Alt+G",)),
    Command("account", "desk", "person", shows("account"), ("Ctrl+Alt+A",)),
    Command("lock", "desk", "door", shows("lock"), ("Ctrl+Alt+L",), _is_signed_in),
    Command("access", "desk", "person", shows("access"), ("Ctrl+Alt+K",)),
    Command("review", "work", "check", shows("review"), ("Ctrl+Alt+V",)),
    Command("support", "desk", "info", shows("support"), ("Ctrl+F1",)),
)
