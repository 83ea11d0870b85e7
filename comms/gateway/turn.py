"""Short-lived TURN credentials for phones behind NAT, as coturn's `use-auth-secret` checks them."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path

from comms.domain.ids import PartyId
from comms.protocol.pushes import IceServer

LIFETIME_S = 86_400.0
"""A session outlives its credentials only when it lasts a day; its allocation is then refreshed by a new sign-in."""


@dataclass(frozen=True, slots=True)
class TurnServer:
    """`urls` such as `turns:turn.example:5349?transport=tcp`; `secret` is coturn's static-auth-secret."""

    urls: tuple[str, ...]
    secret: str = field(repr=False)

    def for_party(self, party: PartyId, *, now: float) -> tuple[IceServer, ...]:
        """The user name carries its own expiry, so that coturn needs no account (TURN REST API draft, §2.2)."""
        username = f"{int(now + LIFETIME_S)}:{party}"
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return (IceServer(urls=self.urls, username=username, credential=base64.b64encode(digest).decode()),)


def read_turn(urls: list[str], secret_file: Path) -> TurnServer:
    """Raises OSError when the file cannot be read, ValueError when it holds no secret."""
    secret = secret_file.read_text(encoding="utf-8").strip()
    if not secret:
        raise ValueError(f"{secret_file} is empty")
    return TurnServer(tuple(urls), secret)
