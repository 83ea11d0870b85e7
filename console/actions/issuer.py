"""Proving who one is at the site's identity service: from the gateway to the browser and back."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from comms.domain.ids import CommandId
from comms.protocol.commands import Command
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.issuer_commands import IssuerBegin, IssuerOffer
from comms.protocol.pushes import Push, Refused
from comms.protocol.version import PROTOCOL_VERSION
from console.actions.requester import NewId, Unsent, UnsentError


class Landing(Protocol):
    """Where the browser comes back to."""

    async def open(self) -> int:
        """The port of this machine's own address. Raises OSError."""
        ...

    async def expect(self, state: str) -> None:
        """Before the page is opened: a browser that is signed in there already is back at once."""
        ...

    async def came(self, within_s: float) -> str | RefusalCode:
        """What the browser brought."""
        ...

    async def close(self) -> None: ...


class IssuerProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser brought, and what only this desk knows; good once."""

    state: str
    code: str
    verifier: str
    second_factor: str = ""


OpenPage = Callable[[str], bool]
"""In the machine's browser; False when there is none."""


async def prove(
    ask: Callable[[Command], Awaitable[Push]],
    landing: Landing | None,
    open_page: OpenPage,
    *,
    new_id: NewId,
    locale: Locale,
) -> IssuerProof | Refused | Unsent:
    """`ask` brings a command to the gateway; it may raise UnsentError."""
    if landing is None:
        return refused(RefusalCode.NO_BROWSER, locale)
    verifier = secrets.token_urlsafe(48)
    try:
        port = await landing.open()
        begin = IssuerBegin(
            id=new_id(), protocol=PROTOCOL_VERSION, challenge=challenge_of(verifier), port=port, locale=locale
        )
        answer = await ask(begin)
        if not isinstance(answer, IssuerOffer):
            return answer if isinstance(answer, Refused) else refused(RefusalCode.ISSUER_UNPROVEN, locale)
        if not _is_page(answer.url):
            return refused(RefusalCode.ISSUER_UNPROVEN, locale)
        await landing.expect(answer.state)
        if not open_page(answer.url):
            return refused(RefusalCode.NO_BROWSER, locale)
        came = await landing.came(answer.lasts_s)
    except UnsentError:
        return Unsent()
    except OSError:
        return refused(RefusalCode.NO_BROWSER, locale)
    finally:
        await landing.close()
    if isinstance(came, RefusalCode):
        return refused(came, locale)
    return IssuerProof(state=answer.state, code=came, verifier=verifier)


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def refused(code: RefusalCode, locale: Locale) -> Refused:
    """A no of this desk itself."""
    return Refused(id=CommandId(""), code=code, text=sentence(code, locale))


def _is_page(url: str) -> bool:
    """Whatever the gateway says, nothing but a page is opened: no file, and no other program."""
    try:
        return urlsplit(url).scheme in ("https", "http")
    except ValueError:
        return False
