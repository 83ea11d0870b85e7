"""Codes that people read and type: enrolment codes, recovery codes."""

import secrets

_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_CHARS = 16
"""80 bits, without letters that look alike."""


def normal_code(code: str) -> str:
    """A code as it was made, however it was typed."""
    return code.strip().upper().replace("-", "").replace(" ", "")


def new_code() -> str:
    plain = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_CHARS))
    return "-".join(plain[at : at + 4] for at in range(0, _CODE_CHARS, 4))
