"""How a drill's story stands, as the trainer's board shows it: each inject, and when it is due."""

from enum import StrEnum

import msgspec

from comms.domain.inject import InjectId


class InjectPhase(StrEnum):
    WAITING = "waiting"
    """For something that has no second yet."""
    DUE = "due"
    """At a second that is known, or over: one that is optional then waits for the trainer's hand."""
    BEGUN = "begun"
    """Its second has come, and it is being recorded."""
    FIRED = "fired"
    SKIPPED = "skipped"


class InjectState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Seconds of the drill. `due_s` includes what the trainer delayed it by; `count` is how often it was fired."""

    id: InjectId
    phase: InjectPhase = InjectPhase.WAITING
    due_s: float | None = None
    delayed_s: float = 0.0
    fired_s: float | None = None
    count: int = 0
