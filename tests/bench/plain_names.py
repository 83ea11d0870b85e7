"""Names in one long string, looked through from end to end: the baseline of `search.find`."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class PlainNames:
    """`entries` are pairs of a title and all else that is searched. A row is an entry's place in them."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        lines = [f"\n{_one_line(title)}\t{_one_line(more)}" for title, more in entries]
        self._starts: list[int] = []
        at = 0
        for line in lines:
            self._starts.append(at)
            at += len(line)
        self._text = "".join(lines) + "\n"

    def __len__(self) -> int:
        return len(self._starts)

    def find(self, words: tuple[str, ...], *, limit: int) -> list[int]:
        """At most `limit` rows that have every word (case folded): those that begin with the first come first."""
        if not words:
            return list(range(min(limit, len(self))))
        found: dict[int, None] = {}
        for needle in (f"\n{words[0]}", max(words, key=len)):
            for row in self._rows_with(needle):
                if len(found) >= limit:
                    break
                if row not in found and self._has_all(row, words):
                    found[row] = None
        return list(found)

    def _rows_with(self, needle: str) -> Iterator[int]:
        at = self._text.find(needle)
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            yield row
            at = self._text.find(needle, self._end(row))

    def _end(self, row: int) -> int:
        return self._starts[row + 1] if row + 1 < len(self._starts) else len(self._text) - 1

    def _has_all(self, row: int, words: tuple[str, ...]) -> bool:
        start, end = self._starts[row], self._end(row)
        return all(self._text.find(word, start, end) >= 0 for word in words)


def _one_line(words: str) -> str:
    return words.casefold().replace("\n", " ").replace("\t", " ")
