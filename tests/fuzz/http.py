"""The ports that speak HTTP: the integration port, the operations port, the gateway's own with the web terminal's
files, and what stands behind a WebSocket before anybody has signed in."""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from websockets.exceptions import ConnectionClosedOK
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from comms.adapters import cap_routes, open311_routes, sheet_routes, work_order_routes
from comms.adapters.intake import Message, Outcome, Received, Shut, Taken
from comms.adapters.server import application
from comms.domain.ids import IncidentId
from comms.domain.source import Source
from comms.gateway.arrival import SOCKET_PATH
from comms.gateway.connection import STRANGER_FRAME_BYTES, Connection
from comms.gateway.gateway import Gateway
from comms.gateway.operations import Operations
from comms.gateway.static_files import StaticFiles
from tests.fuzz.media import STRANGER
from tests.fuzz.papers import SOURCE, holds
from tests.fuzz.parcel import packed, unpacked
from tests.fuzz.target import Take, Target, owes
from tests.fuzz.wire import golden

_KEY = "k" * 40


class _Intake:
    """Takes everything and keeps nothing."""

    async def admit(self, key: str, *, address: str) -> Source | Shut:
        return SOURCE if key == _KEY else Shut()

    def wait_s(self, source: Source, *, records: int) -> float | None:
        return None

    async def take(self, source: Source, received: Received) -> Taken:
        holds(received)
        return Taken(received.order.origin.source_id, IncidentId("i"), Outcome.ACCEPTED, received.faults)

    async def take_message(self, source: Source, message: Message) -> Taken:
        content = message.content
        return await self.take(source, content if isinstance(content, Received) else content.received)

    async def status_of(self, source: Source, source_id: str) -> None:
        return None

    def find(self, source: Source, incident_ids: tuple[IncidentId, ...]) -> list[Any]:
        return []

    def newest(self, source: Source, listing: object) -> list[Any]:
        return []


class _Wire(asyncio.Transport):
    """A connection without a socket: what is written is kept."""

    def __init__(self) -> None:
        super().__init__({"peername": STRANGER, "sockname": ("127.0.0.1", 1)})
        self.written = bytearray()
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def writelines(self, parts: Any) -> None:
        self.written += b"".join(map(bytes, parts))

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def is_reading(self) -> bool:
        return True


async def _talked(make: Any, data: bytes) -> bytes:
    """What a server of aiohttp answers to these bytes."""
    wire, protocol = _Wire(), make()
    protocol.connection_made(wire)
    protocol.data_received(data)
    for _ in range(12):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    for _ in range(3):
        await asyncio.sleep(0)
    return bytes(wire.written)


def _checked(answer: bytes, *, most: int) -> None:
    owes(not answer or answer.startswith(b"HTTP/"), "no HTTP comes back")
    owes(len(answer) <= most, "much is answered to little")
    status = answer[9:12]
    owes(status != b"500", "a mistake of ours: 500")


