"""What crosses the WebSocket, seen from each end: commands, pushes, positions, track chunks, the fleet's own socket."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.uri import parse_uri
from websockets.utils import accept_key

from comms.domain.ids import UnitId
from comms.fleet.socket import MAX_MESSAGE_BYTES, TerminalSocket
from comms.fleet.terminal_link import Credentials, LinkPhase, TerminalLink
from comms.link.inbox import Inbox
from comms.link.line import Line
from comms.protocol.codec import Unreadable, decode_command, encode
from comms.protocol.frames import FrameError, PositionColumns, decode_positions, encode_positions
from comms.protocol.pushes import Push
from comms.protocol.track_chunk import ROW, Readings, decode_chunk, decode_chunks, encode_chunk
from tests.fuzz.parcel import packed, unpacked
from tests.fuzz.target import Take, Target, nothing, owes

_GOLDEN = Path(__file__).parent.parent / "data" / "protocol" / "v1"
_MOST_SEED_BYTES = 600


def golden(kind: str, *, most: int) -> Iterable[bytes]:
    """Samples of the wire, spread over all there are."""
    found = sorted(path for path in _GOLDEN.glob(f"{kind}.*.json") if path.stat().st_size <= _MOST_SEED_BYTES)
    yield from (path.read_bytes() for path in found[:: max(1, len(found) // most)])


# --- commands ---------------------------------------------------------------------------------------------------


@contextmanager
def _command(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        for frame in (data, data.decode("utf-8", "replace")):
            command = decode_command(frame)
            if isinstance(command, Unreadable):
                owes(len(command.id) <= 64, "an id that is too long comes back")
                command.detail.encode("utf-8", "replace")
            else:
                owes(decode_command(encode(command)) == command, "a command is not what it was")

    yield take


def _command_seeds() -> Iterable[bytes]:
    """The last two: no text where a kind is wrong, and lists without end."""
    yield from golden("command", most=40)
    yield b'{"kind":5,"id":"\x90"}'
    yield b'{"kind":"ping","id":' + b"[" * 1500


# --- pushes, at the desk's link and at the fleet's ---------------------------------------------------------------


class _Listener:
    def pushed(self, push: Push) -> None:
        pass

    def positions(self, frame: bytes) -> None:
        pass

    def answered(self, command_id: str, answer: Push) -> None:
        pass

    def measured(self, latency_ms: float) -> None:
        pass


class _Clock:
    """Stands still; what is to come later never comes."""

    def now(self) -> float:
        return 1.0

    def monotonic(self) -> float:
        return 1.0

    def call_at(self, at: float, callback: Callable[[], None]) -> "_Clock":
        return self

    def cancel(self) -> None:
        pass


class _Anybody:
    """Who is told things and does nothing about them."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


@contextmanager
def _push(_folder: Path) -> Iterator[Take]:
    connection: ClientConnection = _Anybody()  # type: ignore[assignment]  # nothing is written here

    def take(data: bytes) -> None:
        line = Line(connection, _Listener(), clock=_Clock(), ping_interval_s=5, silence_limit_s=9)
        line._take(data.decode("utf-8", "replace"))
        for phase in (LinkPhase.CONNECTING, LinkPhase.UP):
            link, socket = _link(phase)
            link._message(socket, data)

    yield take


def _link(phase: LinkPhase) -> tuple[TerminalLink, TerminalSocket]:
    whoever: Any = _Anybody()
    link = TerminalLink(
        whoever,
        Credentials(UnitId("u1"), code="c"),
        dialler=whoever,
        clock=_Clock(),
        jitter=random.Random(1),
    )
    link.phase = LinkPhase.CONNECTING
    socket = link.make_socket(parse_uri("ws://localhost/v1"))
    link.phase = phase
    return link, socket


def _push_seeds() -> Iterable[bytes]:
    yield from golden("push", most=40)
    yield b'{"kind":"session.ended","code":"unreachable","text":"\xff"}'
    yield b'{"kind":"session.ended","code":"unreachable","text":"","x":' + b"[" * 1400


# --- positions and tracks -----------------------------------------------------------------------------------------


