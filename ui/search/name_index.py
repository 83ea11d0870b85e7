"""Names to be found by any part of them: every pair of letters knows where it stands, so no search goes through all.

A city's 350,000 names are some 9 million letters and 95 MB; made on the background thread, where numpy lets go of the
interpreter for the long parts.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comms.domain.pause import never
from ui.search.initials import initials

_POINTS = 0x110000
"""Code points there are."""
_AT_ONCE = 2_000
"""Lines made into columns in one step, of a millisecond."""
_FEW = 0xFFFF
"""Different letters that two bytes can tell apart."""
_Spots = NDArray[np.int32]


class NameIndex:
    """`entries` are pairs of a title and all else that is searched. A row is an entry's place in them. `stand_back` is
    called between any two of them; see `console.gate`."""

    def __init__(self, entries: Iterable[tuple[str, str]], stand_back: Callable[[], None] = never) -> None:
        seen = np.zeros(_POINTS, np.bool_)
        rows, pieces, count = [np.empty(0, np.int32)], [], 0
        for lines in _portions(entries, stand_back):
            pieces.append(np.frombuffer("".join(lines).encode("utf-32-le", "surrogatepass"), np.uint32))
            seen[pieces[-1]] = True
            rows.append(np.repeat(np.arange(count, count + len(lines), dtype=np.int32), [len(line) for line in lines]))
            count += len(lines)
        self._count = count - 1
        self._row_of: NDArray[np.int32] = np.concatenate(rows[:-1])
        """The row of each letter."""
        points = np.concatenate(pieces)
        alphabet = np.flatnonzero(seen)
        codes: NDArray[Any] = np.zeros(_POINTS, np.int32 if len(alphabet) > _FEW else np.uint16)
        codes[alphabet] = np.arange(len(alphabet))
        self._codes = {chr(point): code for code, point in enumerate(alphabet.tolist())}
        self._letters: NDArray[Any] = codes[points]
        pairs = self._letters[:-1].astype(np.int64) * len(alphabet) + self._letters[1:].astype(np.int64)
        self._order = np.argsort(pairs, kind="stable").astype(np.int32)
        pairs = pairs[self._order]
        heads = np.flatnonzero(np.diff(pairs, prepend=-1))
        self._pairs = pairs[heads]
        self._heads = np.append(heads, len(pairs))

    def __len__(self) -> int:
        return self._count

    def find(self, words: tuple[str, ...], *, limit: int) -> list[int]:
        """At most `limit` rows that have every word (case folded): those whose title begins with the first come first,
        then those whose initials do."""
        if not words:
            return list(range(min(limit, len(self))))
        fitting = np.ones(len(self), np.bool_)
        for word in words[1:]:
            fitting &= self._rows(word)
        found: dict[int, None] = {}
        for start in ("\n", "\t", ""):
            if len(found) < limit and fitting.any():
                found.update(dict.fromkeys(np.flatnonzero(self._rows(start + words[0]) & fitting)[:limit].tolist()))
        return list(found)[:limit]

    def _rows(self, word: str) -> NDArray[np.bool_]:
        rows = np.zeros(len(self), np.bool_)
        rows[self._row_of[self._spots(word)]] = True
        return rows

    def _spots(self, word: str) -> _Spots:
        """Where the word stands in the letters: looked for where its rarest pair is."""
        codes = [self._codes.get(letter, -1) for letter in word]
        if -1 in codes:
            return np.empty(0, np.int32)
        known = len(self._codes)
        if len(codes) == 1:
            start, end = self._between(codes[0] * known, (codes[0] + 1) * known)
            return self._order[start:end]
        pairs = [one * known + other for one, other in pairwise(codes)]
        ranges = [self._between(pair, pair + 1) for pair in pairs]
        at = min(range(len(ranges)), key=lambda one: ranges[one][1] - ranges[one][0])
        spots = self._order[slice(*ranges[at])] - np.int32(at)
        spots = spots[(spots >= 0) & (spots + len(codes) <= len(self._letters))]
        for offset, code in enumerate(codes):
            if offset not in (at, at + 1):
                spots = spots[self._letters[spots + offset] == code]
        return spots

    def _between(self, low: int, high: int) -> tuple[int, int]:
        """The part of the order whose pairs are from `low` to below `high`."""
        first, last = np.searchsorted(self._pairs, (low, high))
        return int(self._heads[first]), int(self._heads[last])


def _portions(entries: Iterable[tuple[str, str]], stand_back: Callable[[], None]) -> Iterator[list[str]]:
    """Lines to search in, some at a time; the last is a border behind them all."""
    lines: list[str] = []
    for title, more in entries:
        stand_back()
        lines.append(f"\n{searched(title, more)}")
        if len(lines) == _AT_ONCE:
            yield lines
            lines = []
    if lines:
        yield lines
    yield ["\n"]


def searched(title: str, more: str) -> str:
    """What words are looked for in: the title, its initials each after a tab, the rest; case folded."""
    return "\t".join((_one_line(title), *initials(title))) + f"\v{_one_line(more)}"


def _one_line(words: str) -> str:
    return " ".join(words.casefold().split())
