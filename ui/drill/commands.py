"""Commands of a drill: what who directs it must reach from anywhere, and what everybody in it may ask for."""

from ui.command import Command, is_online, shows
from ui.controls import Controls
from ui.drill.words import Stage, stage_of


def _is_drill(controls: Controls) -> bool:
    session = controls.store.session
    return session is not None and session.is_drill and is_online(controls)


def _is_staff(controls: Controls) -> bool:
    return _is_drill(controls) and controls.store.drill.is_staff


def _can_move(controls: Controls) -> bool:
    return _is_drill(controls) and controls.store.drill.is_trainer and stage_of(controls.store) is not Stage.OVER


def _can_freeze(controls: Controls) -> bool:
    return _can_move(controls) and stage_of(controls.store) in (Stage.RUNNING, Stage.PAUSED)


DRILL_COMMANDS: tuple[Command, ...] = (
    Command("drills", "work", "play", shows("drills"), ("Ctrl+Alt+X",)),
    Command("director", "work", "clock", shows("director"), ("Ctrl+Alt+M",), _is_staff),
    Command("director_go", "work", "play", shows("director_go"), ("Ctrl+Alt+P",), _can_move),
    Command("director_freeze", "work", "pause", shows("director_freeze"), ("Ctrl+Alt+Z",), _can_freeze),
    Command("director_note", "work", "note", shows("director_note"), ("Ctrl+Alt+N",), _is_staff),
    Command("drill_seats", "work", "person", shows("drill_seats"), ("Ctrl+Alt+S",), _is_drill),
)
