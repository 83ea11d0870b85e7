"""The site's identity service, an OpenID Connect issuer: its pages, and what it says of who has been there.

What it publishes (its addresses, its keys) is asked for at each sign-in and never kept: those are few, and no change of
keys is missed."""

import asyncio
import logging
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit, urlunsplit

import msgspec

from comms.adapters.id_token import Expected, Vouched, read_id_token, vouched
from comms.domain.decoding import UNREADABLE

if TYPE_CHECKING:
    import aiohttp

_TIMEOUT_S = 7.0
"""For all that is asked at one step: a desk waits ten seconds for its sign-in."""
_MOST_BYTES = 262_144
_SCOPES = {"sub": "openid", "email": "openid email", "phone_number": "openid phone"}
"""By the claim that names the officer: no more is asked about anybody than what is needed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IssuerPlan:
    """`claim` says which officer it is; `sub` is the only one that the standard promises never to give to another."""

    url: str
    client_id: str
    secret: str = ""
    """Empty: the issuer knows this client by its PKCE alone."""
    claim: str = "sub"
    acrs: tuple[str, ...] = ()
    """Classes of authentication that count as two factors here, besides what says `mfa` of itself."""
    is_single: bool = False
    """A sign-in that the browser still holds is enough; else the issuer has to ask anew, because desks are shared."""
    ca_file: Path | None = None
    """Authorities (PEM) that its certificate is checked by; None: those of this machine."""


class IssuerFault(StrEnum):
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """It does not take what the browser brought."""
    UNPROVEN = "unproven"
    """What it says proves nothing: signature, audience, time, nonce, or no name in it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One try of one officer; kept here, and never told to the browser but for `state` and `nonce`."""

    state: str
    nonce: str
    challenge: str
    redirect: str
    begun_at: float
    """Unix seconds."""
    is_fresh: bool
    """The issuer has to ask anew."""
    language: str = "zh-CN"


class _Failed(Exception):
    def __init__(self, fault: IssuerFault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


class Issuer:
    """`now` gives Unix seconds. `close` it."""

    def __init__(self, plan: IssuerPlan, *, now: Callable[[], float]) -> None:
        self.plan = plan
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self._tls: ssl.SSLContext | None = None

    async def page(self, errand: Errand) -> str | IssuerFault:
        """Where the browser is sent."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                published = await self._published()
        except (_Failed, TimeoutError) as error:
            return self._told(error)
        return self._address(published["authorization_endpoint"], errand)

    async def redeem(self, errand: Errand, *, code: str, verifier: str) -> Vouched | IssuerFault:
        """Who it was, for what the browser brought."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                published = await self._published()
                token = await self._token(published, errand, code, verifier)
                keys = await self._ask(published["jwks_uri"])
        except (_Failed, TimeoutError) as error:
            return self._told(error)
        expected = Expected(
            issuer=self.plan.url,
            client_id=self.plan.client_id,
            nonce=errand.nonce,
            since=errand.begun_at if errand.is_fresh else None,
        )
        claims = read_id_token(token, keys, expected=expected, now=self._now())
        found = vouched(claims, claim=self.plan.claim, acrs=self.plan.acrs) if claims is not None else None
        if found is None:
            what = "proves nothing to us" if claims is None else f"has no usable claim {self.plan.claim!r}"
            return self._told(_Failed(IssuerFault.UNPROVEN, f"its ID token {what}"))
        return found

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _told(self, error: Exception) -> IssuerFault:
        _log.info("the identity service %s: %s", self.plan.url, str(error) or type(error).__name__)
        return error.fault if isinstance(error, _Failed) else IssuerFault.UNREACHABLE

    # --- what it publishes ----------------------------------------------------------------------------------

    async def _published(self) -> dict[str, Any]:
        """Its own description of itself (OpenID Connect Discovery 4)."""
        found = await self._ask(f"{self.plan.url.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or found.get("issuer") != self.plan.url:
            raise _Failed(IssuerFault.UNPROVEN, "it says of itself that it is another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe_address(str(found.get(name, ""))):
                raise _Failed(IssuerFault.UNPROVEN, f"its {name} is not encrypted")
        return found

    def _address(self, endpoint: str, errand: Errand) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.plan.client_id,
            "redirect_uri": errand.redirect,
            "scope": _SCOPES.get(self.plan.claim, "openid profile"),
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": errand.challenge,
            "code_challenge_method": "S256",
            "ui_locales": errand.language,
        }
        if errand.is_fresh:
            asked |= {"prompt": "login", "max_age": "0"}
        if self.plan.acrs:
            asked["acr_values"] = " ".join(self.plan.acrs)
        parts = urlsplit(endpoint)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *asked.items()])
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    # --- asking ----------------------------------------------------------------------------------------------

    async def _token(self, published: dict[str, Any], errand: Errand, code: str, verifier: str) -> str:
        """The ID token for a code, which is used up."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": errand.redirect,
            "code_verifier": verifier,
        }
        basic: tuple[str, str] | None = None
        methods = published.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.plan.secret and "client_secret_basic" in methods:
            basic = quote_plus(self.plan.client_id), quote_plus(self.plan.secret)
        else:
            form["client_id"] = self.plan.client_id
            if self.plan.secret:
                form["client_secret"] = self.plan.secret
        answer = await self._ask(published["token_endpoint"], form=form, basic=basic)
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise _Failed(IssuerFault.UNPROVEN, "it gave no ID token; is the client allowed the scope openid?")
        return token

    async def _ask(
        self, address: str, *, form: dict[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> Any:
        """JSON. Follows no redirection: a secret goes where the issuer said. Raises _Failed."""
        import aiohttp

        if self._session is None:
            self._tls = ssl.create_default_context(cafile=self.plan.ca_file)
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Accept": "application/json"}
        if basic is not None:
            headers["Authorization"] = f"Basic {b64encode(':'.join(basic).encode()).decode()}"
        try:
            async with self._session.request(
                "GET" if form is None else "POST",
                address,
                data=form,
                headers=headers,
                allow_redirects=False,
                ssl=self._tls if self._tls is not None else True,
            ) as response:
                return _read(response.status, await _body(response))
        except (aiohttp.ClientError, OSError) as error:
            raise _Failed(IssuerFault.UNREACHABLE, f"{type(error).__name__} at {urlsplit(address).path}") from None


async def _body(response: "aiohttp.ClientResponse") -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(16_384):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise _Failed(IssuerFault.UNPROVEN, "its answer is too large")
    return bytes(body)


def _read(status: int, body: bytes) -> Any:
    if status in (400, 401, 403):
        raise _Failed(IssuerFault.REFUSED, f"it refused with {status}")
    if status != 200:
        raise _Failed(IssuerFault.UNREACHABLE, f"it answered with {status}")
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        raise _Failed(IssuerFault.UNPROVEN, "its answer is no JSON") from None


def is_safe_address(address: str) -> bool:
    """Encrypted, or of this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    return parts.scheme == "http" and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
