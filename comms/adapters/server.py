"""The integration port: HTTP for outside systems. Who has no key gets nothing but the description of the port."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import web

from comms.adapters import cap_routes, open311_routes, sheet_routes, work_order_routes
from comms.adapters.http import INTAKE, READER, SOURCE, error, key_of, locale_of
from comms.adapters.intake import Intake, Shut
from comms.adapters.openapi import rendered
from comms.journal.errors import JournalError

MOST_BYTES = 10_000_000
"""Of one body: a sheet of some thousand work orders. Single records are held to less."""
_STORE_RETRY_S = 5
_CLOSE_TIMEOUT_S = 3.0
HANDSHAKE_TIMEOUT_S = 10.0
IDLE_S = 20.0
"""A connection on which no whole head of a request has come for so long is closed."""
LINGER_S = 5.0
"""What is still on its way is taken so long after an answer, or the answer would be lost with it."""
BODY_S = 120.0
"""For a request and its answer: the largest sheet on a slow line."""
DOCUMENT_PATH, HEALTH_PATH = "/openapi.json", "/health"
_OPEN = frozenset({DOCUMENT_PATH, HEALTH_PATH})

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class IntegrationServer:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    async def start(
        self,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        listen: Callable[[str, int], socket.socket] | None = None,
    ) -> int:
        """The port it listens on; `listen` makes its socket. Raises OSError when it cannot be had."""
        self._runner = web.AppRunner(
            application(self._intake),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_CLOSE_TIMEOUT_S,
            keepalive_timeout=IDLE_S,
            lingering_time=LINGER_S,
        )
        await self._runner.setup()
        assert self._runner.server is not None
        where: dict[str, Any] = {"sock": listen(host, port)} if listen is not None else {"host": host, "port": port}
        encryption: dict[str, Any] = {"ssl": tls, "ssl_handshake_timeout": HANDSHAKE_TIMEOUT_S} if tls else {}
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._runner.server, **where, **encryption)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()


def application(intake: Intake) -> web.Application:
    app = web.Application(middlewares=[_in_time, _door], client_max_size=MOST_BYTES)
    app[INTAKE] = intake
    app[READER] = ThreadPoolExecutor(1, "integration-reader")
    app.on_cleanup.append(_end_reader)
    document = rendered().encode()

    async def show_document(_: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json")

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"listening": True})

    app.router.add_get(DOCUMENT_PATH, show_document)
    app.router.add_get(HEALTH_PATH, health)
    app.router.add_routes([*work_order_routes.ROUTES, *open311_routes.ROUTES, *cap_routes.ROUTES, *sheet_routes.ROUTES])
    return app


async def _end_reader(app: web.Application) -> None:
    app[READER].shutdown()


@web.middleware
async def _in_time(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Who brings his body byte by byte does not keep a place for ever."""
    try:
        async with asyncio.timeout(BODY_S):
            return await handler(request)
    except TimeoutError:
        answer = error(408, "too_slow", locale_of(request))
        answer.force_close()
        return answer


@web.middleware
async def _door(request: web.Request, handler: _Handler) -> web.StreamResponse:
    if request.path in _OPEN:
        return await handler(request)
    locale = locale_of(request)
    key = await key_of(request)
    if key is None:
        return error(401, "no_key", locale)
    source = await request.app[INTAKE].admit(key, address=request.remote or "")
    if isinstance(source, Shut):
        wait_s = source.retry_after_s
        return error(403, "wrong_key", locale) if wait_s is None else error(429, "too_many", locale, wait_s=wait_s)
    request[SOURCE] = source
    try:
        return await handler(request)
    except JournalError:
        return error(503, "store_failed", locale, wait_s=_STORE_RETRY_S)
    except web.HTTPRequestEntityTooLarge:
        return error(413, "too_large", locale)
    except web.HTTPException as problem:  # a route that does not exist, a method that is not allowed
        if problem.status in (404, 405):
            answer = error(problem.status, "not_found" if problem.status == 404 else "wrong_method", locale)
            if "Allow" in problem.headers:
                answer.headers["Allow"] = problem.headers["Allow"]
            return answer
        raise
