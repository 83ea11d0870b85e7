"""Plans (预案) by kind of incident: what is to be seen to, line by line."""

from collections.abc import Iterable
from importlib.resources import files

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`kinds` are words of incident kinds: the plan applies to a kind that has one of them in it."""

    id: str
    title: str
    kinds: tuple[str, ...]
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (self.title and self.kinds and self.lines and all(self.kinds) and all(self.lines)):
            raise ValueError(f"plan {self.id}: title, kinds and lines must not be empty")


_decoder = msgspec.json.Decoder(tuple[Plan, ...])


def read_plans(data: bytes) -> tuple[Plan, ...]:
    """Raises ValueError saying what is wrong where (msgspec's errors are ValueErrors)."""
    return _decoder.decode(data)


def own_plans() -> tuple[Plan, ...]:
    """Those that come with the product."""
    return read_plans((files("resources") / "plans" / "plans.json").read_bytes())


def plan_for(kinds: Iterable[str], plans: Iterable[Plan]) -> Plan | None:
    """The plan of the first kind that has one; of several the one whose word says most."""
    known = tuple(plans)
    for kind in kinds:
        fitting = [(max(len(word) for word in plan.kinds if word in kind), plan) for plan in known
                   if any(word in kind for word in plan.kinds)]  # fmt: skip
        if fitting:
            return max(fitting, key=_by_word)[1]
    return None


def _by_word(fitting: tuple[int, Plan]) -> int:
    return fitting[0]
