"""Saying why a unit is among the nearest."""

from math import ceil

from comms.domain.nearest import Basis, Ranked
from comms.domain.street_graph import Travel
from ui.text import Texts
from ui.words import distance


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
