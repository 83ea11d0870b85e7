"""Expectations: what trainees should have done by when, after which inject. Data of a scenario, see `scenario`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.alarm import AlarmKind
from comms.domain.case import CaseStep
from comms.domain.inject import ActorId, ExpectationId, InjectId, Line, Metres, ObjectiveId, RoleId, Words

Count = Annotated[int, Meta(ge=1, le=100)]


class _Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="see", forbid_unknown_fields=True):
    """What is looked for in the record. "Its incident" is the one that the inject made; where the inject made none,
    any within 1,000 m of its place, and any at all where it has no place."""


class Acknowledged(_Seen, frozen=True, kw_only=True, tag="acknowledged"):
    """Its incident was taken note of: acknowledged, or acted upon at once."""


class OrderSent(_Seen, frozen=True, kw_only=True, tag="order"):
    """Orders for its incident to at least so many units. With `nearest`, each of the units it takes is among that many
    who were nearest and had no other order in hand. `items` are names or ids of the item list, any of which will do."""

    units: Count = 1
    nearest: Count | None = None
    items: tuple[Line, ...] = ()


class RightUnit(_Seen, frozen=True, kw_only=True, tag="right_unit"):
    """One of those ordered for its incident has one of the skills, or is one of these actors."""

    skills: tuple[Line, ...] = ()
    actors: tuple[ActorId, ...] = ()


class TalkgroupCalled(_Seen, frozen=True, kw_only=True, tag="talkgroup"):
    """The officer talked in this talkgroup (id or name), or in any; `is_ad_hoc`: in one formed for the place."""

    talkgroup: Line | None = None
    is_ad_hoc: bool = False


class CallAnswered(_Seen, frozen=True, kw_only=True, tag="call_answered"):
    """The call that the inject made was answered."""


class UnitCalled(_Seen, frozen=True, kw_only=True, tag="unit_called"):
    """A point call to somebody of the cast, and it was answered."""

    actor: ActorId


class VideoOpened(_Seen, frozen=True, kw_only=True, tag="video"):
    """An officer watched a unit's video: of this actor, or of any unit."""

    actor: ActorId | None = None


class PlanBegun(_Seen, frozen=True, kw_only=True, tag="plan"):
    """A plan runs for its incident: this one (id), or any; with `steps`, so many of its steps are settled."""

    plan: Line | None = None
    steps: Count | None = None


class CaseStepped(_Seen, frozen=True, kw_only=True, tag="case"):
    step: CaseStep


class AlarmSeen(_Seen, frozen=True, kw_only=True, tag="alarm"):
    """The inject's alarm was acknowledged; where it made none, one of this kind."""

    kind: AlarmKind | None = None


class Merged(_Seen, frozen=True, kw_only=True, tag="merged"):
    """Its incident was merged with the one that tells of the same thing."""


class Drawn(_Seen, frozen=True, kw_only=True, tag="drawn"):
    """A mark or a fence on the map, drawn not farther than this from the inject's place."""

    within_m: Metres = 1_000.0


class Noted(_Seen, frozen=True, kw_only=True, tag="noted"):
    """A line in the duty log that has one of these words in it; any line when none are given."""

    words: tuple[Line, ...] = ()


class Closed(_Seen, frozen=True, kw_only=True, tag="closed"):
    """Its incident was closed, or its case ended."""


Seen = (
    Acknowledged
    | OrderSent
    | RightUnit
    | TalkgroupCalled
    | CallAnswered
    | UnitCalled
    | VideoOpened
    | PlanBegun
    | CaseStepped
    | AlarmSeen
    | Merged
    | Drawn
    | Noted
    | Closed
)


class Expectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`since` is the inject it is counted from. `role` is whose it is; None leaves it to the team."""

    id: ExpectationId
    objective: ObjectiveId
    since: InjectId
    within_s: Annotated[float, Meta(gt=0, le=24 * 3600)]
    what: Seen
    words: Words
    weight: Annotated[float, Meta(gt=0, le=100)] = 1.0
    role: RoleId | None = None


def expected_actors(what: Seen) -> tuple[ActorId, ...]:
    """Of the cast, who it names."""
    match what:
        case UnitCalled():
            return (what.actor,)
        case VideoOpened(actor=str(actor)):
            return (actor,)
        case RightUnit():
            return what.actors
        case _:
            return ()
