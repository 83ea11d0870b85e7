"""The gateway's one TCP port: the WebSocket at /v1, the web terminal at /terminal/, and /health."""

import asyncio
import json
import logging
import math
import os
import socket
import ssl
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server as SocketServer
from websockets.asyncio.server import ServerConnection, serve, unix_serve
from websockets.http11 import Request, Response

from comms.domain.realm import Realm
from comms.gateway.arrival import AHEAD_REQUEST, SOCKET_PATH, Arrival
from comms.gateway.connection import STRANGER_FRAME_BYTES, Connection
from comms.gateway.connection_limits import Crowded
from comms.gateway.foyer import Foyer
from comms.gateway.gateway import Gateway
from comms.gateway.listening import A_TURN, listen
from comms.gateway.memory import out_of_memory
from comms.gateway.origins import Origins
from comms.gateway.static_files import StaticFiles, method_reply, reply, wait_reply
from comms.gateway.tls import HANDSHAKE_TIMEOUT_S

_CLOSE_TIMEOUT_S = 3.0
_BACKLOG = 4096
"""A city of terminals comes back at once after a restart."""
_log = logging.getLogger(__name__)
_socket_log = logging.getLogger(f"{__name__}.websockets")
_socket_log.setLevel(logging.ERROR + 1)  # peers that hang up or speak nonsense are no news


class Server:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._static_files = StaticFiles()
        self._origins = Origins(())
        self._is_encrypted = False
        self._server: SocketServer | None = None
        self.foyer = Foyer(pace=gateway.sign_in.turnstile.pace, now=gateway.footing.network_time)
        self._closings: set[asyncio.Task[None]] = set()

    async def start(
        self, *, host: str, port: int, tls: ssl.SSLContext | None = None, path: Path | None = None
    ) -> tuple[str, int]:
        """The address it listens on; with a `path` it is that socket of this machine, and nobody else can reach it.
        Raises OSError when it cannot be had."""
        self._origins = Origins({host, *self._gateway.settings.names}, self._gateway.settings.origins)
        self._is_encrypted = tls is not None
        if path is not None:
            self._server = await unix_serve(self._handle, str(path), **self._manner(foyer=None))
            _let_many_wait(self._server)
            return str(path), 0
        encryption: dict[str, Any] = (
            {"ssl": tls, "ssl_handshake_timeout": HANDSHAKE_TIMEOUT_S} if tls is not None else {}
        )
        sock = listen(host, port, self._gateway.entrance.limits, ahead=AHEAD_REQUEST if tls is None else None)
        foyer = self.foyer if self._gateway.footing.realm is Realm.LIVE else None
        try:
            self._server = await serve(self._handle, sock=sock, **encryption, **self._manner(foyer=foyer))
        except OSError:
            sock.close()
            raise
        _let_many_wait(self._server)
        address = next(iter(self._server.sockets)).getsockname()
        return str(address[0]), int(address[1])

    def _manner(self, *, foyer: Foyer | None) -> dict[str, Any]:
        """A drill has no foyer: its terminals are few, and wait for nobody."""
        arrival = partial(
            Arrival,
            foyer=foyer,
            may_go_ahead=self._gateway.entrance.limits.may_go_ahead,
            patience_s=self._gateway.settings.sign_in_timeout_s,
            answer=self._full,
        )
        return dict(
            create_connection=arrival,
            process_request=self._process_request,
            compression=None,  # ready-made frames are sent to all; positions do not compress
            max_size=STRANGER_FRAME_BYTES,
            open_timeout=self._gateway.settings.sign_in_timeout_s,
            ping_interval=None,  # who says nothing is asked by the pace watch
            close_timeout=_CLOSE_TIMEOUT_S,
            server_header=None,
            backlog=A_TURN + 1,  # the one on top is told to stop
            logger=_socket_log,
        )

    async def close(self) -> None:
        """After the gateway has told everybody."""
        self.foyer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        if self._closings:
            await asyncio.wait(self._closings, timeout=_CLOSE_TIMEOUT_S)

    async def _handle(self, socket: ServerConnection) -> None:
        assert isinstance(socket, Arrival)
        try:
            await Connection(self._gateway, socket, close=self._hang_up).run()
        except MemoryError as error:
            out_of_memory(error)
        except Exception:  # noqa: BLE001 - the gateway session is one of the four borders where everything is caught
            _log.exception("a connection ended by a mistake of ours")

    def _hang_up(self, socket: Arrival) -> None:
        task = asyncio.get_running_loop().create_task(socket.close(), name="hanging up")
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        response = self._answer(connection, request)
        if response is not None and self._is_encrypted:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        peer = connection.remote_address
        crowded = self._gateway.entrance.limits.refusal((str(peer[0]), int(peer[1]))) if peer else None
        if crowded is not None and not (isinstance(connection, Arrival) and connection.is_ahead):
            status = HTTPStatus.SERVICE_UNAVAILABLE if crowded is Crowded.ALL else HTTPStatus.TOO_MANY_REQUESTS
            return wait_reply(status, self._gateway.entrance.limits.plan.retry_after_s)
        if request.method != "GET":
            return method_reply()
        path = request.path.partition("?")[0]
        if path == SOCKET_PATH:
            return None if self._is_from_our_page(request) else self._turn_away(request)
        if path == "/health":
            return self._health()
        return self._static_files.respond(request.path)

    def _full(self, for_s: float) -> bytes:
        return wait_reply(HTTPStatus.SERVICE_UNAVAILABLE, math.ceil(for_s)).serialize()

    def _is_from_our_page(self, request: Request) -> bool:
        origins, hosts = request.headers.get_all("Origin"), request.headers.get_all("Host")
        if len(origins) > 1 or len(hosts) > 1:
            return False
        return self._origins.allows(next(iter(origins), None), next(iter(hosts), None))

    def _turn_away(self, request: Request) -> Response:
        self._gateway.entrance.limits.strange_origins += 1
        _log.info("a page of another origin was refused: %.200r", request.headers.get_all("Origin"))
        words = b"This page is not the gateway's own. An administrator can allow it with --origin.\n"
        return reply(HTTPStatus.FORBIDDEN, words, "text/plain; charset=utf-8")

    def _health(self) -> Response:
        """503 while the journal cannot be written: calls go on, but an administrator has to do something."""
        journal = self._gateway.journal
        state = journal.database.safe_reason or ("failing" if journal.is_failing else "well")
        body = {"store": state, "sessions": len(self._gateway.sessions)}
        status = HTTPStatus.OK if state == "well" else HTTPStatus.SERVICE_UNAVAILABLE
        return reply(status, json.dumps(body).encode() + b"\n", "application/json")


def _let_many_wait(server: SocketServer) -> None:
    """In the kernel's queue until they are accepted; listening once more only sets its length (listen(2))."""
    for listening in server.sockets:
        with socket.socket(fileno=os.dup(listening.fileno())) as same:
            same.listen(_BACKLOG)
