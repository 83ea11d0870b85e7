"""Which incidents the hub lists and in what order: pure, over whole columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ui.models.hub_columns import STAGES, Codes, HubColumns, Rows

PRIORITY, KIND, TEXT, GRID, SOURCE, STAGE, UNITS, AGE, CLOCK = range(9)
COLUMNS = ("priority", "kind", "text", "grid", "source", "stage", "units", "age", "clock")
GROUPINGS = ("none", "source", "kind", "grid", "stage")
STATES = ("open", "closed", "merged", "all")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the officer asks for. Empty sets are all; words are case folded, each has to be found."""

    words: tuple[str, ...] = ()
    state: str = "open"
    priorities: frozenset[int] = frozenset()
    sources: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    stages: frozenset[int] = frozenset()
    grids: frozenset[str] = frozenset()
    """Jurisdictions: what lies in one of them."""
    column: int = AGE
    is_falling: bool = False
    grouping: str = "none"
    folded: frozenset[int] = frozenset()
    """Codes of groups of which only the head is listed."""


@dataclass(frozen=True, slots=True)
class Group:
    code: int
    count: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`shown` holds rows of the columns, and `-1 - code` for the head of a group."""

    shown: Rows
    groups: dict[int, Group]
    total: int
    """Incidents that fit, in folded groups too."""
    grouping: str = "none"
    folded: frozenset[int] = frozenset()


def arrange(columns: HubColumns, wanted: Wanted) -> Arrangement:
    rows = np.flatnonzero(fits(columns, wanted))
    rows = rows[_order(columns, wanted, rows)]
    if wanted.grouping == "none":
        return Arrangement(rows, {}, len(rows))
    codes, ranks = _groups(columns, wanted.grouping)
    return _grouped(rows, codes[rows], ranks, wanted)


def fits(columns: HubColumns, wanted: Wanted, among: Rows | None = None) -> NDArray[np.bool_]:
    """Of all rows, or of `among`, those the officer asks for."""
    at = slice(None) if among is None else among
    fit: NDArray[np.bool_] = columns.is_there[at].copy()
    match wanted.state:
        case "open":
            fit &= columns.is_open[at]
        case "merged":
            fit &= columns.is_merged[at]
        case "closed":
            fit &= ~(columns.is_open[at] | columns.is_merged[at])
        case _:
            pass
    if wanted.priorities:
        fit &= np.isin(columns.priority[at], list(wanted.priorities))
    if wanted.stages:
        fit &= np.isin(columns.stage[at], list(wanted.stages))
    for chosen, words, codes in (
        (wanted.sources, columns.sources, columns.source),
        (wanted.kinds, columns.kinds, columns.kind),
    ):
        if chosen:
            fit &= np.isin(codes[at], [words.code(one) for one in chosen])
    if wanted.grids:
        fit &= np.isin(columns.grid[at], _inside(columns, wanted.grids))
    rows = np.arange(len(columns)) if among is None else among
    for word in wanted.words:
        left = np.flatnonzero(fit)
        fit[left] = [word in columns.searched[row] for row in rows[left].tolist()]
    return fit


def _inside(columns: HubColumns, jurisdictions: frozenset[str]) -> list[int]:
    heads = tuple(f"{one}/" for one in jurisdictions)
    return [code for code, grid in enumerate(columns.grids.known) if grid in jurisdictions or grid.startswith(heads)]


def _order(columns: HubColumns, wanted: Wanted, rows: Rows) -> Rows:
    """What is equal: the newest first."""
    newest = -columns.at[rows]
    key: NDArray[np.generic]
    match wanted.column:
        case 0:
            key = -columns.priority[rows]
        case 1:
            key = columns.kinds.ranks()[columns.kind[rows]]
        case 2:
            key = _text_ranks(columns, rows)
        case 3:
            key = columns.grids.ranks()[columns.grid[rows]]
        case 4:
            key = columns.sources.ranks()[columns.source[rows]]
        case 5:
            key = columns.stage[rows]
        case 6:
            key = columns.units[rows]
        case 7:
            key = newest
        case _:
            key = columns.due[rows]
    falling = -key if wanted.is_falling else key
    found: Rows = np.lexsort((-rows, newest, falling))
    return found


def _text_ranks(columns: HubColumns, rows: Rows) -> Rows:
    texts = [columns.texts[row] for row in rows]
    ranks = np.empty(len(rows), np.intp)
    ranks[sorted(range(len(rows)), key=texts.__getitem__)] = np.arange(len(rows))
    return ranks


def _groups(columns: HubColumns, grouping: str) -> tuple[Codes, Codes]:
    """Of each row the code of its group, and the place of each code among the groups."""
    match grouping:
        case "source":
            return columns.source, columns.sources.ranks()
        case "kind":
            return columns.kind, columns.kinds.ranks()
        case "grid":
            return columns.grid, columns.grids.ranks()
        case _:
            return columns.stage, np.arange(len(STAGES), dtype=np.int32)


def _grouped(rows: Rows, codes: Codes, ranks: Codes, wanted: Wanted) -> Arrangement:
    order = np.argsort(ranks[codes], kind="stable")
    rows, codes = rows[order], codes[order]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.zeros(0, np.intp)
    heads = codes[starts]
    counts = np.diff(np.r_[starts, len(codes)])
    groups = {int(code): Group(int(code), int(count)) for code, count in zip(heads, counts, strict=True)}
    shown = np.insert(rows, starts, -1 - heads)
    if wanted.folded:
        is_hidden = np.isin(codes, list(wanted.folded))
        keep = np.insert(~is_hidden, starts, True)
        shown = shown[keep]
    return Arrangement(shown, groups, len(rows), wanted.grouping, wanted.folded)


@dataclass(frozen=True, slots=True)
class Steps:
    """From one list to another: `removed` of the old places, `inserted` of the new, each as runs (first, last)."""

    removed: list[tuple[int, int]]
    inserted: list[tuple[int, int]]
    is_moved: bool
    """What stays changes its order too."""


def steps(before: Rows, after: Rows) -> Steps:
    stays, was = np.isin(before, after), np.isin(after, before)
    return Steps(runs(~stays), runs(~was), not np.array_equal(before[stays], after[was]))


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where it is true, first and last of each piece."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]
