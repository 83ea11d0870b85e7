"""Several datagrams, or parts of an archive, in one input."""

from collections.abc import Iterable, Iterator

_MOST = 24


def packed(parts: Iterable[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def unpacked(data: bytes) -> Iterator[bytes]:
    """Of any bytes: a length that is too large takes what is there."""
    at = 0
    for _ in range(_MOST):
        if at + 2 > len(data):
            return
        size = int.from_bytes(data[at : at + 2], "big") % 2048
        yield data[at + 2 : at + 2 + size]
        at += 2 + size
