"""Anchors: where the chain stood at a time, signed and kept outside the database.

The chain alone cannot show that its end was cut off, or that all of it was made anew from one event on. An anchor can:
it says which hash event `seq` had. Kept on another disk, sent to another office or printed, it holds whoever can write
to the database to what was there. One JSON line each, so that a file is appended to and looked into.

What signs is a seam (`Signing`): Ed25519 by `cryptography`. SM2 (GM/T 0003) takes its place once a library of the
registries offers it: another class with its `algorithm`, and one more branch of `_is_signed`."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

KEY_NAME, FILE_NAME = "anchor.key", "anchors.jsonl"
ED25519 = "ed25519"
_MOST_BYTES = 50_000_000


class AnchorError(Exception):
    """Plain sentence: what, and what to do."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """Event `seq`, of Unix second `at`, had this hash at `made_at`. `key` is the public one that signed, as
    hexadecimal; its gateway is known by it."""

    seq: int
    hash: str
    at: float
    made_at: float
    key: str
    signed_with: str = ED25519
    signature: str = ""

    def signed_bytes(self) -> bytes:
        return msgspec.json.encode((self.seq, self.hash, self.at, self.made_at, self.key, self.signed_with))


class Signing(Protocol):
    @property
    def algorithm(self) -> str: ...
    @property
    def public(self) -> str: ...
    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ed25519Signing:
    """A Signing. The key lies in the gateway's data directory, readable by its account alone."""

    key: Ed25519PrivateKey
    algorithm: str = ED25519

    @property
    def public(self) -> str:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


def open_key(data: Path) -> Ed25519Signing:
    """Made when there is none. Raises AnchorError, or OSError when the disk does not take it."""
    path = data / KEY_NAME
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        draft = path.with_name(f"{path.name}.part")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whoever comes second takes the first one's
        draft.unlink()
    try:
        key_read = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise AnchorError(f"The key {path} cannot be read ({error}); restore it from a backup.") from None
    if not isinstance(key_read, Ed25519PrivateKey):
        raise AnchorError(f"The key {path} is of another kind; restore it from a backup.")
    return Ed25519Signing(key_read)


def make_anchor(signing: Signing, *, seq: int, digest: bytes, at: float, made_at: float) -> Anchor:
    bare = Anchor(seq=seq, hash=digest.hex(), at=at, made_at=made_at, key=signing.public, signed_with=signing.algorithm)
    return msgspec.structs.replace(bare, signature=signing.sign(bare.signed_bytes()).hex())


def append_anchor(path: Path, anchor: Anchor) -> None:
    """On the disk when it returns. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, msgspec.json.encode(anchor) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_anchors(path: Path, *, key: str | None = None) -> list[Anchor]:
    """All of a file, by `seq`; each has to be signed, by this key where one is given. Raises AnchorError, OSError."""
    if path.stat().st_size > _MOST_BYTES:
        raise AnchorError(f"{path} is too large for a file of anchors; name the one that the gateway writes.")
    anchors = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            anchor = msgspec.json.decode(line, type=Anchor)
        except msgspec.DecodeError:
            raise AnchorError(f"Line {number} of {path} is no anchor; take a copy of the file that is whole.") from None
        if not _is_signed(anchor) or (key is not None and anchor.key != key):
            raise AnchorError(f"The anchor in line {number} of {path} is not signed by this gateway; do not trust it.")
        anchors.append(anchor)
    return sorted(anchors, key=lambda anchor: (anchor.seq, anchor.made_at))


def last_anchor(path: Path) -> Anchor | None:
    """The newest line that is whole, unchecked; None where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(line, type=Anchor)
    return None


def _is_signed(anchor: Anchor) -> bool:
    if anchor.signed_with != ED25519:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.key))
        public.verify(bytes.fromhex(anchor.signature), anchor.signed_bytes())
    except (ValueError, InvalidSignature):
        return False
    return True
