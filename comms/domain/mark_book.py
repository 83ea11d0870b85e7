"""The book of marks: the fold of what officers draw."""

from typing import assert_never

import msgspec

from comms.domain import events as ev
from comms.domain.ids import MarkId
from comms.domain.mark import MarkState
from comms.domain.states import Change


class MarkBook(msgspec.Struct, kw_only=True):
    states: dict[MarkId, MarkState] = {}

    def apply(self, event: ev.MarkEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
        """Raises KeyError for a mark that is not there."""
        match event:
            case ev.MarkDrawn(mark=mark):
                self.states[mark.id] = MarkState(
                    mark=mark, drawn_by=recorded.actor, drawn_at=recorded.at, changed_at=recorded.at
                )
                return (Change("mark", mark.id, True),)
            case ev.MarkChanged(mark=mark):
                state = self.states[mark.id]
                state.mark, state.changed_at = mark, recorded.at
                return (Change("mark", mark.id),)
            case ev.MarkErased(mark_id=mark_id):
                del self.states[mark_id]
                return (Change("mark", mark_id),)
            case _:
                assert_never(event)
