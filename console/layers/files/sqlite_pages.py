"""The pages of a database file, read by themselves: what a damaged GeoPackage still holds when no library opens it.

After the published file format (https://www.sqlite.org/fileformat2.html); knows tables only, writes nothing."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAGIC = b"SQLite format 3\x00"
_LEAF, _INTERIOR = 13, 5
_INT_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_LARGEST_KEY = 2**63 - 1
_DEEPEST = 20
_BLOB = 12


class PageSpoilt(Exception):
    """This page, or a row's continuation, makes no sense."""


@dataclass(frozen=True, slots=True)
class Record:
    key: int
    values: tuple[Any, ...]
    """None, int, float, bytes, or text; a primary key is None here and is `key`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Keys first to last lie on a page that is lost; last is the largest key there is when nobody knows."""

    first: int
    last: int

    @property
    def is_open(self) -> bool:
        return self.last == _LARGEST_KEY


@dataclass(slots=True)
class Pages:
    data: bytes
    size: int = field(init=False)
    usable: int = field(init=False)

    def __post_init__(self) -> None:
        if len(self.data) < 100 or not self.data.startswith(MAGIC):
            raise PageSpoilt("no database")
        size = int.from_bytes(self.data[16:18], "big")
        self.size = 65_536 if size == 1 else size
        self.usable = self.size - self.data[20]
        if self.size < 512 or self.usable < 480:
            raise PageSpoilt("no page size")

    @property
    def is_cut(self) -> bool:
        """The header promises more pages than there are."""
        return int.from_bytes(self.data[28:32], "big") * self.size > len(self.data)

    def walk(self, root: int) -> Iterator[Record | Gap]:
        """All rows of the table that begins at page `root`, by ascending key, with a gap where pages are lost."""
        yield from self._walk(root, 0, _LARGEST_KEY, 0, set())

    def _walk(self, root: int, low: int, high: int, depth: int, seen: set[int]) -> Iterator[Record | Gap]:
        """`seen` are pages gone through: one that is named again, by itself or by others, would never end."""
        try:
            if root in seen:
                raise PageSpoilt(f"page {root} is named twice")
            seen.add(root)
            children = self._children(root, low, high) if depth < _DEEPEST else []
            records = list(self._leaf(root, low, high)) if not children else []
        except (PageSpoilt, IndexError, struct.error):
            yield Gap(low + 1, high)
            return
        yield from records
        for page, below, upto in children:
            yield from self._walk(page, below, upto, depth + 1, seen)

    def strays(self, gap: Gap) -> Iterator[Record]:
        """Rows with keys of a gap on leaf pages whose parent is lost. They may belong to another table."""
        for page in range(2, len(self.data) // self.size + 1):
            if self.data[(page - 1) * self.size] == _LEAF:
                try:
                    records = list(self._leaf(page, gap.first - 1, gap.last))
                except (PageSpoilt, IndexError, struct.error):
                    continue
                yield from records

    def _page(self, number: int) -> tuple[bytes, int]:
        """A page and where its header begins."""
        page = self.data[(number - 1) * self.size : number * self.size]
        if number < 1 or len(page) < self.size:
            raise PageSpoilt(f"page {number} is missing")
        return page, 100 if number == 1 else 0

    def _cells(self, page: bytes, at: int, header: int) -> list[int]:
        count = int.from_bytes(page[at + 3 : at + 5], "big")
        end = at + header + 2 * count
        if end > self.usable:
            raise PageSpoilt("too many cells")
        cells = [int.from_bytes(page[spot : spot + 2], "big") for spot in range(at + header, end, 2)]
        if any(not end <= cell < self.usable for cell in cells):
            raise PageSpoilt("cells outside the page")
        return cells

    def _children(self, number: int, low: int, high: int) -> list[tuple[int, int, int]]:
        """(page, keys above, keys up to); empty for a leaf."""
        page, at = self._page(number)
        if page[at] == _LEAF:
            return []
        if page[at] != _INTERIOR:
            raise PageSpoilt(f"page {number} is of no table")
        children, below = [], low
        for cell in self._cells(page, at, 12):
            key, _ = _varint(page, cell + 4)
            if not below <= key <= high:
                raise PageSpoilt("keys out of order")
            children.append((int.from_bytes(page[cell : cell + 4], "big"), below, key))
            below = key
        children.append((int.from_bytes(page[at + 8 : at + 12], "big"), below, high))
        return children

    def _leaf(self, number: int, low: int, high: int) -> Iterator[Record]:
        page, at = self._page(number)
        if page[at] != _LEAF:
            raise PageSpoilt(f"page {number} is no leaf")
        before = low
        for cell in self._cells(page, at, 8):
            length, spot = _varint(page, cell)
            key, spot = _varint(page, spot)
            if not before < key <= high:
                raise PageSpoilt("keys out of order")
            before = key
            try:
                values = _values(self._payload(page, spot, length))
            except (PageSpoilt, IndexError, struct.error, UnicodeDecodeError):
                values = ()
            yield Record(key, values)

    def _payload(self, page: bytes, spot: int, length: int) -> bytes:
        if length <= self.usable - 35:
            return page[spot : spot + length]
        if length > len(self.data):
            raise PageSpoilt("a row longer than the file")
        least = (self.usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.usable - 4)
        local = local if local <= self.usable - 35 else least
        parts = [page[spot : spot + local]]
        following = int.from_bytes(page[spot + local : spot + local + 4], "big")
        missing = length - local
        while missing > 0:
            more, _ = self._page(following)
            parts.append(more[4 : 4 + min(missing, self.usable - 4)])
            missing -= len(parts[-1])
            following = int.from_bytes(more[:4], "big")
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    value = value << 8 | data[at + 8]
    return value - 2**64 if value >= 2**63 else value, at + 9


def _values(payload: bytes) -> tuple[Any, ...]:
    header, at = _varint(payload, 0)
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values, spot = [], header
    for kind in kinds:
        value, spot = _value(payload, kind, spot)
        values.append(value)
    return tuple(values)


def _value(payload: bytes, kind: int, spot: int) -> tuple[Any, int]:
    if kind == 0:
        return None, spot
    if kind in (8, 9):
        return kind - 8, spot
    if kind == 7:
        return struct.unpack_from(">d", payload, spot)[0], spot + 8
    length = _INT_BYTES[kind] if kind in _INT_BYTES else (kind - _BLOB) // 2
    if kind in (10, 11) or spot + length > len(payload):
        raise PageSpoilt("a value beyond its row")
    raw = payload[spot : spot + length]
    if kind in _INT_BYTES:
        return int.from_bytes(raw, "big", signed=True), spot + length
    return (raw if kind % 2 == 0 else raw.decode("utf-8", errors="replace")), spot + length
