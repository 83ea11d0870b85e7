"""Improvement actions over several drills: what came along, what is still open, and how one of them is settled."""

from collections.abc import Iterable, Sequence

import msgspec

from comms.domain.drill_book import Improvement
from comms.domain.drill_events import ImprovementRaised, ImprovementSettled
from console.drill.review import Review


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """`from_drill` is the id of the drill it was raised in, empty for this one. `is_here`: this drill's record has it;
    else it was left open by an earlier one and did not come along."""

    improvement: Improvement
    from_drill: str = ""
    is_here: bool = True

    @property
    def is_open(self) -> bool:
        return self.improvement.is_open

    def is_overdue(self, today: str) -> bool:
        return self.is_open and self.improvement.raised.due < today


def actions_of(review: Review, before: Sequence[Review]) -> tuple[Action, ...]:
    """What earlier drills left first, by the day it is due; then this drill's own. `before` were held before it, the
    oldest first."""
    origin = {
        each.raised.improvement_id: each.raised.from_drill or one.score.drill_id
        for one in before
        for each in one.improvements
    }
    known = {each.raised.improvement_id for each in review.improvements}
    left = [
        Action(improvement=each, from_drill=origin[each.raised.improvement_id], is_here=False)
        for each in _left_open(before)
        if each.raised.improvement_id not in known
    ]
    carried = [Action(improvement=each, from_drill=each.raised.from_drill) for each in review.carried]
    own = [Action(improvement=each) for each in review.own]

    def due(action: Action) -> tuple[bool, str, str]:
        raised = action.improvement.raised
        return (not action.is_open, raised.due, raised.improvement_id)

    return (*sorted((*left, *carried), key=due), *sorted(own, key=due))


def _left_open(before: Iterable[Review]) -> list[Improvement]:
    """As the last drill that has it says."""
    found = {each.raised.improvement_id: each for review in before for each in review.improvements}
    return [improvement for improvement in found.values() if improvement.is_open]


def settling(action: Action, words: str) -> Sequence[ImprovementRaised | ImprovementSettled]:
    """Events for this drill's record: what did not come along is named first, so that the record is whole by itself."""
    raised = action.improvement.raised
    settled = ImprovementSettled(improvement_id=raised.improvement_id, words=words)
    if action.is_here:
        return (settled,)
    return (msgspec.structs.replace(raised, from_drill=action.from_drill), settled)
