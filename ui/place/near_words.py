"""Saying why a unit is among the nearest."""

from collections.abc import Sequence
from math import ceil

from comms.domain.nearest import Basis, Ranked
from comms.domain.street_graph import Travel
from console.actions.nearby import Near
from console.store.store import Store
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import distance


class NearWords:
    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text

    def lines(self, found: Sequence[Near], travel: Travel, skills: frozenset[str], *, first: int) -> tuple[Line, ...]:
        """One a unit, in the order given; the first so many, who would be called together, have a tick."""
        text = self._text
        return tuple(
            Line(
                near.unit_id,
                f"{number}  {self._name(near)}",
                reasons(near.ranked, travel, skills, text),
                figure(near.ranked, text),
                "check" if number <= first else "person",
            )
            for number, near in enumerate(found, start=1)
        )

    def _name(self, near: Near) -> str:
        state = self._store.picture.units.get(near.unit_id)
        return state.unit.name if state is not None else near.unit_id


def minutes(ranked: Ranked, text: Texts) -> str:
    """Travel time, rounded up: nobody is there sooner than was said."""
    if ranked.seconds < 60:
        return text("near.under_a_minute")
    return text("near.minutes", count=ceil(ranked.seconds / 60))


def figure(ranked: Ranked, text: Texts) -> str:
    """Time and distance; `~` before what is only the straight line."""
    mark = "" if ranked.basis is Basis.STREETS else text("near.about")
    return f"{mark}{minutes(ranked, text)} · {distance(ranked.metres, text)}"


def reasons(ranked: Ranked, travel: Travel, skills: frozenset[str], text: Texts) -> str:
    """“步行 4 分钟 · 空闲 · 本网格 · 手上 0 单”."""
    way = text(f"near.{travel.value}", time=minutes(ranked, text))
    parts = [
        way if ranked.basis is Basis.STREETS else text(f"near.{ranked.basis.value}"),
        text(f"status.{ranked.status.value}"),
        text("near.own_grid" if ranked.is_own_grid else "near.other_grid"),
        text("near.load", count=ranked.load),
    ]
    if skills:
        named = text("list.separator").join(sorted(skills))
        parts.append(text("near.has_skills" if ranked.has_skills else "near.lacks_skills", skills=named))
    return " · ".join(parts)
