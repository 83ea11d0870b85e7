"""Secrets that we make ourselves."""

import base64
import hashlib
import hmac

from comms.journal.codes import normal_code


def hash_secret(secret: str) -> bytes:
    """They are random and long, so a plain hash is enough and quick to check."""
    return hashlib.sha256(secret.encode()).digest()


def device_secret(code: str, device_key: str) -> str:
    """What a device that shows this key is given for an enrolment code: always the same, so that a device whose answer
    was lost gets it again; without the key, which never leaves the device but with the code, nobody can work it out."""
    made = hmac.new(device_key.encode(), b"device token of " + normal_code(code).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
