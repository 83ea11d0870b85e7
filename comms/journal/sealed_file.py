"""A backup or an archive file sealed (encrypted and authenticated) for a disk or a courier nobody vouches for.

What encrypts is a seam: `Cipher` names the algorithm, the file says which it was, and `_CIPHERS` makes it from the
library. SM4-GCM (GB/T 32907) and AES-256-GCM are there; another is one more row. The file:

- one JSON line (`Head`), which everything after it vouches for;
- pieces of PIECE_BYTES, each with its tag, counted, the last one marked, so that none can be cut off, left out or put
  elsewhere (the STREAM construction). The key is derived for each file from the key file and a random salt."""

import io
import os
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import ciphers, hashes
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT, VERSION, SUFFIX = "wangge-sealed", 1, ".sealed"
PIECE_BYTES = 1 << 20
TAG_BYTES, KEY_BYTES, _HEAD_BYTES = 16, 32, 4096


class Cipher(StrEnum):
    SM4 = "sm4-gcm"
    AES = "aes-256-gcm"


_CIPHERS: dict[Cipher, tuple[int, Callable[[bytes], Any], hashes.HashAlgorithm]] = {
    Cipher.SM4: (16, algorithms.SM4, hashes.SM3()),
    Cipher.AES: (32, algorithms.AES, hashes.SHA256()),
}
"""Key bytes, the algorithm, and what keys are derived with."""


class SealError(Exception):
    """Nothing was written. Plain sentence: what, and what to do."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    format: str = FORMAT
    version: int = VERSION
    cipher: Cipher
    salt: str


def make_key(path: Path) -> None:
    """For this account alone; who loses it loses what was sealed with it. Raises SealError when there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SealError(f"There is a key {path} already; it opens what was sealed with it, so it is left.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


def seal(source: Path, out: Path, *, key: Path, cipher: Cipher = Cipher.SM4) -> None:
    """A folder or a file. Whole or not at all. Raises SealError, OSError."""
    secret, head = _read_key(key), Head(cipher=cipher, salt=secrets.token_hex(16))
    draft = out.with_name(f"{out.name}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            line = msgspec.json.encode(head) + b"\n"
            file.write(line)
            pieces = _Pieces(file, _Sealing(secret, head, line))
            with tarfile.open(fileobj=pieces, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]  # it writes, which is all that is asked of it
                tar.add(source, arcname=source.name)
            pieces.finish()
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def unseal(file: Path, into: Path, *, key: Path) -> Path:
    """What was sealed, in `into`. Nothing of a file that is not whole stays. Raises SealError, OSError."""
    secret = _read_key(key)
    with file.open("rb") as sealed:
        line = sealed.readline(_HEAD_BYTES)
        try:
            head = msgspec.json.decode(line, type=Head)
        except msgspec.DecodeError:
            raise SealError(f"{file} is no sealed file.") from None
        if (head.format, head.version) != (FORMAT, VERSION):
            raise SealError(f"{file} was sealed by another version; open it with that one.")
        opened = _Opened(_pieces_of(sealed, _Sealing(secret, head, line), file))
        return _unpack(opened, into, file)


def _unpack(opened: "_Opened", into: Path, file: Path) -> Path:
    """Into a folder aside first: what turns out not to be whole at its end was never there."""
    aside = into / f".{file.name}.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=0o700)
    try:
        with tarfile.open(fileobj=opened, mode="r|") as tar:
            tar.extractall(aside, filter="data")
        while opened.read(PIECE_BYTES):  # to the last piece, whose mark says that it is the last
            pass
        (made,) = aside.iterdir()
        target = into / made.name
        if target.exists():
            raise SealError(f"{target} is there already; name another folder.")
        made.rename(target)
        return target
    except (tarfile.TarError, ValueError) as error:
        raise SealError(f"{file} does not hold what is sealed here ({error}).") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _read_key(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise SealError(f"{path} is no key; make one with `python -m comms.journal key --out FILE`.")
    return secret


class _Sealing:
    """One file's key, and its pieces by their number."""

    def __init__(self, secret: bytes, head: Head, line: bytes) -> None:
        size, self._algorithm, digest = _CIPHERS[head.cipher]
        salt = bytes.fromhex(head.salt)
        self._key = HKDF(algorithm=digest, length=size, salt=salt, info=line).derive(secret)

    def seal(self, number: int, is_last: bool, data: bytes) -> bytes:
        encryptor = ciphers.Cipher(self._algorithm(self._key), modes.GCM(_nonce(number, is_last))).encryptor()
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def open(self, number: int, is_last: bool, data: bytes) -> bytes:
        """Raises cryptography's InvalidTag."""
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        mode = modes.GCM(_nonce(number, is_last), tag)
        decryptor = ciphers.Cipher(self._algorithm(self._key), mode).decryptor()
        return decryptor.update(body) + decryptor.finalize()


def _nonce(number: int, is_last: bool) -> bytes:
    """Each once under a key, which is a file's own."""
    return number.to_bytes(11, "big") + bytes([is_last])


class _Pieces:
    """What a tar archive is written to."""

    def __init__(self, file: IO[bytes], sealing: _Sealing) -> None:
        self._file, self._sealing = file, sealing
        self._waiting, self._number = bytearray(), 0

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def finish(self) -> None:
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, data: bytes, *, is_last: bool) -> None:
        self._file.write(self._sealing.seal(self._number, is_last, data))
        self._number += 1


def _pieces_of(sealed: IO[bytes], sealing: _Sealing, file: Path) -> Iterator[bytes]:
    number, piece = 0, sealed.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = sealed.read(PIECE_BYTES + TAG_BYTES)
        try:
            yield sealing.open(number, not following, piece)
        except (InvalidTag, ValueError):
            raise SealError(f"{file} is not as it was sealed, or sealed with another key.") from None
        if not following:
            return
        number, piece = number + 1, following


class _Opened(io.RawIOBase):
    """The pieces as one file to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        given, self._held = self._held[:size], self._held[size:]
        return given