class _Complaints:
    """Of tasks and callbacks on a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.found: list[dict[str, Any]] = []
        loop.set_exception_handler(lambda _, context: self.found.append(context))

    def check(self) -> None:
        if self.found:
            raise self.found[0].get("exception") or AssertionError(self.found[0]["message"])


# --- the integration port -------------------------------------------------------------------------------------------


@contextmanager
def _integration(_folder: Path) -> Iterator[Take]:
    loop = asyncio.new_event_loop()
    complaints = _Complaints(loop)
    runner = web.AppRunner(application(_Intake()), access_log=None, handle_signals=False)
    loop.run_until_complete(runner.setup())

    def take(data: bytes) -> None:
        answer = loop.run_until_complete(_talked(runner.server, data.replace(b"%KEY%", _KEY.encode())))
        _checked(answer, most=200_000)
        complaints.check()

    yield take
    loop.run_until_complete(runner.cleanup())
    loop.close()


def _asked(line: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    head = f"{line} HTTP/1.1\r\nHost: x\r\nX-Api-Key: %KEY%\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _integration_seeds() -> Iterable[bytes]:
    yield _asked("POST /v1/work-orders", '{"source_id":"1","kind":"积水"}'.encode())
    yield _asked("POST /v1/work-orders", b'[{"kind":"a"},{}]')
    yield _asked("GET /v1/work-orders/a%2Fb")
    yield _asked("POST /v1/sheets", b"source_id,kind\n1,a\n", "text/csv")
    for route in (*work_order_routes.ROUTES, *open311_routes.ROUTES, *cap_routes.ROUTES, *sheet_routes.ROUTES):
        yield _asked(f"{route.method} {route.path}?status=open&page=2&page_size=5&start_date=2026-01-01T00:00:00Z")
    yield _asked("POST /open311/v2/requests.json", b"service_code=k&lat=1&long=2", "application/x-www-form-urlencoded")
    yield b"GET /health HTTP/1.0\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
    yield b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"


# --- the gateway's own ports: a real gateway that nobody is signed in to --------------------------------------------


@contextmanager
def gateway_on(loop: asyncio.AbstractEventLoop) -> Iterator[Gateway]:
    from tests.support.gateway import running_gateway

    with tempfile.TemporaryDirectory() as folder:
        stack = AsyncExitStack()
        site = loop.run_until_complete(stack.enter_async_context(running_gateway(Path(folder))))
        assert site.gateway is not None
        try:
            yield site.gateway
        finally:
            loop.run_until_complete(stack.aclose())


@contextmanager
def _operations(_folder: Path) -> Iterator[Take]:
    loop = asyncio.new_event_loop()
    with gateway_on(loop) as gateway:
        operations = Operations(gateway)
        loop.run_until_complete(operations.start(host="127.0.0.1", port=0))
        complaints = _Complaints(loop)
        runner = operations._runner
        assert runner is not None

        def take(data: bytes) -> None:
            _checked(loop.run_until_complete(_talked(runner.server, data)), most=100_000)
            complaints.check()

        yield take
        loop.run_until_complete(operations.close())
    loop.close()


def _operations_seeds() -> Iterable[bytes]:
    for path in ("/healthz", "/readyz", "/metrics", "/", "/healthz/../metrics"):
        yield f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


@contextmanager
def _static(_folder: Path) -> Iterator[Take]:
    """Through the library's own parser, as the gateway's port does."""
    files = StaticFiles()

    def take(data: bytes) -> None:
        protocol = ServerProtocol(max_size=STRANGER_FRAME_BYTES)
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Request) and not protocol.eof_sent:  # what followed the request may have ended it
                path = event.path.partition("?")[0]
                if path not in (SOCKET_PATH, "/health"):
                    answer = files.respond(event.path)
                    owes(answer.status_code in (200, 301, 302, 304, 308, 404, 405), f"status {answer.status_code}")
                    protocol.send_response(answer)
                else:
                    protocol.send_response(protocol.accept(event))
        protocol.receive_eof()
        protocol.data_to_send()
        files.respond(data.decode("utf-8", "replace"))
        owes(len(files._kept) <= 64, "paths that are no files are kept")

    yield take


def _static_seeds() -> Iterable[bytes]:
    for path in ("/terminal/", "/terminal/index.html?a=b", "/terminal/..%2f..%2fetc/passwd", "/", "/health"):
        yield f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    yield (
        b"GET /v1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://x\r\n\r\n\x81\x82\x00\x00\x00\x00{}"
    )
    yield b"/terminal/%00%ff\n"


# --- the session border -----------------------------------------------------------------------------------------------


class _Socket:
    """Says some frames and goes."""

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames
        self.remote_address = STRANGER
        self.transport = _Wire()
        self.protocol = SimpleNamespace(state=State.OPEN, max_message_size=0)

    async def recv(self, *, decode: bool) -> bytes:
        if not self._frames:
            raise ConnectionClosedOK(None, None)
        return self._frames.pop(0)


@contextmanager
def _border(_folder: Path) -> Iterator[Take]:
    """Frames of a stranger, against a real gateway: nobody gets in, and every frame gets an answer."""
    loop = asyncio.new_event_loop()
    with gateway_on(loop) as gateway:
        complaints = _Complaints(loop)
        before = gateway.picture.seq

        async def spoken(frames: list[bytes]) -> bytes:
            socket: Any = _Socket(frames)
            await Connection(gateway, socket, close=lambda _: None).run()
            return bytes(socket.transport.written)

        def take(data: bytes) -> None:
            frames = list(unpacked(data))
            answers = loop.run_until_complete(spoken(frames.copy()))
            owes(b'"welcome"' not in answers and len(gateway.sessions) == 0, "a stranger is let in")
            owes(b'"internal"' not in answers, "a mistake of ours")
            owes(len(answers) <= 2_000 * len(frames), "much is answered to little")
            owes(gateway.picture.seq - before < 1_000, "strangers write into the journal")
            complaints.check()

        yield take
    loop.close()


def _border_seeds() -> Iterable[bytes]:
    words = (b"sign_in", b"enrol", b"token")
    yield from (packed([data]) for data in golden("command", most=200) if any(word in data for word in words))
    yield packed([b"", b"{}", b"\xff", b'{"kind":"ping","id":"1"}', *list(golden("command", most=6))])


TARGETS = (
    Target("integration", _integration, _integration_seeds),
    Target("operations", _operations, _operations_seeds),
    Target("static", _static, _static_seeds),
    Target("border", _border, _border_seeds, most_bytes=3000),
)