@contextmanager
def _positions(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        frames = [data, *unpacked(data)]
        inbox: Inbox[int] = Inbox(wake=lambda: None)
        for frame in frames:
            try:
                columns = decode_positions(frame)
                inbox.put_positions(frame)
            except FrameError:
                continue
            owes(bool(np.all(np.abs(columns.lat) <= 214.8)), "a latitude out of its column")
        batch = inbox.drain()
        if batch.positions is not None and len(frames) > 1:
            numbers = batch.positions.no
            owes(len(numbers) < 9 or len(set(numbers.tolist())) <= len(numbers), "rows that are none")

    yield take


def columns_of(count: int) -> PositionColumns:
    part = np.linspace(0.0, 1.0, count)
    small = part.astype(np.float32)
    return PositionColumns(
        no=np.arange(count, dtype=np.uint32), at=1e9 + part, lat=23 + part, lon=113 + part, accuracy_m=small * 5,
        heading_deg=small * 359, speed_mps=small, battery_pct=small * 100,
    )  # fmt: skip


def _position_seeds() -> Iterable[bytes]:
    yield from (encode_positions(columns_of(count)) for count in (0, 1, 3))
    yield packed([encode_positions(columns_of(count)) for count in (1, 2, 3, 2, 1, 1, 1, 1, 1, 1)])


@contextmanager
def _track(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        try:
            rows = decode_chunk(data)
        except FrameError:
            rows = None
        if rows is not None and len(rows):
            owes(len(decode_chunk(encode_chunk(rows))) == len(rows), "a track is not what it was")
        decode_chunks([data, *unpacked(data)])

    yield take


def track_rows(count: int) -> Readings:
    rows = np.zeros(count, ROW)
    for name in ROW.names or ():
        rows[name] = np.arange(count)
    return rows


def _track_seeds() -> Iterable[bytes]:
    yield encode_chunk(track_rows(1))
    yield encode_chunk(track_rows(4))


# --- the fleet's own socket ---------------------------------------------------------------------------------------


class _Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def can_write_eof(self) -> bool:
        return False

    def is_closing(self) -> bool:
        return self.is_closed


@contextmanager
def _fleet_socket(_folder: Path) -> Iterator[Take]:
    uri = parse_uri("ws://localhost/v1")

    def take(data: bytes) -> None:
        """The first byte: before the handshake or after it; the rest in pieces as a network would cut it."""
        wire = _Wire()
        messages: list[bytes] = []
        closed: list[int] = []
        socket = TerminalSocket(uri, on_open=nothing, on_message=messages.append, on_closed=lambda: closed.append(1))
        socket.connection_made(wire)  # type: ignore[arg-type]  # all of a transport that is used
        if data[:1] != b"\x00":
            socket.data_received(_handshake(bytes(wire.written)))
        step = 1 + data[1] % 64 if len(data) > 1 else 1
        body = data[2:]
        for at in range(0, len(body), step):
            socket.data_received(body[at : at + step])
        socket.eof_received()
        socket.send(b"{}")
        socket.connection_lost(None)
        owes(len(closed) == 1, "the end is told once")
        owes(
            sum(len(message) for message in messages) <= min(len(body), MAX_MESSAGE_BYTES),
            "more is heard than was said",
        )

    yield take


def _handshake(request: bytes) -> bytes:
    key = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    accept = accept_key(key.partition(b":")[2].strip().decode())
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
    ).encode()


def _frame_seeds() -> Iterable[bytes]:
    yield b"\x01\x3f\x81\x02{}"
    yield b"\x01\x02\x01\x01{\x00\x01}\x89\x00\x88\x02\x03\xe8"
    yield b"\x01\x3f\x82\x7e\x00\x80" + bytes(128)
    yield b"\x01\x3f\x81\x7f" + bytes(4) + b"\xff" * 4 + b"{}"
    yield b"\x00\x3fHTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02{}"
    yield b"\x00\x10HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 2\r\n\r\nno"


TARGETS = (
    Target("command", _command, _command_seeds),
    Target("push", _push, _push_seeds),
    Target("positions", _positions, _position_seeds),
    Target("track", _track, _track_seeds),
    Target("fleet-socket", _fleet_socket, _frame_seeds),
)
