"""What goes out on one connection: in order, and without ever waiting for the peer."""

import struct
from collections.abc import Callable
from enum import Enum

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from comms.protocol.pushes import Push

_encoder = msgspec.json.Encoder()
_FIN_TEXT, _FIN_BINARY = 0x81, 0x82


def text_frame(push: Push) -> bytes:
    """A push as a whole WebSocket frame (RFC 6455 §5.2, unmasked): made once, good for every connection."""
    return _frame(_FIN_TEXT, _encoder.encode(push))


def binary_frame(data: bytes) -> bytes:
    return _frame(_FIN_BINARY, data)


def _frame(opcode: int, data: bytes) -> bytes:
    length = len(data)
    if length < 126:
        return struct.pack("!BB", opcode, length) + data
    if length < 65_536:
        return struct.pack("!BBH", opcode, 126, length) + data
    return struct.pack("!BBQ", opcode, 127, length) + data


class Pace(Enum):
    FINE = "fine"
    SLOW = "slow"
    STUCK = "stuck"


class Outbox:
    """Frames are queued by anybody and written by `flush`. The socket must have been accepted without compression,
    or ready-made frames would not fit it."""

    def __init__(self, socket: ServerConnection, *, close: Callable[[ServerConnection], None]) -> None:
        self._socket = socket
        self._close = close
        self._frames: list[bytes] = []
        self.is_over = False
        """A last word was said: nothing more goes out, and what still comes in is not carried out."""
        self._over_limit_since: float | None = None
        self._least_bytes = 0

    @property
    def waiting_bytes(self) -> int:
        """What the kernel has not taken yet."""
        return self._socket.transport.get_write_buffer_size()

    def put(self, frame: bytes) -> None:
        """Queue a ready-made frame; `flush` follows."""
        if not self.is_over:
            self._frames.append(frame)

    def flush(self) -> None:
        if not self._frames:
            return
        data = self._frames[0] if len(self._frames) == 1 else b"".join(self._frames)
        self._frames.clear()
        transport = self._socket.transport
        if self._socket.protocol.state is State.OPEN and not transport.is_closing():
            transport.write(data)

    def send(self, push: Push) -> None:
        if not self.is_over:
            self._frames.append(text_frame(push))
            self.flush()

    def end(self, last: Push) -> None:
        """Say a last word and close. Later pushes are swallowed."""
        if not self.is_over:
            self.send(last)
            self.is_over = True
            self._close(self._socket)

    def pace(self, *, now: float, limit_bytes: int, patience_s: float) -> Pace:
        """How the peer keeps up. Over the limit is forgiven while what waits shrinks: a large photo on a slow
        network gets through, a peer that reads nothing does not."""
        waiting = self.waiting_bytes
        if waiting <= limit_bytes:
            self._over_limit_since = None
            return Pace.FINE
        if self._over_limit_since is None or waiting < self._least_bytes:
            self._over_limit_since, self._least_bytes = now, waiting
        return Pace.STUCK if now - self._over_limit_since >= patience_s else Pace.SLOW
