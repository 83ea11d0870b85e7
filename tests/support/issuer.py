"""An OpenID Connect issuer on a socket of its own that does, or says, what a test wants of it; and a browser that signs
in there."""

import hmac
import json
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import quote_plus

import aiohttp
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from yarl import URL

from console.actions.issuer import challenge_of

CLIENT, SECRET = "wangge-desk", "s3cr3t of the client"


class TestIssuer:
    """`claims` are laid over what it says, None takes one away; `sub` is who signs in at its page. `page` says no when
    it is to. It holds what it promises: codes are good once, for who has the verifier and the secret."""

    __test__ = False

    def __init__(self) -> None:
        self.url = ""
        self.sub = "north"
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "ES256"}
        self.published: dict[str, Any] = {}
        self.says_no = False
        self.status = 200
        """Of the token endpoint."""
        self.asked: dict[str, str] = {}
        """What the last page was asked for."""
        self.key: ECKey | RSAKey = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
        self.signs_with: Any = None
        """Another key than the one that it publishes; bytes are a shared secret."""
        self._codes: dict[str, dict[str, str]] = {}

    def rotate(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": f"k{time.time_ns()}", "use": "sig"})
        self.header = {"alg": "ES256"}

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize?tenant=1",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                **self.published,
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        sm2 = {"kty": "SM2", "kid": "sm2", "x": "AA"}  # a kind that nobody here knows
        return web.json_response({"keys": [sm2, self.key.as_dict(private=False)]})

    async def authorize(self, request: web.Request) -> web.Response:
        """As if somebody had typed a name and a password and pressed the button."""
        self.asked = dict(request.query)
        code = f"code-{len(self._codes)}"
        self._codes[code] = self.asked
        brought = {"error": "access_denied"} if self.says_no else {"code": code}
        target = URL(self.asked["redirect_uri"]).with_query({**brought, "state": self.asked["state"]})
        raise web.HTTPFound(target)

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self._codes.pop(str(form.get("code")), None)
        shown = b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        is_ours = request.headers.get("Authorization") == f"Basic {shown}"
        if asked is None or not is_ours or asked["redirect_uri"] != form["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert challenge_of(str(form["code_verifier"])) == asked["code_challenge"]
        return web.json_response({"id_token": self.id_token(asked["nonce"])}, status=self.status)

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.sub,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            **self.claims,
        }
        said = {name: value for name, value in said.items() if value is not None}
        header = {"kid": self.key.kid, "x-of-its-own": 1, **self.header}
        key = self.signs_with or self.key
        if isinstance(key, bytes):
            return shared_secret_token(header, said, key)
        registry = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jwt.encode(header, said, key, registry=registry)


def shared_secret_token(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """HS256 by hand: the library takes no public key for a secret, as somebody would who forges."""

    def part(data: bytes) -> str:
        return urlsafe_b64encode(data).rstrip(b"=").decode()

    words = ".".join(part(json.dumps(each).encode()) for each in (header, claims))
    return f"{words}.{part(hmac.digest(secret, words.encode(), 'sha256'))}"


@asynccontextmanager
async def running_issuer() -> AsyncIterator[TestIssuer]:
    made = TestIssuer()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.describe)
    app.router.add_get("/keys", made.keys)
    app.router.add_get("/authorize", made.authorize)
    app.router.add_post("/token", made.token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield made
    finally:
        await runner.cleanup()


async def browse(url: str) -> tuple[int, str]:
    """A browser that opens a page and goes where it is sent: how it ended, and what it shows."""
    async with aiohttp.ClientSession() as browser, browser.get(url) as page:
        return page.status, await page.text()


async def where_to(url: str, form: dict[str, str] | None = None) -> dict[str, str]:
    """As far as the page that sends one back: what is brought along. With a `form` its button is pressed."""
    way = "GET" if form is None else "POST"
    async with (
        aiohttp.ClientSession() as browser,
        browser.request(way, url, data=form, allow_redirects=False) as page,
    ):
        return dict(URL(page.headers["Location"]).query)


@contextmanager
def provider(port: int) -> Iterator[str]:
    """A conformant provider that somebody else wrote, in a process of its own; `north` shows two factors."""
    user = json.dumps({"sub": "north", "amr": ["pwd", "otp", "mfa"]})
    words = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "-p",
        str(port),
        "--user-claims",
        user,
        "-n",
        "true",
    ]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        assert any("running on" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
