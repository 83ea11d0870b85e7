"""Which commands are certainly new, without a look into the file: a Bloom filter (CACM 13(7), 1970)."""

from collections.abc import Hashable

BITS = 2**27
"""16 MiB, of which only what is used is taken: with ten million commands one new one in 200 is looked up in vain."""
PROBES = 4


class Sieve:
    """For keys of this process: Python's hash of a string is another one in each, so nobody can aim at it."""

    def __init__(self, bits: int = BITS) -> None:
        """`bits`: a power of two, at most 2 ** 32."""
        self._mask = bits - 1
        self._held = bytearray(bits // 8)

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
