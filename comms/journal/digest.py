"""The algorithms a chain may be made with, and how a digest says which one made it.

A SHA-256 digest is its 32 bytes, as it was before there was another; any other begins with one byte that names its
algorithm. So the next event knows from the one before what to go on with, a reader needs no header, and an exported
stretch says the same. Another algorithm is one more row of `_MARKS` and of `_FUNCTIONS`."""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes

from comms.domain.audit_events import DigestKind

DIGEST_BYTES = 32
_MARKS = {DigestKind.SHA256: b"", DigestKind.SM3: b"\x03"}
_KINDS = {(DIGEST_BYTES + len(mark), mark): kind for kind, mark in _MARKS.items()}


def _sm3(data: bytes) -> bytes:
    function = hashes.Hash(hashes.SM3())
    function.update(data)
    return function.finalize()


_FUNCTIONS: dict[DigestKind, Callable[[bytes], bytes]] = {
    DigestKind.SHA256: lambda data: hashlib.sha256(data).digest(),
    DigestKind.SM3: _sm3,
}


def digest(kind: DigestKind, data: bytes) -> bytes:
    return _MARKS[kind] + _FUNCTIONS[kind](data)


def kind_of_digest(value: bytes) -> DigestKind | None:
    """None when it is no digest of a known algorithm."""
    return _KINDS.get((len(value), value[: len(value) - DIGEST_BYTES]))
