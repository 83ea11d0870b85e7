"""Telling a source what became of its work order: one signed POST, and how it went."""

import hashlib
import hmac
from enum import StrEnum

import aiohttp

from comms.journal.source_keys import AnswerAddress

SIGNATURE = "X-Wangge-Signature"
"""`sha256=` and the HMAC of the body under the secret that the source was given."""
_TIMEOUT_S = 10.0


class Reached(StrEnum):
    YES = "yes"
    REFUSED = "refused"
    """The source is there and does not want this one."""
    NO = "no"


class Teller:
    """One connection pool for all sources; `close` it."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def tell(self, address: AnswerAddress, body: bytes) -> Reached:
        """Follows no redirection: an answer goes where the administrator said."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        signature = hmac.new(address.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", SIGNATURE: f"sha256={signature}"}
        try:
            async with self._session.post(address.url, data=body, headers=headers, allow_redirects=False) as response:
                if response.status < 300:
                    return Reached.YES
                is_refused = 400 <= response.status < 500 and response.status not in (408, 429)
                return Reached.REFUSED if is_refused else Reached.NO
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Reached.NO

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
