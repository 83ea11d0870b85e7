"""What an identity service says of somebody, and the keys that it publishes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from comms.adapters.id_token import Expected, read_id_token
from comms.domain.decoding import UNREADABLE
from tests.fuzz.target import Take, Target, owes

_ID_KEYS = {
    "keys": [
        {
            "kty": "EC",
            "kid": "k1",
            "use": "sig",
            "crv": "P-256",
            "x": "4dgXD4GYvRda4sOkLzLYTsnle6d82H6i8D1ThN3iwyk",
            "y": "EGTVVZbhDw89oUiaAb9yDUZagRQhcJrRbilNIRbs1_E",
        }
    ]
}
_ID_TOKEN = ".".join(
    (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0",
        "eyJpc3MiOiJpIiwiYXVkIjoiYyIsInN1YiI6Im5vcnRoIiwibm9uY2UiOiJuIiwiaWF0IjoxODAw"
        "MDAwMDAwLCJleHAiOjE5MDAwMDAwMDAsImF1dGhfdGltZSI6MTgwMDAwMDAwMH0",
        "0A0OrFeqistQtTLzbPFDnuvVzbQn1e46J4iCDpU8YVue66QO6EtbzfcLnmn5rfX8HDcu08rEIrcnDyO6zvoeTQ",
    )
)
"""Signed once, by a key that is no more."""
_EXPECTED = Expected(issuer="i", client_id="c", nonce="n", since=1_800_000_000.0)


@contextmanager
def _id_token(_folder: Path) -> Iterator[Take]:
    """A token for the true keys, or (an object) keys for the true token: only what was signed is believed."""

    def take(data: bytes) -> None:
        token, keys = data.decode("utf-8", "replace"), _ID_KEYS
        if data[:1] == b"{":
            try:
                token, keys = _ID_TOKEN, msgspec.json.decode(data)
            except UNREADABLE:
                return
        claims = read_id_token(token, keys, expected=_EXPECTED, now=1_800_000_100.0)
        owes(claims is None or claims["sub"] == "north", "a token that nobody signed")

    yield take


def _id_token_seeds() -> Iterable[bytes]:
    yield _ID_TOKEN.encode()
    yield b"eyJhbGciOiJub25lIn0." + _ID_TOKEN.split(".")[1].encode() + b"."
    yield msgspec.json.encode(_ID_KEYS)
    yield b'{"keys": [{"kty": "RSA", "kid": "k1", "n": "AQAB", "e": "AQAB"}]}'


TARGETS = (Target("id-token", _id_token, _id_token_seeds),)
