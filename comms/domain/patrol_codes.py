"""The codes at doors: signed, so that nobody can make one, numbered, so that one that was copied can be renewed.

A scanned code is `WGV1|place|number|signature`; the short one, for a phone that cannot scan, is ten letters and digits
of its own signature, without those that look alike. 50 bits over 120,000 places: a guess hits one in ten thousand
million.
"""

import hmac
from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import sha256

from comms.domain.ids import PatrolPlaceId

SECRET_BYTES = 32
_HEAD = "WGV1"
_SIGNATURE_CHARS = 24
TYPED_CHARS = 10
_LOOKALIKES = str.maketrans("OIL", "011")
_SPOKEN = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""Base 32 without I, L, O and U."""


def scanned_code(secret: bytes, place_id: PatrolPlaceId, number: int) -> str:
    return "|".join((_HEAD, place_id, str(number), _signature(secret, "scan", place_id, number, _SIGNATURE_CHARS)))


def typed_code(secret: bytes, place_id: PatrolPlaceId, number: int) -> str:
    return _signature(secret, "type", place_id, number, TYPED_CHARS)


def place_of_scanned(secret: bytes, code: str, numbers: Mapping[PatrolPlaceId, int]) -> PatrolPlaceId | None:
    """The place whose code this is; None for one that is forged, or of an earlier number."""
    parts = code.strip().split("|")
    if len(parts) != 4 or parts[0] != _HEAD:
        return None
    place_id = PatrolPlaceId(parts[1])
    wanted = scanned_code(secret, place_id, numbers.get(place_id, 0))
    return place_id if hmac.compare_digest(code.strip().encode(), wanted.encode()) else None


def typed_codes(
    secret: bytes, place_ids: Iterable[PatrolPlaceId], numbers: Mapping[PatrolPlaceId, int]
) -> dict[str, PatrolPlaceId]:
    """Of many places: some 2 s for 120,000, not for the loop."""
    return {typed_code(secret, place_id, numbers.get(place_id, 0)): place_id for place_id in place_ids}


def as_typed(code: str) -> str:
    """What somebody typed, as it was printed: capitals, no gaps, letters that look like digits taken for them."""
    return "".join(char for char in code.upper() if char.isalnum()).translate(_LOOKALIKES)


def is_scanned(code: str) -> bool:
    return code.strip().startswith(f"{_HEAD}|")


def _signature(secret: bytes, use: str, place_id: PatrolPlaceId, number: int, chars: int) -> str:
    said = f"{use}|{place_id}|{number}".encode()
    return b32encode(hmac.new(secret, said, sha256).digest()).decode()[:chars].translate(_SPOKEN)
