"""Where the machine's browser comes back to from the identity service: this machine's own address, for one try
(RFC 8252, 7.3). Comms thread only."""

import asyncio
import logging
import secrets
import socket
from typing import TYPE_CHECKING

from comms.protocol.issuer_commands import LANDING
from comms.protocol.refusal_code import RefusalCode

if TYPE_CHECKING:
    from aiohttp import web

_HOST = "127.0.0.1"
_MOST_CHARS = 4096
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html><meta charset="utf-8"><title>网格融合指挥台</title>
<body style="font:18px sans-serif;margin:15vh auto;max-width:30em;text-align:center"><p>{zh}<p style="color:#666">{en}
"""
_DONE = "请关闭本页，回到指挥台。", "Close this page and go back to the desk."
_STRANGE = "这不是本席位发起的认证；请回到指挥台重新开始。", "This desk did not ask for that; begin again there."

_log = logging.getLogger(__name__)


class Landing:
    """One try at a time: opening it anew ends the one before."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._state = ""
        self._came: asyncio.Future[str | RefusalCode] | None = None

    async def open(self) -> int:
        """The port. Raises OSError."""
        from aiohttp import web  # which a desk without an identity service never needs

        await self.close()
        app = web.Application()
        app.router.add_get(LANDING, self._arrive)
        listening = socket.socket()
        try:
            listening.bind((_HOST, 0))
        except OSError:
            listening.close()
            raise
        self._port = listening.getsockname()[1]
        self._state, self._came = "", asyncio.get_running_loop().create_future()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)  # an access log would hold the code
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()
        return self._port

    async def expect(self, state: str) -> None:
        """What comes with this state from now on is ours."""
        self._state = state

    async def came(self, within_s: float) -> str | RefusalCode:
        """The code that the browser brought; a refusal when the issuer said no, when it took too long, or when somebody
        began anew."""
        if self._came is None:
            return RefusalCode.ISSUER_LATE
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(self._came)
        except TimeoutError:
            return RefusalCode.ISSUER_LATE

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        if self._came is not None and not self._came.done():
            self._came.set_result(RefusalCode.ISSUER_LATE)
        self._state = ""
        if runner is not None:
            await runner.cleanup()

    async def _arrive(self, request: "web.Request") -> "web.Response":
        found = self._read(request)
        if found is None or self._came is None:
            return _page(400, _STRANGE)
        if not self._came.done():
            self._came.set_result(found)
        return _page(200, _DONE)

    def _read(self, request: "web.Request") -> str | RefusalCode | None:
        """None for what was not begun here: any page may send a browser to this address."""
        state, query = request.query.get("state", ""), request.query
        is_ours = bool(self._state) and secrets.compare_digest(state.encode(), self._state.encode())
        if not is_ours or request.host != f"{_HOST}:{self._port}":
            return None
        if "error" in query:
            _log.info("the identity service refused: %.60r", query["error"])
            return RefusalCode.ISSUER_REFUSED
        code = query.get("code", "")
        return code if 0 < len(code) <= _MOST_CHARS else RefusalCode.ISSUER_UNPROVEN


def _page(status: int, words: tuple[str, str]) -> "web.Response":
    from aiohttp import web

    text = _PAGE.format(zh=words[0], en=words[1])
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
