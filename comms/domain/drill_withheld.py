"""What trainees may not hear of a drill they are in: what the trainer does to its story and whom he speaks for, what
simulated people say in writing, private notes, how they are rated. Pure; who is a trainee is decided where sessions are
known."""

import msgspec

from comms.domain import drill_events as dr
from comms.domain.drill_book import DrillBook
from comms.domain.events import Recorded
from comms.domain.ids import GATEWAY
from comms.domain.picture import Picture

_STAFF_ONLY = (
    dr.InjectFired
    | dr.InjectMade
    | dr.InjectSkipped
    | dr.InjectDelayed
    | dr.DrillActed
    | dr.DrillActEnded
    | dr.TalkWritten
    | dr.DrillRated
    | dr.ImprovementRaised
    | dr.ImprovementSettled
)


def for_trainee(recorded: Recorded) -> Recorded:
    """As a trainee is told of it: itself, or an event of the same place in the journal without its content."""
    event = recorded.event
    if isinstance(event, dr.DrillBegan):
        return _said(recorded, msgspec.structs.replace(event, cast={}, seed=0)) if event.cast else recorded
    if isinstance(event, _STAFF_ONLY) or (isinstance(event, dr.DrillNoted) and not event.is_shown):
        return Recorded(seq=recorded.seq, at=recorded.at, actor=GATEWAY, event=dr.DrillWithheld())
    return recorded


def _said(recorded: Recorded, event: dr.DrillBegan) -> Recorded:
    return msgspec.structs.replace(recorded, event=event)


def picture_for_trainee(picture: Picture) -> Picture:
    """The picture that the fold of `for_trainee` gives; shares all else with `picture`."""
    state = picture.drill.state
    if state is None:
        return picture
    book = DrillBook(
        state=msgspec.structs.replace(
            state,
            cast={},
            seed=0,
            fired={},
            skipped={},
            delays_s={},
            notes=[note for note in state.notes if note.is_shown],
            ratings=[],
            words=[],
            acting={},
            improvements={},
        )
    )
    return msgspec.structs.replace(picture, drill=book)
