"""Reading what an OpenID Connect issuer says of somebody: signature, issuer, audience, time and nonce, by joserfc."""

from dataclasses import dataclass
from typing import Any

SKEW_S = 30
"""How far the issuer's clock and ours may be apart (TS 33.180, Annex B)."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With a public key only: neither `none` nor one that takes a shared secret for a key."""
MOST_CHARS = 16_384
_PROVEN_BY = {"email": "email_verified", "phone_number": "phone_number_verified"}
"""Claims that people type themselves, and what says that the issuer has looked (OpenID Connect Core 5.1)."""
_MULTIPLE = "mfa"
"""RFC 8176: more than one factor."""
_LEAST_MODULUS_CHARS = 342
"""2048 bits in base64url."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`since`: Unix seconds from which on somebody has to have proved it to the issuer; None: whenever it was."""

    issuer: str
    client_id: str
    nonce: str
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Vouched:
    """`name` is the claim that says which officer it is."""

    name: str
    has_second_factor: bool


def read_id_token(token: str, keys: Any, *, expected: Expected, now: float) -> dict[str, Any] | None:
    """The claims, or None for anything that does not prove them. `keys` is the issuer's key set as decoded from JSON,
    `now` Unix seconds."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jws import JWSRegistry

    if len(token) > MOST_CHARS:
        return None
    header = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)  # issuers add words of their own to it
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=SKEW_S,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": expected.nonce},
    )
    try:
        found = jwt.decode(token, _key_for(token, keys), registry=header).claims
        registry.validate(found)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    is_ours = found["nonce"] == expected.nonce and _is_for_us(found, expected.client_id)  # a list would have passed
    return found if is_ours and _is_fresh(found, expected.since) else None


def _key_for(token: str, keys: Any) -> Any:
    """The key it names; where it names none, the only one. Raises ValueError, KeyError or JoseError."""
    from joserfc.jwk import JWKRegistry, KeySet
    from joserfc.jws import extract_compact

    wanted = extract_compact(token.encode()).headers().get("kid")
    usable = [key for key in keys["keys"] if _is_strong(key) and key.get("use", "sig") == "sig"]
    named = [key for key in usable if wanted is None or key.get("kid") == wanted]
    if len(named) != 1:
        raise ValueError("no key, or several, of that name")
    return KeySet([JWKRegistry.import_key(named[0])]).keys[0]


def _is_strong(key: Any) -> bool:
    """Of a kind that is known here and long enough."""
    return key.get("kty") == "EC" or (key.get("kty") == "RSA" and len(key["n"]) >= _LEAST_MODULUS_CHARS)


def _is_for_us(claims: dict[str, Any], client_id: str) -> bool:
    """Of several audiences the one it was made for has to be us (OpenID Connect Core 3.1.3.7)."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    presenter = claims.get("azp")
    return presenter == client_id if several or presenter is not None else True


def _is_fresh(claims: dict[str, Any], since: float | None) -> bool:
    if since is None:
        return True
    proved_at = claims.get("auth_time")
    return isinstance(proved_at, int | float) and proved_at >= since - SKEW_S


def vouched(claims: dict[str, Any], *, claim: str, acrs: tuple[str, ...]) -> Vouched | None:
    """Whom the issuer means; None when the claim that the site has chosen says nobody."""
    name = claims.get(claim)
    if not isinstance(name, str) or not name:
        return None
    if claim in _PROVEN_BY and claims.get(_PROVEN_BY[claim]) is not True:
        return None
    methods = claims.get("amr")
    has_factor = (isinstance(methods, list) and _MULTIPLE in methods) or claims.get("acr") in acrs
    return Vouched(name, has_factor)
