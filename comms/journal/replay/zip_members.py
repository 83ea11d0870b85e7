"""Members of a ZIP archive found by what stands before each, so that a torn or altered archive gives what is whole."""

import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from comms.journal.replay.archive_format import MEMBER_NAME

_SIGNATURE = b"PK\x03\x04"
_DIRECTORY = b"PK\x01\x02"
_END, _END_BYTES = b"PK\x05\x06", 22
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_STORED, _DEFLATED = 0, 8
MOST_BYTES = 256_000_000
"""Of one member: what claims more is none of ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member's bytes lie; `is_cut`: the file ends before they do."""

    offset: int
    packed: int
    size: int
    checksum: int
    is_deflated: bool
    is_cut: bool


class ZipMembers:
    """Read only. Raises OSError, or ValueError for an empty file."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.places: dict[str, Place] = {}
        self.is_whole = False
        """The archive's own directory follows on its last member, and its end on that."""
        for name, place in self._walk():
            self.places.setdefault(name, place)

    def close(self) -> None:
        self._data.close()

    def read(self, name: str) -> tuple[bytes, bool]:
        """A member's bytes as far as they can be had, and whether their checksum says that they are whole."""
        place = self.places[name]
        packed = self._data[place.offset : place.offset + place.packed]
        data = _inflated(packed, place.size) if place.is_deflated else packed
        return data, len(data) == place.size and zlib.crc32(data) == place.checksum

    def _walk(self) -> Iterator[tuple[str, Place]]:
        """From each to the next; where there is none, on from the next place that looks like one."""
        at, after = 0, 0
        while at >= 0:
            found = self._member(at)
            if found is not None:
                after = found[1].offset
                at = after + found[1].packed
                yield found
            elif self._data[at : at + 4] == _DIRECTORY:
                self.is_whole = self._data[-_END_BYTES:][:4] == _END
                return
            else:
                at = self._data.find(_SIGNATURE, after)
                after = at + len(_SIGNATURE)

    def _member(self, at: int) -> tuple[str, Place] | None:
        head = self._data[at : at + _HEADER.size]
        if len(head) < _HEADER.size or head[:4] != _SIGNATURE:
            return None
        _, _, _, method, _, _, checksum, packed, size, name_length, extra_length = _HEADER.unpack(head)
        start = at + _HEADER.size
        name = self._data[start : start + name_length]
        if method not in (_STORED, _DEFLATED) or size > MOST_BYTES or not MEMBER_NAME.fullmatch(name):
            return None
        offset = start + name_length + extra_length
        there = max(0, min(packed, len(self._data) - offset))
        return name.decode(), Place(offset, there, size, checksum, method == _DEFLATED, there < packed)


def _inflated(packed: bytes, size: int) -> bytes:
    """Up to where it cannot be."""
    engine, found = zlib.decompressobj(-15), bytearray()
    for first in range(0, len(packed), 4096):
        try:
            found += engine.decompress(packed[first : first + 4096], size + 1 - len(found))
        except zlib.error:
            break
        if len(found) > size:
            break
    return bytes(found)
