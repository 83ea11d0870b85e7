"""Proving who one is at the site's identity service (an OpenID Connect issuer) instead of by a password here.

The desk makes a verifier that it keeps (PKCE, RFC 7636), listens on its own loopback address (RFC 8252) and begins; it
opens the page it is told in the machine's browser; what the browser brings back it shows, with the verifier."""

from typing import Annotated

from msgspec import Meta

from comms.protocol.command_shape import AnyCommand as _Command
from comms.protocol.command_shape import Line
from comms.protocol.push_shape import AnyReply as _Reply
from comms.protocol.refusal_code import Locale

LANDING = "/issuer"
"""Where the browser comes back to, at the desk's own loopback address."""
Challenge = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")]
"""SHA-256 of the verifier, base64url without padding."""
Verifier = Annotated[str, Meta(pattern="^[A-Za-z0-9._~-]{43,128}$")]
State = Annotated[str, Meta(min_length=1, max_length=128)]
IssuerCode = Annotated[str, Meta(min_length=1, max_length=4096)]


class IssuerBegin(_Command, frozen=True, kw_only=True, tag="issuer.begin"):
    """Allowed before signing in, and at a desk that is locked. Answered by issuer.offer."""

    protocol: int
    challenge: Challenge
    port: Annotated[int, Meta(ge=1, le=65_535)]
    """On which the desk waits for the browser, at 127.0.0.1."""
    locale: Locale = Locale.ZH_CN


class IssuerSignIn(_Command, frozen=True, kw_only=True, tag="desk.sign_in_by_issuer"):
    """With what the browser brought. Refused with `second_factor_needed` where the issuer vouches for one factor only
    and the officer has a second one here: then once more with it."""

    protocol: int
    state: State
    code: IssuerCode
    verifier: Verifier
    second_factor: Line = ""
    locale: Locale = Locale.ZH_CN
    program: Line = ""


class IssuerUnlock(_Command, frozen=True, kw_only=True, tag="account.unlock_by_issuer"):
    """The locked desk, for what was begun at this sign-in; the issuer has to have asked anew."""

    state: State
    code: IssuerCode
    verifier: Verifier


class IssuerOffer(_Reply, frozen=True, kw_only=True, tag="issuer.offer"):
    """`url` is the issuer's page, `state` what the browser has to bring back."""

    url: str
    state: str
    lasts_s: float
