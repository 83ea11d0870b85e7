"""A random walk through a machine of the tests: the same rules and the same invariants as hypothesis has, drawn by a
plain seeded generator, which is a hundred times as fast. What breaks is made as short as it can be."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis.stateful import RuleBasedStateMachine

Draw = Callable[[random.Random], dict[str, Any]]
"""What a rule is given, but for data that it draws itself."""


class Step(NamedTuple):
    rule: str
    given: dict[str, Any]
    seed: int
    """Of what the rule draws itself."""

    def __str__(self) -> str:
        return f"{self.rule}({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"


class Drawn:
    """Stands for hypothesis' data: one of the values that a `sampled_from` names."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def draw(self, strategy: Any) -> Any:
        while hasattr(strategy, "wrapped_strategy"):
            strategy = strategy.wrapped_strategy
        return self._random.choice(strategy.elements)


@dataclass(frozen=True, slots=True)
class Course:
    """A machine and how it is walked. `draws` has every rule, by name; `begin` is its initialising rule."""

    name: str
    machine: type[RuleBasedStateMachine]
    begin: Draw
    draws: Mapping[str, Draw]
    weights: Mapping[str, int] = field(default_factory=dict)
    """How often a rule is drawn against the others: 1 where nothing is said."""
    life: int = 100
    """Steps before a machine is ended, looked at for the last time, and begun anew."""
    drawing: frozenset[str] = frozenset()
    """Rules, the initialising one included, that draw data themselves."""

    def rules(self) -> dict[str, Any]:
        return {rule.function.__name__: rule for rule in self.machine.setup_state().rules}


@dataclass(frozen=True, slots=True)
class Violation:
    what: str
    seed: int
    steps: tuple[Step, ...]
    """The shortest that still breaks it: the first begins the machine."""

    def __str__(self) -> str:
        lines = "\n".join(f"  {number}. {step}" for number, step in enumerate(self.steps))
        return f"{self.what}\nseed {self.seed}\n{lines}"


@dataclass(frozen=True, slots=True)
class Walked:
    steps: int
    seconds: float
    violation: Violation | None = None


def walk(course: Course, steps: int, *, seed: int = 1) -> Walked:
    """So many steps, or fewer when one breaks what must hold."""
    began, done, life = time.perf_counter(), 0, 0
    while done < steps:
        path = _drawn(course, random.Random(f"{seed}/{course.name}/{life}"), min(course.life, steps - done))
        fault = _fault(course, path)
        if fault is not None:
            shortest = _shortened(course, path, fault)
            said = _fault(course, shortest) or fault
            violation = Violation(f"{course.name}: {type(said).__name__}: {said}", seed, tuple(shortest))
            return Walked(done + len(path), time.perf_counter() - began, violation)
        done, life = done + len(path) - 1, life + 1
    return Walked(done, time.perf_counter() - began)


def _drawn(course: Course, source: random.Random, steps: int) -> list[Step]:
    names = list(course.draws)
    weights = [course.weights.get(name, 1) for name in names]
    path = [Step("", course.begin(source), source.getrandbits(32))]
    for name in source.choices(names, weights, k=steps):
        path.append(Step(name, course.draws[name](source), source.getrandbits(32)))
    return path


def _fault(course: Course, path: Iterable[Step]) -> Exception | None:
    """What the machine complains of on this path."""
    machine = course.machine()
    state = course.machine.setup_state()
    preconditions = {rule.function.__name__: rule.preconditions for rule in state.rules}
    invariants = [invariant.function for invariant in state.invariants]
    beginning = [rule.function for rule in state.initializers]
    try:
        for step in path:
            if step.rule and not all(holds(machine) for holds in preconditions[step.rule]):
                continue
            given = step.given
            if step.rule in course.drawing:
                given = {**given, "data": Drawn(step.seed)}
            if step.rule:
                getattr(machine, step.rule)(**given)
            else:
                for begin in beginning:
                    begin(machine, **given)
            for invariant in invariants:
                invariant(machine)
        machine.teardown()
    except Exception as error:  # noqa: BLE001 - whatever a machine raises is what is looked for
        return error
    return None


def _shortened(course: Course, path: list[Step], fault: Exception) -> list[Step]:
    """Leaves out halves, then quarters, then single steps, as long as the same is broken."""
    size = len(path) // 2
    while size:
        at = 1
        while at < len(path):
            shorter = path[:at] + path[at + size :]
            found = _fault(course, shorter)
            if found is not None and type(found) is type(fault):
                path = shorter
            else:
                at += size
        size //= 2
    return path
