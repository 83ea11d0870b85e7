"""Which commands are certainly new, without a look into the file: a Bloom filter (CACM 13(7), 1970)."""

from collections.abc import Hashable

LEAST_BITS, MOST_BITS = 2**25, 2**28
"""4 to 32 MiB."""
BITS_EACH = 8
"""With four probes one new key in 40 looks like one that was added."""
PROBES = 4


def bits_for(keys: int) -> int:
    """A power of two, for as many keys as there are and as many again, within what memory is worth it."""
    return min(max(LEAST_BITS, 1 << (2 * BITS_EACH * keys - 1).bit_length()), MOST_BITS)


class Sieve:
    """For keys of this process: Python's hash of a string is another one in each, so nobody can aim at it."""

    def __init__(self, bits: int = LEAST_BITS) -> None:
        """`bits`: a power of two, at most 2 ** 32. All its memory is taken now, so that it does not grow."""
        self._mask = bits - 1
        self._held = bytearray(b"\x00") * (bits // 8)

    def add(self, key: Hashable) -> None:
        for place in self._places(key):
            self._held[place >> 3] |= 1 << (place & 7)

    def __contains__(self, key: Hashable) -> bool:
        """False: it was never added. True: it was, or looks like one that was."""
        return all(self._held[place >> 3] & (1 << (place & 7)) for place in self._places(key))

    def _places(self, key: Hashable) -> list[int]:
        mixed = hash(key)
        first, step = mixed & 0xFFFFFFFF, (mixed >> 32) | 1
        return [(first + probe * step) & self._mask for probe in range(PROBES)]
