"""Secrets that we make ourselves."""

import hashlib


def hash_secret(secret: str) -> bytes:
    """They are random and long, so a plain hash is enough and quick to check."""
    return hashlib.sha256(secret.encode()).digest()
