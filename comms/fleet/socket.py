"""One WebSocket without a task: the library's sans-I/O core on a bare transport, because there are thousands of these.

Per connection, measured against the library's asyncio client with one reading task: 6.3 kB instead of 14.3, 0.2 ms of
CPU to connect instead of 0.3, 37 µs for a report and its answer instead of 49; and no task to own."""

import asyncio
from collections.abc import Callable
from typing import cast

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import WebSocketURI

from comms.link.cause import asked_wait_s

MAX_MESSAGE_BYTES = 4 * 1024 * 1024


class TerminalSocket(asyncio.Protocol):
    """`on_open` once the handshake is done, `on_message` for each text or binary message, `on_closed` exactly once."""

    def __init__(
        self,
        uri: WebSocketURI,
        *,
        on_open: Callable[[], None],
        on_message: Callable[[bytes], None],
        on_closed: Callable[[], None],
    ) -> None:
        self._core = ClientProtocol(uri, max_size=MAX_MESSAGE_BYTES)
        self._on_open = on_open
        self._on_message = on_message
        self._on_closed = on_closed
        self._transport: asyncio.Transport | None = None
        self._parts: list[bytes] = []
        self._is_deaf = False
        self.told_s = 0.0
        """After how long the gateway, which had no room, said to come again."""

    @property
    def local_host(self) -> str:
        """Our own address on this connection, where media may be bound too."""
        assert self._transport is not None
        return str(self._transport.get_extra_info("sockname")[0])

    def send(self, text: bytes) -> None:
        """Queue one text message; a dead or half-open connection swallows it."""
        if self._core.state is State.OPEN and not self._is_deaf:
            self._core.send_text(text)
            self._flush()

    def close(self) -> None:
        """Say goodbye and end."""
        if self._core.state is State.OPEN and not self._is_deaf:
            self._core.send_close()
            self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """As when the battery is taken out."""
        if self._transport is not None:
            self._transport.abort()

    def go_deaf(self) -> None:
        """Half-open: the connection stands, but nothing goes in or out any more."""
        self._is_deaf = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    # --- asyncio.Protocol ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._core.send_request(self._core.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._core.receive_data(data)
        self._handle_events()

    def eof_received(self) -> None:
        self._core.receive_eof()
        self._handle_events()

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_closed()

    def _handle_events(self) -> None:
        for event in self._core.events_received():
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Response) and self._core.state is State.OPEN:
                self._on_open()
            elif isinstance(event, Response):
                self.told_s = asked_wait_s(event.headers)
        self._flush()
        if self._core.close_expected() and self._transport is not None:
            self._transport.close()

    def _take(self, frame: Frame) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.fin and not self._parts:
            self._on_message(bytes(frame.data))
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            message = b"".join(self._parts)
            self._parts.clear()
            self._on_message(message)

    def _flush(self) -> None:
        assert self._transport is not None
        for data in self._core.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
