"""Inputs made from others, where no fuzzer that sees coverage is at hand. Seeded: the same seed, the same inputs."""

from collections.abc import Iterator, Sequence
from random import Random

_TELLING = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"-1", b"1e999", b"NaN", b'"', b"<", b"\xef\xbb\xbf",
    b"\n", b"{", b"[", b"\xed\xa0\x80", b"0" * 40,
)  # fmt: skip


def inputs(seeds: Sequence[bytes], *, seed: int, most_bytes: int) -> Iterator[bytes]:
    """For ever. The seeds themselves first."""
    random = Random(seed)
    yield from seeds
    while True:
        data = bytearray(random.choice(seeds))
        for _ in range(random.randint(1, 6)):
            _change(data, random, seeds)
        yield bytes(data[:most_bytes])


def _change(data: bytearray, random: Random, seeds: Sequence[bytes]) -> None:
    at = random.randint(0, len(data))
    size = min(random.choice((1, 1, 1, 2, 4, 16, 64)), len(data) - at)
    match random.randrange(6):
        case 0 if at < len(data):
            data[at] ^= 1 << random.randrange(8)
        case 1:
            data[at : at + size] = random.randbytes(size)
        case 2:
            del data[at : at + size]
        case 3:
            data[at:at] = data[at : at + size] * random.choice((1, 2, 8))
        case 4:
            data[at : at + random.choice((0, size))] = random.choice(_TELLING)
        case _:
            other = random.choice(seeds)
            begin = random.randint(0, len(other))
            data[at:] = other[begin:]
