"""What goes out on one connection: in order, and without ever waiting for the peer."""

import struct
from collections.abc import Callable
from enum import Enum

import msgspec
from websockets.protocol import State

from comms.gateway.arrival import Arrival
from comms.protocol.pushes import Push

_encoder = msgspec.json.Encoder()
_FIN_TEXT, _FIN_BINARY = 0x81, 0x82
_PING = b"\x89\x00"


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


class Silence(Enum):
    """Of a peer: it SPEAKS, or was so silent that it was ASKED, and for as LONG again did not answer."""

    SPEAKS = "speaks"
    ASKED = "asked"
    LONG = "long"


class Pace(Enum):
    FINE = "fine"
    SLOW = "slow"
    STUCK = "stuck"


class Outbox:
    """Frames are queued by anybody and written by `flush`. The socket must have been accepted without compression,
    or ready-made frames would not fit it."""

    def __init__(self, socket: Arrival, *, close: Callable[[Arrival], None]) -> None:
        self._socket = socket
        self._close = close
        self._frames: list[bytes] = []
        self.is_over = False
        """A last word was said: nothing more goes out, and what still comes in is not carried out."""
        self._asked_at: float | None = None
        """When the peer was asked whether it lives; None while it speaks."""
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

    def silence(self, *, now: float, patience_s: float) -> Silence:
        """Looked at every second or so. Who speaks is not asked whether he lives: a terminal reports every few seconds,
        and pings to 10,000 of them took a tenth of a core. `now` is the loop's time."""
        heard_at = self._socket.heard_at
        if now - heard_at < patience_s:
            self._asked_at = None
            return Silence.SPEAKS
        if self._asked_at is None or self._asked_at < heard_at:
            self._asked_at = now
            self._frames.append(_PING)
            self.flush()
        return Silence.LONG if now - self._asked_at >= patience_s else Silence.ASKED

    def abort(self) -> None:
        """There is nobody to say a last word to."""
        self.is_over = True
        self._socket.transport.abort()

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
