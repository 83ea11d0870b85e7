"""What an issuer says of somebody, word by word: what is not proven, or not meant for us, is as if unsaid."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from comms.adapters.id_token import Expected, Vouched, read_id_token, vouched

KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
KEYS = {"keys": [KEY.as_dict(private=False)]}
EXPECTED = Expected(issuer="https://id.example", client_id="desk", nonce="n-1")


def read(keys: Any = KEYS, header: dict[str, Any] | None = None, **claims: Any) -> dict[str, Any] | None:
    now = int(time.time())
    said = {"iss": "https://id.example", "aud": "desk", "sub": "north", "nonce": "n-1", "iat": now, "exp": now + 60}
    registry = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    token = jwt.encode({"alg": "ES256", "kid": "k1", **(header or {})}, {**said, **claims}, KEY, registry=registry)
    return read_id_token(token, keys, expected=EXPECTED, now=now)


def test_a_word_is_no_list_that_holds_it() -> None:
    assert read() is not None
    assert read(nonce=["n-1", "n-2"]) is None
    assert read(iss=["https://id.example"]) is None


def test_a_key_is_named_or_the_only_one_and_strong() -> None:
    other = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"}).as_dict(private=False)
    assert read({"keys": [other, *KEYS["keys"]]}) is not None
    assert read({"keys": [*KEYS["keys"], *KEYS["keys"]]}) is None, "which of them?"
    assert read({"keys": [{**KEYS["keys"][0], "use": "enc"}]}) is None
    assert read({"keys": [{"kty": "RSA", "kid": "k1", "n": "AQAB", "e": "AQAB"}]}) is None
    assert read({"keys": [{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"}]}) is None


def test_what_it_must_understand_and_does_not_ends_it() -> None:
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub3J0aCJ9."
    assert read_id_token(unsigned, KEYS, expected=EXPECTED, now=time.time()) is None
    assert read(header={"jku": "https://elsewhere.example", "typ": "JWT"}) is not None, "never followed"


@pytest.mark.parametrize(
    ("claim", "proof"), [("email", "email_verified"), ("phone_number", "phone_number_verified"), ("sub", "")]
)
def test_an_address_that_nobody_has_looked_at_names_nobody(claim: str, proof: str) -> None:
    said = {claim: "north"}
    assert vouched({**said, proof: True}, claim=claim, acrs=()) == Vouched("north", has_second_factor=False)
    if proof:
        for unproven in (None, False, "true", 1):
            assert vouched({**said, proof: unproven}, claim=claim, acrs=()) is None


def test_two_factors_are_what_says_so() -> None:
    def has(**claims: Any) -> bool:
        found = vouched({"sub": "north", **claims}, claim="sub", acrs=("urn:two",))
        assert found is not None
        return found.has_second_factor

    assert has(amr=["pwd", "mfa"])
    assert has(acr="urn:two")
    assert not has(amr="mfa")
    assert not has(amr=["pwd", "otp"], acr="urn:one")
