"""Scenarios (演练情景): what a drill is made of, as data. Read from a file by `comms.scenario.scenario_file`;
everything wrong with one is told at once by `scenario_check`."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from comms.domain.expectation import Expectation
from comms.domain.inject import ActorId, ExpectationId, Inject, InjectId, Line, Name, ObjectiveId, RoleId, Spot, Words
from comms.domain.measure import DEFAULT_MEASURES, Measure

FORMAT = 1
"""Written in every file, so that a later product knows what it reads."""
MOST_INJECTS, MOST_EXPECTATIONS, MOST_ACTORS = 500, 500, 200


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    pass


class Doctrine(_Part, frozen=True, kw_only=True):
    """Where the measures are written down: law, standard, plan. `says` is what of it this drill practises."""

    source: Words
    says: Words = ""


class Objective(_Part, frozen=True, kw_only=True):
    id: ObjectiveId
    words: Words


class SampleTown(_Part, frozen=True, kw_only=True, tag_field="town", tag="sample"):
    """The invented town of `comms.fleet.town`: the same bytes for the same numbers."""

    units: Annotated[int, Meta(ge=1, le=20_000)] = 150
    seed: int = 7


class TownFileArea(_Part, frozen=True, kw_only=True, tag_field="town", tag="file"):
    """A town of one's own; the path is relative to the scenario's file."""

    path: Annotated[str, Meta(min_length=1, max_length=500)]


DrillArea = SampleTown | TownFileArea


class VoiceKind(StrEnum):
    WOMAN = "woman"
    MAN = "man"
    CHILD = "child"
    OLD_WOMAN = "old_woman"
    OLD_MAN = "old_man"


class Voice(_Part, frozen=True, kw_only=True):
    """`pace` 1.0 is calm; who is frightened speaks faster."""

    kind: VoiceKind = VoiceKind.WOMAN
    pace: Annotated[float, Meta(ge=0.5, le=2.0)] = 1.0


class Actor(_Part, frozen=True, kw_only=True):
    """Somebody simulated. A unit is named by its number in the town (`unit`), or chosen: `count` of them nearest to
    `near`, with one of `skills`; of several, the first speaks, is struck and is called. Who `is_citizen` has no
    terminal and reaches the desk by the hotline.

    `behaviour` is a preset of `comms.fleet.behaviour`, or its values."""

    id: ActorId
    name: Words
    role: Words = ""
    unit: Annotated[int, Meta(ge=1)] | None = None
    count: Annotated[int, Meta(ge=1, le=200)] = 1
    near: Spot | None = None
    skills: tuple[Line, ...] = ()
    is_citizen: bool = False
    behaviour: str | dict[str, Any] = "good"
    voice: Voice = Voice()


class RoleKind(StrEnum):
    TRAINER = "trainer"
    TRAINEE = "trainee"
    OBSERVER = "observer"


class Role(_Part, frozen=True, kw_only=True):
    """A seat in the drill. `officer` is the account that sits there; `task` is its brief."""

    id: RoleId
    kind: RoleKind
    name: Words
    officer: Line | None = None
    task: Words = ""


class CheckTime(StrEnum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class CheckLine(_Part, frozen=True, kw_only=True):
    """Something a person ticks off; nothing follows from it."""

    id: Name
    text: Words
    time: CheckTime = CheckTime.BEFORE
    role: RoleId | None = None


class Scenario(_Part, frozen=True, kw_only=True):
    """`starts_at` is what the drill clock shows at second 0, in local time; `length_min` is how long it is meant to
    last."""

    format: int
    id: Name
    title: Words
    summary: Words
    doctrine: tuple[Doctrine, ...] = ()
    objectives: Annotated[tuple[Objective, ...], Meta(min_length=1, max_length=50)]
    starts_at: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$")]
    length_min: Annotated[float, Meta(gt=0, le=24 * 60)]
    area: DrillArea
    cast: Annotated[tuple[Actor, ...], Meta(max_length=MOST_ACTORS)] = ()
    roles: Annotated[tuple[Role, ...], Meta(max_length=50)] = ()
    injects: Annotated[tuple[Inject, ...], Meta(min_length=1, max_length=MOST_INJECTS)]
    expectations: Annotated[tuple[Expectation, ...], Meta(max_length=MOST_EXPECTATIONS)] = ()
    measures: Annotated[tuple[Measure, ...], Meta(max_length=50)] = DEFAULT_MEASURES
    """What is scored beside expectations, over the whole drill."""
    checklist: Annotated[tuple[CheckLine, ...], Meta(max_length=200)] = ()

    @property
    def length_s(self) -> float:
        return self.length_min * 60

    def inject(self, inject_id: InjectId) -> Inject | None:
        return next((inject for inject in self.injects if inject.id == inject_id), None)

    def expectation(self, expectation_id: ExpectationId) -> Expectation | None:
        return next((each for each in self.expectations if each.id == expectation_id), None)

    def actor(self, actor_id: ActorId) -> Actor | None:
        return next((actor for actor in self.cast if actor.id == actor_id), None)

    def role(self, role_id: RoleId) -> Role | None:
        return next((role for role in self.roles if role.id == role_id), None)

    @property
    def canonical(self) -> bytes:
        """JSON, the same for the same scenario, however its file was written."""
        return msgspec.json.encode(self, order="deterministic")

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical form: the id of the blob that a drill keeps it in beside its journal."""
        return hashlib.sha256(self.canonical).hexdigest()
