"""Secrets that must be read again are kept sealed: AES-256-GCM with a key in a file of its own, readable by us alone.

What can be compared is hashed and not kept here."""

import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "sealing.key"
_KEY_BYTES, _NONCE_BYTES = 32, 12


class Seal:
    """`path` None: the key lasts as long as the process."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def _cipher(self) -> AESGCM:
        """Raises OSError when the key can be neither read nor made."""
        return AESGCM(_key_at(self._path) if self._path is not None else secrets.token_bytes(_KEY_BYTES))

    def close_up(self, secret: str, *, whose: str) -> bytes:
        """Opens again only for the same `whose`: a row copied to another officer is worth nothing."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), whose.encode())

    def open(self, sealed: bytes, *, whose: str) -> str | None:
        """None when it was not closed up with this key, or was touched."""
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], whose.encode())
        except InvalidTag:
            return None
        return opened.decode()


def _key_at(path: Path) -> bytes:
    """The first to ask makes it; two processes at once get the same."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"{path} is no key; restore it from a backup")
    return key
